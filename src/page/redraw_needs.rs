//! What has to be drawn again.

use experiment::{config::ExperimentConfig, moment::Moment};

/// What has changed since the last redraw, so that only this is redrawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RedrawNeeds {
    /// The curves of running jobs.
    pub curves: bool,
    /// Finished jobs: the table and the charts by round.
    pub rounds: bool,
    /// The masks.
    pub masks: bool,
    /// The paper's claims.
    pub claims: bool,
    /// Which networks are kept.
    pub kept: bool,
    /// The selection of arms, metric and single trials.
    pub selection: bool,
    /// A new run has started, so everything is redrawn.
    pub all: bool,
}

impl RedrawNeeds {
    /// What has to be drawn again after the moment was `before` and is `after` now.
    pub(crate) fn of_move(
        config: &ExperimentConfig,
        before: Option<Moment>,
        after: Option<Moment>,
    ) -> RedrawNeeds {
        let place = |moment: Moment| (moment.round, moment.stage, moment.is_round_over(config, moment.round));
        let elsewhere = before.map(place) != after.map(place);
        RedrawNeeds {
            curves: true,
            rounds: elsewhere,
            masks: elsewhere,
            claims: elsewhere,
            ..RedrawNeeds::default()
        }
    }

    /// Adds what else has to be drawn.
    pub(crate) fn add(&mut self, more: RedrawNeeds) {
        self.curves |= more.curves;
        self.rounds |= more.rounds;
        self.masks |= more.masks;
        self.claims |= more.claims;
        self.kept |= more.kept;
        self.selection |= more.selection;
        self.all |= more.all;
    }
}
