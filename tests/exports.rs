//! Tests the files that the user takes away, written by the worker as for the page, of a real run: tables that say what the
//! report says, and networks that give the report's accuracies in plain candle.

mod mnist;
mod python;

use candle_core::{DType, Device, Tensor};
use experiment::{
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph,
    schedule::Schedule,
    settings::Settings,
    store::JobOutputStore,
};
use model::packed::{mask_to_bits, pack_parameters};
use protocol::{
    WorkerCommand, WorkerEvent,
    files_question::{FilesQuestion, WantedFile},
    payload::{Payload, PayloadItem},
    question::{Answer, Question},
    report_payload,
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    sync::OnceLock,
};
use training::job_training::{AdvanceOutcome, JobTraining};
use worker::session::WorkerSession;

/// Two trials of a small run, with a dense network that has a row of its own, trained weights to start from, and draws. So
/// high a step size that some networks stop early.
const FRAGMENT: &str = "preset=quick&seed=3&trials=2&iterations=40&eval_every=10&rounds=2&hidden=30,20&rate=0.7\
                        &arms=dense,ticket,reinit,late&draws=2&twins=1&learning_rate=0.05";

/// A finished run, and what is kept of the network of each job, as a worker hands it over.
struct Run {
    report: ExperimentReport,
    kept: BTreeMap<JobId, [PayloadItem; 3]>,
}

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let (settings, rejected) = Settings::from_fragment(FRAGMENT);
        assert_eq!(rejected, []);
        let config = settings.config;
        let (mut schedule, mut store) = (Schedule::new(&config), JobOutputStore::new(&config));
        let (mut report, mut kept) = (ExperimentReport::new(&config), BTreeMap::new());
        while let Some(job) = schedule.start_next_job(None) {
            let inputs = store.inputs_for(job).unwrap();
            let mut training = JobTraining::new(&config, job, inputs, mnist::mnist()).unwrap();
            let trained = loop {
                if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                    break *trained;
                }
            };
            let packed = |all: &[f32]| PayloadItem::Floats(pack_parameters(&trained.mask, all));
            let last = [&trained.weights[..], &trained.biases].concat();
            let mask = PayloadItem::Bytes(mask_to_bits(&trained.mask));
            kept.insert(job, [mask, packed(&trained.initial_parameters), packed(&last)]);
            let seconds = 1.0 / (3 + job.round) as f64;
            let digest = Some(trained.digest());
            let next_mask = trained.outputs.next_mask.clone();
            store.add_outputs(job, trained.outputs).unwrap();
            schedule.mark_done(job);
            let finished = FinishedJob { report: trained.report, seconds, digest };
            report.add_finished_job(finished, next_mask.as_deref());
        }
        Run { report, kept }
    })
}

/// Asks a worker for files, with these pictures.
fn files(wanted: Vec<WantedFile>, pictures: &[&str], archive: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let Run { report, kept } = run();
    let mut pictures = pictures.iter();
    let mut payload = vec![];
    for file in &wanted {
        match file {
            WantedFile::Network(job) => payload.extend(kept[job].clone()),
            WantedFile::Picture { .. } => {
                payload.push(PayloadItem::Text((*pictures.next().unwrap()).to_owned()))
            }
            WantedFile::Report | WantedFile::Rounds | WantedFile::Curves | WantedFile::Robustness => {}
        }
    }
    let (experiment_report, rest) = report_payload::write_report(report);
    payload.extend(rest.0);
    let (stem, archive) = ("run".to_owned(), archive.map(str::to_owned));
    let question =
        Question::WriteFiles(Box::new(FilesQuestion { stem, experiment_report, files: wanted, archive }));
    let command = WorkerCommand::Ask { request_id: 1, question };
    let mut replies = WorkerSession::default().handle(command, Payload(payload));
    let (event, payload) = replies.remove(0);
    let WorkerEvent::Answered { answer: Ok(Answer::FilesWritten { names }), .. } = event else {
        panic!("{event:?}")
    };
    names.into_iter().zip(payload.into_byte_arrays().expect("bytes")).collect()
}

/// A file of comma-separated values, read by a reader that is not ours: a map from names to fields for each line.
fn read_csv(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(|line| line.expect("a line")).collect()
}

fn fraction(pair: &serde_json::Value) -> f64 {
    pair[0].as_f64().unwrap() / pair[1].as_f64().unwrap()
}

#[test]
fn tables_say_what_the_report_says() {
    let Run { report, .. } = run();
    let tables = files(vec![WantedFile::Rounds, WantedFile::Curves], &[], None);
    let names: Vec<&str> = tables.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(names, ["run-rounds.csv", "run-curves.csv"]);
    let (rounds, curves) = (read_csv(&tables[0].1), read_csv(&tables[1].1));
    // The report's own lines, as any program reads them.
    let text = report.to_file_text();
    let lines: Vec<serde_json::Value> =
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = job_graph::table_rows(report.config());
    assert_eq!(rounds.len(), rows.len());
    let mut points = curves.iter();
    for (row, fields) in rows.iter().zip(&rounds) {
        let job = row.training_job();
        let is_job = |line: &&serde_json::Value| {
            let place = [&line["trial"], &line["round"], &line["draw"]].map(|n| n.as_u64().unwrap() as u32);
            let is_same = place == [job.trial, job.round, job.draw] && line["arm"] == job.arm.name();
            is_same && line["twin"].as_bool().unwrap_or(false) == job.twin
        };
        let line = lines.iter().find(is_job).expect("a line of the report");
        assert_eq!(fields["arm"], row.arm.name());
        let number =
            |name: &str| fields[name].parse::<f64>().unwrap_or_else(|_| panic!("{name}: {fields:?}"));
        let same = [
            ("trial", "trial"),
            ("round", "round"),
            ("draw", "draw"),
            ("weights", "weights"),
            ("early_stop", "early_stop"),
            ("iterations", "iterations"),
            ("batch", "batch"),
            ("multiply_adds", "multiply_adds"),
            ("dense_multiply_adds", "dense_multiply_adds"),
            ("seconds", "seconds"),
        ];
        for (field, key) in same {
            assert_eq!(Some(number(field)), line[key].as_f64(), "{field} of {job}");
        }
        for name in ["test_start", "test_early", "test_end", "train_early", "train_end"] {
            assert_eq!(number(name), fraction(&line[name]), "{name} of {job}");
        }
        assert_eq!(number("validation_loss") as f32, line["min_loss"].as_f64().unwrap() as f32);
        assert_eq!(fields["digest"], line["digest"].as_str().unwrap());
        assert_eq!((&fields["data"][..], &fields["twin"][..]), ("mnist", if job.twin { "1" } else { "0" }));
        // The largest error less the mean error of both ends.
        let errors = line["interpolated"].as_array().into_iter().flatten();
        let errors: Vec<f64> = errors.map(|correct| 1.0 - correct.as_f64().unwrap() / 10_000.0).collect();
        assert_eq!(errors.len(), if job.twin { 11 } else { 0 });
        match errors[..] {
            [] => assert_eq!(fields["barrier"], ""),
            _ => {
                let largest = errors.iter().copied().fold(0.0, f64::max);
                let barrier = largest - (errors[0] + errors[10]) / 2.0;
                assert!((number("barrier") - barrier).abs() < 1e-12, "{job}");
            }
        }
        let total = report.config().model.weight_count() as f64;
        assert_eq!(number("weights_left"), number("weights") / total);
        // The curve, from the reading before the first step on.
        let start = [line["validation_start"].clone()];
        let first = if row.arm.name() == "late" { 4.0 } else { 0.0 };
        let start = start.iter().map(|point| (first, point[0].as_f64(), point[1].as_f64()));
        let curve = line["curve"].as_array().unwrap().iter();
        let curve = curve.map(|point| (point[0].as_f64().unwrap(), point[1].as_f64(), point[2].as_f64()));
        for (iteration, loss, correct) in start.chain(curve) {
            let point = points.next().expect("a line for each point");
            for name in ["trial", "arm", "round", "draw", "twin"] {
                assert_eq!(point[name], fields[name]);
            }
            let number = |name: &str| point[name].parse::<f64>().unwrap();
            assert_eq!(number("iteration"), iteration);
            assert_eq!(number("validation_loss") as f32, loss.unwrap() as f32);
            assert_eq!(Some(number("correct")), correct);
            assert_eq!(number("validation_accuracy"), correct.unwrap() / 5_000.0);
        }
    }
    assert!(points.next().is_none(), "points of no row");
    // Otherwise early stop and end could be mistaken for each other.
    for name in ["test_early", "train_early"] {
        let end = name.replace("early", "end");
        assert!(rounds.iter().any(|fields| fields[name] != fields[&end]), "no network stops early");
    }
}

/// How many test images a network of plain candle reads right. Its tensors come from a file.
fn correct(tensors: &BTreeMap<String, Tensor>, moment: &str, masked: bool) -> u32 {
    let test = &mnist::mnist().test;
    let count = test.labels.len();
    let images = Tensor::from_slice(&test.images, (count, model::IMAGE_PIXELS), &Device::Cpu).unwrap();
    let mut x = (images.to_dtype(DType::F32).unwrap() / 255.0).unwrap();
    let layers = (0..).take_while(|layer| tensors.contains_key(&format!("mask.{layer}.weight"))).count();
    for layer in 0..layers {
        let of = |name: String| tensors[&name].to_dtype(DType::F32).unwrap();
        let mut weight = of(format!("{moment}.{layer}.weight"));
        if masked {
            weight = (weight * of(format!("mask.{layer}.weight"))).unwrap();
        }
        let bias = of(format!("{moment}.{layer}.bias"));
        x = x.matmul(&weight.t().unwrap()).unwrap().broadcast_add(&bias).unwrap();
        if layer + 1 < layers {
            x = x.relu().unwrap();
        }
    }
    let classes: Vec<u32> = x.argmax(1).unwrap().to_vec1().unwrap();
    classes.iter().zip(test.labels.iter()).filter(|(class, label)| **class == u32::from(**label)).count()
        as u32
}

fn read_tensors(bytes: &[u8]) -> BTreeMap<String, Tensor> {
    candle_core::safetensors::load_buffer(bytes, &Device::Cpu)
        .expect("a safetensors file")
        .into_iter()
        .collect()
}

#[test]
fn networks_give_the_accuracies_of_the_report_to_the_image() {
    let Run { report, kept } = run();
    for &job in kept.keys() {
        let (name, bytes) = files(vec![WantedFile::Network(job)], &[], None).remove(0);
        let JobId { trial, arm, round, draw, twin } = job;
        let draw_part = if draw > 0 { format!("-draw{draw}") } else { String::new() };
        let rest = draw_part + if twin { "-twin" } else { "" };
        assert_eq!(name, format!("run-trial{trial}-{}-round{round}{rest}.safetensors", arm.name()));
        let tensors = read_tensors(&bytes);
        let shapes: Vec<(&str, &[usize])> =
            tensors.iter().map(|(name, tensor)| (&name[..], tensor.dims())).collect();
        let layer_shapes: [[usize; 2]; 3] = [[30, 784], [20, 30], [10, 20]];
        let mut wanted: Vec<(String, Vec<usize>)> = vec![];
        for (layer, shape) in layer_shapes.iter().enumerate() {
            for moment in ["first", "last"] {
                wanted.push((format!("{moment}.{layer}.weight"), shape.to_vec()));
                wanted.push((format!("{moment}.{layer}.bias"), vec![shape[0]]));
            }
            wanted.push((format!("mask.{layer}.weight"), shape.to_vec()));
        }
        wanted.sort();
        assert_eq!(shapes, wanted.iter().map(|(name, shape)| (&name[..], &shape[..])).collect::<Vec<_>>());
        let finished = &report.finished_jobs()[&job];
        for masked in [true, false] {
            assert_eq!(correct(&tensors, "last", masked), finished.report.test_end.correct, "{job}");
            let start = finished.report.before_training.unwrap().test;
            assert_eq!(correct(&tensors, "first", masked), start.correct, "{job} before training");
        }
        let alive: f32 = (0..3)
            .map(|layer| {
                let mask = tensors[&format!("mask.{layer}.weight")].to_dtype(DType::F32).unwrap();
                mask.sum_all().unwrap().to_scalar::<f32>().unwrap()
            })
            .sum();
        assert_eq!(alive as u32, finished.report.surviving_weights());
        // What stands beside the weights.
        let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let metadata = metadata.metadata().clone().unwrap();
        assert_eq!(metadata.len(), 1, "several keys have no order");
        let note: serde_json::Value = serde_json::from_str(&metadata["ticket_lab"]).unwrap();
        let head: serde_json::Value =
            serde_json::from_str(report.to_file_text().lines().next().unwrap()).unwrap();
        for name in ["config", "seeds", "data"] {
            assert_eq!(note[name], head[name], "{name}");
        }
        assert_eq!(note["digest"].as_str(), finished.digest.as_deref());
        assert_eq!((&note["arm"], &note["trial"]), (&job.arm.name().into(), &job.trial.into()));
        assert_eq!((&note["round"], &note["draw"]), (&job.round.into(), &job.draw.into()));
        assert_eq!(note["twin"].as_bool().unwrap_or(false), job.twin);
        assert_eq!(note["test_accuracy"].as_f64(), Some(finished.report.test_end.fraction()));
    }
}

/// Half of the first tensors and half of the second, or another share.
fn between(
    first: &BTreeMap<String, Tensor>,
    second: &BTreeMap<String, Tensor>,
    share: f64,
) -> BTreeMap<String, Tensor> {
    let mixed = |(name, tensor): (&String, &Tensor)| {
        let [one, other] = [tensor, &second[name]].map(|tensor| tensor.to_dtype(DType::F32).unwrap());
        (name.clone(), ((one * (1.0 - share)).unwrap() + (other * share).unwrap()).unwrap())
    };
    first.iter().map(mixed).collect()
}

#[test]
fn the_networks_between_twins_read_what_the_report_says() {
    let Run { report, kept } = run();
    let tensors = |job: JobId| read_tensors(&files(vec![WantedFile::Network(job)], &[], None).remove(0).1);
    let mut apart = 0;
    for twin in kept.keys().filter(|job| job.twin && job.trial == 3) {
        let ends = [tensors(twin.sibling().unwrap()), tensors(*twin)];
        let said = &report.finished_jobs()[twin].report.interpolated;
        assert_eq!(said.len(), 11);
        for (point, accuracy) in said.iter().enumerate() {
            let plain = correct(&between(&ends[0], &ends[1], point as f64 / 10.0), "last", false);
            // Sums in another order may turn an image that stands between two classes.
            assert!(plain.abs_diff(accuracy.correct) <= 1, "{twin} at {point}: {plain}, {accuracy:?}");
        }
        apart += u32::from(said[0] != said[10]);
    }
    assert!(apart > 3, "twins that read the same say little");
}

#[test]
fn the_archive_has_what_is_had_one_by_one_and_the_same_bytes_each_time() {
    let wanted = || {
        let networks = run().kept.keys().take(3).map(|job| WantedFile::Network(*job));
        let pictures = ["curves.svg", "curves.png"].map(|name| WantedFile::Picture { name: name.into() });
        [WantedFile::Report, WantedFile::Rounds, WantedFile::Curves]
            .into_iter()
            .chain(networks)
            .chain(pictures)
    };
    let pictures = ["<svg>ö</svg>", "data:image/png;base64,iVBORw=="];
    let single = files(wanted().collect(), &pictures, None);
    let archives = files(wanted().collect(), &pictures, Some("run.zip"));
    assert_eq!(archives, files(wanted().collect(), &pictures, Some("run.zip")));
    let [(name, bytes)] = &archives[..] else { panic!("{} files", archives.len()) };
    assert_eq!(name, "run.zip");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = vec![];
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).unwrap();
        found.push((file.name().unwrap().into_owned(), bytes));
    }
    assert_eq!(found, single);
    assert_eq!(single[0].1, run().report.to_file_text().into_bytes());
    assert_eq!(single[6], ("run-curves.svg".into(), "<svg>ö</svg>".into()));
    assert_eq!(single[7], ("run-curves.png".into(), b"\x89PNG".to_vec()));
}

#[test]
#[ignore = "needs Python, and PyTorch for one of them"]
fn the_snippets_of_the_readme_run_on_a_real_export() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    let Run { report, kept } = run();
    let (&job, _) = kept.iter().next_back().unwrap();
    write("ticket.safetensors", &files(vec![WantedFile::Network(job)], &[], None)[0].1);
    write("rounds.csv", &files(vec![WantedFile::Rounds], &[], None)[0].1);
    for name in ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"] {
        write(name, &std::fs::read(format!("{}/assets/mnist/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    }
    let test = report.finished_jobs()[&job].report.test_end;
    if let Some(said) = python::run_snippet("ticket.safetensors", &["torch", "safetensors"], dir.path()) {
        assert!(said.contains(&format!("{} of {}", test.correct, test.total)), "{said} for {test:?}");
    }
    if let Some(_said) = python::run_snippet("rounds.csv", &["matplotlib"], dir.path()) {
        let drawn = std::fs::read(dir.path().join("rounds.png")).expect("a picture");
        assert!(drawn.starts_with(b"\x89PNG"));
    }
}
