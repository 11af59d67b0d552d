//! Checks that the recorded Quick look, which the page plays before anything else is there, holds nothing but what the
//! recorded run's report says.

mod mnist;
mod oracle;

use chart::network_sample::ConnectionSample;
use experiment::{
    arm::Arm,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    prune_rounds::PruneRounds,
    schedule::Schedule,
    store::JobOutputStore,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use kernels::reader::NetworkReader;
use oracle::Oracle;
use page::{
    digit_texts, network_view,
    recorded_votes::{self, RecordedImage},
    recording,
    votes::{self, Vote},
};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    iter,
    path::PathBuf,
    sync::OnceLock,
    thread,
};
use training::job_training::{AdvanceOutcome, JobTraining, TrainedJob};

/// The largest size of the file as it is served, in bytes.
const MOST_BYTES: usize = 50_000;

fn path(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn quick() -> ExperimentReport {
    ExperimentReport::from_file_text(&fs::read_to_string(path("assets/recorded/quick.jsonl")).unwrap())
        .unwrap()
}

/// The contents of the file.
fn unpacked() -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(&fs::read(path(recording::PATH)).unwrap()[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

fn ticket(report: &ExperimentReport) -> &PruneRounds {
    report.prune_rounds().get(&(1, Arm::Ticket)).expect("the ticket was pruned")
}

/// The networks of the recorded run, trained again: once for all tests, two at a time.
fn trained() -> &'static BTreeMap<JobId, TrainedJob> {
    static TRAINED: OnceLock<BTreeMap<JobId, TrainedJob>> = OnceLock::new();
    TRAINED.get_or_init(|| {
        let report = quick();
        let config = report.config();
        let (mut schedule, mut store) = (Schedule::new(config), JobOutputStore::new(config));
        let mut trained = BTreeMap::new();
        loop {
            let jobs: Vec<JobId> = iter::from_fn(|| schedule.start_next_job(None)).take(2).collect();
            if jobs.is_empty() {
                return trained;
            }
            let finished: Vec<TrainedJob> = thread::scope(|scope| {
                let trained = |&job: &JobId| {
                    let inputs = store.inputs_for(job).unwrap();
                    scope.spawn(move || train(JobTraining::new(config, job, inputs, mnist::mnist()).unwrap()))
                };
                let threads: Vec<_> = jobs.iter().map(trained).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            for (job, finished) in jobs.into_iter().zip(finished) {
                assert!(finished.report.has_same_results(&report.finished_jobs()[&job].report), "{job}");
                store.add_outputs(job, finished.outputs.clone()).unwrap();
                schedule.mark_done(job);
                trained.insert(job, finished);
            }
        }
    })
}

fn train(mut training: JobTraining) -> TrainedJob {
    loop {
        if let AdvanceOutcome::Finished(finished) = training.advance().unwrap() {
            return *finished;
        }
    }
}

/// The bytes of a test image, and the class that it shows.
fn test_image(image: u32) -> (Vec<u8>, usize) {
    let (data, at) = (mnist::mnist(), image as usize);
    (data.test.images[at * 784..(at + 1) * 784].to_vec(), usize::from(data.test.labels[at]))
}

fn pixel_values(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

/// The images that are stored, with the votes of the trained networks.
fn images_with_votes() -> Vec<RecordedImage> {
    let (config, trained) = (recording::config(), trained());
    let jobs = all_jobs(&config);
    let (ticket, reinit) = recorded_votes::smallest_pair(&jobs).expect("both arms are recorded");
    let read = |job| &trained[&job].test_predictions[..];
    let chosen = recorded_votes::chosen_images(&mnist::mnist().test.labels, 10, read(ticket), read(reinit));
    let image = |number: u32| {
        let (pixels, label) = test_image(number);
        let vote = |job: &JobId| {
            let TrainedJob { mask, weights, biases, .. } = &trained[job];
            let mut reader = NetworkReader::new(&config.model, mask, weights, biases, 1);
            votes::vote(&reader.logits(&pixel_values(&pixels))[0]).expect("finite logits")
        };
        RecordedImage { number, label, votes: jobs.iter().map(vote).collect(), pixels }
    };
    chosen.into_iter().map(image).collect()
}

#[test]
fn the_file_is_the_recorded_run() {
    let whole = unpacked();
    let recording::Recording { values, votes, .. } = recording::read(&whole).expect("it can be read");
    let read = |job, weight| {
        let network = values.get(job)?;
        Some((network.first(weight), network.last(weight)?))
    };
    let written = recording::write(&quick(), read, &votes.images()).expect("the recorded run is whole");
    assert!(whole == written, "the test that writes the file writes it again");
    let size = fs::read(path(recording::PATH)).unwrap().len();
    println!("{size} bytes, {} unpacked", written.len());
    assert!(size <= MOST_BYTES, "{size} bytes");
}

#[test]
#[ignore = "trains the recorded run; UPDATE_PREVIEW=1 cargo test --test preview -- --ignored writes the file"]
fn the_file_is_written_again() {
    let trained = trained();
    let read = |job: JobId, weight: usize| {
        let network = &trained[&job];
        Some((Some(network.initial_parameters[weight]), network.weights[weight]))
    };
    let written = recording::write(&quick(), read, &images_with_votes()).expect("the recorded run is whole");
    if std::env::var_os("UPDATE_PREVIEW").is_some() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&written).unwrap();
        fs::write(path(recording::PATH), packed.finish().unwrap()).unwrap();
    }
    assert!(unpacked() == written);
}

#[test]
fn values_are_those_of_the_trained_networks() {
    let read = recording::read(&unpacked()).expect("it can be read");
    let near = |told: f32, value: f32| {
        let told_well = (told / value - 1.0).abs() < 0.045 || (told.abs() < 2e-4 && value.abs() < 2e-4);
        assert!(told_well, "{value} is told as {told}");
    };
    for (&job, network) in trained() {
        let recorded = read.values.get(job).expect("its values");
        let (mut first, mut last) = (0, 0);
        for weight in recorded.weights() {
            if let Some(told) = recorded.first(weight) {
                near(told, network.initial_parameters[weight]);
                first += 1;
            }
            near(recorded.last(weight).unwrap(), network.weights[weight]);
            last += 1;
        }
        assert!(
            first >= if job.round == 0 { 500 } else { 100 } && last >= first,
            "{job}: {first} and {last}"
        );
    }
}

/// A certainty is stored in steps of half a percent, read as the middle of its step: within 0.0025. Plain candle and the
/// kernels add up in different orders, for which there is a hundredth of that.
#[test]
fn votes_are_those_of_the_trained_networks() {
    let (config, trained) = (recording::config(), trained());
    let read = recording::read(&unpacked()).expect("it can be read").votes;
    let images = read.images();
    assert!(trained.keys().eq(&all_jobs(&config)) && images.len() >= 12);
    for image in &images {
        assert_eq!((&image.pixels, image.label), (&test_image(image.number).0, test_image(image.number).1));
        assert_eq!(image.votes.len(), 13);
    }
    for (&job, TrainedJob { mask, weights, biases, .. }) in trained {
        let oracle = Oracle::new(&config.model, mask, weights, biases, 0.0).unwrap();
        for (at, image) in (0..).zip(&images) {
            let logits = oracle.activations(&pixel_values(&image.pixels)).unwrap().pop().unwrap();
            let vote = read.vote(at, job).expect("a vote");
            let exact: Vec<f64> = logits.iter().map(|&logit| f64::from(logit).exp()).collect();
            let certainty = exact[vote.label] / exact.iter().sum::<f64>();
            let what = format!("{job}, image {}: {vote:?} where candle says {certainty}", image.number);
            assert!(exact.iter().all(|&other| other <= exact[vote.label]), "{what}");
            assert!((vote.certainty - certainty).abs() <= 0.002_525, "{what}");
            let said = |certainty| digit_texts::certainty(Vote { certainty, ..vote });
            assert_eq!(said(vote.certainty), said(certainty), "{what}");
        }
    }
}

/// The rule, written down once more: the first image of each class, and the first four others on which the ticket of the
/// last round and its re-init disagree.
#[test]
fn images_are_those_of_the_rule() {
    let data = mnist::mnist();
    let read = |arm| &trained()[&JobId { trial: 1, arm, round: 6, draw: 0, twin: false }].test_predictions;
    let (mut seen, mut others, mut wanted) = ([false; 10], 0, vec![]);
    for (image, &label) in (0..).zip(&data.test.labels) {
        let disagree = read(Arm::Ticket)[image as usize] != read(Arm::Reinit)[image as usize];
        if !std::mem::replace(&mut seen[usize::from(label)], true) {
            wanted.push(image);
        } else if disagree && others < 4 {
            others += 1;
            wanted.push(image);
        }
    }
    let stored = recording::read(&unpacked()).expect("it can be read").votes;
    let numbers: Vec<u32> = stored.images().iter().map(|image| image.number).collect();
    println!("{numbers:?}, {} is shown first", numbers[stored.first_shown() as usize]);
    assert_eq!(numbers, wanted);
    for said in [digit_texts::recorded_votes(), digit_texts::only_stored_votes()] {
        assert!(said.contains(&format!(" {} test images", wanted.len())), "{said}");
    }
    assert!(
        digit_texts::recorded_votes().contains("first 4 others") && recorded_votes::DISAGREEMENTS == others
    );
}

#[test]
fn every_number_is_the_reports() {
    let (report, read) = (quick(), recording::read(&unpacked()).expect("it can be read"));
    assert_eq!(read.report.config(), report.config());
    assert_eq!(report.finished_jobs().len(), 13);
    assert!(read.report.finished_jobs().keys().eq(report.finished_jobs().keys()));
    for (job, finished) in report.finished_jobs() {
        let without_digest = FinishedJob { digest: None, ..finished.clone() };
        assert_eq!(read.report.finished_jobs()[job], without_digest, "{job}");
    }
}

#[test]
fn masks_are_the_reports_as_far_as_they_are_shown() {
    let (report, read) = (quick(), recording::read(&unpacked()).unwrap());
    let (whole, told) = (ticket(&report), ticket(&read.report));
    let shape = network_view::network_shape(report.config());
    let (inputs, units) = shape.layers[0];
    assert_eq!(told.last_known_round(), whole.last_known_round());
    assert!(told.bytes()[inputs * units..] == whole.bytes()[inputs * units..], "the layers behind the first");
    for round in 0..=6_u8 {
        let left = |bytes: &[u8], pixel: usize| {
            (pixel..inputs * units).step_by(inputs).filter(|&weight| bytes[weight] > round).count()
        };
        for pixel in 0..inputs {
            assert_eq!(
                left(told.bytes(), pixel),
                left(whole.bytes(), pixel),
                "pixel {pixel} in round {round}"
            );
        }
        let of_unit = |row: &[u8]| row.iter().filter(|&&byte| byte > round).count() as u32;
        let of_units: Vec<u32> = whole.bytes()[..inputs * units].chunks(inputs).map(of_unit).collect();
        assert_eq!(read.unit_survivors[usize::from(round)], of_units, "units in round {round}");
        let drawn = |rounds: &PruneRounds| {
            let sample = ConnectionSample::new(&shape, rounds.bytes(), round, network_view::MOST_LINES);
            sample.drawn(&shape, round, |weight| rounds.bytes()[weight] > round)
        };
        let (drawn, told_drawn) = (drawn(whole), drawn(told));
        assert!(!drawn.is_empty() && drawn == told_drawn, "the lines of round {round}");
        for line in drawn {
            let weight = line.weight as usize;
            for (job, values) in read.values.networks().filter(|(job, _)| job.round == u32::from(round)) {
                let both = values.first(weight).is_some() && values.last(weight).is_some();
                assert!(both, "{job}: a line without its values");
            }
            assert_eq!(told.bytes()[weight], whole.bytes()[weight], "when a drawn weight is pruned");
        }
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let whole = unpacked();
    for length in [0, 20, 1_000, whole.len() / 2, whole.len() - 20_000, whole.len() - 1] {
        assert!(recording::read(&whole[..length]).is_none(), "{length} bytes");
    }
    assert!(recording::read(&[&whole[..], &[0]].concat()).is_none());
    // A pixel that keeps more weights than there are.
    let layers_behind = ticket(&quick()).bytes()[784 * 300..].to_vec();
    let behind = whole.windows(layers_behind.len()).position(|window| window == layers_behind).unwrap();
    let pixel = behind + layers_behind.len();
    let mut other = whole.clone();
    other[pixel..pixel + 2].copy_from_slice(&u16::MAX.to_le_bytes());
    assert!(recording::read(&other).is_none());
}
