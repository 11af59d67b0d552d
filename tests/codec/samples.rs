//! Messages of every kind, with values that a codec might lose. If a variant has no sample, this does not compile.

use crate::refusals;
use experiment::{
    arm::Arm,
    claims::claim::{
        ChosenRound, Claim, ClaimId, ClaimMeasurement, NotTested, Quantity, RoundNetworks, Tolerance, Verdict,
    },
    config::ExperimentConfig,
    criterion::PruningCriterion,
    experiment_report::{ExperimentReportParts, FinishedJob},
    initializer::Initializer,
    job::{JobId, JobPhase},
    job_report::{Accuracy, JobReport, LabelNoiseReadings, ReadingsBeforeTraining, ValidationPoint},
    measured::{Interval, Measured},
    network_file::{FileHash, FilePurpose, OwnMask},
    optimizer::OptimizerKind,
    preset::Preset,
    refusals::{Refusal, RefusalMessage},
    robustness::RobustnessReadings,
    seeds::Seeds,
};
use model::{Model, data_set::DataSet};
use protocol::files_question::{FilesQuestion, WantedFile};
use protocol::{
    Failure, FailureKind, RunUntil, WorkerCommand, WorkerEvent,
    network_file_question::{NetworkFileFacts, NetworkFileQuestion},
    network_question::{NetworkMoment, NetworkName, NetworkQuestion, NetworkReading},
    own_data_question::OwnDataQuestion,
    payload::{Payload, PayloadItem},
    question::{Answer, Question},
};
use std::collections::BTreeSet;

/// Lists every value of an enum without data. If a value is missing, this does not compile.
macro_rules! every {
    ($kind:ident: $($variant:ident),+) => {{
        let _all_are_here = |one: $kind| match one { $($kind::$variant => ()),+ };
        [$($kind::$variant),+]
    }};
}

/// Defines a function that returns samples of every variant. If a variant is missing, this does not compile.
macro_rules! samples {
    ($(#[$doc:meta])* $name:ident -> $kind:ident { $($variant:ident: $samples:expr),+ $(,)? }) => {
        $(#[$doc])*
        pub(crate) fn $name() -> Vec<$kind> {
            let is = |message: &$kind| match message { $($kind::$variant { .. } => stringify!($variant)),+ };
            let all = [$((stringify!($variant), Vec::from($samples))),+];
            for (variant, samples) in &all {
                assert!(!samples.is_empty() && samples.iter().all(|sample| is(sample) == *variant), "{variant}");
            }
            all.into_iter().flat_map(|(_, samples)| samples).collect()
        }
    };
}

samples! {
    /// Every command that a page may send.
    commands -> WorkerCommand {
        Load: [vec![DataSet::mnist()], vec![DataSet::fashion(), DataSet::mnist()]].map(|data| WorkerCommand::Load { data }),
        Start: starts(),
        ReadCorrupted: configs().into_iter().map(|config| {
            WorkerCommand::ReadCorrupted { run: 7, job: last(), config: Box::new(config) }
        }).collect::<Vec<_>>(),
        Continue: untils().map(|until| WorkerCommand::Continue { run: u32::MAX, job: last(), until }),
        Pause: [0, u32::MAX].map(|run| WorkerCommand::Pause { run }),
        Cancel: [WorkerCommand::Cancel],
        Ping: [WorkerCommand::Ping],
        Ask: questions().into_iter().zip([0, 7, u32::MAX].into_iter().cycle()).map(|(question, request_id)| {
            WorkerCommand::Ask { request_id, question }
        }).collect::<Vec<_>>(),
    }
}

samples! {
    /// Every question that a page may ask.
    questions -> Question {
        ReadNetworks: network_questions(),
        WriteReport: experiment_reports().map(|experiment_report| Question::WriteReport { experiment_report }),
        ReadReports: [vec![], texts()].map(|names| Question::ReadReports { names }),
        ScoreClaims: experiment_reports().map(|experiment_report| Question::ScoreClaims { experiment_report }),
        WriteFiles: files_questions(),
        ReadNetworkFile: network_file_questions(),
        ReadOwnData: [None, Some(own_data()), Some(DataSet::mnist())].map(|expected| {
            Question::ReadOwnData(Box::new(OwnDataQuestion { names: texts(), expected }))
        }),
    }
}

samples! {
    /// Every answer that a worker may give.
    answers -> Answer {
        NetworksRead: [Answer::NetworksRead],
        ReportWritten: [Answer::ReportWritten],
        FilesWritten: [vec![], texts()].map(|names| Answer::FilesWritten { names }),
        NetworkFileRead: [0, u32::MAX].map(|weights| {
            Answer::NetworkFileRead(NetworkFileFacts { hash: file_hash(), weights })
        }),
        OwnDataRead: [own_data(), DataSet::mnist()].map(|data| Answer::OwnDataRead(Box::new(data))),
        ReportsRead: experiment_reports().map(|experiment_report| Answer::ReportsRead { experiment_report }),
        ClaimsScored: [vec![], claims()].map(|claims| Answer::ClaimsScored { claims }),
    }
}

samples! {
    /// Every event that a worker may send.
    events -> WorkerEvent {
        Ready: [WorkerEvent::Ready],
        Alive: [WorkerEvent::Alive],
        Unpacking: [(0, 0), (1, u32::MAX)].map(|(done, total)| WorkerEvent::Unpacking { done, total }),
        Loaded: [vec!["fashion"], vec!["mnist", "fashion"]].map(|names| {
            WorkerEvent::Loaded { data: names.into_iter().map(Into::into).collect() }
        }),
        Progress: every!(JobPhase: Rewind, Train, Test, Prune).map(|phase| {
            WorkerEvent::Progress { run: 7, job: last(), phase, iteration: u32::MAX, seconds: 0.1 + 0.2 }
        }),
        ReadBeforeTraining: [WorkerEvent::ReadBeforeTraining { run: 0, job: first(), readings: readings() }],
        Evaluated: points().map(|point| WorkerEvent::Evaluated { run: 0, job: first(), point }),
        Paused: [(first(), 0), (last(), u32::MAX)].map(|(job, iteration)| WorkerEvent::Paused { run: 7, job, iteration }),
        Finished: reports().map(|report| {
            let (memory, digest) = (u32::MAX, "0123456789abcdef".to_owned());
            WorkerEvent::Finished { run: 7, report: Box::new(report), seconds: 1e-300, memory, digest }
        }),
        CorruptedRead: reports().into_iter().filter_map(|report| report.robustness).map(|readings| {
            WorkerEvent::CorruptedRead { run: 7, job: last(), readings, seconds: 0.1 + 0.2 }
        }).collect::<Vec<_>>(),
        Answered: answered().zip([0, 7, u32::MAX].into_iter().cycle()).map(|(answer, request_id)| {
            WorkerEvent::Answered { request_id, answer }
        }).collect::<Vec<_>>(),
        Failed: every!(FailureKind: Data, Browser, Worker, Report).map(|kind| {
            WorkerEvent::Failed { failure: Failure { kind, cause: (&Refusal::Foreign(texts().concat())).into() } }
        }),
    }
}

/// Every answer, no refusal, and all of them.
fn answered() -> impl Iterator<Item = Result<Answer, Vec<RefusalMessage>>> {
    let all = refusals::refusals().into_iter().map(|(refusal, _)| RefusalMessage::from(&refusal)).collect();
    let refusals = [vec![], all].map(Err);
    answers().into_iter().map(Ok).chain(refusals)
}

/// Payloads with each kind of item, empty and with values that a copy might lose, in both orders, and the empty payload.
pub(crate) fn payloads() -> Vec<Payload> {
    let _all_are_here = |item: &PayloadItem| match item {
        PayloadItem::Absent | PayloadItem::Bytes(_) | PayloadItem::Floats(_) | PayloadItem::Text(_) => (),
        // It becomes one of the others when it is sent.
        PayloadItem::Kept(_) => (),
    };
    let mut items = vec![
        PayloadItem::Absent,
        PayloadItem::Bytes(vec![]),
        PayloadItem::Bytes(vec![0, 1, 127, 128, 255]),
        PayloadItem::Floats(vec![]),
        PayloadItem::Floats(vec![0.1 + 0.2, -0.5, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY]),
    ];
    items.extend(texts().into_iter().map(PayloadItem::Text));
    let reversed = items.iter().rev().cloned().collect();
    vec![Payload::NONE, Payload(items), Payload(reversed)]
}

/// The empty text, and texts with quotes, line breaks, characters that are two UTF-16 units in JavaScript, and a null
/// character.
fn texts() -> Vec<String> {
    ["", "“two”, \"two\", 'two'", "one\nother\t\\", "\u{1f3ab} ÷ é", "\0"].map(Into::into).into()
}

fn first() -> JobId {
    JobId { trial: 0, arm: Arm::Dense, round: 0, draw: 0, twin: false }
}

fn last() -> JobId {
    JobId { trial: u32::MAX, arm: Arm::OneShot, round: u32::MAX, draw: u32::MAX, twin: true }
}

fn untils() -> [RunUntil; 3] {
    let _all_are_here = |until: RunUntil| match until {
        RunUntil::Iteration(_) | RunUntil::End => (),
    };
    [RunUntil::Iteration(0), RunUntil::Iteration(u32::MAX), RunUntil::End]
}

/// Settings with every possible name, with the smallest and largest values of their numbers, and with each option
/// present and absent.
fn configs() -> Vec<ExperimentConfig> {
    let arms = every!(
        Arm: Dense, Ticket, Reinit, Shuffled, Random, Sign, NoRewind, Late, OneShot, Own, Snip, Grasp, SynFlow,
        MagnitudeInit, RandomGlobal, Supermask, OtherTicket, OtherReinit, Transferred, TransferredReinit,
        TransferredRandom
    );
    let plain = Preset::Quick.config();
    let mut all: Vec<ExperimentConfig> = arms
        .map(|arm| ExperimentConfig { arms: BTreeSet::from([arm]), ..plain.clone() })
        .into_iter()
        .chain([BTreeSet::new(), BTreeSet::from(arms)].map(|arms| ExperimentConfig { arms, ..plain.clone() }))
        .collect();
    all.extend(
        every!(PruningCriterion: Magnitude, Global, Initial, Movement, Increase, Random, SameSign)
            .map(|criterion| ExperimentConfig { criterion, ..plain.clone() }),
    );
    all.extend(
        every!(OptimizerKind: Adam, Sgd, Momentum)
            .map(|optimizer| ExperimentConfig { optimizer, ..plain.clone() }),
    );
    all.extend(
        every!(Initializer: GlorotNormal, GlorotUniform, HeNormal)
            .map(|init| ExperimentConfig { init, ..plain.clone() }),
    );
    let seeds = [0, 1, i32::MAX as u32 + 1, u32::MAX];
    all.extend(seeds.map(|seed| ExperimentConfig {
        seeds: Seeds::from_any_order([seed, 7]).expect("two seeds"),
        iterations: seed,
        ..plain.clone()
    }));
    all.push(ExperimentConfig { data: DataSet::fashion(), ..plain.clone() });
    all.push(ExperimentConfig { transfer: Some(DataSet::fashion()), ..plain.clone() });
    let goes_back = [None, Some(0), Some(u32::MAX)];
    all.extend(goes_back.map(|rewind_to| ExperimentConfig { rewind_to, ..plain.clone() }));
    all.push(ExperimentConfig { first_weights: Some(file_hash()), ..plain.clone() });
    let masks = [None, Some(0), Some(u32::MAX)].map(|weights| OwnMask { file: file_hash(), weights });
    all.extend(masks.map(|own| ExperimentConfig { own: Some(own), ..plain.clone() }));
    all.push(ExperimentConfig {
        rate: 0.1 + 0.2,
        output_rate: f64::MIN_POSITIVE,
        learning_rate: f32::MIN_POSITIVE,
        momentum: 0.1 + 0.2,
        dropout: 1.0 - f64::EPSILON,
        label_noise: f64::MIN_POSITIVE,
        model: Model::linear(&[1, u32::MAX]),
        ..plain
    });
    all
}

fn starts() -> Vec<WorkerCommand> {
    let start = |((config, until), robust)| WorkerCommand::Start {
        run: 7,
        job: last(),
        config: Box::new(config),
        until,
        robust,
    };
    let robust = [true, false].into_iter().cycle();
    configs().into_iter().zip(untils().into_iter().cycle()).zip(robust).map(start).collect()
}

/// Losses with many decimals, near zero, very large, and infinite as in a network that has diverged.
fn points() -> [ValidationPoint; 4] {
    [0.1 + 0.2, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY].map(|loss| ValidationPoint {
        iteration: u32::MAX,
        loss,
        accuracy: Accuracy { correct: 0, total: u32::MAX },
    })
}

/// Every reading, and every moment.
fn network_questions() -> Vec<Question> {
    let every_reading = |reading: NetworkReading| match reading {
        NetworkReading::Logits | NetworkReading::Activations | NetworkReading::PixelGradient { .. } => {
            reading
        }
    };
    let moments = every!(NetworkMoment: First, EarlyStop, Last);
    let networks: Vec<NetworkName> = moments.map(|moment| NetworkName { job: last(), moment }).into();
    let readings = [
        NetworkReading::Logits,
        NetworkReading::Activations,
        NetworkReading::PixelGradient { labels: vec![0, 9, 255] },
    ];
    let question = |reading| {
        Question::ReadNetworks(NetworkQuestion {
            reading: every_reading(reading),
            networks: networks.clone(),
            model: Model::linear(&[300, 100]),
            sent: networks[1..].to_vec(),
            forget: networks[..1].to_vec(),
        })
    };
    readings.map(question).into()
}

/// No file, and every kind of file, as an archive and by itself.
fn files_questions() -> Vec<Question> {
    let every_file = |file: WantedFile| match file {
        WantedFile::Report
        | WantedFile::Rounds
        | WantedFile::Curves
        | WantedFile::Robustness
        | WantedFile::Network(_)
        | WantedFile::Picture { .. } => file,
    };
    let pictures = texts().into_iter().map(|name| WantedFile::Picture { name });
    let plain = [
        WantedFile::Report,
        WantedFile::Rounds,
        WantedFile::Curves,
        WantedFile::Robustness,
        WantedFile::Network(last()),
    ];
    let all: Vec<WantedFile> = plain.into_iter().chain(pictures).map(every_file).collect();
    let question = |(experiment_report, (files, archive))| {
        let stem = texts().concat();
        Question::WriteFiles(Box::new(FilesQuestion { stem, experiment_report, files, archive }))
    };
    let files = [(vec![], None), (all, Some(texts().concat()))];
    experiment_reports().into_iter().zip(files).map(question).collect()
}

/// A SHA-256 with the smallest and the largest byte.
pub(crate) fn own_data() -> DataSet {
    let name = format!("{}.64x1x3.100.100.10", "0f".repeat(32));
    DataSet::from_name(&name).expect("a data set of the user")
}

fn file_hash() -> FileHash {
    let mut hash = FileHash([0x5a; 32]);
    (hash.0[0], hash.0[31]) = (0, 255);
    hash
}

/// Every purpose, with every option present and absent.
fn network_file_questions() -> Vec<Question> {
    let purposes = every!(FilePurpose: FirstWeights, OwnMask);
    let options = [(None, None), (Some(file_hash()), Some(u32::MAX))];
    let question = |(purpose, (expected, weights))| {
        let (name, model) = (texts().concat(), Model::linear(&[300, 100]));
        Question::ReadNetworkFile(Box::new(NetworkFileQuestion { name, purpose, model, expected, weights }))
    };
    purposes.into_iter().flat_map(|purpose| options.map(|option| (purpose, option))).map(question).collect()
}

fn readings() -> ReadingsBeforeTraining {
    ReadingsBeforeTraining {
        validation_loss: f32::INFINITY,
        validation: Accuracy { correct: 0, total: 1 },
        test: Accuracy { correct: u32::MAX, total: u32::MAX },
    }
}

fn reports() -> [JobReport; 2] {
    let accuracy = |correct| Accuracy { correct, total: 10_000 };
    let report = |job, curve, number: u32| JobReport {
        job,
        alive: vec![number, number / 2, number / 3],
        curve,
        early_stop: number,
        before_training: (number > 0).then(readings),
        test_early: accuracy(1),
        test_end: accuracy(2),
        train_early: accuracy(3),
        train_end: accuracy(number),
        interpolated: vec![accuracy(number); number.min(2) as usize],
        label_noise: (number > 0).then(|| LabelNoiseReadings {
            clean: accuracy(number),
            flipped: accuracy(number / 2),
            restored: accuracy(number / 3),
        }),
        robustness: (number > 0).then(|| RobustnessReadings {
            noise: [number; 5],
            fgsm: [1, 2, 3],
            ..Default::default()
        }),
        iterations: number,
        batch: number,
    };
    [report(first(), vec![], 0), report(last(), points().into(), u32::MAX)]
}

/// An empty report, and a report with at least one of everything.
fn experiment_reports() -> [Box<ExperimentReportParts>; 2] {
    let finished = |report: JobReport| {
        let digest = (report.batch > 0).then(|| "0123456789abcdef".to_owned());
        FinishedJob { report, seconds: 1e9 / 3.0, digest }
    };
    let full = ExperimentReportParts {
        config: Preset::Paper.config(),
        finished: reports().map(finished).into(),
        chains: vec![(u32::MAX, Arm::Ticket, 0), (0, Arm::Late, u32::MAX)],
    };
    [Box::new(ExperimentReportParts { finished: vec![], chains: vec![], ..full.clone() }), Box::new(full)]
}

/// Every claim, in turns with every verdict and every kind of measurement.
fn claims() -> Vec<Claim> {
    let _all_are_here = |verdict: &Verdict| match verdict {
        Verdict::Reproduced
        | Verdict::NotReproduced
        | Verdict::Inconclusive
        | Verdict::TooFewTrials { .. }
        | Verdict::NotTested(NotTested::Setting { .. } | NotTested::Untrained { .. }) => (),
    };
    let [name, paper, here] = ["\0", "“two”", ""].map(String::from);
    let verdicts = [
        Verdict::Reproduced,
        Verdict::NotReproduced,
        Verdict::Inconclusive,
        Verdict::TooFewTrials { found: 0, needed: u32::MAX },
        Verdict::NotTested(NotTested::Setting { name, paper, here }),
        Verdict::NotTested(NotTested::Untrained { arm: Arm::OneShot, round: u32::MAX }),
    ];
    let ids = every!(ClaimId: C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12);
    let claim = |(id, verdict): (ClaimId, &Verdict)| Claim {
        id,
        measurements: if *verdict == Verdict::Reproduced { measurements() } else { vec![] },
        verdict: verdict.clone(),
    };
    ids.into_iter().zip(verdicts.iter().cycle()).map(claim).collect()
}

/// Every quantity and tolerance, with and without an interval, with infinite and small numbers.
fn measurements() -> Vec<ClaimMeasurement> {
    let _all_are_here = |tolerance: Tolerance| match tolerance {
        Tolerance::Within(..)
        | Tolerance::Above(_)
        | Tolerance::AtLeast(_)
        | Tolerance::AtMost(_)
        | Tolerance::NotJudged => (),
    };
    let tolerances = [
        Tolerance::Within(-0.1, 0.1 + 0.2),
        Tolerance::Above(0.0),
        Tolerance::AtLeast(f64::MIN_POSITIVE),
        Tolerance::AtMost(0.02),
        Tolerance::NotJudged,
    ];
    let measured = [
        Measured { mean: f64::INFINITY, interval: None, trials: 1 },
        Measured { mean: -0.3, interval: Some(Interval { low: -1e300, high: 1.0 / 3.0 }), trials: u32::MAX },
    ];
    let quantities = every!(
        Quantity: TestAtEarlyStop, TestAtEnd, TrainingAtEnd, TimesIterations, FewerIterations, ValidationLoss,
        TestBeforeTraining, ErrorBarrier, LostLayers
    );
    let networks = |arm, round| RoundNetworks { arm, round, weights_left: 0.1 + 0.2 };
    let [best, worst] = every!(ChosenRound: Best, Worst);
    let chosen = [None, Some(best), Some(worst)];
    let measurement = |(index, quantity): (usize, Quantity)| ClaimMeasurement {
        quantity,
        of: networks(Arm::Ticket, u32::MAX),
        against: (index % 2 == 0).then(|| networks(Arm::Reinit, 0)),
        chosen: chosen[index % chosen.len()],
        measured: measured[index % measured.len()],
        tolerance: tolerances[index % tolerances.len()],
    };
    quantities.into_iter().enumerate().map(measurement).collect()
}
