//! Tests the claims with hand-made reports on both sides of every tolerance.

use crate::arm::Arm;
use crate::claims::claim::{ChosenRound, VerdictKind};
use crate::claims::*;
use crate::job_report::{Accuracy, ValidationPoint};
use crate::measured::Interval;
use crate::seeds::Seeds;
use model::data_set::DataSet;

mod many_seeds;

const DENSE_ROUND: (Arm, u32) = (Arm::Ticket, 0);

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
            interpolated: vec![],
            label_noise: None,
            robustness: None,
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
    let names: Vec<&str> = claims.iter().map(|claim| claim.id.name()).collect();
    assert_eq!(names.join(" "), "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12");
    for claim in &claims {
        assert_eq!(claim.verdict, Verdict::Reproduced, "{claim:?}");
        assert!(claim.measurements.iter().all(|measurement| measurement.measured.trials == 5));
    }
    assert_eq!((claims[5].measurements.len(), claims[11].measurements.len()), (3, 6));
    let gap = &claims[6].measurements[0];
    assert_eq!(gap.measured.interval, Some(Interval { low: 0.0039, high: 0.0039 }));
    // 56,094 of 266,200 weights are left after seven prunings.
    assert_eq!((gap.of.arm, gap.of.round, gap.of.weights_left), (Arm::Ticket, 7, 56_094.0 / 266_200.0));
    assert_eq!(gap.against.map(|other| (other.arm, other.round)), Some((Arm::Reinit, 7)));
    assert!((claims[7].measurements[0].measured.mean - 2.0).abs() < 1e-12);
    // Of equal rounds the first is chosen, and of the others the one that stands out.
    let chosen = |claim: usize, claims: &[Claim]| claims[claim - 1].measurements[0].of.round;
    assert_eq!((chosen(10, &claims), chosen(11, &claims)), (1, 0));
    let stands_out = |job: JobId, n: &mut Numbers| {
        n.end += u32::from(job.round == 11);
        n.train -= u32::from(job.round == 13);
    };
    let claims = score_claims(&config, &reports(&config, stands_out));
    assert_eq!((chosen(10, &claims), chosen(11, &claims)), (11, 13));
    assert_eq!(claims[9].measurements[0].chosen, Some(ChosenRound::Best));
}

#[test]
fn every_tolerance_has_two_sides_where_all_trials_agree() {
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
    // C8 is above 1.3 times and C9 above twice.
    assert_eq!((stop(Arm::Reinit, 7, 6_501), stop(Arm::Reinit, 7, 6_499)), (vec![], vec![8]));
    assert_eq!((stop(Arm::Reinit, 15, 10_001), stop(Arm::Reinit, 15, 9_999)), (vec![], vec![9]));
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

/// The verdict on a claim if the trials of one arm and round differ: `set` changes the numbers of each by its own
/// distance from the middle trial, −2 to 2.
fn verdict_of_spread(claim: usize, (arm, round): (Arm, u32), set: impl Fn(&mut Numbers, i32)) -> VerdictKind {
    let spread = |job: JobId, numbers: &mut Numbers| {
        if (job.arm, job.round) == (arm, round) {
            set(numbers, job.trial as i32 - 3);
        }
    };
    verdicts(&paper(), spread)[claim - 1].kind()
}

/// The verdict on a claim if the right answers at the early stop are ten apart from trial to trial. Their standard
/// deviation is then 15.811, their standard error 7.0711; the two-sided interval is the mean ± 2.776445 · 7.0711 =
/// 19.632 answers, and the one-sided ends are the mean ∓ 2.131847 · 7.0711 = 15.074.
fn verdict_of_mean(claim: usize, row: (Arm, u32), mean: i32) -> VerdictKind {
    verdict_of_spread(claim, row, |numbers, apart| numbers.early = (mean + 10 * apart) as u32)
}

#[test]
fn an_interval_decides_and_not_a_mean() {
    use VerdictKind::{Inconclusive, NotReproduced, Reproduced};
    // C1, a level, between 9,775 and 9,835 answers: 9,795 − 19.632 = 9,775.4 and so on.
    for (mean, verdict) in [
        (9_755, NotReproduced),
        (9_756, Inconclusive),
        (9_794, Inconclusive),
        (9_795, Reproduced),
        (9_815, Reproduced),
        (9_816, Inconclusive),
        (9_854, Inconclusive),
        (9_855, NotReproduced),
    ] {
        assert_eq!(verdict_of_mean(1, DENSE_ROUND, mean), verdict, "{mean}");
    }
    // C5, a difference of at most 30 answers from the dense network's 9,805.
    for (above, verdict) in
        [(10, Reproduced), (11, Inconclusive), (49, Inconclusive), (50, NotReproduced), (-50, NotReproduced)]
    {
        assert_eq!(verdict_of_mean(5, (Arm::Ticket, 15), 9_805 + above), verdict, "{above}");
    }
    // C4, a difference of 0 or more. A two-sided interval would still hold −3 at 16 answers, and 3 at −16.
    for (above, verdict) in
        [(16, Reproduced), (15, Inconclusive), (0, Inconclusive), (-15, Inconclusive), (-16, NotReproduced)]
    {
        assert_eq!(verdict_of_mean(4, (Arm::Ticket, 9), 9_805 + above), verdict, "{above}");
    }
}

#[test]
fn ratios_are_judged_on_their_logarithms() {
    // The ticket stops at 4,000 to 6,000 iterations, the re-init at 8,000 in each trial. The logarithms of the ratios
    // have the mean 0.480178 and the standard error √(0.102702 / 4 / 5) = 0.071660; the one-sided ends are
    // exp(0.480178 ∓ 2.131847 · 0.071660) = 1.3874 and 1.8832. Other stops of the re-init scale both.
    let verdict = |reinit: u32| {
        let stops = |job: JobId, n: &mut Numbers| match (job.arm, job.round) {
            (Arm::Ticket, 7) => n.stop = 3_500 + 500 * job.trial,
            (Arm::Reinit, 7) => n.stop = reinit,
            _ => {}
        };
        let config = paper();
        let claims = score_claims(&config, &reports(&config, stops));
        (claims[7].verdict.kind(), claims[7].measurements[0].measured)
    };
    let (kind, measured) = verdict(8_000);
    let Interval { low, high } = measured.interval.expect("an interval");
    let near = |one: f64, other: f64| (one - other).abs() < 1e-4;
    assert!(near(measured.mean, 1.6164) && near(low, 1.3874) && near(high, 1.8832), "{measured:?}");
    assert_eq!(kind, VerdictKind::Reproduced);
    // 1.3874 · 7,490 / 8,000 = 1.2989 and 1.8832 · 5,530 / 8,000 = 1.3018, on both sides of 1.3; 1.8832 · 5,500 / 8,000
    // = 1.2947 is below.
    for (reinit, kind) in [
        (7_510, VerdictKind::Reproduced),
        (7_490, VerdictKind::Inconclusive),
        (5_530, VerdictKind::Inconclusive),
        (5_500, VerdictKind::NotReproduced),
    ] {
        assert_eq!(verdict(reinit).0, kind, "{reinit}");
    }
    // Fewer iterations than the dense network's 7,000 are one less the ratio: the geometric mean of 6,000, 6,250, 6,500,
    // 6,750 and 7,000 is 6,490.3, which is 7.28% fewer.
    let config = paper();
    let stops = |job: JobId, n: &mut Numbers| {
        if (job.arm, job.round) == (Arm::Ticket, 7) {
            n.stop = 5_750 + 250 * job.trial;
        }
    };
    let fewer = score_claims(&config, &reports(&config, stops))[1].measurements[0].measured;
    assert!(near(fewer.mean, 0.0728) && fewer.interval.is_some_and(|it| it.low > 0.0 && it.high < 0.2));
}

#[test]
fn a_claim_of_several_parts_needs_all_and_one_outside_is_enough_against_it() {
    use VerdictKind::{Inconclusive, NotReproduced, Reproduced};
    // C9: the gap is the ticket's 9,816 answers less a mean ± 19.632, which must be 60 to 160.
    let both = |mean: u32, stop: u32| {
        verdict_of_spread(9, (Arm::Reinit, 15), |numbers, apart| {
            numbers.early = mean.saturating_add_signed(10 * apart);
            numbers.stop = stop;
        })
    };
    assert_eq!([both(9_709, 15_000), both(9_740, 15_000)], [Reproduced, Inconclusive]);
    assert_eq!([both(9_709, 9_000), both(9_740, 9_000), both(9_780, 15_000)], [NotReproduced; 3]);
    // C12: one of six measurements is unclear, or outside.
    let fewer = |first: u32| {
        verdict_of_spread(12, (Arm::OneShot, 4), |n, apart| n.stop = first.saturating_add_signed(500 * apart))
    };
    assert_eq!([fewer(6_000), fewer(6_800), fewer(8_000)], [Reproduced, Inconclusive, NotReproduced]);
    // C3: a network that diverges in one trial has no mean to speak of; one that always does is outside.
    let diverged = |trials: i32| {
        verdict_of_spread(3, (Arm::Ticket, 9), |n, apart| {
            if apart < trials - 2 {
                n.loss = f32::INFINITY;
            }
        })
    };
    assert_eq!([diverged(0), diverged(1), diverged(5)], [Reproduced, Inconclusive, NotReproduced]);
    // C6: what is shown but not judged decides nothing.
    assert_eq!(verdict_of_mean(6, (Arm::Ticket, 16), 9_805), Reproduced);
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
    let gap = claims[6].measurements[0].measured;
    assert_eq!(
        (gap.mean, gap.interval, gap.trials),
        (0.0039, Some(Interval { low: 0.0039, high: 0.0039 }), 5)
    );
    assert!((claims[7].measurements[0].measured.mean - 2.0).abs() < 1e-12);
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
        claims.iter().filter(|claim| claim.verdict == too_few).map(|claim| claim.id.name()).collect();
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
        assert!(verdicts(&config, |_, _| {}).iter().all(|v| matches!(v, Verdict::NotTested(_))));
    }
    let why = |config: &ExperimentConfig, claim: usize| match &verdicts(config, |_, _| {})[claim - 1] {
        Verdict::NotTested(why) => Some(why.clone()),
        _ => None,
    };
    let iterations = |paper: &str, here: &str| NotTested::Setting {
        name: "iterations".into(),
        paper: paper.into(),
        here: here.into(),
    };
    assert_eq!(why(&Preset::Paper20k.config(), 1), Some(iterations("50000", "20000")));
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    let data = DataSet::from_name(&format!("{hex}.28x28x1.10.60000.10000")).unwrap();
    let said = texts::not_tested(&why(&ExperimentConfig { data, ..paper() }, 1).unwrap());
    assert_eq!(said, "It is about the paper's protocol: data is mnist there and own data 00010203 here.");
    // Claims about networks that are not trained are not tested; the others are judged.
    let few = ExperimentConfig { arms: [Arm::Ticket].into(), rounds: 9, ..paper() };
    assert_eq!(why(&few, 12), Some(NotTested::Untrained { arm: Arm::OneShot, round: 2 }));
    assert_eq!(why(&few, 5), Some(NotTested::Untrained { arm: Arm::Ticket, round: 15 }));
    let judged = verdicts(&few, |_, _| {});
    assert_eq!([&judged[3], &judged[1]], [&Verdict::Reproduced; 2]);
    let more = ExperimentConfig {
        draws: 2,
        rewind_to: Some(7),
        momentum: 0.5,
        seeds: Seeds::consecutive(40, 6).unwrap(),
        ..paper()
    };
    assert!(verdicts(&more, |_, _| {}).iter().all(|verdict| *verdict == Verdict::Reproduced));
}
