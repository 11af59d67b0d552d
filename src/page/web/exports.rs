//! What can be taken away: the list of networks, and what is said of it. The buttons are in `export_buttons`.

use crate::{
    exports,
    state::State,
    status::PageStatus,
    web::dom::{self, CachedText},
};
use experiment::job::JobId;
use web_sys::{Element, HtmlSelectElement};

/// The exports.
pub(super) struct Exports {
    /// The fields and buttons, all of which are disabled while nothing is finished.
    all: Element,
    list: HtmlSelectElement,
    network_note: CachedText,
    everything_note: CachedText,
    networks: Vec<(JobId, String)>,
    /// Whether the user has chosen the network. Otherwise it is the first one in the list, which grows at both ends.
    is_chosen: bool,
}

impl Exports {
    /// Finds the elements.
    pub(super) fn new() -> Exports {
        Exports {
            all: dom::by_id("exports"),
            list: dom::by_id("export-network"),
            network_note: CachedText::of("export-network-note"),
            everything_note: CachedText::of("export-zip-note"),
            networks: vec![],
            is_chosen: false,
        }
    }

    /// Shows what can be taken away. As many rows are in the table, and no other networks are in the list.
    pub(super) fn show(&mut self, state: &State, rows: usize) {
        let report = state.results().experiment_report();
        let networks = exports::finished_networks(report, rows);
        let _ = self.all.toggle_attribute_with_force("disabled", networks.is_empty());
        if networks != self.networks {
            let chosen = self.list.value();
            self.list.set_text_content(None);
            for (job, label) in &networks {
                let option = dom::new_element("option", "", label);
                dom::set_attribute(&option, "value", &exports::job_value(*job));
                dom::append_children(&self.list, &[&option]);
            }
            self.is_chosen &= networks.iter().any(|(job, _)| exports::job_value(*job) == chosen);
            if self.is_chosen {
                self.list.set_value(&chosen);
            }
            self.networks = networks;
        }
        let paused = state.status() == PageStatus::Paused;
        let (kept, awaited) = (state.kept_networks(), state.awaited_network());
        self.network_note.show(&exports::network_note(kept, self.chosen(), awaited, paused));
        let first = state.config().seeds.first();
        let finished = report.finished_jobs().len();
        self.everything_note.show(&exports::everything_note(kept, first, finished));
    }

    /// Notes that the user has chosen a network, which stays chosen when the list grows.
    pub(super) fn choose(&mut self, state: &State, rows: usize) {
        self.is_chosen = true;
        self.show(state, rows);
    }

    /// The network that is chosen in the list.
    pub(super) fn chosen(&self) -> Option<JobId> {
        let value = self.list.value();
        self.networks.iter().map(|(job, _)| *job).find(|job| exports::job_value(*job) == value)
    }
}
