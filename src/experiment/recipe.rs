//! The recipe of a job: where its mask and its first weights come from, the order of its batches, and whether it
//! prunes. The jobs that it depends on follow from its recipe.
//!
//! A new arm needs a variant of [`Arm`] and a recipe in [`recipe`].

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::{Checkpoint, JobId},
    pruning_at_init::PruningAtInit,
    purpose::RandomPurpose,
};

/// Where a job's mask comes from. Every job that a variant names is of the same trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskSource {
    /// All weights survive.
    Dense,
    /// The mask that the job's pruning left.
    PrunedBy(JobId),
    /// The mask that the job's pruning left, with the survivors of each layer moved to random positions.
    ShuffledFrom(JobId),
    /// A random mask with as many survivors in each layer as the job's pruning left.
    RandomWithCountsOf(JobId),
    /// One pruning of the job's dense network, by its final weights, that removes as many weights as all prunings up to
    /// this round.
    OneShotFrom(JobId),
    /// The mask in the file of [`ExperimentConfig::own`].
    File,
    /// One pruning of the first weights, before any training, to as many weights in all layers together as all prunings up to
    /// this round leave. The job itself chooses them.
    AtInit(PruningAtInit),
    /// Masks with as many survivors in each layer as the job's pruning left. The job learns which, and nothing else: its
    /// weights stay as they are.
    LearnedWithCountsOf(JobId),
}

/// Where a job's first weights come from. First biases are zero unless a variant says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightSource {
    /// The first weights of the trial, which are the same in all rounds: drawn, or those in the file of
    /// [`ExperimentConfig::first_weights`], with its biases.
    Initial,
    /// Weights drawn for this job alone.
    Fresh(RandomPurpose),
    /// Magnitudes drawn for this job alone, with the signs of the trial's first weights.
    FreshWithInitialSigns(RandomPurpose),
    /// Weights and biases of a job at a checkpoint. From [`Checkpoint::RewindIteration`], training continues at the
    /// rewind iteration.
    TrainedBy(JobId, Checkpoint),
}

/// The jobs whose outputs a job needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The job whose mask this job starts from.
    pub mask: Option<JobId>,
    /// The job whose parameters this job starts from or prunes in one shot, and the checkpoint at which they are taken.
    pub parameters: Option<(JobId, Checkpoint)>,
    /// The job whose final parameters a twin is compared with.
    pub sibling: Option<JobId>,
}

impl Dependencies {
    /// These jobs, each once.
    pub fn jobs(self) -> impl Iterator<Item = JobId> {
        let parameters = self.parameters.map(|(job, _)| job);
        let earlier = [self.mask, parameters];
        let parameters = parameters.filter(|job| Some(*job) != self.mask);
        let sibling = self.sibling.filter(|job| !earlier.contains(&Some(*job)));
        self.mask.into_iter().chain(parameters).chain(sibling)
    }
}

/// Everything that defines a job apart from the experiment's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Where its mask comes from.
    pub mask: MaskSource,
    /// Where its first weights come from.
    pub weights: WeightSource,
    /// The purpose of the random stream that orders its batches. The stream does not depend on the arm, so all arms of
    /// a round with the same purpose see the same batches.
    pub batch_order: RandomPurpose,
    /// Whether its trained weights are pruned, for the next round of its arm or for other arms.
    pub prunes: bool,
    /// The job that it is the twin of, if it is one.
    pub sibling: Option<JobId>,
}

/// The recipe of a job.
pub fn recipe(job: JobId) -> Recipe {
    let first = recipe_of_first(JobId { twin: false, ..job });
    let Some(sibling) = job.sibling() else { return first };
    // The dense network rewinds late to its own parameters.
    let weights = match job.arm {
        Arm::Late if job.round == 0 => WeightSource::TrainedBy(sibling, Checkpoint::RewindIteration),
        _ => first.weights,
    };
    Recipe {
        weights,
        batch_order: RandomPurpose::TwinShuffle,
        prunes: false,
        sibling: Some(sibling),
        ..first
    }
}

/// The recipe of a job that is no twin.
fn recipe_of_first(job: JobId) -> Recipe {
    let dense = JobId { arm: Arm::Ticket, round: 0, draw: 0, ..job };
    // Round 0 of every arm is the dense network (of the other data set for its ticket), but for a mask from a file that has
    // nearly all weights.
    if job.round == 0 && job.arm != Arm::Own {
        return Recipe {
            mask: MaskSource::Dense,
            weights: WeightSource::Initial,
            batch_order: RandomPurpose::Shuffle,
            prunes: true,
            sibling: None,
        };
    }
    let before = job.round.saturating_sub(1);
    let ticket = JobId { round: before, ..dense };
    let other = JobId { arm: Arm::OtherTicket, ..ticket };
    // The previous round of the arm's own chain, which begins with the dense network.
    let own = if before == 0 { dense } else { JobId { round: before, ..job } };
    use MaskSource::{AtInit, LearnedWithCountsOf, OneShotFrom, PrunedBy, RandomWithCountsOf, ShuffledFrom};
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
        Arm::Own => (MaskSource::File, Initial, false),
        Arm::Snip => (AtInit(PruningAtInit::Snip), Initial, false),
        Arm::Grasp => (AtInit(PruningAtInit::Grasp), Initial, false),
        Arm::SynFlow => (AtInit(PruningAtInit::SynFlow), Initial, false),
        Arm::MagnitudeInit => (AtInit(PruningAtInit::Magnitude), Initial, false),
        Arm::RandomGlobal => (AtInit(PruningAtInit::Random), Initial, false),
        Arm::Supermask => (LearnedWithCountsOf(ticket), Initial, false),
        Arm::OtherTicket => (PrunedBy(other), Initial, true),
        Arm::OtherReinit => (PrunedBy(other), Fresh(RandomPurpose::OtherReinit), false),
        Arm::Transferred => (PrunedBy(ticket), Initial, false),
        Arm::TransferredReinit => (PrunedBy(ticket), Fresh(RandomPurpose::TransferredReinit), false),
        // Shuffled as for `Arm::Shuffled`: both data sets meet the same mask.
        Arm::TransferredRandom => (ShuffledFrom(ticket), Initial, false),
    };
    Recipe { mask, weights, batch_order: RandomPurpose::Shuffle, prunes, sibling: None }
}

impl Recipe {
    /// The jobs whose outputs the job needs.
    pub fn dependencies(&self) -> Dependencies {
        let (mask, cut) = match self.mask {
            MaskSource::Dense | MaskSource::File | MaskSource::AtInit(_) => (None, None),
            MaskSource::PrunedBy(job)
            | MaskSource::ShuffledFrom(job)
            | MaskSource::RandomWithCountsOf(job)
            | MaskSource::LearnedWithCountsOf(job) => (Some(job), None),
            MaskSource::OneShotFrom(job) => (None, Some((job, Checkpoint::End))),
        };
        let trained = match self.weights {
            WeightSource::TrainedBy(job, checkpoint) => Some((job, checkpoint)),
            _ => None,
        };
        Dependencies { mask, parameters: trained.or(cut), sibling: self.sibling }
    }

    /// Whether the job learns its mask in training, in place of weights.
    pub fn learns_mask(&self) -> bool {
        matches!(self.mask, MaskSource::LearnedWithCountsOf(_))
    }

    /// The number of training steps that the first weights have already had.
    pub fn first_iteration(&self, config: &ExperimentConfig) -> u32 {
        match self.weights {
            WeightSource::TrainedBy(_, Checkpoint::RewindIteration) => config.rewind_iteration(),
            _ => 0,
        }
    }
}

/// The jobs whose outputs a job needs. They are of the same trial.
pub fn dependencies(job: JobId) -> Dependencies {
    recipe(job).dependencies()
}

#[cfg(test)]
mod tests;
