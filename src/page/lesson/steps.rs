//! The steps of the lesson as data, without a word of text: the run of each, the part of the page and the reading that it
//! shows, what is guessed and which claims are held against the results.

use crate::{
    lesson::{
        chip::{Bound, ChipClaim, Comparison},
        prediction::Prediction,
        reading::Networks,
    },
    metric::Metric,
};
use experiment::{
    arm::Arm,
    claims::claim::ClaimId,
    display_settings::{LESSON_STEPS, View},
    settings::Settings,
};

/// A step.
#[derive(Debug)]
pub struct Step {
    /// The run that it is tied to.
    pub run: StepRun,
    /// The part of the page that it shows.
    pub view: View,
    /// What the chart by weights left shows.
    pub reading: Metric,
    /// What the reader is asked to guess.
    pub prediction: Prediction,
    /// The claims that are held against the results.
    pub claims: &'static [ChipClaim],
    /// The address of the paper in which it stands.
    pub source: &'static str,
}

/// A run that a step is tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepRun {
    /// The run of a fragment, which is trained here.
    Trained(&'static str),
    /// A recorded run.
    Recorded {
        /// Its name.
        name: &'static str,
        /// Its settings as a fragment.
        settings: &'static str,
    },
}

impl Step {
    /// The settings of its run.
    pub fn settings(&self) -> Settings {
        let (StepRun::Trained(fragment) | StepRun::Recorded { settings: fragment, .. }) = self.run;
        Settings::from_fragment(fragment).0
    }
}

/// The address of the paper.
const PAPER: &str = "https://arxiv.org/abs/1803.03635";
/// The address of Zhou et al. 2019.
const SUPERMASKS: &str = "https://arxiv.org/abs/1905.01067";

/// The run of most steps, which takes seconds.
const QUICK: StepRun = StepRun::Trained("preset=quick&seed=1&rounds=6");

const fn above(subject: Arm, rival: Arm, size: f64, threshold: f64) -> ChipClaim {
    compared(subject, rival, size, Metric::TestEnd, Bound::Above, threshold)
}

const fn compared(
    subject: Arm,
    rival: Arm,
    size: f64,
    metric: Metric,
    bound: Bound,
    threshold: f64,
) -> ChipClaim {
    ChipClaim::Compared(Comparison { subject, rival, size, metric, bound, threshold })
}

const fn ticket(round: u32) -> Networks {
    Networks::new(Arm::Ticket, round)
}

/// Every step, in order.
pub static STEPS: [Step; LESSON_STEPS as usize] = [
    // What a weight is.
    Step {
        run: QUICK,
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::FewOrMany(Networks::DENSE, Metric::TestStart),
        claims: &[],
        source: PAPER,
    },
    // What a mask is.
    Step {
        run: QUICK,
        view: View::Masks,
        reading: Metric::TestEnd,
        prediction: Prediction::MiddleOrRim,
        claims: &[],
        source: PAPER,
    },
    // Train, prune, rewind.
    Step {
        run: QUICK,
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::Images(ticket(3), Metric::TestEnd),
        claims: &[
            compared(Arm::Ticket, Arm::Dense, 0.126, Metric::TestEnd, Bound::NotBelow, 0.5),
            ChipClaim::Paper(ClaimId::C4),
        ],
        source: PAPER,
    },
    // The same mask with new weights.
    Step {
        run: QUICK,
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::Standing(ticket(3), Networks::new(Arm::Reinit, 3), Metric::TestEnd, None),
        claims: &[
            above(Arm::Ticket, Arm::Reinit, 0.126, 1.0),
            ChipClaim::Paper(ClaimId::C7),
            ChipClaim::Paper(ClaimId::C8),
        ],
        source: PAPER,
    },
    // Before any training.
    Step {
        run: QUICK,
        view: View::Network,
        reading: Metric::TestStart,
        prediction: Prediction::Images(ticket(1), Metric::TestStart),
        claims: &[compared(Arm::Ticket, Arm::Reinit, 0.5, Metric::TestStart, Bound::Above, 10.0)],
        source: SUPERMASKS,
    },
    // One-shot, or again and again.
    Step {
        run: StepRun::Trained("preset=oneshot&seed=1"),
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::Standing(Networks::new(Arm::OneShot, 6), ticket(6), Metric::TestEnd, None),
        claims: &[above(Arm::Ticket, Arm::OneShot, 0.0162, 0.5), ChipClaim::Paper(ClaimId::C12)],
        source: PAPER,
    },
    // Does rewinding matter?
    Step {
        run: StepRun::Trained("preset=rewinding&seed=1"),
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::Standing(Networks::new(Arm::NoRewind, 6), ticket(6), Metric::TestEnd, None),
        claims: &[above(Arm::NoRewind, Arm::Ticket, 0.0162, 0.0)],
        source: PAPER,
    },
    // When the ticket stops winning.
    Step {
        run: StepRun::Trained("preset=quick&seed=1&trials=3&rounds=8"),
        view: View::Network,
        reading: Metric::TestEnd,
        prediction: Prediction::FallsBelow,
        claims: &[ChipClaim::Paper(ClaimId::C5), ChipClaim::Paper(ClaimId::C6)],
        source: PAPER,
    },
    // Why training accuracy seems to rise.
    Step {
        run: StepRun::Recorded { name: "paper", settings: "preset=paper&arms=ticket,reinit,oneshot" },
        view: View::Network,
        reading: Metric::TrainEarly,
        prediction: Prediction::Standing(
            ticket(7),
            Networks::DENSE,
            Metric::TrainEarly,
            Some(Metric::TrainEnd),
        ),
        claims: &[ChipClaim::Paper(ClaimId::C10), ChipClaim::Paper(ClaimId::C11)],
        source: PAPER,
    },
    // What it costs, and what the paper does not say.
    Step {
        run: QUICK,
        view: View::Cost,
        reading: Metric::TestEnd,
        prediction: Prediction::Trainings,
        claims: &[],
        source: PAPER,
    },
];

/// The step with this number, from 1 on.
pub fn step(number: u32) -> Option<&'static Step> {
    STEPS.get((number as usize).checked_sub(1)?)
}
