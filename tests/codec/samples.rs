//! Messages of every kind, with the values that a codec may lose. A variant without a sample does not compile.

use experiment::{
    arm::Arm,
    claims::words::{Outcome, Told},
    config::Config,
    criterion::Criterion,
    init::Init,
    job::{JobId, Phase},
    journal::{Finished, Parts},
    optimizer::Optimizer,
    preset::Preset,
    report::{Accuracy, Point, Report},
};
use model::Model;
use protocol::{Command, Event, Failure, FailureKind, Until};
use std::collections::BTreeSet;

/// Every value of an enum without data; a value that is left out does not compile.
macro_rules! every {
    ($kind:ident: $($variant:ident),+) => {{
        let _all_are_here = |one: $kind| match one { $($kind::$variant => ()),+ };
        [$($kind::$variant),+]
    }};
}

/// A function that gives samples of every variant; a variant that is left out does not compile.
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
    /// What a page may ask.
    commands -> Command {
        Load: [Command::Load],
        Start: starts(),
        Continue: untils().map(|until| Command::Continue { run: u32::MAX, job: last(), until }),
        Pause: [0, u32::MAX].map(|run| Command::Pause { run }),
        Cancel: [Command::Cancel],
        Export: journals().map(|journal| Command::Export { ask: 0, journal }),
        Import: [vec![], texts()].map(|names| Command::Import { ask: u32::MAX, names }),
        Score: journals().map(|journal| Command::Score { ask: 7, journal }),
    }
}

samples! {
    /// What a worker may say.
    events -> Event {
        Ready: [Event::Ready],
        Unpacking: [(0, 0), (1, u32::MAX)].map(|(done, total)| Event::Unpacking { done, total }),
        Loaded: [Event::Loaded],
        Progress: every!(Phase: Rewind, Train, Test, Prune).map(|phase| {
            Event::Progress { run: 7, job: last(), phase, iteration: u32::MAX, seconds: 0.1 + 0.2 }
        }),
        Evaluated: points().map(|point| Event::Evaluated { run: 0, job: first(), point }),
        Held: [(first(), 0), (last(), u32::MAX)].map(|(job, iteration)| Event::Held { run: 7, job, iteration }),
        Finished: reports().map(|report| {
            let (memory, digest) = (u32::MAX, "0123456789abcdef".to_owned());
            Event::Finished { run: 7, report, seconds: 1e-300, memory, digest }
        }),
        Exported: [0, u32::MAX].map(|ask| Event::Exported { ask }),
        Imported: journals().map(|journal| Event::Imported { ask: 7, journal }),
        Scored: [vec![], claims()].map(|claims| {
            Event::Scored { ask: 7, claims, summary: String::new() }
        }),
        Refused: texts().into_iter().map(|message| Event::Refused { ask: 7, message }).collect::<Vec<_>>(),
        Failed: every!(FailureKind: Data, Browser, Worker, Report).map(|kind| {
            Event::Failed { failure: Failure { kind, message: texts().concat() } }
        }),
    }
}

/// Nothing, and what a text may hold: quotes, lines, what JavaScript writes as two units, a zero.
fn texts() -> Vec<String> {
    ["", "“two”, \"two\", 'two'", "one\nother\t\\", "\u{1f3ab} ÷ é", "\0"].map(Into::into).into()
}

fn first() -> JobId {
    JobId { trial: 0, arm: Arm::Dense, round: 0, draw: 0 }
}

fn last() -> JobId {
    JobId { trial: u32::MAX, arm: Arm::OneShot, round: u32::MAX, draw: u32::MAX }
}

fn untils() -> [Until; 3] {
    let _all_are_here = |until: Until| match until {
        Until::Iteration(_) | Until::End => (),
    };
    [Until::Iteration(0), Until::Iteration(u32::MAX), Until::End]
}

/// Settings with every name they can have, the least and the most of their numbers, and options with and without.
fn configs() -> Vec<Config> {
    let arms = every!(Arm: Dense, Ticket, Reinit, Shuffled, Random, Sign, NoRewind, Late, OneShot);
    let plain = Preset::Quick.config();
    let mut all: Vec<Config> = arms
        .map(|arm| Config { arms: BTreeSet::from([arm]), ..plain.clone() })
        .into_iter()
        .chain([BTreeSet::new(), BTreeSet::from(arms)].map(|arms| Config { arms, ..plain.clone() }))
        .collect();
    all.extend(
        every!(Criterion: Magnitude, Global, Initial, Movement, Increase, Random)
            .map(|criterion| Config { criterion, ..plain.clone() }),
    );
    all.extend(every!(Optimizer: Adam, Sgd, Momentum).map(|optimizer| Config { optimizer, ..plain.clone() }));
    all.extend(
        every!(Init: GlorotNormal, GlorotUniform, HeNormal).map(|init| Config { init, ..plain.clone() }),
    );
    let seeds = [0, 1, i32::MAX as u32 + 1, u32::MAX];
    all.extend(seeds.map(|seed| Config { seed, iterations: seed, ..plain.clone() }));
    let goes_back = [None, Some(0), Some(u32::MAX)];
    all.extend(goes_back.map(|rewind_to| Config { rewind_to, ..plain.clone() }));
    all.push(Config {
        rate: 0.1 + 0.2,
        output_rate: f64::MIN_POSITIVE,
        learning_rate: f32::MIN_POSITIVE,
        momentum: 0.1 + 0.2,
        dropout: 1.0 - f64::EPSILON,
        model: Model::linear(&[1, u32::MAX]),
        ..plain
    });
    all
}

fn starts() -> Vec<Command> {
    let start = |(config, until)| Command::Start { run: 7, job: last(), config, until };
    configs().into_iter().zip(untils().into_iter().cycle()).map(start).collect()
}

/// Losses of many decimals, of next to nothing, of a network that has diverged.
fn points() -> [Point; 4] {
    [0.1 + 0.2, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY].map(|loss| Point {
        iteration: u32::MAX,
        loss,
        accuracy: Accuracy { correct: 0, total: u32::MAX },
    })
}

fn reports() -> [Report; 2] {
    let accuracy = |correct| Accuracy { correct, total: 10_000 };
    let report = |job, curve, number: u32| Report {
        job,
        alive: vec![number, number / 2, number / 3],
        curve,
        early_stop: number,
        test_early: accuracy(1),
        test_end: accuracy(2),
        train_early: accuracy(3),
        train_end: accuracy(number),
        iterations: number,
        batch: number,
    };
    [report(first(), vec![], 0), report(last(), points().into(), u32::MAX)]
}

/// A journal with nothing in it and one with something of everything.
fn journals() -> [Box<Parts>; 2] {
    let finished = |report| Finished { report, seconds: 1e9 / 3.0 };
    let full = Parts {
        config: Preset::Paper.config(),
        finished: reports().map(finished).into(),
        chains: vec![(u32::MAX, Arm::Ticket, 0), (0, Arm::Late, u32::MAX)],
    };
    [Box::new(Parts { finished: vec![], chains: vec![], ..full.clone() }), Box::new(full)]
}

fn claims() -> Vec<Told> {
    let told = |outcome| Told {
        name: "C1".into(),
        text: texts().concat(),
        paper: "98.1%".into(),
        replication: String::new(),
        ours: texts(),
        tolerance: "±".into(),
        outcome,
        verdict: "yes".into(),
        why: String::new(),
    };
    every!(Outcome: Reproduced, NotReproduced, TooFewTrials, NotTested).map(told).into()
}
