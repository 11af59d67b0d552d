//! A job's recipe: where its mask and its first weights come from, in which order it sees its batches, and whether it prunes.
//! Which jobs it waits for follows from it.
//!
//! A new arm is a name in [`Arm`] and a recipe in [`recipe`].

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    purpose::RandomPurpose,
};

/// Where a job's mask comes from. Jobs that are named are of the same trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskSource {
    /// All weights survive.
    Dense,
    /// What the pruning at the end of that job left.
    PrunedBy(JobId),
    /// The same with the survivors of each layer moved to places that are drawn.
    ShuffledFrom(JobId),
    /// A random mask with as many survivors in each layer.
    RandomWithCountsOf(JobId),
    /// All prunings up to this job's round at once, by the last weights of that job.
    OneShotFrom(JobId),
}

/// Where a job's first weights come from. Biases begin at zero where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightSource {
    /// The trial's first weights, which all rounds share.
    Initial,
    /// Weights drawn for this job alone.
    Fresh(RandomPurpose),
    /// Magnitudes drawn for this job alone under the signs of the trial's first weights.
    FreshWithInitialSigns(RandomPurpose),
    /// Weights and biases of that job at that checkpoint. Those of [`Checkpoint::RewindIteration`] have their steps up
    /// to then behind them.
    TrainedBy(JobId, Checkpoint),
}

/// The jobs whose outputs a job needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The job whose pruning made its mask.
    pub mask: Option<JobId>,
    /// The job whose parameters this job starts from (or prunes in one shot), and at which checkpoint.
    pub parameters: Option<(JobId, Checkpoint)>,
}

impl Dependencies {
    /// These jobs, each once.
    pub fn jobs(self) -> impl Iterator<Item = JobId> {
        let parameters = self.parameters.map(|(job, _)| job).filter(|job| Some(*job) != self.mask);
        self.mask.into_iter().chain(parameters)
    }
}

/// All that makes a job what it is, beside the settings of the experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Where its mask comes from.
    pub mask: MaskSource,
    /// Where its first weights come from.
    pub weights: WeightSource,
    /// What the order of its batches is drawn for. The stream does not name the arm, so that all arms of a round whose
    /// recipes agree in this see the same batches.
    pub batch_order: RandomPurpose,
    /// Whether its trained weights are pruned, for the next round of its arm or for other arms.
    pub prunes: bool,
}

/// The recipe of a job.
pub fn recipe(job: JobId) -> Recipe {
    let dense = JobId { arm: Arm::Ticket, round: 0, draw: 0, ..job };
    let Some(before) = job.round.checked_sub(1) else {
        return Recipe {
            mask: MaskSource::Dense,
            weights: WeightSource::Initial,
            batch_order: RandomPurpose::Shuffle,
            prunes: true,
        };
    };
    let ticket = JobId { round: before, ..dense };
    // The round before in the arm's own chain, which begins at the dense network.
    let own = if before == 0 { dense } else { JobId { round: before, ..job } };
    use MaskSource::{OneShotFrom, PrunedBy, RandomWithCountsOf, ShuffledFrom};
    use WeightSource::{Fresh, FreshWithInitialSigns, Initial, TrainedBy};
    let (mask, weights, prunes) = match job.arm {
        Arm::Dense => (MaskSource::Dense, Initial, false),
        Arm::Ticket => (PrunedBy(ticket), Initial, true),
        Arm::Reinit => (PrunedBy(ticket), Fresh(RandomPurpose::Reinit), false),
        Arm::Shuffled => (ShuffledFrom(ticket), Initial, false),
        Arm::Random => (RandomWithCountsOf(ticket), Fresh(RandomPurpose::RandomWeights), false),
        Arm::Sign => (PrunedBy(ticket), FreshWithInitialSigns(RandomPurpose::SignWeights), false),
        Arm::NoRewind => (PrunedBy(own), TrainedBy(own, Checkpoint::End), true),
        Arm::Late => (PrunedBy(own), TrainedBy(dense, Checkpoint::RewindIteration), true),
        Arm::OneShot => (OneShotFrom(dense), Initial, false),
    };
    Recipe { mask, weights, batch_order: RandomPurpose::Shuffle, prunes }
}

impl Recipe {
    /// The jobs whose outputs it needs.
    pub fn dependencies(&self) -> Dependencies {
        let (mask, cut) = match self.mask {
            MaskSource::Dense => (None, None),
            MaskSource::PrunedBy(job)
            | MaskSource::ShuffledFrom(job)
            | MaskSource::RandomWithCountsOf(job) => (Some(job), None),
            MaskSource::OneShotFrom(job) => (None, Some((job, Checkpoint::End))),
        };
        let trained = match self.weights {
            WeightSource::TrainedBy(job, checkpoint) => Some((job, checkpoint)),
            _ => None,
        };
        Dependencies { mask, parameters: trained.or(cut) }
    }

    /// Training steps that its first weights have behind them.
    pub fn first_iteration(&self, config: &ExperimentConfig) -> u32 {
        match self.weights {
            WeightSource::TrainedBy(_, Checkpoint::RewindIteration) => config.rewind_iteration(),
            _ => 0,
        }
    }
}

/// The jobs of its trial whose outputs a job needs.
pub fn dependencies(job: JobId) -> Dependencies {
    recipe(job).dependencies()
}

#[cfg(test)]
mod tests;
