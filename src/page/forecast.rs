//! Forecasts the remaining time of a run, and the time of a run that has not begun. The measured seconds per unit of cost are multiplied by the remaining cost of
//! each job, and the rest of the schedule is simulated on the available workers.

use crate::run_results::{JobInProgress, RunResults};
use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::{self},
    job_report::LINE_POINTS,
    prune_counts,
    recipe::recipe,
    robustness::Corruption,
    schedule::Schedule,
};

/// The largest number of unfinished jobs for which the schedule is simulated. With more jobs a simulation would take
/// too long, and a lower bound is accurate enough.
const MAX_SIMULATED_JOBS: usize = 200;

/// The cost of a job: its multiply-adds, whose number shrinks with the surviving weights, and its training steps, each
/// of which costs a fixed amount however few weights survive. Images that are only read have such a cost too.
#[derive(Clone, Copy, Debug, Default)]
struct ComputeCost {
    multiply_adds: f64,
    steps: f64,
}

/// A surviving weight of a sparse layer takes as long as this many of a dense one, as measured on LeNet-300-100.
const SPARSE_WEIGHT: f64 = 1.7;
/// A layer with a smaller share of surviving weights is a sparse one (`kernels::network`). In others pruned weights take time too.
const SPARSE_BELOW: f64 = 0.45;
/// A training step that learns a mask takes as long as this many of a dense network, because it chooses among all weights, as
/// measured on it too.
const LEARNT_MASK: f64 = 2.5;
/// As many images are read in the fixed time of a training step, as measured on it too.
const IMAGES_PER_STEP: f64 = 300.0;
/// An image without a dark pixel takes as long as this many others, as measured on it too: dark pixels are skipped.
const LIT_IMAGE: f64 = 2.5;
/// To corrupt an image takes as long as the fixed time of reading this many, as measured on it too.
const CORRUPTED_IMAGE: f64 = 16.0;

/// How long the workers have been busy, in seconds of all of them together, and for how much of that they have worked. The
/// rest is what lies between two slices and two jobs: messages, and waiting for a core. It belongs to the machine and is
/// measured over all runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkerTime {
    busy: f64,
    worked: f64,
    jobs: f64,
}

/// As many seconds beside its work each job may take, however short it is. What is more than that grows with the work.
const MOST_BESIDE_A_JOB: f64 = 0.5;

impl WorkerTime {
    /// Notes that time has passed. `busy` workers have had a job.
    pub fn pass(&mut self, seconds: f64, busy: usize) {
        // The machine has not slept through more than this, or has slept.
        self.busy += seconds.clamp(0.0, 5.0) * busy as f64;
    }

    /// Notes that a job has ended which was worked on for so many seconds.
    pub fn job_ended(&mut self, seconds: f64) {
        self.worked += seconds;
        self.jobs += 1.0;
    }

    /// Notes that the network of a job that had ended has read corrupted images for so many seconds.
    pub fn has_read(&mut self, seconds: f64) {
        self.worked += seconds;
    }

    /// How many seconds a job takes beside its work, and how many pass while a worker works for one.
    fn beside_work(self, results: &RunResults) -> (f64, f64) {
        let worked = self.worked + results.in_progress().map(|(_, live)| live.seconds).sum::<f64>();
        let beside = (self.busy - worked).max(0.0);
        let each = if self.jobs > 0.0 { (beside / self.jobs).min(MOST_BESIDE_A_JOB) } else { 0.0 };
        let rest = (beside - each * self.jobs) / worked.max(1.0);
        (each, 1.0 + rest.min(9.0))
    }
}

impl ComputeCost {
    /// The fixed cost of a training step, in multiply-adds. This assumption is used until two rounds of different
    /// sparsity have been measured.
    const MULTIPLY_ADDS_PER_STEP: f64 = 8e6;

    /// Both parts of the cost, in multiply-adds.
    fn in_multiply_adds(self) -> f64 {
        self.multiply_adds + ComputeCost::MULTIPLY_ADDS_PER_STEP * self.steps
    }

    /// A fraction of this cost.
    fn times(self, share: f64) -> ComputeCost {
        ComputeCost { multiply_adds: self.multiply_adds * share, steps: self.steps * share }
    }
}

/// The measured time of a unit of each kind of work, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredSpeed {
    multiply_add: f64,
    step: f64,
}

/// The expected time of a whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunForecast {
    /// Seconds from the first training step to the end.
    pub seconds: f64,
    /// Whether it follows from what was measured on this device. Otherwise it is a cautious assumption.
    pub measured: bool,
}

impl MeasuredSpeed {
    /// What is assumed of a device on which nothing has been measured: well under half of the speed of the machine that trained
    /// the recorded Quick look, so that few devices take longer than they are said to.
    pub const ASSUMED: MeasuredSpeed =
        MeasuredSpeed { multiply_add: 8e-11, step: 8e-11 * ComputeCost::MULTIPLY_ADDS_PER_STEP };

    /// The speed of the finished jobs for which `trained_here` holds, or `None` if there are none. The seconds of an
    /// opened report say nothing about this device.
    pub fn of_finished_jobs(
        results: &RunResults,
        trained_here: &dyn Fn(JobId) -> bool,
    ) -> Option<MeasuredSpeed> {
        let here = results.finished_jobs().filter(|finished| trained_here(finished.report.job));
        let cost =
            |finished: &FinishedJob| cost_of(results.config(), finished.report.job, &finished.report.alive);
        MeasuredSpeed::fit(&here.map(|finished| (cost(finished), finished.seconds)).collect::<Vec<_>>())
    }

    /// A least-squares fit of the measured seconds to both kinds of cost, or `None` if nothing has been measured. The
    /// ratio of the two speeds is clamped, so that a temporarily busy machine is not mistaken for slow steps.
    fn fit(samples: &[(ComputeCost, f64)]) -> Option<MeasuredSpeed> {
        let (mut aa, mut ab, mut bb, mut at, mut bt) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (cost, seconds) in samples {
            // Both costs are in multiply-adds, so that they have a similar magnitude.
            let (a, b) = (cost.multiply_adds, cost.steps * ComputeCost::MULTIPLY_ADDS_PER_STEP);
            (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
            (at, bt) = (at + a * seconds, bt + b * seconds);
        }
        let determinant = aa * bb - ab * ab;
        let (multiply_add, step) = (at * bb - bt * ab, bt * aa - at * ab);
        let told_apart = determinant > 1e-3 * aa * bb && multiply_add > 0.0;
        let ratio = if told_apart { (step / multiply_add).clamp(0.25, 3.0) } else { 1.0 };
        let step = ComputeCost::MULTIPLY_ADDS_PER_STEP * ratio;
        let seconds: f64 = samples.iter().map(|(_, seconds)| seconds).sum();
        let cost: f64 = samples.iter().map(|(cost, _)| cost.multiply_adds + step * cost.steps).sum();
        let multiply_add = seconds / cost;
        (cost > 0.0 && seconds > 0.0).then_some(MeasuredSpeed { multiply_add, step: multiply_add * step })
    }

    fn seconds(self, cost: ComputeCost) -> f64 {
        cost.multiply_adds * self.multiply_add + cost.steps * self.step
    }
}

/// The expected seconds until the run is done, or `None` if nothing has been measured yet. `workers` is the number of
/// jobs that can run at the same time, and `time` how these have spent theirs. `only_reads` says of which open jobs the networks only
/// read corrupted images.
pub fn seconds_left(
    results: &RunResults,
    schedule: &Schedule,
    workers: usize,
    time: WorkerTime,
    only_reads: &dyn Fn(JobId) -> bool,
) -> Option<f64> {
    let config = results.config();
    let done = results.finished_jobs().map(|f| (cost_of(config, f.report.job, &f.report.alive), f.seconds));
    let mut samples: Vec<(ComputeCost, f64)> = done.collect();
    if samples.is_empty() {
        let live = results.in_progress().map(|(job, live)| {
            (job_cost(results, job).times(trained_fraction(config, job, live)), live.seconds)
        });
        samples.extend(live);
    }
    let speed = MeasuredSpeed::fit(&samples)?;
    let (each, longer) = time.beside_work(results);
    let left = |job: JobId| {
        if only_reads(job) {
            return speed.seconds(reading_cost(config, &expected_survivors(results, job))) * longer + each;
        }
        let share = results
            .in_progress()
            .find(|(id, _)| *id == job)
            .map_or(0.0, |(_, live)| trained_fraction(config, job, live));
        speed.seconds(job_cost(results, job).times(1.0 - share)) * longer + each
    };
    Some(seconds_of_open_jobs(config, schedule, workers, &left))
}

/// The seconds that the jobs of a schedule take that are not done. `left` gives the remaining seconds of a job.
fn seconds_of_open_jobs(
    config: &ExperimentConfig,
    schedule: &Schedule,
    workers: usize,
    left: &dyn Fn(JobId) -> f64,
) -> f64 {
    let open: Vec<JobId> =
        job_graph::all_jobs(config).into_iter().filter(|&job| !schedule.is_done(job)).collect();
    if open.len() > MAX_SIMULATED_JOBS {
        // With this many jobs the workers are almost always busy, except near the end of the longest chain of rounds.
        let all = open.iter().map(|&job| left(job)).sum::<f64>();
        let chains = open.chunk_by(|one, other| (one.trial, one.arm) == (other.trial, other.arm));
        let length = |chain: &[JobId]| {
            chain.iter().filter(|job| job.draw == 0 && !job.twin).map(|&job| left(job)).sum()
        };
        let longest = chains.map(length).fold(0.0, f64::max);
        return longest.max(all / workers.max(1) as f64);
    }
    simulate(schedule.clone(), workers, left)
}

/// The expected time of a whole run of an experiment that has not begun, in which `robust` says whether corrupted images are read.
/// `cores` is the number of threads that the machine runs at the same time, and `speed` what was measured on it, if anything
/// was.
pub fn run_forecast(
    config: &ExperimentConfig,
    robust: bool,
    cores: usize,
    speed: Option<MeasuredSpeed>,
) -> RunForecast {
    let results = RunResults::new(ExperimentReport::new(config));
    let workers = cores.min(job_graph::max_parallel_jobs(config)).max(1);
    let (measured, speed) = (speed.is_some(), speed.unwrap_or(MeasuredSpeed::ASSUMED));
    let reading = |job| {
        if robust { reading_cost(config, &expected_survivors(&results, job)) } else { Default::default() }
    };
    let cost = |job| speed.seconds(job_cost(&results, job)) + speed.seconds(reading(job));
    RunForecast { seconds: seconds_of_open_jobs(config, &Schedule::new(config), workers, &cost), measured }
}

/// The fraction of the whole experiment's work that is done, from 0 to 1.
pub fn done_fraction(results: &RunResults) -> f64 {
    let config = results.config();
    let (mut done, mut total) = (0.0, 0.0);
    for job in job_graph::all_jobs(config) {
        let cost = job_cost(results, job).in_multiply_adds();
        total += cost;
        if results.finished_job(job).is_some() {
            done += cost;
        } else if let Some((_, live)) = results.in_progress().find(|(id, _)| *id == job) {
            done += cost * trained_fraction(config, job, live);
        }
    }
    if total > 0.0 { done / total } else { 0.0 }
}

/// Simulates the rest of the schedule and returns the seconds that it takes. `left` gives the remaining seconds of a
/// job.
fn simulate(mut schedule: Schedule, workers: usize, left: &dyn Fn(JobId) -> f64) -> f64 {
    let mut clock = 0.0;
    let mut busy: Vec<(f64, JobId)> = schedule.running().map(|job| (left(job), job)).collect();
    loop {
        while busy.len() < workers.max(1) {
            let Some(job) = schedule.start_next_job(None) else { break };
            busy.push((clock + left(job), job));
        }
        let first = busy.iter().enumerate().min_by(|a, b| a.1.0.total_cmp(&b.1.0)).map(|(at, _)| at);
        let Some(first) = first else { return clock };
        let (end, job) = busy.swap_remove(first);
        clock = end;
        schedule.mark_done(job);
    }
}

/// The fraction of a job's training that is done, from 0 to 1.
fn trained_fraction(config: &ExperimentConfig, job: JobId, live: &JobInProgress) -> f64 {
    let first = first_step(config, job);
    let all = config.iterations.saturating_sub(first).max(1);
    f64::from(live.iteration.saturating_sub(first)) / f64::from(all)
}

/// The iteration at which a job starts training. It is above 0 for an arm with late rewinding.
fn first_step(config: &ExperimentConfig, job: JobId) -> u32 {
    recipe(job).first_iteration(config)
}

/// The cost of a whole job.
fn job_cost(results: &RunResults, job: JobId) -> ComputeCost {
    cost_of(results.config(), job, &expected_survivors(results, job))
}

/// The cost of the training steps, the readings before them, the validation passes, and the final passes over test and
/// training images, which are made with two sets of weights.
fn cost_of(config: &ExperimentConfig, job: JobId, alive: &[u32]) -> ComputeCost {
    // A mask is learnt in a dense network.
    let (all, learns) = (config.model.layer_weight_counts(), recipe(job).learns_mask());
    let alive = if learns { &all[..] } else { alive };
    let alive = &as_dense(config, alive);
    let training = config.model.training_step_multiply_adds(alive) as f64;
    let training = if learns { LEARNT_MASK * training } else { training };
    let forward = config.model.forward_multiply_adds(alive) as f64;
    let first = first_step(config, job);
    let steps = f64::from(config.iterations - first);
    let validations = f64::from(config.evaluations() - first / config.eval_every);
    let data = config.data_of(job.arm);
    let (validation, test) = (f64::from(data.validation_images), f64::from(data.test_images));
    // One more validation pass and one more test come before the first step.
    let between = if job.twin { LINE_POINTS as f64 * test } else { 0.0 };
    let seen =
        (validations + 1.0) * validation + 3.0 * test + 2.0 * f64::from(data.training_images) + between;
    let multiply_adds = steps * training * f64::from(config.batch) + seen * forward;
    ComputeCost { multiply_adds, steps: steps + seen / IMAGES_PER_STEP }
}

/// For each layer as many weights of a dense one as take the time of its survivors.
fn as_dense(config: &ExperimentConfig, alive: &[u32]) -> Vec<u32> {
    let sizes = config.model.layer_sizes().into_iter().zip(alive);
    let as_dense = sizes.map(|(size, alive)| {
        let (all, alive) = (size.weights.len() as f64, f64::from(*alive));
        (if alive < all * SPARSE_BELOW { alive * SPARSE_WEIGHT } else { all }) as u32
    });
    as_dense.collect()
}

/// The cost of reading the test images under every corruption in every strength, and of the gradient of their loss.
fn reading_cost(config: &ExperimentConfig, alive: &[u32]) -> ComputeCost {
    let strengths: usize = Corruption::ALL.iter().map(|corruption| corruption.strengths().len()).sum();
    let images = (strengths + 2) as f64 * f64::from(config.data.test_images);
    let forward = config.model.forward_multiply_adds(&as_dense(config, alive)) as f64;
    ComputeCost {
        multiply_adds: images * LIT_IMAGE * forward,
        steps: images * CORRUPTED_IMAGE / IMAGES_PER_STEP,
    }
}

/// The expected number of surviving weights in each layer. They are counted in the latest known mask of the ticket,
/// because the masks of the other arms keep as many weights. For later rounds they are computed from the pruning rates.
fn expected_survivors(results: &RunResults, job: JobId) -> Vec<u32> {
    let config = results.config();
    let known = (0..=job.round).rev().find_map(|r| Some((r, results.ticket_survivors(job.trial, r)?)));
    let (round, counts) = known.unwrap_or_default();
    let prunings = job.round.saturating_sub(round);
    let kept = |layer| (1.0 - prune_counts::layer_prune_rate(config, layer)).powi(prunings as i32);
    let counts = counts.into_iter().enumerate();
    counts.map(|(layer, count)| (f64::from(count) * kept(layer)).round() as u32).collect()
}

#[cfg(test)]
mod tests;
