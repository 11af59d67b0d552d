//! Runs that are kept beside the one that is shown, so that they can be compared with it.

use crate::run_results::RunResults;

/// The largest number of pinned runs.
pub const MOST_PINNED: usize = 3;

/// A run that is kept for comparison.
#[derive(Clone, Debug)]
pub struct PinnedRun {
    /// Its settings, as in a link.
    pub fragment: String,
    /// Its results.
    pub results: RunResults,
}

/// The pinned runs, the oldest first. Each has a letter.
#[derive(Clone, Debug, Default)]
pub struct PinnedRuns {
    runs: Vec<(char, PinnedRun)>,
}

impl PinnedRuns {
    /// Adds a run. The oldest goes if there are too many, and a run with the same settings is replaced.
    pub fn pin(&mut self, run: PinnedRun) {
        self.runs.retain(|(_, other)| other.fragment != run.fragment);
        if self.runs.len() == MOST_PINNED {
            self.runs.remove(0);
        }
        let free = ('A'..='Z').find(|letter| self.runs.iter().all(|(taken, _)| taken != letter));
        self.runs.push((free.unwrap_or('Z'), run));
    }

    /// Removes the run with this letter.
    pub fn unpin(&mut self, letter: char) {
        self.runs.retain(|(other, _)| *other != letter);
    }

    /// The runs with their letters, the oldest first.
    pub fn lettered(&self) -> impl Iterator<Item = (&PinnedRun, String)> {
        self.runs.iter().map(|(letter, run)| (run, letter.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{experiment_report::ExperimentReport, preset::Preset};

    fn run(fragment: &str) -> PinnedRun {
        let results = RunResults::new(ExperimentReport::new(&Preset::Quick.config()));
        PinnedRun { fragment: fragment.into(), results }
    }

    #[test]
    fn three_runs_stay_and_each_keeps_its_letter() {
        let mut pinned = PinnedRuns::default();
        let letters = |pinned: &PinnedRuns| {
            pinned.lettered().map(|(run, letter)| letter + &run.fragment).collect::<Vec<_>>()
        };
        ["1", "2", "3", "2"].into_iter().for_each(|fragment| pinned.pin(run(fragment)));
        assert_eq!(letters(&pinned), ["A1", "C3", "B2"]);
        pinned.pin(run("4"));
        assert_eq!(letters(&pinned), ["C3", "B2", "A4"]);
        pinned.unpin('B');
        assert_eq!(letters(&pinned), ["C3", "A4"]);
    }
}
