//! What is said where the run lacks files. `network_files` listens to its buttons.

use crate::{
    network_files, own_data_files,
    web::dom::{self, CachedText},
};
use experiment::network_file::{FileHash, FilePurpose, NeededFile};
use web_sys::Element;

/// What is said where the run lacks files, with buttons to choose them.
pub(super) struct NeededFiles {
    element: Element,
    note: CachedText,
}

impl NeededFiles {
    /// Finds the elements.
    pub(super) fn new() -> NeededFiles {
        NeededFiles { element: dom::by_id("needed-files"), note: CachedText::of("needed-files-note") }
    }

    /// Says which files are missing, or nothing.
    pub(super) fn show(&mut self, data: Option<FileHash>, missing: &[NeededFile]) {
        let of_data = data.map(own_data_files::missing_note);
        let notes: Vec<String> = of_data.into_iter().chain([network_files::missing_note(missing)]).collect();
        self.note.show(notes.join(" ").trim());
        let button: Element = dom::by_id("needed-data");
        let _ = button.toggle_attribute_with_force("hidden", data.is_none());
        for &purpose in FilePurpose::ALL {
            let is_missing = missing.iter().any(|file| file.purpose == purpose);
            let button: Element = dom::by_id(&format!("needed-{}", purpose.setting()));
            let _ = button.toggle_attribute_with_force("hidden", !is_missing);
        }
        let _ = self.element.toggle_attribute_with_force("hidden", missing.is_empty() && data.is_none());
    }
}
