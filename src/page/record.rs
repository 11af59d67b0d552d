//! What is known so far: the readings of finished jobs, the curves of running ones, and when each weight died.

pub use crate::lab::deaths::Deaths;
use crate::lab::{
    config::Config,
    experiment,
    job::{Arm, JobId},
    report::{Point, Report},
    shape::LAYERS,
    sorted::Sorted,
};
use crate::protocol::Phase;

/// A job that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Its readings.
    pub report: Report,
    /// Seconds of work.
    pub seconds: f64,
    /// The digest of all it put out.
    pub digest: String,
}

/// A job on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// What it is doing.
    pub phase: Phase,
    /// Training steps done.
    pub iteration: u32,
    /// Seconds of work so far.
    pub seconds: f64,
    /// Validation so far.
    pub curve: Vec<Point>,
}

/// Everything the workers have said about one run.
#[derive(Clone, Debug)]
pub struct Record {
    config: Config,
    finished: Sorted<JobId, Finished>,
    live: Sorted<JobId, Live>,
    deaths: Sorted<u32, Deaths>,
    alive: Sorted<(u32, u32), [u32; LAYERS]>,
}

impl Record {
    /// Nothing known yet.
    pub fn new(config: &Config) -> Record {
        Record {
            config: config.clone(),
            finished: Sorted::new(),
            live: Sorted::new(),
            deaths: Sorted::new(),
            alive: Sorted::new(),
        }
    }

    /// The settings it is a record of.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A job begins, from nothing.
    pub fn begin(&mut self, job: JobId) {
        let live = Live { phase: Phase::Rewind, iteration: 0, seconds: 0.0, curve: Vec::new() };
        self.live.insert(job, live);
    }

    /// A running job's news.
    pub fn progress(&mut self, job: JobId, phase: Phase, iteration: u32, seconds: f64) {
        if let Some(live) = self.live.get_mut(&job) {
            (live.phase, live.iteration, live.seconds) = (phase, iteration, seconds);
        }
    }

    /// A validation pass of a running job.
    pub fn evaluated(&mut self, job: JobId, point: Point) {
        if let Some(live) = self.live.get_mut(&job) {
            live.iteration = live.iteration.max(point.iteration);
            if live.curve.last().is_none_or(|last| last.iteration < point.iteration) {
                live.curve.push(point);
            }
        }
    }

    /// A job is done; `mask` is the next round's.
    pub fn finish(&mut self, finished: Finished, mask: Option<&[u8]>) {
        let job = finished.report.job;
        if let Some(mask) = mask {
            let weights = self.config.shape.weights();
            let deaths = self.deaths.get_or_insert_with(job.trial, || Deaths::none(weights));
            deaths.note(job.round + 1, mask);
            let shape = self.config.shape;
            let count = |l| mask[shape.weight_range(l)].iter().filter(|&&kept| kept != 0).count() as u32;
            self.alive.insert((job.trial, job.round + 1), std::array::from_fn(count));
        }
        self.live.remove(&job);
        self.finished.insert(job, finished);
    }

    /// Forgets what unfinished jobs said, because they will run again from their start.
    pub fn forget_live(&mut self) {
        self.live.clear();
    }

    /// Done jobs, in the order of the table of rounds whatever order they came in.
    pub fn finished(&self) -> impl Iterator<Item = &Finished> + Clone {
        self.finished.values()
    }

    /// One done job.
    pub fn finished_job(&self, job: JobId) -> Option<&Finished> {
        self.finished.get(&job)
    }

    /// Jobs on their way.
    pub fn live(&self) -> impl Iterator<Item = (JobId, &Live)> + Clone {
        self.live.iter().map(|(job, live)| (*job, live))
    }

    /// The curve of a job, done or not.
    pub fn curve(&self, job: JobId) -> &[Point] {
        let done = self.finished.get(&job).map(|f| f.report.curve.as_slice());
        done.or_else(|| self.live.get(&job).map(|l| l.curve.as_slice())).unwrap_or_default()
    }

    /// When each weight of a trial died; `None` before its first pruning.
    pub fn deaths(&self, trial: u32) -> Option<&Deaths> {
        self.deaths.get(&trial)
    }

    /// Surviving weights at the start of a round, by layer, once its mask is known.
    pub fn alive(&self, trial: u32, round: u32) -> Option<[u32; LAYERS]> {
        let shape = self.config.shape;
        if round == 0 {
            return Some(std::array::from_fn(|l| shape.layer_weights(l) as u32));
        }
        self.alive.get(&(trial, round)).copied()
    }

    /// Weights left by layer at the start of a round of the first trial: the ticket's, or, where it is not trained so
    /// far, those of another arm that is done.
    pub fn left(&self, round: u32) -> Option<[u32; LAYERS]> {
        let trial = self.config.seed;
        let here = |f: &&Finished| (f.report.job.trial, f.report.job.round) == (trial, round);
        self.alive(trial, round).or_else(|| self.finished.values().find(here).map(|f| f.report.alive))
    }

    /// Whether no job has begun.
    pub fn untouched(&self) -> bool {
        self.live.is_empty() && self.finished.is_empty()
    }

    /// The furthest round that any job has begun.
    pub fn round(&self) -> u32 {
        let rounds = self.live.keys().chain(self.finished.keys()).map(|job| job.round);
        rounds.max().unwrap_or(0)
    }

    /// Whether every job of a round is done.
    pub fn round_done(&self, round: u32) -> bool {
        let mut jobs = experiment::jobs(&self.config).into_iter().filter(|job| job.round == round);
        jobs.all(|job| self.finished.contains_key(&job))
    }

    /// The test accuracy of an arm in a trial at the end of a round: the mean of its draws, once all are done.
    pub fn test_end(&self, trial: u32, arm: Arm, round: u32) -> Option<f64> {
        let done = |draw| self.finished.get(&JobId { trial, arm, round, draw });
        let draws: Option<Vec<&Finished>> = (0..arm.draws(&self.config)).map(done).collect();
        mean(draws?.iter().map(|f| f.report.test_end.fraction()))
    }

    /// Seconds that the same training steps take a dense network: those of the trial's own round 0, or their share
    /// where the arm trains fewer. None before that round is done.
    pub fn dense_seconds(&self, report: &Report) -> Option<f64> {
        let dense = self.finished.get(&JobId { arm: Arm::Ticket, round: 0, draw: 0, ..report.job })?;
        Some(dense.seconds * f64::from(report.iterations) / f64::from(dense.report.iterations.max(1)))
    }

    /// The mean test accuracy of an arm at the end of a round, over its finished trials and draws.
    pub fn mean_test_end(&self, arm: Arm, round: u32) -> Option<f64> {
        let of_arm = |f: &&Finished| f.report.job.arm == arm && f.report.job.round == round;
        mean(self.finished.values().filter(of_arm).map(|f| f.report.test_end.fraction()))
    }
}

/// The mean of some numbers, if there are any.
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}
