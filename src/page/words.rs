//! What the page says in words: readings for the eye and sentences for a screen reader.

use crate::{
    fleet::Stage,
    record::Record,
    state::{Standing, State},
};
use chart::ArmLook;
use experiment::{fragment::Settings, job::Arm, jobs, journal::Journal};
use numbers::{count, duration, expected_duration, fixed, megabytes, percent};
use protocol::{Failure, FailureKind};

/// An arm's short name.
pub fn arm(arm: Arm) -> &'static str {
    ArmLook::of(arm.name()).label
}

/// What the masks show.
pub fn masks(record: &Record, round: u32) -> String {
    let config = record.config();
    match record.alive(config.seed, round) {
        Some(alive) if round > 0 => {
            let left: u32 = alive.iter().sum();
            let share = percent(f64::from(left) / config.shape.weights() as f64);
            format!("Mask of round {round}: {} weights left, {share}.", count(f64::from(left)))
        }
        _ if record.alive(config.seed, 1).is_some() => "Round 0: every weight is alive.".into(),
        _ => "Every weight is alive. The first pruning comes at the end of round 0.".into(),
    }
}

/// A finished round in a sentence or two.
pub fn round(record: &Record, round: u32) -> String {
    let config = record.config();
    let total = config.shape.weights() as f64;
    let alive = record.left(round).map_or(0.0, |alive| f64::from(alive.iter().sum::<u32>()));
    let left = percent(alive / total);
    let mut sentence = format!("Round {round} of {} done, {left} of weights left.", config.rounds);
    let readings: Vec<String> = config
        .arms
        .iter()
        .copied()
        .filter_map(|a| Some((a, record.mean_test_end(a, round)?)))
        .map(|(a, accuracy)| format!("{} {}", arm(a), percent(accuracy)))
        .collect();
    if !readings.is_empty() {
        sentence += &format!(" Test accuracy: {}.", readings.join(", "));
    }
    let (ticket, reinit) =
        (record.mean_test_end(Arm::Ticket, round), record.mean_test_end(Arm::Reinit, round));
    if let (Some(ticket), Some(reinit)) = (ticket, reinit) {
        let lead = ticket - reinit;
        let (who, by) = if lead < 0.0 { ("Re-init", -lead) } else { ("Ticket", lead) };
        sentence += &format!(" {who} ahead by {} points.", fixed(by * 100.0, 1));
    }
    sentence
}

/// What is said of a report that was opened.
pub fn opened(journal: &Journal) -> String {
    let (done, all) = (journal.finished().len(), jobs::jobs(journal.config()).len());
    format!("Report opened: {done} of {all} jobs are done.")
}

/// The name of a report's file.
pub fn file(settings: &Settings) -> String {
    format!("ticket-lab-{}-seed{}.jsonl", settings.preset.name(), settings.config.seed)
}

/// A change of standing, where it is worth saying.
pub fn standing(before: Standing, after: Standing, record: &Record) -> Option<String> {
    Some(match (before, after) {
        (Standing::Loading, Standing::Ready) => "MNIST is loaded. Press Play to start.".into(),
        (_, Standing::Ready) => "Started afresh. Press Play to start.".into(),
        (_, Standing::Paused) => format!("Paused in round {}.", record.round()),
        (_, Standing::Done) => "All rounds are done.".into(),
        (Standing::Ready | Standing::Loading, Standing::Running) => "Training.".into(),
        _ => return None,
    })
}

/// What to do about a failure.
pub fn advice(failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::Data => {
            "Check the connection, or that the site was copied whole, then try again: the data is fetched anew. \
             Rounds already done are kept."
        }
        FailureKind::Browser => {
            "Ticket Lab needs WebAssembly with SIMD and module workers: Chrome or Edge 91, Firefox 114, Safari 16.4 \
             or newer. Update this browser or open the page in another one."
        }
        FailureKind::Worker => {
            "Try again: new workers are started, rounds already done are kept, and the rest is trained anew with \
             the same result. If it happens again, close other tabs or restart the browser."
        }
        FailureKind::Report => {
            "The report is from another version of this program, or was changed. Press Reset to run these settings \
             afresh, or open another report."
        }
    }
}

/// A failure's headline.
pub fn headline(failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::Data => "The data could not be read",
        FailureKind::Browser => "This browser cannot run Ticket Lab",
        FailureKind::Worker => "The training stopped",
        FailureKind::Report => "The run contradicts its report",
    }
}

/// The line of the stage strip.
pub fn strip(state: &State, left: Option<f64>) -> String {
    let config = state.config();
    let rounds = config.rounds + 1;
    match state.standing() {
        Standing::Failed => "Stopped.".into(),
        Standing::Loading => loading(state),
        Standing::Ready => {
            let iterations = count(f64::from(config.iterations));
            format!("Ready: {rounds} rounds of {iterations} iterations each.")
        }
        Standing::Done if state.elapsed() == 0.0 => format!("Done: {rounds} rounds, read from a report."),
        Standing::Done => format!("Done: {rounds} rounds in {}.", duration(state.elapsed())),
        Standing::Running => {
            let left =
                left.map_or(String::new(), |left| format!(" · about {} to go", expected_duration(left)));
            format!("{} · {}{left}", place(state), duration(state.elapsed()))
        }
        Standing::Paused => format!("Paused · {} · {}", place(state), duration(state.elapsed())),
    }
}

fn place(state: &State) -> String {
    let (config, record) = (state.config(), state.record());
    let round = record.round();
    let iteration = record.live().filter(|(job, _)| job.round == round).map(|(_, live)| live.iteration).max();
    let iteration = count(f64::from(iteration.unwrap_or(config.iterations)));
    let of = count(f64::from(config.iterations));
    let total = config.shape.weights() as f64;
    let left = match record.left(round) {
        Some(left) => {
            format!(" · {} of weights left", percent(f64::from(left.iter().sum::<u32>()) / total))
        }
        None => String::new(),
    };
    format!("Round {round} of {}{left} · iteration {iteration} of {of}", config.rounds)
}

fn loading(state: &State) -> String {
    let then = if state.wants_to_run() { ", then it starts" } else { "" };
    let download = state.download();
    if !download.complete {
        let done = megabytes(download.done.iter().sum());
        let total: Option<u32> = download.total.iter().copied().sum();
        return match total {
            Some(total) => format!("Loading MNIST: {done} of {} MB{then}", megabytes(total)),
            None => format!("Loading MNIST: {done} MB so far{then}"),
        };
    }
    let stages = state.slots().iter().map(|slot| slot.stage);
    let unpacking = stages.filter_map(|stage| match stage {
        Stage::Unpacking { done, total } if total > 0 => Some(f64::from(done) / f64::from(total)),
        Stage::Unpacking { .. } => Some(0.0),
        _ => None,
    });
    match unpacking.min_by(f64::total_cmp) {
        Some(least) => format!("Unpacking MNIST: {:.0}%{then}", least * 100.0),
        None => format!("Starting {} workers{then}", state.slots().len()),
    }
}

/// What the play button says.
pub fn play(state: &State) -> &'static str {
    match state.standing() {
        Standing::Loading if state.wants_to_run() => "Pause",
        Standing::Running => "Pause",
        Standing::Paused => "Resume",
        _ => "Play",
    }
}

/// A setting's name as people read it.
pub fn setting(name: &str) -> String {
    let title = match name {
        "trials" => "Trials",
        "arms" => "Arms",
        "draws" => "Draws of the re-init",
        "rewind_to" => "Late rewinding goes back to iteration",
        "batch" => "Images in a batch",
        "learning_rate" => "Learning rate",
        "hidden" => "Hidden units",
        "iterations" => "Iterations a round",
        "rate" => "Share pruned a round, hidden layers",
        "output_rate" => "Share pruned a round, output layer",
        "rounds" => "Prunings",
        "eval_every" => "Iterations between validations",
        "criterion" => "What is pruned first",
        other => {
            let mut letters = other.replace('_', " ");
            letters.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
            return letters;
        }
    };
    title.into()
}
