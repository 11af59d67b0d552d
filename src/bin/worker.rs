//! The worker's wasm entry point.

fn main() {
    #[cfg(target_arch = "wasm32")]
    ticket_lab::worker::web::start();
}
