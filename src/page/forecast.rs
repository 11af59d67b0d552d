//! Forecasts the remaining time of a run, and the time of a run that has not begun. The measured seconds per unit of cost are multiplied by the remaining cost of
//! each job, and the rest of the schedule is simulated on the available workers.

use crate::run_results::{JobInProgress, RunResults};
use experiment::{
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::{self},
    prune_counts,
    recipe::recipe,
    schedule::Schedule,
};

/// The largest number of unfinished jobs for which the schedule is simulated. With more jobs a simulation would take
/// too long, and a lower bound is accurate enough.
const MAX_SIMULATED_JOBS: usize = 200;

/// The cost of a job: its multiply-adds, whose number shrinks with the surviving weights, and its training steps, each
/// of which costs a fixed amount however few weights survive.
#[derive(Clone, Copy, Debug, Default)]
struct ComputeCost {
    multiply_adds: f64,
    steps: f64,
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
        MeasuredSpeed { multiply_add: 1.2e-10, step: 1.2e-10 * ComputeCost::MULTIPLY_ADDS_PER_STEP };

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
/// jobs that can run at the same time.
pub fn seconds_left(results: &RunResults, schedule: &Schedule, workers: usize) -> Option<f64> {
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
    let left = |job: JobId| {
        let share = results
            .in_progress()
            .find(|(id, _)| *id == job)
            .map_or(0.0, |(_, live)| trained_fraction(config, job, live));
        speed.seconds(job_cost(results, job).times(1.0 - share))
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
        let length = |chain: &[JobId]| chain.iter().filter(|job| job.draw == 0).map(|&job| left(job)).sum();
        let longest = chains.map(length).fold(0.0, f64::max);
        return longest.max(all / workers.max(1) as f64);
    }
    simulate(schedule.clone(), workers, left)
}

/// The expected time of a whole run of an experiment that has not begun. `cores` is the number of threads that the
/// machine runs at the same time, and `speed` what was measured on it, if anything was.
pub fn run_forecast(config: &ExperimentConfig, cores: usize, speed: Option<MeasuredSpeed>) -> RunForecast {
    let results = RunResults::new(ExperimentReport::new(config));
    let workers = cores.min(job_graph::max_parallel_jobs(config)).max(1);
    let (measured, speed) = (speed.is_some(), speed.unwrap_or(MeasuredSpeed::ASSUMED));
    let cost = |job| speed.seconds(job_cost(&results, job));
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
    let training = config.model.training_step_multiply_adds(alive) as f64;
    let forward = config.model.forward_multiply_adds(alive) as f64;
    let first = first_step(config, job);
    let steps = f64::from(config.iterations - first);
    let validations = f64::from(config.evaluations() - first / config.eval_every);
    let data = &config.data;
    let (validation, test) = (f64::from(data.validation_images), f64::from(data.test_images));
    // One more validation pass and one more test come before the first step.
    let seen = (validations + 1.0) * validation + 3.0 * test + 2.0 * f64::from(data.training_images);
    ComputeCost { multiply_adds: steps * training * f64::from(config.batch) + seen * forward, steps }
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
mod tests {
    use super::*;
    use experiment::{
        arm::Arm,
        job_report::{Accuracy, JobReport},
        settings::Settings,
    };

    /// A finished job that took one second for every hundred steps and one second for every billion multiply-adds.
    fn done(results: &RunResults, job: JobId) -> FinishedJob {
        let (config, half) = (results.config(), Accuracy { correct: 1, total: 2 });
        let report = JobReport {
            job,
            alive: expected_survivors(results, job),
            curve: vec![],
            early_stop: config.iterations,
            before_training: None,
            test_early: half,
            test_end: half,
            train_early: half,
            train_end: half,
            iterations: config.iterations - first_step(config, job),
            batch: config.batch,
        };
        FinishedJob { report, seconds: seconds(job_cost(results, job)), digest: None }
    }

    fn seconds(cost: ComputeCost) -> f64 {
        cost.multiply_adds / 1e9 + cost.steps / 1e2
    }

    /// The second round takes far longer than it should. This must not make the forecast expect ever slower rounds.
    #[test]
    fn a_busy_machine_does_not_pass_for_slow_steps() {
        let config = Settings::from_fragment("iterations=300").0.config;
        let (mut results, mut schedule) =
            (RunResults::new(ExperimentReport::new(&config)), Schedule::new(&config));
        let jobs = job_graph::all_jobs(&config);
        for &job in jobs.iter().filter(|job| job.round < 2) {
            let slow = 1.0 + 0.7 * f64::from(job.round);
            let done = done(&results, job);
            results.add_finished(FinishedJob { seconds: slow * done.seconds, ..done }, None);
            schedule.mark_done(job);
        }
        let expected: f64 =
            jobs.iter().filter(|job| job.round >= 2).map(|&job| seconds(job_cost(&results, job))).sum();
        let left = seconds_left(&results, &schedule, 1).expect("it is measured");
        assert!(expected < left && left < 2.5 * expected, "{left} {expected}");
    }

    #[test]
    fn what_is_left_takes_as_long_as_what_is_done_says() {
        let all = "dense,ticket,reinit,shuffled,random,sign,norewind,late,oneshot";
        for more in ["trials=3", "trials=9&draws=5&rewind_to=300", "criterion=global&trials=2"] {
            let config = Settings::from_fragment(&format!("arms={all}&{more}")).0.config;
            let (mut results, mut schedule) =
                (RunResults::new(ExperimentReport::new(&config)), Schedule::new(&config));
            assert_eq!(seconds_left(&results, &schedule, 4), None);
            let jobs = job_graph::all_jobs(&config);
            for &job in jobs.iter().filter(|job| job.round < 2) {
                results.add_finished(done(&results, job), None);
                schedule.mark_done(job);
            }
            let open = || jobs.iter().filter(|job| job.round >= 2);
            let expected: f64 = open().map(|&job| seconds(job_cost(&results, job))).sum();
            let left = |workers| seconds_left(&results, &schedule, workers).expect("it is measured");
            // The counts of weights are rounded, so the fitted speeds are only approximately the original ones.
            assert!((left(1) / expected - 1.0).abs() < 1e-3, "{more}: {} not {expected}", left(1));
            assert!(
                left(4) >= left(1) / 4.0 - 1e-9 && left(4) < left(1) / 3.0,
                "{more}: {} {}",
                left(4),
                left(1)
            );
            // However many workers there are, the rounds of a trial run one after the other.
            let chain = open().filter(|job| job.trial == config.seeds.first() && job.arm == Arm::Ticket);
            let chain: f64 = chain.map(|&job| seconds(job_cost(&results, job))).sum();
            assert!(left(1000) > 0.99 * chain && left(1000) <= left(4), "{more}: {} {chain}", left(1000));
            // With late rewinding, a job takes over its first steps from round 0 and does not repeat them.
            let late = JobId { trial: config.seeds.first(), arm: Arm::Late, round: 2, draw: 0 };
            let ticket = JobId { arm: Arm::Ticket, ..late };
            assert!(job_cost(&results, late).steps < job_cost(&results, ticket).steps);
        }
    }

    /// A run that has not begun takes as long as the same run takes that has just begun, and longer with more work.
    #[test]
    fn a_whole_run_is_expected_to_take_as_long_as_it_will() {
        let config = Settings::from_fragment("preset=classroom").0.config;
        let mut results = RunResults::new(ExperimentReport::new(&config));
        let jobs = job_graph::all_jobs(&config);
        jobs.iter().for_each(|&job| results.add_finished(done(&results, job), None));
        assert_eq!(MeasuredSpeed::of_finished_jobs(&results, &|_| false), None);
        let speed = MeasuredSpeed::of_finished_jobs(&results, &|job| job.round < 2).expect("it is measured");
        let all: f64 = jobs.iter().map(|&job| seconds(job_cost(&results, job))).sum();
        let forecast = run_forecast(&config, 1, Some(speed));
        assert!(forecast.measured && (forecast.seconds / all - 1.0).abs() < 0.01, "{forecast:?} {all}");
        let (two, many) = (run_forecast(&config, 2, Some(speed)), run_forecast(&config, 1000, Some(speed)));
        assert!(forecast.seconds > two.seconds && two.seconds > many.seconds && many.seconds > all / 6.0);
        let assumed = |fragment: &str| run_forecast(&Settings::from_fragment(fragment).0.config, 2, None);
        assert!(!assumed("").measured);
        let order = ["preset=quick", "preset=signs", "preset=classroom", "preset=paper20k", "preset=paper"];
        assert!(order.map(|fragment| assumed(fragment).seconds).is_sorted());
        // Five trials of 41 networks that see 50,000 batches each: hours, but not weeks.
        let paper = assumed("preset=paper").seconds / 3600.0;
        assert!((1.0..48.0).contains(&paper), "{paper} hours");
    }
}
