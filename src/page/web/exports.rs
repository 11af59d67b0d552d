//! What can be taken away: the list of networks, and what is said of it. The buttons are in `export_buttons`.

use crate::{
    exports,
    state::State,
    status::PageStatus,
    web::dom::{self, CachedText},
};
use experiment::job::JobId;
use web_sys::{Element, HtmlSelectElement, Node};

/// The exports.
pub(super) struct Exports {
    /// The fields and buttons, all of which are disabled while nothing is finished.
    all: Element,
    list: HtmlSelectElement,
    network_note: CachedText,
    everything_note: CachedText,
    /// The networks in the list.
    networks: Vec<ListedNetwork>,
    /// Whether the user has chosen the network. Otherwise it is the first one in the list, which grows at both ends.
    is_chosen: bool,
}

/// A network in the list.
struct ListedNetwork {
    job: JobId,
    name: String,
    option: Element,
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
        let chosen = self.list.value();
        let mut old = std::mem::take(&mut self.networks).into_iter().peekable();
        // A run of hundreds of jobs must not make all of them anew after each.
        for job in networks {
            let name = exports::network_name(report, job);
            while let Some(earlier) = old.next_if(|listed| listed.job < job) {
                earlier.option.remove();
            }
            if let Some(kept) = old.next_if(|listed| listed.job == job && listed.name == name) {
                self.networks.push(kept);
                continue;
            }
            let option = dom::new_element("option", "", &name);
            dom::set_attribute(&option, "value", &exports::job_value(job));
            let before: Option<&Node> = old.peek().map(|listed| listed.option.as_ref());
            let _ = self.list.insert_before(&option, before);
            self.networks.push(ListedNetwork { job, name, option });
        }
        old.for_each(|listed| listed.option.remove());
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
        self.networks.iter().map(|listed| listed.job).find(|job| exports::job_value(*job) == value)
    }
}
