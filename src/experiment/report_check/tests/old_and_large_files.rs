//! Files of version 1, files with many trials and files with long curves.

use super::*;
use crate::{arm::Arm, job_report::MOST_CURVE_POINTS, seeds::Seeds};
use serde_json::Value;

/// A report that version 0.1 wrote: seven of the jobs of `tests/golden/report.txt`.
const VERSION_1: &str = include_str!("../../../../tests/golden/report_v1.jsonl");

fn lines(text: &str) -> Vec<serde_json::Map<String, Value>> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn version_1_merges_into_version_2_and_keeps_every_number() {
    let old = ExperimentReport::from_file_text(VERSION_1).unwrap();
    assert_eq!(old.finished_jobs().len(), 7);
    assert!(old.finished_jobs().values().all(|done| done.digest.is_none()));
    let written = ExperimentReport::merge(vec![old]).unwrap().to_file_text();
    let (before, after) = (lines(VERSION_1), lines(&written));
    assert_eq!((before[0]["version"].as_u64(), after[0]["version"].as_u64()), (Some(1), Some(2)));
    assert_eq!(after[0]["seeds"], serde_json::json!([7]));
    let settings = before[0]["config"].as_object().unwrap();
    for (name, value) in settings.iter().filter(|(name, _)| !matches!(name.as_str(), "seed" | "trials")) {
        assert_eq!(after[0]["config"][name], *value, "{name}");
    }
    // All fields of the jobs are as they were, and there are no others.
    assert_eq!(before[1..], after[1..]);
}

#[test]
fn version_1_takes_digests_from_version_2() {
    let old = ExperimentReport::from_file_text(VERSION_1).unwrap();
    let (mut parts, chains) = old.to_parts();
    let digest = Some("0123456789abcdef".to_owned());
    parts.finished.iter_mut().for_each(|done| done.digest = digest.clone());
    let new = ExperimentReport::from_parts(parts, chains).unwrap();
    for reports in [vec![old.clone(), new.clone()], vec![new.clone(), old]] {
        assert_eq!(ExperimentReport::merge(reports).unwrap(), new);
    }
}

/// A report of one dense network for each seed.
fn dense(seeds: Seeds) -> ExperimentReport {
    let mut config = config("rounds=0&hidden=none&iterations=2&eval_every=1&arms=dense");
    config.seeds = seeds;
    made_report(&config)
}

#[test]
fn as_many_trials_merge_as_an_experiment_may_have() {
    let one_each = |seeds: std::ops::Range<u32>| {
        ExperimentReport::merge(seeds.map(|seed| dense(Seeds::consecutive(seed, 1).unwrap())).collect())
    };
    let merged = one_each(0..101).unwrap();
    assert_eq!((merged.config().seeds.count(), merged.is_complete()), (101, true));
    assert_eq!(ExperimentReport::from_file_text(&merged.to_file_text()), Ok(merged));
    assert_eq!(one_each(0..1_000).unwrap().finished_jobs().len(), 1_000);
    assert_eq!(one_each(0..1_001), Err(MergeError::TooManySeeds));
    // Seeds with gaps, up to the largest.
    let merged = ExperimentReport::merge(
        ["7", "4294967295", "1,3"].map(|seeds| dense(Seeds::parse(seeds).unwrap())).into(),
    );
    let merged = merged.unwrap();
    assert_eq!(merged.config().seeds.to_string(), "1,3,7,4294967295");
    assert_eq!(ExperimentReport::from_file_text(&merged.to_file_text()), Ok(merged));
}

#[test]
fn a_curve_is_thinned_only_beyond_a_thousand_points() {
    for (points, written) in [(1_000, 1_000), (1_001, 501), (2_500, 834), (5_000, 835)] {
        let report = made_report(&config(&format!("rounds=0&hidden=none&iterations={points}&eval_every=1")));
        let whole = &report.finished_jobs()[&job(Arm::Ticket, 0)].report;
        assert_eq!(whole.curve.len(), points);
        let back = ExperimentReport::from_file_text(&report.to_file_text()).unwrap();
        let curve = &back.finished_jobs()[&job(Arm::Ticket, 0)].report.curve;
        assert!(curve.len() <= MOST_CURVE_POINTS, "{} points", curve.len());
        assert_eq!(curve.len(), written, "of {points}");
        // Every point is one of the whole curve; the last and the early stop are there.
        let mut rest = whole.curve.iter();
        assert!(curve.iter().all(|point| rest.any(|there| there == point)));
        assert!(curve.iter().any(|point| point.iteration == whole.early_stop));
        assert_eq!(curve.last(), whole.curve.last());
        assert_eq!(back.to_file_text(), report.to_file_text());
    }
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let text = made_report(&config(TINY)).to_file_text();
    assert_eq!(
        ExperimentReport::from_file_text(&format!("\u{feff}{text}")),
        ExperimentReport::from_file_text(&text)
    );
    assert_eq!(
        ExperimentReport::from_file_text(&format!("\u{feff}\u{feff}{text}")),
        Err(ReportFileError::NotAReport)
    );
}

#[test]
fn a_line_that_is_not_utf_8_is_named() {
    let text = made_report(&config(TINY)).to_file_text();
    assert_eq!(ExperimentReport::from_file_bytes(text.as_bytes()), ExperimentReport::from_file_text(&text));
    let mut bytes = text.into_bytes();
    let second_line = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    bytes[second_line] = 0xff;
    let said = ExperimentReport::from_file_bytes(&bytes).unwrap_err().to_string();
    assert!(said.starts_with("line 2: it cannot be read"), "{said}");
}
