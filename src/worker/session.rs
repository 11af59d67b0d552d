//! The worker's brain: takes commands, does its work in slices, answers with events. Time is a parameter.

use crate::{
    exchange,
    loading::{FileBytes, Loading},
};
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_data::JobInputs,
};
use protocol::{Command, Event, Failure, FailureKind, Run, Said, Sent, Until};
use std::sync::Arc;
use training::{
    data::Mnist,
    train::{AdvanceOutcome, JobTraining, TrainedJob},
};

/// What travels with a command beside its control part.
pub enum Bulk {
    /// Nothing.
    None,
    /// The four data files.
    Files([Box<dyn FileBytes>; 4]),
    /// What a job begins with.
    Inputs(JobInputs),
    /// When each weight died, chain by chain.
    Deaths(Vec<Vec<u8>>),
    /// Report files.
    Texts(Vec<String>),
}

/// A job in hand.
struct Work {
    run: Run,
    job: JobId,
    stage: Stage,
    until: Until,
    /// Whether it goes on; otherwise it holds.
    moving: bool,
    seconds: f64,
}

/// How far a job is set up.
enum Stage {
    /// Asked for: setting up is work too, and waits for its slice.
    Wanted(ExperimentConfig, JobInputs),
    /// Under way.
    Training(Box<JobTraining>),
}

/// A worker's whole state.
#[derive(Default)]
pub struct Session {
    loading: Option<Loading>,
    mnist: Option<Arc<Mnist>>,
    /// The jobs in hand, in the order they came: those that hold stay here while another goes on.
    works: Vec<Work>,
}

impl Session {
    /// Takes a command; the work it asks for is done in slices.
    pub fn handle(&mut self, command: Command, bulk: Bulk) -> Vec<Said> {
        match (command, bulk) {
            (Command::Load, Bulk::Files(files)) => self.loading = Some(Loading::new(files)),
            (Command::Load, _) => return failed(FailureKind::Worker, "The data files did not arrive."),
            (Command::Start { run, job, config, until }, bulk) => {
                let inputs = if let Bulk::Inputs(inputs) = bulk { inputs } else { JobInputs::default() };
                if let Err(error) = inputs.check(&config, job) {
                    return failed(FailureKind::Worker, &format!("A job did not arrive whole: {error}."));
                }
                // What is left of an older run, or of the same job, is not wanted any more.
                self.works.retain(|work| work.run == run && work.job != job);
                let stage = Stage::Wanted(config, inputs);
                self.works.push(Work { run, job, stage, until, moving: true, seconds: 0.0 });
            }
            (Command::Continue { run, job, until }, _) => {
                for work in self.works.iter_mut().filter(|work| work.run == run && work.job == job) {
                    (work.until, work.moving) = (until, true);
                }
            }
            (Command::Pause { run }, _) => {
                let moving = self.works.iter_mut().filter(|work| work.run == run && work.moving);
                return moving.filter_map(Work::pause).collect();
            }
            (Command::Cancel, _) => self.works.clear(),
            (Command::Export { ask, journal }, Bulk::Deaths(deaths)) => {
                return vec![exchange::export(ask, *journal, deaths)];
            }
            (Command::Import { ask, names }, Bulk::Texts(texts)) => {
                return vec![exchange::import(ask, &names, &texts)];
            }
            (Command::Score { ask, journal }, _) => return vec![exchange::score(ask, &journal)],
            (Command::Export { ask, .. } | Command::Import { ask, .. }, _) => {
                return vec![exchange::refused(ask, "The report did not arrive.".into())];
            }
        }
        vec![]
    }

    /// Whether there is something to do without a further command.
    pub fn is_busy(&self) -> bool {
        self.loading.is_some() || (self.mnist.is_some() && self.works.iter().any(|work| work.moving))
    }

    /// Works until `now` (seconds) has gone on by `budget`, and at least one small step. Of several jobs that are to
    /// go on, the one that came first does.
    pub fn advance(&mut self, now: &dyn Fn() -> f64, budget: f64) -> Vec<Said> {
        let start = now();
        let out_of_time = || now() - start >= budget;
        if self.loading.is_some() {
            return self.load(&out_of_time);
        }
        let Some(mnist) = &self.mnist else { return vec![] };
        let Some(at) = self.works.iter().position(|work| work.moving) else { return vec![] };
        let (said, end) = self.works[at].advance(mnist, &out_of_time, &|| now() - start);
        if end {
            self.works.remove(at);
        }
        said
    }

    fn load(&mut self, out_of_time: &dyn Fn() -> bool) -> Vec<Said> {
        let Some(loading) = &mut self.loading else { return vec![] };
        match loading.advance(out_of_time) {
            Ok(None) => {
                let (done, total) = loading.bytes();
                vec![(Event::Unpacking { done, total }, Sent::None)]
            }
            Ok(Some(mnist)) => {
                self.mnist = Some(Arc::new(mnist));
                self.loading = None;
                vec![(Event::Loaded, Sent::None)]
            }
            Err(message) => {
                self.loading = None;
                failed(FailureKind::Data, &message)
            }
        }
    }
}

impl Work {
    /// Works through a slice; true at the end of the job.
    fn advance(
        &mut self,
        mnist: &Arc<Mnist>,
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Said>, bool) {
        let (mut said, end) = match &mut self.stage {
            Stage::Wanted(..) => self.set_up(mnist),
            Stage::Training(_) => self.train(out_of_time, elapsed),
        };
        if !end {
            self.seconds += elapsed();
            if self.moving {
                said.push(self.progress());
            }
        }
        (said, end)
    }

    fn set_up(&mut self, mnist: &Arc<Mnist>) -> (Vec<Said>, bool) {
        let Stage::Wanted(config, inputs) = &mut self.stage else { return (vec![], false) };
        match JobTraining::new(config, self.job, std::mem::take(inputs), mnist.clone()) {
            Ok(training) => {
                self.stage = Stage::Training(Box::new(training));
                (self.hold_if_there().into_iter().collect(), false)
            }
            Err(error) => {
                (failed(FailureKind::Worker, &format!("{} could not start: {error}.", self.job)), true)
            }
        }
    }

    fn train(&mut self, out_of_time: &dyn Fn() -> bool, elapsed: &dyn Fn() -> f64) -> (Vec<Said>, bool) {
        let (mut said, run, job) = (vec![], self.run, self.job);
        loop {
            if let Some(held) = self.hold_if_there() {
                said.push(held);
                return (said, false);
            }
            let Stage::Training(training) = &mut self.stage else { return (said, false) };
            match training.advance() {
                Ok(AdvanceOutcome::Working) => {}
                Ok(AdvanceOutcome::Validated(point)) => {
                    said.push((Event::Evaluated { run, job, point }, Sent::None));
                }
                Ok(AdvanceOutcome::Finished(output)) => {
                    let seconds = self.seconds + elapsed();
                    let (digest, memory) = (output.digest(), super::memory());
                    let TrainedJob { report, left, .. } = *output;
                    said.push((Event::Finished { run, report, seconds, memory, digest }, Sent::Left(left)));
                    return (said, true);
                }
                Err(error) => {
                    said.extend(failed(FailureKind::Worker, &format!("{job} failed: {error}.")));
                    return (said, true);
                }
            }
            if out_of_time() {
                return (said, false);
            }
        }
    }

    fn hold_if_there(&mut self) -> Option<Said> {
        let (Stage::Training(training), Until::Iteration(goal)) = (&self.stage, self.until) else {
            return None;
        };
        if !training.is_between_steps() || training.iteration() < goal {
            return None;
        }
        self.moving = false;
        Some(self.held())
    }

    /// Holds at once; a job that is not set up yet holds as soon as it is.
    fn pause(&mut self) -> Option<Said> {
        match self.stage {
            Stage::Wanted(..) => {
                self.until = Until::Iteration(0);
                None
            }
            Stage::Training(_) => {
                self.moving = false;
                Some(self.held())
            }
        }
    }

    fn iteration(&self) -> u32 {
        match &self.stage {
            Stage::Wanted(..) => 0,
            Stage::Training(training) => training.iteration(),
        }
    }

    fn held(&self) -> Said {
        (Event::Held { run: self.run, job: self.job, iteration: self.iteration() }, Sent::None)
    }

    fn progress(&self) -> Said {
        let phase = match &self.stage {
            // Set up and not yet begun.
            Stage::Training(training) if self.seconds > 0.0 => training.phase(),
            _ => JobPhase::Rewind,
        };
        let (run, job, iteration, seconds) = (self.run, self.job, self.iteration(), self.seconds);
        (Event::Progress { run, job, phase, iteration, seconds }, Sent::None)
    }
}

fn failed(kind: FailureKind, message: &str) -> Vec<Said> {
    vec![(Event::Failed { failure: Failure { kind, message: message.into() } }, Sent::None)]
}
