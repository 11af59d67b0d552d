//! Checks that the fake worker behaves like the real one. Both receive the same commands, the real one with blank
//! images, and must send the same events except for the results.

use crate::{fake_worker::FakeWorker, page_harness::settings};
use experiment::{arm::Arm, config::ExperimentConfig, job::JobId, job_data::JobInputs};
use model::{data_set::DataSet, packed::mask_to_bits};
use protocol::{
    Reply, RunUntil, WorkerCommand, WorkerEvent,
    payload::{Payload, PayloadItem},
};
use worker::{data_unpacking::FileBytes, session::WorkerSession};

const RUN: u32 = 4;
/// How the description of [`WorkerEvent::ReadBeforeTraining`] ends.
const READ: &str = ": read before training";

/// Four files with the sizes of MNIST's, in which all images and labels are zero.
fn blank_files() -> [Box<dyn FileBytes>; 4] {
    let images = |count: u32| [0x803, count, 28, 28].map(u32::to_be_bytes).concat();
    let labels = |count: u32| [0x801, count].map(u32::to_be_bytes).concat();
    let with_body = |mut header: Vec<u8>, body: usize| -> Box<dyn FileBytes> {
        header.resize(header.len() + body, 0);
        Box::new(header)
    };
    [
        with_body(images(60_000), 60_000 * 784),
        with_body(labels(60_000), 60_000),
        with_body(images(10_000), 10_000 * 784),
        with_body(labels(10_000), 10_000),
    ]
}

/// The description of a data set that consists of these files.
fn blank_data() -> DataSet {
    let sha256 = "8f814389172d0d05186ac3caed39781bf38622244515265e46f83a455c85f66e".into();
    DataSet { sha256, ..DataSet::mnist() }
}

/// Both workers, and the events that they have sent since the last comparison.
#[derive(Default)]
struct Pair {
    real: WorkerSession,
    fake: FakeWorker,
    real_said: Vec<String>,
    fake_said: Vec<String>,
}

/// Whether a job says in these events that it has read its first weights.
fn reads(said: &[Reply]) -> bool {
    said.iter().any(|(event, _)| matches!(event, WorkerEvent::ReadBeforeTraining { .. }))
}

/// Describes an event without results, times and texts. Returns `None` for events whose occurrence depends on timing.
fn kind((event, payload): Reply) -> Option<String> {
    Some(match event {
        WorkerEvent::Progress { .. } | WorkerEvent::Unpacking { .. } => return None,
        WorkerEvent::ReadBeforeTraining { run, job, .. } => format!("{run}, {job}{READ}"),
        WorkerEvent::Evaluated { run, job, point } => {
            format!("{run}, {job}: evaluated at {}", point.iteration)
        }
        WorkerEvent::Finished { run, report, .. } => {
            let curve: Vec<u32> = report.curve.iter().map(|point| point.iteration).collect();
            let (job, alive, iterations) = (report.job, report.alive, report.iterations);
            let size = (iterations, report.batch, alive);
            let kept = payload.0[3..].iter().map(kept_kind).collect::<Vec<_>>();
            let outputs = payload.into_job_outputs();
            format!(
                "{run}, {job}: finished with steps, batch, weights {size:?}, curve {curve:?}, kept {kept:?}, leaves a \
                 mask: {}, to rewind to: {}, the end: {}",
                outputs.next_mask.is_some(),
                outputs.rewind_parameters.is_some(),
                outputs.final_parameters.is_some()
            )
        }
        WorkerEvent::CorruptedRead { run, job, .. } => format!("{run}, {job}: read corrupted images"),
        WorkerEvent::Failed { failure } => format!("failed: {:?}", failure.kind),
        other => format!("{other:?} with {payload:?}"),
    })
}

/// The kind and the size of an array that is kept of a job. The early stop differs from job to job.
fn kept_kind(item: &PayloadItem) -> String {
    match item {
        PayloadItem::Bytes(bytes) => format!("{} bytes", bytes.len()),
        PayloadItem::Floats(floats) => format!("{} numbers", floats.len()),
        other => format!("{other:?}"),
    }
}

impl Pair {
    fn loaded() -> Pair {
        let mut pair = Pair::default();
        pair.load();
        pair.idle();
        assert_eq!(pair.agreed().len(), 1);
        pair
    }

    fn load(&mut self) {
        self.real.load(vec![(blank_data(), blank_files())]);
        let fake = self.fake.handle(WorkerCommand::Load { data: vec![blank_data()] }, Payload::NONE);
        self.hear(vec![], fake);
    }

    fn hear(&mut self, real: Vec<Reply>, fake: Vec<Reply>) {
        self.real_said.extend(real.into_iter().filter_map(kind));
        self.fake_said.extend(fake.into_iter().filter_map(kind));
    }

    fn say(&mut self, command: WorkerCommand) {
        self.say_with(command, JobInputs::default());
    }

    fn say_with(&mut self, command: WorkerCommand, inputs: JobInputs) {
        self.say_beside(command, inputs.into());
    }

    fn say_beside(&mut self, command: WorkerCommand, payload: Payload) {
        let real = self.real.handle(command.clone(), payload.clone());
        let fake = self.fake.handle(command, payload);
        self.hear(real, fake);
    }

    fn start(&mut self, job: JobId, until: RunUntil) {
        self.say(WorkerCommand::Start { run: RUN, job, config: Box::new(config()), until, robust: false });
    }

    fn go_on(&mut self, job: JobId, until: RunUntil) {
        self.say(WorkerCommand::Continue { run: RUN, job, until });
    }

    /// Runs this many of the smallest slices. The first one sets up a job, and each further one is a training step, up to
    /// the first validation. Before its first step the real worker reads the first weights, which takes many slices.
    fn slices(&mut self, count: u32) {
        for _ in 0..count {
            let (mut real, fake) = (self.real.advance(&|| 0.0, 0.0), self.fake.advance(1));
            if reads(&fake) {
                while !reads(&real) {
                    real.extend(self.real.advance(&|| 0.0, 0.0));
                }
                real.extend(self.real.advance(&|| 0.0, 0.0));
            }
            self.hear(real, fake);
        }
    }

    /// Runs both workers until they have nothing to do.
    fn idle(&mut self) {
        while self.real.is_busy() {
            let real = self.real.advance(&|| 0.0, f64::INFINITY);
            self.hear(real, vec![]);
        }
        while self.fake.is_busy() {
            let fake = self.fake.advance(3);
            self.hear(vec![], fake);
        }
    }

    /// Checks that both have sent the same events since the last comparison, and returns these, except that first weights
    /// were read.
    fn agreed(&mut self) -> Vec<String> {
        let (real, fake) = (std::mem::take(&mut self.real_said), std::mem::take(&mut self.fake_said));
        assert_eq!(real, fake, "the real worker and the fake one");
        assert_eq!(self.real.is_busy(), self.fake.is_busy());
        real.into_iter().filter(|said| !said.ends_with(READ)).collect()
    }

    /// Like `agreed`, for exactly one event.
    fn agreed_on_one(&mut self) -> String {
        let mut said = self.agreed();
        assert_eq!(said.len(), 1, "{said:?}");
        said.remove(0)
    }
}

/// Eight iterations with a validation in the middle. Together, the arms need everything that a job can produce.
fn config() -> ExperimentConfig {
    let arms = "arms=ticket,reinit,norewind,late,oneshot";
    let fragment = "seed=1&iterations=8&eval_every=5&rewind_to=3&rounds=2&hidden=3,2&batch=10";
    settings(&format!("{fragment}&{arms}")).config
}

fn dense() -> JobId {
    JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false }
}

fn other() -> JobId {
    JobId { trial: 2, ..dense() }
}

#[test]
fn a_job_goes_to_its_end_and_leaves_what_others_need() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::End);
    pair.idle();
    let said = pair.agreed();
    assert!(said.len() == 3 && said[0].ends_with("evaluated at 5") && said[1].ends_with("evaluated at 8"));
    assert!(said[2].ends_with("leaves a mask: true, to rewind to: true, the end: true"), "{said:?}");
}

#[test]
fn every_arm_begins_where_it_does_and_those_that_prune_leave_what_they_do() {
    let mut pair = Pair::loaded();
    let model = config().model;
    for (arm, round) in Arm::ALL.iter().copied().flat_map(|arm| [(arm, 1), (arm, 2)]) {
        let job = JobId { arm, round, ..dense() };
        if arm == Arm::Dense {
            continue;
        }
        let dependencies = experiment::recipe::dependencies(job);
        let has_mask = dependencies.mask.is_some() || arm == Arm::Own;
        // Every third weight is pruned.
        let mask = has_mask.then(|| (0..model.weight_count()).map(|at| u8::from(at % 3 > 0)).collect());
        let parameters = dependencies.parameters.map(|_| vec![0.5; model.parameter_count()]);
        let start = WorkerCommand::Start {
            run: RUN,
            job,
            config: Box::new(config()),
            until: RunUntil::Iteration(0),
            robust: false,
        };
        pair.say_with(start, JobInputs { mask, parameters, ..JobInputs::default() });
        pair.idle();
        let begins = if arm == Arm::Late { 3 } else { 0 };
        assert!(pair.agreed_on_one().contains(&format!("iteration: {begins}")), "{job}");
        // At the end of a job the real worker evaluates all of MNIST, so only a few jobs run to their end.
        if matches!((arm, round), (Arm::Late, _) | (Arm::NoRewind, 1) | (Arm::Reinit, 2)) {
            pair.go_on(job, RunUntil::End);
            pair.idle();
            assert!(pair.agreed().last().is_some_and(|said| said.contains("finished")), "{job}");
        }
    }
}

#[test]
fn jobs_hold_where_they_are_told_to() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::Iteration(0));
    pair.idle();
    assert!(pair.agreed_on_one().contains("iteration: 0"));
    for (goal, iteration) in [(5, 5), (2, 5), (6, 6)] {
        pair.go_on(dense(), RunUntil::Iteration(goal));
        pair.idle();
        assert!(pair.agreed().last().is_some_and(|said| said.contains(&format!("iteration: {iteration}"))));
    }
    // After the last step a job cannot be paused any more.
    for goal in [8, 9] {
        pair.go_on(dense(), RunUntil::Iteration(goal));
        pair.idle();
        assert!(pair.agreed().last().is_some_and(|said| said.contains("finished")));
        pair.start(dense(), RunUntil::Iteration(goal));
        pair.idle();
        assert_eq!(pair.agreed().len(), 3);
        pair.start(dense(), RunUntil::Iteration(7));
        pair.idle();
        pair.agreed();
    }
}

#[test]
fn a_pause_is_answered_once_and_before_a_job_is_set_up_later() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::End);
    pair.slices(3);
    pair.say(WorkerCommand::Pause { run: RUN });
    assert!(pair.agreed_on_one().contains("iteration: 2"));
    pair.say(WorkerCommand::Pause { run: RUN });
    pair.slices(3);
    assert_eq!(pair.agreed(), [""; 0]);
    pair.start(other(), RunUntil::End);
    pair.say(WorkerCommand::Pause { run: RUN });
    assert_eq!(pair.agreed(), [""; 0]);
    pair.idle();
    assert!(pair.agreed_on_one().contains("iteration: 0"));
    // A job that is paused and continued before it was set up is not paused afterwards.
    pair.start(JobId { trial: 3, ..dense() }, RunUntil::End);
    pair.say(WorkerCommand::Pause { run: RUN });
    pair.go_on(JobId { trial: 3, ..dense() }, RunUntil::Iteration(5));
    pair.idle();
    assert_eq!(pair.agreed().len(), 2);
    for job in [dense(), other()] {
        pair.go_on(job, RunUntil::End);
        pair.idle();
        assert!(pair.agreed().last().is_some_and(|said| said.contains("finished")));
    }
}

#[test]
fn a_trained_network_reads_corrupted_images_and_can_be_paused() {
    let mut pair = Pair::loaded();
    let config = Box::new(config());
    let every_weight = PayloadItem::Bytes(mask_to_bits(&vec![1; config.model.weight_count()]));
    let last = PayloadItem::Floats(vec![-0.5; config.model.parameter_count()]);
    let command = WorkerCommand::ReadCorrupted { run: RUN, job: dense(), config };
    pair.say_beside(command, Payload(vec![every_weight, last]));
    pair.say(WorkerCommand::Pause { run: RUN });
    assert!(pair.agreed_on_one().contains("iteration: 8"));
    pair.go_on(dense(), RunUntil::End);
    pair.idle();
    assert!(pair.agreed_on_one().ends_with("read corrupted images"));
}

#[test]
fn what_is_of_another_run_or_not_in_hand_is_not_heard() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::Iteration(5));
    pair.slices(2);
    pair.say(WorkerCommand::Pause { run: RUN + 1 });
    pair.go_on(other(), RunUntil::End);
    pair.say(WorkerCommand::Continue { run: RUN + 1, job: dense(), until: RunUntil::End });
    assert_eq!(pair.agreed(), [""; 0]);
    pair.idle();
    assert_eq!(pair.agreed().len(), 2);
    // The first job of a new run makes the workers drop the jobs of the old run.
    pair.say(WorkerCommand::Start {
        run: RUN + 1,
        job: other(),
        config: Box::new(config()),
        until: RunUntil::Iteration(1),
        robust: false,
    });
    pair.go_on(dense(), RunUntil::End);
    pair.idle();
    assert!(pair.agreed_on_one().contains("run: 5"));
}

#[test]
fn a_job_that_is_started_again_begins_anew() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::End);
    pair.slices(3);
    pair.start(dense(), RunUntil::Iteration(1));
    pair.idle();
    assert!(pair.agreed_on_one().contains("iteration: 1"));
    pair.say(WorkerCommand::Cancel);
    pair.go_on(dense(), RunUntil::End);
    pair.idle();
    assert_eq!(pair.agreed(), [""; 0]);
}

#[test]
fn of_two_jobs_the_one_that_came_first_goes_first() {
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::Iteration(5));
    pair.start(other(), RunUntil::End);
    pair.slices(4);
    pair.say(WorkerCommand::Pause { run: RUN });
    assert!(pair.agreed_on_one().contains("iteration: 3"));
    pair.go_on(dense(), RunUntil::End);
    pair.go_on(other(), RunUntil::End);
    pair.idle();
    assert_eq!(pair.agreed().len(), 6);
}

#[test]
fn a_job_waits_for_the_data_and_does_not_start_without_its_inputs() {
    let mut pair = Pair::default();
    pair.start(dense(), RunUntil::Iteration(1));
    pair.slices(3);
    assert_eq!(pair.agreed(), [""; 0]);
    pair.load();
    pair.idle();
    assert_eq!(pair.agreed().len(), 2);
    pair.start(JobId { round: 1, ..dense() }, RunUntil::End);
    pair.idle();
    assert_eq!(pair.agreed_on_one(), "failed: Worker");
}

#[test]
fn a_ping_is_answered_at_once_and_changes_nothing() {
    let mut pair = Pair::default();
    pair.say(WorkerCommand::Ping);
    assert!(pair.agreed_on_one().starts_with("Alive"));
    let mut pair = Pair::loaded();
    pair.start(dense(), RunUntil::Iteration(2));
    pair.slices(2);
    pair.say(WorkerCommand::Ping);
    assert!(pair.agreed_on_one().starts_with("Alive"));
    pair.idle();
    assert!(pair.agreed_on_one().contains("iteration: 2"));
    pair.say(WorkerCommand::Ping);
    assert!(pair.agreed_on_one().starts_with("Alive"));
}
