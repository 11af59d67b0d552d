//! The worker's wasm entry point.

fn main() {
    #[cfg(target_arch = "wasm32")]
    worker::web::start();
}
