//! Trains jobs in short slices and answers questions, such as to read and write reports. [`session`] makes all decisions,
//! [`data_unpacking`] unpacks the data and `answers` answers questions; none of them needs a clock or a browser. `web`
//! connects them to the browser.

mod answers;
mod corrupted_reading;
pub mod data_unpacking;
mod files;
mod network_answers;
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod web;

/// Bytes of the memory of this wasm module; 0 in a native build.
fn memory() -> u32 {
    #[cfg(target_arch = "wasm32")]
    return (core::arch::wasm32::memory_size(0) as u32) << 16;
    #[cfg(not(target_arch = "wasm32"))]
    0
}
