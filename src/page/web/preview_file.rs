//! Fetches the recorded run that plays before anything else is there.

use crate::{
    idx_file, recording,
    web::{app::with_app, dom, files, state_updates::update_state, test_images},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;

/// The longest time in milliseconds for which workers and data wait for the recorded run.
const PATIENCE: i32 = 2_000;

/// The most bytes that the file has when it is unpacked.
const MOST_BYTES: u32 = 500_000;

/// Fetches the recorded run and shows it. Workers and data wait until it is drawn for the first time, but not for long.
pub(super) fn load() {
    spawn_local(async {
        match read().await {
            Ok(recording) => update_state(move |state, _| {
                state.show_preview(recording);
                Vec::new()
            }),
            Err(why) => {
                update_state(move |state, _| {
                    state.on_preview_failure(why);
                    Vec::new()
                });
                release();
            }
        }
        // A hidden page has no frames that could be waited for.
        if dom::document().hidden() {
            release();
        }
    });
    let late = Closure::once_into_js(release);
    let _ =
        dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(late.unchecked_ref(), PATIENCE);
}

fn release() {
    with_app(|app| app.release_held());
}

async fn read() -> Result<recording::Recording, String> {
    let packed =
        files::fetch_bytes(recording::PATH).await.map_err(|why| format!("{}: {why}", recording::PATH))?;
    let start = packed.subarray(0, 2).to_vec();
    let bytes: Uint8Array = match idx_file::is_gzip(&start) {
        true => test_images::unpack(&packed, MOST_BYTES).await.map_err(|error| dom::error_message(&error))?,
        false => packed,
    };
    let unreadable = || format!("{}: {}", recording::PATH, recording::unreadable());
    recording::read(&bytes.to_vec()).ok_or_else(unreadable)
}
