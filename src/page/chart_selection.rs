//! What a person has chosen to see of an experiment: which arms, which metric, every trial or their mean.

use crate::{arm_styles, metric::Metric};
use chart::arm_style::ArmStyle;
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId};

/// One choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionChange {
    /// Shows the arm of that look, or no longer.
    Arm(&'static str),
    /// What the chart of test accuracies reads off the rounds.
    Metric(Metric),
    /// Whether single trials are drawn beside their mean.
    EachTrial(bool),
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSelection {
    /// The looks of the legend, in its order, and whether each is shown.
    arms: Vec<(&'static ArmStyle, bool)>,
    /// What the chart of test accuracies reads off the rounds.
    pub metric: Metric,
    /// Whether single trials are drawn beside their mean.
    pub each_trial: bool,
    /// Whether anything is a mean of several: trials, or draws.
    has_trials: bool,
}

impl ChartSelection {
    /// All arms of an experiment.
    pub fn new(config: &ExperimentConfig) -> ChartSelection {
        ChartSelection {
            arms: all_shown(config),
            metric: Metric::TestEnd,
            each_trial: false,
            has_trials: has_several_trials_or_draws(config),
        }
    }

    /// A new run: other arms than before are all shown.
    pub fn start_run(&mut self, config: &ExperimentConfig) {
        self.has_trials = has_several_trials_or_draws(config);
        let arms = all_shown(config);
        if !arms.iter().map(|arm| arm.0.name).eq(self.arms.iter().map(|arm| arm.0.name)) {
            self.arms = arms;
        }
    }

    /// Takes a choice.
    pub fn change(&mut self, choose: SelectionChange) {
        match choose {
            SelectionChange::Arm(name) => {
                self.arms.iter_mut().filter(|arm| arm.0.name == name).for_each(|arm| arm.1 = !arm.1);
            }
            SelectionChange::Metric(metric) => self.metric = metric,
            SelectionChange::EachTrial(each) => self.each_trial = each,
        }
    }

    /// The looks of the legend, in its order, and whether each is shown.
    pub fn arms(&self) -> &[(&'static ArmStyle, bool)] {
        &self.arms
    }

    /// Whether there are several trials or draws to be drawn one by one.
    pub fn has_trials(&self) -> bool {
        self.has_trials
    }

    /// Whether no arm is shown.
    pub fn is_empty(&self) -> bool {
        !self.arms.iter().any(|arm| arm.1)
    }

    /// Whether the arm of that look is shown.
    pub fn shows(&self, style: &ArmStyle) -> bool {
        self.arms.iter().any(|arm| arm.1 && arm.0.name == style.name)
    }

    /// Whether the arm of that job is shown; in round 0 that is the dense network.
    pub fn shows_job(&self, job: JobId) -> bool {
        self.shows(arm_styles::arm_style(job))
    }

    /// The two arms to compare: the ticket with the re-init, or the first two shown of those that are pruned.
    pub fn compared_arms(&self) -> Option<(Arm, Arm)> {
        let shown = self.arms.iter().filter(|arm| arm.1).filter_map(|arm| Arm::from_name(arm.0.name));
        let mut pruned = shown.filter(|arm| *arm != Arm::Dense);
        Some((pruned.next()?, pruned.next()?))
    }
}

fn has_several_trials_or_draws(config: &ExperimentConfig) -> bool {
    config.trials > 1 || config.arms.iter().any(|arm| config.draws_of(*arm) > 1)
}

fn all_shown(config: &ExperimentConfig) -> Vec<(&'static ArmStyle, bool)> {
    arm_styles::legend_styles(config).into_iter().map(|style| (style, true)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::settings::Settings;

    fn config(fragment: &str) -> ExperimentConfig {
        Settings::from_fragment(fragment).0.config
    }

    #[test]
    fn arms_go_and_come_back() {
        let quick = config("preset=quick");
        let mut selection = ChartSelection::new(&quick);
        assert_eq!(
            selection.arms().iter().map(|arm| arm.0.name).collect::<Vec<_>>(),
            ["dense", "ticket", "reinit"]
        );
        assert_eq!(selection.compared_arms(), Some((Arm::Ticket, Arm::Reinit)));
        let (dense, ticket) = (ArmStyle::by_name("dense"), ArmStyle::by_name("ticket"));
        selection.change(SelectionChange::Arm("ticket"));
        assert!(selection.shows(dense) && !selection.shows(ticket));
        let job = |round| JobId { trial: 1, arm: Arm::Ticket, round, draw: 0 };
        assert!(selection.shows_job(job(0)) && !selection.shows_job(job(1)));
        assert_eq!(selection.compared_arms(), None);
        // Another seed is no other experiment; other arms are.
        selection.start_run(&config("preset=quick&seed=7"));
        assert!(!selection.shows(ticket));
        selection.start_run(&config("preset=late"));
        assert!(selection.arms().iter().all(|arm| arm.1));
        selection.change(SelectionChange::Arm("reinit"));
        assert_eq!(selection.compared_arms(), Some((Arm::Ticket, Arm::Late)));
        selection.change(SelectionChange::Arm("no such arm"));
        selection.change(SelectionChange::Arm("reinit"));
        assert!(selection.arms().iter().all(|arm| arm.1));
    }
}
