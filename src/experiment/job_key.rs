//! The key of a job: what it can be recognised by in another run. Two jobs with equal keys give the same results, bit for
//! bit, the same last weights, and, if they leave one, the same mask. Settings that do not touch a job are not in its key.
//! Two such jobs need not keep the same parameters for others: which iteration `late` goes back to does not touch the dense
//! network, and neither do the arms that need its weights.

use crate::{
    config::ExperimentConfig,
    hexadecimal::hexadecimal,
    job::{Checkpoint, JobId},
    job_graph::output_spec,
    optimizer::OptimizerKind,
    recipe::{MaskSource, dependencies, recipe},
    run_digest::{job_words, settings_beside_quick, sha256_of_lines},
};
use std::collections::BTreeSet;

/// The SHA-256, in hexadecimal, of the settings that the job and its ancestors depend on and that differ from the preset
/// `quick`, as `name=value`, of the SHA-256 of the data that it is trained on and of those that its mask was found on if they
/// are others, and of the job's seed, arm, round and draw. It also says whether the job leaves a mask,
/// because the mask is in the job's digest, and the last round of an experiment leaves none.
pub fn job_key(config: &ExperimentConfig, job: JobId) -> String {
    let job = job.training_job();
    let leaves_mask = output_spec(config, job).next_mask;
    let touching = settings_touching(config, job, leaves_mask);
    let named = |line: &String| line.split('=').next().is_some_and(|name| touching.contains(&name));
    let mut lines: Vec<String> =
        settings_beside_quick(&effective(config)).into_iter().filter(named).collect();
    let data = config.data_of(job.arm);
    lines.push(format!("data {}", data.sha256));
    // A mask that was found on other images.
    let found_on =
        ancestors(job).into_iter().map(|parent| config.data_of(parent.arm)).find(|set| *set != data);
    lines.extend(found_on.map(|found_on| format!("mask data {}", found_on.sha256)));
    lines.push(job_words(job));
    lines.extend(leaves_mask.then(|| "leaves a mask".to_owned()));
    hexadecimal(&sha256_of_lines(lines))
}

/// The same experiment with one value for all those that mean the same: its rewind iteration as a number, no warm-up for
/// one of a single step, and a validation at the last iteration for all later ones.
fn effective(config: &ExperimentConfig) -> ExperimentConfig {
    ExperimentConfig {
        rewind_to: Some(config.rewind_iteration()),
        warmup: if config.warmup == 1 { 0 } else { config.warmup },
        eval_every: config.eval_every.min(config.iterations),
        conv_rate: config.model.is_convolutional().then(|| config.convolution_rate()),
        ..config.clone()
    }
}

/// The names of the settings that can change what a job gives.
fn settings_touching(config: &ExperimentConfig, job: JobId, leaves_mask: bool) -> Vec<&'static str> {
    // Every job trains on the data, whose SHA-256 is in the key, from weights or a mask that go back to the trial's first weights.
    let mut names = vec![
        "hidden",
        "net",
        "init",
        "iterations",
        "eval_every",
        "batch",
        "optimizer",
        "learning_rate",
        "warmup",
        "label_noise",
    ];
    let hidden_layers = config.model.layers.len() > 1;
    if hidden_layers {
        names.push("dropout");
    }
    if config.optimizer == OptimizerKind::Momentum {
        names.push("momentum");
    }
    let ancestors = ancestors(job);
    let is_pruned = |job: JobId| !matches!(recipe(job).mask, MaskSource::Dense | MaskSource::File);
    if recipe(job).mask == MaskSource::File {
        names.push("own");
    }
    if leaves_mask || ancestors.iter().copied().any(is_pruned) {
        names.push("criterion");
        if hidden_layers || config.criterion.is_global() {
            names.push("rate");
        }
        if !config.criterion.is_global() {
            names.extend(["output_rate", "conv_rate"]);
        }
    }
    let rewinds = |job| matches!(dependencies(job).parameters, Some((_, Checkpoint::RewindIteration)));
    if ancestors.into_iter().any(rewinds) {
        names.push("rewind_to");
    }
    names
}

/// The job and all jobs whose outputs it directly or indirectly needs.
fn ancestors(job: JobId) -> BTreeSet<JobId> {
    let (mut found, mut open) = (BTreeSet::new(), vec![job]);
    while let Some(job) = open.pop() {
        if found.insert(job) {
            open.extend(recipe(job).dependencies().jobs());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arm::Arm, criterion::PruningCriterion, preset::Preset, seeds::Seeds, settings::Settings};
    use model::data_set::DataSet;

    /// A mask from a file.
    const OWN: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f.7";

    fn quick() -> ExperimentConfig {
        let own = Some(OWN.parse().expect("a mask"));
        let transfer = Some(DataSet::fashion());
        ExperimentConfig { arms: Arm::ALL.iter().copied().collect(), own, transfer, ..Preset::Quick.config() }
    }

    fn job(arm: Arm, round: u32) -> JobId {
        JobId { trial: 1, arm, round, draw: 0, twin: false }
    }

    /// Which of these jobs have another key after a change: the dense network, a ticket, the last ticket, a one-shot
    /// ticket and a late one.
    fn changed(fragment: &str) -> Vec<&'static str> {
        let base = quick();
        let (Settings { config, .. }, rejected) = Settings::from_fragment(&format!(
            "transfer={}&arms={}&own={OWN}&{fragment}",
            match fragment {
                "data=fashion" => "mnist",
                _ => "fashion",
            },
            Arm::ALL.map_names()
        ));
        assert_eq!(rejected, [], "{fragment}");
        let jobs = [
            ("dense", job(Arm::Ticket, 0)),
            ("ticket", job(Arm::Ticket, 2)),
            ("last", job(Arm::Ticket, 6)),
            ("oneshot", job(Arm::OneShot, 2)),
            ("late", job(Arm::Late, 2)),
        ];
        let differs = jobs.into_iter().filter(|(_, job)| job_key(&base, *job) != job_key(&config, *job));
        differs.map(|(name, _)| name).collect()
    }

    trait MapNames {
        fn map_names(&self) -> String;
    }

    impl MapNames for [Arm] {
        fn map_names(&self) -> String {
            self.iter().map(|arm| arm.name()).collect::<Vec<_>>().join(",")
        }
    }

    #[test]
    fn a_key_changes_with_the_settings_that_touch_the_job_and_with_no_other() {
        let all = ["dense", "ticket", "last", "oneshot", "late"];
        for fragment in [
            "iterations=501",
            "data=fashion",
            "hidden=20",
            "dropout=0.1",
            "init=he_normal",
            "warmup=3",
            "label_noise=0.2",
        ] {
            assert_eq!(changed(fragment), all, "{fragment}");
        }
        for fragment in ["seeds=1,7", "draws=3", "twins=1", "momentum=0.5", "workers=3", "rewind_to=50"] {
            assert_eq!(changed(fragment), [""; 0], "{fragment}");
        }
        assert_eq!(changed("rewind_to=49"), ["late"]);
        // What means the same is the same.
        for fragment in ["warmup=1", "rewind_to=50"] {
            assert_eq!(changed(fragment), [""; 0], "{fragment}");
        }
        // The ticket's sixth round prunes only if there is a seventh.
        assert_eq!(changed("rounds=7"), ["last"]);
        assert_eq!(changed("rate=0.4"), all);
        assert_eq!(changed("criterion=random"), all);
    }

    #[test]
    fn a_file_is_in_the_keys_of_the_jobs_that_take_something_from_it() {
        let own = |hex: &str, rest: &str| {
            let fragment = format!("arms=ticket,own&own={}.120000{rest}", hex.repeat(32));
            let (Settings { config, .. }, rejected) = Settings::from_fragment(&fragment);
            assert_eq!(rejected, [], "{fragment}");
            let job = job(Arm::Own, config.own_round());
            (job_key(&config, job), job_key(&config, self::job(Arm::Ticket, 1)))
        };
        let first = own("ab", "");
        assert_eq!(first, own("AB", ""));
        // Another mask touches the own network alone; how tickets are pruned does not touch it.
        assert_ne!(first.0, own("ac", "").0);
        assert_eq!(first.1, own("ac", "").1);
        let other_rate = own("ab", "&rate=0.45&criterion=random");
        assert!(first.0 == other_rate.0 && first.1 != other_rate.1);
        let file = |hex: &str| own("ab", &format!("&init=file:{}", hex.repeat(32)));
        assert!(file("01").0 != first.0 && file("01").1 != first.1);
        assert!(file("01").0 != file("02").0 && file("01").1 != file("02").1);
    }

    #[test]
    fn both_data_sets_of_a_transferred_mask_are_in_its_key_and_no_others() {
        let arms = "arms=ticket,other_ticket,other_reinit,transferred,transferred_reinit,transferred_random";
        let keys = |sets: &str| {
            let (Settings { config, .. }, rejected) = Settings::from_fragment(&format!("{sets}&{arms}"));
            assert_eq!(rejected, [], "{sets}");
            use Arm::{OtherReinit, OtherTicket, Ticket, Transferred, TransferredRandom, TransferredReinit};
            [Ticket, OtherTicket, OtherReinit, Transferred, TransferredReinit, TransferredRandom]
                .map(|arm| job_key(&config, job(arm, 2)))
        };
        let there = keys("transfer=fashion");
        let back = keys("data=fashion&transfer=mnist");
        assert!(there.iter().all(|key| !back.contains(key)));
        // The ticket of a run that transfers is that of a run that does not.
        assert_eq!(there[0], job_key(&ExperimentConfig { transfer: None, ..quick() }, job(Arm::Ticket, 2)));
        // Of a mask that was found on the data that it is trained on, those data alone are in the key.
        let other = DataSet::mnist().sha256.replace('b', "c");
        let found_elsewhere = |arm| {
            let with = |data| {
                let sets = ExperimentConfig { transfer: Some(DataSet::fashion()), data, ..quick() };
                job_key(&sets, job(arm, 2))
            };
            with(DataSet::mnist()) != with(DataSet { sha256: other.clone(), ..DataSet::mnist() })
        };
        assert!(found_elsewhere(Arm::Transferred) && found_elsewhere(Arm::TransferredRandom));
        assert!(!found_elsewhere(Arm::OtherTicket) && !found_elsewhere(Arm::OtherReinit));
    }

    #[test]
    fn what_prunes_nothing_does_not_depend_on_how_it_is_pruned() {
        let dense = ExperimentConfig { arms: [Arm::Dense].into(), ..quick() };
        let other = ExperimentConfig { rate: 0.3, criterion: PruningCriterion::Random, ..dense.clone() };
        assert_eq!(job_key(&dense, job(Arm::Dense, 0)), job_key(&other, job(Arm::Dense, 0)));
        let global = ExperimentConfig { criterion: PruningCriterion::Global, ..quick() };
        let other = ExperimentConfig { output_rate: 0.9, ..global.clone() };
        assert_eq!(job_key(&global, job(Arm::Ticket, 3)), job_key(&other, job(Arm::Ticket, 3)));
    }

    #[test]
    fn every_job_of_an_experiment_has_a_key_of_its_own() {
        let config = ExperimentConfig { draws: 2, seeds: Seeds::parse("1,9").unwrap(), ..quick() };
        let jobs = crate::job_graph::all_jobs(&config);
        let keys: BTreeSet<String> = jobs.iter().map(|&job| job_key(&config, job)).collect();
        assert_eq!(keys.len(), jobs.len());
    }
}
