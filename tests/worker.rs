//! Tests the worker's session as the page uses it: with several jobs that pause and continue, and with reports that
//! become files and are read again.

mod mnist;

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
use protocol::EventPayload;
use protocol::{RunUntil, WorkerCommand, WorkerEvent};
use std::cell::Cell;
use worker::{
    data_unpacking::FileBytes,
    session::{CommandPayload, WorkerSession},
};

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
    JobId { trial, arm: Arm::Ticket, round: 0, draw: 0 }
}

/// A session with a clock that advances by a millisecond whenever it is read.
struct SessionHarness {
    session: WorkerSession,
    clock: Cell<f64>,
    events: Vec<(WorkerEvent, EventPayload)>,
}

impl SessionHarness {
    fn loaded() -> SessionHarness {
        let mut bench =
            SessionHarness { session: WorkerSession::default(), clock: Cell::new(0.0), events: vec![] };
        let files = mnist::files().map(|file| -> Box<dyn FileBytes> { Box::new(file) });
        bench.send(WorkerCommand::Load { data: DataSet::mnist() }, CommandPayload::Files(files));
        bench.run_until_idle();
        assert_eq!(
            bench.events.pop(),
            Some((WorkerEvent::Loaded { data: "mnist".into() }, EventPayload::None))
        );
        bench.events.clear();
        bench
    }

    fn send(&mut self, command: WorkerCommand, payload: CommandPayload) {
        self.events.extend(self.session.handle(command, payload));
    }

    fn start(&mut self, config: &ExperimentConfig, job: JobId, until: RunUntil) {
        let command = WorkerCommand::Start { run: RUN, job, config: config.clone(), until };
        self.send(command, CommandPayload::JobInputs(JobInputs::default()));
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
        let paused = |(event, _): (WorkerEvent, EventPayload)| match event {
            WorkerEvent::Paused { run: RUN, job, iteration } => Some((job, iteration)),
            _ => None,
        };
        std::mem::take(&mut self.events).into_iter().filter_map(paused).collect()
    }

    fn take_reports(&mut self) -> Vec<JobReport> {
        let finished = |(event, payload): (WorkerEvent, EventPayload)| match (event, payload) {
            (WorkerEvent::Finished { run: RUN, report, .. }, EventPayload::JobOutputs(outputs)) => {
                assert!(outputs.next_mask.is_some());
                Some(report)
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
    bench.send(
        WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End },
        CommandPayload::None,
    );
    bench.run_until_idle();
    bench.send(
        WorkerCommand::Continue { run: RUN, job: dense_job(1), until: RunUntil::End },
        CommandPayload::None,
    );
    bench.run_until_idle();
    let mut fitful = bench.take_reports();
    fitful.reverse();
    assert_eq!(fitful, plain);
}

#[test]
fn a_pause_is_answered_by_each_job_that_moves() {
    let (mut bench, config) = (SessionHarness::loaded(), small_config());
    bench.start(&config, dense_job(1), RunUntil::Iteration(4));
    bench.run_until_idle();
    assert_eq!(bench.take_paused(), [(dense_job(1), 4)]);
    // The second job is not set up yet when the pause comes. It reports its pause as soon as it is set up.
    bench.start(&config, dense_job(2), RunUntil::End);
    bench.send(WorkerCommand::Pause { run: RUN }, CommandPayload::None);
    assert_eq!(bench.take_paused(), []);
    bench.run_until_idle();
    assert_eq!(bench.take_paused(), [(dense_job(2), 0)]);
    bench.send(
        WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End },
        CommandPayload::None,
    );
    bench.run_slice();
    bench.send(WorkerCommand::Pause { run: RUN }, CommandPayload::None);
    let paused = bench.take_paused();
    assert!(paused.len() == 1 && paused[0].0 == dense_job(2), "{paused:?}");
    bench.send(WorkerCommand::Pause { run: RUN }, CommandPayload::None);
    bench.send(
        WorkerCommand::Continue { run: RUN + 1, job: dense_job(1), until: RunUntil::End },
        CommandPayload::None,
    );
    assert!(!bench.session.is_busy() && bench.take_paused().is_empty());
    // The first job of a new run drops the jobs of the old run.
    let command =
        WorkerCommand::Start { run: RUN + 1, job: dense_job(1), config, until: RunUntil::Iteration(0) };
    bench.send(command, CommandPayload::JobInputs(JobInputs::default()));
    bench.run_until_idle();
    bench.send(
        WorkerCommand::Continue { run: RUN, job: dense_job(2), until: RunUntil::End },
        CommandPayload::None,
    );
    assert!(!bench.session.is_busy());
    bench.send(WorkerCommand::Cancel, CommandPayload::None);
    bench.send(
        WorkerCommand::Continue { run: RUN + 1, job: dense_job(1), until: RunUntil::End },
        CommandPayload::None,
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
            if let (WorkerEvent::Finished { report, digest, .. }, EventPayload::JobOutputs(outputs)) =
                (event, payload)
            {
                let finished = FinishedJob { report, seconds, digest: Some(digest) };
                experiment_report.add_finished_job(finished, outputs.next_mask.as_deref());
            }
        }
    }
    experiment_report
}

#[test]
fn journals_become_files_and_files_journals() {
    let of_seed = |seed| {
        let config = ExperimentConfig { seeds: Seeds::consecutive(seed, 1).unwrap(), ..small_config() };
        trained_report(&config, f64::from(seed))
    };
    let (first, second) = (of_seed(1), of_seed(2));
    let mut session = WorkerSession::default();
    let mut texts = vec![];
    for (request_id, experiment_report) in [(7, &first), (8, &second)] {
        let (parts, prune_rounds) = experiment_report.to_parts();
        let replies = session.handle(
            WorkerCommand::Export { request_id, experiment_report: Box::new(parts) },
            CommandPayload::PruneRounds(prune_rounds),
        );
        let [(WorkerEvent::Exported { request_id: answer }, EventPayload::Text(text))] = &replies[..] else {
            panic!("{replies:?}")
        };
        assert_eq!((*answer, text), (request_id, &experiment_report.to_file_text()));
        texts.push(text.clone());
    }
    let names = vec!["one.jsonl".to_string(), "two.jsonl".to_string()];
    let import = WorkerCommand::Import { request_id: 9, names: names.clone() };
    let replies = session.handle(import, CommandPayload::Texts(texts.clone()));
    let [
        (
            WorkerEvent::Imported { request_id: 9, experiment_report: parts },
            EventPayload::PruneRounds(prune_rounds),
        ),
    ] = &replies[..]
    else {
        panic!("{replies:?}")
    };
    let merged =
        ExperimentReport::from_parts((**parts).clone(), prune_rounds.clone()).expect("a whole journal");
    assert_eq!((merged.config().seeds.count(), merged.finished_jobs().len()), (2, 2));
    assert_eq!(merged.to_file_text(), ExperimentReport::merge(vec![first, second]).unwrap().to_file_text());
    // The message names the wrong file, and no report is imported in part.
    texts[1] = texts[1].replacen("\"round\":0", "\"round\":9", 1);
    let replies =
        session.handle(WorkerCommand::Import { request_id: 10, names }, CommandPayload::Texts(texts));
    let [(WorkerEvent::RequestFailed { request_id: 10, message }, EventPayload::None)] = &replies[..] else {
        panic!("{replies:?}")
    };
    assert!(message.starts_with("two.jsonl: line 2: ") && message.ends_with('.'), "{message}");
    let (parts, _) = merged.to_parts();
    let replies = session.handle(
        WorkerCommand::Export { request_id: 11, experiment_report: Box::new(parts) },
        CommandPayload::PruneRounds(vec![]),
    );
    assert!(matches!(replies[0].0, WorkerEvent::RequestFailed { request_id: 11, .. }));
    let replies =
        session.handle(WorkerCommand::Import { request_id: 12, names: vec![] }, CommandPayload::None);
    assert!(matches!(replies[0].0, WorkerEvent::RequestFailed { request_id: 12, .. }));
}
