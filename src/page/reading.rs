//! What can be read off a finished round.

use chart::rounds::Unit;
use experiment::report::JobReport;

/// A number read off a finished round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
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

impl Reading {
    /// Those that a person can choose among; the early stop has a chart of its own.
    pub const CHOICES: [Reading; 5] =
        [Reading::TestEnd, Reading::TestEarly, Reading::TrainEnd, Reading::TrainEarly, Reading::Loss];

    /// What it is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Reading::TestEnd => "test accuracy at the end",
            Reading::TestEarly => "test accuracy at the early stop",
            Reading::TrainEnd => "training accuracy at the end",
            Reading::TrainEarly => "training accuracy at the early stop",
            Reading::Loss => "least validation loss",
            Reading::EarlyStop => "early-stop iteration",
        }
    }

    /// What it is in.
    pub fn unit(self) -> Unit {
        match self {
            Reading::TestEnd | Reading::TestEarly | Reading::TrainEnd | Reading::TrainEarly => Unit::Accuracy,
            Reading::Loss => Unit::Loss,
            Reading::EarlyStop => Unit::Iterations,
        }
    }

    /// The number itself, of one job.
    pub fn of(self, report: &JobReport) -> f64 {
        match self {
            Reading::TestEnd => report.test_end.fraction(),
            Reading::TestEarly => report.test_early.fraction(),
            Reading::TrainEnd => report.train_end.fraction(),
            Reading::TrainEarly => report.train_early.fraction(),
            Reading::Loss => f64::from(report.min_validation_loss()),
            Reading::EarlyStop => f64::from(report.early_stop),
        }
    }
}
