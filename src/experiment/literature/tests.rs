//! Tests the claims of the literature with hand-made reports on both sides of their bounds.

use super::*;
use crate::{
    arm::Arm,
    claims::claim::{Verdict, VerdictKind},
    job_graph::all_jobs,
    job_report::{Accuracy, LINE_POINTS, ReadingsBeforeTraining},
    literature::{
        formatted::{FormattedLiteratureClaim, summary},
        texts::{Paper, not_tested, statement},
    },
    made_report::made_report,
    settings::Settings,
};
use LiteratureClaimId::*;
use VerdictKind::{Inconclusive, NotReproduced, Reproduced, TooFewTrials};
use std::collections::BTreeSet;

/// The numbers of a hand-made report that claims read. Accuracies are right answers of 10,000.
#[derive(Clone, Copy)]
struct Numbers {
    before: Option<u32>,
    end: u32,
    /// The depth of the line between twins below its ends.
    barrier: u32,
    lost: u32,
}

/// Numbers that reproduce every claim but Z13, Z28, Z30, Z31, and Z19, which contradicts Z18.
fn usual(job: JobId) -> Numbers {
    let end = match (job.arm, job.round) {
        (Arm::Reinit | Arm::Shuffled | Arm::TransferredRandom | Arm::TransferredReinit, _) => 9_500,
        (Arm::RandomGlobal, _) => 9_400,
        (Arm::Snip, 4) => 9_620,
        (Arm::MagnitudeInit | Arm::Snip, _) => 9_700,
        (Arm::Grasp | Arm::SynFlow, _) => 9_710,
        (Arm::Supermask, 1 | 12) => 9_600,
        (Arm::Supermask, _) => 9_720,
        (Arm::NoRewind, _) => 9_750,
        _ => 9_740,
    };
    Numbers { before: Some(8_500), end, barrier: 30, lost: 0 }
}

fn report(job: JobId, numbers: Numbers) -> JobReport {
    let share = |correct| Accuracy { correct, total: 10_000 };
    let middle = |point: usize| if point == LINE_POINTS / 2 { numbers.barrier } else { 0 };
    let line = (0..LINE_POINTS).map(|point| share(numbers.end - middle(point)));
    JobReport {
        job,
        alive: (0..3).map(|layer| u32::from(layer >= numbers.lost)).collect(),
        curve: vec![],
        early_stop: 100,
        before_training: numbers.before.map(|correct| ReadingsBeforeTraining {
            validation_loss: 2.3,
            validation: share(correct),
            test: share(correct),
        }),
        test_early: share(1),
        test_end: share(numbers.end),
        train_early: share(2),
        train_end: share(3),
        interpolated: if job.twin { line.collect() } else { vec![] },
        label_noise: None,
        robustness: None,
        iterations: 3_000,
        batch: 60,
    }
}

/// The verdict on a claim by reports of `seeds` trials, with the usual numbers as altered by `change`, which is also told
/// the trial's distance from the middle one.
fn judged(id: LiteratureClaimId, seeds: u32, change: impl Fn(JobId, i32, &mut Numbers)) -> LiteratureClaim {
    let mut scores = LiteratureScores::default();
    let protocol = parts::protocol(id);
    let jobs = all_jobs(&protocol.config()).into_iter().filter(|job| job.trial <= seeds);
    let made = jobs.map(|job| {
        let mut numbers = usual(job);
        change(job, 2 * job.trial as i32 - seeds as i32 - 1, &mut numbers);
        report(job, numbers)
    });
    let made: Vec<JobReport> = made.collect();
    scores.add_jobs(protocol, 1..=seeds, &made).unwrap();
    scores.claims().into_iter().find(|claim| claim.id == id).unwrap()
}

fn kind(claim: &LiteratureClaim) -> VerdictKind {
    claim.verdict.as_ref().expect("a run protocol").kind()
}

/// The verdict if one row has other numbers in all of eight trials.
fn with(id: LiteratureClaimId, row: (Arm, u32), set: impl Fn(i32, &mut Numbers)) -> VerdictKind {
    kind(&judged(id, 8, |job, apart, numbers| {
        if (job.arm, job.round) == row {
            set(apart, numbers);
        }
    }))
}

#[test]
fn there_are_enough_claims_of_enough_papers() {
    let papers = |statements: Vec<texts::Statement>| -> BTreeSet<Paper> {
        statements.iter().map(|statement| statement.paper).collect()
    };
    let tested = papers(LiteratureClaimId::ALL.iter().map(|&id| statement(id)).collect());
    assert!(LiteratureClaimId::ALL.len() >= 20 && tested.len() >= 8);
    assert_eq!((LiteratureClaimId::ALL.len(), tested.len(), papers(not_tested()).len()), (31, 14, 12));
    let names: Vec<&str> = LiteratureClaimId::ALL.iter().map(|id| id.name()).collect();
    let expected: Vec<String> = (1..=names.len()).map(|number| format!("Z{number}")).collect();
    assert_eq!(names, expected);
    // No two claims say the same, and no paper is named twice.
    let says: BTreeSet<&str> = LiteratureClaimId::ALL.iter().map(|&id| statement(id).says).collect();
    assert_eq!(says.len(), names.len());
    let all: Vec<Paper> = <Paper as strum::VariantArray>::VARIANTS.to_vec();
    let numbers: BTreeSet<&str> = all.iter().map(|paper| paper.citation().1).collect();
    assert!(numbers.len() == all.len() && !numbers.contains("1803.03635"));
    let is_number = |number: &&str| number.len() == 10 && number.as_bytes()[4] == b'.';
    assert!(numbers.iter().all(is_number), "{numbers:?}");
}

#[test]
fn every_protocol_is_valid_and_trains_what_its_claims_read() {
    let used: BTreeSet<Protocol> = LiteratureClaimId::ALL.iter().map(|&id| parts::protocol(id)).collect();
    assert_eq!(used, Protocol::ALL.iter().copied().collect());
    let names: BTreeSet<&str> = Protocol::ALL.iter().map(|protocol| protocol.name()).collect();
    assert_eq!(names.len(), Protocol::ALL.len());
    for &protocol in Protocol::ALL {
        let (settings, rejected) = Settings::from_fragment(protocol.fragment());
        assert_eq!(rejected, [], "{}", protocol.name());
        assert_eq!(settings.config.seeds.count(), 8);
        assert_eq!(Protocol::of(&settings.config), Ok(protocol));
    }
    for &id in LiteratureClaimId::ALL {
        let config = parts::protocol(id).config();
        let jobs = all_jobs(&config);
        let parts = parts::parts(id);
        assert!(!parts.is_empty());
        for part in parts {
            let twin = part.quantity == crate::claims::claim::Quantity::ErrorBarrier;
            for (arm, round) in part.rows() {
                let job = JobId { trial: 8, arm, round, draw: 0, twin };
                assert!(jobs.contains(&job), "{id:?} reads {job}, which is not trained");
                let is_shown = config.arms.contains(&arm) || (arm, round) == (Arm::Ticket, 0);
                assert!(is_shown, "{id:?} reads {arm}, which is not asked for");
            }
        }
    }
}

#[test]
fn the_sizes_are_those_that_the_texts_speak_of() {
    let left = |protocol: Protocol, round: u32| {
        let sizes = ReadingsByJob::new(&protocol.config());
        let networks = sizes.networks((Arm::Ticket, round)).unwrap();
        (networks.weights_left * 266_200.0).round() as u32
    };
    // 80% and 7% of all weights; a twelfth; 5% and 1.84%; 258 weights.
    assert_eq!((left(Protocol::Supermask, 1), left(Protocol::Supermask, 12)), (212_960, 18_293));
    assert_eq!(left(Protocol::Compression, 4), 22_043);
    assert_eq!((left(Protocol::Momentum, 3), left(Protocol::Momentum, 4)), (13_310, 4_903));
    assert_eq!(left(Protocol::Collapse, 10), 258);
}

#[test]
fn a_claim_may_get_each_verdict() {
    // Until its protocol has been run a claim has no verdict, and with five trials neither.
    let unrun = LiteratureScores::default().claims();
    assert!(unrun.iter().all(|claim| claim.verdict.is_none() && claim.measurements.is_empty()));
    let same = |_: JobId, _: i32, _: &mut Numbers| {};
    assert_eq!(judged(Z1, 5, same).verdict, Some(Verdict::TooFewTrials { found: 5, needed: 6 }));
    assert_eq!(kind(&judged(Z1, 6, same)), Reproduced);
    for &id in LiteratureClaimId::ALL {
        let expected = if matches!(id, Z13 | Z19 | Z28 | Z30 | Z31) { NotReproduced } else { Reproduced };
        assert_eq!(kind(&judged(id, 8, same)), expected, "{id:?}");
    }
}

#[test]
fn bounds_are_where_they_are_written() {
    let sign = |end| with(Z1, (Arm::Sign, 3), move |_, numbers| numbers.end = end);
    // Z1: half a point below the ticket's 9,740 answers, at 12.6% of the weights. Both parts are needed.
    assert_eq!((sign(9_690), sign(9_689)), (Reproduced, NotReproduced));
    // The answers are 20 apart from trial to trial: their standard error is 48.99 / √8 = 17.32 and t is 1.894579, so that
    // the one-sided end is 32.8 answers away.
    let spread = |mean: i32| with(Z1, (Arm::Sign, 3), move |apart, n| n.end = (mean + 10 * apart) as u32);
    assert_eq!(
        [9_723, 9_722, 9_658, 9_657].map(spread),
        [Reproduced, Inconclusive, Inconclusive, NotReproduced]
    );
    // Z2: above, not equal.
    let equal = |end| with(Z2, (Arm::Sign, 4), move |_, numbers| numbers.end = end);
    assert_eq!((equal(9_501), equal(9_500)), (Reproduced, NotReproduced));
    // Z11: 0.3 to 1.3 points less than the 9,700 answers at 5% of the weights.
    let fall = |end| with(Z11, (Arm::Snip, 4), move |_, numbers| numbers.end = end);
    assert_eq!(
        [9_671, 9_670, 9_570, 9_569].map(fall),
        [NotReproduced, Reproduced, Reproduced, NotReproduced]
    );
    // Z28: at most 0.3 points.
    let apart = |reinit: u32| {
        kind(&judged(Z28, 8, |job, _, n| {
            if job.arm == Arm::Reinit {
                n.end = reinit;
            }
        }))
    };
    assert_eq!([apart(9_710), apart(9_709), apart(9_800)], [Reproduced, NotReproduced, Reproduced]);
    // Of a bound from above it is the interval's upper end that must be below, here 32.8 of the bound's 200 answers away.
    let barrier =
        |mean: i32| with(Z23, (Arm::Ticket, 0), move |apart, n| n.barrier = (mean + 10 * apart) as u32);
    assert_eq!([167, 168, 232, 233].map(barrier), [Reproduced, Inconclusive, Inconclusive, NotReproduced]);
}

#[test]
fn readings_are_those_that_claims_ask_for() {
    // Z23 reads the twin, whose barrier is 2 points at most, and its sibling has none.
    let barrier = |barrier| with(Z23, (Arm::Ticket, 0), move |_, numbers| numbers.barrier = barrier);
    assert_eq!((barrier(200), barrier(201)), (Reproduced, NotReproduced));
    // Z24 reads the tickets of three sizes and not the dense network.
    let of = |round| with(Z24, (Arm::Ticket, round), |_, numbers| numbers.barrier = 500);
    assert_eq!([0, 2, 3, 4, 6].map(of), [0, 1, 0, 1, 1].map(|is_read| [Reproduced, NotReproduced][is_read]));
    // Z5 takes the best of six sizes before training.
    let before = |best| {
        kind(&judged(Z5, 8, move |job, _, n| n.before = Some(if job.round == 4 { best } else { 1_000 })))
    };
    assert_eq!((before(5_000), before(4_999)), (Reproduced, NotReproduced));
    // Without the reading there is no trial.
    let missing = judged(Z5, 8, |job, _, n| n.before = n.before.filter(|_| job.trial > 3));
    assert_eq!(missing.verdict, Some(Verdict::TooFewTrials { found: 5, needed: 6 }));
    // Z13 wants lost layers of both arms and Z14 none.
    let lost = |id, snip, grasp, synflow| {
        kind(&judged(id, 8, move |job, _, n| {
            n.lost = match job.arm {
                Arm::Snip => snip,
                Arm::Grasp => grasp,
                _ => synflow,
            }
        }))
    };
    assert_eq!(
        [lost(Z13, 1, 2, 0), lost(Z13, 1, 0, 1), lost(Z13, 0, 1, 1)],
        [Reproduced, NotReproduced, NotReproduced]
    );
    assert_eq!((lost(Z14, 1, 1, 0), lost(Z14, 0, 0, 1)), (Reproduced, NotReproduced));
    // Z30 wants worse, then better, then worse, and Z31 the re-init above the ticket.
    let bent = |id, ends: [u32; 4], reinit| {
        kind(&judged(id, 8, move |job, _, n| {
            n.end = match (job.arm, job.round) {
                (Arm::Reinit, _) => reinit,
                (_, round) => ends[[0, 1, 1, 2, 2, 3, 3][round as usize]],
            }
        }))
    };
    assert_eq!(bent(Z30, [9_100, 9_000, 9_500, 9_400], 0), Reproduced);
    assert_eq!(bent(Z30, [9_000, 9_000, 9_500, 9_400], 0), NotReproduced);
    assert_eq!(bent(Z30, [9_100, 9_000, 9_500, 9_500], 0), NotReproduced);
    assert_eq!(bent(Z31, [9_100, 9_000, 9_500, 9_400], 9_501), Reproduced);
    assert_eq!(bent(Z31, [9_100, 9_000, 9_500, 9_400], 9_500), NotReproduced);
    // Z20 compares what is trained on the other data set.
    let own = |end| with(Z20, (Arm::OtherTicket, 2), move |_, numbers| numbers.end = end);
    assert_eq!((own(9_840), own(9_841)), (Reproduced, NotReproduced));
    assert_eq!(kind(&judged(Z20, 4, |_, _, _| {})), TooFewTrials);
}

#[test]
fn reports_are_known_by_their_settings() {
    let config = |fragment: &str| Settings::from_fragment(fragment).0.config;
    let twins = Protocol::Twins.fragment().replace("seeds=1-8", "seed=11");
    let made = made_report(&config(&twins));
    let mut scores = LiteratureScores::default();
    assert_eq!(scores.add(&made), Ok(Protocol::Twins));
    // Twice the same is the same, and another result is named.
    assert_eq!(scores.add(&made), Ok(Protocol::Twins));
    let mut other = made.finished_jobs().values().next().unwrap().report.clone();
    other.test_end.correct -= 1;
    assert_eq!(
        scores.add_jobs(Protocol::Twins, [11], [&other]),
        Err(ScoreError::DifferentResults(other.job))
    );
    let shorter = twins.replace("iterations=3000", "iterations=2999");
    let error = scores.add(&made_report(&config(&shorter))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no claim of the literature is about these settings; the nearest protocol is twins, where iterations is “3000” and not \
         “2999”: run '#twins=1&arms=ticket&iterations=3000&eval_every=100&seeds=1-8'"
    );
}

#[test]
fn claims_are_said_with_their_bounds() {
    let formatted = |claim: &LiteratureClaim| FormattedLiteratureClaim::new(claim);
    let unrun = LiteratureScores::default().claims();
    let bounds =
        |id: LiteratureClaimId| formatted(&unrun[id as usize]).bounds.join("; ").replace('\u{a0}', " ");
    assert_eq!(bounds(Z1), "signs 25.1%, 12.6% against ticket: at least −0.5 pp");
    assert_eq!(bounds(Z5), "untrained accuracy of the best, ticket: at least 50%");
    assert_eq!(bounds(Z7), "the best, supermask against dense: at least −1 pp");
    assert_eq!(bounds(Z11), "SNIP 1.84% against SNIP 5.00%: −1.3 to −0.3 pp");
    assert_eq!(bounds(Z14), "lost layers of SynFlow 0.39%, 0.19%, 0.10%: at most 0");
    assert_eq!(
        bounds(Z29),
        "ticket 36.8%, 13.6%, 5.00% against re-init: above 0 pp; ticket 36.8%, 13.6% against dense: at least −0.2 pp"
    );
    assert_eq!(bounds(Z13), "lost layers of SNIP 0.10%; GraSP 0.10%: at least 1");
    assert_eq!(bounds(Z23), "barrier of dense: at most 2 pp");
    assert_eq!(formatted(&unrun[0]).verdict_text, "not yet run");
    let claim = judged(Z23, 8, |_, _, _| {});
    let said = formatted(&claim);
    assert_eq!(said.ours, ["barrier of dense: 0.30\u{a0}pp (≤\u{a0}0.30), 8\u{a0}trials"]);
    assert_eq!(said.verdict_text, "reproduced");
    let spread = |mean: i32| {
        let claim = judged(Z23, 8, move |_, apart, n| n.barrier = (mean + 10 * apart) as u32);
        formatted(&claim).ours.concat().replace('\u{a0}', " ")
    };
    assert_eq!(spread(100), "barrier of dense: 1.00 pp (≤ 1.33), 8 trials");
    assert_eq!(spread(300), "barrier of dense: 3.00 pp (≥ 2.67), 8 trials");
    assert_eq!(spread(200), "barrier of dense: 2.00 pp (≥ 1.67, ≤ 2.33), 8 trials");
    let few = formatted(&judged(Z23, 5, |_, _, _| {}));
    assert_eq!(few.verdict_text, "not enough trials: 5 of the 6 it takes.");
    let mut claims = unrun;
    claims[22] = claim;
    assert!(
        summary(&claims).starts_with("Of 31 claims of 14 papers: 1 reproduced, 30 not yet run. In brackets ")
    );
}
