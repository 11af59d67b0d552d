//! The sizes of the wasm files that ship.

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use std::{fs, io::Write, path::Path};

/// The size of a file in bytes, uncompressed and compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The size on disk, in bytes.
    pub raw: usize,
    /// The size after compression with gzip, in bytes.
    pub gzip: usize,
}

/// Measures a file.
pub fn measure(file: &Path) -> Result<Size> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Size { raw: bytes.len(), gzip: gzip(&bytes)?.len() })
}

/// Compresses with the highest level of gzip, as a static host can.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Formats a number with commas, such as `1,234,567`.
pub fn grouped(bytes: usize) -> String {
    let digits = bytes.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits_by_three() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234), "1,234");
        assert_eq!(grouped(123_456), "123,456");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn gzip_shrinks_zeros() {
        assert!(gzip(&[0; 10_000]).unwrap().len() < 100);
    }
}
