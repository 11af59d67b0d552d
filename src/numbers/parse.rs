//! Reads decimal numbers, natively as the standard library does and in browsers as JavaScript does. Both give the nearest
//! `f64`, and the 10 kB of powers of five with which the standard library finds it stay out of what a page loads.

use std::ops::RangeInclusive;

/// The number of significant digits that distinguish every `f64` from its neighbours. A text with more digits is
/// refused, because the number read would differ from the one written.
const MOST_DIGITS: usize = 17;

/// Reads a decimal number without a sign, such as 0.25 or 1.2e-3. The standard library also accepts signs, `inf`,
/// `nan`, a capital E and digits that it rounds away, and JavaScript other bases and spaces; settings do not.
pub fn parse_decimal(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let significant = digits.bytes().filter(u8::is_ascii_digit).skip_while(|&digit| digit == b'0').count();
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !plain || digits.is_empty() || significant > MOST_DIGITS || !is_whole(exponent) {
        return None;
    }
    nearest(text).filter(|value| value.is_finite())
}

/// Reads a whole number within a range, of digits alone: the standard library also accepts a plus sign.
pub fn parse_integer(text: &str, range: RangeInclusive<u32>) -> Option<u32> {
    is_whole(text).then(|| text.parse().ok()).flatten().filter(|number| range.contains(number))
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The nearest number to a decimal one, or `None` if the text is not one.
#[cfg(not(target_arch = "wasm32"))]
fn nearest(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// The nearest number to a decimal one, or a number that is not finite if the text is not one.
#[cfg(target_arch = "wasm32")]
fn nearest(text: &str) -> Option<f64> {
    Some(wasm_bindgen::JsValue::from_str(text).unchecked_into_f64())
}
