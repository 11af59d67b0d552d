//! The worker's brain: takes commands, does its work in slices, answers with events. Time is a parameter.

use super::loading::{FileBytes, Loading};
use crate::{
    lab::{
        config::Config,
        data::Mnist,
        job::{Inputs, JobId, Left, Phase},
        train,
    },
    protocol::{Command, Event, Failure, FailureKind, Run, Until},
};
use std::sync::Arc;

/// What travels with a message beside its control part.
pub enum Bulk {
    /// Nothing.
    None,
    /// The four data files.
    Files([Box<dyn FileBytes>; 4]),
    /// What a job begins with.
    Inputs(Inputs),
}

/// An event, with what a finished job has left for others.
pub type Said = (Event, Option<Left>);

/// A job in hand.
struct Work {
    run: Run,
    training: Box<train::Training>,
    until: Until,
    paused: bool,
    seconds: f64,
}

/// A worker's whole state.
#[derive(Default)]
pub struct Session {
    loading: Option<Loading>,
    mnist: Option<Arc<Mnist>>,
    /// A job that was asked for and not yet set up: setting up is work too, and waits for its slice.
    wanted: Option<(Run, JobId, Config, Inputs, Until)>,
    work: Option<Work>,
}

impl Session {
    /// Takes a command; the work it asks for is done in slices.
    pub fn handle(&mut self, command: Command, bulk: Bulk) -> Vec<Said> {
        match (command, bulk) {
            (Command::Load, Bulk::Files(files)) => self.loading = Some(Loading::new(files)),
            (Command::Load, _) => return failed(FailureKind::Worker, "The data files did not arrive."),
            (Command::Start { run, job, config, until }, bulk) => {
                let inputs = if let Bulk::Inputs(inputs) = bulk { inputs } else { Inputs::default() };
                if let Err(error) = inputs.check(&config, job) {
                    return failed(FailureKind::Worker, &format!("A job did not arrive whole: {error}."));
                }
                self.work = None;
                self.wanted = Some((run, job, config, inputs, until));
            }
            (Command::Continue { run, until }, _) => {
                if let Some(work) = self.work.as_mut().filter(|work| work.run == run) {
                    work.until = until;
                    work.paused = false;
                } else if let Some(wanted) = self.wanted.as_mut().filter(|wanted| wanted.0 == run) {
                    wanted.4 = until;
                }
            }
            (Command::Pause { run }, _) => {
                if let Some(wanted) = self.wanted.as_mut().filter(|wanted| wanted.0 == run) {
                    wanted.4 = Until::Iteration(0);
                }
                if let Some(work) = self.work.as_mut().filter(|work| work.run == run && !work.paused) {
                    work.paused = true;
                    return vec![work.held()];
                }
            }
            (Command::Cancel, _) => (self.wanted, self.work) = (None, None),
        }
        vec![]
    }

    /// Whether there is something to do without a further command.
    pub fn is_busy(&self) -> bool {
        self.loading.is_some()
            || (self.wanted.is_some() && self.mnist.is_some())
            || self.work.as_ref().is_some_and(|work| !work.paused)
    }

    /// Works until `now` (seconds) has gone on by `budget`, and at least one small step.
    pub fn advance(&mut self, now: &dyn Fn() -> f64, budget: f64) -> Vec<Said> {
        let start = now();
        let out_of_time = || now() - start >= budget;
        if self.loading.is_some() {
            return self.load(&out_of_time);
        }
        if self.mnist.is_some()
            && let Some(wanted) = self.wanted.take()
        {
            return self.set_up(wanted, &|| now() - start);
        }
        match &mut self.work {
            Some(work) if !work.paused => {
                let (mut said, end) = work.advance(&out_of_time, &|| now() - start);
                if end {
                    self.work = None;
                } else if let Some(work) = self.work.as_ref().filter(|work| !work.paused) {
                    said.push(work.progress());
                }
                said
            }
            _ => vec![],
        }
    }

    fn load(&mut self, out_of_time: &dyn Fn() -> bool) -> Vec<Said> {
        let Some(loading) = &mut self.loading else { return vec![] };
        match loading.advance(out_of_time) {
            Ok(None) => {
                let (done, total) = loading.bytes();
                vec![(Event::Unpacking { done, total }, None)]
            }
            Ok(Some(mnist)) => {
                self.mnist = Some(Arc::new(mnist));
                self.loading = None;
                vec![(Event::Loaded, None)]
            }
            Err(message) => {
                self.loading = None;
                failed(FailureKind::Data, &message)
            }
        }
    }

    fn set_up(
        &mut self,
        (run, job, config, inputs, until): (Run, JobId, Config, Inputs, Until),
        elapsed: &dyn Fn() -> f64,
    ) -> Vec<Said> {
        let Some(mnist) = &self.mnist else { return vec![] };
        match train::Training::new(&config, job, inputs, mnist.clone()) {
            Ok(training) => {
                let training = Box::new(training);
                let mut work = Work { run, training, until, paused: false, seconds: elapsed() };
                let said = match work.hold_if_there() {
                    Some(held) => vec![held],
                    None => vec![work.progress_in(Phase::Rewind)],
                };
                self.work = Some(work);
                said
            }
            Err(error) => failed(FailureKind::Worker, &format!("{job} could not start: {error}.")),
        }
    }
}

impl Work {
    /// Works through a slice; true at the end of the job.
    fn advance(&mut self, out_of_time: &dyn Fn() -> bool, elapsed: &dyn Fn() -> f64) -> (Vec<Said>, bool) {
        let mut said = vec![];
        let (run, job) = (self.run, self.training.job());
        loop {
            if let Some(held) = self.hold_if_there() {
                self.seconds += elapsed();
                said.push(held);
                return (said, false);
            }
            match self.training.step() {
                Ok(train::Progress::Working) => {}
                Ok(train::Progress::Evaluated(point)) => {
                    said.push((Event::Evaluated { run, job, point }, None))
                }
                Ok(train::Progress::Finished(output)) => {
                    let seconds = self.seconds + elapsed();
                    let (digest, memory) = (output.digest(), super::memory());
                    let train::Output { report, left, .. } = *output;
                    said.push((Event::Finished { run, report, seconds, memory, digest }, Some(left)));
                    return (said, true);
                }
                Err(error) => {
                    said.extend(failed(FailureKind::Worker, &format!("{job} failed: {error}.")));
                    return (said, true);
                }
            }
            if out_of_time() {
                self.seconds += elapsed();
                return (said, false);
            }
        }
    }

    fn hold_if_there(&mut self) -> Option<Said> {
        let Until::Iteration(goal) = self.until else { return None };
        let there = self.training.is_between_steps() && self.training.iteration() >= goal;
        there.then(|| {
            self.paused = true;
            self.held()
        })
    }

    fn held(&self) -> Said {
        let (run, job, iteration) = (self.run, self.training.job(), self.training.iteration());
        (Event::Held { run, job, iteration }, None)
    }

    fn progress(&self) -> Said {
        self.progress_in(self.training.phase())
    }

    fn progress_in(&self, phase: Phase) -> Said {
        let (run, job, iteration) = (self.run, self.training.job(), self.training.iteration());
        (Event::Progress { run, job, phase, iteration, seconds: self.seconds }, None)
    }
}

fn failed(kind: FailureKind, message: &str) -> Vec<Said> {
    vec![(Event::Failed { failure: Failure { kind, message: message.into() } }, None)]
}
