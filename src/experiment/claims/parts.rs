//! What each claim is judged by. Accuracies are shares, so a tenth of a point is 0.001.

use crate::{
    arm::Arm,
    claims::claim::{ChosenRound, ClaimId, Quantity, Tolerance},
};
use std::ops::RangeInclusive;

/// A part of a claim: one measurement and what it must be.
pub(crate) struct Part {
    pub(super) quantity: Quantity,
    pub(super) arm: Arm,
    /// The round, or the rounds among which one is chosen.
    pub(super) rounds: RangeInclusive<u32>,
    pub(super) chosen: Option<ChosenRound>,
    /// The arm and round that it is compared with.
    pub(super) against: Option<(Arm, u32)>,
    pub(super) tolerance: Tolerance,
}

impl Part {
    /// The trained networks that it is about, by arm and round.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Arm, u32)> {
        self.rounds.clone().map(|round| (self.arm, round)).chain(self.against)
    }
}

const DENSE: (Arm, u32) = (Arm::Ticket, 0);

fn ticket(round: u32) -> (Arm, u32) {
    (Arm::Ticket, round)
}

fn reinit(round: u32) -> (Arm, u32) {
    (Arm::Reinit, round)
}

fn part(
    quantity: Quantity,
    (arm, round): (Arm, u32),
    against: Option<(Arm, u32)>,
    tolerance: Tolerance,
) -> Part {
    Part { quantity, arm, rounds: round..=round, chosen: None, against, tolerance }
}

/// The difference of two test accuracies at the early stop.
fn gap(one: (Arm, u32), other: (Arm, u32), tolerance: Tolerance) -> Part {
    part(Quantity::TestAtEarlyStop, one, Some(other), tolerance)
}

/// More than so many times as many iterations to the early stop.
fn slower(one: (Arm, u32), other: (Arm, u32), times: f64) -> Part {
    part(Quantity::TimesIterations, one, Some(other), Tolerance::Above(times))
}

/// Fewer iterations to the early stop.
fn fewer(one: (Arm, u32), other: (Arm, u32)) -> Part {
    part(Quantity::FewerIterations, one, Some(other), Tolerance::Above(0.0))
}

/// A least validation loss within a tenth of what is expected.
fn loss(row: (Arm, u32), expected: f64) -> Part {
    part(Quantity::ValidationLoss, row, None, Tolerance::Within(0.9 * expected, 1.1 * expected))
}

/// The parts of a claim, in the order in which they are shown.
pub(crate) fn parts(id: ClaimId) -> Vec<Part> {
    use Tolerance::{Above, AtLeast, NotJudged, Within};
    match id {
        ClaimId::C1 => vec![part(Quantity::TestAtEarlyStop, DENSE, None, Within(0.9775, 0.9835))],
        ClaimId::C2 => vec![fewer(ticket(7), DENSE)],
        ClaimId::C3 => vec![
            loss(DENSE, 0.0687),
            loss(ticket(7), 0.0611),
            loss(ticket(9), 0.0607),
            loss(ticket(15), 0.0723),
            loss(ticket(20), 0.1079),
        ],
        ClaimId::C4 => vec![gap(ticket(9), DENSE, AtLeast(0.0))],
        ClaimId::C5 => vec![gap(ticket(15), DENSE, Within(-0.003, 0.003))],
        ClaimId::C6 => vec![
            gap(ticket(16), DENSE, NotJudged),
            gap(ticket(18), DENSE, NotJudged),
            gap(ticket(20), DENSE, Within(-0.0146, -0.0066)),
        ],
        ClaimId::C7 => vec![gap(ticket(7), reinit(7), Within(0.001, 0.009))],
        ClaimId::C8 => vec![slower(reinit(7), ticket(7), 1.3)],
        ClaimId::C9 => {
            vec![gap(ticket(15), reinit(15), Within(0.006, 0.016)), slower(reinit(15), ticket(15), 2.0)]
        }
        ClaimId::C10 => vec![Part {
            rounds: 1..=20,
            chosen: Some(ChosenRound::Best),
            ..part(Quantity::TestAtEnd, ticket(1), Some(DENSE), Within(0.0005, 0.0065))
        }],
        ClaimId::C11 => vec![Part {
            rounds: 0..=17,
            chosen: Some(ChosenRound::Worst),
            ..part(Quantity::TrainingAtEnd, ticket(0), None, AtLeast(0.995))
        }],
        ClaimId::C12 => {
            let oneshot = |round| (Arm::OneShot, round);
            let both = |round| [fewer(oneshot(round), DENSE), gap(oneshot(round), DENSE, Above(0.0))];
            [2, 4, 7].into_iter().flat_map(both).collect()
        }
    }
}
