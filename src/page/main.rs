//! The entry point of the page's wasm module.

fn main() {
    #[cfg(target_arch = "wasm32")]
    page::web::start();
}
