//! Hears the buttons and fields of the lesson.

use crate::{
    chart_selection::SelectionChange,
    lesson::{
        notes::Guess,
        offer::{self, Offer},
        steps::{STEPS, Step, StepRun},
        words::{self, StepText},
    },
    recorded_runs,
    state::UserAction,
    web::{
        app::{App, with_app},
        dom,
        lesson_panel::{self, focus_first},
    },
};
use experiment::{
    display_settings::{DisplaySettings, View},
    settings::Settings,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// The width from which on the lesson stands beside the page; below, it is a sheet at the lower edge of the screen.
const BESIDE: &str = "(min-width: 70.01rem)";
/// The width up to which the first screen has charts and masks by itself, whichever part of the page is asked for.
const PHONE: &str = "(max-width: 48rem)";

/// Installs the listeners.
pub(super) fn listen() {
    // The button beside the parts of the page, and the one in the lead, which a phone shows first.
    for id in ["open-lesson", "to-lesson"] {
        let opener: Element = dom::by_id(id);
        dom::add_listener(&opener, "click", |_: Event| {
            let opened = with_app(|app| {
                let is_open = app.view.lesson.open_step().is_some();
                let step = if is_open { 0 } else { app.view.lesson.step_to_open() };
                app.open_lesson(step);
                !is_open
            });
            if opened == Some(true) {
                focus_first(&["lesson-title"]);
            }
        });
    }
    let section: Element = dom::by_id("lesson");
    dom::add_listener(&section, "click", |event: Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let button = target.and_then(|target| target.closest("button").ok().flatten());
        if let Some(button) = button {
            on_button(&button.id());
        }
    });
    dom::add_listener(&section, "submit", |event: Event| {
        event.prevent_default();
        if let Some(guess) = lesson_panel::entered_guess() {
            take_guess(guess);
        }
    });
    dom::add_listener(&section, "input", |event: Event| {
        let Some(field) = field_of(&event).filter(|field| field.id() == "lesson-images") else { return };
        let said = words::of_100(field.value().parse().unwrap_or(0));
        dom::set_attribute(&field, "aria-valuetext", &said);
        dom::fill_elements(&[("lesson-images-said", said)]);
    });
    dom::add_listener(&section, "change", |event: Event| {
        let field = field_of(&event);
        let at = field.as_ref().and_then(|field| field.get_attribute("data-at")?.parse().ok());
        if let Some((field, at)) = field.zip(at) {
            with_app(|app| app.move_threshold(at, &field));
        }
    });
    // What a presenter's remote sends.
    dom::add_listener(&section, "keydown", |event: KeyboardEvent| {
        let on_field = field_of(&event).is_some_and(|field| field.type_() == "range");
        let id = match event.key().as_str() {
            "PageDown" => "lesson-next",
            "PageUp" => "lesson-previous",
            _ => return,
        };
        if with_app(|app| app.state.display_settings().present) == Some(true) && !on_field {
            event.prevent_default();
            on_button(id);
        }
    });
}

fn field_of(event: &Event) -> Option<HtmlInputElement> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn on_button(id: &str) {
    match id {
        "lesson-previous" => turn(-1),
        "lesson-next" => turn(1),
        "lesson-close" => {
            with_app(|app| app.open_lesson(0));
            focus_first(&["open-lesson"]);
        }
        "lesson-fold" => {
            with_app(|app| {
                let folded = app.view.lesson.is_folded();
                app.view.lesson.fold(!folded);
            });
            // What was in sight in the folded sheet stays there.
            if let Some(answer) =
                dom::find::<HtmlElement>("lesson-answer").filter(|it| it.offset_height() > 0)
            {
                answer.scroll_into_view_with_bool(false);
            }
        }
        "lesson-skip" => take_guess(Guess::Skipped),
        "lesson-again" => {
            with_app(|app| app.note_guess(None));
            let fields = "#lesson-form input:checked, #lesson-form input";
            let field = dom::document().query_selector(fields).ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                let _ = field.focus();
            }
        }
        "lesson-run" => {
            let recorded = with_app(App::run_lesson).flatten();
            if let Some(fragment) = recorded {
                let _ = dom::window().location().set_hash(&fragment);
            }
            focus_first(&["lesson-answer", "lesson-title"]);
        }
        _ => {}
    }
}

/// Opens the step after the open one, or before it.
fn turn(by: i32) {
    with_app(|app| {
        let Some((index, _)) = app.view.lesson.open_step() else { return };
        let to = index as i32 + 1 + by;
        if (1..=STEPS.len() as i32).contains(&to) {
            app.open_lesson(to as u32);
            let text = StepText::of(&STEPS[to as usize - 1], to as u32);
            app.view.say(&words::opened(to as u32, &text));
        }
    });
}

fn take_guess(guess: Guess) {
    with_app(|app| app.note_guess(Some(guess)));
    focus_first(&["lesson-run", "lesson-answer"]);
}

impl App {
    /// Opens a step with its part of the page and its reading, or closes the lesson. It is shown at once, so that it can
    /// take the focus.
    fn open_lesson(&mut self, number: u32) {
        let before = self.state.display_settings();
        let step = (number as usize).checked_sub(1).and_then(|index| STEPS.get(index));
        let view = step.map_or(before.view, view_of);
        if let Some(Step { reading, .. }) = step {
            let choice = UserAction::Choose(SelectionChange::Metric(*reading));
            let effects = self.state.on_action(choice, dom::now_seconds());
            self.run_effects(effects);
            dom::find::<web_sys::HtmlSelectElement>("reading")
                .into_iter()
                .for_each(|select| select.set_value(reading.name()));
        }
        self.set_display(DisplaySettings { lesson: number, view, ..before });
        if number > 0 {
            self.view.lesson.fold(false);
        }
        self.view.render(&mut self.state, dom::now_seconds());
        if let Some(body) = dom::find::<Element>("lesson-body") {
            body.set_scroll_top(0);
        }
    }

    /// Notes the guess at the open step, or takes it back.
    fn note_guess(&mut self, guess: Option<Guess>) {
        if let Some((index, _)) = self.view.lesson.open_step() {
            self.view.lesson.notes.set_guess(index, guess);
            self.view.lesson.changed = true;
            // It is shown at once, so that what comes next can take the focus.
            self.view.render(&mut self.state, dom::now_seconds());
            self.request_frame();
        }
    }

    /// Moves the threshold of a claim of the open step to the value of its field. A value that cannot be used goes back.
    fn move_threshold(&mut self, claim: usize, field: &HtmlInputElement) {
        if let Some((index, _)) = self.view.lesson.open_step() {
            let notes = &mut self.view.lesson.notes;
            notes.set_threshold(index, claim, field.value_as_number());
            field.set_value(&notes.threshold(index, claim).to_string());
            self.view.lesson.changed = true;
            self.request_frame();
        }
    }

    /// Does what the button of the open step says. Returns the fragment to open if the step has a recorded run.
    fn run_lesson(&mut self) -> Option<String> {
        let (_, step) = self.view.lesson.open_step()?;
        if !dom::media_matches(BESIDE) {
            self.view.lesson.fold(true);
        }
        let action = match (offer::offer(step, &self.state), step.run) {
            (Offer::Nothing, _) => return None,
            (Offer::Replace { .. }, StepRun::Recorded { name, .. }) => {
                let settings = self.state.settings();
                return Some(recorded_runs::fragment(Some(name), settings, Settings::to_address));
            }
            (Offer::Replace { .. }, StepRun::Trained(_)) => {
                self.restart(offer::settings_to_start(step, self.state.settings()), &[]);
                return None;
            }
            (Offer::Start | Offer::GoOn, _) => UserAction::Play,
            (Offer::WatchAgain, _) => UserAction::Replay,
        };
        let effects = self.state.on_action(action, dom::now_seconds());
        self.run_effects(effects);
        self.request_frame();
        None
    }
}

/// The part of the page that a step shows. On a phone the first screen has the network's charts and the masks anyway.
fn view_of(step: &Step) -> View {
    let on_first_screen = matches!(step.view, View::Network | View::Masks);
    if on_first_screen && dom::media_matches(PHONE) { View::All } else { step.view }
}
