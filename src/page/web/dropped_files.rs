//! Files that are dropped onto the page: weights and masks as such, all others as reports.

use crate::web::{
    dom,
    files::{listed, read_chosen_files},
    network_files,
};
use web_sys::{DragEvent, File, FileList};

/// Listens to files that are dropped.
pub(super) fn listen() {
    dom::add_listener(&dom::document(), "dragover", |event: web_sys::Event| event.prevent_default());
    dom::add_listener(&dom::document(), "drop", |event: DragEvent| {
        event.prevent_default();
        take_dropped_files(event.data_transfer().and_then(|dropped| dropped.files()));
    });
}

/// Takes dropped files: weights and masks as such, all others as reports.
fn take_dropped_files(files: Option<FileList>) {
    let (networks, reports): (Vec<File>, Vec<File>) =
        listed(files).into_iter().partition(|file| file.name().ends_with(".safetensors"));
    networks.into_iter().for_each(network_files::take_dropped_file);
    read_chosen_files(reports);
}
