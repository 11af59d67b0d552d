//! The recorded Quick look, which plays before data and workers are there: what of its report is in the small file that the
//! page fetches first, and how this file is read.
//!
//! The report's numbers are whole. Its masks would be too large. The file has those of the layers behind the first whole;
//! of the first layer it has how many weights each pixel and each unit keeps, and which of the weights survive that the
//! picture of the network draws, with their values within 4.5%. Which others survive is not recorded, and nothing that
//! depends on it may be shown. Of some test images it has the pixels and what each network reads in them.

use crate::{
    network_view::{self, MOST_LINES},
    recorded_values::{self, RecordedValues},
    recorded_votes::{self, RecordedImage, RecordedVotes},
};
use chart::network_sample::{self, ConnectionSample};
use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, ExperimentReportParts, FinishedJob},
    job::JobId,
    job_graph::all_jobs,
    job_report::{Accuracy, JobReport, ReadingsBeforeTraining, ValidationPoint},
    preset::Preset,
    prune_rounds::PruneRounds,
};

/// The path of the file, relative to the page.
pub const PATH: &str = "assets/recorded/preview.gz";

/// What is wrong with a file that cannot be read.
pub fn unreadable() -> &'static str {
    texts::text("preview.unreadable")
}

/// The first bytes of the file. Whoever changes the format changes them.
const MAGIC: &[u8] = b"ticket-lab preview 3\n";

/// The recorded run, as far as it is in the file.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The report. Its jobs have no digests. In the masks of the first layer, what is not in the file is filled so that
    /// each pixel keeps as many weights as were recorded.
    pub report: ExperimentReport,
    /// For each round, how many weights each unit of the first layer keeps.
    pub unit_survivors: Vec<Vec<u32>>,
    /// The values of the weights that the picture of the network draws.
    pub values: RecordedValues,
    /// What the networks read in some test images.
    pub votes: RecordedVotes,
}

/// The experiment that is recorded.
pub fn config() -> ExperimentConfig {
    Preset::Quick.config()
}

/// Writes the file of a report of the recorded experiment, or returns `None` if the report is of another one or not
/// whole. `values` gives the first and the last value of a weight of a job's network; where the picture does not draw the
/// weight in the job's own round, the first one is not asked for. `images` are test images with the networks' votes.
pub fn write(
    report: &ExperimentReport,
    values: impl Fn(JobId, usize) -> Option<(Option<f32>, f32)>,
    images: &[RecordedImage],
) -> Option<Vec<u8>> {
    let config = config();
    let trial = config.seeds.first();
    let rounds = report.prune_rounds().get(&(trial, Arm::Ticket))?;
    if *report.config() != config || !report.is_complete() {
        return None;
    }
    let mut file = MAGIC.to_vec();
    for job in all_jobs(&config) {
        write_job(report.finished_jobs().get(&job)?, &mut file)?;
    }
    let last = u8::try_from(rounds.last_known_round()).ok()?;
    let shape = network_view::network_shape(&config);
    let &(inputs, _) = shape.layers.first()?;
    let (first, others) = rounds.bytes().split_at(shape.first_weight(1));
    let looked_at = ConnectionSample::new(&shape, rounds.bytes(), last, MOST_LINES).looked_at(0);
    put(&mut file, u32::from(last));
    put(&mut file, u32::try_from(looked_at).ok()?);
    let order = network_sample::scattered_order(first.len(), 0).take(looked_at);
    file.extend(order.map(|weight| first[weight]));
    file.extend_from_slice(others);
    for round in 1..=last {
        let survivors = Survivors::of(first, inputs, round);
        for count in survivors.pixels.into_iter().chain(survivors.units) {
            file.extend_from_slice(&u16::try_from(count).ok()?.to_le_bytes());
        }
    }
    let votes = recorded_votes::write(&config, images)?;
    put(&mut file, u32::try_from(votes.len()).ok()?);
    file.extend(votes);
    file.extend(recorded_values::write(&config, rounds, values)?);
    Some(file)
}

/// Reads the file, or returns `None` if it is not one that [`write`] has written.
pub fn read(file: &[u8]) -> Option<Recording> {
    let config = config();
    let mut file = Reader(file.strip_prefix(MAGIC)?);
    let jobs = all_jobs(&config).into_iter().map(|job| {
        let finished = read_job(&mut file)?;
        Some(FinishedJob { report: JobReport { job, ..finished.report }, ..finished })
    });
    let finished = jobs.collect::<Option<Vec<FinishedJob>>>()?;
    let (last, looked_at) = (u8::try_from(file.number()?).ok()?, file.number()? as usize);
    let shape = network_view::network_shape(&config);
    let &(inputs, units) = shape.layers.first()?;
    let weights = inputs * units;
    let sample = file.take(looked_at.min(weights))?;
    let others = file.take(config.model.weight_count() - weights)?;
    let mut survivors =
        vec![Survivors { pixels: vec![units as u32; inputs], units: vec![inputs as u32; units] }];
    for _ in 0..last {
        let pixels = (0..inputs).map(|_| file.short()).collect::<Option<_>>()?;
        let units = (0..units).map(|_| file.short()).collect::<Option<_>>()?;
        survivors.push(Survivors { pixels, units });
    }
    let mut bytes = fill_first_layer(weights, sample, &survivors)?;
    bytes.extend_from_slice(others);
    let votes = file.number()? as usize;
    let votes = recorded_votes::read(&config, file.take(votes)?)?;
    let values =
        recorded_values::read(&config, &PruneRounds::from_bytes(bytes.clone(), u32::from(last)), file.0)?;
    let chains = vec![(config.seeds.first(), Arm::Ticket, u32::from(last))];
    let parts = ExperimentReportParts { config, finished, chains };
    Some(Recording {
        report: ExperimentReport::from_parts(parts, vec![bytes])?,
        unit_survivors: survivors.into_iter().map(|survivors| survivors.units).collect(),
        values,
        votes,
    })
}

/// How many weights of the first layer are left in a round.
struct Survivors {
    /// Of each pixel.
    pixels: Vec<u32>,
    /// Of each unit.
    units: Vec<u32>,
}

impl Survivors {
    fn of(first_layer: &[u8], inputs: usize, round: u8) -> Survivors {
        let left = |row: &[u8]| row.iter().filter(|&&byte| byte > round).count() as u32;
        let mut pixels = vec![0; inputs];
        for row in first_layer.chunks(inputs) {
            pixels.iter_mut().zip(row).for_each(|(count, &byte)| *count += u32::from(byte > round));
        }
        Survivors { pixels, units: first_layer.chunks(inputs).map(left).collect() }
    }
}

/// The prune rounds of the first layer: those of the sample, and of the others as many of each as every pixel has. `None` if
/// the counts and the sample do not go together.
fn fill_first_layer(weights: usize, sample: &[u8], survivors: &[Survivors]) -> Option<Vec<u8>> {
    let inputs = survivors.first()?.pixels.len();
    let mut bytes: Vec<Option<u8>> = vec![None; weights];
    for (weight, &byte) in network_sample::scattered_order(weights, 0).zip(sample) {
        bytes[weight] = Some(byte);
    }
    for pixel in 0..inputs {
        let mut open: Vec<usize> =
            (pixel..weights).step_by(inputs).filter(|&weight| bytes[weight].is_none()).collect();
        for (round, both) in (1_u8..).zip(survivors.windows(2)) {
            let pruned = both[0].pixels[pixel].checked_sub(both[1].pixels[pixel])?;
            let known =
                (pixel..weights).step_by(inputs).filter(|&weight| bytes[weight] == Some(round)).count();
            for _ in 0..(pruned as usize).checked_sub(known)? {
                bytes[open.pop()?] = Some(round);
            }
        }
        open.into_iter().for_each(|weight| bytes[weight] = Some(PruneRounds::NEVER_PRUNED));
    }
    bytes.into_iter().collect()
}

fn put(file: &mut Vec<u8>, number: u32) {
    file.extend_from_slice(&number.to_le_bytes());
}

fn put_accuracy(file: &mut Vec<u8>, accuracy: Accuracy) {
    put(file, accuracy.correct);
    put(file, accuracy.total);
}

fn write_job(finished: &FinishedJob, file: &mut Vec<u8>) -> Option<()> {
    let report = &finished.report;
    file.extend_from_slice(&finished.seconds.to_le_bytes());
    for list in [report.alive.len(), report.curve.len()] {
        put(file, u32::try_from(list).ok()?);
    }
    report.alive.iter().for_each(|&left| put(file, left));
    for point in &report.curve {
        put(file, point.iteration);
        put(file, point.loss.to_bits());
        put_accuracy(file, point.accuracy);
    }
    let before = report.before_training?;
    put(file, before.validation_loss.to_bits());
    for accuracy in [
        before.validation,
        before.test,
        report.test_early,
        report.test_end,
        report.train_early,
        report.train_end,
    ] {
        put_accuracy(file, accuracy);
    }
    [report.early_stop, report.iterations, report.batch].into_iter().for_each(|number| put(file, number));
    Some(())
}

/// The most layers and points that a job of the file has.
const MOST_ENTRIES: u32 = 1_000;

fn read_job(file: &mut Reader<'_>) -> Option<FinishedJob> {
    let seconds = f64::from_le_bytes(file.take(8)?.try_into().ok()?);
    let (layers, points) = (file.number()?, file.number()?);
    if layers.max(points) > MOST_ENTRIES {
        return None;
    }
    let alive = (0..layers).map(|_| file.number()).collect::<Option<_>>()?;
    let point = |file: &mut Reader<'_>| {
        Some(ValidationPoint { iteration: file.number()?, loss: file.float()?, accuracy: file.accuracy()? })
    };
    let curve = (0..points).map(|_| point(file)).collect::<Option<_>>()?;
    let before_training = Some(ReadingsBeforeTraining {
        validation_loss: file.float()?,
        validation: file.accuracy()?,
        test: file.accuracy()?,
    });
    let report = JobReport {
        // The reader of the file knows which job it is.
        job: all_jobs(&config()).first().copied()?,
        alive,
        curve,
        before_training,
        test_early: file.accuracy()?,
        test_end: file.accuracy()?,
        train_early: file.accuracy()?,
        train_end: file.accuracy()?,
        // The recorded run has no twins.
        interpolated: vec![],
        label_noise: None,
        robustness: None,
        early_stop: file.number()?,
        iterations: file.number()?,
        batch: file.number()?,
    };
    Some(FinishedJob { report, seconds, digest: None })
}

/// The rest of a file.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn short(&mut self) -> Option<u32> {
        Some(u32::from(u16::from_le_bytes(self.take(2)?.try_into().ok()?)))
    }

    fn float(&mut self) -> Option<f32> {
        self.number().map(f32::from_bits)
    }

    fn accuracy(&mut self) -> Option<Accuracy> {
        Some(Accuracy { correct: self.number()?, total: self.number()? })
    }
}
