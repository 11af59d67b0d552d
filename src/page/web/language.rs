//! The language of the page: its words, and how it writes numbers, as `language.js` gives them.

use js_sys::{Array, Function, Object, Reflect};
use numbers::NumberStyle;
use std::cell::RefCell;
use texts::Language;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The plural rule of the language in use.
    static PLURAL: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Makes the page speak a language and write numbers in its style.
pub(super) fn speak(spoken: &JsValue) {
    PLURAL.with(|place| *place.borrow_mut() = get(spoken, "plural").dyn_into().ok());
    let texts = entries(&get(spoken, "texts")).flat_map(|(section, texts)| {
        entries(&texts)
            .map(move |(name, text)| (format!("{section}.{name}"), text.as_string().unwrap_or_default()))
    });
    texts::speak(Language::new(texts, plural));
    let style = get(spoken, "numbers");
    // They are kept as long as the page lives.
    let part = |name| &*get(&style, name).as_string().unwrap_or_default().leak();
    numbers::write_numbers_as(NumberStyle {
        decimal: part("decimal"),
        group: part("group"),
        percent: part("percent"),
    });
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn entries(object: &JsValue) -> impl Iterator<Item = (String, JsValue)> + use<> {
    let object = object.dyn_ref::<Object>().cloned().unwrap_or_default();
    let pairs = Object::entries(&object).into_iter().map(|pair| Array::from(&pair));
    pairs.map(|pair| (pair.get(0).as_string().unwrap_or_default(), pair.get(1)))
}

fn plural(number: f64) -> &'static str {
    let choose = |rule: &Function| rule.call1(&JsValue::NULL, &number.into()).ok()?.as_string();
    match PLURAL.with(|rule| rule.borrow().as_ref().and_then(choose)).as_deref() {
        Some("zero") => "zero",
        Some("one") => "one",
        Some("two") => "two",
        Some("few") => "few",
        Some("many") => "many",
        _ => "other",
    }
}
