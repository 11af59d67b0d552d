//! The terms of the field, each explained in one sentence. A text marks a term where it stands, and the page opens its
//! explanation there.

/// A term and its explanation.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// The name by which texts refer to it.
    pub id: &'static str,
    /// The term as a heading.
    pub title: &'static str,
    /// What it is, in one sentence.
    pub explanation: &'static str,
}

const fn term(id: &'static str, title: &'static str, explanation: &'static str) -> Term {
    Term { id, title, explanation }
}

/// Every term, in the order of the alphabet.
pub const TERMS: &[Term] = &[
    term("accuracy", "Accuracy", "The share of images to which a network gives the right class."),
    term(
        "arm",
        "Arm",
        "One of the networks that are compared: a rule for which weights stay and which values they start from.",
    ),
    term("batch", "Batch", "The images that one training step looks at together."),
    term("criterion", "Pruning criterion", "The rule that says which weights are pruned first."),
    term("dense", "Dense network", "The whole network, with every weight in place: round 0."),
    term("draw", "Draw", "One set of new random weights; several draws show how much depends on chance."),
    term(
        "dropout",
        "Dropout",
        "In each training step a random share of the hidden units is switched off, so that no unit is relied on alone.",
    ),
    term(
        "early-stop",
        "Early stop",
        "The iteration at which the loss on the validation images was least; it is read off afterwards, and training \
         goes on to its end.",
    ),
    term(
        "hidden-unit",
        "Hidden unit",
        "A number between input and output that the network computes from all units of the layer before.",
    ),
    term("init", "First weights", "The random values that the weights have before any training."),
    term(
        "iteration",
        "Iteration",
        "One training step: the network sees one batch and its weights move a little.",
    ),
    term(
        "late",
        "Late rewinding",
        "The survivors go back not to the start, but to an early iteration of the training.",
    ),
    term("learning-rate", "Learning rate", "How far the weights move in one training step."),
    term(
        "loss",
        "Loss",
        "The mean cross-entropy: how little probability the network gives to the right classes; training makes it small.",
    ),
    term("mask", "Mask", "The pattern that says of each weight whether it is still there."),
    term("momentum", "Momentum", "The share of the last step's movement that is carried into the next one."),
    term(
        "norewind",
        "Not rewound",
        "A network that is pruned as often as the ticket, but keeps its trained weights and trains on.",
    ),
    term(
        "oneshot",
        "One-shot",
        "A network that is pruned from the dense one in a single step instead of round by round, and then rewound.",
    ),
    term(
        "optimizer",
        "Optimiser",
        "The rule that turns the gradient of the loss into a change of the weights.",
    ),
    term(
        "own",
        "Own mask",
        "A mask from a file of your own with the first weights, trained once beside the ticket that has most nearly as many \
         weights.",
    ),
    term(
        "pruning",
        "Pruning",
        "Striking out a share of the weights for good, at the end of a round; they are left out from then on.",
    ),
    term(
        "random",
        "Random mask",
        "As many weights in each layer as the ticket has, but anywhere, and with new random values.",
    ),
    term(
        "reinit",
        "Re-init",
        "Same mask, new random weights: the ticket's surviving connections start from other random values.",
    ),
    term("rewinding", "Rewinding", "Setting the surviving weights back to values that they had earlier."),
    term(
        "round",
        "Round",
        "One training from its start to its end, with the pruning after it; round 0 has every weight, round 1 has been \
         pruned once.",
    ),
    term(
        "seed",
        "Seed",
        "The number from which everything random of a trial follows; the same seed gives the same run, digit for digit.",
    ),
    term(
        "shuffled",
        "Shuffled mask",
        "The ticket's mask with its places mixed up within each layer; what survives has its own first value.",
    ),
    term(
        "sign",
        "Initial signs kept",
        "The ticket's mask with new random sizes of the weights, but with the signs that the weights first had.",
    ),
    term(
        "sparsity",
        "Weights left",
        "The share of the weights that no pruning has struck out yet; the fewer are left, the sparser the network.",
    ),
    term(
        "ticket",
        "Ticket",
        "The pruned network with its surviving weights set back to their first values; it is a winning one if it learns \
         as well as the dense network.",
    ),
    term("trial", "Trial", "The whole experiment once, from one seed; several trials show what is luck."),
    term(
        "untrained",
        "Untrained",
        "Before its first training step; where a network then reads far more than one in ten images, the mask that pruning \
         chose does it with first values alone.",
    ),
    term(
        "validation",
        "Validation",
        "A reading of loss and accuracy on images that are kept aside and never trained on.",
    ),
    term("warmup", "Warm-up", "The learning rate rises on a line over the first iterations of each round."),
    term(
        "weight",
        "Weight",
        "The strength of one connection between two units; training changes these numbers.",
    ),
    term(
        "worker",
        "Worker",
        "A part of the browser that trains beside the page; how many there are changes no digit.",
    ),
];

/// The term with this id, or `None` if there is none.
pub fn by_id(id: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.id == id)
}

/// The id of the element with the explanation of a term.
pub fn element_id(term: &Term) -> String {
    format!("term-{}", term.id)
}

/// The name of a small button that explains a term, for those who do not see where it stands.
pub fn question(term: &Term) -> String {
    format!("Explain: {}", term.title)
}

/// The term that explains a setting, by the setting's name.
pub fn of_setting(setting: &str) -> Option<&'static Term> {
    by_id(match setting {
        "trials" => "trial",
        "seed" | "seeds" => "seed",
        "arms" => "arm",
        "draws" => "draw",
        "iterations" => "iteration",
        "rate" | "output_rate" => "pruning",
        "rounds" => "round",
        "eval_every" => "validation",
        "rewind_to" => "late",
        "learning_rate" => "learning-rate",
        "hidden" => "hidden-unit",
        "workers" => "worker",
        other => other,
    })
}

/// A piece of a text with marked terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart<'a> {
    /// Words as they are.
    Plain(&'a str),
    /// Words that open the explanation of a term.
    Marked(&'a str, &'static Term),
}

/// Takes a text apart in which terms are marked as in `the [mask] of a [ticket's|ticket] round`: the words in brackets
/// are shown, and behind the bar stands the term's id where it is not the words themselves. A mark of no known term stays
/// as it is.
pub fn parts(text: &str) -> Vec<TextPart<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(open) = rest[from..].find('[').map(|at| from + at) {
        let Some(close) = rest[open..].find(']').map(|at| open + at) else { break };
        let marked = &rest[open + 1..close];
        let (words, id) = marked.split_once('|').unwrap_or((marked, marked));
        let Some(term) = by_id(id) else {
            from = close;
            continue;
        };
        if open > 0 {
            parts.push(TextPart::Plain(&rest[..open]));
        }
        parts.push(TextPart::Marked(words, term));
        (rest, from) = (&rest[close + 1..], 0);
    }
    if !rest.is_empty() {
        parts.push(TextPart::Plain(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::arm_style::ArmStyle;
    use experiment::{arm::Arm, setting_table::SETTINGS};

    #[test]
    fn terms_are_in_order_and_explained_in_one_sentence() {
        assert!(TERMS.is_sorted_by(|one, next| one.id < next.id));
        for Term { id, title, explanation } in TERMS {
            assert!(!title.is_empty() && explanation.ends_with('.'), "{id}");
            assert_eq!(explanation.matches(". ").count(), 0, "{id} takes more than one sentence");
            assert!(explanation.len() <= 160, "{id} is long: {}", explanation.len());
        }
    }

    #[test]
    fn every_arm_and_every_mark_of_the_page_is_explained() {
        for &arm in Arm::ALL {
            assert!(by_id(arm.name()).is_some(), "{arm}: {}", ArmStyle::by_name(arm.name()).legend_label);
        }
        let page = include_str!("../../index.html");
        let marks: Vec<&str> = page.split("popovertarget=\"term-").skip(1).collect();
        assert!(marks.len() >= 12, "{} marks", marks.len());
        for mark in marks {
            let id = mark.split('"').next().unwrap_or_default();
            assert!(by_id(id).is_some(), "index.html marks the unknown term {id}");
        }
        let explained = SETTINGS.iter().filter(|setting| of_setting(setting.name).is_some()).count();
        assert!(explained >= 15, "only {explained} settings are explained");
    }

    #[test]
    fn marked_terms_are_taken_out_of_a_text() {
        let term = |id| by_id(id).expect("a term");
        assert_eq!(
            parts("The [mask] of [tickets|ticket]."),
            [
                TextPart::Plain("The "),
                TextPart::Marked("mask", term("mask")),
                TextPart::Plain(" of "),
                TextPart::Marked("tickets", term("ticket")),
                TextPart::Plain("."),
            ]
        );
        for plain in ["", "nothing", "an [unknown] word", "[", "a ] b [mask"] {
            let expected: &[TextPart<'_>] = if plain.is_empty() { &[] } else { &[TextPart::Plain(plain)] };
            assert_eq!(parts(plain), expected, "{plain}");
        }
        assert_eq!(parts("[no] [seed]")[1], TextPart::Marked("seed", term("seed")));
    }
}
