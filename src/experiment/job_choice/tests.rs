//! Tests of which jobs claims look at.

use super::*;
use crate::{
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job_graph::{all_jobs, table_rows},
    preset::Preset,
    settings::Settings,
    url_fragment::RejectionReason,
};

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, [], "{fragment}");
    settings.config
}

#[test]
fn the_claims_of_the_paper_look_at_these_rows() {
    let jobs = |arm, rounds: &[u32]| -> Vec<JobId> {
        rounds.iter().map(|&round| JobId { trial: 1, arm, round, draw: 0, twin: false }).collect()
    };
    let rounds: Vec<u32> = (0..=20).collect();
    // Read off the README's list of claims.
    let expected =
        [jobs(Arm::Ticket, &rounds), jobs(Arm::Reinit, &[7, 15]), jobs(Arm::OneShot, &[2, 4, 7])].concat();
    let paper = config("preset=paper&trials=1&jobs=claims");
    assert_eq!(all_jobs(&paper), expected);
    assert_eq!(table_rows(&paper), expected);
    // The dense network's own row, fewer rounds, more draws.
    let less = config("preset=paper&trials=1&jobs=claims&arms=dense,ticket&rounds=6&draws=2");
    assert_eq!(table_rows(&less).len(), 1 + 7 + 2);
    let draws = config("preset=paper&trials=2&jobs=claims&draws=3");
    assert_eq!(all_jobs(&draws).len(), 2 * (21 + 2 * 3 + 3));
    assert!(JobChoice::All.has(Arm::Random, 3) && !JobChoice::Claims.has(Arm::Random, 3));
    assert!(JobChoice::Claims.has(Arm::Dense, 0) && !JobChoice::Claims.has(Arm::Reinit, 6));
}

#[test]
fn what_no_claim_looks_at_is_said() {
    for (fragment, field, value, reason, rest) in [
        ("arms=ticket,late,random", "arms", "random,late", RejectionReason::ArmWithoutClaims, "&rounds=6"),
        ("rounds=21", "rounds", "21", RejectionReason::RoundsWithoutClaims(20), "&rounds=20"),
        ("twins=1", "twins", "1", RejectionReason::TwinsWithoutClaims, ""),
    ] {
        let (settings, rejected) = Settings::from_fragment(&format!("{fragment}&jobs=claims"));
        let [rejected] = &rejected[..] else { panic!("{rejected:?}") };
        assert_eq!((&*rejected.field, &*rejected.value), (field, value));
        assert_eq!(rejected.reason, reason);
        assert_eq!(settings.config, config(&format!("arms=ticket,reinit,oneshot&jobs=claims{rest}")));
    }
}

#[test]
fn a_choice_stands_in_fragment_and_report_and_all_of_them_in_neither() {
    let claims = config("preset=paper&jobs=claims");
    let fragment = "preset=paper&seed=1&arms=ticket,reinit,oneshot&jobs=claims";
    assert_eq!(Settings::from_config(&claims).to_fragment(), fragment);
    assert_eq!(config(fragment), claims);
    let head = ExperimentReport::new(&claims).header_line();
    assert!(head.contains("\"jobs\":\"claims\""), "{head}");
    assert_eq!(*ExperimentReport::from_file_text(&head).unwrap().config(), claims);
    let all = ExperimentConfig { jobs: JobChoice::All, ..claims.clone() };
    assert!(!ExperimentReport::new(&all).header_line().contains("jobs"));
    assert!(!serde_json::to_string(&all).unwrap().contains("jobs"));
    assert_eq!(config("preset=paper&jobs=all"), Preset::Paper.config());
    // A job that nothing claims is no job of such a report.
    let line = "{\"trial\":1,\"arm\":\"reinit\"";
    assert!(!head.contains(line));
}
