//! What can be read off a finished round.

use chart::rounds::MetricKind;
use experiment::job_report::JobReport;

/// A number read off a finished round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Test accuracy with the last weights.
    TestEnd,
    /// Test accuracy with the weights of the early stop.
    TestEarly,
    /// Training accuracy with the last weights.
    TrainEnd,
    /// Training accuracy with the weights of the early stop.
    TrainEarly,
    /// The least validation loss.
    Loss,
    /// The iteration of the earliest minimum of validation loss.
    EarlyStop,
}

impl Metric {
    /// Those that a person can choose among; the early stop has a chart of its own.
    pub const SELECTABLE: [Metric; 5] =
        [Metric::TestEnd, Metric::TestEarly, Metric::TrainEnd, Metric::TrainEarly, Metric::Loss];

    /// What it is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Metric::TestEnd => "test accuracy at the end",
            Metric::TestEarly => "test accuracy at the early stop",
            Metric::TrainEnd => "training accuracy at the end",
            Metric::TrainEarly => "training accuracy at the early stop",
            Metric::Loss => "least validation loss",
            Metric::EarlyStop => "early-stop iteration",
        }
    }

    /// What it is in.
    pub fn unit(self) -> MetricKind {
        match self {
            Metric::TestEnd | Metric::TestEarly | Metric::TrainEnd | Metric::TrainEarly => {
                MetricKind::Accuracy
            }
            Metric::Loss => MetricKind::Loss,
            Metric::EarlyStop => MetricKind::Iterations,
        }
    }

    /// The number itself, of one job.
    pub fn of(self, report: &JobReport) -> f64 {
        match self {
            Metric::TestEnd => report.test_end.fraction(),
            Metric::TestEarly => report.test_early.fraction(),
            Metric::TrainEnd => report.train_end.fraction(),
            Metric::TrainEarly => report.train_early.fraction(),
            Metric::Loss => f64::from(report.min_validation_loss()),
            Metric::EarlyStop => f64::from(report.early_stop),
        }
    }
}
