//! Links to a run: they hold its settings, the shown moment and the digest of what is done, so that whoever opens one sees
//! whether the run comes out the same.

use crate::{recorded_runs, state::State};
use experiment::{
    expected_digest::{DigestCheck, ExpectedDigest},
    hexadecimal::hexadecimal,
    settings::Settings,
};

/// The characters of a digest that are shown in a sentence.
const SHOWN_DIGITS: usize = 12;

impl State {
    /// The fragment of a link to the run at the shown moment. `recorded` is the name of the recorded run that is shown, if
    /// it is one.
    pub fn link(&self, recorded: Option<&str>) -> String {
        let mut settings = self.settings().clone();
        let shown = self.shown();
        settings.display.at = (!shown.nothing_started()).then(|| shown.moment());
        settings.display.digest = self.results().experiment_report().expected_digest();
        recorded_runs::fragment(recorded, &settings, Settings::to_link)
    }

    /// Whether the run has come out as the link says that was opened. Empty if the link says nothing.
    pub fn link_check(&self) -> String {
        let expected = self.settings().display.digest;
        expected.map_or(String::new(), |expected| {
            check_text(&expected, self.results().experiment_report().check_digest(&expected))
        })
    }
}

/// What is said after a click on the button that copies the link.
pub const COPIED: &str =
    "The link is copied. Whoever opens it and presses Play gets the same run, to the last bit.";

/// What is said if the browser does not let the page copy. The link follows.
pub const NOT_COPIED: &str = "This browser does not let the page copy. This is the link:";

fn jobs_in_words(jobs: u32) -> String {
    match jobs {
        1 => "the first job".into(),
        jobs => format!("the first {jobs} jobs"),
    }
}

fn check_text(expected: &ExpectedDigest, check: DigestCheck) -> String {
    let jobs = jobs_in_words(expected.jobs);
    let short = |sha256: &[u8; 32]| hexadecimal(sha256)[..SHOWN_DIGITS].to_owned();
    match check {
        DigestCheck::NotYet(done) => {
            format!(
                "This link knows the digest of {jobs}; {done} of them are done here. Press Play to compare."
            )
        }
        DigestCheck::Reproduced => {
            format!(
                "Reproduced: {jobs} gave every weight, mask and reading of the run that the link was made of, to the last bit."
            )
        }
        DigestCheck::Different(here) => format!(
            "Not reproduced: the digest of {jobs} is {}… here and {}… in the link. The link was made of other \
             settings, by another version of this program, or of a report that was changed.",
            short(&here),
            short(&expected.sha256)
        ),
        DigestCheck::FewerJobs(total) => format!(
            "The link cannot be compared: its digest covers {jobs}, and a run with these settings has {total}. It was made by \
             another version of this program, or its settings were changed."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_told_apart() {
        let expected = ExpectedDigest { sha256: [0xab; 32], jobs: 3 };
        let said = |check| check_text(&expected, check);
        assert!(said(DigestCheck::NotYet(1)).contains("the first 3 jobs; 1 of them are done"));
        assert!(said(DigestCheck::Reproduced).starts_with("Reproduced: the first 3 jobs"));
        let different = said(DigestCheck::Different([0x12; 32]));
        assert!(
            different.starts_with("Not reproduced") && different.contains("is 121212121212… here"),
            "{different}"
        );
        assert!(different.contains("and abababababab… in the link"));
        assert!(said(DigestCheck::FewerJobs(2)).contains("has 2."));
    }
}
