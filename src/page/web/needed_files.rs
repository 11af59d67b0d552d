//! What is said where the run lacks files. `network_files` listens to its buttons.

use crate::{
    network_files,
    web::dom::{self, CachedText},
};
use experiment::network_file::{FilePurpose, NeededFile};
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
    pub(super) fn show(&mut self, missing: &[NeededFile]) {
        self.note.show(&network_files::missing_note(missing));
        for &purpose in FilePurpose::ALL {
            let is_missing = missing.iter().any(|file| file.purpose == purpose);
            let button: Element = dom::by_id(&format!("needed-{}", purpose.setting()));
            let _ = button.toggle_attribute_with_force("hidden", !is_missing);
        }
        let _ = self.element.toggle_attribute_with_force("hidden", missing.is_empty());
    }
}
