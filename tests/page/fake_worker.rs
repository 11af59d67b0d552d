//! A fake worker. It sends the same events as the real one, but at once and with invented numbers. `likeness.rs` checks
//! that both behave alike.

use experiment::job::JobPhase;
use experiment::refusals::Refusal;
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    job::JobId,
    job_data::JobOutputs,
    job_graph::output_spec,
    job_report::{
        Accuracy, JobReport, LINE_POINTS, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint,
    },
    prune_counts::PruneCounts,
    robustness::RobustnessReadings,
};
use model::{
    mask::survivors_per_layer,
    packed::{mask_from_bits, mask_to_bits, pack_parameters},
};
use protocol::{
    Failure, FailureKind, Reply, RunId, RunUntil, WorkerCommand, WorkerEvent,
    payload::{Payload, PayloadItem},
};

/// A job of a fake worker.
pub(crate) struct FakeJob {
    pub(crate) run: RunId,
    pub(crate) job: JobId,
    config: ExperimentConfig,
    until: RunUntil,
    robust: bool,
    /// Whether it has been trained before, and only reads corrupted images.
    only_reads: bool,
    mask: Vec<u8>,
    /// The iteration at which the job starts training.
    first: u32,
    pub(crate) iteration: u32,
    is_set_up: bool,
    /// Whether the first weights have been read.
    is_read: bool,
    pub(crate) paused: bool,
}

/// A fake worker, which has neither networks nor data.
#[derive(Default)]
pub(crate) struct FakeWorker {
    pub(crate) jobs: Vec<FakeJob>,
    pub(crate) loaded: bool,
    /// What is wrong with it.
    pub(crate) fault: Option<WorkerFault>,
}

/// What may be wrong with a worker without an error event that tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerFault {
    /// It neither hears nor says anything.
    Mute,
    /// It hears nothing and trains on.
    Deaf,
}

impl FakeWorker {
    /// Handles one of the commands for loading and training.
    pub(crate) fn handle(&mut self, command: WorkerCommand, payload: Payload) -> Vec<Reply> {
        match command {
            WorkerCommand::Load { data } => {
                self.loaded = true;
                let unpacking = WorkerEvent::Unpacking { done: 5, total: 40 };
                let data = data.into_iter().map(|data| data.name).collect();
                return vec![(unpacking, Payload::NONE), (WorkerEvent::Loaded { data }, Payload::NONE)];
            }
            WorkerCommand::Start { run, job, config, until, robust } => {
                let inputs = payload.into_job_inputs();
                if let Err(error) = inputs.check(&config, job) {
                    let failure =
                        Failure { kind: FailureKind::Worker, cause: (&Refusal::JobNotWhole(error)).into() };
                    return vec![(WorkerEvent::Failed { failure }, Payload::NONE)];
                }
                self.jobs.retain(|fake_job| fake_job.run == run && fake_job.job != job);
                let mask = inputs.mask.unwrap_or_else(|| vec![1; config.model.weight_count()]);
                let mask = match job.arm {
                    Arm::OneShot => prune(&config, mask, &PruneCounts::for_one_shot(&config, job.round)),
                    _ => mask,
                };
                let first = if job.arm == Arm::Late { config.rewind_iteration() } else { 0 };
                self.jobs.push(FakeJob {
                    run,
                    job,
                    config: *config,
                    until,
                    robust,
                    only_reads: false,
                    mask,
                    first,
                    iteration: 0,
                    is_set_up: false,
                    is_read: false,
                    paused: false,
                });
            }
            WorkerCommand::ReadCorrupted { run, job, config } => {
                let [PayloadItem::Bytes(bits), PayloadItem::Floats(last)] = &payload.0[..] else {
                    panic!("no network")
                };
                let mask = mask_from_bits(&config.model, bits).expect("the bits of its mask");
                assert!(last.iter().all(|value| *value == -0.5), "the last weights");
                self.jobs.retain(|fake_job| fake_job.run == run && fake_job.job != job);
                self.jobs.push(FakeJob {
                    run,
                    job,
                    until: RunUntil::End,
                    robust: true,
                    only_reads: true,
                    mask,
                    first: 0,
                    iteration: config.iterations,
                    config: *config,
                    is_set_up: true,
                    is_read: true,
                    paused: false,
                });
            }
            WorkerCommand::Continue { run, job, until } => {
                for fake_job in
                    self.jobs.iter_mut().filter(|fake_job| (fake_job.run, fake_job.job) == (run, job))
                {
                    (fake_job.until, fake_job.paused) = (until, false);
                }
            }
            WorkerCommand::Pause { run } => {
                let running = self.jobs.iter_mut().filter(|fake_job| fake_job.run == run && !fake_job.paused);
                return running.filter_map(FakeJob::pause).collect();
            }
            WorkerCommand::Cancel => self.jobs.clear(),
            WorkerCommand::Ping => return vec![(WorkerEvent::Alive, Payload::NONE)],
            WorkerCommand::Ask { .. } => {
                panic!("only the reader is asked, and the real worker's brain answers")
            }
        }
        vec![]
    }

    /// Whether the worker has work to do without a further command.
    pub(crate) fn is_busy(&self) -> bool {
        self.loaded && self.jobs.iter().any(|fake_job| !fake_job.paused)
    }

    /// Sets up a job, or does some training steps.
    pub(crate) fn advance(&mut self, steps: u32) -> Vec<Reply> {
        if self.fault == Some(WorkerFault::Mute) {
            return vec![];
        }
        let going = self.jobs.iter().position(|fake_job| !fake_job.paused).filter(|_| self.loaded);
        let Some(at) = going else { return vec![] };
        let (replies, end) = self.jobs[at].advance(steps);
        if end {
            self.jobs.remove(at);
        }
        replies
    }
}

impl FakeJob {
    fn advance(&mut self, steps: u32) -> (Vec<Reply>, bool) {
        let (run, job) = (self.run, self.job);
        if !self.is_set_up {
            (self.is_set_up, self.iteration) = (true, self.first);
            let replies = self.pause_if_at_target().unwrap_or_else(|| self.progress(JobPhase::Rewind));
            return (vec![replies], false);
        }
        let mut replies = vec![];
        if self.only_reads {
            let readings = finished_job(self).0.robustness.expect("it reads corrupted images");
            let event = WorkerEvent::CorruptedRead { run, job, readings, seconds: 0.5 };
            return (vec![(event, Payload::NONE)], true);
        }
        if let Some(paused) = self.pause_if_at_target() {
            return (vec![paused], false);
        }
        if !self.is_read {
            self.is_read = true;
            let readings = readings_before_training(job);
            let event = WorkerEvent::ReadBeforeTraining { run, job, readings };
            replies.push((event, Payload::NONE));
        }
        for _ in 0..steps {
            if let Some(paused) = self.pause_if_at_target() {
                replies.push(paused);
                return (replies, false);
            }
            self.iteration += 1;
            if self.config.evaluates_at(self.iteration) {
                let point = validation_point(job, self.iteration);
                replies.push((WorkerEvent::Evaluated { run, job, point }, Payload::NONE));
            }
            // After the last step a job cannot be paused any more.
            if self.iteration == self.config.iterations {
                let (report, outputs) = finished_job(self);
                let (seconds, memory, digest) = (0.5, 1, digest(job));
                let finished =
                    WorkerEvent::Finished { run, report: Box::new(report), seconds, memory, digest };
                let mut payload = Payload::from(outputs);
                payload.0.extend(kept(self));
                replies.push((finished, payload));
                return (replies, true);
            }
        }
        replies.push(self.pause_if_at_target().unwrap_or_else(|| self.progress(JobPhase::Train)));
        (replies, false)
    }

    fn pause_if_at_target(&mut self) -> Option<Reply> {
        let RunUntil::Iteration(goal) = self.until else { return None };
        (self.iteration >= goal).then(|| self.pause_now())
    }

    fn pause_now(&mut self) -> Reply {
        self.paused = true;
        (WorkerEvent::Paused { run: self.run, job: self.job, iteration: self.iteration }, Payload::NONE)
    }

    /// Pauses at once, or, if the job is not set up yet, as soon as it is.
    fn pause(&mut self) -> Option<Reply> {
        if self.is_set_up {
            return Some(self.pause_now());
        }
        self.until = RunUntil::Iteration(0);
        None
    }

    fn progress(&self, phase: JobPhase) -> Reply {
        let (run, job, iteration) = (self.run, self.job, self.iteration);
        (WorkerEvent::Progress { run, job, phase, iteration, seconds: 0.1 }, Payload::NONE)
    }
}

pub(crate) fn validation_point(job: JobId, iteration: u32) -> ValidationPoint {
    let lead = if job.arm == Arm::Ticket { 150 } else { 0 };
    let accuracy = Accuracy { correct: 4000 + iteration + lead, total: 5000 };
    ValidationPoint { iteration, loss: 1.0 / iteration as f32, accuracy }
}

/// What is kept of a job: first weights are all 0.5, last ones all -0.5.
fn kept(fake_job: &FakeJob) -> [PayloadItem; 5] {
    let parameters = |value| {
        let all = vec![value; fake_job.config.model.parameter_count()];
        PayloadItem::Floats(pack_parameters(&fake_job.mask, &all))
    };
    [
        PayloadItem::Bytes(mask_to_bits(&fake_job.mask)),
        parameters(0.5),
        parameters(-0.5),
        PayloadItem::Absent,
        PayloadItem::Bytes(vec![3; 10_000]),
    ]
}

/// Digits that look like a digest and are a pure function of the job.
fn digest(job: JobId) -> String {
    format!("{:08x}{:04x}{:02x}{:02x}", job.trial, job.arm as u16, job.round, job.draw)
}

fn readings_before_training(job: JobId) -> ReadingsBeforeTraining {
    let correct = 1000 + job.round;
    ReadingsBeforeTraining {
        validation_loss: 2.25,
        validation: Accuracy { correct, total: 5_000 },
        test: Accuracy { correct, total: 10_000 },
    }
}

/// A mask without the first survivors of each layer, or, if pruning is global, of the network.
fn prune(config: &ExperimentConfig, mut mask: Vec<u8>, counts: &PruneCounts) -> Vec<u8> {
    let layers = config.model.layer_sizes();
    let (ranges, counts): (Vec<_>, Vec<u32>) = match counts {
        PruneCounts::PerLayer(counts) => {
            (layers.into_iter().map(|size| size.weights).collect(), counts.clone())
        }
        PruneCounts::Global(count) => (std::iter::once(0..mask.len()).collect(), vec![*count]),
    };
    for (range, count) in ranges.into_iter().zip(counts) {
        let survivors = mask[range].iter_mut().filter(|alive| **alive == 1);
        survivors.take(count as usize).for_each(|alive| *alive = 0);
    }
    mask
}

/// The results of a job. They are a pure function of the job, like those of a real worker.
fn finished_job(fake_job: &FakeJob) -> (JobReport, JobOutputs) {
    let (config, job) = (&fake_job.config, fake_job.job);
    let correct = 9000 + 100 * u32::from(job.arm == Arm::Ticket) - 10 * job.round;
    let test = Accuracy { correct, total: 10_000 };
    let flipped = config.flipped_labels(job.arm);
    let report = JobReport {
        job,
        alive: survivors_per_layer(&config.model, &fake_job.mask),
        curve: (fake_job.first + 1..=config.iterations)
            .filter(|&i| config.evaluates_at(i))
            .map(|i| validation_point(job, i))
            .collect(),
        early_stop: config.iterations,
        before_training: Some(readings_before_training(job)),
        test_early: test,
        test_end: test,
        train_early: Accuracy { correct: 54_321, total: 55_000 },
        train_end: Accuracy { correct: 54_321, total: 55_000 },
        interpolated: if job.twin { vec![test; LINE_POINTS] } else { vec![] },
        label_noise: (flipped > 0).then(|| LabelNoiseReadings {
            clean: Accuracy { correct: 54_321 - flipped, total: 55_000 - flipped },
            flipped: Accuracy { correct: flipped, total: flipped },
            restored: Accuracy { correct: 0, total: flipped },
        }),
        robustness: fake_job.robust.then(|| RobustnessReadings {
            noise: [1, 2, 3, 4, 5]
                .map(|strength| correct - strength * if job.arm == Arm::Ticket { 100 } else { 150 }),
            ..RobustnessReadings::default()
        }),
        iterations: config.iterations - fake_job.first,
        batch: config.batch,
    };
    let spec = output_spec(config, job);
    let mask = spec.next_mask.then(|| {
        let counts = PruneCounts::for_round(config, &report.alive);
        prune(config, fake_job.mask.clone(), &counts)
    });
    let parameters = |wanted: bool| wanted.then(|| vec![0.0; config.model.parameter_count()]);
    (
        report,
        JobOutputs {
            next_mask: mask,
            rewind_parameters: parameters(spec.rewind_parameters),
            final_parameters: parameters(spec.final_parameters),
        },
    )
}
