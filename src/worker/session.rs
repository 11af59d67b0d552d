//! The worker's brain: takes commands, does its work in slices, answers with events. Time is a parameter.

use crate::{
    data_unpacking::{DataUnpacking, FileBytes},
    report_requests,
};
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_data::JobInputs,
};
use protocol::{EventPayload, Failure, FailureKind, Reply, RunId, RunUntil, WorkerCommand, WorkerEvent};
use std::sync::Arc;
use training::{
    data::Mnist,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
};

/// What travels with a command beside its control part.
pub enum CommandPayload {
    /// Nothing.
    None,
    /// The four data files.
    Files([Box<dyn FileBytes>; 4]),
    /// What a job begins with.
    JobInputs(JobInputs),
    /// When each weight died, chain by chain.
    PruneRounds(Vec<Vec<u8>>),
    /// Report files.
    Texts(Vec<String>),
}

/// A job in hand.
struct WorkerJob {
    run: RunId,
    job: JobId,
    state: WorkerJobState,
    until: RunUntil,
    /// Whether it goes on; otherwise it holds.
    running: bool,
    seconds: f64,
}

/// How far a job is set up.
enum WorkerJobState {
    /// Asked for: setting up is work too, and waits for its slice.
    Queued(ExperimentConfig, JobInputs),
    /// Under way.
    Training(Box<JobTraining>),
}

/// A worker's whole state.
#[derive(Default)]
pub struct WorkerSession {
    unpacking: Option<DataUnpacking>,
    mnist: Option<Arc<Mnist>>,
    /// The jobs in hand, in the order they came: those that hold stay here while another goes on.
    jobs: Vec<WorkerJob>,
}

impl WorkerSession {
    /// Takes a command; the work it asks for is done in slices.
    pub fn handle(&mut self, command: WorkerCommand, bulk: CommandPayload) -> Vec<Reply> {
        match (command, bulk) {
            (WorkerCommand::Load, CommandPayload::Files(files)) => {
                self.unpacking = Some(DataUnpacking::new(files))
            }
            (WorkerCommand::Load, _) => {
                return failure_replies(FailureKind::Worker, "The data files did not arrive.");
            }
            (WorkerCommand::Start { run, job, config, until }, bulk) => {
                let inputs =
                    if let CommandPayload::JobInputs(inputs) = bulk { inputs } else { JobInputs::default() };
                if let Err(error) = inputs.check(&config, job) {
                    return failure_replies(
                        FailureKind::Worker,
                        &format!("A job did not arrive whole: {error}."),
                    );
                }
                // What is left of an older run, or of the same job, is not wanted any more.
                self.jobs.retain(|work| work.run == run && work.job != job);
                let stage = WorkerJobState::Queued(config, inputs);
                self.jobs.push(WorkerJob { run, job, state: stage, until, running: true, seconds: 0.0 });
            }
            (WorkerCommand::Continue { run, job, until }, _) => {
                for work in self.jobs.iter_mut().filter(|work| work.run == run && work.job == job) {
                    (work.until, work.running) = (until, true);
                }
            }
            (WorkerCommand::Pause { run }, _) => {
                let moving = self.jobs.iter_mut().filter(|work| work.run == run && work.running);
                return moving.filter_map(WorkerJob::pause).collect();
            }
            (WorkerCommand::Cancel, _) => self.jobs.clear(),
            (WorkerCommand::Export { ask, journal }, CommandPayload::PruneRounds(deaths)) => {
                return vec![report_requests::write_report(ask, *journal, deaths)];
            }
            (WorkerCommand::Import { ask, names }, CommandPayload::Texts(texts)) => {
                return vec![report_requests::read_reports(ask, &names, &texts)];
            }
            (WorkerCommand::Score { ask, journal }, _) => {
                return vec![report_requests::score_report(ask, &journal)];
            }
            (WorkerCommand::Export { ask, .. } | WorkerCommand::Import { ask, .. }, _) => {
                return vec![report_requests::request_failed(ask, "The report did not arrive.".into())];
            }
        }
        vec![]
    }

    /// Whether there is something to do without a further command.
    pub fn is_busy(&self) -> bool {
        self.unpacking.is_some() || (self.mnist.is_some() && self.jobs.iter().any(|work| work.running))
    }

    /// Works until `now` (seconds) has gone on by `budget`, and at least one small step. Of several jobs that are to
    /// go on, the one that came first does.
    pub fn advance(&mut self, now: &dyn Fn() -> f64, budget: f64) -> Vec<Reply> {
        let start = now();
        let out_of_time = || now() - start >= budget;
        if self.unpacking.is_some() {
            return self.unpack_data(&out_of_time);
        }
        let Some(mnist) = &self.mnist else { return vec![] };
        let Some(at) = self.jobs.iter().position(|work| work.running) else { return vec![] };
        let (said, end) = self.jobs[at].advance(mnist, &out_of_time, &|| now() - start);
        if end {
            self.jobs.remove(at);
        }
        said
    }

    fn unpack_data(&mut self, out_of_time: &dyn Fn() -> bool) -> Vec<Reply> {
        let Some(loading) = &mut self.unpacking else { return vec![] };
        match loading.advance(out_of_time) {
            Ok(None) => {
                let (done, total) = loading.progress();
                vec![(WorkerEvent::Unpacking { done, total }, EventPayload::None)]
            }
            Ok(Some(mnist)) => {
                self.mnist = Some(Arc::new(mnist));
                self.unpacking = None;
                vec![(WorkerEvent::Loaded, EventPayload::None)]
            }
            Err(message) => {
                self.unpacking = None;
                failure_replies(FailureKind::Data, &message)
            }
        }
    }
}

impl WorkerJob {
    /// Works through a slice; true at the end of the job.
    fn advance(
        &mut self,
        mnist: &Arc<Mnist>,
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Reply>, bool) {
        let (mut said, end) = match &mut self.state {
            WorkerJobState::Queued(..) => self.start_training(mnist),
            WorkerJobState::Training(_) => self.continue_training(out_of_time, elapsed),
        };
        if !end {
            self.seconds += elapsed();
            if self.running {
                said.push(self.progress());
            }
        }
        (said, end)
    }

    fn start_training(&mut self, mnist: &Arc<Mnist>) -> (Vec<Reply>, bool) {
        let WorkerJobState::Queued(config, inputs) = &mut self.state else { return (vec![], false) };
        match JobTraining::new(config, self.job, std::mem::take(inputs), mnist.clone()) {
            Ok(training) => {
                self.state = WorkerJobState::Training(Box::new(training));
                (self.pause_if_at_target().into_iter().collect(), false)
            }
            Err(error) => (
                failure_replies(FailureKind::Worker, &format!("{} could not start: {error}.", self.job)),
                true,
            ),
        }
    }

    fn continue_training(
        &mut self,
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Reply>, bool) {
        let (mut said, run, job) = (vec![], self.run, self.job);
        loop {
            if let Some(held) = self.pause_if_at_target() {
                said.push(held);
                return (said, false);
            }
            let WorkerJobState::Training(training) = &mut self.state else { return (said, false) };
            match training.advance() {
                Ok(AdvanceOutcome::Working) => {}
                Ok(AdvanceOutcome::Validated(point)) => {
                    said.push((WorkerEvent::Evaluated { run, job, point }, EventPayload::None));
                }
                Ok(AdvanceOutcome::Finished(output)) => {
                    let seconds = self.seconds + elapsed();
                    let (digest, memory) = (output.digest(), super::memory());
                    let TrainedJob { report, left, .. } = *output;
                    said.push((
                        WorkerEvent::Finished { run, report, seconds, memory, digest },
                        EventPayload::JobOutputs(left),
                    ));
                    return (said, true);
                }
                Err(error) => {
                    said.extend(failure_replies(FailureKind::Worker, &format!("{job} failed: {error}.")));
                    return (said, true);
                }
            }
            if out_of_time() {
                return (said, false);
            }
        }
    }

    fn pause_if_at_target(&mut self) -> Option<Reply> {
        let (WorkerJobState::Training(training), RunUntil::Iteration(goal)) = (&self.state, self.until)
        else {
            return None;
        };
        if !training.is_between_steps() || training.iteration() < goal {
            return None;
        }
        self.running = false;
        Some(self.paused_event())
    }

    /// Holds at once; a job that is not set up yet holds as soon as it is.
    fn pause(&mut self) -> Option<Reply> {
        match self.state {
            WorkerJobState::Queued(..) => {
                self.until = RunUntil::Iteration(0);
                None
            }
            WorkerJobState::Training(_) => {
                self.running = false;
                Some(self.paused_event())
            }
        }
    }

    fn iteration(&self) -> u32 {
        match &self.state {
            WorkerJobState::Queued(..) => 0,
            WorkerJobState::Training(training) => training.iteration(),
        }
    }

    fn paused_event(&self) -> Reply {
        (
            WorkerEvent::Paused { run: self.run, job: self.job, iteration: self.iteration() },
            EventPayload::None,
        )
    }

    fn progress(&self) -> Reply {
        let phase = match &self.state {
            // Set up and not yet begun.
            WorkerJobState::Training(training) if self.seconds > 0.0 => training.phase(),
            _ => JobPhase::Rewind,
        };
        let (run, job, iteration, seconds) = (self.run, self.job, self.iteration(), self.seconds);
        (WorkerEvent::Progress { run, job, phase, iteration, seconds }, EventPayload::None)
    }
}

fn failure_replies(kind: FailureKind, message: &str) -> Vec<Reply> {
    vec![(WorkerEvent::Failed { failure: Failure { kind, message: message.into() } }, EventPayload::None)]
}
