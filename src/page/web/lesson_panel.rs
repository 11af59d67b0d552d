//! The lesson beside the page: the open step, the reader's guess and the answer, and the claims with their chips.

use crate::{
    lesson::{
        chip::{self, ChipClaim, ChipVerdict},
        notes::{self, Guess, Notes},
        offer::{self, Offer},
        steps::{self, STEPS, Step, StepRun},
        words::{self, StepText},
    },
    letter_case::upper_first,
    preset_cards,
    redraw_needs::RedrawNeeds,
    state::State,
    status::PageStatus,
    web::{
        dom::{self, CachedText},
        preset_dialog::PresetDialog,
        terms,
    },
};
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// The panel of the lesson.
pub(super) struct LessonPanel {
    section: Element,
    opener: Element,
    /// The step that is shown; 0 is none.
    step: u32,
    /// The step that was open last, to which the button leads back.
    last: u32,
    folded: bool,
    /// Whether the recorded run has been held since the lesson was opened.
    holds_preview: bool,
    /// The reader's guesses and thresholds.
    pub(super) notes: Notes,
    /// Whether something of the reader's notes has changed since they were shown.
    pub(super) changed: bool,
    run_note: CachedText,
    run_button: CachedText,
    guess: CachedText,
    answer: CachedText,
    chips: Vec<ChipParts>,
    /// The run and the state of the page for which the step was last shown.
    shown: Option<(Offer, PageStatus, bool)>,
}

/// A claim with its chip.
struct ChipParts {
    item: Element,
    /// What stands before and behind the threshold; the symbol, the words and the numbers of the verdict.
    texts: [Element; 5],
}

impl LessonPanel {
    /// Finds the place of the lesson, which is closed.
    pub(super) fn new() -> LessonPanel {
        for (id, label) in words::labels() {
            dom::by_id::<Element>(id).set_text_content(Some(label));
        }
        let mut panel = LessonPanel {
            section: dom::by_id("lesson"),
            opener: dom::by_id("open-lesson"),
            step: 0,
            last: 1,
            folded: false,
            holds_preview: false,
            notes: Notes::default(),
            changed: false,
            run_note: CachedText::of("lesson-run-note"),
            run_button: CachedText::of("lesson-run"),
            guess: CachedText::of("lesson-guessed"),
            answer: CachedText::of("lesson-answer"),
            chips: Vec::new(),
            shown: None,
        };
        panel.fold(false);
        panel
    }

    /// The step that is open, counted from 0, if the lesson is.
    pub(super) fn open_step(&self) -> Option<(usize, &'static Step)> {
        Some((self.step.checked_sub(1)? as usize, steps::step(self.step)?))
    }

    /// The step to which the button of the lesson leads.
    pub(super) fn step_to_open(&self) -> u32 {
        self.last
    }

    /// Whether the recorded run has to be held: once, when it is there and the lesson is open.
    pub(super) fn has_to_hold_preview(&mut self, state: &State) -> bool {
        let holds = state.display_settings().lesson > 0 && (self.holds_preview || state.preview().is_some());
        let begins = holds && !self.holds_preview;
        self.holds_preview = holds;
        begins
    }

    /// Folds or unfolds the lesson, which a narrow screen shows as a sheet at its lower edge.
    pub(super) fn fold(&mut self, folded: bool) {
        self.folded = folded;
        let button: Element = dom::by_id("lesson-fold");
        button.set_text_content(Some(words::fold(folded)));
        dom::set_attribute(&button, "aria-expanded", if folded { "false" } else { "true" });
        dom::set_attribute(&self.section, "data-folded", if folded { "1" } else { "0" });
    }

    /// Whether it is folded.
    pub(super) fn is_folded(&self) -> bool {
        self.folded
    }

    /// Shows the step of the settings by the results that are shown.
    pub(super) fn show(&mut self, state: &State, needs: RedrawNeeds, cards: &mut PresetDialog) {
        let wanted = state.display_settings().lesson;
        let opens = wanted != self.step;
        if opens {
            self.open(wanted);
        }
        let Some((index, step)) = self.open_step() else { return };
        let offer = offer::offer(step, state);
        let now = Some((offer, state.status(), state.shows_every_round()));
        let results = needs.all || needs.rounds || needs.masks || needs.claims;
        if !(opens || results || self.changed || now != self.shown) {
            return;
        }
        (self.changed, self.shown) = (false, now);
        self.show_run(step, offer, state, cards);
        self.show_guess(index, step, state);
        let mut not_tested = false;
        for (at, (claim, chip)) in step.claims.iter().zip(&self.chips).enumerate() {
            let verdict = chip.show(claim, state, self.notes.threshold(index, at));
            not_tested |= matches!(claim, ChipClaim::Paper(_)) && verdict == ChipVerdict::NotInThisRun;
        }
        hide("lesson-not-tested", !not_tested);
    }

    /// Opens a step, or closes the lesson.
    fn open(&mut self, number: u32) {
        self.step = number;
        self.shown = None;
        let is_open = number > 0;
        hide("lesson", !is_open);
        dom::set_attribute(&self.section, "data-step", &number.to_string());
        dom::set_attribute(&self.opener, "aria-expanded", if is_open { "true" } else { "false" });
        let Some((index, step)) = self.open_step() else { return };
        self.last = number;
        let text = StepText::of(step, number);
        // A disabled button would lose the focus, so these stay and do nothing.
        for (id, is_end) in
            [("lesson-previous", number == 1), ("lesson-next", number as usize == STEPS.len())]
        {
            let button: Element = dom::by_id(id);
            dom::set_attribute(&button, "aria-disabled", if is_end { "true" } else { "false" });
        }
        let question = words::with_left(text.question, step.prediction.weights_left(&step.settings().config));
        fill_prose(&text, step);
        fill_form(&text, &question, self.notes.guess(index));
        dom::fill_elements(&[
            ("lesson-place", words::place(number)),
            ("lesson-title", text.title.into()),
            ("lesson-asked", question),
        ]);
        hide("lesson-claims-title", step.claims.is_empty());
        let list: Element = dom::by_id("lesson-claims");
        list.set_text_content(None);
        let notes = &self.notes;
        let chip = |(at, claim)| ChipParts::create(&list, claim, at, notes.threshold(index, at));
        self.chips = step.claims.iter().enumerate().map(chip).collect();
    }

    fn show_run(&mut self, step: &Step, offer: Offer, state: &State, cards: &mut PresetDialog) {
        cards.remember_speed(state);
        let recorded = matches!(step.run, StepRun::Recorded { .. });
        let settings = offer::settings_to_start(step, state.settings());
        let time = preset_cards::expected_time(&settings, dom::cores(), cards.speed());
        self.run_note.show(&words::run_note(offer, recorded, &time));
        self.run_button.show(words::run_label(offer, recorded));
        hide("lesson-run-line", offer == Offer::Nothing);
    }

    fn show_guess(&mut self, index: usize, step: &Step, state: &State) {
        let text = StepText::of(step, self.step);
        let guess = self.notes.guess(index);
        let is_run = offer::is_run_of(step, state);
        let truth = step.prediction.truth(state.shown()).filter(|_| is_run && guess.is_some());
        hide("lesson-form", guess.is_some());
        // Nothing on the page gives the answer away before there is a guess.
        dom::set_attribute(&self.section, "data-guessed", if guess.is_some() { "1" } else { "0" });
        dom::set_attribute(&self.section, "data-answered", if truth.is_some() { "1" } else { "0" });
        hide("lesson-end", truth.is_none() || index + 1 < STEPS.len());
        // A guess is not changed once its answer is there.
        hide("lesson-again", guess.is_none() || truth.is_some());
        self.guess.show(&guess.map_or(String::new(), |guess| words::guess(guess, &text)));
        self.answer.show(&match (guess, truth) {
            (None, _) => String::new(),
            (Some(_), None) => words::no_answer_yet(&step.prediction, is_run),
            (Some(guess), Some(truth)) => words::answer(&truth, notes::hold_against(guess, &truth), &text),
        });
    }
}

impl ChipParts {
    /// Adds a claim to the list. `at` is its place there.
    fn create(list: &Element, claim: &ChipClaim, at: usize, threshold: f64) -> ChipParts {
        let names = ["span", "span", "i", "b", "span"];
        let texts = names.map(|name| dom::new_element(name, "", ""));
        let (claim_line, chip) = (dom::new_element("p", "", ""), dom::new_element("p", "chip", ""));
        let item = dom::new_element("li", "", "");
        dom::append_children(&claim_line, &[&texts[0]]);
        match claim {
            ChipClaim::Paper(id) => dom::set_attribute(&item, "data-claim", id.name()),
            ChipClaim::Compared(_) => {
                let field = dom::new_element("input", "lesson-threshold", "");
                set_attributes(
                    &field,
                    &[
                        ("type", "number"),
                        ("min", "0"),
                        ("max", "100"),
                        ("step", "0.1"),
                        ("value", &threshold.to_string()),
                        ("data-at", &at.to_string()),
                        ("aria-label", words::threshold()),
                    ],
                );
                dom::append_children(&claim_line, &[&field]);
            }
        }
        dom::append_children(&claim_line, &[&texts[1]]);
        dom::set_attribute(&texts[2], "aria-hidden", "true");
        dom::append_children(&chip, &[&texts[2], &texts[3], &texts[4]]);
        dom::append_children(&item, &[&claim_line, &chip]);
        dom::append_children(list, &[&item]);
        ChipParts { item, texts }
    }

    fn show(&self, claim: &ChipClaim, state: &State, threshold: f64) -> ChipVerdict {
        let judged = chip::judge(claim, state, threshold);
        let said = match claim {
            ChipClaim::Paper(id) => words::paper_claim(*id),
            ChipClaim::Compared(comparison) => words::compared_claim(comparison, judged.left),
        };
        let (before, after) = said.split_once("{points}").unwrap_or((&said, ""));
        let (verdict, evidence) = (words::chip(&judged.verdict), words::chip_evidence(&judged));
        let texts = [before, after, words::chip_symbol(&judged.verdict), &verdict, &evidence];
        for (element, text) in self.texts.iter().zip(texts) {
            element.set_text_content(Some(text));
        }
        dom::set_attribute(&self.item, "data-verdict", judged.verdict.name());
        judged.verdict
    }
}

/// Shows what a step explains, and where it stands in the literature.
fn fill_prose(text: &StepText, step: &Step) {
    let prose: Element = dom::by_id("lesson-text");
    prose.set_text_content(None);
    for paragraph in &text.paragraphs {
        let place = dom::new_element("p", "", "");
        terms::show_marked_text(&place, paragraph);
        dom::append_children(&prose, &[&place]);
    }
    let (place, link) = (dom::new_element("p", "hint", ""), dom::new_element("a", "", text.source));
    set_attributes(&link, &[("href", step.source), ("rel", "noopener"), ("target", "_blank")]);
    dom::append_children(&place, &[&link]);
    dom::append_children(&prose, &[&place]);
}

/// Creates the fields of a step's question. A guess that was made before is entered.
fn fill_form(text: &StepText, question: &str, guess: Option<Guess>) {
    let fields: Element = dom::by_id("lesson-fields");
    fields.set_text_content(None);
    dom::append_children(&fields, &[&dom::new_element("legend", "", question)]);
    for (index, option) in text.options.iter().enumerate() {
        let (label, field) = (dom::new_element("label", "", ""), dom::new_element("input", "", ""));
        let value = index.to_string();
        set_attributes(
            &field,
            &[("type", "radio"), ("name", "lesson-option"), ("value", &value), ("required", "")],
        );
        if guess == Some(Guess::Option(index)) {
            dom::set_attribute(&field, "checked", "");
        }
        dom::append_children(&label, &[&field, &dom::new_element("span", "", &upper_first(option))]);
        dom::append_children(&fields, &[&label]);
    }
    if text.options.is_empty() {
        let images = if let Some(Guess::Images(images)) = guess { images } else { 50 };
        let images_said = words::of_100(images);
        let field = dom::new_element("input", "", "");
        set_attributes(
            &field,
            &[
                ("type", "range"),
                ("id", "lesson-images"),
                ("value", &images.to_string()),
                ("aria-label", question),
                ("aria-valuetext", &images_said),
            ],
        );
        let said = dom::new_element("output", "", &images_said);
        set_attributes(&said, &[("id", "lesson-images-said"), ("for", "lesson-images")]);
        dom::append_children(&fields, &[&field, &said]);
    }
}

fn set_attributes(element: &Element, attributes: &[(&str, &str)]) {
    for (name, value) in attributes {
        dom::set_attribute(element, name, value);
    }
}

/// Hides the element with this id, or shows it.
fn hide(id: &str, hidden: bool) {
    let _ = dom::by_id::<Element>(id).toggle_attribute_with_force("hidden", hidden);
}

/// The guess in the fields of the open step, or `None` if nothing is picked.
pub(super) fn entered_guess() -> Option<Guess> {
    if let Some(slider) = dom::find::<HtmlInputElement>("lesson-images") {
        return slider.value().parse().ok().map(Guess::Images);
    }
    let picked = dom::document().query_selector("#lesson-form input:checked").ok().flatten()?;
    picked.get_attribute("value")?.parse().ok().map(Guess::Option)
}

/// Gives the focus to the first of these elements that is visible.
pub(super) fn focus_first(ids: &[&str]) {
    for id in ids {
        let found = dom::find::<HtmlElement>(id).filter(|element| element.offset_height() > 0);
        if let Some(element) = found {
            let _ = element.focus();
            return;
        }
    }
}
