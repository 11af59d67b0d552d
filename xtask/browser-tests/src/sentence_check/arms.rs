//! Who is compared, and what they are called, by the tables of `sentences.md`.

use super::report::{Report, is_of_other_data};
use crate::arm_names::ARMS;

/// The arms that sentences compare.
pub(super) struct Arms {
    /// The arm that they are about.
    pub(super) subject: String,
    /// The arms that it is compared with, beside the dense network.
    pub(super) rivals: Vec<String>,
}

/// Those whose masks are made before any training.
const BEFORE_TRAINING: [&str; 5] = ["snip", "grasp", "synflow", "magnitude_init", "random_global"];

impl Arms {
    /// Who is compared in a run. `None` if it has the dense network alone.
    pub(super) fn of(report: &Report) -> Option<Arms> {
        let has = |arm: &str| report.arms.iter().any(|asked| asked == arm);
        let pick = |among: &[&str]| among.iter().find(|arm| has(arm)).map(|arm| (*arm).to_owned());
        let of_twins = Some("ticket".to_owned()).filter(|ticket| report.twins && has(ticket));
        let subject = of_twins
            .or_else(|| pick(&["transferred", "oneshot", "sign", "late", "norewind", "supermask", "ticket"]))
            .or_else(|| pick(&ARMS[1..]))?;
        let mut rivals = Vec::new();
        match subject.as_str() {
            "sign" => {
                rivals.extend(["ticket", "reinit"].into_iter().filter(|arm| has(arm)).map(str::to_owned));
                if rivals.is_empty() {
                    rivals.extend(pick(&["shuffled", "random"]));
                }
            }
            "oneshot" | "late" | "norewind" | "supermask" => {
                rivals.extend(pick(&["ticket", "reinit", "shuffled", "random"]));
            }
            "ticket" => {
                rivals.extend(pick(&["reinit", "shuffled", "random"]));
                rivals.extend(BEFORE_TRAINING.into_iter().filter(|arm| has(arm)).map(str::to_owned));
            }
            "transferred" => {
                let all = ["other_ticket", "transferred_random", "transferred_reinit"];
                rivals.extend(all.into_iter().filter(|arm| has(arm)).map(str::to_owned));
            }
            "other_ticket" => {
                rivals.extend(pick(&["other_reinit", "transferred_reinit", "transferred_random"]));
            }
            other => {
                let after = ARMS.iter().position(|arm| *arm == other).map_or(ARMS.len(), |at| at + 1);
                let next = pick(&ARMS[after..]);
                rivals.extend(next.filter(|arm| is_of_other_data(arm) == is_of_other_data(other)));
            }
        }
        Some(Arms { subject, rivals })
    }

    /// The arm that the subject is compared with where there is one comparison only.
    pub(super) fn first_rival(&self) -> &str {
        self.rivals.first().map_or("dense", String::as_str)
    }

    /// The other data set, if the subject is trained on it.
    pub(super) fn other_data<'a>(&self, report: &'a Report) -> Option<&'a str> {
        report.transfer.as_deref().filter(|_| is_of_other_data(&self.subject))
    }

    /// What the subject is called.
    pub(super) fn subject_name(&self) -> &'static str {
        name(&self.subject)
    }

    /// What another arm is called beside the subject.
    pub(super) fn name_beside(&self, other: &str) -> &'static str {
        match (other, self.subject.as_str()) {
            ("reinit", "oneshot" | "late" | "norewind" | "supermask") => {
                "the ticket's mask with new random weights"
            }
            ("reinit", _) => "the same mask with new random weights",
            _ => name(other),
        }
    }
}

/// What an arm is called in titles.
pub(super) fn title_name(arm: &str) -> &'static str {
    if arm == "reinit" { "the re-init" } else { name(arm) }
}

/// What an arm is called where it is the subject of the headline.
pub(super) fn name(arm: &str) -> &'static str {
    const NAMES: [&str; 20] = [
        "the dense network",
        "the ticket",
        "the mask with new random weights",
        "the shuffled mask",
        "the random mask with random weights",
        "the signs-only network",
        "the network that is not rewound",
        "the late-rewound network",
        "the one-shot network",
        "the SNIP mask",
        "the GraSP mask",
        "the SynFlow mask",
        "the mask of the largest first weights",
        "the random mask with first weights",
        "the supermask",
        "the other data’s own ticket",
        "the re-init of the other data’s ticket",
        "the transferred ticket",
        "the transferred mask with new random weights",
        "the shuffled transferred mask",
    ];
    ARMS.iter().position(|known| *known == arm).map_or("an arm without a name", |at| NAMES[at])
}
