//! How long a worker may be silent before it counts as dead. Most deaths the browser tells; a worker that it has ended to
//! save memory, or that hangs, says nothing any more. So an idle worker is asked whether it lives, and any message is a
//! sign of life.

use crate::refusals::{PageRefusal, SilentPart};
use experiment::config::ExperimentConfig;

/// Seconds of silence after which a worker is asked whether it lives.
const ASKED_AFTER: f64 = 2.0;
/// Seconds of silence, or without an answer to a pause, after which a worker counts as dead. It works in slices of 25 ms
/// and answers between two of them, so this is for machines with far more to do than they can.
const DEAD_AFTER: f64 = 8.0;
/// Seconds after which a worker that has not started, the download, or a job that does not move counts as dead. Files may
/// come over a slow network, and of a job that does not move there is nothing to be asked.
pub(crate) const NO_PROGRESS_AFTER: f64 = 45.0;
/// The longest time in seconds that a tick may count for. A tab that has slept has one long gap, which says nothing about
/// the workers.
pub(crate) const LONGEST_TICK: f64 = 1.0;
/// Multiply-adds a second that every device does: one of 25 that forecasts assume of a device on which nothing has been
/// measured ([`MeasuredSpeed::ASSUMED`](crate::forecast::MeasuredSpeed::ASSUMED)).
const SLOWEST_MULTIPLY_ADDS: f64 = 3e8;

/// Seconds after which a worker has not died of its start.
const GROWN_UP_AFTER: f64 = 30.0;

/// The life of a worker as the page sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Liveness {
    /// Seconds since it was started.
    age: f64,
    /// Seconds since it last said anything.
    silent: f64,
    /// Seconds since it last said anything of the job that it is working at.
    without_progress: f64,
    /// Seconds since it was asked to pause and has not.
    pausing: f64,
}

/// What a worker is doing while time passes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Doing {
    /// Whether its module has started.
    pub(crate) has_started: bool,
    /// Whether it has a job that runs, or data to unpack.
    pub(crate) works: bool,
    /// Whether it has been asked to pause a job and has not answered.
    pub(crate) pausing: bool,
    /// Seconds for which it may have to do one thing before it can hear or say anything.
    pub(crate) longest_step: f64,
}

/// What there is to be done about a worker.
#[derive(Debug, PartialEq)]
pub(crate) enum SignOfLife {
    /// Nothing.
    Lives,
    /// It has been silent for a while: it is asked whether it lives.
    Doubtful,
    /// It counts as dead, for this reason.
    Dead(PageRefusal),
}

impl Liveness {
    /// Records that the worker has said something, and whether that was about its job.
    pub(crate) fn hear(&mut self, of_its_job: bool) {
        self.silent = 0.0;
        if of_its_job {
            self.without_progress = 0.0;
        }
    }

    /// Whether it has lived for so long that its start is not what it dies of.
    pub(crate) fn is_grown_up(&self) -> bool {
        self.age >= GROWN_UP_AFTER
    }

    /// Whether it was asked to pause a noticeable time ago.
    pub(crate) fn is_slow_to_pause(&self) -> bool {
        self.pausing > 0.0
    }

    /// Lets time pass, in seconds, and says what follows.
    pub(crate) fn pass(&mut self, seconds: f64, doing: Doing) -> SignOfLife {
        self.age += seconds;
        let before = self.silent;
        self.silent += seconds;
        self.without_progress = if doing.works { self.without_progress + seconds } else { 0.0 };
        self.pausing = if doing.pausing { self.pausing + seconds } else { 0.0 };
        let limit = DEAD_AFTER + doing.longest_step;
        let faults = [
            (!doing.has_started, self.silent, NO_PROGRESS_AFTER, SilentPart::StartingWorker),
            (doing.has_started, self.silent, limit, SilentPart::Worker),
            (doing.has_started, self.pausing, limit, SilentPart::Pause),
            (
                doing.has_started,
                self.without_progress,
                NO_PROGRESS_AFTER + doing.longest_step,
                SilentPart::Job,
            ),
        ];
        let fault = faults.into_iter().find(|(applies, passed, limit, _)| *applies && passed >= limit);
        match fault {
            Some((.., seconds, of)) => SignOfLife::Dead(PageRefusal::Silence { of, seconds }),
            None if doing.has_started && before < ASKED_AFTER && self.silent >= ASKED_AFTER => {
                SignOfLife::Doubtful
            }
            None => SignOfLife::Lives,
        }
    }
}

/// Seconds that a training step or a pass over 64 images may take, between which a worker hears nothing.
pub(crate) fn longest_step(config: &ExperimentConfig) -> f64 {
    let images = f64::from(config.batch.max(64));
    let counts = config.model.layer_weight_counts();
    images * config.model.training_step_multiply_adds(&counts) as f64 / SLOWEST_MULTIPLY_ADDS
}

/// Seconds that so many networks may take to read so many images, with gradients.
pub(crate) fn longest_reading(model: &model::Model, networks: usize, images: usize) -> f64 {
    let counts = model.layer_weight_counts();
    let each = model.training_step_multiply_adds(&counts) as f64;
    (networks * images) as f64 * each / SLOWEST_MULTIPLY_ADDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::settings::Settings;

    const IDLE: Doing = Doing { has_started: true, works: false, pausing: false, longest_step: 0.0 };

    /// The seconds at which a worker is asked and at which it is dead, if it hears and says nothing from 0 s on.
    fn fate(
        life: &mut Liveness,
        doing: Doing,
        said: impl Fn(f64) -> Option<bool>,
    ) -> (Option<f64>, Option<f64>) {
        let mut asked = None;
        for tick in 1..=300 {
            let now = f64::from(tick) * 0.25;
            said(now).into_iter().for_each(|of_its_job| life.hear(of_its_job));
            match life.pass(0.25, doing) {
                SignOfLife::Lives => {}
                SignOfLife::Doubtful => asked = asked.or(Some(now)),
                SignOfLife::Dead(_) => return (asked, Some(now)),
            }
        }
        (asked, None)
    }

    #[test]
    fn the_silent_are_asked_and_then_dead() {
        let silence = |_| None;
        assert_eq!(fate(&mut Liveness::default(), IDLE, silence), (Some(2.0), Some(8.0)));
        let slow = Doing { longest_step: 5.0, ..IDLE };
        assert_eq!(fate(&mut Liveness::default(), slow, silence), (Some(2.0), Some(13.0)));
        // Its files are on their way: it cannot be asked yet.
        let starting = Doing { has_started: false, ..IDLE };
        assert_eq!(fate(&mut Liveness::default(), starting, silence), (None, Some(45.0)));
    }

    #[test]
    fn whoever_answers_lives_unless_its_job_stands_still_or_does_not_pause() {
        let answers = |now: f64| (now % 2.5 == 0.0).then_some(false);
        assert_eq!(fate(&mut Liveness::default(), IDLE, answers), (Some(2.0), None));
        let busy = Doing { works: true, ..IDLE };
        assert_eq!(fate(&mut Liveness::default(), busy, answers).1, Some(45.0));
        let works = |_| Some(true);
        assert_eq!(fate(&mut Liveness::default(), busy, works), (None, None));
        // It trains on and does not hear that it should pause.
        let mut deaf = Liveness::default();
        assert_eq!(fate(&mut deaf, Doing { pausing: true, ..busy }, works), (None, Some(8.0)));
        assert!(deaf.is_slow_to_pause());
    }

    #[test]
    fn large_networks_have_the_time_that_their_steps_take() {
        let seconds = |fragment| longest_step(&Settings::from_fragment(fragment).0.config);
        assert!(seconds("preset=paper") < 0.2, "{}", seconds("preset=paper"));
        assert!((20.0..60.0).contains(&seconds("hidden=1000,1000,1000,1000&batch=1000")));
    }
}
