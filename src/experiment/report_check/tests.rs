//! Checks that what cannot have come out of a run is refused, and named.

mod damaged_files;
mod old_and_large_files;

use crate::{
    arm::Arm,
    experiment_report::{
        ExperimentReport, ExperimentReportParts, FinishedJob, merge::MergeError, report_file::ReportFileError,
    },
    job::JobId,
    job_report::{Accuracy, LabelNoiseReadings},
    made_report::{config, made_report},
    report_check::ReportFault,
};

/// Two prunings of a network with 2352, 6 and 20 weights.
const TINY: &str = "rounds=2&hidden=3,2&iterations=6&eval_every=2&batch=10";
/// The weights of its layers.
const WEIGHTS: [u32; 3] = [2352, 6, 20];

fn job(arm: Arm, round: u32) -> JobId {
    JobId { trial: 1, arm, round, draw: 0, twin: false }
}

/// Changes a report that is consistent and returns what is then found wrong with it.
fn fault_after(
    fragment: &str,
    change: impl FnOnce(&mut ExperimentReportParts, &mut [Vec<u8>]),
) -> ReportFault {
    let report = made_report(&config(fragment));
    assert_eq!(report.check(), Ok(()), "{fragment}");
    let (mut parts, mut chains) = report.to_parts();
    change(&mut parts, &mut chains);
    ExperimentReport::from_parts(parts, chains).unwrap().check().unwrap_err()
}

/// What is found wrong after a change of the ticket's first pruned network.
fn fault_of_ticket(change: impl FnOnce(&mut FinishedJob)) -> ReportFault {
    fault_after(TINY, |parts, _| {
        let ticket = parts.finished.iter_mut().find(|done| done.report.job == job(Arm::Ticket, 1));
        change(ticket.unwrap());
    })
}

#[test]
fn readings_of_wrong_labels_are_parts_of_the_training_accuracy() {
    let job = job(Arm::Ticket, 1);
    let noisy = |change: &dyn Fn(&mut Option<LabelNoiseReadings>)| {
        fault_after(&format!("{TINY}&label_noise=0.2"), |parts, _| {
            let ticket = parts.finished.iter_mut().find(|done| done.report.job == job);
            change(&mut ticket.unwrap().report.label_noise);
        })
    };
    let images = |reading, found, expected| ReportFault::ImageCount { job, reading, found, expected };
    assert_eq!(noisy(&|readings| *readings = None), images("train_clean", 0, 44_000));
    assert_eq!(
        noisy(&|readings| readings.as_mut().unwrap().flipped.total = 10_999),
        images("train_flipped", 10_999, 11_000)
    );
    assert_eq!(
        noisy(&|readings| readings.as_mut().unwrap().restored.total = 0),
        images("restored", 0, 11_000)
    );
    // An image is read as one of the two classes at most.
    assert_eq!(
        noisy(&|readings| readings.as_mut().unwrap().restored.correct = 600),
        ReportFault::TooManyCorrect { job, reading: "restored", correct: 11_100, total: 11_000 }
    );
    let sum = ReportFault::DerivedNumber { job, field: "train_end" };
    assert_eq!(noisy(&|readings| readings.as_mut().unwrap().clean.correct -= 1), sum);
    // Where no label is wrong, there is nothing to read.
    let clean = Accuracy { correct: 5, total: 10 };
    assert_eq!(
        fault_of_ticket(|done| {
            done.report.label_noise = Some(LabelNoiseReadings { clean, ..LabelNoiseReadings::default() });
        }),
        images("train_clean", 10, 0)
    );
}

#[test]
fn every_number_of_a_job_is_held_against_the_settings() {
    let job = job(Arm::Ticket, 1);
    assert_eq!(
        fault_of_ticket(|done| done.report.test_end.total = 9_999),
        ReportFault::ImageCount { job, reading: "test_end", found: 9_999, expected: 10_000 }
    );
    assert_eq!(
        fault_of_ticket(|done| done.report.train_early.correct = 55_001),
        ReportFault::TooManyCorrect { job, reading: "train_early", correct: 55_001, total: 55_000 }
    );
    assert_eq!(
        fault_of_ticket(|done| done.report.before_training.as_mut().unwrap().validation.correct = 5_001),
        ReportFault::TooManyCorrect { job, reading: "validation_start", correct: 5_001, total: 5_000 }
    );
    assert_eq!(
        fault_of_ticket(|done| done.report.curve[1].accuracy = Accuracy { correct: 1, total: 2 }),
        ReportFault::ImageCount { job, reading: "curve", found: 2, expected: 5_000 }
    );
    for loss in [-0.5, f32::NAN] {
        assert_eq!(
            fault_of_ticket(|done| done.report.curve[1].loss = loss),
            ReportFault::Loss { job, iteration: 4 }
        );
        assert_eq!(
            fault_of_ticket(|done| done.report.before_training.as_mut().unwrap().validation_loss = loss),
            ReportFault::Loss { job, iteration: 0 }
        );
    }
    assert_eq!(
        fault_of_ticket(|done| done.report.iterations = 5),
        ReportFault::Iterations { job, found: 5, expected: 6 }
    );
    assert_eq!(
        fault_of_ticket(|done| done.report.batch = 60),
        ReportFault::Batch { job, found: 60, expected: 10 }
    );
    for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e299] {
        assert_eq!(fault_of_ticket(|done| done.seconds = seconds), ReportFault::Seconds(job));
    }
    for digest in ["", "0123456789abcde", "0123456789abcdefa", "0123456789abcdeg", "0123456789ABCDEF"] {
        assert_eq!(fault_of_ticket(|done| done.digest = Some(digest.into())), ReportFault::Digest(job));
    }
}

#[test]
fn a_curve_is_that_of_the_validations_and_decides_the_early_stop() {
    let job = job(Arm::Ticket, 1);
    assert_eq!(fault_of_ticket(|done| done.report.curve.clear()), ReportFault::CurvePoints(job));
    assert_eq!(fault_of_ticket(|done| done.report.curve.truncate(2)), ReportFault::CurvePoints(job));
    assert_eq!(fault_of_ticket(|done| done.report.curve[0].iteration = 1), ReportFault::CurvePoints(job));
    assert_eq!(fault_of_ticket(|done| done.report.curve.swap(0, 1)), ReportFault::CurvePoints(job));
    for found in [2, 6, 7, u32::MAX] {
        assert_eq!(
            fault_of_ticket(|done| done.report.early_stop = found),
            ReportFault::EarlyStop { job, found, expected: 4 }
        );
    }
    // Of equal losses the earliest counts.
    assert_eq!(
        fault_of_ticket(|done| done.report.curve[0].loss = done.report.curve[1].loss),
        ReportFault::EarlyStop { job, found: 4, expected: 2 }
    );
    assert_eq!(
        fault_of_ticket(|done| {
            done.report.curve[2].loss = 0.0;
            done.report.early_stop = 6;
        }),
        ReportFault::EarlyIsEnd(job)
    );
}

#[test]
fn survivors_are_those_of_the_settings_and_of_the_masks() {
    let ticket = job(Arm::Ticket, 1);
    let too_many = |alive: &[u32]| {
        let fault = fault_of_ticket(|done| done.report.alive = alive.to_vec());
        let expected =
            ReportFault::TooManySurvivors { job: ticket, found: alive.to_vec(), weights: WEIGHTS.to_vec() };
        assert_eq!(fault, expected);
    };
    // These sums are too large for 32 bits.
    too_many(&[u32::MAX, u32::MAX, u32::MAX]);
    too_many(&[2353, 3, 15]);
    too_many(&[1176, 3]);
    too_many(&[1176, 3, 15, 0]);
    assert_eq!(
        fault_of_ticket(|done| done.report.alive = vec![1175, 4, 15]),
        ReportFault::Survivors { job: ticket, found: vec![1175, 4, 15], expected: vec![1176, 3, 15] }
    );
    // Of global pruning the settings know the sum alone, and the masks more.
    let global = &format!("{TINY}&criterion=global");
    let change_alive = |parts: &mut ExperimentReportParts, alive: [u32; 3]| {
        let done = parts.finished.iter_mut().find(|done| done.report.job == ticket);
        done.unwrap().report.alive = alive.to_vec();
    };
    assert_eq!(
        fault_after(global, |parts, _| change_alive(parts, [1175, 4, 10])),
        ReportFault::Survivors { job: ticket, found: vec![1175, 4, 10], expected: vec![1176, 3, 10] }
    );
    let (mut parts, _) = made_report(&config(global)).to_parts();
    parts.chains.clear();
    for (alive, expected) in [
        ([1175, 4, 10], Ok(())),
        (
            [1175, 4, 11],
            Err(ReportFault::SurvivorSum { job: ticket, found: vec![1175, 4, 11], expected: 1189 }),
        ),
    ] {
        change_alive(&mut parts, alive);
        assert_eq!(ExperimentReport::from_parts(parts.clone(), vec![]).unwrap().check(), expected);
    }
}

#[test]
fn masks_are_those_that_the_experiment_makes() {
    const CHAINS: &str = "rounds=2&hidden=3,2&iterations=6&eval_every=2&arms=ticket,late";
    let different = |arm| ReportFault::DifferentMasks { trial: 1, arm };
    let no_such = |arm, round| ReportFault::NoSuchMask { trial: 1, arm, round };
    // The re-init leaves no mask, no arm has a fourth one, and the one after the last round is made by nobody.
    for (arm, round) in
        [(Arm::Reinit, 1), (Arm::Dense, 1), (Arm::OneShot, 1), (Arm::Ticket, 3), (Arm::Late, 0)]
    {
        assert_eq!(fault_after(CHAINS, |parts, _| parts.chains[1] = (1, arm, round)), no_such(arm, round));
    }
    // One weight more is pruned in the first round.
    assert_eq!(
        fault_after(TINY, |_, chains| *chains[0].iter_mut().find(|byte| **byte == 2).unwrap() = 1),
        ReportFault::MaskCounts {
            trial: 1,
            arm: Arm::Ticket,
            round: 1,
            found: vec![1175, 3, 15],
            expected: 1194
        }
    );
    // Two weights of a layer change places, so that the counts stay.
    let swap_first_pruning = |chain: &mut [u8]| {
        let (one, other) =
            (chain.iter().position(|byte| *byte == 1), chain.iter().position(|byte| *byte == 2));
        chain.swap(one.unwrap(), other.unwrap());
    };
    assert_eq!(fault_after(CHAINS, |_, chains| swap_first_pruning(&mut chains[1])), different(Arm::Late));
    // It is found without the ticket's chain too.
    const NO_TICKET: &str = "rounds=2&hidden=3,2&iterations=6&eval_every=2&arms=norewind,late";
    let without_ticket = |parts: &mut ExperimentReportParts, chains: &mut [Vec<u8>]| {
        assert_eq!(
            parts.chains.iter().map(|chain| chain.1).collect::<Vec<_>>(),
            [Arm::Ticket, Arm::NoRewind, Arm::Late]
        );
        // The ticket's chain becomes one of another trial.
        parts.chains[0].0 = 2;
        swap_first_pruning(&mut chains[2]);
    };
    assert_eq!(fault_after(NO_TICKET, without_ticket), different(Arm::Late));
}

#[test]
fn reports_with_contradicting_results_or_masks_do_not_merge() {
    let report = made_report(&config(TINY));
    let merged_with = |change: &dyn Fn(&mut ExperimentReportParts, &mut [Vec<u8>])| {
        let (mut parts, mut chains) = report.to_parts();
        change(&mut parts, &mut chains);
        let other = ExperimentReport::from_parts(parts, chains).unwrap();
        assert_eq!(other.check(), Ok(()));
        ExperimentReport::merge(vec![report.clone(), other])
    };
    assert_eq!(merged_with(&|_, _| {}), Ok(report.clone()));
    assert_eq!(merged_with(&|parts, _| parts.finished[1].seconds = 9.0), Ok(report.clone()));
    assert_eq!(
        merged_with(&|parts, _| parts.finished[1].digest = Some("0123456789abcdef".into())),
        Err(MergeError::DifferentResults(job(Arm::Ticket, 1)))
    );
    assert_eq!(
        merged_with(&|parts, _| parts.finished[1].report.before_training.as_mut().unwrap().test.correct = 7),
        Err(MergeError::DifferentResults(job(Arm::Ticket, 1)))
    );
    // Two weights of a layer are pruned in the place of each other: no count tells.
    let swap = |chains: &mut [Vec<u8>]| {
        let one = chains[0].iter().position(|byte| *byte == 2).unwrap();
        let other = chains[0].iter().position(|byte| *byte == 255).unwrap();
        chains[0].swap(one, other);
    };
    assert_eq!(
        merged_with(&|_, chains| swap(chains)),
        Err(MergeError::Contradiction(ReportFault::DifferentMasks { trial: 1, arm: Arm::Ticket }))
    );
}
