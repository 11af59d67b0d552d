//! The metrics that the charts show for a finished round.

use chart::rounds::MetricKind;
use experiment::job_report::JobReport;

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
    /// The lowest validation loss of the round.
    Loss,
    /// The first iteration with the lowest validation loss.
    EarlyStop,
}

impl Metric {
    /// The metrics that the user can choose for the first chart by weights left. The early stop has a chart of its own.
    pub const SELECTABLE: [Metric; 6] = [
        Metric::TestEnd,
        Metric::TestEarly,
        Metric::TestStart,
        Metric::TrainEnd,
        Metric::TrainEarly,
        Metric::Loss,
    ];

    /// The name of the metric in words.
    pub fn name(self) -> &'static str {
        match self {
            Metric::TestStart => "test accuracy before training",
            Metric::TestEnd => "test accuracy at the end",
            Metric::TestEarly => "test accuracy at the early stop",
            Metric::TrainEnd => "training accuracy at the end",
            Metric::TrainEarly => "training accuracy at the early stop",
            Metric::Loss => "least validation loss",
            Metric::EarlyStop => "early-stop iteration",
        }
    }

    /// The kind of the metric, which determines its unit and its axis.
    pub fn unit(self) -> MetricKind {
        match self {
            Metric::TestStart
            | Metric::TestEnd
            | Metric::TestEarly
            | Metric::TrainEnd
            | Metric::TrainEarly => MetricKind::Accuracy,
            Metric::Loss => MetricKind::Loss,
            Metric::EarlyStop => MetricKind::Iterations,
        }
    }

    /// The value of this metric in a job's report: an accuracy from 0 to 1, a loss in nats, or an iteration. `None` if the
    /// report does not have it, as one of version 1 has no reading before training.
    pub fn of(self, report: &JobReport) -> Option<f64> {
        Some(match self {
            Metric::TestStart => report.before_training?.test.fraction(),
            Metric::TestEnd => report.test_end.fraction(),
            Metric::TestEarly => report.test_early.fraction(),
            Metric::TrainEnd => report.train_end.fraction(),
            Metric::TrainEarly => report.train_early.fraction(),
            Metric::Loss => f64::from(report.min_validation_loss()),
            Metric::EarlyStop => f64::from(report.early_stop),
        })
    }
}
