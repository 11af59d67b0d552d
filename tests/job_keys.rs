//! Checks that jobs with equal keys give equal results, by training them: in experiments that differ in a few settings,
//! jobs of one key have one digest.

mod mnist;

use experiment::{
    config::ExperimentConfig, experiment_report::ExperimentReport, job_key::job_key, purpose::RandomPurpose,
    settings::Settings,
};
use std::collections::BTreeMap;
use training::rng::RandomStream;

/// What all the experiments have in common, but for what is changed.
const COMMON: &str = "arms=ticket,reinit,late,norewind,oneshot&rounds=2&iterations=6&eval_every=4&hidden=6,5&batch=10\
                      &rewind_to=1";

/// Settings that change the results of some jobs or of none.
const SOMETIMES: [&str; 15] = [
    "twins=1",
    "arms=ticket",
    "arms=dense",
    "arms=late,sign,random,shuffled",
    "arms=oneshot",
    "draws=2",
    "rounds=1",
    "rounds=3",
    "seeds=1,3",
    "rewind_to=2",
    "momentum=0.5",
    "rate=0.4",
    "output_rate=0.5",
    "criterion=global",
    "optimizer=momentum",
];

/// Settings that change the results of every job.
const ALWAYS: [&str; 9] = [
    "iterations=7",
    "eval_every=3",
    "batch=11",
    "learning_rate=0.01",
    "warmup=4",
    "dropout=0.5",
    "label_noise=0.4",
    "init=he_normal",
    "hidden=5,6",
];

/// An experiment with some settings changed. A setting that is changed twice has its last value.
fn changed(changes: &[&str]) -> ExperimentConfig {
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    let all = COMMON.split('&').chain(changes.iter().copied());
    pairs.extend(all.filter_map(|change| change.split_once('=')));
    let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
    let (settings, rejected) = Settings::from_pairs(&pairs);
    assert_eq!(rejected, [], "{changes:?}");
    settings.config
}

#[test]
fn jobs_with_equal_keys_give_equal_digests() {
    let mut stream = RandomStream::new(1, RandomPurpose::Split, 0, 0);
    let mut pick = |settings: &[&'static str]| settings[stream.below(settings.len() as u32) as usize];
    // Each setting alone, and random ones together.
    let mut experiments: Vec<Vec<&str>> = vec![vec![]];
    experiments.extend(SOMETIMES.iter().chain(&ALWAYS).map(|change| vec![*change]));
    for _ in 0..12 {
        experiments.push(vec![pick(&SOMETIMES), pick(&SOMETIMES), pick(&SOMETIMES)]);
    }
    for _ in 0..4 {
        experiments.push(vec![pick(&SOMETIMES), pick(&SOMETIMES), pick(&ALWAYS)]);
    }
    let mut trained: BTreeMap<String, (String, Vec<&str>)> = BTreeMap::new();
    let mut recognised = 0;
    for changes in experiments {
        let config = changed(&changes);
        let mut report = ExperimentReport::new(&config);
        ticket_lab::run(&mut report, &mnist::mnist(), 2, &mut |_| Ok(())).unwrap();
        for (&job, finished) in report.finished_jobs() {
            let digest = finished.digest.clone().unwrap();
            let (there, by) =
                trained.entry(job_key(&config, job)).or_insert_with(|| (digest.clone(), changes.clone()));
            assert_eq!(*there, digest, "{job} has one key with {by:?} and with {changes:?}");
            recognised += usize::from(changed(by) != config);
        }
    }
    // The keys are not so narrow that the test says nothing.
    assert!(recognised > 100, "only {recognised} jobs have the key of a job in another experiment");
    // Nor are they so narrow that jobs of equal results seldom have equal keys.
    let mut digests: Vec<&String> = trained.values().map(|(digest, _)| digest).collect();
    let keys = digests.len();
    digests.sort();
    digests.dedup();
    assert!(keys < digests.len() * 11 / 10, "{keys} keys for {} results", digests.len());
}
