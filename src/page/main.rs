//! The page's wasm module. It does nothing by itself: `page.js` gives [`page::web::start`] the words of a language.

#[cfg(target_arch = "wasm32")]
use page as _;

fn main() {}
