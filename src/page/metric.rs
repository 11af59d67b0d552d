//! The metrics that the charts show for a finished round.

use chart::rounds::MetricKind;
use experiment::{
    config::ExperimentConfig, experiment_report::FinishedJob, job_report::Accuracy, robustness::Corruption,
};
use numbers::{percent_sign, without_trailing_zeros};
use texts::{counted, fill, filled, text};

/// A metric of a finished round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Test accuracy of the first weights under the mask, before the first training step.
    TestStart,
    /// Test accuracy with the weights after the last iteration.
    TestEnd,
    /// Test accuracy with the weights of the early stop.
    TestEarly,
    /// Training accuracy with the weights after the last iteration.
    TrainEnd,
    /// Training accuracy with the weights of the early stop.
    TrainEarly,
    /// Accuracy with the last weights over the training images whose labels are true, where others are wrong.
    TrainClean,
    /// The share of wrong training labels that the last weights give: what is memorised.
    Memorised,
    /// The share of images with wrong training labels that the last weights read as their true class.
    Restored,
    /// Test accuracy with the last weights under a corruption, by the number of its strength.
    Corrupted(Corruption, u8),
    /// The lowest validation loss of the round.
    Loss,
    /// The first iteration with the lowest validation loss.
    EarlyStop,
    /// The first validation whose accuracy is the one that the user has chosen, or more.
    Reach,
    /// Milliseconds of work for each training step, with the validations of the round.
    StepTime,
    /// The error barrier between two trainings that differ in the order of batches: a reading of twins, and of them alone.
    Barrier,
}

/// The value of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricValue {
    /// An accuracy or a barrier from 0 to 1, a loss in nats, an iteration, or milliseconds.
    pub value: f64,
    /// Whether the true value is this or more, because the training was over before it was found.
    pub is_lower_bound: bool,
}

impl Metric {
    /// The metrics that the user can choose for the first chart by weights left. The early stop has a chart of its own. Those
    /// of wrong labels come last, because they are not there for all experiments.
    pub const SELECTABLE: [Metric; 11] = [
        Metric::TestEnd,
        Metric::TestEarly,
        Metric::TestStart,
        Metric::TrainEnd,
        Metric::TrainEarly,
        Metric::Loss,
        Metric::Reach,
        Metric::TrainClean,
        Metric::Memorised,
        Metric::Restored,
        Metric::CORRUPTED,
    ];

    /// The corruption that is spoken of first, and the number of its strength: noise of 0.3.
    pub const FIRST_CORRUPTION: (Corruption, u8) = (Corruption::Noise, 2);

    /// The reading of corrupted images that is chosen first.
    pub const CORRUPTED: Metric = Metric::Corrupted(Metric::FIRST_CORRUPTION.0, Metric::FIRST_CORRUPTION.1);

    /// Whether an experiment has this metric: those of wrong labels are only there where some are.
    pub fn is_of(self, config: &ExperimentConfig) -> bool {
        let of_noise = matches!(self, Metric::TrainClean | Metric::Memorised | Metric::Restored);
        !of_noise || config.label_noise > 0.0
    }

    /// The name of the metric in words.
    pub fn name(self) -> &'static str {
        text(match self {
            Metric::TestStart => "metric.test_start",
            Metric::TestEnd => "metric.test_end",
            Metric::TestEarly => "metric.test_early",
            Metric::TrainEnd => "metric.train_end",
            Metric::TrainEarly => "metric.train_early",
            Metric::TrainClean => "metric.train_clean",
            Metric::Memorised => "metric.memorised",
            Metric::Restored => "metric.restored",
            Metric::Corrupted(..) => "metric.corrupted",
            Metric::Loss => "metric.loss",
            Metric::EarlyStop => "metric.early_stop",
            Metric::Reach => "metric.reach",
            Metric::StepTime => "metric.step_time",
            Metric::Barrier => "metric.barrier",
        })
    }

    /// The metric in words, with the corruption if there is one: where it stands alone.
    pub fn in_words(self) -> String {
        match self {
            Metric::Corrupted(corruption, strength) => {
                fill!("metric.under", corruption = corruption_in_words(corruption, strength))
            }
            _ => self.name().into(),
        }
    }

    /// Every corruption with every strength, in the order in which they can be selected.
    pub fn corrupted() -> impl Iterator<Item = Metric> {
        Corruption::ALL.iter().flat_map(|corruption| {
            (0..corruption.strengths().len() as u8).map(|strength| Metric::Corrupted(*corruption, strength))
        })
    }

    /// The kind of the metric, which determines its unit and its axis.
    pub fn unit(self) -> MetricKind {
        match self {
            Metric::TestStart
            | Metric::TestEnd
            | Metric::TestEarly
            | Metric::TrainEnd
            | Metric::TrainEarly
            | Metric::TrainClean
            | Metric::Memorised
            | Metric::Restored
            | Metric::Corrupted(..) => MetricKind::Accuracy,
            Metric::Loss => MetricKind::Loss,
            Metric::EarlyStop | Metric::Reach => MetricKind::Iterations,
            Metric::StepTime => MetricKind::Milliseconds,
            Metric::Barrier => MetricKind::PercentagePoints,
        }
    }

    /// The value of this metric in a job's results. `reach` is the validation accuracy of [`Metric::Reach`], in percent.
    /// `None` if the report does not have it, as one of version 1 has no reading before training, and for a twin, which is no
    /// further trial: only its barrier is read.
    pub fn of(self, finished: &FinishedJob, reach: f64) -> Option<MetricValue> {
        let report = &finished.report;
        if report.job.twin && self != Metric::Barrier {
            return None;
        }
        let exactly = |value| MetricValue { value, is_lower_bound: false };
        let last = report.curve.last().map(|point| point.iteration);
        Some(match self {
            Metric::Barrier => exactly(report.barrier()?),
            Metric::TestStart => exactly(report.before_training?.test.fraction()),
            Metric::TestEnd => exactly(report.test_end.fraction()),
            Metric::TestEarly => exactly(report.test_early.fraction()),
            Metric::TrainEnd => exactly(report.train_end.fraction()),
            Metric::TrainEarly => exactly(report.train_early.fraction()),
            Metric::TrainClean => exactly(report.label_noise?.clean.fraction()),
            Metric::Memorised => exactly(report.label_noise?.flipped.fraction()),
            Metric::Restored => exactly(report.label_noise?.restored.fraction()),
            Metric::Corrupted(corruption, strength) => {
                exactly(report.corrupted(corruption, strength)?.fraction())
            }
            Metric::Loss => exactly(f64::from(report.min_validation_loss())),
            // A loss that is least at the last iteration may have been less later.
            Metric::EarlyStop => MetricValue {
                value: f64::from(report.early_stop),
                is_lower_bound: last == Some(report.early_stop),
            },
            Metric::Reach => {
                let has = |accuracy: Accuracy| 100.0 * accuracy.fraction() >= reach;
                let begins_with = report.before_training.is_some_and(|readings| has(readings.validation));
                let first = last? - report.iterations.min(last?);
                let found =
                    report.curve.iter().find(|point| has(point.accuracy)).map(|point| point.iteration);
                let reached = if begins_with { Some(first) } else { found };
                MetricValue { value: f64::from(reached.or(last)?), is_lower_bound: reached.is_none() }
            }
            Metric::StepTime => exactly(1000.0 * finished.seconds / f64::from(report.iterations.max(1))),
        })
    }
}

/// A corruption and its strength in words, as in `noise of 0.3`.
pub fn corruption_in_words(corruption: Corruption, strength: u8) -> String {
    let strengths = corruption.strengths();
    let strength = strengths.get(usize::from(strength)).copied().unwrap_or_default();
    let id = format!("corruption.{}", corruption.name());
    match corruption {
        // A number of pixels.
        Corruption::Blur | Corruption::Stripe | Corruption::Shift => {
            counted(&id, strength, &[("strength", &without_trailing_zeros(strength, 2))])
        }
        Corruption::Contrast => filled(&id, &[("strength", &percent_without_decimals(strength))]),
        _ => filled(&id, &[("strength", &without_trailing_zeros(strength, 2))]),
    }
}

fn percent_without_decimals(share: f64) -> String {
    without_trailing_zeros(100.0 * share, 0) + percent_sign()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::{MadeJob, made_job};
    use experiment::{arm::Arm, job::JobId, job_report::ValidationPoint, settings::Settings};

    fn finished(curve: &[(u32, u32)]) -> FinishedJob {
        let config = Settings::from_fragment("iterations=100&eval_every=20").0.config;
        let job = JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false };
        let mut finished = made_job(&config, job, MadeJob::default());
        let point = |&(iteration, correct)| ValidationPoint {
            iteration,
            loss: 1.0 / correct as f32,
            accuracy: Accuracy { correct, total: 1000 },
        };
        finished.report.curve = curve.iter().map(point).collect();
        finished
    }

    #[test]
    fn the_first_point_that_has_an_accuracy_is_read_off() {
        let curve = [(20, 800), (40, 950), (60, 940), (80, 960), (100, 970)];
        let reach = |percent| Metric::Reach.of(&finished(&curve), percent).unwrap();
        assert_eq!(reach(95.0), MetricValue { value: 40.0, is_lower_bound: false });
        assert_eq!(reach(95.1), MetricValue { value: 80.0, is_lower_bound: false });
        assert_eq!(reach(97.1), MetricValue { value: 100.0, is_lower_bound: true });
        let mut begun = finished(&curve);
        let accuracy = Accuracy { correct: 955, total: 1000 };
        begun.report.before_training = Some(experiment::job_report::ReadingsBeforeTraining {
            validation_loss: 1.0,
            validation: accuracy,
            test: accuracy,
        });
        assert_eq!(Metric::Reach.of(&begun, 95.0).unwrap().value, 0.0);
    }

    #[test]
    fn an_early_stop_at_the_end_is_a_lower_bound() {
        let mut early = finished(&[(20, 800), (100, 900)]);
        early.report.early_stop = 20;
        assert!(!Metric::EarlyStop.of(&early, 95.0).unwrap().is_lower_bound);
        early.report.early_stop = 100;
        assert!(Metric::EarlyStop.of(&early, 95.0).unwrap().is_lower_bound);
    }
}
