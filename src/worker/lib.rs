//! Runs jobs in bounded slices. [`session`] is the brain, `data_unpacking` unpacks the data, `report_requests` reads
//! and writes report files, all without a clock or a browser; `web` is its glue.

pub mod data_unpacking;
mod report_requests;
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod web;

/// Bytes of this module's memory; 0 where it is not a wasm module.
fn memory() -> u32 {
    #[cfg(target_arch = "wasm32")]
    return (core::arch::wasm32::memory_size(0) as u32) << 16;
    #[cfg(not(target_arch = "wasm32"))]
    0
}
