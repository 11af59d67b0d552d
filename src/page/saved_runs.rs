//! Runs that are kept in the browser's store: what is known of each, which of them go when there are too many, and which
//! one is offered when the page is opened. The store itself is in `web/saved_store.rs`.

use crate::kept_networks::KeptArrays;
use experiment::{
    experiment_report::ExperimentReportParts, job::JobId, robustness::RobustnessReadings, settings::Settings,
};
use protocol::payload::{ArrayId, Payload};

/// The form in which jobs are stored. It counts up when the messages in the store, or the digits that jobs give, are no
/// longer those of earlier versions. A run of another form is listed and can only be deleted.
pub const SCHEMA: u32 = 1;
/// The most runs that are kept.
pub const MOST_RUNS: usize = 20;
/// The most bytes of all kept runs together.
pub const MOST_BYTES: f64 = 500e6;

/// Identifies a kept run. No two runs have the same, in whichever tabs they began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SavedId(pub String);

/// What the store says of a run, beside its jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedRun {
    /// Its id.
    pub id: SavedId,
    /// The form in which its jobs are stored, as in [`SCHEMA`].
    pub schema: u32,
    /// The name that the user has given it, or empty.
    pub name: String,
    /// The fragment of its settings, with the moment that was shown.
    pub fragment: String,
    /// When it was begun, in seconds since 1970.
    pub begun: f64,
    /// When it was last written, in seconds since 1970.
    pub written: f64,
    /// The number of finished jobs.
    pub done: u32,
    /// The number of jobs of its experiment.
    pub total: u32,
    /// About how many bytes its jobs take.
    pub bytes: f64,
    /// Seconds for which it was trained.
    pub seconds: f64,
    /// Whether it is deleted, which can still be undone.
    pub deleted: bool,
}

impl SavedRun {
    /// The settings of the run with its place, or `None` if this version of the program cannot go on with it.
    pub fn settings(&self) -> Option<Settings> {
        let (settings, rejected) = Settings::from_fragment(&self.fragment);
        (self.schema == SCHEMA && rejected.is_empty()).then_some(settings)
    }
}

/// What is written of a run at once: what is known of it and, if one has finished, a job.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedWrite {
    /// What is known of the run.
    pub run: SavedRun,
    /// The job.
    pub job: Option<WrittenJob>,
    /// Everything that was finished before the first write: an opened report, for example. It is a report as
    /// [`report_payload`](protocol::report_payload) writes it.
    pub base: Option<(Box<ExperimentReportParts>, Payload)>,
}

/// A job that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenJob {
    /// The job.
    pub job: JobId,
    /// The worker's message with the job's outputs, as it came.
    pub record: ArrayId,
    /// The job's network, if it is kept.
    pub network: Option<KeptArrays>,
    /// The jobs whose networks are no longer kept.
    pub dropped: Vec<JobId>,
}

/// What the user wants done with kept runs.
#[derive(Clone, Debug, PartialEq)]
pub enum SavedAction {
    /// Open one, or go on with it.
    Open(SavedId),
    /// Give one a name, or take its name away by an empty one.
    Rename(SavedId, String),
    /// Delete one.
    Delete(SavedId),
    /// Take back what was done last: a run that was deleted, or one that was replaced by another.
    Undo,
    /// Note the moment that is shown, if it has changed.
    KeepPlace,
    /// See which runs there are now.
    List,
}

/// What the state wants done with the store.
#[derive(Clone, Debug, PartialEq)]
pub enum SavedEffect {
    /// Read which runs there are.
    List,
    /// The same a moment later.
    ListLater,
    /// Write a run. If there is a job in it, the answer is [`State::on_saved`](crate::state::State::on_saved).
    Write(Box<SavedWrite>),
    /// Add what a network reads of corrupted images to a job of a run. The answer is
    /// [`State::on_saved`](crate::state::State::on_saved).
    AddReadings(SavedId, JobId, RobustnessReadings),
    /// Read a run, unless it is open in another tab. The answer is
    /// [`State::on_saved_read`](crate::state::State::on_saved_read).
    Open(SavedId),
    /// Name a run anew.
    Rename(SavedId, String),
    /// Note that a run is deleted, or that it is not.
    SetDeleted(SavedId, bool),
    /// Remove runs for good, but those that are open in another tab.
    Remove(Vec<SavedId>),
    /// Keep other tabs from these runs, and from no others.
    Hold(Vec<SavedId>),
}

/// Why the store does not keep anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreTrouble {
    /// There is no room left.
    Full,
    /// The browser does not let the page keep anything, or something else went wrong.
    Closed,
}

/// The run on the page, as far as the store is concerned.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PresentRun {
    /// Its id in the store. `None` if nothing was trained here.
    pub(crate) id: Option<SavedId>,
    /// Whether everything that was finished so far has been given to the store.
    pub(crate) is_written: bool,
}

/// The kept runs.
#[derive(Clone, Debug, Default)]
pub struct SavedRuns {
    /// A random number, which the ids of all runs of this page begin with.
    pub(crate) page: u64,
    /// Seconds from 1970 to the moment from which the page counts its time.
    pub(crate) clock: f64,
    /// The runs, whether deleted or not; the newest first.
    pub(crate) runs: Vec<SavedRun>,
    /// The runs that are open in other tabs.
    pub(crate) elsewhere: Vec<SavedId>,
    pub(crate) present: PresentRun,
    /// The run that the page offers to go on with.
    pub(crate) offer: Option<SavedId>,
    /// Whether the offer was taken or refused, or a run has begun here.
    pub(crate) is_offer_over: bool,
    /// Whether the store has said which runs there are.
    pub(crate) is_read: bool,
    /// Whether the list will be read once more, because runs were open elsewhere.
    pub(crate) looks_again: bool,
    /// How many writes of jobs are under way.
    pub(crate) pending: u32,
    pub(crate) trouble: Option<StoreTrouble>,
    /// Counts up with every change of what can be seen.
    pub(crate) changes: u32,
}

impl SavedRuns {
    /// The kept runs, the newest first.
    pub fn runs(&self) -> impl Iterator<Item = &SavedRun> {
        self.runs.iter().filter(|run| !run.deleted)
    }

    /// What is known of a run, deleted or not.
    pub fn get(&self, id: &SavedId) -> Option<&SavedRun> {
        self.runs.iter().find(|run| run.id == *id)
    }

    pub(crate) fn get_mut(&mut self, id: &SavedId) -> Option<&mut SavedRun> {
        self.runs.iter_mut().find(|run| run.id == *id)
    }

    /// Whether this is the run on the page.
    pub fn is_here(&self, id: &SavedId) -> bool {
        self.present.id.as_ref() == Some(id)
    }

    /// Whether a run is open in another tab.
    pub fn is_elsewhere(&self, id: &SavedId) -> bool {
        self.elsewhere.contains(id)
    }

    /// The run that the page offers to go on with.
    pub fn offered(&self) -> Option<&SavedRun> {
        self.offer.as_ref().and_then(|id| self.get(id))
    }

    /// Why the run on the page is not kept, if it is not.
    pub fn trouble(&self) -> Option<StoreTrouble> {
        self.trouble.filter(|_| self.present.id.is_some())
    }

    /// Whether something would be lost that has finished here, if the page were left.
    pub fn would_lose(&self) -> bool {
        self.pending > 0 || self.trouble().is_some()
    }

    /// A number that is another one whenever something can be seen that could not be seen before.
    pub fn changes(&self) -> u32 {
        self.changes
    }

    /// The newest run that can be gone on with here.
    pub(crate) fn newest(&self) -> Option<SavedId> {
        let can_go_on = |run: &&SavedRun| {
            run.done > 0 && !self.is_elsewhere(&run.id) && !self.is_here(&run.id) && run.settings().is_some()
        };
        self.runs().find(can_go_on).map(|run| run.id.clone())
    }

    /// Takes what the store says. Of the run on the page this page knows more.
    pub(crate) fn take_list(&mut self, runs: Vec<SavedRun>, elsewhere: Vec<SavedId>) {
        let here = self.present.id.as_ref().and_then(|id| self.get(id)).cloned();
        self.runs.clear();
        for run in runs.into_iter().filter(|run| here.as_ref().is_none_or(|here| here.id != run.id)) {
            self.put(run);
        }
        here.into_iter().for_each(|run| self.put(run));
        (self.elsewhere, self.is_read) = (elsewhere, true);
        self.changes += 1;
    }

    /// Puts a run into its place, before those that are older. There are so few that none of the library's ways to sort,
    /// each of which takes some kilobytes of the page, would be worth it.
    pub(crate) fn put(&mut self, run: SavedRun) {
        self.runs.retain(|other| other.id != run.id);
        let at = self.runs.iter().take_while(|other| other.written > run.written).count();
        self.runs.insert(at, run);
    }
}

/// The runs that go because there are more than [`MOST_RUNS`] of them or more than [`MOST_BYTES`] bytes: first those that
/// the user has not named, of these the one that was written the longest time ago; never one of those `in_use`.
pub fn evicted(runs: &[SavedRun], in_use: &[SavedId]) -> Vec<SavedId> {
    let mut gone: Vec<SavedId> = vec![];
    loop {
        let left = || runs.iter().filter(|run| !gone.contains(&run.id));
        if left().count() <= MOST_RUNS && left().map(|run| run.bytes).sum::<f64>() <= MOST_BYTES {
            return gone;
        }
        let can_go = left().filter(|run| !in_use.contains(&run.id));
        let Some(run) = can_go.min_by_key(|run| (!run.name.is_empty(), run.written as u64)) else {
            return gone;
        };
        gone.push(run.id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(number: u32, name: &str, bytes: f64) -> SavedRun {
        SavedRun {
            id: SavedId(number.to_string()),
            schema: SCHEMA,
            name: name.into(),
            fragment: "preset=quick&seed=1".into(),
            begun: 0.0,
            written: f64::from(number),
            done: 1,
            total: 13,
            bytes,
            seconds: 0.0,
            deleted: false,
        }
    }

    fn ids(ids: &[SavedId]) -> Vec<&str> {
        ids.iter().map(|id| id.0.as_str()).collect()
    }

    #[test]
    fn the_oldest_without_a_name_go_first_and_those_in_use_never() {
        let mut runs: Vec<SavedRun> = (1..=23).rev().map(|number| run(number, "", 1.0)).collect();
        let none = [];
        assert_eq!(ids(&evicted(&runs, &none)), ["1", "2", "3"]);
        assert_eq!(ids(&evicted(&runs[..20], &none)), [""; 0]);
        let in_use = [SavedId("2".into())];
        assert_eq!(ids(&evicted(&runs, &in_use)), ["1", "3", "4"]);
        for run in runs.iter_mut().filter(|run| run.written < 22.0) {
            run.name = "mine".into();
        }
        // Only two have no name, so the oldest of the others goes too.
        assert_eq!(ids(&evicted(&runs, &none)), ["22", "23", "1"]);
    }

    #[test]
    fn large_runs_go_until_the_rest_has_room() {
        let none = [];
        let runs = [run(3, "", 200e6), run(2, "", 250e6), run(1, "", 100e6)];
        assert_eq!(ids(&evicted(&runs, &none)), ["1"]);
        let runs = [run(3, "", 600e6), run(2, "", 1e6), run(1, "named", 1e6)];
        assert_eq!(ids(&evicted(&runs, &none)), ["2", "3"]);
        // One that is open is never removed, however large.
        assert_eq!(ids(&evicted(&runs, &[SavedId("3".into())])), ["2", "1"]);
    }

    #[test]
    fn the_newest_that_can_be_gone_on_with_is_offered() {
        let mut saved = SavedRuns::default();
        let stale = SavedRun { schema: SCHEMA + 1, ..run(9, "", 1.0) };
        let unknown = SavedRun { fragment: "preset=quick&colour=red".into(), ..run(8, "", 1.0) };
        let deleted = SavedRun { deleted: true, ..run(7, "", 1.0) };
        let runs = vec![run(2, "", 1.0), deleted, run(4, "", 1.0), stale, run(6, "", 1.0), unknown];
        saved.take_list(runs, vec![SavedId("6".into())]);
        assert_eq!(saved.newest(), Some(SavedId("4".into())));
        let listed: Vec<&str> = saved.runs().map(|run| run.id.0.as_str()).collect();
        assert_eq!(listed, ["9", "8", "6", "4", "2"], "those that cannot be read are listed too");
        saved.present.id = Some(SavedId("4".into()));
        assert_eq!(saved.newest(), Some(SavedId("2".into())));
    }

    #[test]
    fn of_the_run_on_the_page_the_page_knows_more_than_the_store() {
        let mut saved = SavedRuns::default();
        saved.runs.push(SavedRun { done: 5, ..run(3, "", 1.0) });
        saved.present.id = Some(SavedId("3".into()));
        saved.take_list(vec![run(3, "", 1.0), run(1, "", 1.0)], vec![]);
        assert_eq!(saved.runs().map(|run| run.done).collect::<Vec<_>>(), [5, 1]);
    }
}
