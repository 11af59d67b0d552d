//! Which arms of an experiment its sentences compare.

use experiment::{arm::Arm, config::ExperimentConfig};

/// The arm that an experiment is about, and those that it is compared with. The dense network is compared with it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedArms {
    /// The arm that the question is about.
    pub subject: Arm,
    /// The arms that it is compared with. There may be none.
    pub rivals: Vec<Arm>,
}

/// The arms whose masks are made before any training. A ticket is compared with all of them.
const BEFORE_TRAINING: [Arm; 5] =
    [Arm::Snip, Arm::Grasp, Arm::SynFlow, Arm::MagnitudeInit, Arm::RandomGlobal];

impl ComparedArms {
    /// The arms to compare in an experiment. `None` if it asks for no network but the dense one.
    pub fn of(config: &ExperimentConfig) -> Option<ComparedArms> {
        use Arm::{Dense, Late, NoRewind, OneShot, Own, Random, Reinit, Shuffled, Sign, Supermask, Ticket};
        use Arm::{OtherReinit, OtherTicket, Transferred, TransferredRandom, TransferredReinit};
        let asked = |arm: &Arm| config.arms.contains(arm);
        let first = |arms: &[Arm]| arms.iter().copied().find(asked);
        // An own mask has a size that is no round's, so that sentences about rounds leave it out.
        let mut in_order = config.arms.iter().copied().filter(|arm| !matches!(arm, Dense | Own));
        // Whoever asks for a transferred ticket asks about it. Those of other data come last in the order.
        // Twins are a question about the ticket, whatever stands beside it.
        let ticket_of_twins = Some(Ticket).filter(|ticket| config.twins && asked(ticket));
        let by_question = || first(&[Transferred, OneShot, Sign, Late, NoRewind, Supermask, Ticket]);
        let subject = ticket_of_twins.or_else(by_question).or_else(|| in_order.next())?;
        let rivals = match subject {
            Sign if asked(&Ticket) || asked(&Reinit) => [Ticket, Reinit].into_iter().filter(asked).collect(),
            Sign | OneShot | Late | NoRewind | Supermask => {
                first(&[Ticket, Reinit, Shuffled, Random]).into_iter().collect()
            }
            Ticket => {
                let at_init = BEFORE_TRAINING.into_iter().filter(asked);
                first(&[Reinit, Shuffled, Random]).into_iter().chain(at_init).collect()
            }
            Transferred => {
                [OtherTicket, TransferredRandom, TransferredReinit].into_iter().filter(asked).collect()
            }
            OtherTicket => first(&[OtherReinit, TransferredReinit, TransferredRandom]).into_iter().collect(),
            // It was the first in the order, so this is the one after it, if both are of the same data set.
            _ => {
                let same_task = |arm: &Arm| arm.is_of_other_data() == subject.is_of_other_data();
                in_order.next().filter(same_task).into_iter().collect()
            }
        };
        Some(ComparedArms { subject, rivals })
    }

    /// The arm and round that the subject of a round is compared with: its first rival, or else the dense network.
    pub fn first_rival(&self, round: u32) -> (Arm, u32) {
        self.rivals.first().map_or((Arm::Dense, 0), |rival| (*rival, round))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::settings::Settings;

    #[test]
    fn each_experiment_has_its_subject_and_rivals() {
        let twins = Settings::from_fragment("twins=1&arms=ticket,reinit,late").0.config;
        let (subject, rivals) = (Arm::Ticket, vec![Arm::Reinit]);
        assert_eq!(ComparedArms::of(&twins), Some(ComparedArms { subject, rivals }));
        for (arms, expected) in [
            ("dense", None),
            ("ticket", Some((Arm::Ticket, vec![]))),
            ("dense,ticket,reinit,random", Some((Arm::Ticket, vec![Arm::Reinit]))),
            ("ticket,random", Some((Arm::Ticket, vec![Arm::Random]))),
            ("ticket,reinit,shuffled,random,sign", Some((Arm::Sign, vec![Arm::Ticket, Arm::Reinit]))),
            ("sign,random", Some((Arm::Sign, vec![Arm::Random]))),
            ("sign", Some((Arm::Sign, vec![]))),
            ("ticket,reinit,late", Some((Arm::Late, vec![Arm::Ticket]))),
            ("ticket,reinit,norewind", Some((Arm::NoRewind, vec![Arm::Ticket]))),
            ("reinit,oneshot,sign,late", Some((Arm::OneShot, vec![Arm::Reinit]))),
            ("ticket,snip,random_global,own", Some((Arm::Ticket, vec![Arm::Snip, Arm::RandomGlobal]))),
            ("ticket,reinit,synflow", Some((Arm::Ticket, vec![Arm::Reinit, Arm::SynFlow]))),
            ("grasp,synflow,magnitude_init", Some((Arm::Grasp, vec![Arm::SynFlow]))),
            ("ticket,reinit,snip,supermask", Some((Arm::Supermask, vec![Arm::Ticket]))),
            ("reinit,shuffled", Some((Arm::Reinit, vec![Arm::Shuffled]))),
            ("shuffled,random", Some((Arm::Shuffled, vec![Arm::Random]))),
            ("shuffled,other_ticket", Some((Arm::Shuffled, vec![]))),
            ("ticket,other_ticket,other_reinit", Some((Arm::Ticket, vec![]))),
            ("other_ticket,other_reinit", Some((Arm::OtherTicket, vec![Arm::OtherReinit]))),
            ("other_reinit,transferred_reinit", Some((Arm::OtherReinit, vec![Arm::TransferredReinit]))),
            ("ticket,reinit,transferred", Some((Arm::Transferred, vec![]))),
            (
                "ticket,other_ticket,other_reinit,transferred,transferred_reinit,transferred_random",
                Some((
                    Arm::Transferred,
                    vec![Arm::OtherTicket, Arm::TransferredRandom, Arm::TransferredReinit],
                )),
            ),
        ] {
            let config = Settings::from_fragment(&format!("transfer=fashion&arms={arms}")).0.config;
            let expected = expected.map(|(subject, rivals)| ComparedArms { subject, rivals });
            assert_eq!(ComparedArms::of(&config), expected, "{arms}");
        }
    }
}
