//! Formats numbers for people: with thousands separators, a true minus sign and few digits. Page, charts and judged
//! claims all use these functions, so that a number looks the same everywhere. How numbers are written where the visitor
//! lives is a [`NumberStyle`]. [`parse_decimal`] reads them, and [`order`] puts lists in their order.

pub mod order;
mod parse;

pub use parse::{parse_decimal, parse_integer};

use std::cell::Cell;
use texts::{count, fill, text};

/// How numbers are written where the visitor lives. Groups have three digits, and the minus sign is a true one,
/// everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberStyle {
    /// What parts whole numbers and decimals: a full stop in English.
    pub decimal: &'static str,
    /// What parts groups of three digits: a comma in English.
    pub group: &'static str,
    /// What stands behind a number of percent, with the space before it if there is one.
    pub percent: &'static str,
}

impl NumberStyle {
    /// That of English.
    pub const ENGLISH: NumberStyle = NumberStyle { decimal: ".", group: ",", percent: "%" };
}

thread_local! {
    static STYLE: Cell<NumberStyle> = const { Cell::new(NumberStyle::ENGLISH) };
}

/// Makes this the style of the thread's numbers. It begins as that of English.
pub fn write_numbers_as(style: NumberStyle) {
    STYLE.set(style);
}

/// A number with exactly `decimals` decimals. A number that rounds to zero has no minus sign.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}").replace('.', STYLE.get().decimal);
    match text.strip_prefix('-') {
        Some(digits) if is_zero(digits) => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// Like [`fixed`], but with a plus sign if there is no minus sign: `+0.39`.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    if text.starts_with('−') { text } else { format!("+{text}") }
}

/// A number with at most `decimals` decimals and no trailing zeros.
pub fn without_trailing_zeros(value: f64, decimals: usize) -> String {
    let (text, decimal) = (fixed(value, decimals), STYLE.get().decimal);
    if text.contains(decimal) {
        text.trim_end_matches('0').trim_end_matches(decimal).to_owned()
    } else {
        text
    }
}

fn is_zero(digits: &str) -> bool {
    !digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

/// A number rounded to a whole one, with thousands separators: `56,094`.
pub fn with_commas(value: f64) -> String {
    let text = fixed(value, 0);
    let (sign, digits) = match text.strip_prefix('−') {
        Some(digits) => ("−", digits),
        None => ("", text.as_str()),
    };
    let mut grouped = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped += STYLE.get().group;
        }
        grouped.push(digit);
    }
    grouped
}

/// A count for little space, with at most one decimal: `56k`, `1.5M`.
pub fn short_count(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "number.trillion_short"),
        v if v >= 1e9 => (value / 1e9, "number.billion_short"),
        v if v >= 1e6 => (value / 1e6, "number.million_short"),
        v if v >= 1e3 => (value / 1e3, "number.thousand_short"),
        _ => return without_trailing_zeros(value, 1),
    };
    fill!(unit, number = without_trailing_zeros(scaled, 1))
}

/// A count with its scale as a word: `16.9 billion`. Below a million it has all its digits.
pub fn count_in_words(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "number.trillion"),
        v if v >= 1e9 => (value / 1e9, "number.billion"),
        v if v >= 1e6 => (value / 1e6, "number.million"),
        _ => return with_commas(value),
    };
    let decimals = if scaled.abs() < 10.0 { 2 } else { 1 };
    // The form of the word is that of the number as it is written.
    let power = f64::from(10_u8.pow(decimals));
    let written = (scaled * power).round() / power;
    count!(unit, written, number = without_trailing_zeros(scaled, decimals as usize))
}

/// A number with two significant digits, or all digits of a larger whole part: `51`, `6.4`, `0.32`. A number that is
/// not positive and finite is `0`.
pub fn two_significant_digits(value: f64) -> String {
    if !(value.is_finite() && value > 0.0) {
        return "0".to_owned();
    }
    let decimals = (1.0 - value.log10().floor()).clamp(0.0, 12.0) as usize;
    without_trailing_zeros(value, decimals)
}

/// A number with three significant digits, or all digits of a larger whole part: `1,694`, `16.9`, `0.123`. Below 1 it
/// has three decimals.
pub fn three_significant_digits(value: f64) -> String {
    match value {
        v if v >= 99.95 => with_commas(v),
        v if v >= 9.995 => fixed(v, 1),
        v if v >= 0.9995 => fixed(v, 2),
        v => fixed(v, 3),
    }
}

/// A share from 0 to 1 in percent: `100%`, `96.2%`, `3.58%`.
pub fn percent(share: f64) -> String {
    percent_without_sign(share) + percent_sign()
}

/// What stands behind a number of percent, with the space before it if there is one.
pub fn percent_sign() -> &'static str {
    STYLE.get().percent
}

/// A text whose numbers are written as in English, with them in the style of the thread: `0.3%`, `20,000`.
pub fn in_style(text: &str) -> String {
    let style = STYLE.get();
    let is_digit = |character: Option<&char>| character.is_some_and(char::is_ascii_digit);
    let characters: Vec<char> = text.chars().collect();
    let mut written = String::with_capacity(text.len() + 8);
    for (at, character) in characters.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).and_then(|at| characters.get(at)), characters.get(at + 1));
        match character {
            '.' if is_digit(before) && is_digit(after) => written += style.decimal,
            ',' if is_digit(before) && is_digit(after) => written += style.group,
            '%' => written += style.percent,
            _ => written.push(*character),
        }
    }
    written
}

/// Like [`percent`], but without the percent sign, for a place that has it already. It has three significant digits,
/// but at most two decimals.
pub fn percent_without_sign(share: f64) -> String {
    match share * 100.0 {
        p if p >= 99.95 => fixed(p, 0),
        p if p >= 9.995 => fixed(p, 1),
        p => fixed(p, 2),
    }
}

/// The difference of two shares in percentage points, with its sign and one decimal: `+0.4`.
pub fn percentage_points(difference: f64) -> String {
    signed(difference * 100.0, 1)
}

/// A duration in seconds, minutes or hours: `0.8 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. It is `unknown` if the number
/// is not finite.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return text("number.unknown").to_owned();
    }
    let (whole, minutes) = (seconds.max(0.0).round() as u64, (seconds / 60.0).max(0.0).round() as u64);
    let two_digits = |number: u64| format!("{:02}", number % 60);
    match whole {
        0..10 if seconds < 9.95 => fill!("number.seconds", seconds = fixed(seconds.max(0.0), 1)),
        0..60 => fill!("number.seconds", seconds = whole),
        60..3600 => {
            fill!("number.minutes_and_seconds", minutes = whole / 60, seconds = two_digits(whole))
        }
        _ => fill!("number.hours_and_minutes", hours = minutes / 60, minutes = two_digits(minutes)),
    }
}

/// An expected duration, coarse because it is an estimate: `9 s`, `25 s`, `4 min`, `1.5 h`. Seconds and minutes are
/// rounded up; hours are rounded to the nearest tenth.
pub fn expected_duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => text("number.under_a_second").to_owned(),
        s if s < 10.0 => fill!("number.seconds", seconds = s.ceil()),
        s if s < 60.0 => fill!("number.seconds", seconds = (s / 5.0).ceil() * 5.0),
        s if s < 3600.0 => fill!("number.minutes", minutes = (s / 60.0).ceil()),
        s => fill!("number.hours", hours = fixed(s / 3600.0, 1)),
    }
}

/// Bytes in megabytes (10⁶ bytes) with one decimal and without the unit: `11.6`.
pub fn megabytes(bytes: u32) -> String {
    fixed(f64::from(bytes) / 1e6, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(
            [
                with_commas(0.0),
                with_commas(999.0),
                with_commas(56_094.0),
                with_commas(266_200.0),
                with_commas(-1e6),
                with_commas(-0.2)
            ],
            ["0", "999", "56,094", "266,200", "−1,000,000", "0"]
        );
        assert_eq!([short_count(500.0), short_count(2500.0), short_count(1.69e12)], ["500", "2.5k", "1.7T"]);
        assert_eq!(
            [count_in_words(16.9e9), count_in_words(1.694e12), count_in_words(1234.0)],
            ["16.9 billion", "1.69 trillion", "1,234"]
        );
        assert_eq!(megabytes(11_594_722), "11.6");
    }

    #[test]
    fn digits_are_as_many_as_they_deserve() {
        assert_eq!([fixed(-0.001, 2), fixed(-1.0, 2), signed(0.5, 2)], ["0.00", "−1.00", "+0.50"]);
        assert_eq!(
            [
                without_trailing_zeros(-0.001, 2),
                without_trailing_zeros(-1.5, 2),
                without_trailing_zeros(100.0, 0)
            ],
            ["0", "−1.5", "100"]
        );
        assert_eq!(
            [
                two_significant_digits(51.28),
                two_significant_digits(6.35),
                two_significant_digits(100.0),
                two_significant_digits(0.324)
            ],
            ["51", "6.3", "100", "0.32"]
        );
        assert_eq!(
            [
                three_significant_digits(1694.2),
                three_significant_digits(99.96),
                three_significant_digits(16.902),
                three_significant_digits(0.1234)
            ],
            ["1,694", "100", "16.9", "0.123"]
        );
    }

    #[test]
    fn shares_read_well() {
        assert_eq!(
            [percent(1.0), percent(0.9622), percent(0.0119), percent(0.00042), percent(0.0)],
            ["100%", "96.2%", "1.19%", "0.04%", "0.00%"]
        );
        assert_eq!([percent_without_sign(0.099_96), percent_without_sign(0.9997)], ["10.0", "100"]);
        assert_eq!(
            [percentage_points(-0.0004), percentage_points(-0.019), percentage_points(0.004)],
            ["+0.0", "−1.9", "+0.4"]
        );
    }

    #[test]
    fn numbers_are_written_as_where_the_visitor_lives() {
        write_numbers_as(NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
        assert_eq!(
            [with_commas(-56_094.0), percent(0.0119), signed(0.5, 2), fixed(-0.001, 2)],
            ["−56.094", "1,19\u{a0}%", "+0,50", "0,00"]
        );
        assert_eq!([without_trailing_zeros(1.50, 2), three_significant_digits(1694.2)], ["1,5", "1.694"]);
        assert_eq!([duration(0.81), expected_duration(5400.0)], ["0,8 s", "1,5 h"]);
        assert_eq!(in_style("0.0687, 2.51× and 38% of 20,000."), "0,0687, 2,51× and 38\u{a0}% of 20.000.");
    }

    #[test]
    fn units_are_words_of_the_language() {
        texts::speak(texts::Language::from_json(include_str!("../../www/texts/de.json")).unwrap());
        write_numbers_as(NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
        assert_eq!(
            [count_in_words(16.9e9), count_in_words(1.004e12), count_in_words(1.01e6)],
            ["16,9 Milliarden", "1 Billion", "1,01 Millionen"]
        );
        assert_eq!([short_count(2500.0), short_count(1.5e6)], ["2,5k", "1,5\u{a0}Mio."]);
        assert_eq!([duration(f64::NAN), expected_duration(0.3)], ["unbekannt", "weniger als eine Sekunde"]);
    }

    #[test]
    fn lengths_of_time_read_well() {
        assert_eq!(
            [duration(0.81), duration(9.97), duration(59.7), duration(83.4), duration(185.0)],
            ["0.8 s", "10 s", "1 min 00 s", "1 min 23 s", "3 min 05 s"]
        );
        assert_eq!(
            [duration(3599.7), duration(7199.0), duration(7800.0)],
            ["1 h 00 min", "2 h 00 min", "2 h 10 min"]
        );
        assert_eq!([duration(f64::NAN), duration(-1.0)], ["unknown", "0.0 s"]);
        assert_eq!([expected_duration(8.2), expected_duration(61.0)], ["9 s", "2 min"]);
    }
}
