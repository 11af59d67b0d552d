//! What can be taken back: a run that has given way to another, whole, or a kept run that was deleted.

use crate::{
    display::Display,
    kept_networks::KeptNetworks,
    run_results::RunResults,
    saved_runs::{PresentRun, SavedId},
};
use experiment::{schedule::Schedule, settings::Settings, store::JobOutputStore};

/// What can be taken back.
#[derive(Debug)]
pub(crate) enum Undo {
    /// Another run took the place of this one.
    Replaced(Box<RunAside>),
    /// This run was deleted.
    Deleted(SavedId),
}

/// A run that has given way to another.
#[derive(Debug)]
pub(crate) struct RunAside {
    pub(crate) settings: Settings,
    pub(crate) results: RunResults,
    pub(crate) store: JobOutputStore,
    pub(crate) schedule: Schedule,
    pub(crate) display: Display,
    pub(crate) running_seconds: f64,
    pub(crate) announced_rounds: u32,
    pub(crate) kept: KeptNetworks,
    pub(crate) saved: PresentRun,
}

impl Undo {
    /// The kept run that it would bring back.
    pub(crate) fn saved_id(&self) -> Option<&SavedId> {
        match self {
            Undo::Replaced(aside) => aside.saved.id.as_ref(),
            Undo::Deleted(id) => Some(id),
        }
    }
}
