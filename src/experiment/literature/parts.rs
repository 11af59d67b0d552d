//! What each claim of the literature is judged by, and under which protocol. The bounds were written down before any of the
//! protocols was run. Accuracies are test accuracies after the last iteration, as shares: a tenth of a point is 0.001.

use crate::{
    arm::Arm,
    claims::{
        claim::{ChosenRound, Quantity, Tolerance},
        parts::{DENSE, Part, part},
    },
    literature::{claim::LiteratureClaimId, protocol::Protocol},
};
use std::ops::RangeInclusive;

type Row = (Arm, u32);

/// The difference of two accuracies at the end.
fn gap(one: Row, other: Row, tolerance: Tolerance) -> Part {
    part(Quantity::TestAtEnd, one, Some(other), tolerance)
}

/// The same difference of two arms, in several rounds.
fn gaps(one: Arm, other: Arm, rounds: &[u32], tolerance: Tolerance) -> Vec<Part> {
    rounds.iter().map(|&round| gap((one, round), (other, round), tolerance)).collect()
}

/// How much the ticket of several rounds is above the dense network at the end.
fn against_dense(rounds: &[u32], tolerance: Tolerance) -> Vec<Part> {
    rounds.iter().map(|&round| gap((Arm::Ticket, round), DENSE, tolerance)).collect()
}

/// The greatest accuracy of some rounds, alone or less that of another row.
fn best(quantity: Quantity, arm: Arm, rounds: RangeInclusive<u32>, against: Option<Row>, least: f64) -> Part {
    let first = (arm, *rounds.start());
    Part {
        rounds,
        chosen: Some(ChosenRound::Best),
        ..part(quantity, first, against, Tolerance::AtLeast(least))
    }
}

/// The barrier between a ticket and its twin is at most the two points below which Frankle et al. call a network stable.
fn stable(round: u32) -> Part {
    part(Quantity::ErrorBarrier, (Arm::Ticket, round), None, Tolerance::AtMost(0.02))
}

/// The number of lost layers of an arm.
fn lost(arm: Arm, round: u32, tolerance: Tolerance) -> Part {
    part(Quantity::LostLayers, (arm, round), None, tolerance)
}

/// The protocol that a claim is held against.
pub(crate) fn protocol(id: LiteratureClaimId) -> Protocol {
    use LiteratureClaimId::*;
    match id {
        Z1 | Z2 | Z5 | Z16 | Z17 | Z18 | Z19 | Z22 => Protocol::Arms,
        Z3 | Z4 => Protocol::Increase,
        Z6 => Protocol::SameSign,
        Z7 | Z8 | Z9 => Protocol::Supermask,
        Z10 | Z11 | Z28 => Protocol::Momentum,
        Z12 | Z13 | Z14 | Z15 => Protocol::Collapse,
        Z20 | Z21 => Protocol::Transfer,
        Z23 | Z24 | Z25 => Protocol::Twins,
        Z26 | Z27 => Protocol::Compression,
        Z29 => Protocol::SmallRate,
        Z30 | Z31 => Protocol::WrongLabels,
    }
}

/// The parts of a claim, in the order in which they are shown.
pub(crate) fn parts(id: LiteratureClaimId) -> Vec<Part> {
    use Arm::{
        Grasp, Late, MagnitudeInit, NoRewind, OtherTicket, RandomGlobal, Reinit, Shuffled, Sign, Snip,
        Supermask, SynFlow, Ticket, Transferred, TransferredRandom, TransferredReinit,
    };
    use LiteratureClaimId::*;
    use Quantity::{TestAtEnd, TestBeforeTraining};
    use Tolerance::{Above, AtLeast, AtMost, Within};
    let at_init = [Snip, Grasp, SynFlow, MagnitudeInit];
    match id {
        Z1 => gaps(Sign, Ticket, &[2, 3], AtLeast(-0.005)),
        Z2 => gaps(Sign, Reinit, &[2, 3, 4], Above(0.0)),
        Z3 => against_dense(&[2, 3], AtLeast(-0.002)),
        Z4 => gaps(Ticket, Shuffled, &[2, 3, 4], Above(0.0)),
        Z5 => vec![best(TestBeforeTraining, Ticket, 1..=6, None, 0.5)],
        Z6 => vec![best(TestBeforeTraining, Ticket, 1..=6, None, 0.8)],
        Z7 => vec![best(TestAtEnd, Supermask, 1..=12, Some(DENSE), -0.01)],
        Z8 => vec![gap((Supermask, 3), (Supermask, 12), Above(0.0))],
        Z9 => vec![gap((Supermask, 3), (Supermask, 1), Above(0.0))],
        Z10 => vec![gap((Snip, 3), DENSE, AtLeast(-0.005))],
        Z11 => vec![gap((Snip, 4), (Snip, 3), Within(-0.013, -0.003))],
        Z12 => gaps(Grasp, Snip, &[6, 7], Above(0.0)),
        Z13 => vec![lost(Snip, 10, AtLeast(1.0)), lost(Grasp, 10, AtLeast(1.0))],
        Z14 => [8, 9, 10].map(|round| lost(SynFlow, round, AtMost(0.0))).into(),
        Z15 => [Snip, Grasp].map(|other| gaps(SynFlow, other, &[4, 7, 10], AtLeast(-0.005))).concat(),
        Z16 => at_init.map(|arm| gaps(arm, RandomGlobal, &[3, 4], Above(0.0))).concat(),
        Z17 => at_init.map(|arm| gaps(NoRewind, arm, &[3, 4], Above(0.0))).concat(),
        Z18 => [Shuffled, Reinit].map(|arm| gaps(Ticket, arm, &[3, 4], Above(0.0))).concat(),
        Z19 => gaps(Shuffled, Ticket, &[2, 3], Within(-0.005, 0.005)),
        Z20 => gaps(Transferred, OtherTicket, &[2, 3], AtLeast(-0.01)),
        Z21 => [TransferredRandom, TransferredReinit]
            .map(|arm| gaps(Transferred, arm, &[3, 4], Above(0.0)))
            .concat(),
        Z22 => gaps(NoRewind, Late, &[2, 3, 4], AtLeast(-0.003)),
        Z23 => vec![stable(0)],
        Z24 => [2, 4, 6].map(stable).into(),
        Z25 => against_dense(&[2, 3], AtLeast(-0.002)),
        Z26 => vec![gap((NoRewind, 4), DENSE, AtLeast(-0.002))],
        Z27 => gaps(NoRewind, Reinit, &[1, 4], Above(0.0)),
        Z28 => gaps(Ticket, Reinit, &[1, 2], AtMost(0.003)),
        Z29 => {
            [gaps(Ticket, Reinit, &[1, 2, 3], Above(0.0)), against_dense(&[1, 2], AtLeast(-0.002))].concat()
        }
        Z30 => [(DENSE, 1), ((Ticket, 4), 1), ((Ticket, 4), 6)]
            .map(|(better, worse)| gap(better, (Ticket, worse), Above(0.0)))
            .into(),
        Z31 => gaps(Reinit, Ticket, &[2, 3], Above(0.0)),
    }
}
