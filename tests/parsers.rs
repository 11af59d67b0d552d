//! Every parser meets inputs that were changed at random. The quick test runs after every change; the long one makes ten
//! million cases and prints how many each parser had.

#[path = "parsers/made.rs"]
mod made;
#[path = "parsers/mutations.rs"]
mod mutations;
#[path = "parsers/targets.rs"]
mod targets;

use mutations::{Random, mutated};
use proptest::prelude::*;
use std::{panic, time::Instant};
use targets::{TARGETS, Target};

/// The cases of the long test.
const MOST_CASES: usize = 10_000_000;

/// Checks a parser with the input of a seed, and names both if it fails.
fn check(target: &Target, inputs: &[Vec<u8>], seed: u64) {
    let input = mutated(inputs, &mut Random(seed));
    if let Err(cause) = panic::catch_unwind(|| (target.check)(&input)) {
        let start = String::from_utf8_lossy(&input[..input.len().min(2_000)]).into_owned();
        eprintln!("{}, seed {seed}, {} bytes: {start}", target.name, input.len());
        panic::resume_unwind(cause);
    }
}

#[test]
fn real_inputs_are_read() {
    targets::take_real_inputs();
    for target in TARGETS {
        (target.inputs)().iter().for_each(|input| (target.check)(input));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_parser_survives_what_is_changed(seed in any::<u64>()) {
        static INPUTS: std::sync::OnceLock<Vec<Vec<Vec<u8>>>> = std::sync::OnceLock::new();
        let all = INPUTS.get_or_init(|| TARGETS.iter().map(|target| (target.inputs)()).collect());
        for (target, inputs) in TARGETS.iter().zip(all).filter(|(target, _)| target.share > 0) {
            check(target, inputs, seed);
        }
    }

    /// Each case takes milliseconds, so there are fewer.
    #[test]
    fn the_recorded_runs_file_is_read_or_refused(seed in 0..20_u64) {
        let preview = TARGETS.last().expect("there are parsers");
        check(preview, &(preview.inputs)(), seed);
    }
}

#[test]
#[ignore = "takes minutes"]
fn ten_million_cases() {
    let shares: usize = TARGETS.iter().map(|target| target.share).sum();
    let mut all = 0;
    for target in TARGETS {
        let (inputs, begun) = ((target.inputs)(), Instant::now());
        let cases = (MOST_CASES * target.share).div_ceil(shares).max(2_000);
        let half = cases.div_ceil(2) as u64;
        std::thread::scope(|scope| {
            for thread in 0..2 {
                let inputs = &inputs;
                scope.spawn(move || {
                    (thread * half..(thread + 1) * half).for_each(|seed| check(target, inputs, seed))
                });
            }
        });
        all += 2 * half;
        println!("{:>12}: {:>9} cases in {:.0} s", target.name, 2 * half, begun.elapsed().as_secs_f64());
    }
    println!("{all} cases");
    assert!(all >= MOST_CASES as u64);
}
