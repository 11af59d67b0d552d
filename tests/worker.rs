//! Tests the worker's session as the page uses it: with several jobs that pause and continue, and with reports that
//! become files and are read again.

mod mnist;

use experiment::refusals::RefusalMessage;
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_data::JobInputs,
    job_report::JobReport,
    seeds::Seeds,
    settings::Settings,
};
use model::data_set::DataSet;
use protocol::{
    FailureKind, Reply, RunUntil, WorkerCommand, WorkerEvent,
    payload::{Payload, PayloadItem},
    question::{Answer, Question},
    report_payload,
};
use std::cell::Cell;
use worker::{data_unpacking::FileBytes, session::WorkerSession};

const RUN: u32 = 3;

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

fn small_config() -> ExperimentConfig {
    config("iterations=8&eval_every=4&rounds=1&trials=2&hidden=6,5&batch=10")
}

fn dense_job(trial: u32) -> JobId {
    JobId { trial, arm: Arm::Ticket, round: 0, draw: 0, twin: false }
}

/// A session with a clock that advances by a millisecond whenever it is read.
struct SessionHarness {
    session: WorkerSession,
    clock: Cell<f64>,
    events: Vec<Reply>,
}

impl SessionHarness {
    fn loaded() -> SessionHarness {
        let mut bench =
            SessionHarness { session: WorkerSession::default(), clock: Cell::new(0.0), events: vec![] };
        let files = mnist::files().map(|file| -> Box<dyn FileBytes> { Box::new(file) });
        bench.session.load(vec![(DataSet::mnist(), files)]);
        bench.run_until_idle();
        let loaded = WorkerEvent::Loaded { data: vec!["mnist".into()] };
        assert_eq!(bench.events.pop(), Some((loaded, Payload::NONE)));
        bench.events.clear();
        bench
    }

    fn send(&mut self, command: WorkerCommand, payload: Payload) {
        self.events.extend(self.session.handle(command, payload));
    }

    fn start(&mut self, config: &ExperimentConfig, job: JobId, until: RunUntil) {
        let command =
            WorkerCommand::Start { run: RUN, job, config: Box::new(config.clone()), until, robust: false };
        self.send(command, JobInputs::default().into());
    }

    fn run_slice(&mut self) {
        let now = || {
            self.clock.set(self.clock.get() + 1e-3);
            self.clock.get()
        };
        self.events.extend(self.session.advance(&now, 0.025));
    }

    fn run_until_idle(&mut self) {
        while self.session.is_busy() {
            self.run_slice();
        }
    }

    fn take_paused(&mut self) -> Vec<(JobId, u32)> {
        let paused = |(event, _): Reply| match event {
            WorkerEvent::Paused { run: RUN, job, iteration } => Some((job, iteration)),
            _ => None,
        };
        std::mem::take(&mut self.events).into_iter().filter_map(paused).collect()
    }

    fn take_reports(&mut self) -> Vec<JobReport> {
        let finished = |(event, payload): Reply| match event {
            WorkerEvent::Finished { run: RUN, report, .. } => {
                assert!(payload.into_job_outputs().next_mask.is_some());
                Some(*report)
            }
            _ => None,
        };
        std::mem::take(&mut self.events).into_iter().filter_map(finished).collect()
    }
}

#[test]
fn held_jobs_stay_while_others_go_on_and_no_digit_changes() {
    let (mut bench, config) = (SessionHarness::loaded(), small_config());
    // Both jobs run one after the other without a pause.
    bench.start(&config, dense_job(1), RunUntil::End);
    bench.start(&config, dense_job(2), RunUntil::End);
    bench.run_until_idle();
    let plain = bench.take_reports();
    assert_eq!(plain.iter().map(|report| report.job).collect::<Vec<_>>(), [dense_job(1), dense_job(2)]);
    // Both jobs pause at the same iteration and then continue in the opposite order.
    bench.start(&config, dense_job(1), RunUntil::Iteration(4));
    bench.run_until_idle();
    bench.start(&config, dense_job(2), RunUntil::Iteration(4));
    bench.run_until_idle();
    assert_eq!(bench.take_paused(), [(dense_job(1), 4), (dense_job(2), 4)]);
    assert!(!bench.session.is_busy());
    bench.send(WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End }, Payload::NONE);
    bench.run_until_idle();
    bench.send(WorkerCommand::Continue { run: RUN, job: dense_job(1), until: RunUntil::End }, Payload::NONE);
    bench.run_until_idle();
    let mut fitful = bench.take_reports();
    fitful.reverse();
    assert_eq!(fitful, plain);
}

/// Two data sets are unpacked one after the other, with one progress, and each job trains on its own.
#[test]
fn a_worker_with_two_data_sets_gives_each_job_its_own() {
    let arms = "ticket,other_ticket&transfer=fashion";
    let config = config(&format!("iterations=8&eval_every=4&rounds=1&hidden=6,5&batch=10&arms={arms}"));
    let mut bench =
        SessionHarness { session: WorkerSession::default(), clock: Cell::new(0.0), events: vec![] };
    let set = |data: DataSet| {
        let files = mnist::files_of(&data).map(|file| -> Box<dyn FileBytes> { Box::new(file) });
        (data, files)
    };
    bench.session.load(config.data_sets().into_iter().map(set).collect());
    bench.run_until_idle();
    let loaded = WorkerEvent::Loaded { data: vec!["mnist".into(), "fashion".into()] };
    assert_eq!(bench.events.pop(), Some((loaded, Payload::NONE)));
    let mut latest = 0;
    for (event, _) in std::mem::take(&mut bench.events) {
        let WorkerEvent::Unpacking { done, total } = event else { panic!("{event:?}") };
        assert!(done >= latest && done <= total && total > 20_000_000, "{done} of {total}");
        latest = done;
    }
    for arm in [Arm::Ticket, Arm::OtherTicket] {
        bench.start(&config, JobId { arm, ..dense_job(1) }, RunUntil::End);
    }
    bench.run_until_idle();
    let reports = bench.take_reports();
    let inputs =
        ticket_lab::TrainingInputs { other_data: Some(mnist::fashion()), ..(&mnist::mnist()).into() };
    let mut native = ExperimentReport::new(&config);
    ticket_lab::run(&mut native, inputs, 1, &mut |_| Ok(())).unwrap();
    for report in &reports {
        assert_eq!(*report, native.finished_jobs()[&report.job].report);
    }
    assert_ne!(reports[0].test_end, reports[1].test_end);
    // A worker that has only one of them says what is missing.
    let mut bench = SessionHarness::loaded();
    bench.start(&config, JobId { arm: Arm::OtherTicket, ..dense_job(1) }, RunUntil::End);
    bench.run_until_idle();
    let Some((WorkerEvent::Failed { failure }, _)) = bench.events.pop() else { panic!("it trains") };
    assert!(failure.cause.to_string().contains("is of fashion, and mnist is loaded"), "{}", failure.cause);
}

/// What is kept of a job is enough to read corrupted images as the job does at its end, whether its mask was given or learned.
#[test]
fn a_kept_network_reads_corrupted_images_as_its_job_did() {
    let (mut bench, config) = (SessionHarness::loaded(), small_config());
    for job in [dense_job(1), JobId { arm: Arm::Supermask, round: 1, ..dense_job(2) }] {
        let command = WorkerCommand::Start {
            run: RUN,
            job,
            config: Box::new(config.clone()),
            until: RunUntil::End,
            robust: true,
        };
        // Every third weight is pruned; the supermask takes from it how many are to survive.
        let mask = (job.round > 0)
            .then(|| (0..config.model.weight_count()).map(|at| u8::from(at % 3 > 0)).collect());
        bench.send(command, JobInputs { mask, ..JobInputs::default() }.into());
        bench.run_until_idle();
        let Some((WorkerEvent::Finished { report, .. }, payload)) = bench.events.pop() else {
            panic!("{job} does not end")
        };
        // Behind what other jobs need stand its mask, its first and its last parameters.
        let [_, _, _, mask, _, last, ..] = &payload.0[..] else { panic!("nothing is kept") };
        let read = || WorkerCommand::ReadCorrupted { run: RUN, job, config: Box::new(config.clone()) };
        bench.events.clear();
        bench.send(read(), Payload(vec![mask.clone(), last.clone()]));
        (0..3).for_each(|_| bench.run_slice());
        bench.send(WorkerCommand::Pause { run: RUN }, Payload::NONE);
        bench.run_until_idle();
        assert_eq!(bench.take_paused(), [(job, 8)], "its training is over");
        bench.send(WorkerCommand::Continue { run: RUN, job, until: RunUntil::End }, Payload::NONE);
        bench.run_until_idle();
        let readings = report.robustness.expect("readings");
        let said = bench.events.pop().map(|(event, _)| event);
        let Some(WorkerEvent::CorruptedRead { job: of, readings: read_again, seconds, .. }) = said else {
            panic!("{said:?}")
        };
        assert!((of, read_again) == (job, readings) && seconds > 0.0, "{job}: {read_again:?} in {seconds} s");
        bench.send(read(), Payload(vec![mask.clone(), PayloadItem::Floats(vec![0.5; 3])]));
        let Some((WorkerEvent::Failed { failure }, _)) = bench.events.pop() else { panic!("it reads") };
        assert_eq!(failure.kind, FailureKind::Worker);
    }
}

#[test]
fn a_pause_is_answered_by_each_job_that_moves() {
    let (mut bench, config) = (SessionHarness::loaded(), small_config());
    bench.start(&config, dense_job(1), RunUntil::Iteration(4));
    bench.run_until_idle();
    assert_eq!(bench.take_paused(), [(dense_job(1), 4)]);
    // The second job is not set up yet when the pause comes. It reports its pause as soon as it is set up.
    bench.start(&config, dense_job(2), RunUntil::End);
    bench.send(WorkerCommand::Pause { run: RUN }, Payload::NONE);
    assert_eq!(bench.take_paused(), []);
    bench.run_until_idle();
    assert_eq!(bench.take_paused(), [(dense_job(2), 0)]);
    bench.send(WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End }, Payload::NONE);
    bench.run_slice();
    bench.send(WorkerCommand::Pause { run: RUN }, Payload::NONE);
    let paused = bench.take_paused();
    assert!(paused.len() == 1 && paused[0].0 == dense_job(2), "{paused:?}");
    bench.send(WorkerCommand::Pause { run: RUN }, Payload::NONE);
    bench.send(
        WorkerCommand::Continue { run: RUN + 1, job: dense_job(1), until: RunUntil::End },
        Payload::NONE,
    );
    assert!(!bench.session.is_busy() && bench.take_paused().is_empty());
    // The first job of a new run drops the jobs of the old run.
    let command = WorkerCommand::Start {
        run: RUN + 1,
        job: dense_job(1),
        config: Box::new(config),
        until: RunUntil::Iteration(0),
        robust: false,
    };
    bench.send(command, JobInputs::default().into());
    bench.run_until_idle();
    bench.send(WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End }, Payload::NONE);
    assert!(!bench.session.is_busy());
    bench.send(WorkerCommand::Cancel, Payload::NONE);
    bench.send(
        WorkerCommand::Continue { run: RUN + 1, job: dense_job(1), until: RunUntil::End },
        Payload::NONE,
    );
    assert!(!bench.session.is_busy());
}

fn trained_report(config: &ExperimentConfig, seconds: f64) -> ExperimentReport {
    let mut bench = SessionHarness::loaded();
    let mut experiment_report = ExperimentReport::new(config);
    for trial in config.seeds.iter() {
        bench.start(config, dense_job(trial), RunUntil::End);
        bench.run_until_idle();
        for (event, payload) in std::mem::take(&mut bench.events) {
            if let WorkerEvent::Finished { report, digest, .. } = event {
                let next_mask = payload.into_job_outputs().next_mask;
                let finished = FinishedJob { report: *report, seconds, digest: Some(digest) };
                experiment_report.add_finished_job(finished, next_mask.as_deref());
            }
        }
    }
    experiment_report
}

/// Asks a worker without data a question and returns the answer.
fn ask(question: Question, payload: Payload) -> (Result<Answer, Vec<RefusalMessage>>, Payload) {
    let replies = WorkerSession::default().handle(WorkerCommand::Ask { request_id: 7, question }, payload);
    let [(WorkerEvent::Answered { request_id: 7, answer }, payload)] = &replies[..] else {
        panic!("{replies:?}")
    };
    (answer.clone(), payload.clone())
}

fn read_reports(names: &[&str], texts: &[String]) -> (Result<Answer, Vec<RefusalMessage>>, Payload) {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    ask(
        Question::ReadReports { names },
        Payload::from_byte_arrays(texts.iter().map(|text| text.as_bytes().to_vec()).collect()),
    )
}

/// What is said of a question that was refused. Nothing comes beside them.
fn refusal((answer, payload): (Result<Answer, Vec<RefusalMessage>>, Payload)) -> Vec<String> {
    assert_eq!(payload, Payload::NONE);
    answer.expect_err("a refusal").iter().map(ToString::to_string).collect()
}

#[test]
fn journals_become_files_and_files_journals() {
    let of_seed = |seed| {
        let config = ExperimentConfig { seeds: Seeds::consecutive(seed, 1).unwrap(), ..small_config() };
        trained_report(&config, f64::from(seed))
    };
    let (first, second) = (of_seed(1), of_seed(2));
    let mut texts = vec![];
    for experiment_report in [&first, &second] {
        let (parts, payload) = report_payload::write_report(experiment_report);
        let question = Question::WriteReport { experiment_report: parts };
        let (answer, payload) = ask(question.clone(), payload);
        assert_eq!(answer, Ok(Answer::ReportWritten));
        texts.extend(payload.into_text());
        assert_eq!(texts.last(), Some(&experiment_report.to_file_text()));
        let messages = refusal(ask(question, Payload::NONE));
        assert_eq!(messages, ["The report did not arrive whole: press Export again."]);
    }
    let (answer, payload) = read_reports(&["one.jsonl", "two.jsonl"], &texts);
    let Ok(Answer::ReportsRead { experiment_report: parts }) = answer else { panic!("{answer:?}") };
    let merged = report_payload::read_report(*parts, payload).expect("a whole journal");
    assert_eq!((merged.config().seeds.count(), merged.finished_jobs().len()), (2, 2));
    assert_eq!(merged.to_file_text(), ExperimentReport::merge(vec![first, second]).unwrap().to_file_text());
}

#[test]
fn each_file_that_cannot_be_read_is_named_and_none_is_used() {
    let config = ExperimentConfig { seeds: Seeds::consecutive(1, 1).unwrap(), ..small_config() };
    let text = trained_report(&config, 1.0).to_file_text();
    let wrong = text.replacen("\"round\":0", "\"round\":9", 1);
    let texts = [text.clone(), wrong, "nonsense".into()];
    let messages = refusal(read_reports(&["one.jsonl", "two.jsonl", "three.jsonl"], &texts));
    let [two, three] = &messages[..] else { panic!("{messages:?}") };
    assert!(two.starts_with("two.jsonl: line 2: ") && two.ends_with('.'), "{two}");
    assert!(three.starts_with("three.jsonl: ") && three.ends_with('.'), "{three}");
    // Files that are good but do not go together have one message.
    let other = trained_report(&ExperimentConfig { batch: 20, ..config }, 1.0).to_file_text();
    let messages = refusal(read_reports(&["one.jsonl", "other.jsonl"], &[text.clone(), other]));
    assert!(messages.len() == 1 && messages[0].contains("batch"), "{messages:?}");
    // What is no text is no report.
    let bytes = Payload::from_byte_arrays(vec![vec![0xff, 0xfe, 0]]);
    let messages = refusal(ask(Question::ReadReports { names: vec!["image.png".into()] }, bytes));
    assert!(messages[0].starts_with("image.png: this is not a report"), "{messages:?}");
    // A text too few, a text too many, or none at all.
    for (names, texts) in [(2, 1), (1, 2), (0, 0)] {
        let messages = refusal(read_reports(&["1", "2"][..names], &vec![text.clone(); texts]));
        assert_eq!(messages, ["The files did not arrive whole: open them again."]);
    }
}
