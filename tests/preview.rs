//! Checks that the recorded Quick look, which the page plays before anything else is there, holds nothing but what the
//! recorded run's report says.

mod mnist;

use chart::network_sample::ConnectionSample;
use experiment::{
    arm::Arm,
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    prune_rounds::PruneRounds,
    schedule::Schedule,
    store::JobOutputStore,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use page::{network_view, recording};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::PathBuf,
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

/// The numbers of a network before and after its training, by weight.
type Trained = BTreeMap<JobId, TrainedJob>;

/// Trains the jobs of the recorded run up to a round.
fn train(report: &ExperimentReport, last_round: u32) -> Trained {
    let config = report.config();
    let (mut schedule, mut store) = (Schedule::new(config), JobOutputStore::new(config));
    let mut trained = Trained::new();
    while let Some(job) = schedule.start_next_job(None).filter(|job| job.round <= last_round) {
        let mut training =
            JobTraining::new(config, job, store.inputs_for(job).unwrap(), mnist::mnist()).unwrap();
        let finished = loop {
            if let AdvanceOutcome::Finished(finished) = training.advance().unwrap() {
                break *finished;
            }
        };
        assert!(finished.report.has_same_results(&report.finished_jobs()[&job].report), "{job}");
        store.add_outputs(job, finished.outputs.clone()).unwrap();
        schedule.mark_done(job);
        trained.insert(job, finished);
    }
    trained
}

#[test]
fn the_file_is_the_recorded_run() {
    let whole = unpacked();
    let values = recording::read(&whole).expect("it can be read").values;
    let read = |job, weight| {
        let network = values.get(job)?;
        Some((network.first(weight), network.last(weight)?))
    };
    let written = recording::write(&quick(), read).expect("the recorded run is whole");
    assert!(whole == written, "the test that writes the file writes it again");
    let size = fs::read(path(recording::PATH)).unwrap().len();
    println!("{size} bytes, {} unpacked", written.len());
    assert!(size <= MOST_BYTES, "{size} bytes");
}

#[test]
#[ignore = "trains the recorded run; UPDATE_PREVIEW=1 cargo test --test preview -- --ignored writes the file"]
fn the_file_is_written_again() {
    let report = quick();
    let trained = train(&report, report.config().last_round());
    let read = |job: JobId, weight: usize| {
        let network = &trained[&job];
        Some((Some(network.initial_parameters[weight]), network.weights[weight]))
    };
    let written = recording::write(&report, read).expect("the recorded run is whole");
    if std::env::var_os("UPDATE_PREVIEW").is_some() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&written).unwrap();
        fs::write(path(recording::PATH), packed.finish().unwrap()).unwrap();
    }
    assert!(unpacked() == written);
}

#[test]
fn values_are_those_of_the_trained_networks() {
    let report = quick();
    let read = recording::read(&unpacked()).expect("it can be read");
    // The dense network; the test that writes the file trains the others too.
    let trained = train(&report, 0);
    let (&job, network) = trained.first_key_value().expect("the dense network");
    let recorded = read.values.get(job).expect("its values");
    let near = |told: f32, value: f32| {
        let told_well = (told / value - 1.0).abs() < 0.045 || (told.abs() < 2e-4 && value.abs() < 2e-4);
        assert!(told_well, "{value} is told as {told}");
    };
    let (mut first, mut last) = (0, 0);
    for weight in recorded.weights() {
        if let Some(told) = recorded.first(weight) {
            near(told, network.initial_parameters[weight]);
            first += 1;
        }
        near(recorded.last(weight).unwrap(), network.weights[weight]);
        last += 1;
    }
    assert!(first >= 500 && last > first, "{first} and {last}");
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
