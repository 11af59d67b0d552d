//! The buttons for what can be taken away, and the list of networks.

use crate::{
    exports::{self, ExportRequest, Picture},
    refusals::PageRefusal,
    state::{State, UserAction},
    status::PageStatus,
    web::{
        app::{App, with_app},
        chart_canvas::PictureEnding,
        dom::{self, CachedText},
    },
};
use experiment::job::JobId;
use wasm_bindgen::JsCast;
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

    /// Shows what can be taken away.
    pub(super) fn show(&mut self, state: &State) {
        let report = state.results().experiment_report();
        let networks = exports::finished_networks(report);
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
        let finished = self.networks.len();
        self.everything_note.show(&exports::everything_note(kept, first, finished));
    }

    /// The network that is chosen in the list.
    fn chosen(&self) -> Option<JobId> {
        let value = self.list.value();
        self.networks.iter().map(|(job, _)| *job).find(|job| exports::job_value(*job) == value)
    }
}

/// Listens to the buttons and the list.
pub(super) fn listen() {
    let all: Element = dom::by_id("exports");
    dom::add_listener(&all, "click", |event: web_sys::Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(what) = target.and_then(|target| target.get_attribute("data-export")) {
            with_app(|app| app.export(&what));
        }
    });
    let list: Element = dom::by_id("export-network");
    dom::add_listener(&list, "change", |event: web_sys::Event| {
        // The list stands in the form of the experiment's settings, which need not hear of it.
        event.stop_propagation();
        with_app(|app| {
            app.view.exports.is_chosen = true;
            app.view.exports.show(&app.state);
        });
    });
}

impl App {
    /// Offers what a button with this name stands for.
    fn export(&mut self, what: &str) {
        let request = match what {
            "csv" => Some(ExportRequest::Tables),
            "svg" => Some(ExportRequest::Pictures("svg", self.pictures(&[PictureEnding::Svg]))),
            "png" => Some(ExportRequest::Pictures("png", self.pictures(&[PictureEnding::Png]))),
            "safetensors" => self.view.exports.chosen().map(ExportRequest::Network),
            "zip" => {
                Some(ExportRequest::Everything(self.pictures(&[PictureEnding::Svg, PictureEnding::Png])))
            }
            _ => None,
        };
        let Some(request) = request else { return };
        let effects = self.state.on_action(UserAction::ExportFiles(request), dom::now_seconds());
        self.run_effects(effects);
        self.request_frame();
    }

    /// The charts that have data, as they are shown, with each of these endings.
    fn pictures(&mut self, endings: &[PictureEnding]) -> Vec<Picture> {
        let (results, selection) = (self.state.on_screen(), self.state.selection_on_screen());
        let mut pictures = vec![];
        for plot in &self.view.plots {
            for ending in endings {
                match plot.picture(results, selection, self.state.pinned(), *ending) {
                    Ok(picture) => pictures.extend(picture),
                    Err(why) => self.view.show_rejections(&[PageRefusal::NotDrawn(why)]),
                }
            }
        }
        pictures
    }
}
