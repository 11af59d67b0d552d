//! Assigns jobs to workers, and starts, pauses and stops the workers, according to the current intent.

use crate::refusals::{PageFailure, PageRefusal};
use crate::state::{Download, RunIntent, State, StepKind, own_data, requests::drop_files};
use crate::{
    job_deaths::JobDeaths,
    open_requests::RequestPurpose,
    worker_pool::{self, AssignedJob, Effect, WorkerSlot, WorkerStatus},
};
use experiment::{
    experiment_report::ExperimentReport,
    job::JobId,
    job_graph::{self},
    schedule::RunPosition,
    settings::Settings,
};
use protocol::{
    FailureKind, RunUntil, WorkerCommand,
    payload::{Payload, PayloadItem},
};
use std::collections::BTreeSet;

impl State {
    /// Starts missing workers and stops those that are not needed.
    pub(super) fn adjust_worker_count(&mut self, effects: &mut Vec<Effect>) {
        let useful = self.cores.min(job_graph::max_parallel_jobs(&self.settings.config)).clamp(1, 16);
        let workers = self.settings.workers.map_or(useful, |workers| workers as usize);
        while self.workers.len() > workers {
            effects.extend(self.workers.pop().map(|worker| Effect::Terminate(worker.id)));
        }
        while self.workers.len() < workers {
            let id = self.new_worker_id();
            self.workers.push(WorkerSlot::new(id));
            self.is_loaded = false;
            effects.push(Effect::Spawn(id));
        }
        self.note_loaded();
    }

    /// Fetches the data unless it is there, on its way, to be given by the user, or not needed because everything is trained.
    pub(super) fn fetch_missing_data(&mut self, effects: &mut Vec<Effect>) {
        if !self.download.requested && !self.schedule.all_done() && self.missing_data().is_none() {
            let data = self.settings.config.data_sets();
            self.download = Download::requested(data.len());
            let own = self.data_sets.get(&self.settings.config.data).map(|known| known.files);
            effects.push(Effect::Fetch { data, own, bad_before: self.bad_data });
        }
    }

    /// Forgets the data that the page and its workers have, because the run needs others.
    fn forget_data(&mut self, effects: &mut Vec<Effect>) {
        self.download = Download::default();
        self.is_loaded = false;
        effects.push(Effect::AbandonFetch);
        for worker in self.workers.iter_mut().filter(|worker| worker.status != WorkerStatus::Starting) {
            worker.status = WorkerStatus::AwaitingData;
        }
    }

    /// Sends the data to every worker that waits for it.
    pub(super) fn send_data_to_waiting_workers(&mut self, effects: &mut Vec<Effect>) {
        if !self.download.complete {
            return;
        }
        for worker in self.workers.iter_mut().filter(|worker| worker.status == WorkerStatus::AwaitingData) {
            worker.status = WorkerStatus::Unpacking { done: 0, total: 0 };
            effects.push(Effect::SendData { to: worker.id, data: self.settings.config.data_sets() });
        }
    }

    pub(super) fn enter_failed(&mut self, failure: PageFailure, effects: &mut Vec<Effect>) {
        effects.extend(self.workers.drain(..).map(|worker| Effect::Terminate(worker.id)));
        self.schedule.requeue_running_jobs();
        self.results.clear_in_progress();
        self.redraw_needs.curves = true;
        self.announcement = None;
        // After a failure a step target is dropped, because the jobs start again from the beginning of their round.
        if let RunIntent::PauseThenAdvance(_) | RunIntent::RunTo(Some(_)) = self.intent {
            self.intent = RunIntent::Pause;
        }
        if failure.kind == FailureKind::Data {
            self.bad_data += 1;
            self.download = Download::default();
        }
        self.failure = Some(failure);
    }

    /// Starts what a failure has stopped.
    pub(super) fn retry(&mut self, effects: &mut Vec<Effect>) {
        self.failure = None;
        self.deaths = JobDeaths::default();
        self.schedule.take_back_left_out();
        if !self.download.complete {
            self.download = Download::default();
        }
        self.fetch_missing_data(effects);
        self.adjust_worker_count(effects);
    }

    pub(super) fn reset(&mut self, mut settings: Settings, effects: &mut Vec<Effect>) {
        let rejected = own_data::complete(&self.data_sets, &mut settings);
        self.add_request_errors(rejected.into_iter().map(PageRefusal::Setting).collect());
        self.files.complete(&mut settings.config);
        let experiment_report = ExperimentReport::new(&settings.config);
        self.start_run(settings, experiment_report, effects);
    }

    /// Starts a run that contains the finished jobs of a report, which may be empty.
    pub(super) fn start_run(
        &mut self,
        settings: Settings,
        experiment_report: ExperimentReport,
        effects: &mut Vec<Effect>,
    ) {
        self.start_run_keeping(settings, experiment_report, &BTreeSet::new(), effects);
    }

    /// Starts a run that contains the finished jobs of a report. The networks of the jobs in `same` stay, because these are
    /// jobs of the run before too.
    pub(super) fn start_run_keeping(
        &mut self,
        settings: Settings,
        experiment_report: ExperimentReport,
        same: &BTreeSet<JobId>,
        effects: &mut Vec<Effect>,
    ) {
        self.end_preview();
        self.run += 1;
        let config = &settings.config;
        let lacks_files = self.data_sets.missing(config).is_some() || !self.files.missing(config).is_empty();
        let can_run = settings.autoplay && !lacks_files;
        self.intent = if can_run { RunIntent::RunTo(None) } else { RunIntent::Pause };
        self.deaths = JobDeaths::default();
        self.replace_run(experiment_report, effects);
        let reads_corrupted = settings.robust || self.results.has_corrupted();
        self.selection.start_run(&settings.config, reads_corrupted);
        if settings.config.data_sets() != self.settings.config.data_sets() {
            self.forget_data(effects);
        }
        self.drop_networks(settings.config.seeds.first(), same, effects);
        self.settings = settings;
        for purpose in self.requests.start_run() {
            drop_files(&purpose, effects);
            // Whoever has asked networks waits for an answer, and nobody else does.
            if let RequestPurpose::ReadNetworks { asker, .. } = purpose {
                let answer = Err(vec![PageRefusal::NewRun]);
                effects.push(Effect::Deliver { asker, answer });
            }
        }
        self.scored_claims = None;
        self.redraw_needs.all = true;
        self.running_seconds = 0.0;
        self.start_display(!self.results.nothing_started());
        for worker in self.workers.iter_mut().filter(|worker| !worker.jobs.is_empty()) {
            worker.jobs.clear();
            effects.push(Effect::Send {
                to: worker.id,
                command: WorkerCommand::Cancel,
                payload: Payload::NONE,
            });
        }
        // After a failure no worker is left.
        match self.workers.is_empty() {
            false => {
                self.fetch_missing_data(effects);
                self.adjust_worker_count(effects);
            }
            // Nothing is left to be trained, so that what has failed is not needed, and may fail again.
            true if self.schedule.all_done() => self.failure = None,
            true => self.retry(effects),
        }
    }

    /// Sends the commands that bring the workers nearer to the current intent.
    pub(super) fn dispatch(&mut self, effects: &mut Vec<Effect>) {
        self.ask_reader(effects);
        // A run that lacks files waits for them.
        if self.intent != RunIntent::Pause && self.lacks_files() {
            self.intent = RunIntent::Pause;
        }
        let any_ready = self.workers.iter().any(|worker| worker.status == WorkerStatus::Ready);
        if self.failure.is_some() || !self.is_loaded || !any_ready {
            return;
        }
        if let RunIntent::PauseThenAdvance(step_kind) = self.intent
            && !self.workers.iter().any(WorkerSlot::has_running_job)
        {
            let goal = match step_kind {
                StepKind::Step => self.schedule.step_target(),
                StepKind::Round => self.schedule.round_target(),
            };
            self.intent = RunIntent::RunTo(Some(goal));
        }
        match self.intent {
            RunIntent::Pause | RunIntent::PauseThenAdvance(_) => self.pause_running_jobs(effects),
            RunIntent::RunTo(goal) => {
                self.assign_jobs(goal, effects);
                if !self.workers.iter().any(WorkerSlot::has_running_job) {
                    // What is left without a goal to stop at can only be what is given up.
                    if goal.is_none() && self.deaths.any_given_up() {
                        self.fail_for_jobs_given_up(effects);
                    } else {
                        self.intent = RunIntent::Pause;
                    }
                }
            }
        }
    }

    fn pause_running_jobs(&mut self, effects: &mut Vec<Effect>) {
        for worker in &mut self.workers {
            for assigned in worker.jobs.iter_mut().filter(|assigned| assigned.running && !assigned.pausing) {
                assigned.pausing = true;
                let command = WorkerCommand::Pause { run: self.run };
                effects.push(Effect::Send { to: worker.id, command, payload: Payload::NONE });
            }
        }
    }

    /// Assigns a job to every worker that is ready and runs none: a paused job if it has one, otherwise a job that may start.
    fn assign_jobs(&mut self, goal: Option<RunPosition>, effects: &mut Vec<Effect>) {
        let last = self.settings.config.iterations;
        let target = goal.map(|goal| {
            let until =
                if goal.iteration >= last { RunUntil::End } else { RunUntil::Iteration(goal.iteration) };
            (goal.round, until)
        });
        self.train_networks_that_have_gone();
        let run = self.run;
        let is_free =
            |worker: &&mut WorkerSlot| worker.status == WorkerStatus::Ready && !worker.has_running_job();
        for worker in self.workers.iter_mut().filter(is_free) {
            let to = worker.id;
            if let Some((assigned, until)) = worker.next_paused_job(target) {
                (assigned.running, assigned.pausing) = (true, false);
                let command = WorkerCommand::Continue { run, job: assigned.job, until };
                effects.push(Effect::Send { to, command, payload: Payload::NONE });
            } else if let Some(job) = self.schedule.start_next_job(goal) {
                let config = Box::new(self.settings.config.clone());
                worker.jobs.push(AssignedJob { job, running: true, pausing: false, iteration: 0 });
                if let Some(arrays) = self.kept.get(job).filter(|_| !self.store.is_unfinished(job)) {
                    let payload = Payload([arrays.mask, arrays.last].map(PayloadItem::Kept).into());
                    let command = WorkerCommand::ReadCorrupted { run, job, config };
                    effects.push(Effect::Send { to, command, payload });
                    continue;
                }
                let until = worker_pool::target_for(target, job, 0).unwrap_or(RunUntil::End);
                // The inputs are always there, because the schedule starts a job only after its parents have delivered
                // what it needs.
                let mut payload = self.store.inputs_for(job).map_or(Payload::NONE, Payload::from);
                self.files.put_into(&mut payload, &self.settings.config, job);
                self.results.job_started(job);
                self.redraw_needs.curves = true;
                let robust = self.settings.robust;
                let command = WorkerCommand::Start { run, job, config, until, robust };
                effects.push(Effect::Send { to, command, payload });
            }
        }
    }
}
