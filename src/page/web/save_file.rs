//! Offers texts and arrays to the user as files for saving.

use crate::web::{array_store, dom};
use js_sys::Array;
use protocol::payload::ArrayId;
use texts::text;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, HtmlElement, Url};

/// Milliseconds after which a browser has certainly begun to write a file that it was offered.
const REVOKE_AFTER_MS: i32 = 60_000;

/// Offers a text to the user as a file with this name.
pub(super) fn save(name: &str, text: &str) -> Result<(), JsValue> {
    save_blob(name, &Blob::new_with_str_sequence(&Array::of1(&text.into()))?)
}

/// Offers a kept array of bytes to the user as a file with this name.
pub(super) fn save_array(name: &str, array: ArrayId) -> Result<(), JsValue> {
    let bytes = array_store::get(array).ok_or_else(|| text("failure.bytes_gone"))?;
    save_blob(name, &Blob::new_with_u8_array_sequence(&Array::of1(&bytes))?)
}

fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link = dom::new_element("a", "", "");
    dom::set_attribute(&link, "href", &url);
    dom::set_attribute(&link, "download", name);
    link.unchecked_into::<HtmlElement>().click();
    let free = Closure::once_into_js(move || {
        let _ = Url::revoke_object_url(&url);
    });
    dom::window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(free.unchecked_ref(), REVOKE_AFTER_MS)
        .map(|_| ())
}
