//! The terms of the field, each explained in one sentence. A text marks a term where it stands, and the page opens its
//! explanation there.

use texts::{fill, text_of};

/// A term of the field.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// The name by which texts refer to it.
    pub id: &'static str,
}

impl Term {
    /// The term as a heading.
    pub fn title(&self) -> &'static str {
        text_of("term", &self.id.replace('-', "_"))
    }

    /// What it is, in one sentence.
    pub fn explanation(&self) -> &'static str {
        text_of("term", &(self.id.replace('-', "_") + "_is"))
    }
}

const fn term(id: &'static str) -> Term {
    Term { id }
}

/// Every term, in the order of their ids.
pub const TERMS: &[Term] = &[
    term("accuracy"),
    term("arm"),
    term("batch"),
    term("criterion"),
    term("dense"),
    term("draw"),
    term("dropout"),
    term("early-stop"),
    term("grasp"),
    term("hidden-unit"),
    term("init"),
    term("iteration"),
    term("label_noise"),
    term("late"),
    term("learning-rate"),
    term("loss"),
    term("magnitude_init"),
    term("mask"),
    term("momentum"),
    term("norewind"),
    term("oneshot"),
    term("optimizer"),
    term("other_reinit"),
    term("other_ticket"),
    term("own"),
    term("pruning"),
    term("random"),
    term("random_global"),
    term("reinit"),
    term("rewinding"),
    term("round"),
    term("seed"),
    term("shuffled"),
    term("sign"),
    term("snip"),
    term("sparsity"),
    term("supermask"),
    term("synflow"),
    term("ticket"),
    term("transferred"),
    term("transferred_random"),
    term("transferred_reinit"),
    term("trial"),
    term("twin"),
    term("untrained"),
    term("validation"),
    term("warmup"),
    term("weight"),
    term("worker"),
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
    fill!("term.explain", term = term.title())
}

/// The term that explains a setting, by the setting's name.
pub fn of_setting(setting: &str) -> Option<&'static Term> {
    by_id(match setting {
        "trials" => "trial",
        "seed" | "seeds" => "seed",
        "arms" => "arm",
        "draws" => "draw",
        "iterations" => "iteration",
        "rate" | "output_rate" | "conv_rate" => "pruning",
        "rounds" => "round",
        "eval_every" => "validation",
        "rewind_to" => "late",
        "learning_rate" => "learning-rate",
        "hidden" | "net" => "hidden-unit",
        "workers" => "worker",
        "transfer" => "transferred",
        "twins" => "twin",
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
    use texts::Language;

    #[test]
    fn terms_are_in_order_and_explained_in_one_sentence() {
        assert!(TERMS.is_sorted_by(|one, next| one.id < next.id));
        for term in TERMS {
            let (id, title, explanation) = (term.id, term.title(), term.explanation());
            assert!(!title.is_empty() && explanation.ends_with('.'), "{id}");
            assert_eq!(explanation.matches(". ").count(), 0, "{id} takes more than one sentence");
            assert!(explanation.len() <= 160, "{id} is long: {}", explanation.len());
        }
    }

    #[test]
    fn every_arm_and_every_mark_of_the_page_is_explained() {
        for &arm in Arm::ALL {
            assert!(by_id(arm.name()).is_some(), "{arm}: {}", ArmStyle::by_name(arm.name()).legend_label());
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

    /// The terms that a text marks, each as often as it does. A mark of no known term is a fault.
    fn marked(id: &str, text: &str) -> Vec<&'static str> {
        let mut ids = vec![];
        for part in parts(text) {
            match part {
                TextPart::Plain(words) => assert!(!words.contains(['[', ']']), "{id}: {words}"),
                TextPart::Marked(_, term) => ids.push(term.id),
            }
        }
        ids.sort_unstable();
        ids
    }

    #[test]
    fn another_language_marks_and_explains_the_same_terms() {
        let [english, german] =
            [include_str!("../../www/texts/en.json"), include_str!("../../www/texts/de.json")]
                .map(|file| Language::from_json(file).unwrap());
        let mut count = 0;
        for (id, text) in english.texts().filter(|(_, text)| text.contains('[')) {
            let (_, other) = german.texts().find(|(other, _)| *other == id).expect("the German text");
            assert_eq!(marked(id, other), marked(id, text), "{id}");
            count += 1;
        }
        assert!(count >= 10, "{count} texts have marks");
        texts::speak(german);
        for term in TERMS {
            let explanation = term.explanation();
            assert!(explanation.ends_with('.') && !explanation.contains(". "), "{explanation}");
            assert!(explanation.chars().count() <= 170, "{} is long: {explanation}", term.id);
        }
        assert_eq!(question(by_id("early-stop").unwrap()), "Erklärung: Früher Stopp");
    }
}
