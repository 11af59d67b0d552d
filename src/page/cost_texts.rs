//! What a run has cost, in words, and whether pruning has made its training faster on this device.

use crate::{metric::Metric, run_results::mean, sentences::words::owner, shown_results::ShownResults};
use experiment::{arm::Arm, experiment_report::FinishedJob};
use numbers::{fixed, percent, percent_sign, two_significant_digits};
use texts::{count, fill, text};

/// What the seconds of a run stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondsOf {
    /// They were measured here, with this many workers on this many cores.
    ThisDevice {
        /// The workers that train.
        workers: usize,
        /// The threads that the machine runs at the same time.
        cores: usize,
    },
    /// They come from a report.
    AReport,
}

/// What the seconds beside the cost are.
pub fn seconds_note(of: SecondsOf) -> String {
    match of {
        SecondsOf::ThisDevice { workers, cores } => fill!(
            "cost.seconds_of_this_device",
            workers = count!("cost.workers", workers as u32, workers = workers),
            cores = count!("cost.cores", cores as u32, cores = cores)
        ),
        SecondsOf::AReport => text("cost.seconds_of_a_report").into(),
    }
}

/// The milliseconds of work a training step of an arm took in a round: the mean over what is known of it.
fn step_time(shown: ShownResults<'_>, arm: Arm, round: u32) -> Option<f64> {
    let of_round = |f: &&FinishedJob| f.report.job.arm == arm && f.report.job.round == round;
    let times = shown.finished_jobs().filter(of_round).filter_map(|f| Metric::StepTime.of(f, 0.0));
    mean(times.map(|time| time.value)).filter(|time| *time > 0.0)
}

/// Whether pruning has made training faster: the milliseconds of a step, dense and at the fewest weights that are shown.
/// A question until there are two.
pub fn answer(shown: ShownResults<'_>, of: SecondsOf) -> String {
    let question = text("cost.question").to_owned();
    let Some(round) = shown.last_round_over().filter(|round| *round > 0) else { return question };
    let arms = shown.config().arms.iter().copied().filter(|arm| {
        // Other images have other dark pixels, which cost nothing.
        !matches!(arm, Arm::Dense | Arm::Own) && !arm.is_of_other_data()
    });
    let pruned = arms.filter_map(|arm| Some((arm, step_time(shown, arm, round)?))).next();
    let (Some(dense), Some((arm, time))) = (step_time(shown, Arm::Ticket, 0), pruned) else {
        return question;
    };
    let total = shown.config().model.weight_count() as f64;
    let left = shown.weights_left(round).map_or(1.0, |left| f64::from(left.iter().sum::<u32>()) / total);
    let id = match of {
        SecondsOf::ThisDevice { .. } => "cost.steps_on_this_device",
        SecondsOf::AReport => "cost.steps_in_a_report",
    };
    let slower = (1..=round)
        .filter(|round| step_time(shown, arm, *round).is_some_and(|time| time > 1.05 * dense))
        .count();
    // Of a single round the comparison itself says it.
    let slower = match slower {
        0 => String::new(),
        _ if round == 1 => String::new(),
        slower => fill!("cost.slower", slower = slower, rounds = round),
    };
    let ratio = dense / time;
    let compared = match ratio {
        ratio if ratio >= 1.05 => fill!("cost.faster_times", times = two_significant_digits(ratio)),
        ratio if ratio <= 0.95 => fill!("cost.slower_times", times = two_significant_digits(1.0 / ratio)),
        _ => fill!("cost.as_fast", within = fixed(5.0, 0) + percent_sign()),
    };
    fill!(
        id,
        dense = two_significant_digits(dense),
        pruned = owner(arm),
        left = percent(left),
        time = two_significant_digits(time),
        compared = compared,
        slower = slower
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, in_german, made_job};
    use crate::run_results::RunResults;
    use experiment::{experiment_report::ExperimentReport, job::JobId, moment::Moment, settings::Settings};

    #[test]
    fn the_answer_is_the_ratio_of_measured_steps() {
        let said = |seconds: &[f64]| {
            let rounds = seconds.len() - 1;
            let config =
                Settings::from_fragment(&format!("arms=ticket&rounds={rounds}&iterations=1000")).0.config;
            let mut results = RunResults::new(ExperimentReport::new(&config));
            let here = SecondsOf::ThisDevice { workers: 2, cores: 2 };
            assert!(answer(results.at(Moment::end(&config)), here).ends_with('?'));
            for (round, &seconds) in seconds.iter().enumerate() {
                let job = JobId { trial: 1, arm: Arm::Ticket, round: round as u32, draw: 0, twin: false };
                let mut finished = made_job(&config, job, MadeJob::default());
                finished.seconds = seconds;
                results.add_finished(finished, None);
            }
            assert!(answer(results.at(Moment::start_of(1)), here).ends_with('?'), "round 1 is not over");
            answer(results.at(Moment::end(&config)), here)
        };
        let faster = said(&[5.0, 2.0]);
        assert!(faster.contains("took 5 ms") && faster.ends_with("2 ms: 2.5 times as fast"), "{faster}");
        assert!(said(&[2.0, 5.0]).ends_with("2.5 times as slow"));
        let one_slow = said(&[5.0, 6.0, 2.0]);
        assert!(
            one_slow.ends_with("2.5 times as fast; slower than the dense one in 1 of 2 pruned rounds"),
            "{one_slow}"
        );
        assert!(said(&[5.0, 4.9]).ends_with("as fast within 5%"));
        assert_eq!(
            in_german(|| said(&[5.0, 6.0, 2.0])),
            "Auf diesem Gerät dauerte ein Schritt des dichten Netzes 5 ms und einer des Loses mit 25,1\u{a0}% der Gewichte \
             2 ms: 2,5-mal so schnell; in 1 von 2 Runden nach dem Pruning langsamer als der dichte"
        );
    }
}
