//! How the page lists what it could not use: settings, files, and requests that failed.

/// The most refusals that are listed.
const MOST_LISTED: usize = 5;
/// The most characters of a listed refusal.
const LONGEST: usize = 160;
/// How many characters are kept of the end of a refusal that is too long. It says what to do.
const KEPT_END: usize = 70;

/// The lines to show for these messages: each as one line that is not too long, at most five of them, and then how many
/// more there are.
pub fn refusal_lines(messages: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = messages.iter().take(MOST_LISTED).map(|message| one_line(message)).collect();
    if messages.len() > MOST_LISTED {
        lines.push(format!("and {} more", messages.len() - MOST_LISTED));
    }
    lines
}

/// A message as a single line of limited length. What is cut is in the middle: the beginning names what is refused, and
/// the end says what to do.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    let line: Vec<char> = words.join(" ").chars().collect();
    if line.len() <= LONGEST {
        return line.into_iter().collect();
    }
    let (start, end) = (&line[..LONGEST - 1 - KEPT_END], &line[line.len() - KEPT_END..]);
    start.iter().chain(['…'].iter()).chain(end).collect()
}

/// The largest number of bytes of all report files that are opened at once: some ninety trials of the preset `paper`.
pub const MOST_IMPORTED_BYTES: f64 = 64e6;

/// The message about files that are too large to be opened.
pub fn too_large(names: &str, bytes: f64) -> String {
    let (found, most) = (bytes / 1e6, MOST_IMPORTED_BYTES / 1e6);
    format!(
        "{names}: these are {found:.0} MB, and reports of at most {most:.0} MB are opened at once; choose fewer."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("{number}.jsonl: it is not a report.")).collect()
    }

    #[test]
    fn at_most_five_are_listed_and_the_rest_counted() {
        for count in 0..=5 {
            assert_eq!(refusal_lines(&messages(count)), messages(count));
        }
        for (count, last) in [(6, "and 1 more"), (1000, "and 995 more")] {
            let lines = refusal_lines(&messages(count));
            assert_eq!((&lines[..5], &lines[5..]), (&messages(5)[..], &[last.to_owned()][..]));
        }
    }

    #[test]
    fn none_is_longer_than_a_line_and_its_ends_stay() {
        for length in [1, 153, 154, 155, 156, 10_000] {
            // A character of three bytes, so that a cut between bytes would panic.
            let long = format!("a: {} z.", "語".repeat(length));
            let line = refusal_lines(std::slice::from_ref(&long)).remove(0);
            let whole = long.chars().count();
            assert_eq!(line.chars().count(), whole.min(160));
            assert_eq!(line.contains('…'), whole > 160, "{line}");
            assert!(line.starts_with("a: ") && line.ends_with(" z."), "{line}");
        }
        assert_eq!(refusal_lines(&["one\n  other\r\n\tthird ".into()]), ["one other third"]);
    }
}
