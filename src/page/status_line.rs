//! The line that says what is happening, and the label of the play button.

use crate::{
    element_texts, shown_results::ShownResults, state::State, status::PageStatus, worker_pool::WorkerStatus,
};
use experiment::{
    arm::Arm,
    job::JobId,
    moment::{Moment, Stage},
};
use numbers::{duration, expected_duration, megabytes, percent, with_commas};
use texts::text;

/// The status line of the stage strip. `left` is the forecast of the remaining seconds, if there is one.
pub fn status_line(state: &State, left: Option<f64>) -> String {
    let config = state.config();
    let rounds = config.rounds + 1;
    match state.status() {
        PageStatus::Failed => "Stopped.".into(),
        PageStatus::Loading => loading_text(state),
        PageStatus::Ready => {
            let iterations = with_commas(f64::from(config.iterations));
            format!("Ready: {rounds} rounds of {iterations} iterations each.")
        }
        PageStatus::Done if state.is_display_behind() => {
            format!("{} · all rounds are computed", position_text(state.shown()))
        }
        PageStatus::Done if state.running_seconds() == 0.0 => {
            format!("Done: {rounds} rounds, read from a report.")
        }
        PageStatus::Done => format!("Done: {rounds} rounds in {}.", duration(state.running_seconds())),
        PageStatus::Running | PageStatus::Paused if state.trains_again() => {
            let pause = if state.status() == PageStatus::Paused { "Paused · " } else { "" };
            match state.schedule().open_jobs() {
                1 => format!("{pause}Training one network again."),
                open => format!("{pause}Training again: {open} networks to go."),
            }
        }
        PageStatus::Running => {
            let left =
                left.map_or(String::new(), |left| format!(" · about {} to go", expected_duration(left)));
            format!(
                "{}{} · {}{left}",
                position_text(state.shown()),
                ahead_text(state),
                duration(state.running_seconds())
            )
        }
        PageStatus::Paused => {
            format!(
                "Paused · {}{} · {}",
                position_text(state.shown()),
                ahead_text(state),
                duration(state.running_seconds())
            )
        }
    }
}

/// The shown moment in words.
fn position_text(shown: ShownResults<'_>) -> String {
    let config = shown.config();
    let moment = shown.moment();
    let total = config.model.weight_count() as f64;
    let left = match shown.weights_left(moment.round) {
        Some(left) => {
            format!(" · {} of weights left", percent(f64::from(left.iter().sum::<u32>()) / total))
        }
        None => String::new(),
    };
    let iterations = with_commas(f64::from(config.iterations));
    let stage = match moment.stage {
        Stage::Rewind => "before training".into(),
        Stage::Train => format!("iteration {} of {iterations}", with_commas(f64::from(moment.iteration))),
        Stage::Prune => "pruning".into(),
    };
    format!("Round {} of {}{left} · {stage}", moment.round, config.last_round())
}

/// How far the workers are where the display is behind them, or which networks of the round it waits for.
fn ahead_text(state: &State) -> String {
    let (frontier, shown) = (state.frontier(), state.shown().moment());
    if frontier.round > shown.round {
        return format!(" · computed up to round {}", frontier.round);
    }
    let results = state.results();
    let jobs = results.open_jobs();
    let seeds = state.config().seeds.iter();
    let all = jobs.len() * state.config().seeds.count() as usize;
    let done = seeds.map(|trial| {
        jobs.iter().filter(|job| results.finished_job(JobId { trial, ..**job }).is_some()).count()
    });
    match done.sum::<usize>() {
        0 => String::new(),
        done if done == all => String::new(),
        done => format!(" · {done} of {all} networks of round {} are trained", frontier.round),
    }
}

fn loading_text(state: &State) -> String {
    let then = if state.wants_to_run() { ", then it starts" } else { "" };
    let title = &state.config().data.title;
    let download = state.download();
    if !download.complete {
        let done = megabytes(download.done.iter().sum());
        let total: Option<u32> = download.total.iter().copied().sum();
        return match total {
            Some(total) => format!("Loading {title}: {done} of {} MB{then}", megabytes(total)),
            None => format!("Loading {title}: {done} MB so far{then}"),
        };
    }
    let stages = state.workers().iter().map(|worker| worker.status);
    let unpacking = stages.filter_map(|stage| match stage {
        WorkerStatus::Unpacking { done, total } if total > 0 => Some(f64::from(done) / f64::from(total)),
        WorkerStatus::Unpacking { .. } => Some(0.0),
        _ => None,
    });
    match unpacking.min_by(f64::total_cmp) {
        Some(least) => format!("Unpacking {title}: {:.0}%{then}", least * 100.0),
        None => format!("Starting {} workers{then}", state.workers().len()),
    }
}

/// The label of the play button.
pub fn play_label(state: &State) -> &'static str {
    match state.status() {
        PageStatus::Loading if state.wants_to_run() => "Pause",
        _ if state.is_playing() => "Pause",
        PageStatus::Paused => "Resume",
        PageStatus::Running if state.is_slow_to_pause() => text("worker.pausing"),
        PageStatus::Running if state.shown().moment() != Moment::START => "Resume",
        PageStatus::Done if state.is_display_behind() && state.shown().moment() != Moment::START => "Resume",
        _ => "Play",
    }
}

/// What happens at the shown moment, in a sentence or two, with terms marked as [`crate::terms::parts`] reads them. Empty
/// before anything has begun.
pub fn caption(state: &State) -> String {
    let shown = state.on_screen();
    if shown.nothing_started() {
        return String::new();
    }
    let (config, moment) = (shown.config(), shown.moment());
    let survivors = |round| shown.weights_left(round).map(|left| left.iter().sum::<u32>());
    let count = |weights: u32| with_commas(f64::from(weights));
    let total = config.model.weight_count() as u32;
    match moment.stage {
        Stage::Rewind if moment.round == 0 => {
            format!("The network begins with {} weights, each drawn at random.", count(total))
        }
        Stage::Rewind => {
            let left = survivors(moment.round)
                .map_or("The survivors".into(), |left| format!("The {} survivors", count(left)));
            let others = element_texts::others_at_the_start(config);
            format!("{left} go back to their first values{others}.{}", untrained_text(shown))
        }
        Stage::Train if moment.is_round_over(config, moment.round) => {
            let iterations = with_commas(f64::from(config.iterations));
            format!("Round {} is trained: {iterations} iterations.", moment.round)
        }
        Stage::Train => {
            let left = survivors(moment.round).unwrap_or(total);
            let networks = match moment.round {
                0 => "The dense network trains",
                _ if shown.jobs_of_round(moment.round).len() > 1 => "The networks train",
                _ => "The network trains",
            };
            match moment.round {
                0 => format!("{networks}: {} weights, on {} images a step.", count(left), config.batch),
                _ => format!("{networks}: {} weights each.{}", count(left), untrained_text(shown)),
            }
        }
        Stage::Prune => match (survivors(moment.round), survivors(moment.round + 1)) {
            (Some(before), Some(after)) => format!(
                "{} of {} weights are struck out for good. {}",
                count(before.saturating_sub(after)),
                count(before),
                config.criterion.description()
            ),
            _ => format!("Weights are struck out for good. {}", config.criterion.description()),
        },
    }
}

/// What ticket and re-init of the first trial read before the first training step of the shown round: a sentence with a
/// space before it, or nothing if that is not known. That a mask alone makes a network read is worth to be seen.
fn untrained_text(shown: ShownResults<'_>) -> String {
    let (config, round) = (shown.config(), shown.round());
    let reads = |arm: Arm| {
        let job = JobId { trial: config.seeds.first(), arm, round, draw: 0 };
        let readings = shown.before_training(job).filter(|_| config.arms.contains(&arm))?;
        Some(percent(readings.test.fraction()))
    };
    match (reads(Arm::Ticket), reads(Arm::Reinit)) {
        (Some(ticket), Some(reinit)) => {
            format!(
                " [Untrained|untrained], the ticket reads {ticket} of the test images, the re-init {reinit}."
            )
        }
        (Some(ticket), None) => {
            format!(" [Untrained|untrained], the ticket reads {ticket} of the test images.")
        }
        (None, _) => String::new(),
    }
}

/// The shown moment for a screen reader.
pub fn timeline_text(state: &State) -> String {
    let shown = state.on_screen();
    if shown.nothing_started() {
        return "Nothing has been computed yet.".into();
    }
    let recorded = if state.preview().is_some() { "Recorded: " } else { "" };
    format!("{recorded}{}", position_text(shown))
}
