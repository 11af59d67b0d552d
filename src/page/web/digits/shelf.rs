//! The shelf of what a round has newly forgotten or learnt, by class, with some of the images.

use crate::web::{array_store, digits::pictures::Picture, dom, test_images::TestImages};
use crate::{
    digit_texts,
    forgetting::{self, ClassChanges},
    kept_networks::KeptNetworks,
    shown_results::ShownResults,
};
use chart::style::Theme;
use experiment::{data_words, job::JobId};
use js_sys::Uint8Array;
use protocol::payload::ArrayId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlSelectElement};

/// How many images of a class stand on a shelf. The others are counted.
const IMAGES_ON_SHELF: usize = 4;

/// How many classes stand on a shelf.
const MOST_CLASSES: usize = 10;

/// Selects the images on the shelf.
pub(in crate::web) const IMAGE: &str = "[data-image]";

/// The rounds that can be shown, each with the arrays of predictions before and after its pruning.
type Pairs = Vec<(u32, ArrayId, ArrayId)>;

/// The shelf on the page.
pub(super) struct Shelf {
    title: dom::CachedText,
    note: dom::CachedText,
    choice: HtmlSelectElement,
    table: Element,
    /// The round that the user has chosen. `None` follows the newest.
    chosen: Option<u32>,
    pairs: Pairs,
    /// What is shown: the predictions before and after, and the theme.
    shown: Option<(ArrayId, ArrayId, Theme)>,
}

impl Shelf {
    /// Finds the empty shelf.
    pub(super) fn new() -> Shelf {
        Shelf {
            title: dom::CachedText::of("shelf-title"),
            note: dom::CachedText::of("shelf-note"),
            choice: dom::by_id("shelf-round"),
            table: dom::by_id("shelf"),
            chosen: None,
            pairs: vec![],
            shown: None,
        }
    }

    /// Takes the round that the user has chosen in the list. The newest is followed.
    pub(super) fn follow_choice(&mut self) {
        let newest = self.pairs.last().map(|pair| pair.0);
        self.chosen = self.choice.value().parse().ok().filter(|round| Some(*round) != newest);
    }

    /// Takes which rounds can be shown. Returns whether there are any.
    pub(super) fn set_rounds(&mut self, shown: ShownResults<'_>, kept: &KeptNetworks) -> bool {
        let predictions =
            |round| kept.get(forgetting::ticket(shown, round)).map(|arrays| arrays.test_predictions);
        let rounds = forgetting::rounds_with_a_round_before(shown, kept).into_iter();
        let pairs: Pairs =
            rounds.filter_map(|round| Some((round, predictions(round - 1)?, predictions(round)?))).collect();
        if pairs != self.pairs {
            self.pairs = pairs;
            self.shown = None;
            let known = |round: &u32| self.pairs.iter().any(|pair| pair.0 == *round);
            self.chosen = self.chosen.filter(known);
            self.choice.set_length(0);
        }
        !self.pairs.is_empty()
    }

    /// Shows the chosen round, if it is not shown already. `images` are `None` while they are not unpacked.
    pub(super) fn show(&mut self, images: Option<&TestImages>, theme: Theme) {
        let hidden = self.pairs.is_empty() || images.is_none();
        for element in [&self.table, self.choice.as_ref()] {
            let _ = element.toggle_attribute_with_force("hidden", hidden);
        }
        let (Some(images), Some(newest)) = (images, self.pairs.last()) else {
            self.title.show(&digit_texts::shelf_title(None));
            self.note.show(&digit_texts::shelf_note(None, (0, 0)));
            return;
        };
        let chosen = self.chosen.and_then(|round| self.pairs.iter().find(|pair| pair.0 == round));
        let &(round, before, after) = chosen.unwrap_or(newest);
        if self.shown == Some((before, after, theme)) {
            return;
        }
        self.shown = Some((before, after, theme));
        let (labels, classes) = (images.labels(), images.data.classes.len());
        let changes =
            |before: &[u8], after: &[u8]| forgetting::changes_by_class(before, after, &labels, classes);
        if self.choice.length() == 0 {
            for &(round, before, after) in &self.pairs {
                let (forgotten, learnt) = forgetting::totals(&changes(&bytes(before), &bytes(after)));
                let text = digit_texts::shelf_round(round, forgotten, learnt);
                let option = dom::new_element("option", "", &text);
                dom::set_attribute(&option, "value", &round.to_string());
                dom::append_children(&self.choice, &[&option]);
            }
        }
        self.choice.set_value(&round.to_string());
        let (before, after) = (bytes(before), bytes(after));
        let changes = changes(&before, &after);
        let (forgotten, learnt) = forgetting::totals(&changes);
        self.title.show(&digit_texts::shelf_title(Some((round, forgotten, learnt))));
        let shown = forgetting::most_changed(&changes, MOST_CLASSES);
        self.note.show(&digit_texts::shelf_note(Some(round), (shown.len(), changes.len())));
        let Ok(Some(body)) = self.table.query_selector("tbody") else { return };
        // Whoever was on an image of another round is put beside the list of rounds, not at the top of the page.
        let focused = dom::document().active_element();
        let had_focus = self.table.contains(focused.as_ref().map(AsRef::as_ref));
        body.set_text_content(None);
        for label in shown {
            let changes = &changes[label];
            let read = |image: u32| (usize::from(before[image as usize]), usize::from(after[image as usize]));
            dom::append_children(&body, &[&class_row(images, label, changes, read, theme)]);
        }
        // Tab stops at the first image only; arrow keys go from one to the next.
        if let Ok(Some(first)) = body.query_selector(IMAGE) {
            dom::set_attribute(&first, "tabindex", "0");
        }
        if had_focus {
            let _ = self.choice.focus();
        }
    }
}

/// The predictions that an array holds.
pub(super) fn bytes(id: ArrayId) -> Vec<u8> {
    array_store::get(id).map(|array| array.unchecked_into::<Uint8Array>().to_vec()).unwrap_or_default()
}

/// The predictions of two networks.
pub(super) fn predictions(kept: &KeptNetworks, jobs: (JobId, JobId)) -> Option<(ArrayId, ArrayId)> {
    let of = |job| kept.get(job).map(|arrays| arrays.test_predictions);
    Some((of(jobs.0)?, of(jobs.1)?))
}

/// A row of the shelf: a class, and what of it is forgotten and learnt.
fn class_row(
    images: &TestImages,
    label: usize,
    changes: &ClassChanges,
    read: impl Fn(u32) -> (usize, usize),
    theme: Theme,
) -> Element {
    let row = dom::new_element("tr", "", "");
    let class = dom::new_element("th", "", &data_words::class_name(&images.data, label));
    dom::set_attribute(&class, "scope", "row");
    dom::append_children(&row, &[&class]);
    for changed in [&changes.forgotten, &changes.learnt] {
        let cell = dom::new_element("td", "", "");
        dom::append_children(&cell, &[&dom::new_element("b", "", &changed.len().to_string())]);
        for &image in changed.iter().take(IMAGES_ON_SHELF) {
            let name = digit_texts::shelf_image(&images.data, image, label, read(image));
            dom::append_children(&cell, &[&image_button(images, image, &name, theme)]);
        }
        dom::append_children(&row, &[&cell]);
    }
    row
}

/// A small picture of an image that puts it on the canvas when it is pressed.
fn image_button(images: &TestImages, image: u32, name: &str, theme: Theme) -> Element {
    let button = dom::new_element("button", "", "");
    for (attribute, value) in [
        ("type", "button"),
        ("tabindex", "-1"),
        ("aria-label", name),
        ("title", name),
        ("data-image", &image.to_string()),
    ] {
        dom::set_attribute(&button, attribute, value);
    }
    let canvas: HtmlCanvasElement = dom::new_element("canvas", "", "").unchecked_into();
    dom::append_children(&button, &[&canvas]);
    if let Ok(picture) = Picture::on(canvas) {
        picture.show_pixels(&images.pixel_values(image), images.data.image, theme);
    }
    button
}
