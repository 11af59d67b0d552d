//! Files that are dropped onto the page: weights and masks, reports, and all others as a data set.

use crate::own_data_files::is_data;
use crate::web::{
    dom,
    files::{listed, read_chosen_files},
    network_files, own_data,
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

/// Takes dropped files, which their names tell apart.
fn take_dropped_files(files: Option<FileList>) {
    let (networks, others): (Vec<File>, Vec<File>) =
        listed(files).into_iter().partition(|file| file.name().ends_with(".safetensors"));
    let (data, reports): (Vec<File>, Vec<File>) = others.into_iter().partition(|file| is_data(&file.name()));
    networks.into_iter().for_each(network_files::take_dropped_file);
    own_data::read(data);
    read_chosen_files(reports);
}
