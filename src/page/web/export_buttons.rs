//! The buttons for what can be taken away.

use crate::{
    exports::{ExportRequest, Picture},
    refusals::PageRefusal,
    state::UserAction,
    web::{
        app::{App, with_app},
        chart_canvas::PictureEnding,
        dom,
    },
};
use wasm_bindgen::JsCast;
use web_sys::Element;

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
        with_app(|app| app.view.exports.choose(&app.state, app.view.table.most()));
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
