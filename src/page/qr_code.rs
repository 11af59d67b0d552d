//! A link as a QR code (ISO/IEC 18004), for those who see it on a screen at the front.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Modules of white that a reader needs around a code.
const MARGIN: i32 = 4;

/// A QR code as a picture of black squares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// The length of a side, in modules (the smallest squares), with the margin of white.
    pub side: i32,
    /// The black modules as the `d` of an SVG path, a module being one unit long.
    pub path: String,
}

/// The picture of a link, or `None` if the link is too long for a code (2,331 bytes). The code can be read even if a sixth
/// of it cannot be seen.
pub fn qr_picture(link: &str) -> Option<QrPicture> {
    // A link has small letters, so that bytes are the only form that takes it.
    let code = QrCode::encode_binary(link.as_bytes(), QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    Some(QrPicture { side: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What another library reads in the picture, drawn at four pixels a module.
    fn read(picture: &QrPicture) -> Option<String> {
        const SCALE: usize = 4;
        let side = picture.side as usize;
        let mut black = vec![false; side * side];
        for module in picture.path.split('M').skip(1) {
            let (x, rest) = module.split_once(' ')?;
            let y = rest.split('h').next()?;
            black[y.parse::<usize>().ok()? * side + x.parse::<usize>().ok()?] = true;
        }
        let dark = |x, y| black[y / SCALE * side + x / SCALE];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, |x, y| {
            if dark(x, y) { 0 } else { 255 }
        });
        Some(image.detect_grids().first()?.decode().ok()?.1)
    }

    #[test]
    fn another_library_reads_the_link() {
        for length in [0, 40, 300, 900] {
            let link = format!("https://lab.example.org/#preset=quick&seeds={}", "1,".repeat(length / 2));
            let picture = qr_picture(&link).expect("a picture");
            assert_eq!(read(&picture).as_deref(), Some(link.as_str()));
        }
    }

    #[test]
    fn what_is_too_long_has_no_code() {
        assert_eq!(qr_picture(&"x".repeat(3000)), None);
    }
}
