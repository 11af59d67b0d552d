//! Which networks the picture of the network shows side by side, and what is known of them.

use crate::{
    arm_styles::arm_style, chart_selection::ChartSelection, moment::Stage, shown_results::ShownResults,
};
use chart::{
    arm_style::ArmStyle,
    network_layout::{FeatureMaps, NetworkShape},
};
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    job::JobId,
    recipe::{MaskSource, recipe},
};
use model::ImageSize;

/// The number of connections that are drawn of a dense network.
pub const MOST_LINES: usize = 600;

/// Where the mask of a shown network is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelMask {
    /// It is the ticket's, which is known as soon as it is cut.
    Ticket,
    /// It is the network's own, which is known when the network is trained and kept.
    Own,
    /// There is no network: the arm begins in round 1.
    NotYet,
    /// There is no network: the experiment does not train the arm in this round.
    NotTrained,
}

/// A shown network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkPanel {
    /// The arm.
    pub arm: Arm,
    /// The job that trains it.
    pub job: JobId,
    /// Its style. In round 0 it is that of the dense network.
    pub style: &'static ArmStyle,
    /// Where its mask is known from.
    pub mask: PanelMask,
}

impl NetworkPanel {
    fn new(config: &ExperimentConfig, arm: Arm, round: u32, is_rival: bool) -> NetworkPanel {
        let job = JobId { trial: config.seeds.first(), arm, round, draw: 0, twin: false };
        let mask = match recipe(job).mask {
            _ if round == 0 && is_rival => PanelMask::NotYet,
            _ if round > 0 && !config.jobs.has(arm, round) => PanelMask::NotTrained,
            MaskSource::Dense => PanelMask::Ticket,
            MaskSource::PrunedBy(parent) if parent.arm == Arm::Ticket => PanelMask::Ticket,
            _ => PanelMask::Own,
        };
        // All arms of a data set begin with the same dense network.
        let job = if round == 0 { JobId { arm: arm.ticket_of_its_data(), ..job } } else { job };
        let style = if is_rival { ArmStyle::by_name(arm.name()) } else { arm_style(job) };
        NetworkPanel { arm, job, style, mask }
    }

    /// The job of the same network in the round before. `None` in round 0.
    pub fn job_before(&self) -> Option<JobId> {
        let round = self.job.round.checked_sub(1)?;
        let arm = if round == 0 { self.arm.ticket_of_its_data() } else { self.job.arm };
        Some(JobId { arm, round, ..self.job })
    }
}

/// The networks that are shown, of the first trial and the first draw: the two arms that are compared, or the only pruned
/// arm that is shown, or the ticket.
pub fn panels(results: ShownResults<'_>, selection: &ChartSelection) -> Vec<NetworkPanel> {
    let (config, round) = (results.config(), results.round());
    let (left, right) = match selection.arms_side_by_side() {
        Some((left, right)) => (left, Some(right)),
        None => {
            let shown = selection.arms().iter().filter(|arm| arm.1);
            let mut pruned = shown
                .filter_map(|arm| Arm::from_name(arm.0.name))
                .filter(|arm| !matches!(arm, Arm::Dense | Arm::Own));
            (pruned.next().unwrap_or(Arm::Ticket), None)
        }
    };
    let left = NetworkPanel::new(config, left, round, false);
    let right = right.map(|arm| NetworkPanel::new(config, arm, round, true));
    [left].into_iter().chain(right).collect()
}

/// The sizes of the network for its picture.
pub fn network_shape(config: &ExperimentConfig) -> NetworkShape {
    let maps = |size: &model::LayerSize| {
        let (height, width) = (size.output.height as usize, size.output.width as usize);
        size.kernel.map(|kernel| FeatureMaps { kernel, height, width })
    };
    let ImageSize { channels, height, width } = config.data.image;
    NetworkShape {
        layers: crate::chart_data::mask_layers(&config.model),
        maps: config.model.layer_sizes().iter().map(maps).collect(),
        pixels: (height * width) as usize,
        image_width: width as usize,
        channels: channels as usize,
    }
}

/// The usual size of a first value in each layer: the standard deviation that Glorot and Bengio give first weights. Lines
/// are drawn relative to it.
pub fn usual_values(config: &ExperimentConfig) -> Vec<f64> {
    let usual = |size: &model::LayerSize| (2.0 / (size.fan_in as f64 + size.fan_out as f64).max(1.0)).sqrt();
    config.model.layer_sizes().iter().map(usual).collect()
}

/// What is known of the values of a shown network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownValues {
    /// Neither first nor last values: the network is in training, or not kept.
    Nothing {
        /// Whether it is trained already, so that it could be trained again.
        trained: bool,
    },
    /// None: the network is recorded, without values.
    NotRecorded,
    /// The first values only: the network is in training.
    First,
    /// First and last values.
    FirstAndLast,
}

/// How far a shown network has come from its first values to its last, from 0 to 1. `progress` is that of the stage.
pub fn training_progress(stage: Stage, progress: f64) -> f64 {
    match stage {
        Stage::Rewind => 0.0,
        Stage::Train => progress.clamp(0.0, 1.0),
        Stage::Prune => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chart_selection::SelectionChange, moment::Moment, run_results::RunResults};
    use experiment::{experiment_report::ExperimentReport, settings::Settings};

    #[test]
    fn the_compared_arms_stand_side_by_side() {
        let config = Settings::from_fragment("arms=dense,ticket,reinit,late,oneshot").0.config;
        let results = RunResults::new(ExperimentReport::new(&config));
        let mut selection = ChartSelection::new(&config);
        let panels_of = |selection: &ChartSelection, round| {
            let panels = panels(results.at(Moment::start_of(round)), selection);
            panels.iter().map(|panel| (panel.job.arm, panel.mask)).collect::<Vec<_>>()
        };
        use PanelMask::{NotYet, Own, Ticket};
        assert_eq!(panels_of(&selection, 0), [(Arm::Ticket, Ticket), (Arm::Ticket, NotYet)]);
        assert_eq!(panels_of(&selection, 2), [(Arm::Ticket, Ticket), (Arm::Reinit, Ticket)]);
        selection.change(SelectionChange::Arm("ticket"));
        selection.change(SelectionChange::Arm("reinit"));
        assert_eq!(panels_of(&selection, 0), [(Arm::Ticket, Ticket), (Arm::Ticket, NotYet)]);
        // The first pruning is that of the one dense network.
        assert_eq!(panels_of(&selection, 1), [(Arm::Late, Ticket), (Arm::OneShot, Own)]);
        assert_eq!(panels_of(&selection, 2), [(Arm::Late, Own), (Arm::OneShot, Own)]);
        selection.change(SelectionChange::Arm("oneshot"));
        assert_eq!(panels_of(&selection, 2), [(Arm::Late, Own)]);
        selection.change(SelectionChange::Arm("late"));
        assert_eq!(panels_of(&selection, 2), [(Arm::Ticket, Ticket)]);
    }

    #[test]
    fn what_no_claim_looks_at_is_no_network() {
        let config = Settings::from_fragment("preset=paper&jobs=claims").0.config;
        let results = RunResults::new(ExperimentReport::new(&config));
        let selection = ChartSelection::new(&config);
        let masks_of = |round| {
            let panels = panels(results.at(Moment::start_of(round)), &selection);
            panels.iter().map(|panel| (panel.arm, panel.mask)).collect::<Vec<_>>()
        };
        use PanelMask::{NotTrained, NotYet, Ticket};
        assert_eq!(masks_of(0), [(Arm::Ticket, Ticket), (Arm::Reinit, NotYet)]);
        assert_eq!(masks_of(6), [(Arm::Ticket, Ticket), (Arm::Reinit, NotTrained)]);
        assert_eq!(masks_of(7), [(Arm::Ticket, Ticket), (Arm::Reinit, Ticket)]);
    }

    #[test]
    fn layers_have_scales_of_their_own() {
        let config = Settings::from_fragment("hidden=300,100").0.config;
        let usual = usual_values(&config);
        assert!((usual[0] - (2.0_f64 / 1084.0).sqrt()).abs() < 1e-12 && usual.is_sorted());
    }
}
