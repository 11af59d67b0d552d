//! Links to a run: they hold its settings, the shown moment and the digest of what is done, so that whoever opens one sees
//! whether the run comes out the same.

use crate::{recorded_runs, state::State};
use experiment::{
    display_settings::DisplaySettings,
    expected_digest::{DigestCheck, ExpectedDigest},
    hexadecimal::hexadecimal,
    settings::Settings,
};
use std::net::Ipv4Addr;
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

    /// The fragment of a link for those who join with other seeds: it holds the experiment, and nothing of what is shown
    /// here but the language. It is that of these settings even while a recorded run is shown.
    pub fn joining_link(&self) -> String {
        let mut settings = self.settings().clone();
        settings.display = DisplaySettings { lang: settings.display.lang, ..DisplaySettings::default() };
        settings.autoplay = false;
        settings.to_link()
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

/// Whether a host is this machine itself, which no other machine can reach by that name. `host` is as in
/// `location.hostname`; it is empty for a page from a file.
pub fn is_loopback(host: &str) -> bool {
    let is_name = host.is_empty() || host == "localhost" || host.ends_with(".localhost");
    is_name || host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
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
    fn hosts_that_nobody_else_can_reach_are_known() {
        for host in ["", "localhost", "lab.localhost", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["owner.github.io", "192.168.0.7", "10.0.0.127", "localhost.example.org", "[fe80::1]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn who_joins_gets_the_experiment_and_not_what_is_shown_here() {
        let fragment =
            "preset=paper&seed=7&iterations=300&at=1.100.train&present=1&lesson=3&autoplay=1&lang=de";
        let (state, _) = State::new(Settings::from_fragment(fragment).0, 2, 0.0);
        let (joined, rejected) = Settings::from_fragment(&state.joining_link());
        assert_eq!((joined.config, rejected), (state.settings().config.clone(), vec![]));
        assert_eq!(state.joining_link().matches(['=']).count(), 4, "{}", state.joining_link());
        assert!(state.joining_link().contains("lang=de"));
    }

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
