//! What the user has chosen to see of an experiment: which arms, which metric, and whether single trials are drawn.

use crate::{arm_styles, metric::Metric};
use chart::arm_style::ArmStyle;
use experiment::{arm::Arm, config::ExperimentConfig, display_settings::DisplaySettings, job::JobId};

/// One change of the selection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SelectionChange {
    /// Shows the arm whose style has this name, or hides it if it is shown.
    Arm(&'static str),
    /// Selects the metric of the first chart by weights left.
    Metric(Metric),
    /// Sets whether single trials are drawn beside their mean.
    EachTrial(bool),
    /// Sets the validation accuracy, in percent, whose first iteration is read off.
    Reach(f64),
}

/// What the charts show.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSelection {
    /// The arm styles in the legend's order, each with whether it is shown.
    arms: Vec<(&'static ArmStyle, bool)>,
    /// The metric of the first chart by weights left.
    pub metric: Metric,
    /// Whether single trials are drawn beside their mean.
    pub each_trial: bool,
    /// The validation accuracy, in percent, whose first iteration is read off.
    pub reach: f64,
    /// Whether any value is a mean over several trials or draws.
    has_trials: bool,
    /// The metrics that the experiment has, in the order in which they can be selected.
    metrics: Vec<Metric>,
}

impl ChartSelection {
    /// Shows all arms of an experiment.
    pub fn new(config: &ExperimentConfig) -> ChartSelection {
        ChartSelection {
            arms: all_shown(config),
            metric: Metric::TestEnd,
            each_trial: false,
            reach: DisplaySettings::default().reach,
            has_trials: has_several_trials_or_draws(config),
            metrics: metrics_of(config, false),
        }
    }

    /// Adapts the selection to the experiment of a new run, given whether corrupted images are read in it. If its arms are not those
    /// of the run before, all are shown.
    pub fn start_run(&mut self, config: &ExperimentConfig, reads_corrupted: bool) {
        self.has_trials = has_several_trials_or_draws(config);
        let before = std::mem::replace(&mut self.metrics, metrics_of(config, reads_corrupted));
        // A run that reads corrupted images is about them.
        let is_new = self.metrics.contains(&Metric::CORRUPTED) && !before.contains(&Metric::CORRUPTED);
        if is_new && self.metric == Metric::TestEnd {
            self.metric = Metric::CORRUPTED;
        }
        if !self.metrics.iter().any(|metric| metric.name() == self.metric.name()) {
            self.metric = Metric::TestEnd;
        }
        let arms = all_shown(config);
        if !arms.iter().map(|arm| arm.0.name).eq(self.arms.iter().map(|arm| arm.0.name)) {
            self.arms = arms;
        }
    }

    /// Applies one change.
    pub fn change(&mut self, change: SelectionChange) {
        match change {
            SelectionChange::Arm(name) => {
                self.arms.iter_mut().filter(|arm| arm.0.name == name).for_each(|arm| arm.1 = !arm.1);
            }
            SelectionChange::Metric(metric) => self.metric = metric,
            SelectionChange::EachTrial(each) => self.each_trial = each,
            SelectionChange::Reach(percent) => self.reach = percent,
        }
    }

    /// The arm styles in the legend's order, each with whether it is shown.
    pub fn arms(&self) -> &[(&'static ArmStyle, bool)] {
        &self.arms
    }

    /// Whether the experiment has several trials or draws that could be drawn one by one.
    pub fn has_trials(&self) -> bool {
        self.has_trials
    }

    /// Offers the accuracies on corrupted images too.
    pub fn offer_corrupted(&mut self) {
        if !self.metrics.contains(&Metric::CORRUPTED) {
            self.metrics.push(Metric::CORRUPTED);
        }
    }

    /// The metrics that can be selected, those of [`Metric::SELECTABLE`] that the run has.
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// Whether every arm is hidden.
    pub fn is_empty(&self) -> bool {
        !self.arms.iter().any(|arm| arm.1)
    }

    /// Whether the arm with this style is shown.
    pub fn shows(&self, style: &ArmStyle) -> bool {
        self.arms.iter().any(|arm| arm.1 && arm.0.name == style.name)
    }

    /// Whether the arm of this job is shown. In round 0 this is the dense network.
    pub fn shows_job(&self, job: JobId) -> bool {
        self.shows(arm_styles::arm_style(job))
    }

    /// The two networks that stand side by side: the first two pruned arms that are shown, in the legend's order. If both
    /// are shown, these are the ticket and the re-initialised network. Both are of the same data set. `None` if fewer than two
    /// pruned arms are shown. An own mask is not among them, because it is there in one round only.
    pub fn arms_side_by_side(&self) -> Option<(Arm, Arm)> {
        let shown = self.arms.iter().filter(|arm| arm.1).filter_map(|arm| Arm::from_name(arm.0.name));
        let mut pruned = shown.filter(|arm| !matches!(arm, Arm::Dense | Arm::Own));
        let one = pruned.next()?;
        Some((one, pruned.find(|other| other.is_of_other_data() == one.is_of_other_data())?))
    }
}

fn has_several_trials_or_draws(config: &ExperimentConfig) -> bool {
    config.seeds.count() > 1 || config.arms.iter().any(|arm| config.draws_of(*arm) > 1)
}

fn metrics_of(config: &ExperimentConfig, reads_corrupted: bool) -> Vec<Metric> {
    let is_there =
        |metric: &Metric| metric.is_of(config) && (reads_corrupted || *metric != Metric::CORRUPTED);
    Metric::SELECTABLE.into_iter().filter(is_there).collect()
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
        let (dense, ticket) = (ArmStyle::by_name("dense"), ArmStyle::by_name("ticket"));
        selection.change(SelectionChange::Arm("ticket"));
        assert!(selection.shows(dense) && !selection.shows(ticket));
        let job = |round| JobId { trial: 1, arm: Arm::Ticket, round, draw: 0, twin: false };
        assert!(selection.shows_job(job(0)) && !selection.shows_job(job(1)));
        // A new seed keeps the selection, because the arms are the same. A change of the arms resets it.
        selection.start_run(&config("preset=quick&seed=7"), false);
        assert!(!selection.shows(ticket));
        selection.start_run(&config("preset=late"), false);
        assert!(selection.arms().iter().all(|arm| arm.1));
        selection.change(SelectionChange::Arm("reinit"));
        assert!(!selection.shows(ArmStyle::by_name("reinit")));
        selection.change(SelectionChange::Arm("no such arm"));
        selection.change(SelectionChange::Arm("reinit"));
        assert!(selection.arms().iter().all(|arm| arm.1));
    }

    #[test]
    fn a_run_that_reads_corrupted_images_shows_them_first() {
        let mut selection = ChartSelection::new(&config("preset=quick"));
        selection.start_run(&config("preset=robustness"), true);
        assert_eq!(selection.metric, Metric::CORRUPTED);
        // Whoever then chooses another reading keeps it.
        selection.change(SelectionChange::Metric(Metric::TestEnd));
        selection.start_run(&config("preset=robustness&seed=2"), true);
        assert_eq!(selection.metric, Metric::TestEnd);
    }

    #[test]
    fn readings_can_be_chosen_where_they_are() {
        let mut selection = ChartSelection::new(&config("preset=quick"));
        assert_eq!(selection.metrics(), &Metric::SELECTABLE[..7]);
        selection.offer_corrupted();
        selection.offer_corrupted();
        assert_eq!(selection.metrics().len(), 8);
        let blurred = Metric::corrupted().nth(7).expect("a corruption");
        assert_ne!(blurred, Metric::CORRUPTED);
        selection.change(SelectionChange::Metric(blurred));
        selection.start_run(&config("preset=robustness"), true);
        assert_eq!(selection.metric, blurred);
        // What a run has not, is not shown of it.
        selection.start_run(&config("preset=memorising"), false);
        assert_eq!((selection.metric, selection.metrics()), (Metric::TestEnd, &Metric::SELECTABLE[..10]));
        selection.change(SelectionChange::Metric(Metric::Memorised));
        selection.start_run(&config("preset=quick"), false);
        assert_eq!(selection.metric, Metric::TestEnd);
    }
}
