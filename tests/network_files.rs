//! Tests files of first weights and masks with real training: an export that comes back gives the same bits, what is read is
//! what plain candle trains, and the program without a browser takes the same files.

#![cfg(unix)]

mod headless_process;
mod mnist;
mod oracle;

use candle_core::{DType, Device, Tensor};
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_data::FileInputs,
    network_file::{FilePurpose, NeededFile, OwnMask},
    purpose::RandomPurpose,
    schedule::Schedule,
    settings::Settings,
    store::JobOutputStore,
};
use headless_process::*;
use kernels::batch::Batch;
use model::{
    Model,
    packed::{mask_to_bits, pack_parameters},
};
use oracle::Oracle;
use protocol::{
    WorkerCommand, WorkerEvent,
    files_question::{FilesQuestion, WantedFile},
    network_file_question::{NetworkFileFacts, NetworkFileQuestion},
    payload::{Payload, PayloadItem},
    question::{Answer, Question},
    report_payload,
};
use std::{collections::BTreeMap, sync::Arc};
use ticket_lab::{TrainingInputs, verification};
use training::{
    data::TrainValidationSplit,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
    network_file::NetworkFile,
    rng::RandomStream,
};
use worker::session::WorkerSession;

/// Every arm but the own mask's, and a criterion that asks for the first weights.
const ALL: &str = "seed=5&iterations=20&eval_every=10&rounds=2&hidden=12,8&batch=20&criterion=movement&arms=ticket,reinit,\
                   shuffled,random,sign,norewind,late,oneshot";

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, [], "{fragment}");
    settings.config
}

/// The jobs of a finished experiment.
struct Ran {
    report: ExperimentReport,
    jobs: BTreeMap<JobId, TrainedJob>,
}

fn run(config: &ExperimentConfig, files: &FileInputs) -> Ran {
    let (mut schedule, mut store) = (Schedule::new(config), JobOutputStore::new(config));
    let mut ran = Ran { report: ExperimentReport::new(config), jobs: BTreeMap::new() };
    while let Some(job) = schedule.start_next_job(None) {
        let mut inputs = store.inputs_for(job).unwrap();
        files.add_to(config, job, &mut inputs);
        let mut training = JobTraining::new(config, job, inputs, mnist::mnist()).unwrap();
        let trained = loop {
            if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                break *trained;
            }
        };
        store.add_outputs(job, trained.outputs.clone()).unwrap();
        schedule.mark_done(job);
        let (report, digest) = (trained.report.clone(), Some(trained.digest()));
        let next_mask = trained.outputs.next_mask.as_deref();
        ran.report.add_finished_job(FinishedJob { report, seconds: 1.0, digest }, next_mask);
        ran.jobs.insert(job, trained);
    }
    ran
}

fn ask(question: Question, payload: Payload) -> Result<(Answer, Payload), Vec<String>> {
    let command = WorkerCommand::Ask { request_id: 1, question };
    let (event, payload) = WorkerSession::default().handle(command, payload).remove(0);
    let WorkerEvent::Answered { answer, .. } = event else { panic!("{event:?}") };
    let said = |refused: Vec<experiment::refusals::RefusalMessage>| {
        refused.iter().map(ToString::to_string).collect()
    };
    answer.map(|answer| (answer, payload)).map_err(said)
}

impl Ran {
    /// The network of a job as the page exports it.
    fn export(&self, job: JobId) -> Vec<u8> {
        let trained = &self.jobs[&job];
        let packed = |all: &[f32]| PayloadItem::Floats(pack_parameters(&trained.mask, all));
        let mut payload = vec![
            PayloadItem::Bytes(mask_to_bits(&trained.mask)),
            packed(&trained.initial_parameters),
            packed(&[&trained.weights[..], &trained.biases].concat()),
        ];
        let (experiment_report, rest) = report_payload::write_report(&self.report);
        payload.extend(rest.0);
        let files = vec![WantedFile::Network(job)];
        let question = FilesQuestion { stem: "run".into(), experiment_report, files, archive: None };
        let written = ask(Question::WriteFiles(Box::new(question)), Payload(payload)).unwrap();
        written.1.into_byte_arrays().unwrap().remove(0)
    }

    /// The digests of all jobs, in order.
    fn digests(&self) -> Vec<(JobId, String)> {
        self.jobs.iter().map(|(job, trained)| (*job, trained.digest())).collect()
    }
}

/// Reads a file as the page has it read.
fn read(
    bytes: &[u8],
    purpose: FilePurpose,
    model: &Model,
) -> Result<(NetworkFileFacts, PayloadItem), Vec<String>> {
    let name = "file.safetensors".to_owned();
    let question = NetworkFileQuestion { name, purpose, model: model.clone(), expected: None, weights: None };
    let payload = Payload(vec![PayloadItem::Bytes(bytes.to_vec())]);
    let (answer, payload) = ask(Question::ReadNetworkFile(Box::new(question)), payload)?;
    let Answer::NetworkFileRead(facts) = answer else { panic!("{answer:?}") };
    Ok((facts, payload.0.into_iter().next().unwrap()))
}

fn ticket(round: u32) -> JobId {
    JobId { trial: 5, arm: Arm::Ticket, round, draw: 0, twin: false }
}

#[test]
fn exported_first_weights_give_every_job_of_every_arm_again() {
    let drawn = config(ALL);
    let ran = run(&drawn, &FileInputs::default());
    let file = ran.export(ticket(0));
    let (facts, item) = read(&file, FilePurpose::FirstWeights, &drawn.model).unwrap();
    assert_eq!(facts.weights as usize, drawn.model.weight_count());
    let needed = NeededFile { purpose: FilePurpose::FirstWeights, hash: facts.hash };
    let config = drawn.with_file(needed, facts.weights);
    assert_eq!(config, self::config(&format!("{ALL}&init=file:{}", facts.hash)));
    let again = run(&config, &FileInputs { first: item.into_floats(), mask: None });
    assert_eq!(again.digests(), ran.digests());
}

#[test]
fn trials_of_other_seeds_start_from_the_file_and_are_pruned_by_it() {
    let plain = "iterations=10&eval_every=10&rounds=2&hidden=12,8&batch=20&criterion=initial&arms=ticket,oneshot,sign";
    let drawn = run(&config(&format!("{plain}&seed=5")), &FileInputs::default());
    let file = drawn.export(ticket(0));
    let opened = NetworkFile::open(&file, None).unwrap();
    let config = config(&format!("{plain}&seed=6&init=file:{}", opened.hash()));
    let first = opened.first_parameters(&config.model).ok();
    let other = run(&config, &FileInputs { first, mask: None });
    let here = |job: JobId| &other.jobs[&JobId { trial: 6, ..job }];
    let there = |job: JobId| &drawn.jobs[&job];
    assert_eq!(here(ticket(0)).initial_parameters, there(ticket(0)).initial_parameters);
    assert_ne!(here(ticket(0)).weights, there(ticket(0)).weights, "the batches are the same");
    // Which weights were smallest before training does not depend on the training.
    let oneshot = JobId { arm: Arm::OneShot, ..ticket(2) };
    for job in [ticket(1), ticket(2), oneshot] {
        assert!(here(job).mask == there(job).mask, "{job}");
    }
    let sign = JobId { arm: Arm::Sign, ..ticket(1) };
    let signs = |trained: &TrainedJob| -> Vec<bool> {
        let weights = &trained.initial_parameters[..config.model.weight_count()];
        weights.iter().map(|weight| weight.is_sign_negative()).collect()
    };
    assert_eq!(signs(here(sign)), signs(there(sign)));
    assert_ne!(here(sign).initial_parameters, there(sign).initial_parameters, "sizes are drawn by the seed");
}

#[test]
fn an_exported_ticket_is_the_ticket_when_its_mask_comes_back() {
    let plain =
        config("seed=5&iterations=20&eval_every=10&rounds=2&hidden=12,8&batch=20&dropout=0.25&arms=ticket");
    let ran = run(&plain, &FileInputs::default());
    for round in 0..=2 {
        let file = ran.export(ticket(round));
        let (facts, item) = read(&file, FilePurpose::OwnMask, &plain.model).unwrap();
        let ticket = &ran.jobs[&ticket(round)];
        assert_eq!(facts.weights, ticket.report.surviving_weights());
        let needed = NeededFile { purpose: FilePurpose::OwnMask, hash: facts.hash };
        let config = plain.with_file(needed, facts.weights);
        assert_eq!((config.own_round(), config.own.unwrap().file), (round, facts.hash));
        let with_own = run(&config, &FileInputs { first: None, mask: item.into_bytes() });
        let own = &with_own.jobs[&JobId { arm: Arm::Own, ..self::ticket(round) }];
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!((bits(&own.weights), bits(&own.biases)), (bits(&ticket.weights), bits(&ticket.biases)));
        let mut report = own.report.clone();
        report.job.arm = Arm::Ticket;
        assert_eq!(report, ticket.report, "round {round}");
        // The tickets beside it are what they are without it.
        for round in 0..=2 {
            assert_eq!(with_own.jobs[&self::ticket(round)], ran.jobs[&self::ticket(round)]);
        }
        // The report has all of it but the file, and reads back.
        with_own.report.check().unwrap();
        let text = with_own.report.to_file_text();
        assert_eq!(ExperimentReport::from_file_text(&text).unwrap().config(), &config);
        let other = config.own.map(|own| OwnMask { weights: Some(facts.weights - 1), ..own });
        let other_text = text.replace(&config.own.unwrap().to_string(), &other.unwrap().to_string());
        assert!(ExperimentReport::from_file_text(&other_text).is_err(), "another size was not noticed");
    }
}

#[test]
fn a_foreign_network_under_a_foreign_mask_is_trained_as_plain_candle_trains_it() {
    let base = config("seed=5&iterations=15&eval_every=15&rounds=2&hidden=9&batch=20&arms=ticket");
    let model = &base.model;
    // Weights, biases and a mask from a generator of the test's own, written by candle.
    let mut state = 7_u64;
    let mut next = || {
        state = state * 48_271 % 2_147_483_647;
        state as f64 / 2_147_483_647.0
    };
    let mut tensor = |shape: (usize, usize), value: &dyn Fn(f64) -> f64| {
        let values: Vec<f64> = (0..shape.0 * shape.1).map(|_| value(next())).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    };
    let small = |uniform: f64| (uniform - 0.5) * 0.1;
    let [first, last] = [(9, 784), (10, 9)].map(|shape| tensor(shape, &small));
    let bias = tensor((1, 10), &small).flatten_all().unwrap();
    let kept = |uniform: f64| f64::from(u8::from(uniform < 0.3));
    let masks = [(9, 784), (10, 9)].map(|shape| tensor(shape, &kept));
    let weights: Vec<(String, Tensor)> = vec![
        ("0.weight".into(), first.clone()),
        ("2.weight".into(), last.clone()),
        ("2.bias".into(), bias.clone()),
    ];
    let mask_tensors: Vec<(String, Tensor)> =
        ["0.weight", "1.weight"].map(String::from).into_iter().zip(masks.clone()).collect();
    let folder = folder();
    let write = |name: &str, tensors: Vec<(String, Tensor)>| {
        let path = folder.path().join(name);
        candle_core::safetensors::save(&tensors.into_iter().collect(), &path).unwrap();
        std::fs::read(path).unwrap()
    };
    let (weights, mask) = (write("weights.safetensors", weights), write("mask.safetensors", mask_tensors));
    let (of_weights, first_item) = read(&weights, FilePurpose::FirstWeights, model).unwrap();
    let (of_mask, mask_item) = read(&mask, FilePurpose::OwnMask, model).unwrap();
    let needed = |purpose, hash| NeededFile { purpose, hash };
    let config = base
        .with_file(needed(FilePurpose::FirstWeights, of_weights.hash), of_weights.weights)
        .with_file(needed(FilePurpose::OwnMask, of_mask.hash), of_mask.weights);
    let ran = run(&config, &FileInputs { first: first_item.into_floats(), mask: mask_item.into_bytes() });
    let job = JobId { arm: Arm::Own, ..ticket(config.own_round()) };
    let own = &ran.jobs[&job];
    // Plain candle, from the same tensors.
    let flat = |tensors: &[Tensor]| -> Vec<f32> {
        let flat = |tensor: &Tensor| {
            tensor.to_dtype(DType::F32).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap()
        };
        tensors.iter().flat_map(flat).collect()
    };
    let mask: Vec<u8> = flat(&masks).into_iter().map(|value| value as u8).collect();
    let biases = [vec![0.0; 9], flat(&[bias])].concat();
    let rate = f64::from(config.learning_rate);
    let mut oracle = Oracle::new(model, &mask, &flat(&[first, last]), &biases, rate).unwrap();
    let (data, mut order) = (mnist::mnist(), TrainValidationSplit::new(&config.data, 5).train);
    RandomStream::new(5, RandomPurpose::Shuffle, job.round, 0).shuffle(&mut order);
    for rows in order.chunks(20).take(15) {
        let (images, labels) = (&data.train.images, &data.train.labels);
        oracle
            .step(Batch { images, image_bytes: model::IMAGE_PIXELS, labels, image_indices: rows }, None)
            .unwrap();
    }
    let (weights, biases) = oracle.parameters().unwrap();
    let off = |a: &[f32], b: &[f32]| {
        let norm =
            |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        norm(&mut a.iter().zip(b).map(|(a, b)| a - b)) / norm(&mut b.iter().copied())
    };
    let off = (off(&own.weights, &weights), off(&own.biases, &biases));
    assert!(off.0 < 1e-3 && off.1 < 5e-3, "off by {off:?}");
    assert_eq!(own.report.surviving_weights(), mask.iter().map(|kept| u32::from(*kept)).sum::<u32>());
}

#[test]
fn what_cannot_be_read_is_said_with_the_name_of_the_file() {
    let model = Model::linear(&[12, 8]);
    let ran = run(
        &config("seed=5&iterations=1&eval_every=1&rounds=0&hidden=12,8&batch=20&arms=dense"),
        &FileInputs::default(),
    );
    let file = ran.export(ticket(0));
    let refused = |bytes: &[u8], purpose, model: &Model| read(bytes, purpose, model).unwrap_err().concat();
    let other = refused(&file, FilePurpose::FirstWeights, &Model::linear(&[12, 9]));
    assert_eq!(
        other,
        "file.safetensors: layer 1: first.1.weight should have the shape [9, 12] and has [8, 12]."
    );
    let other = refused(&file, FilePurpose::OwnMask, &Model::linear(&[12]));
    assert!(other.starts_with("file.safetensors: its number of layers with weights is 3"), "{other}");
    let other = refused(&file[..100], FilePurpose::OwnMask, &model);
    assert!(other.starts_with("file.safetensors: this is not a safetensors file ("), "{other}");
    let question = NetworkFileQuestion {
        name: "f".into(),
        purpose: FilePurpose::OwnMask,
        model,
        expected: None,
        weights: None,
    };
    let nothing = ask(Question::ReadNetworkFile(Box::new(question)), Payload::NONE).unwrap_err();
    assert_eq!(nothing, ["The files did not arrive whole: open them again."]);
}

#[test]
fn runs_and_verifications_on_threads_take_files_too() {
    let plain = config("seed=5&iterations=10&eval_every=10&rounds=1&hidden=12,8&batch=20&arms=ticket");
    let ran = run(&plain, &FileInputs::default());
    let file = ran.export(ticket(1));
    let (facts, item) = read(&file, FilePurpose::OwnMask, &plain.model).unwrap();
    let config =
        plain.with_file(NeededFile { purpose: FilePurpose::OwnMask, hash: facts.hash }, facts.weights);
    let files = Arc::new(FileInputs { first: None, mask: item.into_bytes() });
    let inputs = TrainingInputs { data: mnist::mnist(), other_data: None, files, robust: false };
    let mut report = ExperimentReport::new(&config);
    ticket_lab::run(&mut report, inputs.clone(), 2, &mut |_| Ok(())).unwrap();
    let own = JobId { arm: Arm::Own, ..ticket(1) };
    assert_eq!(report.finished_jobs()[&own].digest, report.finished_jobs()[&ticket(1)].digest);
    let verify = |inputs: TrainingInputs| {
        verification::train_again(&report, &[own].into(), inputs, 1, &mut |_| Ok(()))
    };
    let verified = verify(inputs.clone()).unwrap();
    assert!(verified.len() == 1 && verified[0].differences.is_empty(), "{verified:?}");
    // Under another mask of the same size it comes out otherwise.
    let mut other = FileInputs::clone(&inputs.files);
    other.mask.as_mut().unwrap().reverse();
    let verified = verify(TrainingInputs { files: Arc::new(other), ..inputs }).unwrap();
    assert!(!verified[0].differences.is_empty());
    assert!(verify((&mnist::mnist()).into()).is_err(), "without its file");
}

#[test]
fn the_program_takes_the_files_that_the_fragment_asks_for() {
    let tiny = "seed=5&iterations=10&eval_every=10&hidden=12,8&rounds=1";
    let plain = config(&format!("{tiny}&arms=ticket&batch=60"));
    let ran = run(&plain, &FileInputs::default());
    let folder = folder();
    let file = ran.export(ticket(1));
    std::fs::write(folder.path().join("ticket.safetensors"), &file).unwrap();
    let hash = NetworkFile::open(&file, None).unwrap().hash();
    let fragment = format!("{tiny}&arms=ticket,own&own={hash}");
    let go = |words: &[&str]| headless_in(&folder, words);
    fails_with(&go(&[&fragment]), &["own asks for the file", &hash.to_string(), "--file"]);
    fails_with(
        &go(&[tiny, "--file", "ticket.safetensors"]),
        &[&format!("own={hash}"), "asked for by no setting"],
    );
    fails_with(&go(&[&fragment, "--file", "none"]), &["none", "check the path"]);
    let other = fragment.replace("hidden=12,8", "hidden=12,9");
    fails_with(
        &go(&[&other, "--file", "ticket.safetensors"]),
        &["layer 1: mask.1.weight should have the shape [9, 12]"],
    );
    let run = |words: &[&str]| {
        succeeds(&go(&[words, &["--file", "ticket.safetensors", "--workers", "2"]].concat()))
    };
    run(&[&fragment, "--out", "own.jsonl"]);
    let report = ExperimentReport::from_file_text(&headless_process::read(&folder, "own.jsonl")).unwrap();
    let own = JobId { arm: Arm::Own, ..ticket(1) };
    assert_eq!(report.finished_jobs()[&own].digest.as_deref(), Some(&*ran.jobs[&ticket(1)].digest()));
    // Going on with it, and verifying it, asks for the file again.
    run(&[&fragment, "--out", "own.jsonl"]);
    run(&["--verify", "own.jsonl", "--jobs", "9"]);
    fails_with(&go(&["--verify", "own.jsonl"]), &["own asks for the file"]);
    succeeds(&go(&["--verify", "own.jsonl", "--jobs", "0"]));
}
