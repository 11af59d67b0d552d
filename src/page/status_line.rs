//! The line that says what is happening, and the label of the play button.

use crate::{state::State, status::PageStatus, worker_pool::WorkerStatus};
use numbers::{duration, expected_duration, megabytes, percent, with_commas};

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
            format!("{} · {}{left}", position_text(state), duration(state.running_seconds()))
        }
        PageStatus::Paused => {
            format!("Paused · {} · {}", position_text(state), duration(state.running_seconds()))
        }
    }
}

fn position_text(state: &State) -> String {
    let (config, results) = (state.config(), state.results());
    let round = results.latest_round();
    let iteration =
        results.in_progress().filter(|(job, _)| job.round == round).map(|(_, live)| live.iteration).max();
    let iteration = with_commas(f64::from(iteration.unwrap_or(config.iterations)));
    let iterations = with_commas(f64::from(config.iterations));
    let total = config.model.weight_count() as f64;
    let left = match results.weights_left(round) {
        Some(left) => {
            format!(" · {} of weights left", percent(f64::from(left.iter().sum::<u32>()) / total))
        }
        None => String::new(),
    };
    format!("Round {round} of {}{left} · iteration {iteration} of {iterations}", config.rounds)
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
        PageStatus::Running => "Pause",
        PageStatus::Paused => "Resume",
        _ => "Play",
    }
}
