//! All decisions of a worker: it takes commands, works in slices and returns events. The caller passes the time in.

use crate::{
    answers,
    corrupted_reading::CorruptedReading,
    data_unpacking::{FileBytes, FileUnpacking},
    network_answers::KnownNetworks,
};
use experiment::{
    config::ExperimentConfig,
    job::{JobId, JobPhase},
    job_data::JobInputs,
    refusals::Refusal,
};
use model::{
    data_set::DataSet,
    packed::{mask_to_bits, pack_parameters, pack_parameters_of_any_mask},
};
use protocol::{
    Failure, FailureKind, Reply, RunId, RunUntil, WorkerCommand, WorkerEvent,
    payload::{Payload, PayloadItem},
};
use std::{collections::VecDeque, sync::Arc};
use training::{
    data::LoadedData,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
};

/// A job that the worker has, running or paused.
struct WorkerJob {
    run: RunId,
    job: JobId,
    state: WorkerJobState,
    until: RunUntil,
    /// Whether the job is running and not paused.
    running: bool,
    seconds: f64,
}

/// Whether a job is set up.
enum WorkerJobState {
    /// The job is not set up yet. Setting up takes time, so it is done in a slice. Behind its inputs stands whether it reads
    /// corrupted images.
    Queued(Box<ExperimentConfig>, JobInputs, bool),
    /// The job is set up.
    Training(Box<JobTraining>),
    /// The job has been trained before, and its network reads corrupted images.
    Reading(Box<CorruptedReading>),
}

/// The state of a worker.
#[derive(Default)]
pub struct WorkerSession {
    /// The data sets that are being unpacked, the next one first.
    unpacking: VecDeque<FileUnpacking>,
    /// The compressed bytes of the data sets that have been unpacked, and of all.
    unpacked: (usize, usize),
    /// The data sets, each with its name and its images.
    data: Vec<(String, Arc<LoadedData>)>,
    /// The worker's jobs, in the order in which they came. Paused jobs stay here while another one runs.
    jobs: Vec<WorkerJob>,
    /// The networks that came with questions.
    networks: KnownNetworks,
}

impl WorkerSession {
    /// Takes the four files of each data set that come with [`WorkerCommand::Load`]. Calls of [`WorkerSession::advance`]
    /// unpack them.
    pub fn load(&mut self, sets: Vec<(DataSet, [Box<dyn FileBytes>; 4])>) {
        // The data of before is given back first: it may need more memory than a phone has beside the new one.
        self.data.clear();
        self.unpacking = sets.into_iter().map(|(data, files)| FileUnpacking::new(data, files)).collect();
        self.unpacked = (0, self.unpacking.iter().map(FileUnpacking::total).sum());
    }

    /// Takes a command, other than a `Load` whose files have arrived, and returns the replies that need no slice of
    /// work. Calls of [`WorkerSession::advance`] do the rest.
    pub fn handle(&mut self, command: WorkerCommand, payload: Payload) -> Vec<Reply> {
        match command {
            WorkerCommand::Load { .. } => {
                return failure_replies(FailureKind::Worker, Refusal::NoDataFiles);
            }
            WorkerCommand::Start { run, job, config, until, robust } => {
                let inputs = payload.into_job_inputs();
                if let Err(error) = inputs.check(&config, job) {
                    return failure_replies(FailureKind::Worker, Refusal::JobNotWhole(error));
                }
                // Jobs of another run, and an earlier start of the same job, are no longer needed.
                self.jobs.retain(|worker_job| worker_job.run == run && worker_job.job != job);
                let state = WorkerJobState::Queued(config, inputs, robust);
                self.jobs.push(WorkerJob { run, job, state, until, running: true, seconds: 0.0 });
            }
            WorkerCommand::ReadCorrupted { run, job, config } => {
                let Some(reading) = CorruptedReading::new(&config, job, payload) else {
                    return failure_replies(FailureKind::Worker, Refusal::NetworksNotWhole);
                };
                self.jobs.retain(|worker_job| worker_job.run == run && worker_job.job != job);
                let (state, until) = (WorkerJobState::Reading(Box::new(reading)), RunUntil::End);
                self.jobs.push(WorkerJob { run, job, state, until, running: true, seconds: 0.0 });
            }
            WorkerCommand::Continue { run, job, until } => {
                for worker_job in
                    self.jobs.iter_mut().filter(|worker_job| worker_job.run == run && worker_job.job == job)
                {
                    (worker_job.until, worker_job.running) = (until, true);
                }
            }
            WorkerCommand::Pause { run } => {
                let running =
                    self.jobs.iter_mut().filter(|worker_job| worker_job.run == run && worker_job.running);
                return running.filter_map(WorkerJob::pause).collect();
            }
            WorkerCommand::Cancel => self.jobs.clear(),
            WorkerCommand::Ping => return vec![(WorkerEvent::Alive, Payload::NONE)],
            WorkerCommand::Ask { request_id, question } => {
                let (answer, payload) = match answers::answer(question, payload, &mut self.networks) {
                    Ok((answer, payload)) => (Ok(answer), payload),
                    Err(refused) => (Err(refused.iter().map(Into::into).collect()), Payload::NONE),
                };
                return vec![(WorkerEvent::Answered { request_id, answer }, payload)];
            }
        }
        vec![]
    }

    /// Whether a call of [`WorkerSession::advance`] has something to do.
    pub fn is_busy(&self) -> bool {
        self.is_unpacking()
            || (!self.data.is_empty() && self.jobs.iter().any(|worker_job| worker_job.running))
    }

    /// Whether the next call of [`WorkerSession::advance`] unpacks data.
    pub fn is_unpacking(&self) -> bool {
        !self.unpacking.is_empty()
    }

    /// Works until `budget` seconds have passed on the clock `now`, and for at least one small step. If several jobs
    /// are running, the one that came first gets the time.
    pub fn advance(&mut self, now: &dyn Fn() -> f64, budget: f64) -> Vec<Reply> {
        let start = now();
        let out_of_time = || now() - start >= budget;
        if self.is_unpacking() {
            return self.unpack_data(&out_of_time);
        }
        if self.data.is_empty() {
            return vec![];
        }
        let Some(index) = self.jobs.iter().position(|worker_job| worker_job.running) else { return vec![] };
        let (replies, end) = self.jobs[index].advance(&self.data, &out_of_time, &|| now() - start);
        if end {
            self.jobs.remove(index);
        }
        replies
    }

    fn unpack_data(&mut self, out_of_time: &dyn Fn() -> bool) -> Vec<Reply> {
        let Some(unpacking) = self.unpacking.front_mut() else { return vec![] };
        match unpacking.advance(out_of_time) {
            Ok(None) => vec![self.unpacking_progress()],
            Ok(Some(loaded)) => {
                self.data.push((unpacking.data().name.clone(), Arc::new(loaded)));
                self.unpacked.0 += unpacking.total();
                self.unpacking.pop_front();
                if self.is_unpacking() {
                    return vec![self.unpacking_progress()];
                }
                let data = self.data.iter().map(|(name, _)| name.clone()).collect();
                vec![(WorkerEvent::Loaded { data }, Payload::NONE)]
            }
            Err(refusal) => {
                self.unpacking.clear();
                failure_replies(FailureKind::Data, refusal)
            }
        }
    }

    fn unpacking_progress(&self) -> Reply {
        let (before, total) = self.unpacked;
        let done = before + self.unpacking.front().map_or(0, FileUnpacking::done);
        (WorkerEvent::Unpacking { done: done as u32, total: total as u32 }, Payload::NONE)
    }
}

impl WorkerJob {
    /// Works for one slice. The second value of the result is true if the job has ended.
    fn advance(
        &mut self,
        loaded: &[(String, Arc<LoadedData>)],
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Reply>, bool) {
        let (mut replies, end) = match &mut self.state {
            WorkerJobState::Queued(..) => self.start_training(loaded),
            WorkerJobState::Training(_) => self.continue_training(out_of_time, elapsed),
            WorkerJobState::Reading(_) => self.continue_reading(loaded, out_of_time, elapsed),
        };
        if !end {
            self.seconds += elapsed();
            if self.running {
                replies.push(self.progress());
            }
        }
        (replies, end)
    }

    fn start_training(&mut self, loaded: &[(String, Arc<LoadedData>)]) -> (Vec<Reply>, bool) {
        let WorkerJobState::Queued(config, inputs, robust) = &mut self.state else { return (vec![], false) };
        let data = match data_named(&config.data_of(self.job.arm).name, loaded, self.job) {
            Ok(data) => data,
            Err(refusal) => return (failure_replies(FailureKind::Worker, refusal), true),
        };
        match JobTraining::new(config, self.job, std::mem::take(inputs), data.clone()) {
            Ok(mut training) => {
                training.read_corrupted_images(*robust);
                self.state = WorkerJobState::Training(Box::new(training));
                (self.pause_if_at_target().into_iter().collect(), false)
            }
            Err(error) => {
                let refusal = Refusal::JobNotStarted { job: self.job, why: error.to_string() };
                (failure_replies(FailureKind::Worker, refusal), true)
            }
        }
    }

    fn continue_training(
        &mut self,
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Reply>, bool) {
        let (mut replies, run, job) = (vec![], self.run, self.job);
        loop {
            if let Some(paused) = self.pause_if_at_target() {
                replies.push(paused);
                return (replies, false);
            }
            let WorkerJobState::Training(training) = &mut self.state else { return (replies, false) };
            let before = training.reads_corrupted_next().then(elapsed);
            let outcome = training.advance();
            if let Some(before) = before {
                // What is read on request makes a training no slower.
                self.seconds -= elapsed() - before;
            }
            match outcome {
                Ok(AdvanceOutcome::Working) => {}
                Ok(AdvanceOutcome::ReadBeforeTraining(readings)) => {
                    let event = WorkerEvent::ReadBeforeTraining { run, job, readings };
                    replies.push((event, Payload::NONE));
                }
                Ok(AdvanceOutcome::Validated(point)) => {
                    replies.push((WorkerEvent::Evaluated { run, job, point }, Payload::NONE));
                }
                Ok(AdvanceOutcome::Finished(output)) => {
                    let seconds = self.seconds + elapsed();
                    let (digest, memory) = (output.digest(), super::memory());
                    let kept = kept_of(&output);
                    let TrainedJob { report, outputs, .. } = *output;
                    let mut payload = Payload::from(outputs);
                    payload.0.extend(kept);
                    replies.push((
                        WorkerEvent::Finished { run, report: Box::new(report), seconds, memory, digest },
                        payload,
                    ));
                    return (replies, true);
                }
                Err(error) => {
                    let refusal = Refusal::JobFailed { job, why: error.to_string() };
                    replies.extend(failure_replies(FailureKind::Worker, refusal));
                    return (replies, true);
                }
            }
            if out_of_time() {
                return (replies, false);
            }
        }
    }

    fn continue_reading(
        &mut self,
        loaded: &[(String, Arc<LoadedData>)],
        out_of_time: &dyn Fn() -> bool,
        elapsed: &dyn Fn() -> f64,
    ) -> (Vec<Reply>, bool) {
        let (run, job) = (self.run, self.job);
        let WorkerJobState::Reading(reading) = &mut self.state else { return (vec![], false) };
        let data = match data_named(&reading.data, loaded, job) {
            Ok(data) => data,
            Err(refusal) => return (failure_replies(FailureKind::Worker, refusal), true),
        };
        loop {
            if let Some(readings) = reading.pass.advance(&data.test) {
                let seconds = self.seconds + elapsed();
                let event = WorkerEvent::CorruptedRead { run, job, readings, seconds };
                return (vec![(event, Payload::NONE)], true);
            }
            if out_of_time() {
                return (vec![], false);
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

    /// Pauses a job at once. A job that is not set up yet pauses as soon as it is.
    fn pause(&mut self) -> Option<Reply> {
        match self.state {
            WorkerJobState::Queued(..) => {
                self.until = RunUntil::Iteration(0);
                None
            }
            WorkerJobState::Training(_) | WorkerJobState::Reading(_) => {
                self.running = false;
                Some(self.paused_event())
            }
        }
    }

    fn iteration(&self) -> u32 {
        match &self.state {
            WorkerJobState::Queued(..) => 0,
            WorkerJobState::Training(training) => training.iteration(),
            WorkerJobState::Reading(reading) => reading.iterations,
        }
    }

    fn paused_event(&self) -> Reply {
        (WorkerEvent::Paused { run: self.run, job: self.job, iteration: self.iteration() }, Payload::NONE)
    }

    fn progress(&self) -> Reply {
        let phase = match &self.state {
            // A job that has not spent any time has not begun to train.
            WorkerJobState::Training(training) if self.seconds > 0.0 => training.phase(),
            WorkerJobState::Reading(_) => JobPhase::Test,
            _ => JobPhase::Rewind,
        };
        let (run, job, iteration, seconds) = (self.run, self.job, self.iteration(), self.seconds);
        (WorkerEvent::Progress { run, job, phase, iteration, seconds }, Payload::NONE)
    }
}

/// The data set with this name among those that the worker has.
fn data_named<'a>(
    needed: &str,
    loaded: &'a [(String, Arc<LoadedData>)],
    job: JobId,
) -> Result<&'a Arc<LoadedData>, Refusal> {
    let found = loaded.iter().find(|(name, _)| name == needed).map(|(_, data)| data);
    found.ok_or_else(|| {
        let names: Vec<&str> = loaded.iter().map(|(name, _)| &**name).collect();
        Refusal::OtherData { job, needed: needed.into(), loaded: names.join(", ") }
    })
}

/// What is kept of a job, in the order that [`WorkerEvent::Finished`] describes.
fn kept_of(output: &TrainedJob) -> [PayloadItem; 5] {
    let TrainedJob { weights, biases, mask, test_predictions, .. } = output;
    let packed = |parameters: &[f32]| PayloadItem::Floats(pack_parameters(mask, parameters));
    let early_stop = output.early_stop_parameters.as_deref();
    let of_any_mask = |all: &[f32]| PayloadItem::Floats(pack_parameters_of_any_mask(mask, all));
    [
        PayloadItem::Bytes(mask_to_bits(mask)),
        packed(&output.initial_parameters),
        packed(&[&weights[..], biases].concat()),
        early_stop.map_or(PayloadItem::Absent, of_any_mask),
        PayloadItem::Bytes(test_predictions.clone()),
    ]
}

fn failure_replies(kind: FailureKind, cause: Refusal) -> Vec<Reply> {
    vec![(WorkerEvent::Failed { failure: Failure { kind, cause: (&cause).into() } }, Payload::NONE)]
}
