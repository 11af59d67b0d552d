//! Tests report files: a report reads back as it was written, reports merge, and wrong files are refused.

use super::{ExperimentReport, FinishedJob, merge::MergeError, report_file::ReportFileError};
use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::JobId,
    job_graph::all_jobs,
    made_report::{config, made_report},
    seeds::Seeds,
    store::JobOutputStore,
};
use std::collections::BTreeSet;

/// The fragment of a very small experiment with every arm and a second draw.
const ALL: &str = "arms=dense,ticket,reinit,shuffled,random,sign,norewind,late,oneshot,snip,\
                   grasp,synflow,magnitude_init,random_global,supermask&draws=2&iterations=6&eval_every=4&rounds=2&hidden=6,5&batch=10";

#[test]
fn a_file_comes_back_as_it_went_out() {
    for fragment in [
        ALL,
        "rounds=3&hidden=3,2&iterations=6&eval_every=4&batch=10",
        "rounds=0&hidden=3,2&data=fashion&seeds=1,9-11&iterations=2000&eval_every=2",
    ] {
        let experiment_report = made_report(&config(fragment));
        let text = experiment_report.to_file_text();
        let back = ExperimentReport::from_file_text(&text).unwrap();
        assert_eq!((&back, back.to_file_text()), (&experiment_report, text.clone()));
        // The lines may be in any order.
        let (head, lines) = text.split_once('\n').unwrap();
        let turned: Vec<&str> = std::iter::once(head).chain(lines.lines().rev()).collect();
        assert_eq!(ExperimentReport::from_file_text(&turned.join("\n")).unwrap().to_file_text(), text);
        // The report also survives the way between page and worker.
        let (parts, prune_rounds) = experiment_report.to_parts();
        assert_eq!(ExperimentReport::from_parts(parts, prune_rounds), Some(experiment_report));
    }
}

#[test]
fn what_is_malformed_or_of_another_version_is_refused() {
    let text = made_report(&config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let rejected = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        ExperimentReport::from_file_text(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert_eq!(ExperimentReport::from_file_text(""), Err(ReportFileError::NotAReport));
    assert_eq!(ExperimentReport::from_file_text("{\"a\":1}\n"), Err(ReportFileError::NotAReport));
    assert!(rejected("ticket-lab report", "other report").contains("not a report of Ticket Lab"));
    // However a newer program writes its version, and however long.
    for newer in ["3", "18446744073709551616", "2.5", "\"3.0-beta\"", "[3,1]"] {
        let said = rejected("\"version\":2", &format!("\"version\":{newer}"));
        let version = newer.trim_matches('"');
        let of_version = said.starts_with(&format!("this is a report of version {version}, which a newer"));
        // What is above all whole numbers is kept as the nearest one of another kind.
        assert!(of_version || (newer.len() > 19 && said.contains("a newer version")), "{said}");
        assert!(said.ends_with("reads versions 1 to 2: reload the page, or update the program"), "{said}");
    }
    assert!(rejected("\"version\":2", &format!("\"version\":\"{}\"", "9".repeat(1_000))).len() < 200);
    for never in ["0", "-1", "null", ""] {
        let of_version = if never.is_empty() { String::new() } else { format!(",\"version\":{never}") };
        assert!(rejected(",\"version\":2", &of_version).contains("not a report of Ticket Lab"), "{never}");
    }
    assert!(rejected("\"rounds\":\"2\"", "\"rounds\":\"99\"").starts_with("line 1: rounds=99 was not used"));
    assert!(rejected("\"rounds\"", "\"turns\"").contains("“turns” is not a setting"));
    assert!(rejected("\"rounds\":\"2\"", "\"rounds\":2").contains("“rounds” is not a setting"));
    for (from, to, what) in [
        ("\"round\":1", "\"round\":7", "is not a job of this experiment"),
        ("\"trial\":1", "\"trial\":2", "is not a job of this experiment"),
        ("\"weights\":2378", "\"weights\":2377", "weights contradicts"),
        ("\"arm\":\"ticket\"", "\"arm\":\"magic\"", "cannot be read"),
        ("\"iterations\":6,", "", "cannot be read"),
        ("\"deaths\":\"", "\"deaths\":\"!", "not base64"),
        ("\"deaths\":\"", "\"deaths\":\"AAAA", "damaged"),
    ] {
        let said = rejected(from, to);
        assert!(said.starts_with("line ") && said.contains(what), "{from}: {said}");
    }
    // The last line is cut short.
    let cut = &text[..text.len() - 40];
    assert!(matches!(ExperimentReport::from_file_text(cut), Err(ReportFileError::InvalidLine { .. })));
    // The masks are those of another network.
    let other = made_report(&config("rounds=2&hidden=4,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let prune_rounds = |text: &str| {
        let from = text.find("\"deaths\":\"").unwrap() + 10;
        text[from..].split('"').next().unwrap_or_default().to_string()
    };
    assert!(rejected(&prune_rounds(&text), &prune_rounds(&other)).contains("not those of 2378 weights"));
}

#[test]
fn files_of_different_seeds_make_one_experiment() {
    let fragment = "rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10";
    let report_of = |seed, trials| {
        made_report(&ExperimentConfig {
            seeds: Seeds::consecutive(seed, trials).unwrap(),
            ..config(fragment)
        })
    };
    let merged = ExperimentReport::merge(vec![report_of(3, 1), report_of(1, 1), report_of(2, 2)]).unwrap();
    assert_eq!(merged, report_of(1, 3));
    assert!(merged.is_complete());
    assert_eq!(ExperimentReport::merge(vec![]), Err(MergeError::NoReports));
    // Seeds need not follow each other.
    let merged = ExperimentReport::merge(vec![report_of(1, 1), report_of(3, 1)]).unwrap();
    assert_eq!((merged.config().seeds.to_string().as_str(), merged.is_complete()), ("1,3", true));
    let other = made_report(&ExperimentConfig { iterations: 7, ..config(fragment) });
    let said = ExperimentReport::merge(vec![report_of(1, 1), other]).unwrap_err().to_string();
    assert!(said.starts_with("iterations is 6 in one report and 7 in another"), "{said}");
    // The same trial has other results.
    let text = report_of(1, 1).to_file_text().replacen("[8110,10000]", "[8111,10000]", 1);
    let changed = ExperimentReport::from_file_text(&text).unwrap();
    let job = JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false };
    assert_eq!(
        ExperimentReport::merge(vec![report_of(1, 1), changed]),
        Err(MergeError::DifferentResults(job))
    );
    // Other seconds are no conflict, and an incomplete file and a complete one merge into a complete one.
    let mut slower = ExperimentReport::new(&config(fragment));
    let whole = report_of(1, 1);
    for finished in whole.finished_jobs().values().take(2) {
        slower.add_finished_job(FinishedJob { seconds: 1e3, ..finished.clone() }, None);
    }
    let merged = ExperimentReport::merge(vec![slower, whole.clone()]).unwrap();
    let without_seconds = |report: &ExperimentReport| {
        let (mut parts, masks) = report.to_parts();
        parts.finished.iter_mut().for_each(|finished| finished.seconds = 0.0);
        (parts, masks)
    };
    assert_eq!(without_seconds(&merged), without_seconds(&whole));
}

#[test]
fn a_file_without_a_setting_has_the_quick_looks() {
    // The file is like one that was written before the setting existed.
    let text = made_report(&config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let names = ["criterion", "optimizer", "momentum", "warmup", "dropout", "init"];
    let mut older = text.clone();
    for name in names {
        let from = older.find(&format!("\"{name}\":")).unwrap();
        let end = from + older[from..].find(',').unwrap() + 1;
        older.replace_range(from..end, "");
    }
    assert!(older.len() < text.len());
    assert_eq!(ExperimentReport::from_file_text(&older).unwrap().to_file_text(), text);
}

#[test]
fn the_store_resumed_from_a_file_asks_only_for_what_is_missing() {
    let config = config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10");
    let mut experiment_report = made_report(&config);
    let text: Vec<String> = experiment_report.to_file_text().lines().map(String::from).collect();
    // The last re-init is missing. Its mask is in the ticket's chain, so no other job runs again.
    experiment_report = ExperimentReport::from_file_text(&text[..text.len() - 1].join("\n")).unwrap();
    let done: BTreeSet<JobId> = experiment_report.finished_jobs().keys().copied().collect();
    let store =
        JobOutputStore::resume(&config, |job| done.contains(&job), |job| experiment_report.next_mask(job));
    let open: Vec<JobId> = all_jobs(&config).into_iter().filter(|&job| store.is_unfinished(job)).collect();
    assert_eq!(open, [JobId { trial: 1, arm: Arm::Reinit, round: 2, draw: 0, twin: false }]);
    assert!(store.inputs_for(open[0]).is_ok());
}
