//! The format of a report file, version 2: JSON lines. The first line defines the experiment, and each further line has
//! the results of one job.
//!
//! ```text
//! {"format":"ticket-lab report","version":2,"config":{"data":"mnist","arms":"ticket,reinit",…},"seeds":[1,2],"data":{…}}
//! {"trial":1,"arm":"ticket","round":0,"draw":0,"digest":"…","weights":266200,"alive":[235200,30000,1000],…,"seconds":1.234}
//! ```
//!
//! The first line:
//!
//! - `config` has every setting that defines the results of a trial, with its name and value as in the fragment of the
//!   page's URL. A setting that is missing has its value in the preset `quick`. A setting that is unknown is refused,
//!   because it would define other results.
//! - `seeds`: the seeds of the trials.
//! - `data`: the data set's `name` and the SHA-256 of its raw files, `sha256`, in hexadecimal: the files one after the
//!   other, training images, training labels, test images, test labels.
//!
//! The line of a job has these fields, in this order. A reader ignores fields that it does not know, and those with a
//! question mark may be missing.
//!
//! - `trial` (its seed), `arm`, `round`, `draw`, `twin`?: the job. `twin` is there, and true, if it is one. The dense network is the ticket's round 0.
//! - `digest`?: sixteen hexadecimal digits over all weights, the next mask and all readings but those before training.
//! - `weights`, `alive`: the number of surviving weights of all layers together and of each layer.
//! - `validation_start`?, `test_start`?: before the first training step, the mean loss in nats and the correct answers
//!   of the validation images; the correct answers and the images of the test.
//! - `early_stop`, `min_loss`: the iteration with the smallest validation loss (of several, the earliest), and that
//!   loss in nats. A loss is null if training had diverged.
//! - `test_early`, `test_end`, `train_early`, `train_end`: correct answers and images, at the early stop and at the
//!   end.
//! - `interpolated`?, of a twin: the correct answers of the test at eleven points from its sibling's final parameters to its
//!   own.
//! - `train_clean`?, `train_flipped`?, `restored`?, if some training labels are wrong (`label_noise`): at the end, correct
//!   answers and images, of the training images with true labels; of those with wrong ones, answers that are the wrong label;
//!   of the same, answers that are the true class. `train_early` and `train_end` are over the labels that are trained on.
//! - `robustness`?, if it was asked for: correct answers to the test images under each corruption, by strength
//!   ([`Corruption::strengths`](crate::robustness::Corruption::strengths)). It is no part of the experiment, and in no digest.
//! - `iterations`, `batch`: the number of training steps, and the images of each.
//! - `multiply_adds`, `dense_multiply_adds`: the multiply-adds of these steps, counting surviving weights and all
//!   weights.
//! - `curve`: the validation passes: iteration, loss in nats, correct answers. Up to 1,000 are there whole; more are
//!   thinned to that number, with the early stop and the last among them.
//! - `deaths`?, if the arm prunes: for each weight one byte with the first round whose mask lacks it, or 255 if it
//!   survives. The order is that of the flat weights: layer by layer, each layer `(out, in)` row by row. The bytes are
//!   compressed by zlib and written in base64. They hold all masks of the trial and arm up to the round after the
//!   job's, so a file in canonical order has them only in the last line of each chain.
//! - `seconds`: seconds of work, the only number that differs between two runs of the same experiment.
//!
//! The canonical order is that of the table of rounds: by trial, arm, round and draw.
//!
//! Version 1 can be read too. Its `config` has `seed` and `trials`, it has neither `seeds` nor `data` nor the fields with
//! a question mark but `deaths`, and its curves have at most 120 points.

pub use super::report_file_error::{HeadFault, LineFault, ReportFileError, VERSION};
use super::{
    ExperimentReport, FinishedJob,
    report_head::{read_head, write_head},
};
use crate::{
    arm::Arm,
    config::ExperimentConfig,
    job::JobId,
    job_graph::all_jobs,
    job_report::{Accuracy, JobReport, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint},
    prune_rounds::PruneRounds,
    report_check::{ReportFault, check_job},
    robustness::RobustnessReadings,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
};

/// What some editors put before a text.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// A loss in JSON, which cannot express infinity: `null` stands for it.
#[derive(Clone, Copy)]
struct JsonLoss(f32);

impl Serialize for JsonLoss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.is_finite().then_some(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonLoss {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonLoss, D::Error> {
        Ok(JsonLoss(Option::deserialize(deserializer)?.unwrap_or(f32::INFINITY)))
    }
}

/// The line of a job, with its fields in the order in which they are written.
#[derive(Serialize, Deserialize)]
struct ReportLine {
    trial: u32,
    arm: Arm,
    round: u32,
    draw: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    twin: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    weights: u32,
    alive: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validation_start: Option<(JsonLoss, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_start: Option<[u32; 2]>,
    early_stop: u32,
    min_loss: JsonLoss,
    test_early: [u32; 2],
    test_end: [u32; 2],
    train_early: [u32; 2],
    train_end: [u32; 2],
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    interpolated: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    train_clean: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    train_flipped: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restored: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    robustness: Option<RobustnessReadings>,
    iterations: u32,
    batch: u32,
    multiply_adds: u64,
    dense_multiply_adds: u64,
    curve: Vec<(u32, JsonLoss, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deaths: Option<String>,
    seconds: f64,
}

fn accuracy_to_pair(accuracy: Accuracy) -> [u32; 2] {
    [accuracy.correct, accuracy.total]
}

fn accuracy_from_pair([correct, total]: [u32; 2]) -> Accuracy {
    Accuracy { correct, total }
}

impl ReportLine {
    fn new(config: &ExperimentConfig, finished: &FinishedJob, deaths: Option<&PruneRounds>) -> ReportLine {
        let report = finished.report.thinned();
        let JobId { trial, arm, round, draw, twin } = report.job;
        ReportLine {
            trial,
            arm,
            round,
            draw,
            twin,
            digest: finished.digest.clone(),
            weights: report.surviving_weights(),
            alive: report.alive.clone(),
            validation_start: report
                .before_training
                .map(|readings| (JsonLoss(readings.validation_loss), readings.validation.correct)),
            test_start: report.before_training.map(|readings| accuracy_to_pair(readings.test)),
            early_stop: report.early_stop,
            min_loss: JsonLoss(report.min_validation_loss()),
            test_early: accuracy_to_pair(report.test_early),
            test_end: accuracy_to_pair(report.test_end),
            train_early: accuracy_to_pair(report.train_early),
            train_end: accuracy_to_pair(report.train_end),
            interpolated: report.interpolated.iter().map(|accuracy| accuracy.correct).collect(),
            train_clean: report.label_noise.map(|readings| accuracy_to_pair(readings.clean)),
            train_flipped: report.label_noise.map(|readings| accuracy_to_pair(readings.flipped)),
            restored: report.label_noise.map(|readings| accuracy_to_pair(readings.restored)),
            robustness: report.robustness,
            iterations: report.iterations,
            batch: report.batch,
            multiply_adds: report.multiply_adds(&config.model),
            dense_multiply_adds: report.dense_multiply_adds(&config.model),
            curve: report.curve.iter().map(|p| (p.iteration, JsonLoss(p.loss), p.accuracy.correct)).collect(),
            deaths: deaths.map(|deaths| encode_prune_rounds(deaths.bytes())),
            seconds: (finished.seconds * 1e3).round() / 1e3,
        }
    }

    /// The job's results. The line does not say how many validation images there are, so the settings do.
    fn finished(&self, config: &ExperimentConfig) -> FinishedJob {
        let total = config.data_of(self.arm).validation_images;
        let test = config.data_of(self.arm).test_images;
        let of_validation = |correct| Accuracy { correct, total };
        let point = |&(iteration, JsonLoss(loss), correct): &(u32, JsonLoss, u32)| ValidationPoint {
            iteration,
            loss,
            accuracy: of_validation(correct),
        };
        let first = self.validation_start.zip(self.test_start);
        let before_training = first.map(|((JsonLoss(validation_loss), correct), test)| {
            let test = accuracy_from_pair(test);
            ReadingsBeforeTraining { validation_loss, validation: of_validation(correct), test }
        });
        // What is missing counts no images, which the check finds.
        let read = |pair: Option<[u32; 2]>| accuracy_from_pair(pair.unwrap_or_default());
        let (clean, flipped, restored) = (self.train_clean, self.train_flipped, self.restored);
        let label_noise = clean.or(flipped).or(restored).map(|_| LabelNoiseReadings {
            clean: read(clean),
            flipped: read(flipped),
            restored: read(restored),
        });
        let report = JobReport {
            job: self.job(),
            alive: self.alive.clone(),
            curve: self.curve.iter().map(point).collect(),
            early_stop: self.early_stop,
            before_training,
            test_early: accuracy_from_pair(self.test_early),
            test_end: accuracy_from_pair(self.test_end),
            train_early: accuracy_from_pair(self.train_early),
            train_end: accuracy_from_pair(self.train_end),
            interpolated: self
                .interpolated
                .iter()
                .map(|&correct| Accuracy { correct, total: test })
                .collect(),
            label_noise,
            robustness: self.robustness,
            iterations: self.iterations,
            batch: self.batch,
        };
        FinishedJob { report, seconds: self.seconds, digest: self.digest.clone() }
    }

    /// Checks the numbers that follow from others. The others must be checked before.
    fn check_derived_numbers(
        &self,
        config: &ExperimentConfig,
        report: &JobReport,
    ) -> Result<(), ReportFault> {
        let differs = [
            ("weights", self.weights != report.surviving_weights()),
            ("min_loss", self.min_loss.0 != report.min_validation_loss()),
            ("multiply_adds", self.multiply_adds != report.multiply_adds(&config.model)),
            ("dense_multiply_adds", self.dense_multiply_adds != report.dense_multiply_adds(&config.model)),
        ];
        match differs.into_iter().find(|(_, differs)| *differs) {
            Some((field, _)) => Err(ReportFault::DerivedNumber { job: report.job, field }),
            None => Ok(()),
        }
    }

    fn job(&self) -> JobId {
        JobId { trial: self.trial, arm: self.arm, round: self.round, draw: self.draw, twin: self.twin }
    }
}

fn encode_prune_rounds(bytes: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    STANDARD.encode(packed.expect("memory takes all that is written"))
}

/// Decodes `length` bytes from base64 and zlib. Every byte must be in `1..=last` or [`PruneRounds::NEVER_PRUNED`].
fn decode_prune_rounds(text: &str, length: usize, last: u32) -> Result<Vec<u8>, LineFault> {
    let packed = STANDARD.decode(text).map_err(|error| LineFault::DeathsNotBase64(error.to_string()))?;
    let mut bytes = Vec::new();
    // Reading one byte more than expected detects a stream that is too long without unpacking all of it.
    let read = ZlibDecoder::new(&packed[..]).take(length as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| LineFault::DeathsDamaged(error.to_string()))?;
    if bytes.len() != length {
        return Err(LineFault::DeathsCount(length));
    }
    match bytes.iter().find(|&&byte| byte != PruneRounds::NEVER_PRUNED && !(1..=last).contains(&byte.into()))
    {
        Some(&round) => Err(LineFault::DeathsRound { round, last }),
        None => Ok(bytes),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data") + "\n"
}

impl ExperimentReport {
    /// The first line of the experiment's file.
    pub fn header_line(&self) -> String {
        write_head(&self.config) + "\n"
    }

    /// The line of a job, or `None` if it is not finished. The line has the masks of the job's chain if the report
    /// knows no later mask of the chain. A file that grows while the experiment runs needs them there.
    pub fn job_line(&self, job: JobId) -> Option<String> {
        let deaths =
            self.prune_rounds.get(&(job.trial, job.arm)).filter(|d| d.last_known_round() == job.round + 1);
        Some(json(&ReportLine::new(&self.config, self.finished.get(&job)?, deaths)))
    }

    /// The whole file in canonical order.
    pub fn to_file_text(&self) -> String {
        let lines = self.finished.keys().filter_map(|&job| self.job_line(job));
        self.header_line() + &lines.collect::<String>()
    }

    /// Reads a file as [`from_file_text`](ExperimentReport::from_file_text) does. The line that is not UTF-8 is the one that
    /// is wrong.
    pub fn from_file_bytes(bytes: &[u8]) -> Result<ExperimentReport, ReportFileError> {
        ExperimentReport::from_file_text(&String::from_utf8_lossy(bytes))
    }

    /// Reads a file whose jobs may be in any order. If a job is there twice, its lines must agree. A byte
    /// order mark before the text is left out.
    ///
    /// An error says that the file is not a report of a known version, which line is wrong, or what contradicts what.
    pub fn from_file_text(text: &str) -> Result<ExperimentReport, ReportFileError> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut lines = text.lines().enumerate();
        let head = lines.next().map(|(_, line)| line).unwrap_or_default();
        let mut experiment_report = ExperimentReport::new(&read_head(head)?);
        let mut jobs = BTreeSet::new();
        jobs.extend(all_jobs(&experiment_report.config));
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            experiment_report
                .read(line, &jobs)
                .map_err(|fault| ReportFileError::InvalidLine { line: index + 1, fault })?;
        }
        experiment_report.check_survivors().map_err(ReportFileError::Contradiction)?;
        Ok(experiment_report)
    }

    fn read(&mut self, line: &str, jobs: &BTreeSet<JobId>) -> Result<(), LineFault> {
        let line: ReportLine =
            serde_json::from_str(line).map_err(|error| LineFault::Unreadable(error.to_string()))?;
        let job = line.job();
        if !jobs.contains(&job) {
            return Err(LineFault::NoSuchJob(job));
        }
        let finished = line.finished(&self.config);
        check_job(&self.config, &finished)
            .and_then(|()| line.check_derived_numbers(&self.config, &finished.report))
            .map_err(LineFault::Contradiction)?;
        if let Some(deaths) = &line.deaths {
            let last = job.round + 1;
            let bytes = decode_prune_rounds(deaths, self.config.model.weight_count(), last)?;
            let chain = PruneRounds::from_bytes(bytes, last);
            self.merge_prune_rounds((job.trial, job.arm), chain).map_err(LineFault::Contradiction)?;
        }
        if line.validation_start.is_some() != line.test_start.is_some() {
            return Err(LineFault::HalfOfStart(job));
        }
        match self.finished.get(&job) {
            Some(there) if !there.agrees_with(&finished) => Err(LineFault::Twice(job)),
            Some(_) => Ok(()),
            None => {
                self.finished.insert(job, finished);
                Ok(())
            }
        }
    }
}
