//! The line that says what is happening, and the label of the play button.

use crate::{
    element_texts, shown_results::ShownResults, state::State, status::PageStatus, worker_pool::WorkerStatus,
};
use experiment::{
    arm::Arm,
    data_words,
    job::JobId,
    moment::{Moment, Stage},
};
use numbers::{duration, expected_duration, fixed, megabytes, percent, percent_sign, with_commas};
use texts::{count, fill, text};

/// The status line of the stage strip. `left` is the forecast of the remaining seconds, if there is one.
pub fn status_line(state: &State, left: Option<f64>) -> String {
    let config = state.config();
    let rounds = config.rounds + 1;
    match state.status() {
        PageStatus::Failed => text("status.stopped").into(),
        PageStatus::Loading => loading_text(state),
        PageStatus::Ready if state.lacks_files() => text("status.awaits_files").into(),
        PageStatus::Ready => {
            let iterations = with_commas(f64::from(config.iterations));
            let each = count!("status.iterations", config.iterations, iterations = iterations);
            count!("status.ready", rounds, rounds = rounds, iterations = each)
        }
        PageStatus::Done if state.is_display_behind() => {
            in_a_line(position_text(state.shown()), [text("status.all_computed").into()])
        }
        PageStatus::Done if state.running_seconds() == 0.0 => {
            count!("status.done_in_report", rounds, rounds = rounds)
        }
        PageStatus::Done => {
            count!("status.done", rounds, rounds = rounds, time = duration(state.running_seconds()))
        }
        PageStatus::Running | PageStatus::Paused if state.trains_again() => {
            let open = state.schedule().open_jobs();
            let reading = state.schedule().open().filter(|job| state.only_reads(*job)).count();
            let training = (open > reading)
                .then(|| count!("status.trains_again", (open - reading) as u32, open = open - reading));
            let reading =
                (reading > 0).then(|| count!("status.reads_corrupted", reading as u32, open = reading));
            let left = left.map(|left| fill!("status.time_left", time = expected_duration(left)));
            let paused = (state.status() == PageStatus::Paused).then(|| text("status.paused").into());
            let left = left.filter(|_| paused.is_none());
            let mut said = [paused, training, reading, left].into_iter().flatten();
            in_a_line(said.next().unwrap_or_default(), said)
        }
        PageStatus::Running => {
            let left = left.map(|left| fill!("status.time_left", time = expected_duration(left)));
            in_a_line(position_text(state.shown()), computed_text(state).into_iter().chain(left))
        }
        PageStatus::Paused => in_a_line(
            text("status.paused").into(),
            [position_text(state.shown())].into_iter().chain(computed_text(state)),
        ),
    }
}

/// The page's name, which no language translates.
const PAGE_TITLE: &str = "Ticket Lab";
/// What stands between the parts of a line.
const BETWEEN: &str = " · ";

/// Puts what follows behind the first part of a line.
fn in_a_line(first: String, rest: impl IntoIterator<Item = String>) -> String {
    rest.into_iter().fold(first, |line, part| line + BETWEEN + &part)
}

/// The title of the tab, which is seen while another tab is in front: how far a run is, from its status line.
pub fn tab_title(status: PageStatus, line: &str) -> String {
    match (status, line.split(BETWEEN).next()) {
        (PageStatus::Running | PageStatus::Paused | PageStatus::Done, Some(first)) => {
            in_a_line(first.trim_end_matches('.').to_owned(), [PAGE_TITLE.to_owned()])
        }
        _ => PAGE_TITLE.to_owned(),
    }
}

/// The shown moment in words.
fn position_text(shown: ShownResults<'_>) -> String {
    let config = shown.config();
    let moment = shown.moment();
    let total = config.model.weight_count() as f64;
    let round = fill!("status.round", round = moment.round, rounds = config.last_round());
    let left = shown.weights_left(moment.round).map(|left| {
        fill!("status.weights_left", share = percent(f64::from(left.iter().sum::<u32>()) / total))
    });
    let count = |iterations: u32| with_commas(f64::from(iterations));
    let stage = match moment.stage {
        Stage::Rewind => text("status.before_training").into(),
        Stage::Train => fill!(
            "status.iteration",
            iteration = count(moment.iteration),
            iterations = count(config.iterations)
        ),
        Stage::Prune => text("status.pruning").into(),
    };
    in_a_line(round, left.into_iter().chain([stage]))
}

/// How far the workers are, and for how long they have worked.
fn computed_text(state: &State) -> Vec<String> {
    ahead_text(state).into_iter().chain([duration(state.running_seconds())]).collect()
}

/// How far the workers are where the display is behind them, or which networks of the round it waits for.
fn ahead_text(state: &State) -> Option<String> {
    let (frontier, shown) = (state.frontier(), state.shown().moment());
    if frontier.round > shown.round {
        return Some(fill!("status.computed_up_to", round = frontier.round));
    }
    let results = state.results();
    let jobs = results.open_jobs();
    let seeds = state.config().seeds.iter();
    let all = jobs.len() * state.config().seeds.count() as usize;
    let done = seeds.map(|trial| {
        jobs.iter().filter(|job| results.finished_job(JobId { trial, ..**job }).is_some()).count()
    });
    let done = done.sum::<usize>();
    let waits = done > 0 && done < all;
    waits.then(|| fill!("status.networks_trained", done = done, all = all, round = frontier.round))
}

fn loading_text(state: &State) -> String {
    let then = if state.wants_to_run() { text("status.then_starts") } else { "" };
    let title = &data_words::titles(&state.config().data_sets());
    let download = state.download();
    if !download.complete {
        let done = megabytes(download.done_bytes());
        return match download.total_bytes() {
            Some(total) => {
                fill!("status.loading", data = title, done = done, total = megabytes(total), then = then)
            }
            None => fill!("status.loading_so_far", data = title, done = done, then = then),
        };
    }
    let stages = state.workers().iter().map(|worker| worker.status);
    let unpacking = stages.filter_map(|stage| match stage {
        WorkerStatus::Unpacking { done, total } if total > 0 => Some(f64::from(done) / f64::from(total)),
        WorkerStatus::Unpacking { .. } => Some(0.0),
        _ => None,
    });
    match unpacking.min_by(f64::total_cmp) {
        Some(least) => {
            let share = fixed(least * 100.0, 0) + percent_sign();
            fill!("status.unpacking", data = title, share = share, then = then)
        }
        None => {
            let workers = state.workers().len();
            count!("status.starting_workers", workers as u32, workers = workers, then = then)
        }
    }
}

/// What the play button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayOffer {
    /// It begins.
    Play,
    /// It goes on.
    Resume,
    /// It pauses.
    Pause,
    /// It has paused, which not every worker has heard yet; it goes on.
    Pausing,
}

/// What the play button does now.
pub fn play_offer(state: &State) -> PlayOffer {
    match state.status() {
        PageStatus::Loading if state.wants_to_run() => PlayOffer::Pause,
        _ if state.is_playing() => PlayOffer::Pause,
        PageStatus::Paused => PlayOffer::Resume,
        PageStatus::Running if state.is_slow_to_pause() => PlayOffer::Pausing,
        PageStatus::Running if state.shown().moment() != Moment::START => PlayOffer::Resume,
        PageStatus::Done if state.is_display_behind() && state.shown().moment() != Moment::START => {
            PlayOffer::Resume
        }
        _ => PlayOffer::Play,
    }
}

/// The label of the play button.
pub fn play_label(state: &State) -> &'static str {
    text(match play_offer(state) {
        PlayOffer::Play => "status.play",
        PlayOffer::Resume => "status.resume",
        PlayOffer::Pause => "status.pause",
        PlayOffer::Pausing => "worker.pausing",
    })
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
        Stage::Rewind if moment.round == 0 => match config.first_weights {
            None => fill!("caption.begin", weights = count(total)),
            Some(_) => fill!("caption.begin_from_file", weights = count(total)),
        },
        Stage::Rewind => {
            let others = element_texts::others_at_the_start(config, shown.round());
            let back = match survivors(moment.round) {
                Some(left) => fill!("caption.rewind", left = count(left), others = others),
                None => fill!("caption.rewind_of_all", others = others),
            };
            and_then(back, untrained_text(shown))
        }
        Stage::Train if moment.is_round_over(config, moment.round) => {
            let iterations =
                count!("status.iterations", config.iterations, iterations = count(config.iterations));
            fill!("caption.trained", round = moment.round, iterations = iterations)
        }
        Stage::Train => {
            let weights = count(survivors(moment.round).unwrap_or(total));
            match moment.round {
                0 => fill!("caption.dense_trains", weights = weights, batch = config.batch),
                round => {
                    let several = shown.jobs_of_round(round).len() > 1;
                    let id = if several { "caption.networks_train" } else { "caption.network_trains" };
                    // An own mask has a size of its own.
                    let own = config.own.and_then(|own| own.weights);
                    let train = match own.filter(|_| several && config.has_own_in(round)) {
                        Some(own) => {
                            fill!("caption.networks_train_beside_own", weights = weights, own = count(own))
                        }
                        None => fill!(id, weights = weights),
                    };
                    and_then(train, untrained_text(shown))
                }
            }
        }
        Stage::Prune => {
            let struck = match (survivors(moment.round), survivors(moment.round + 1)) {
                (Some(before), Some(after)) => fill!(
                    "caption.prune",
                    struck = count(before.saturating_sub(after)),
                    weights = count(before)
                ),
                _ => text("caption.prune_some").into(),
            };
            and_then(struck, Some(config.criterion.description().into()))
        }
    }
}

/// A sentence and perhaps another one.
fn and_then(sentence: String, next: Option<String>) -> String {
    [sentence].into_iter().chain(next).collect::<Vec<_>>().join(" ")
}

/// What ticket and re-init of the first trial read before the first training step of the shown round, or nothing if that is
/// not known. That a mask alone makes a network read is worth to be seen.
fn untrained_text(shown: ShownResults<'_>) -> Option<String> {
    let (config, round) = (shown.config(), shown.round());
    let reads = |arm: Arm| {
        let job = JobId { trial: config.seeds.first(), arm, round, draw: 0, twin: false };
        let readings = shown.before_training(job).filter(|_| config.arms.contains(&arm))?;
        Some(percent(readings.test.fraction()))
    };
    let ticket = reads(Arm::Ticket)?;
    Some(match reads(Arm::Reinit) {
        Some(reinit) => fill!("caption.untrained", ticket = ticket, reinit = reinit),
        None => fill!("caption.untrained_ticket", ticket = ticket),
    })
}

/// The shown moment for a screen reader.
pub fn timeline_text(state: &State) -> String {
    let shown = state.on_screen();
    if shown.nothing_started() {
        return text("timeline.nothing").into();
    }
    let position = position_text(shown);
    match state.preview() {
        Some(_) => fill!("timeline.recorded", position = position),
        None => position,
    }
}
