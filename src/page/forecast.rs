//! How long it will still take: measured seconds per unit of cost, times the cost of what is left, played through
//! the schedule on as many workers as there are.

use super::record::Record;
use crate::lab::{
    config::{Config, VALIDATION_IMAGES},
    experiment::{self, Schedule},
    job::JobId,
    shape::LAYERS,
};

/// What a step costs besides its multiply-adds, in multiply-adds: batches are gathered and losses taken however
/// few weights survive.
const STEP_OVERHEAD: f64 = 1.5e6;

/// Seconds to go, if anything has been measured yet. `workers` is how many run at once.
pub fn seconds_left(record: &Record, schedule: &Schedule, workers: usize) -> Option<f64> {
    let config = record.config();
    let mut paid = 0.0;
    let mut seconds = 0.0;
    for done in record.finished() {
        paid += cost(config, &done.report.alive.map(f64::from));
        seconds += done.seconds;
    }
    for (job, live) in record.live() {
        paid += cost(config, &alive(record, job)) * share(config, live.iteration);
        seconds += live.seconds;
    }
    if paid <= 0.0 || seconds <= 0.0 {
        return None;
    }
    let rate = seconds / paid;
    let left = |job: JobId| {
        let begun = record.live().find(|(id, _)| *id == job).map_or(0, |(_, live)| live.iteration);
        rate * cost(config, &alive(record, job)) * (1.0 - share(config, begun))
    };
    Some(play(schedule.clone(), workers, left))
}

/// How much of the whole experiment's work is done, from 0 to 1.
pub fn share_done(record: &Record) -> f64 {
    let config = record.config();
    let (mut done, mut total) = (0.0, 0.0);
    for job in experiment::jobs(config) {
        let cost = cost(config, &alive(record, job));
        total += cost;
        if record.finished_job(job).is_some() {
            done += cost;
        } else if let Some((_, live)) = record.live().find(|(id, _)| *id == job) {
            done += cost * share(config, live.iteration);
        }
    }
    if total > 0.0 { done / total } else { 0.0 }
}

/// Plays the rest of the schedule on a clock of its own.
fn play(mut schedule: Schedule, workers: usize, left: impl Fn(JobId) -> f64) -> f64 {
    let mut clock = 0.0;
    let mut busy: Vec<(f64, JobId)> = schedule.running().into_iter().map(|job| (left(job), job)).collect();
    loop {
        while busy.len() < workers.max(1) {
            let Some(job) = schedule.start(None) else { break };
            busy.push((clock + left(job), job));
        }
        let first = busy.iter().enumerate().min_by(|a, b| a.1.0.total_cmp(&b.1.0)).map(|(at, _)| at);
        let Some(first) = first else { return clock };
        let (end, job) = busy.swap_remove(first);
        clock = end;
        schedule.finish(job);
    }
}

fn share(config: &Config, iteration: u32) -> f64 {
    f64::from(iteration) / f64::from(config.iterations.max(1))
}

fn cost(config: &Config, alive: &[f64; LAYERS]) -> f64 {
    let training = 2.0 * alive[0] + 3.0 * alive[1] + 3.0 * alive[2];
    let forward: f64 = alive.iter().sum();
    let steps = f64::from(config.iterations) * (training * f64::from(config.batch) + STEP_OVERHEAD);
    steps + f64::from(config.evaluations()) * VALIDATION_IMAGES as f64 * forward
}

/// Surviving weights of a job by layer: counted where the mask is known, else what the rates will leave.
fn alive(record: &Record, job: JobId) -> [f64; LAYERS] {
    let config = record.config();
    let known = (0..=job.round).rev().find_map(|r| Some((r, record.alive(job.trial, r)?)));
    let (round, counts) = known.unwrap_or((0, [0; LAYERS]));
    let prunings = job.round.saturating_sub(round);
    std::array::from_fn(|layer| f64::from(counts[layer]) * kept(config, layer).powi(prunings as i32))
}

fn kept(config: &Config, layer: usize) -> f64 {
    1.0 - if layer + 1 == LAYERS { config.output_rate } else { config.rate }
}
