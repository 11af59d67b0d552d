//! What has come out: the headline, what stands below it, and what happens at the shown moment.

use crate::{
    headline,
    sentences::words,
    shown_results::ShownResults,
    web::{
        dom::{self, CachedText},
        terms,
    },
};
use web_sys::Element;

/// The headline with its intervals, and the caption of the shown moment.
pub(super) struct Answer {
    headline: CachedText,
    /// How the subject stands at the fewest weights, below the headline.
    down: CachedText,
    /// What the differences rest on. It opens where somebody asks for it.
    intervals: Element,
    source: CachedText,
    /// Whether the run has come out as the link says that was opened.
    link_check: CachedText,
    caption: Element,
    caption_shown: String,
}

impl Answer {
    /// Finds its elements on the page.
    pub(super) fn new() -> Answer {
        Answer {
            headline: CachedText::of("headline"),
            down: CachedText::of("headline-down"),
            intervals: dom::by_id("headline-intervals"),
            source: CachedText::of("headline-source"),
            link_check: CachedText::of("link-check"),
            caption: dom::by_id("caption"),
            caption_shown: String::new(),
        }
    }

    /// Shows what the results say.
    pub(super) fn show(&mut self, results: ShownResults<'_>) {
        self.headline.show(&words::texts(&headline::headline(results)));
        let last = headline::at_the_last_round(results).map(|last| words::text(&last));
        self.down.show(&last.unwrap_or_default());
        let intervals = words::texts(&headline::intervals(results));
        let _ = self.intervals.toggle_attribute_with_force("hidden", intervals.is_empty());
        self.source.show(&intervals);
    }

    /// Says whether the run has come out as the link says that was opened, or nothing.
    pub(super) fn show_link_check(&mut self, text: &str) {
        self.link_check.show(text);
    }

    /// Shows what happens at the shown moment. The text has marked terms.
    pub(super) fn show_caption(&mut self, caption: String) {
        if caption != self.caption_shown {
            terms::show_marked_text(&self.caption, &caption);
            self.caption_shown = caption;
        }
    }
}
