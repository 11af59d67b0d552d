//! What can be taken away: the list of networks, and what is said of it. The buttons are in `export_buttons`.

use crate::{
    exports,
    state::State,
    status::PageStatus,
    web::{
        dom::{self, CachedText},
        keyed_list::KeyedList,
    },
};
use experiment::job::JobId;
use web_sys::{Element, HtmlSelectElement};

/// The exports.
pub(super) struct Exports {
    /// The fields and buttons, all of which are disabled while nothing is finished.
    all: Element,
    list: HtmlSelectElement,
    /// The networks in the list, each with its name.
    networks: KeyedList<JobId, String>,
    network_note: CachedText,
    everything_note: CachedText,
    /// Whether the user has chosen the network. Otherwise it is the first one in the list, which grows at both ends.
    is_chosen: bool,
}

impl Exports {
    /// Finds the elements.
    pub(super) fn new() -> Exports {
        let list: HtmlSelectElement = dom::by_id("export-network");
        Exports {
            all: dom::by_id("exports"),
            networks: KeyedList::new(list.clone().into()),
            list,
            network_note: CachedText::of("export-network-note"),
            everything_note: CachedText::of("export-zip-note"),
            is_chosen: false,
        }
    }

    /// Shows what can be taken away. As many rows are in the table, and no other networks are in the list.
    pub(super) fn show(&mut self, state: &State, rows: usize) {
        let report = state.results().experiment_report();
        let networks = exports::finished_networks(report, rows);
        let _ = self.all.toggle_attribute_with_force("disabled", networks.is_empty());
        let chosen = self.list.value();
        let named = networks.into_iter().map(|job| (job, exports::network_name(report, job))).collect();
        self.networks.show(named, |job, name| {
            let option = dom::new_element("option", "", name);
            dom::set_attribute(&option, "value", &exports::job_value(*job));
            option
        });
        self.is_chosen &= self.chosen_by(&chosen).is_some();
        if self.is_chosen {
            self.list.set_value(&chosen);
        } else {
            self.list.set_selected_index(0);
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
        self.chosen_by(&self.list.value())
    }

    /// The network that a value of the list names.
    fn chosen_by(&self, value: &str) -> Option<JobId> {
        self.networks.iter().map(|(job, ..)| *job).find(|job| exports::job_value(*job) == value)
    }
}
