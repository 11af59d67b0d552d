//! Tests the claims with hand-made reports on both sides of every tolerance.

use crate::claims::*;
use crate::job_report::{Accuracy, ValidationPoint};
use crate::seeds::Seeds;

/// The result of [`failing`] when no claim fails.
const NONE: [usize; 0] = [];

/// The numbers of a hand-made report that differ from job to job.
#[derive(Clone, Copy)]
struct Numbers {
    early: u32,
    end: u32,
    stop: u32,
    loss: f32,
    train: u32,
}

/// Numbers that reproduce every claim.
fn usual(arm: Arm, round: u32) -> Numbers {
    let (early, stop) = match (arm, round) {
        (Arm::Ticket, 0) => (9_805, 7_000),
        (Arm::Ticket, 20) => (9_699, 9_000),
        (Arm::Ticket, 16..) => (9_780, 6_000),
        (Arm::Ticket, _) => (9_816, 5_000),
        (Arm::Reinit, 15..) => (9_709, 15_000),
        (Arm::Reinit, _) => (9_777, 10_000),
        _ => (9_815, 6_000),
    };
    let loss = match round {
        0 => 0.0687,
        1..=8 => 0.0611,
        9..=14 => 0.0607,
        15..=19 => 0.0723,
        _ => 0.1079,
    };
    let end = if (arm, round) == (Arm::Ticket, 0) { 9_800 } else { 9_820 };
    Numbers { early, end, stop, loss, train: 54_990 }
}

fn paper() -> ExperimentConfig {
    ExperimentConfig { arms: [Arm::Ticket, Arm::Reinit, Arm::OneShot].into(), ..Preset::Paper.config() }
}

/// The report of every job, with the usual numbers as altered by `change`.
fn reports(config: &ExperimentConfig, change: impl Fn(JobId, &mut Numbers)) -> Vec<JobReport> {
    let report = |job: JobId| {
        let mut numbers = usual(job.arm, job.round);
        change(job, &mut numbers);
        let Numbers { early, end, stop, loss, train } = numbers;
        let (test, accuracy) = (|correct| Accuracy { correct, total: 10_000 }, Accuracy::default());
        JobReport {
            job,
            alive: vec![1; 3],
            curve: vec![ValidationPoint { iteration: stop, loss, accuracy }],
            early_stop: stop,
            before_training: None,
            test_early: test(early),
            test_end: test(end),
            train_early: Accuracy::default(),
            train_end: Accuracy { correct: train, total: 55_000 },
            iterations: 50_000,
            batch: 60,
        }
    };
    all_jobs(config).into_iter().map(report).collect()
}

fn verdicts(config: &ExperimentConfig, change: impl Fn(JobId, &mut Numbers)) -> Vec<Verdict> {
    score_claims(config, &reports(config, change)).into_iter().map(|claim| claim.verdict).collect()
}

/// The numbers of the claims that are not reproduced. Every claim must have a verdict.
fn failing(change: impl Fn(JobId, &mut Numbers)) -> Vec<usize> {
    let verdicts = verdicts(&paper(), change);
    assert!(
        verdicts.iter().all(|v| matches!(v, Verdict::Reproduced | Verdict::NotReproduced)),
        "{verdicts:?}"
    );
    (1..).zip(&verdicts).filter(|(_, v)| **v == Verdict::NotReproduced).map(|(claim, _)| claim).collect()
}

/// The claims that fail if one arm and round has other numbers in all trials.
fn with(arm: Arm, round: u32, set: impl Fn(&mut Numbers)) -> Vec<usize> {
    failing(|job, numbers| {
        if (job.arm, job.round) == (arm, round) {
            set(numbers);
        }
    })
}

#[test]
fn the_replications_own_numbers_reproduce_everything() {
    let config = paper();
    let claims = score_claims(&config, &reports(&config, |_, _| {}));
    let names: Vec<&str> = claims.iter().map(|claim| claim.name).collect();
    assert_eq!(names.join(" "), "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12");
    for claim in &claims {
        assert_eq!(claim.verdict, Verdict::Reproduced, "{claim:?}");
        assert!(
            claim
                .measurements
                .iter()
                .all(|measurement| measurement.ours.is_some_and(|statistics| statistics.trials == 5))
        );
    }
    assert_eq!(claims[5].measurements.len(), 3);
    assert_eq!(claims[11].measurements.len(), 6);
    assert_eq!(
        claims[6].measurements[0].ours,
        Some(TrialStatistics { mean: 0.39, min: 0.39, max: 0.39, trials: 5 })
    );
    assert_eq!(claims[7].measurements[0].ours.map(|statistics| statistics.mean), Some(2.0));
}

#[test]
fn every_tolerance_has_two_sides() {
    let early = |arm, round, early| with(arm, round, move |n| n.early = early);
    let stop = |arm, round, stop| with(arm, round, move |n| n.stop = stop);
    // C1 includes both ends of its range. Claims that compare with the dense network change with it.
    for (right, holds) in [(9_775, true), (9_774, false), (9_835, true), (9_836, false)] {
        assert_eq!(!early(Arm::Ticket, 0, right).contains(&1), holds, "{right}");
    }
    // C2: the ticket takes fewer iterations.
    assert_eq!(
        (stop(Arm::Ticket, 7, 6_999).contains(&2), stop(Arm::Ticket, 7, 7_000).contains(&2)),
        (false, true)
    );
    // C3: each loss is within a tenth of its figure.
    for (round, loss) in [(0, 0.0687), (7, 0.0611), (9, 0.0607), (15, 0.0723), (20, 0.1079)] {
        for (factor, holds) in [(0.901, true), (0.899, false), (1.099, true), (1.101, false)] {
            let failing = with(Arm::Ticket, round, |n| n.loss = loss * factor);
            assert_eq!(failing, if holds { vec![] } else { vec![3] }, "{round} {factor}");
        }
    }
    assert_eq!(with(Arm::Ticket, 9, |n| n.loss = f32::INFINITY), vec![3]);
    // C4: the ticket is at least as accurate.
    assert_eq!((early(Arm::Ticket, 9, 9_805), early(Arm::Ticket, 9, 9_804)), (vec![], vec![4]));
    // C5: within 0.3 percentage points (30 of 10,000 answers), both ends included.
    for (right, holds) in [(9_775, true), (9_774, false), (9_835, true), (9_836, false)] {
        assert_eq!(!early(Arm::Ticket, 15, right).contains(&5), holds, "{right}");
    }
    // C6 is judged at 1.19% only; the larger tickets are shown without a judgement.
    for (right, holds) in [(9_659, true), (9_658, false), (9_739, true), (9_740, false)] {
        assert_eq!(early(Arm::Ticket, 20, right), if holds { vec![] } else { vec![6] }, "{right}");
    }
    assert_eq!((early(Arm::Ticket, 16, 9_900), early(Arm::Ticket, 18, 9_900)), (vec![], vec![]));
    // C7: from 0.1 to 0.9 percentage points.
    for (right, holds) in [(9_806, true), (9_807, false), (9_726, true), (9_725, false)] {
        assert_eq!(early(Arm::Reinit, 7, right), if holds { vec![] } else { vec![7] }, "{right}");
    }
    // C8 is above 1.3 times and C9 above twice; the bounds themselves do not count.
    assert_eq!((stop(Arm::Reinit, 7, 6_501), stop(Arm::Reinit, 7, 6_500)), (vec![], vec![8]));
    assert_eq!((stop(Arm::Reinit, 15, 10_001), stop(Arm::Reinit, 15, 10_000)), (vec![], vec![9]));
    for (right, holds) in [(9_756, true), (9_757, false), (9_656, true), (9_655, false)] {
        assert_eq!(early(Arm::Reinit, 15, right), if holds { vec![] } else { vec![9] }, "{right}");
    }
    // C10: the best ticket at the end of training, whichever round it is in.
    for (right, holds) in [(9_865, true), (9_866, false)] {
        assert_eq!(
            with(Arm::Ticket, 11, |n| n.end = right),
            if holds { vec![] } else { vec![10] },
            "{right}"
        );
    }
    let all_end = |right| {
        failing(move |job, n| n.end = if (job.arm, job.round) == DENSE_ROUND { 9_800 } else { right })
    };
    assert_eq!((all_end(9_805), all_end(9_804)), (vec![], vec![10]));
    // C11: the worst round down to 2% of the weights. Later rounds do not count.
    assert_eq!(with(Arm::Ticket, 17, |n| n.train = 54_725), NONE);
    assert_eq!(with(Arm::Ticket, 17, |n| n.train = 54_724), vec![11]);
    assert_eq!(with(Arm::Ticket, 18, |n| n.train = 50_000), NONE);
    // C12: the sign of the difference, in each of three rounds and in no other.
    for round in [2, 4, 7] {
        assert_eq!((stop(Arm::OneShot, round, 6_999), stop(Arm::OneShot, round, 7_000)), (vec![], vec![12]));
        assert_eq!(
            (early(Arm::OneShot, round, 9_806), early(Arm::OneShot, round, 9_805)),
            (vec![], vec![12])
        );
    }
    assert_eq!(early(Arm::OneShot, 5, 9_000), NONE);
}

#[test]
fn the_mean_decides_unrounded_and_the_band_is_that_of_the_trials() {
    // One answer of 50,000 below the tolerance is outside it.
    let config = paper();
    let short = |job: JobId, n: &mut Numbers| {
        if (job.arm, job.round) == (Arm::Ticket, 9) {
            n.early = 9_805 - u32::from(job.trial == 3);
        }
    };
    assert_eq!(failing(short), vec![4]);
    let claims = score_claims(&config, &reports(&config, short));
    let statistics = claims[3].measurements[0].ours.expect("a band");
    assert!(statistics.mean < 0.0 && statistics.mean > -0.0021);
    assert_eq!((statistics.min, statistics.max, statistics.trials), (-0.01, 0.0, 5));
}

#[test]
fn draws_are_averaged_within_their_trial() {
    let config = ExperimentConfig { draws: 2, ..paper() };
    let by_draw = |job: JobId, n: &mut Numbers| {
        if job.arm == Arm::Reinit {
            (n.early, n.stop) = if job.draw == 0 { (9_786, 9_000) } else { (9_768, 11_000) };
        }
    };
    let claims = score_claims(&config, &reports(&config, by_draw));
    assert_eq!(
        claims[6].measurements[0].ours,
        Some(TrialStatistics { mean: 0.39, min: 0.39, max: 0.39, trials: 5 })
    );
    assert_eq!(claims[7].measurements[0].ours.map(|statistics| statistics.mean), Some(2.0));
}

#[test]
fn there_is_no_verdict_from_too_few_trials() {
    let config = ExperimentConfig { seeds: Seeds::consecutive(1, 4).unwrap(), ..paper() };
    let too_few = Verdict::TooFewTrials { found: 4, needed: 5 };
    assert!(verdicts(&config, |_, _| {}).iter().all(|verdict| *verdict == too_few));
    // One of five trials lacks its last ticket, so only the claims about that ticket have no verdict.
    let config = paper();
    let mut reports = reports(&config, |_, _| {});
    reports.retain(|report| (report.job.trial, report.job.arm, report.job.round) != (5, Arm::Ticket, 20));
    let claims = score_claims(&config, &reports);
    let waiting: Vec<&str> =
        claims.iter().filter(|claim| claim.verdict == too_few).map(|claim| claim.name).collect();
    assert_eq!(waiting, ["C3", "C6", "C10"]);
    assert!(
        score_claims(&config, []).iter().all(|c| c.verdict == Verdict::TooFewTrials { found: 0, needed: 5 })
    );
}

#[test]
fn other_settings_test_nothing() {
    for config in [
        Preset::Quick.config(),
        Preset::Paper20k.config(),
        ExperimentConfig { learning_rate: 1e-3, ..paper() },
        ExperimentConfig { warmup: 1, ..paper() },
        ExperimentConfig { eval_every: 50, ..paper() },
    ] {
        assert!(verdicts(&config, |_, _| {}).iter().all(|v| matches!(v, Verdict::NotTested { .. })));
    }
    let why = |config: &ExperimentConfig, claim: usize| match &verdicts(config, |_, _| {})[claim - 1] {
        Verdict::NotTested { why } => why.clone(),
        verdict => verdict.words().into(),
    };
    let capped = Preset::Paper20k.config();
    assert_eq!(
        why(&capped, 1),
        "It is about the paper's protocol: iterations is 50000 there and 20000 here."
    );
    // Claims about networks that are not trained are not tested; the others are judged.
    let few = ExperimentConfig { arms: [Arm::Ticket].into(), rounds: 9, ..paper() };
    assert_eq!(why(&few, 12), "It looks at the arm oneshot in round 2, which is not trained here.");
    assert_eq!(why(&few, 5), "It looks at the arm ticket in round 15, which is not trained here.");
    assert_eq!((why(&few, 4), why(&few, 2)), ("reproduced".into(), "reproduced".into()));
    let more = ExperimentConfig {
        draws: 2,
        rewind_to: Some(7),
        momentum: 0.5,
        seeds: Seeds::consecutive(40, 6).unwrap(),
        ..paper()
    };
    assert!(verdicts(&more, |_, _| {}).iter().all(|verdict| *verdict == Verdict::Reproduced));
}
