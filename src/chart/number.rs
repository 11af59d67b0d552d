//! Numbers as people read them: with thousands set apart, and no more digits than they deserve.

/// A count: `56,094`.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("−{text}") } else { text }
}

/// A count in little room: `56k`, `1.5M`.
pub(super) fn short_count(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "T"),
        v if v >= 1e9 => (value / 1e9, "G"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    format!("{}{unit}", trimmed(scaled, 1))
}

/// At most `decimals` decimals, no trailing zeros.
pub(super) fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

/// Two significant digits, but never fewer than the whole part: `51`, `6.4`, `0.32`.
pub(super) fn two_digits(value: f64) -> String {
    if !(value.is_finite() && value > 0.0) {
        return "0".to_owned();
    }
    let decimals = (1.0 - value.log10().floor()).clamp(0.0, 12.0) as usize;
    trimmed(value, decimals)
}

/// A share from 0 to 1 in percent with one decimal: `96.2%`; with more near 0, where a decimal is not enough.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    let decimals = if value != 0.0 && value.abs() < 1.0 { 2 } else { 1 };
    format!("{value:.decimals$}%")
}

/// Multiply-adds in words: `16.9 billion`.
pub(super) fn in_words(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, " trillion"),
        v if v >= 1e9 => (value / 1e9, " billion"),
        v if v >= 1e6 => (value / 1e6, " million"),
        _ => return count(value),
    };
    format!("{}{unit}", if scaled.abs() < 10.0 { trimmed(scaled, 2) } else { trimmed(scaled, 1) })
}

/// A duration: `0.8 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
pub(super) fn seconds(value: f64) -> String {
    match value {
        v if !v.is_finite() => "unknown".to_owned(),
        v if v < 9.95 => format!("{v:.1} s"),
        v if v < 119.5 => format!("{v:.0} s"),
        v if v < 7170.0 => format!("{:.0} min {:.0} s", (v.round() / 60.0).floor(), v.round() % 60.0),
        v => format!("{:.0} h {:.0} min", ((v / 60.0).round() / 60.0).floor(), (v / 60.0).round() % 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [count(0.0), count(999.0), count(56_094.0), count(-1e6)],
            ["0", "999", "56,094", "−1,000,000"]
        );
        assert_eq!([short_count(500.0), short_count(2500.0), short_count(1.69e12)], ["500", "2.5k", "1.7T"]);
        assert_eq!(
            [two_digits(51.28), two_digits(6.35), two_digits(100.0), two_digits(0.324)],
            ["51", "6.3", "100", "0.32"]
        );
        assert_eq!([percent(0.9622), percent(0.0162), percent(0.00042)], ["96.2%", "1.6%", "0.04%"]);
        assert_eq!(
            [in_words(16.9e9), in_words(1.694e12), in_words(1234.0)],
            ["16.9 billion", "1.69 trillion", "1,234"]
        );
        assert_eq!(
            [seconds(0.81), seconds(59.7), seconds(185.0), seconds(7800.0)],
            ["0.8 s", "60 s", "3 min 5 s", "2 h 10 min"]
        );
        assert_eq!(seconds(f64::NAN), "unknown");
        assert_eq!([trimmed(-0.001, 2), trimmed(-1.5, 2), trimmed(100.0, 0)], ["0", "−1.5", "100"]);
    }
}
