//! The lesson beside the page: the open step, the reader's guess and the answer, and the claims with their chips.

use crate::{
    lesson::{
        chip::{self, ChipClaim, ChipVerdict},
        english::{self, StepText},
        notes::{self, Guess, Notes},
        offer::{self, Offer},
        prediction::Truth,
        steps::{self, STEPS, Step, StepRun},
    },
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
    parts: Option<StepParts>,
    /// The run and the state of the page for which the step was last shown.
    shown: Option<(Offer, PageStatus, bool)>,
}

/// The elements of the open step that change.
struct StepParts {
    run: Element,
    run_note: CachedText,
    run_button: CachedText,
    form: Element,
    again: Element,
    guess: CachedText,
    answer: CachedText,
    chips: Vec<ChipParts>,
    not_tested: Element,
}

/// A claim with its chip.
struct ChipParts {
    item: Element,
    before: Element,
    after: Element,
    symbol: Element,
    verdict: Element,
    evidence: Element,
}

impl LessonPanel {
    /// Finds the place of the lesson, which is closed.
    pub(super) fn new() -> LessonPanel {
        LessonPanel {
            section: dom::by_id("lesson"),
            opener: dom::by_id("open-lesson"),
            step: 0,
            last: 1,
            folded: false,
            holds_preview: false,
            notes: Notes::default(),
            changed: false,
            parts: None,
            shown: None,
        }
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
        dom::set_attribute(&self.section, "data-folded", if folded { "1" } else { "0" });
        if let Some(button) = dom::find::<Element>("lesson-fold") {
            button.set_text_content(Some(if folded { english::UNFOLD } else { english::FOLD }));
            dom::set_attribute(&button, "aria-expanded", if folded { "false" } else { "true" });
        }
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
        let guess = self.notes.guess(index);
        let is_run = offer::is_run_of(step, state);
        let truth = step.prediction.truth(state.shown()).filter(|_| is_run && guess.is_some());
        let Some(parts) = &mut self.parts else { return };
        parts.show_run(step, offer, state, cards);
        parts.show_guess(step, &english::STEPS[index], guess, truth.as_ref(), is_run);
        let mut not_tested = false;
        for (at, (claim, chip)) in step.claims.iter().zip(&parts.chips).enumerate() {
            let verdict = chip.show(claim, state, self.notes.threshold(index, at));
            let of_paper = matches!(claim, ChipClaim::Paper(_));
            not_tested |= of_paper && verdict == ChipVerdict::NotInThisRun;
        }
        let _ = parts.not_tested.toggle_attribute_with_force("hidden", !not_tested);
    }

    /// Opens a step, or closes the lesson.
    fn open(&mut self, step: u32) {
        self.step = step;
        self.shown = None;
        let is_open = step > 0;
        let _ = self.section.toggle_attribute_with_force("hidden", !is_open);
        dom::set_attribute(&self.section, "data-step", &step.to_string());
        dom::set_attribute(&self.opener, "aria-expanded", if is_open { "true" } else { "false" });
        // The buttons of the frame stay, so that the focus does.
        if dom::find::<Element>("lesson-next").is_none() {
            build_frame(&self.section);
        }
        self.parts = self.open_step().map(|(index, step)| {
            self.last = self.step;
            build_step(step, &english::STEPS[index], self.step, self.notes.guess(index), &self.notes)
        });
    }
}

impl StepParts {
    fn show_run(&mut self, step: &Step, offer: Offer, state: &State, cards: &mut PresetDialog) {
        cards.remember_speed(state);
        let recorded = matches!(step.run, StepRun::Recorded { .. });
        let settings = offer::settings_to_start(step, state.settings());
        let time = preset_cards::expected_time(&settings, dom::cores(), cards.speed());
        self.run_note.show(&english::run_note(offer, recorded, &time));
        self.run_button.show(english::run_label(offer, recorded));
        let _ = self.run.toggle_attribute_with_force("hidden", offer == Offer::Nothing);
    }

    fn show_guess(
        &mut self,
        step: &Step,
        text: &StepText,
        guess: Option<Guess>,
        truth: Option<&Truth>,
        is_run: bool,
    ) {
        let _ = self.form.toggle_attribute_with_force("hidden", guess.is_some());
        // A guess is not changed once its answer is there.
        let _ = self.again.toggle_attribute_with_force("hidden", guess.is_none() || truth.is_some());
        self.guess.show(&guess.map_or(String::new(), |guess| english::guess(guess, text)));
        self.answer.show(&match (guess, truth) {
            (None, _) => String::new(),
            (Some(_), None) => english::no_answer_yet(&step.prediction, is_run),
            (Some(guess), Some(truth)) => english::answer(truth, notes::hold_against(guess, truth), text),
        });
    }
}

impl ChipParts {
    fn show(&self, claim: &ChipClaim, state: &State, threshold: f64) -> ChipVerdict {
        let judged = chip::judge(claim, state, threshold);
        let words = match claim {
            ChipClaim::Paper(id) => english::paper_claim(*id),
            ChipClaim::Compared(comparison) => english::compared_claim(comparison, judged.left),
        };
        let (before, after) = words.split_once("{points}").unwrap_or((&words, ""));
        self.before.set_text_content(Some(before));
        self.after.set_text_content(Some(after));
        dom::set_attribute(&self.item, "data-verdict", judged.verdict.name());
        self.symbol.set_text_content(Some(english::chip_symbol(&judged.verdict)));
        self.verdict.set_text_content(Some(&english::chip(&judged.verdict)));
        self.evidence.set_text_content(Some(&english::chip_evidence(&judged)));
        judged.verdict
    }
}

/// Creates what stays from step to step: the head, the place of the step, and the buttons below.
fn build_frame(section: &Element) {
    let head = dom::new_element("div", "lesson-head", "");
    let place = with_id(dom::new_element("p", "quiet", ""), "lesson-place");
    let fold = button("lesson-fold", "quiet-button", english::FOLD);
    dom::set_attribute(&fold, "aria-controls", "lesson-body");
    dom::set_attribute(&fold, "aria-expanded", "true");
    let close = button("lesson-close", "quiet-button", english::CLOSE);
    dom::append_children(&head, &[&place, &fold, &close]);
    let body = with_id(dom::new_element("div", "lesson-body", ""), "lesson-body");
    let steps = dom::new_element("div", "lesson-steps", "");
    let previous = button("lesson-previous", "", english::PREVIOUS);
    let next = button("lesson-next", "", english::NEXT);
    dom::append_children(&steps, &[&previous, &next]);
    dom::append_children(section, &[&head, &body, &steps]);
}

/// Creates the elements of a step. A guess that was made before is entered in its field.
fn build_step(step: &Step, text: &StepText, number: u32, guess: Option<Guess>, notes: &Notes) -> StepParts {
    dom::by_id::<Element>("lesson-place").set_text_content(Some(&english::place(number)));
    // A disabled button would lose the focus, so these stay and do nothing.
    let ends = [("lesson-previous", number == 1), ("lesson-next", number as usize == STEPS.len())];
    for (id, is_end) in ends {
        dom::set_attribute(
            &dom::by_id::<Element>(id),
            "aria-disabled",
            if is_end { "true" } else { "false" },
        );
    }
    let body: Element = dom::by_id("lesson-body");
    body.set_text_content(None);
    let title = with_id(dom::new_element("h2", "", text.title), "lesson-title");
    dom::set_attribute(&title, "tabindex", "-1");
    let prose = dom::new_element("div", "lesson-text", "");
    for paragraph in text.paragraphs {
        let place = dom::new_element("p", "", "");
        terms::show_marked_text(&place, paragraph);
        dom::append_children(&prose, &[&place]);
    }
    for source in text.sources {
        let place = dom::new_element("p", "hint", "");
        let link = dom::new_element("a", "", source.label);
        for (name, value) in [("href", source.address), ("rel", "noopener"), ("target", "_blank")] {
            dom::set_attribute(&link, name, value);
        }
        dom::append_children(&place, &[&link]);
        dom::append_children(&prose, &[&place]);
    }
    let question = english::with_left(text.question, step.prediction.weights_left(&step.settings().config));
    let form = build_form(text, &question, guess);
    let guessed = dom::new_element("div", "lesson-guessed", "");
    let guess_text = dom::new_element("p", "", "");
    let answer = with_id(dom::new_element("p", "", ""), "lesson-answer");
    for (name, value) in [("role", "status"), ("tabindex", "-1")] {
        dom::set_attribute(&answer, name, value);
    }
    let again = button("lesson-again", "quiet-button", english::GUESS_AGAIN);
    let asked = dom::new_element("p", "lesson-asked", &question);
    dom::append_children(&guessed, &[&asked, &guess_text, &answer, &again]);
    let run = with_id(dom::new_element("div", "lesson-run", ""), "lesson-run-line");
    let run_note = dom::new_element("p", "hint", "");
    let run_button = button("lesson-run", "", "");
    dom::append_children(&run, &[&run_button, &run_note]);
    dom::append_children(&body, &[&title, &prose, &form, &guessed, &run]);
    let chips = build_claims(&body, step, number, notes);
    let not_tested = dom::new_element("p", "hint", english::NOT_TESTED);
    dom::append_children(&body, &[&not_tested]);
    StepParts {
        run,
        run_note: CachedText::new(run_note),
        run_button: CachedText::new(run_button),
        form,
        again,
        guess: CachedText::new(guess_text),
        answer: CachedText::new(answer),
        chips,
        not_tested,
    }
}

fn build_form(text: &StepText, question: &str, guess: Option<Guess>) -> Element {
    let form = with_id(dom::new_element("form", "lesson-form", ""), "lesson-form");
    let fields = dom::new_element("fieldset", "", "");
    dom::append_children(&fields, &[&dom::new_element("legend", "", question)]);
    for (index, option) in text.options.iter().enumerate() {
        let label = dom::new_element("label", "", "");
        let field = dom::new_element("input", "", "");
        let value = index.to_string();
        for (name, value) in
            [("type", "radio"), ("name", "lesson-option"), ("value", &*value), ("required", "")]
        {
            dom::set_attribute(&field, name, value);
        }
        if guess == Some(Guess::Option(index)) {
            dom::set_attribute(&field, "checked", "");
        }
        dom::append_children(&label, &[&field, &dom::new_element("span", "", option)]);
        dom::append_children(&fields, &[&label]);
    }
    if text.options.is_empty() {
        let images = if let Some(Guess::Images(images)) = guess { images } else { 50 };
        let field = with_id(dom::new_element("input", "", ""), "lesson-images");
        let value = images.to_string();
        for (name, value) in [
            ("type", "range"),
            ("min", "0"),
            ("max", "100"),
            ("value", &*value),
            ("aria-label", question),
            ("aria-valuetext", &*english::of_100(images)),
        ] {
            dom::set_attribute(&field, name, value);
        }
        let said = with_id(dom::new_element("output", "", &english::of_100(images)), "lesson-images-said");
        dom::set_attribute(&said, "for", "lesson-images");
        dom::append_children(&fields, &[&field, &said]);
    }
    let buttons = dom::new_element("div", "lesson-buttons", "");
    let guess = button("lesson-guess", "", english::GUESS);
    dom::set_attribute(&guess, "type", "submit");
    dom::append_children(&buttons, &[&guess, &button("lesson-skip", "quiet-button", english::SKIP)]);
    dom::append_children(&form, &[&fields, &buttons]);
    form
}

fn build_claims(body: &Element, step: &Step, number: u32, notes: &Notes) -> Vec<ChipParts> {
    if step.claims.is_empty() {
        return vec![];
    }
    let list = dom::new_element("ul", "lesson-claims", "");
    dom::append_children(body, &[&dom::new_element("h3", "", english::CLAIMS), &list]);
    let of_claim = |(at, claim): (usize, &ChipClaim)| {
        let item = dom::new_element("li", "", "");
        let words = dom::new_element("p", "", "");
        let (before, after) = (dom::new_element("span", "", ""), dom::new_element("span", "", ""));
        dom::append_children(&words, &[&before]);
        match claim {
            ChipClaim::Paper(id) => dom::set_attribute(&item, "data-claim", id.name()),
            ChipClaim::Compared(_) => {
                let field = dom::new_element("input", "lesson-threshold", "");
                let value = notes.threshold(number as usize - 1, at).to_string();
                for (name, value) in [
                    ("type", "number"),
                    ("min", "0"),
                    ("max", "100"),
                    ("step", "0.1"),
                    ("value", &*value),
                    ("data-at", &at.to_string()),
                    ("aria-label", english::THRESHOLD),
                ] {
                    dom::set_attribute(&field, name, value);
                }
                dom::append_children(&words, &[&field]);
            }
        }
        dom::append_children(&words, &[&after]);
        let chip = dom::new_element("p", "chip", "");
        let symbol = dom::new_element("i", "", "");
        dom::set_attribute(&symbol, "aria-hidden", "true");
        let (verdict, evidence) = (dom::new_element("b", "", ""), dom::new_element("span", "", ""));
        dom::append_children(&chip, &[&symbol, &verdict, &evidence]);
        dom::append_children(&item, &[&words, &chip]);
        dom::append_children(&list, &[&item]);
        ChipParts { item, before, after, symbol, verdict, evidence }
    };
    step.claims.iter().enumerate().map(of_claim).collect()
}

fn with_id(element: Element, id: &str) -> Element {
    dom::set_attribute(&element, "id", id);
    element
}

fn button(id: &str, class: &str, label: &str) -> Element {
    let button = with_id(dom::new_element("button", class, label), id);
    dom::set_attribute(&button, "type", "button");
    button
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
