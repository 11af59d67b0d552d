//! Links to a run: they hold its settings, the shown moment and the digest of what is done, so that whoever opens one sees
//! whether the run comes out the same.

use crate::{recorded_runs, state::State};
use experiment::{
    expected_digest::{DigestCheck, ExpectedDigest},
    hexadecimal::hexadecimal,
    settings::Settings,
};
use texts::{count, text};

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
pub fn copied() -> &'static str {
    text("link.copied")
}

/// What is said if the browser does not let the page copy. The link follows.
pub fn not_copied() -> &'static str {
    text("link.not_copied")
}

fn check_text(expected: &ExpectedDigest, check: DigestCheck) -> String {
    let jobs = expected.jobs;
    let short = |sha256: &[u8; 32]| hexadecimal(sha256)[..SHOWN_DIGITS].to_owned();
    match check {
        DigestCheck::NotYet(done) => count!("link.not_yet", jobs, jobs = jobs, done = done),
        DigestCheck::Reproduced => count!("link.reproduced", jobs, jobs = jobs),
        DigestCheck::Different(here) => {
            let there = short(&expected.sha256);
            count!("link.different", jobs, jobs = jobs, here = short(&here), there = there)
        }
        DigestCheck::FewerJobs(total) => count!("link.fewer_jobs", jobs, jobs = jobs, total = total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_results::in_german;

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
        let one = ExpectedDigest { jobs: 1, ..expected };
        assert!(
            check_text(&one, DigestCheck::Reproduced).starts_with("Reproduced: the first job gave every")
        );
        assert!(
            in_german(|| check_text(&one, DigestCheck::Reproduced))
                .starts_with("Bestätigt: Der erste Job ergab jedes")
        );
    }
}
