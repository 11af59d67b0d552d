//! The browser side of the page, and the only module that uses the browser. [`State`] decides, and this module carries
//! out its effects: workers, downloads, controls and drawing.

mod answer;
mod app;
mod arm_boxes;
mod array_store;
mod chart_canvas;
mod claims;
mod comparison;
mod controls;
mod copy_link;
mod digits;
mod digits_listen;
mod display_controls;
mod dom;
mod dom_table;
mod download;
mod dropped_files;
mod embed;
mod export_buttons;
mod exports;
mod fields;
mod files;
mod heatmaps;
mod join;
mod keyed_list;
mod keys;
mod language;
mod legend;
mod lesson_listen;
mod lesson_panel;
mod lit_network;
mod mean_image;
mod needed_files;
pub mod network_api;
mod network_canvas;
mod network_figure;
mod network_files;
mod network_histogram;
mod network_input;
mod network_panel;
mod network_values;
mod next_panel;
mod own_data;
mod pins;
mod pointing;
mod preset_dialog;
mod preview_file;
mod preview_note;
mod reading;
mod render;
mod save_file;
mod saved;
mod saved_listen;
mod saved_locks;
mod saved_panel;
mod saved_store;
mod setting_row;
mod state_updates;
mod terms;
mod test_images;
mod timeline;
mod watch;
mod worker_handle;

use crate::{recorded_runs, refusals, state::State};
use app::{App, with_app};
use experiment::settings::Settings;
use render::PageView;
use state_updates::update_state;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Milliseconds between two calls of [`State::on_tick`].
const TICK: i32 = 200;

/// Starts the page in a language. `spoken` has its words and how its numbers are written, as `language.js` gives them.
#[wasm_bindgen]
pub fn start(spoken: &JsValue) {
    std::panic::set_hook(Box::new(|info| {
        // The trap that follows a panic only says “unreachable”. page.js shows this exception instead.
        wasm_bindgen::throw_str(&info.to_string());
    }));
    language::speak(spoken);
    if let Err(missing) = begin() {
        wasm_bindgen::throw_val(missing);
    }
}

fn begin() -> Result<(), JsValue> {
    let fragment = dom::fragment();
    let (settings, rejected, recorded) = match recorded_runs::from_fragment(&fragment) {
        None => {
            let (settings, rejected) = Settings::from_fragment(&fragment);
            (settings, refusals::of_settings(&rejected), None)
        }
        Some(asked) => {
            let rejected = asked.as_ref().err().cloned();
            (recorded_runs::settings_beside(&fragment), rejected.into_iter().collect(), asked.ok())
        }
    };
    terms::install()?;
    let view = PageView::new(&settings);
    let cores = dom::cores();
    let (state, effects) = State::new(settings, cores, dom::now_seconds());
    let waits = recorded.is_none() && !state.wants_to_run();
    App::begin(state, view, recorded.map(Into::into));
    with_app(|app| {
        match waits {
            true => app.hold_effects(effects),
            false => app.run_effects(effects),
        }
        app.sync_fields_and_address(&rejected);
        app.request_frame();
    });
    controls::listen()?;
    watch::listen()?;
    pointing::listen()?;
    network_input::listen();
    copy_link::listen();
    join::listen();
    keys::listen();
    embed::listen()?;
    files::listen();
    dropped_files::listen();
    saved_listen::listen();
    digits_listen::listen()?;
    // A link to a recorded run shows that one.
    if recorded.is_none() {
        preview_file::load();
    }
    preview_note::listen();
    lesson_listen::listen();
    recorded.map(Into::into).into_iter().for_each(files::open_recorded);
    saved::begin();
    dom::call_every(TICK, || update_state(State::on_tick));
    Ok(())
}
