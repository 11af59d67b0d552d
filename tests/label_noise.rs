//! Training on labels of which some are wrong: which ones they are, by a slow plain version, and how they are read in the end, by a
//! plain model in double precision that knows nothing of the kernels.

mod mnist;

use experiment::{
    arm::Arm, config::ExperimentConfig, experiment_report::ExperimentReport, job::JobId, job_data::JobInputs,
    job_graph::all_jobs, purpose::RandomPurpose, settings::Settings, store::JobOutputStore,
};
use model::data_set::DataSet;
use training::{
    data::TrainValidationSplit,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
    label_noise::LabelNoise,
    rng::RandomStream,
};

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, [], "{fragment}");
    settings.config
}

fn job(trial: u32, arm: Arm) -> JobId {
    JobId { trial, arm, round: 0, draw: 0, twin: false }
}

/// The labels of a trial by lists alone: the training images are drawn one after the other out of a list, by swapping with its end,
/// and each of the first ones gets the class that stands so many places after its own among the others.
fn slow_labels(config: &ExperimentConfig, trial: u32, truth: &[u8]) -> Vec<u8> {
    let mut left = TrainValidationSplit::new(&config.data, trial).train;
    let count = (left.len() as f64 * config.label_noise + 0.5).floor() as usize;
    let mut stream = RandomStream::new(trial, RandomPurpose::LabelNoise, 0, 0);
    let mut drawn = vec![];
    while left.len() > 1 {
        let at = stream.below(left.len() as u32) as usize;
        drawn.push(left.swap_remove(at));
    }
    drawn.extend(left);
    drawn.reverse();
    let mut labels = truth.to_vec();
    for &image in &drawn[..count] {
        let label = labels[image as usize];
        let others: Vec<u8> = (1..10).map(|step| (label + step) % 10).collect();
        labels[image as usize] = others[stream.below(9) as usize];
    }
    labels
}

#[test]
fn wrong_labels_are_those_of_a_slow_plain_version() {
    let data = mnist::mnist();
    let truth = &data.train.labels;
    for (share, flipped) in [("0.2", 11_000), ("0.33333", 18_333), ("0.00001", 1), ("0.999", 54_945)] {
        let config = config(&format!("label_noise={share}&seeds=1,7"));
        for trial in [1, 7] {
            let split = TrainValidationSplit::new(&config.data, trial);
            let noise = LabelNoise::new(&config, job(trial, Arm::Ticket), &split, truth).unwrap();
            assert!(noise.labels() == slow_labels(&config, trial, truth), "{share}, seed {trial}");
            // Every arm, round and draw learns from the same ones.
            let other = JobId { round: 3, draw: 2, ..job(trial, Arm::Reinit) };
            assert_eq!(LabelNoise::new(&config, other, &split, truth).unwrap(), noise);
            let wrong = |images: &[u32]| {
                images.iter().filter(|i| noise.labels()[**i as usize] != truth[**i as usize]).count()
            };
            assert_eq!((wrong(&split.train), wrong(&split.validation)), (flipped, 0), "{share}");
            assert_eq!(config.flipped_labels(Arm::Ticket) as usize, flipped);
        }
    }
    let split = TrainValidationSplit::new(&DataSet::mnist(), 1);
    assert_eq!(LabelNoise::new(&config(""), job(1, Arm::Ticket), &split, truth), None);
}

#[test]
fn wrong_classes_are_uniform_among_the_others() {
    let data = mnist::mnist();
    let truth = &data.train.labels;
    let config = config("label_noise=0.9");
    let labels = |trial| {
        let split = TrainValidationSplit::new(&config.data, trial);
        LabelNoise::new(&config, job(trial, Arm::Ticket), &split, truth).unwrap()
    };
    let (mut counts, mut of_class) = ([[0_u32; 10]; 10], [0_u32; 10]);
    for (label, truth) in labels(1).labels().iter().zip(truth) {
        if label != truth {
            counts[usize::from(*truth)][usize::from(*label)] += 1;
            of_class[usize::from(*truth)] += 1;
        }
    }
    for (truth, row) in counts.iter().enumerate() {
        let expected = f64::from(of_class[truth]) / 9.0;
        for (label, count) in row.iter().enumerate().filter(|(label, _)| *label != truth) {
            // Five standard deviations of the count.
            let bound = 5.0 * (expected * 8.0 / 9.0).sqrt();
            assert!(
                (f64::from(*count) - expected).abs() < bound,
                "{truth} as {label}: {count} of {expected}"
            );
        }
    }
    assert_ne!(labels(1), labels(2));
}

const SMALL: &str =
    "label_noise=0.2&iterations=300&eval_every=100&rounds=1&hidden=20,10&arms=ticket,reinit,snip";

/// The trained jobs of an experiment.
fn trained(config: &ExperimentConfig) -> Vec<TrainedJob> {
    let mut store = JobOutputStore::new(config);
    let mut order = all_jobs(config);
    order.sort_by_key(|job| (job.round, *job));
    let mut train = |job| {
        let inputs: JobInputs = store.inputs_for(job).unwrap();
        let mut training = JobTraining::new(config, job, inputs, mnist::mnist()).unwrap();
        loop {
            if let AdvanceOutcome::Finished(trained) = training.advance().unwrap() {
                store.add_outputs(job, trained.outputs.clone()).unwrap();
                return *trained;
            }
        }
    };
    order.into_iter().map(&mut train).collect()
}

/// The class that a network gives an image, with each sum taken in order.
fn class(config: &ExperimentConfig, trained: &TrainedJob, image: &[u8]) -> u8 {
    let mut values: Vec<f64> = image.iter().map(|&byte| f64::from(byte) / 255.0).collect();
    let sizes = config.model.layer_sizes();
    for (layer, size) in sizes.iter().enumerate() {
        let rows = trained.weights[size.weights.clone()].chunks_exact(size.fan_in);
        let outputs = rows.zip(&trained.biases[size.biases.clone()]).map(|(row, bias)| {
            let products = row.iter().zip(&values).filter(|(_, value)| **value != 0.0);
            products.fold(f64::from(*bias), |sum, (weight, value)| sum + f64::from(*weight) * value)
        });
        let is_last = layer + 1 == sizes.len();
        values = outputs.map(|sum| if is_last { sum } else { sum.max(0.0) }).collect();
    }
    (1..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best }) as u8
}

#[test]
fn right_and_wrong_labels_are_read_as_a_plain_model_reads_them() {
    let (config, data) = (config(SMALL), mnist::mnist());
    let truth = &data.train.labels;
    let labels = slow_labels(&config, 1, truth);
    let split = TrainValidationSplit::new(&config.data, 1);
    for trained in trained(&config) {
        let report = &trained.report;
        let [mut clean, mut flipped, mut restored, mut validation] = [0; 4];
        for &image in &split.train {
            let at = image as usize;
            let read = class(&config, &trained, &data.train.images[784 * at..][..784]);
            clean += u32::from(labels[at] == truth[at] && read == truth[at]);
            flipped += u32::from(labels[at] != truth[at] && read == labels[at]);
            restored += u32::from(labels[at] != truth[at] && read == truth[at]);
        }
        for &image in &split.validation {
            let at = image as usize;
            let read = class(&config, &trained, &data.train.images[784 * at..][..784]);
            validation += u32::from(read == truth[at]);
        }
        let readings = report.label_noise.expect("readings");
        let counts =
            [readings.clean, readings.flipped, readings.restored].map(|read| (read.correct, read.total));
        assert_eq!(counts, [(clean, 44_000), (flipped, 11_000), (restored, 11_000)], "{}", report.job);
        assert_eq!(report.train_end.correct, clean + flipped, "{}", report.job);
        let last = report.curve.last().unwrap();
        assert_eq!(last.accuracy.correct, validation, "validation has true labels, {}", report.job);
        // It has learnt to read, and to read the digits behind the wrong labels.
        assert!(clean > 30_000 && restored > 5_000 && flipped < 2_000, "{}", report.job);
    }
}

/// The report without the seconds, which differ from run to run.
fn without_seconds(report: &ExperimentReport) -> String {
    let lines = report.to_file_text();
    lines.lines().map(|line| line.split(",\"seconds\":").next().unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn readings_are_in_report_key_and_digest_and_no_worker_changes_them() {
    let small = SMALL.replace("iterations=300&eval_every=100", "iterations=20&eval_every=10");
    let config = config(&small);
    let run = |config: &ExperimentConfig, workers| {
        let mut report = ExperimentReport::new(config);
        ticket_lab::run(&mut report, &mnist::mnist(), workers, &mut |_| Ok(())).unwrap();
        report
    };
    let report = run(&config, 1);
    assert_eq!(without_seconds(&report), without_seconds(&run(&config, 2)));
    let text = report.to_file_text();
    assert!(text.lines().next().unwrap().contains(r#""label_noise":"0.2""#));
    assert!(
        text.lines()
            .skip(1)
            .all(|line| line.contains(r#""train_clean":["#) && line.contains(r#""restored":["#))
    );
    let read = ExperimentReport::from_file_text(&text).unwrap();
    assert_eq!(without_seconds(&read), without_seconds(&report));
    // In the tables, behind all other columns.
    let csv = report.rounds_csv();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][23..], ["train_clean", "train_flipped", "restored"]);
    for (row, finished) in rows[1..].iter().zip(report.finished_jobs().values()) {
        let readings = finished.report.label_noise.unwrap();
        let shares =
            [readings.clean, readings.flipped, readings.restored].map(|read| read.fraction().to_string());
        assert_eq!(row[23..], shares);
    }
    // A run without wrong labels says nothing of them, and its jobs are others.
    let plain = run(&self::config(&small.replace("label_noise=0.2", "label_noise=0")), 2);
    assert!(!plain.to_file_text().contains("label_noise") && !plain.to_file_text().contains("restored"));
    for (job, finished) in report.finished_jobs() {
        let other = &plain.finished_jobs()[job];
        assert_ne!(finished.digest, other.digest, "{job}");
        assert_eq!(finished.report.before_training.is_some(), other.report.before_training.is_some());
        let key = |config| experiment::job_key::job_key(config, *job);
        assert_ne!(key(report.config()), key(plain.config()), "{job}");
    }
    assert!(plain.rounds_csv().lines().skip(1).all(|line| line.ends_with(",,,")));
}

#[test]
fn the_digest_knows_the_readings() {
    let config = config(&SMALL.replace("iterations=300&eval_every=100", "iterations=5&eval_every=5"));
    let mut trained = trained(&config).remove(0);
    let before = trained.digest();
    trained.report.label_noise.as_mut().unwrap().restored.correct += 1;
    assert_ne!(trained.digest(), before);
}
