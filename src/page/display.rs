//! The clock for the eye. The workers compute as fast as they can; the display plays what they have computed at its own
//! speed. It knows which moment is shown and nothing of what is shown at it.

use crate::run_results::RunResults;
use experiment::{
    config::ExperimentConfig,
    display_settings::Speed,
    job::JobId,
    moment::{Moment, Stage},
    recipe::recipe,
};

/// What is shown of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    /// Everything there is. An opened report is shown so, because it may have gaps.
    Everything,
    /// The run at a moment.
    At(Moment),
}

/// The shown moment, and how it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    shown: Shown,
    /// How far the stage of the moment is, from 0 to 1.
    progress: f64,
    /// Whether the moment moves.
    playing: bool,
    /// Whether the moment stays with what is computed, whatever the speed.
    follows: bool,
    /// Whether the moment goes from validation to validation, for readers who want no motion.
    still: bool,
}

/// The seconds that a stage takes.
struct StageSeconds {
    rewind: f64,
    train: f64,
    prune: f64,
}

/// A round of about three seconds.
const NORMAL: StageSeconds = StageSeconds { rewind: 0.5, train: 1.7, prune: 0.8 };
/// The first round at normal speed, in which each stage is there long enough for its caption to be read.
const NORMAL_FIRST: StageSeconds = StageSeconds { rewind: 1.8, train: 2.6, prune: 2.4 };
/// A round of about twelve seconds.
const SLOW: StageSeconds = StageSeconds { rewind: 2.0, train: 7.5, prune: 2.5 };
/// The first round at slow speed.
const SLOW_FIRST: StageSeconds = StageSeconds { rewind: 3.5, train: 8.0, prune: 4.0 };

/// The seconds for which the stage of a moment is shown. The survivors go back for the first time in round 1, so that its
/// first stage belongs to the first round.
fn stage_seconds(speed: Speed, moment: Moment) -> f64 {
    let first = moment.round == 0 || (moment.round == 1 && moment.stage == Stage::Rewind);
    let seconds = match (speed, first) {
        (Speed::Computed, _) => return 0.0,
        (Speed::Normal, false) => NORMAL,
        (Speed::Normal, true) => NORMAL_FIRST,
        (Speed::Slow, false) => SLOW,
        (Speed::Slow, true) => SLOW_FIRST,
    };
    match moment.stage {
        Stage::Rewind => seconds.rewind,
        Stage::Train => seconds.train,
        Stage::Prune => seconds.prune,
    }
}

/// The latest moment that every arm has reached. In the round that is being trained it is that of the first trial, because
/// the others may not have begun; its end waits for them all.
pub fn frontier(results: &RunResults) -> Moment {
    let config = results.config();
    let round = results.rounds_done();
    if round > config.last_round() {
        return Moment::end(config);
    }
    let reached: Option<Vec<u32>> =
        results.open_jobs().iter().map(|&job| iteration_reached(results, job)).collect();
    match reached.and_then(|reached| reached.into_iter().min()) {
        Some(iteration) => Moment::training(round, iteration.min(config.iterations)),
        // After a pruning the survivors can go back before anyone trains on.
        None => Moment::start_of(round),
    }
}

/// The last iteration of a job that has been validated, or `None` while its first weights have not been read.
fn iteration_reached(results: &RunResults, job: JobId) -> Option<u32> {
    if results.finished_job(job).is_some() {
        return Some(u32::MAX);
    }
    let first = recipe(job).first_iteration(results.config());
    results.before_training(job)?;
    Some(results.curve(job).last().map_or(first, |point| point.iteration))
}

/// How far the stage of a moment is, if the moment is as far in it as can be.
pub fn whole_progress(config: &ExperimentConfig, moment: Moment) -> f64 {
    match moment.stage {
        Stage::Train => f64::from(moment.iteration) / f64::from(config.iterations),
        Stage::Rewind | Stage::Prune => 1.0,
    }
}

/// The first moment of the stage that follows.
fn next_stage(config: &ExperimentConfig, moment: Moment) -> Option<Moment> {
    match moment.stage {
        Stage::Rewind => Some(Moment::training(moment.round, 0)),
        Stage::Train if moment.round == config.last_round() => None,
        Stage::Train => Some(Moment::pruning(config, moment.round)),
        Stage::Prune => Some(Moment::start_of(moment.round + 1)),
    }
}

impl Display {
    /// The display of a new run. It stays at `at`, if that is given, and otherwise begins at the start.
    pub fn new(at: Option<Moment>) -> Display {
        let shown = Shown::At(at.unwrap_or(Moment::START));
        Display { shown, progress: 0.0, playing: at.is_none(), follows: false, still: false }
    }

    /// The display of an opened report: everything there is, or `at` if it is given.
    pub fn of_report(at: Option<Moment>) -> Display {
        let shown = at.map_or(Shown::Everything, Shown::At);
        Display { shown, progress: 1.0, playing: false, follows: false, still: false }
    }

    /// The moment that is shown, as far as the run has come. `None` is everything there is.
    pub fn moment(&self, frontier: Moment) -> Option<Moment> {
        match self.shown {
            Shown::Everything => None,
            Shown::At(_) if self.follows => Some(frontier),
            Shown::At(moment) => Some(moment.min(frontier)),
        }
    }

    /// How far the stage of the shown moment is, from 0 to 1.
    pub fn progress(&self, config: &ExperimentConfig, frontier: Moment) -> f64 {
        match self.shown {
            Shown::At(moment) if moment <= frontier && !self.follows => self.progress,
            _ => whole_progress(config, self.moment(frontier).unwrap_or(frontier)),
        }
    }

    /// Whether the moment moves as soon as it can.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether the run has come further than what is shown.
    pub fn is_behind(&self, frontier: Moment) -> bool {
        match self.shown {
            Shown::Everything => false,
            Shown::At(moment) => !self.follows && moment < frontier,
        }
    }

    /// Lets the moment move, or holds it.
    pub fn set_playing(&mut self, playing: bool) {
        (self.playing, self.follows) = (playing, false);
    }

    /// Shows what is computed from now on, at once. Where everything is shown, that stays.
    pub fn follow(&mut self) {
        (self.playing, self.follows) = (true, true);
    }

    /// Sets whether the moment goes from validation to validation, for readers who want no motion.
    pub fn set_still(&mut self, still: bool) {
        self.still = still;
    }

    /// Begins at the start once more.
    pub fn replay(&mut self) {
        *self = Display::new(None);
    }

    /// Makes what every arm has reached the moment, where everything was shown before or the moment followed.
    pub fn take_place(&mut self, config: &ExperimentConfig, frontier: Moment) {
        if self.follows || self.shown == Shown::Everything {
            self.jump(config, frontier);
        }
    }

    fn jump(&mut self, config: &ExperimentConfig, moment: Moment) {
        (self.shown, self.progress) = (Shown::At(moment), whole_progress(config, moment));
    }

    /// Shows a moment and stays there. `progress` is how far its stage is, from 0 to 1.
    pub fn go_to(&mut self, config: &ExperimentConfig, moment: Moment, progress: f64, frontier: Moment) {
        let there = moment.within(config).min(frontier);
        let progress = if there == moment { progress } else { whole_progress(config, there) };
        (self.shown, self.progress) = (Shown::At(there), progress);
        self.set_playing(false);
    }

    /// Moves the moment by `seconds` of time, as far as the run has come. Returns whether it moved.
    pub fn advance(
        &mut self,
        seconds: f64,
        speed: Speed,
        config: &ExperimentConfig,
        frontier: Moment,
    ) -> bool {
        let Shown::At(before) = self.shown else { return false };
        let was = (before, self.progress);
        // A failure has taken back what was not finished, or a link names a moment that is not computed yet.
        if !self.playing || before > frontier {
            return false;
        } else if self.follows || speed == Speed::Computed {
            self.jump(config, frontier);
        } else {
            self.play(seconds, speed, config, frontier);
        }
        (self.shown, self.progress) != (Shown::At(was.0), was.1)
    }

    fn play(&mut self, seconds: f64, speed: Speed, config: &ExperimentConfig, frontier: Moment) {
        let Shown::At(mut moment) = self.shown else { return };
        let mut left = seconds;
        loop {
            let length = stage_seconds(speed, moment);
            // Only in training does the stage end where the run has come to.
            let in_training = moment.stage == Stage::Train;
            let end = match frontier.round == moment.round && frontier.stage == Stage::Train && in_training {
                true => f64::from(frontier.iteration) / f64::from(config.iterations),
                false => 1.0,
            };
            self.progress = (self.progress + left / length).min(end.max(self.progress));
            if in_training {
                let mut iteration = (self.progress * f64::from(config.iterations)) as u32;
                if self.still && iteration < config.iterations {
                    iteration -= iteration % config.eval_every;
                }
                moment = Moment::training(moment.round, iteration.max(moment.iteration));
            }
            if self.progress < 1.0 {
                break;
            }
            let Some(next) = next_stage(config, moment).filter(|next| *next <= frontier) else { break };
            // What is left of the time is less than a frame, and the next stage begins with the next one.
            (moment, self.progress, left) = (next, 0.0, 0.0);
        }
        self.shown = Shown::At(moment);
    }
}

/// The next validation after a moment, or the last before it, of those that a run with these settings has. The ends of
/// the stages count too.
pub fn next_stop(config: &ExperimentConfig, moment: Moment, forward: bool) -> Moment {
    let every = config.eval_every;
    match (moment.stage, forward) {
        (Stage::Train, true) if moment.iteration < config.iterations => {
            let next = (moment.iteration / every + 1).saturating_mul(every);
            Moment::training(moment.round, next.min(config.iterations))
        }
        (_, true) => next_stage(config, moment).unwrap_or(moment),
        (Stage::Train, false) if moment.iteration > 0 => {
            Moment::training(moment.round, (moment.iteration - 1) / every * every)
        }
        (Stage::Train, false) => Moment::start_of(moment.round),
        (Stage::Prune, false) => Moment::end_of_training(config, moment.round),
        (Stage::Rewind, false) if moment.round == 0 => moment,
        (Stage::Rewind, false) => Moment::pruning(config, moment.round - 1),
    }
}

/// The end of training that follows a moment, or the last one before it. Before the first one that is the start.
pub fn next_round_end(config: &ExperimentConfig, moment: Moment, forward: bool) -> Moment {
    let mut ends = (0..=config.last_round()).map(|round| Moment::end_of_training(config, round));
    match forward {
        true => ends.find(|end| *end > moment).unwrap_or(Moment::end(config)),
        false => ends.rev().find(|end| *end < moment).unwrap_or(Moment::START),
    }
}

/// Where a moment stands on the timeline, on which each round has a length of 1. `progress` is how far its stage is.
pub fn timeline_position(config: &ExperimentConfig, moment: Moment, progress: f64) -> f64 {
    let ends = training_ends(config, moment.round);
    let within = match moment.stage {
        Stage::Rewind => TRAINING_BEGINS * progress,
        Stage::Train => TRAINING_BEGINS + (ends - TRAINING_BEGINS) * progress,
        Stage::Prune => ends + (1.0 - ends) * progress,
    };
    f64::from(moment.round) + within
}

/// The moment at a position of the timeline, and how far its stage is.
pub fn moment_at_position(config: &ExperimentConfig, position: f64) -> (Moment, f64) {
    let round = (position.max(0.0) as u32).min(config.last_round());
    let within = (position - f64::from(round)).clamp(0.0, 1.0);
    let ends = training_ends(config, round);
    let share = |from: f64, to: f64| ((within - from) / (to - from)).clamp(0.0, 1.0);
    if within < TRAINING_BEGINS {
        (Moment::start_of(round), share(0.0, TRAINING_BEGINS))
    } else if within <= ends {
        let trained = share(TRAINING_BEGINS, ends);
        (Moment::training(round, (trained * f64::from(config.iterations)).round() as u32), trained)
    } else {
        (Moment::pruning(config, round), share(ends, 1.0))
    }
}

/// Where on the timeline the training of a round begins.
const TRAINING_BEGINS: f64 = 0.15;

/// Where on the timeline the training of a round ends. The last round has no pruning behind it.
fn training_ends(config: &ExperimentConfig, round: u32) -> f64 {
    if round == config.last_round() { 1.0 } else { 0.8 }
}

#[cfg(test)]
mod tests;
