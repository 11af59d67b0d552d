//! Recorded runs: reports that are deployed beside the page and opened by name.

/// The names of the recorded runs. Each is the name of its preset.
pub const RUN_NAMES: [&str; 2] = ["quick", "paper"];

/// The path of the report of this recorded run, relative to the page.
pub fn report_path(name: &str) -> String {
    format!("assets/recorded/{name}.jsonl")
}

/// The recorded run that a URL fragment names, with or without its `#`, or `None` if it names none. The error is a
/// message that says which names are valid. No setting may stand beside the name, because the settings of a recorded
/// run are fixed.
pub fn from_fragment(fragment: &str) -> Option<Result<&'static str, String>> {
    let fragment = fragment.trim_start_matches('#');
    let mut fields = fragment.split('&').map(|pair| pair.split('=').next());
    if !fields.any(|field| field == Some("recorded")) {
        return None;
    }
    let name = fragment.strip_prefix("recorded=").and_then(|name| RUN_NAMES.into_iter().find(|n| *n == name));
    Some(name.ok_or_else(|| {
        let allowed = RUN_NAMES.join(" or ");
        format!("{fragment} was not used: recorded must be {allowed}, and no other setting goes with it.")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_run_stands_alone() {
        assert_eq!(
            (from_fragment("#recorded=paper"), from_fragment("recorded=quick")),
            (Some(Ok("paper")), Some(Ok("quick")))
        );
        assert_eq!((from_fragment(""), from_fragment("#preset=paper&seed=2")), (None, None));
        for bad in ["#recorded=paper&seed=2", "seed=2&recorded=paper", "recorded", "#recorded=../secret"] {
            let message = from_fragment(bad).expect("it speaks of one").unwrap_err();
            let named = message.starts_with(bad.trim_start_matches('#'));
            assert!(named && message.contains("quick or paper"), "{message}");
        }
        assert_eq!(report_path("paper"), "assets/recorded/paper.jsonl");
    }
}
