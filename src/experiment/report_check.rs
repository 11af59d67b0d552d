//! Holds a report against its own settings: what cannot have come out of a run with these settings is refused. It
//! finds damage and slips, and makes a forgery tedious; that the numbers are right only training again can show.

use crate::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::output_spec,
    job_report::{
        Accuracy, JobReport, LINE_POINTS, MOST_CURVE_POINTS, MOST_CURVE_POINTS_VERSION_1,
        ReadingsBeforeTraining, kept_positions,
    },
    prune_counts::{survivors_per_round, total_survivors_per_round},
    prune_rounds::PruneRounds,
    recipe::{MaskSource, recipe},
    robustness::Corruption,
    sorted_map::SortedMap,
};

/// The largest number of seconds that a job may have taken: thirty years.
const MOST_SECONDS: f64 = 1e9;

/// What a report says that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportFault {
    /// A reading counts other images than the data set has.
    ImageCount {
        /// The job.
        job: JobId,
        /// The field of the reading.
        reading: &'static str,
        /// The images that it counts.
        found: u32,
        /// The images of the data set.
        expected: u32,
    },
    /// A reading has more correct answers than images.
    TooManyCorrect {
        /// The job.
        job: JobId,
        /// The field of the reading.
        reading: &'static str,
        /// The correct answers.
        correct: u32,
        /// The images.
        total: u32,
    },
    /// More weights survive than a layer has, or there are more or fewer layers.
    TooManySurvivors {
        /// The job.
        job: JobId,
        /// The numbers that the report says.
        found: Vec<u32>,
        /// The numbers of all weights of the layers.
        weights: Vec<u32>,
    },
    /// The numbers of surviving weights are not those that the settings or the masks leave.
    Survivors {
        /// The job.
        job: JobId,
        /// The numbers that the report says.
        found: Vec<u32>,
        /// The numbers that must be left.
        expected: Vec<u32>,
    },
    /// Pruning is global and leaves another number of weights in all.
    SurvivorSum {
        /// The job.
        job: JobId,
        /// The numbers that the report says.
        found: Vec<u32>,
        /// The number that must be left.
        expected: u32,
    },
    /// The points of the curve are not those of the validation passes.
    CurvePoints(JobId),
    /// A loss is negative or not a number.
    Loss {
        /// The job.
        job: JobId,
        /// The iteration of the validation pass.
        iteration: u32,
    },
    /// The early stop is not where the curve has its smallest loss.
    EarlyStop {
        /// The job.
        job: JobId,
        /// The early stop that the report says.
        found: u32,
        /// The iteration of the earliest smallest loss.
        expected: u32,
    },
    /// The readings between a twin and its sibling are not at so many points as there should be, or their ends are not what the
    /// two networks read by themselves.
    Interpolated(JobId),
    /// The early stop is the last iteration, but the readings there and at the end differ.
    EarlyIsEnd(JobId),
    /// The number of training steps is not that of the settings.
    Iterations {
        /// The job.
        job: JobId,
        /// The number that the report says.
        found: u32,
        /// The number of the settings.
        expected: u32,
    },
    /// The number of images in a step is not that of the settings.
    Batch {
        /// The job.
        job: JobId,
        /// The number that the report says.
        found: u32,
        /// The number of the settings.
        expected: u32,
    },
    /// The seconds are negative, not finite or beyond any run.
    Seconds(JobId),
    /// The digest is not one.
    Digest(JobId),
    /// A number that follows from others differs from them.
    DerivedNumber {
        /// The job.
        job: JobId,
        /// The field.
        field: &'static str,
    },
    /// There are masks of an arm that leaves none, or of rounds that are not trained.
    NoSuchMask {
        /// The seed of the trial.
        trial: u32,
        /// The arm.
        arm: Arm,
        /// The last round of the masks.
        round: u32,
    },
    /// The masks do not leave as many weights as the settings say.
    MaskCounts {
        /// The seed of the trial.
        trial: u32,
        /// The arm.
        arm: Arm,
        /// The round of the mask.
        round: u32,
        /// The weights that it leaves in each layer.
        found: Vec<u32>,
        /// The weights that the settings leave in all layers together. If pruning is not global, the settings also say how
        /// many of them are in which layer.
        expected: u32,
    },
    /// The chains of a trial do not all begin with the same pruning, which is the dense network's, or two lines or reports
    /// have different masks of an arm.
    DifferentMasks {
        /// The seed of the trial.
        trial: u32,
        /// The arm.
        arm: Arm,
    },
}

impl ExperimentReport {
    /// Checks everything that the report says against its settings and against its own masks. The error is the first
    /// thing that cannot be.
    pub fn check(&self) -> Result<(), ReportFault> {
        self.finished_jobs().values().try_for_each(|finished| check_job(self.config(), finished))?;
        self.check_survivors()
    }

    /// Checks the masks, and the survivors of each job against them. [`check_job`] has to come before.
    pub(crate) fn check_survivors(&self) -> Result<(), ReportFault> {
        let expected = ExpectedSurvivors::new(self.config());
        for (&(trial, arm), prune_rounds) in self.prune_rounds().iter() {
            self.check_masks(trial, arm, prune_rounds, &expected)?;
        }
        let survivors = self.survivors_of_chains();
        for finished in self.finished_jobs().values() {
            let job = finished.report.job;
            let sibling = job.sibling().and_then(|sibling| self.finished_jobs().get(&sibling));
            if sibling
                .is_some_and(|sibling| finished.report.interpolated.first() != Some(&sibling.report.test_end))
            {
                return Err(ReportFault::Interpolated(job));
            }
            match recipe(job).mask {
                MaskSource::File => {
                    check_sum(&finished.report, self.config().own.and_then(|own| own.weights).unwrap_or(0))?;
                    continue;
                }
                MaskSource::AtInit(_) => {
                    check_sum(&finished.report, expected.total[job.round as usize])?;
                    continue;
                }
                _ => {}
            }
            let chain = mask_source(job).and_then(|parent| survivors.get(&(parent.trial, parent.arm)));
            let of_mask = chain.and_then(|rounds| rounds.get(job.round as usize));
            check_survivors(&finished.report, &expected, of_mask)?;
        }
        Ok(())
    }

    fn survivors_of_chains(&self) -> SortedMap<(u32, Arm), Vec<Vec<u32>>> {
        let model = &self.config().model;
        let mut survivors = SortedMap::new();
        survivors.extend(self.prune_rounds().iter().map(|(chain, rounds)| (*chain, rounds.survivors(model))));
        survivors
    }

    fn check_masks(
        &self,
        trial: u32,
        arm: Arm,
        prune_rounds: &PruneRounds,
        expected: &ExpectedSurvivors,
    ) -> Result<(), ReportFault> {
        let last = prune_rounds.last_known_round();
        let no_such = ReportFault::NoSuchMask { trial, arm, round: last };
        let config = self.config();
        let makes_mask = |round| {
            let job = JobId { trial, arm, round, draw: 0, twin: false };
            // The dense network's pruning belongs to the ticket of its data set.
            let has_job = round > 0 || arm == arm.ticket_of_its_data();
            has_job && recipe(job).prunes && output_spec(config, job).next_mask
        };
        if last > config.rounds || !last.checked_sub(1).is_some_and(makes_mask) {
            return Err(no_such);
        }
        for (round, found) in prune_rounds.survivors(&config.model).into_iter().enumerate() {
            if !expected.are_those_of(round, &found) {
                let (total, round) = (expected.total[round], round as u32);
                return Err(ReportFault::MaskCounts { trial, arm, round, found, expected: total });
            }
        }
        // The ticket's chain comes first if it is there.
        match self.prune_rounds().first_from(&(trial, Arm::Dense)) {
            // On the other data set another dense network is pruned.
            _ if arm.is_of_other_data() => Ok(()),
            Some((_, first)) if first.up_to(1) != prune_rounds.up_to(1) => {
                Err(ReportFault::DifferentMasks { trial, arm })
            }
            _ => Ok(()),
        }
    }
}

/// How many weights the settings leave.
struct ExpectedSurvivors {
    /// In each layer, by round. `None` if pruning is global: then only the masks say.
    by_layer: Option<Vec<Vec<u32>>>,
    /// In all layers together, by round.
    total: Vec<u32>,
}

impl ExpectedSurvivors {
    fn new(config: &ExperimentConfig) -> ExpectedSurvivors {
        let by_layer = (!config.criterion.is_global()).then(|| survivors_per_round(config));
        ExpectedSurvivors { by_layer, total: total_survivors_per_round(config) }
    }

    fn are_those_of(&self, round: usize, found: &[u32]) -> bool {
        match &self.by_layer {
            Some(layers) => layers[round] == found,
            None => found.iter().sum::<u32>() == self.total[round],
        }
    }
}

/// The job whose pruning decides how many weights of each layer survive in a job, or `None` if the settings alone do.
fn mask_source(job: JobId) -> Option<JobId> {
    match recipe(job).mask {
        MaskSource::PrunedBy(parent)
        | MaskSource::ShuffledFrom(parent)
        | MaskSource::RandomWithCountsOf(parent)
        | MaskSource::LearnedWithCountsOf(parent) => Some(parent),
        MaskSource::Dense | MaskSource::OneShotFrom(_) | MaskSource::File | MaskSource::AtInit(_) => None,
    }
}

/// Of an own mask, and of one that is made before any training, the settings know how many weights it has; in which layers
/// they are is known to the job alone.
fn check_sum(report: &JobReport, expected: u32) -> Result<(), ReportFault> {
    if report.surviving_weights() == expected {
        return Ok(());
    }
    Err(ReportFault::SurvivorSum { job: report.job, found: report.alive.clone(), expected })
}

fn check_survivors(
    report: &JobReport,
    expected: &ExpectedSurvivors,
    of_mask: Option<&Vec<u32>>,
) -> Result<(), ReportFault> {
    let (job, found, round) = (report.job, report.alive.clone(), report.job.round as usize);
    let by_layer = of_mask.or_else(|| expected.by_layer.as_ref().map(|rounds| &rounds[round]));
    match by_layer {
        Some(layers) if found == *layers => Ok(()),
        Some(layers) => Err(ReportFault::Survivors { job, found, expected: layers.clone() }),
        None if expected.are_those_of(round, &found) => Ok(()),
        None => Err(ReportFault::SurvivorSum { job, found, expected: expected.total[round] }),
    }
}

/// Checks the numbers of one job, and of its surviving weights that there can be so many. What follows from these numbers
/// can be computed afterwards without an overflow.
pub(crate) fn check_job(config: &ExperimentConfig, finished: &FinishedJob) -> Result<(), ReportFault> {
    let report = &finished.report;
    let job = report.job;
    let (found, weights) = (&report.alive, config.model.layer_weight_counts());
    if found.len() != weights.len() || found.iter().zip(&weights).any(|(alive, all)| alive > all) {
        return Err(ReportFault::TooManySurvivors { job, found: found.clone(), weights });
    }
    let data = config.data_of(job.arm);
    let readings = [
        ("test_early", report.test_early, data.test_images),
        ("test_end", report.test_end, data.test_images),
        ("train_early", report.train_early, data.training_images),
        ("train_end", report.train_end, data.training_images),
    ];
    for (reading, accuracy, images) in readings {
        check_accuracy(job, reading, accuracy, images)?;
    }
    if let Some(ReadingsBeforeTraining { validation_loss, validation, test }) = report.before_training {
        check_accuracy(job, "test_start", test, data.test_images)?;
        check_accuracy(job, "validation_start", validation, data.validation_images)?;
        check_loss(job, 0, validation_loss)?;
    }
    for &accuracy in &report.interpolated {
        check_accuracy(job, "interpolated", accuracy, data.test_images)?;
    }
    let points = if job.twin { LINE_POINTS } else { 0 };
    if report.interpolated.len() != points
        || report.interpolated.last().is_some_and(|last| *last != report.test_end)
    {
        return Err(ReportFault::Interpolated(job));
    }
    check_label_noise(config, report)?;
    if let Some(readings) = &report.robustness {
        let counts = Corruption::ALL.iter().flat_map(|corruption| readings.of(*corruption));
        for &correct in counts {
            let accuracy = Accuracy { correct, total: data.test_images };
            check_accuracy(job, "robustness", accuracy, data.test_images)?;
        }
    }
    let expected = config.iterations - recipe(job).first_iteration(config);
    if report.iterations != expected {
        return Err(ReportFault::Iterations { job, found: report.iterations, expected });
    }
    if report.batch != config.batch {
        return Err(ReportFault::Batch { job, found: report.batch, expected: config.batch });
    }
    if !(0.0..=MOST_SECONDS).contains(&finished.seconds) {
        return Err(ReportFault::Seconds(job));
    }
    let hexadecimal = |text: &String| {
        text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    if !finished.digest.iter().all(hexadecimal) {
        return Err(ReportFault::Digest(job));
    }
    check_curve(config, report)
}

fn check_accuracy(
    job: JobId,
    reading: &'static str,
    Accuracy { correct, total }: Accuracy,
    expected: u32,
) -> Result<(), ReportFault> {
    if total != expected {
        return Err(ReportFault::ImageCount { job, reading, found: total, expected });
    }
    if correct > total {
        return Err(ReportFault::TooManyCorrect { job, reading, correct, total });
    }
    Ok(())
}

/// Where labels are wrong, the readings of right and wrong ones are there and are parts of the training accuracy. Readings that
/// are missing count no images.
fn check_label_noise(config: &ExperimentConfig, report: &JobReport) -> Result<(), ReportFault> {
    let job = report.job;
    let (flipped, images) = (config.flipped_labels(job.arm), config.data_of(job.arm).training_images);
    let is_noisy = config.label_noise > 0.0;
    let Some(readings) = report.label_noise.or(is_noisy.then(Default::default)) else { return Ok(()) };
    let expected = |count: u32| if is_noisy { count } else { 0 };
    check_accuracy(job, "train_clean", readings.clean, expected(images - flipped))?;
    check_accuracy(job, "train_flipped", readings.flipped, expected(flipped))?;
    check_accuracy(job, "restored", readings.restored, expected(flipped))?;
    if !is_noisy {
        return Ok(());
    }
    // No image is read as its wrong label and as its true class.
    let either = Accuracy { correct: readings.flipped.correct + readings.restored.correct, total: flipped };
    check_accuracy(job, "restored", either, flipped)?;
    if readings.clean.correct + readings.flipped.correct != report.train_end.correct {
        return Err(ReportFault::DerivedNumber { job, field: "train_end" });
    }
    Ok(())
}

/// An infinite loss says that training has diverged.
fn check_loss(job: JobId, iteration: u32, loss: f32) -> Result<(), ReportFault> {
    if loss >= 0.0 { Ok(()) } else { Err(ReportFault::Loss { job, iteration }) }
}

fn check_curve(config: &ExperimentConfig, report: &JobReport) -> Result<(), ReportFault> {
    let (job, curve) = (report.job, &report.curve);
    for point in curve {
        check_loss(job, point.iteration, point.loss)?;
        check_accuracy(job, "curve", point.accuracy, config.data_of(job.arm).validation_images)?;
    }
    // Of equal losses the first is the smallest, as in training.
    let best = curve.iter().reduce(|best, point| if point.loss < best.loss { point } else { best });
    let Some(best) = best else { return Err(ReportFault::CurvePoints(job)) };
    if best.iteration != report.early_stop {
        return Err(ReportFault::EarlyStop { job, found: report.early_stop, expected: best.iteration });
    }
    let first = recipe(job).first_iteration(config);
    let is_thinned_to = |most| {
        let all: Vec<u32> = config.evaluation_iterations(first).collect();
        let kept = kept_positions(all.len(), most);
        let kept = all.iter().enumerate().filter(|(i, at)| kept(*i) || **at == report.early_stop);
        kept.map(|(_, at)| *at).eq(curve.iter().map(|point| point.iteration))
    };
    if ![MOST_CURVE_POINTS, MOST_CURVE_POINTS_VERSION_1].into_iter().any(is_thinned_to) {
        return Err(ReportFault::CurvePoints(job));
    }
    let at_end = (report.test_early, report.train_early) == (report.test_end, report.train_end);
    if report.early_stop == config.iterations && !at_end {
        return Err(ReportFault::EarlyIsEnd(job));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
