//! Checks that the recorded Quick look, which the page plays before anything else is there, holds nothing but what the
//! recorded run's report says.

use chart::network_sample::ConnectionSample;
use experiment::{
    arm::Arm,
    experiment_report::{ExperimentReport, FinishedJob},
    prune_rounds::PruneRounds,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use page::{network_view, recording};
use std::{
    fs,
    io::{Read, Write},
    path::PathBuf,
};

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
    &report.prune_rounds()[&(1, Arm::Ticket)]
}

#[test]
fn the_file_is_the_recorded_run() {
    let written = recording::write(&quick()).expect("the recorded run is whole");
    if std::env::var_os("UPDATE_PREVIEW").is_some() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&written).unwrap();
        fs::write(path(recording::PATH), packed.finish().unwrap()).unwrap();
    }
    assert!(unpacked() == written, "UPDATE_PREVIEW=1 cargo test --test preview writes it again");
    let size = fs::read(path(recording::PATH)).unwrap().len();
    println!("{size} bytes, {} unpacked", written.len());
    assert!(size <= MOST_BYTES, "{size} bytes");
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
            assert_eq!(told.bytes()[weight], whole.bytes()[weight], "when a drawn weight is pruned");
        }
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused() {
    let whole = unpacked();
    for length in [0, 20, 1_000, whole.len() / 2, whole.len() - 1] {
        assert!(recording::read(&whole[..length]).is_none(), "{length} bytes");
    }
    assert!(recording::read(&[&whole[..], &[0]].concat()).is_none());
    // The last bytes are how many weights units keep; those before them are of pixels, which have to fit.
    let mut other = whole.clone();
    let pixel = whole.len() - 2 * (300 + 784);
    other[pixel..pixel + 2].copy_from_slice(&u16::MAX.to_le_bytes());
    assert!(recording::read(&other).is_none());
}
