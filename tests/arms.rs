//! Compares every arm with a slow reference. The reference derives the starting state anew from the arm's definition,
//! trains with plain candle's autograd and prunes with a full sort.

mod mnist;
mod oracle;

use experiment::purpose::RandomPurpose;
use experiment::{
    arm::Arm, config::ExperimentConfig, job::JobId, job_graph::all_jobs, prune_counts::survivors_per_round,
    settings::Settings, store::JobOutputStore,
};
use kernels::batch::Batch;
use model::mask::survivors_per_layer;
use oracle::Oracle;
use std::{collections::BTreeMap, sync::Arc};
use training::{
    data::{LoadedData, TrainValidationSplit},
    initial_state::InitialState,
    initial_weights::glorot_normal,
    job_training::{AdvanceOutcome, JobTraining, TrainedJob},
    rng::RandomStream,
};

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

const SMALL: &str = "iterations=12&eval_every=6&rounds=2&hidden=10,8&batch=20&rewind_to=5&draws=2";

/// The arms whose jobs choose a mask of their own before any training.
const BEFORE_TRAINING: [Arm; 5] =
    [Arm::Snip, Arm::Grasp, Arm::SynFlow, Arm::MagnitudeInit, Arm::RandomGlobal];

/// A finished experiment with the starting state and the results of each job.
struct Ran {
    config: ExperimentConfig,
    jobs: BTreeMap<JobId, (InitialState, TrainedJob)>,
}

fn run(config: ExperimentConfig) -> Ran {
    let (mut store, mut ran) = (JobOutputStore::new(&config), BTreeMap::new());
    let mut order = all_jobs(&config);
    order.sort_by_key(|job| (job.round, *job));
    for job in order {
        let inputs = store.inputs_for(job).unwrap();
        let start = training::initial_state::initial_state(&config, job, inputs.clone());
        let data = data_of(&config, job);
        let mut training = JobTraining::new(&config, job, inputs, data).unwrap();
        let output = loop {
            if let AdvanceOutcome::Finished(output) = training.advance().unwrap() {
                break *output;
            }
        };
        // `tests/pruning_at_init.rs` says whether it is the right one.
        let mask = if BEFORE_TRAINING.contains(&job.arm) { output.mask.clone() } else { start.mask };
        let start = InitialState { mask, ..start };
        store.add_outputs(job, output.outputs.clone()).unwrap();
        ran.insert(job, (start, output));
    }
    Ran { config, jobs: ran }
}

/// The images that a job is trained on.
fn data_of(config: &ExperimentConfig, job: JobId) -> Arc<LoadedData> {
    if config.data_of(job.arm).name == "fashion" { mnist::fashion() } else { mnist::mnist() }
}

impl Ran {
    fn job(&self, arm: Arm, round: u32, draw: u32) -> &(InitialState, TrainedJob) {
        &self.jobs[&JobId { trial: 1, arm, round, draw, twin: false }]
    }

    /// The mask that the ticket's pruning made for a round.
    fn ticket_mask(&self, round: u32) -> &Vec<u8> {
        &self.job(Arm::Ticket, round, 0).0.mask
    }

    fn fresh(&self, purpose: RandomPurpose, round: u32, draw: u32) -> Vec<f32> {
        glorot_normal(&self.config.model, &mut RandomStream::new(1, purpose, round, draw))
    }

    fn first(&self) -> Vec<f32> {
        self.fresh(RandomPurpose::Init, 0, 0)
    }

    fn counts(&self, mask: &[u8]) -> Vec<u32> {
        survivors_per_layer(&self.config.model, mask)
    }
}

/// The mask after a pruning by a full sort. In each layer, the largest weights survive, as many as `outputs` says.
fn pruned(config: &ExperimentConfig, mask: &[u8], weights: &[f32], outputs: &[u32]) -> Vec<u8> {
    let mut next = mask.to_vec();
    for (layer, &outputs) in outputs.iter().enumerate() {
        let mut order: Vec<usize> =
            config.model.layer_sizes()[layer].weights.clone().filter(|&i| mask[i] == 1).collect();
        order.sort_by(|&a, &b| weights[b].abs().total_cmp(&weights[a].abs()).then(b.cmp(&a)));
        order[outputs as usize..].iter().for_each(|&i| next[i] = 0);
    }
    next
}

/// Trains from `start` with plain candle on the same batches. Returns the weights and biases after `until` steps.
fn slow(config: &ExperimentConfig, job: JobId, start: &InitialState, until: u32) -> (Vec<f32>, Vec<f32>) {
    let (data, split) = (data_of(config, job), TrainValidationSplit::new(&config.data, job.trial));
    let rate = f64::from(config.learning_rate);
    let mut oracle = Oracle::new(&config.model, &start.mask, &start.weights, &start.biases, rate).unwrap();
    let mut order = split.train;
    RandomStream::new(job.trial, RandomPurpose::Shuffle, job.round, 0).shuffle(&mut order);
    let batch = config.batch as usize;
    for rows in order.chunks(batch).take(until as usize).skip(start.iteration as usize) {
        let (images, labels) = (&data.train.images, &data.train.labels);
        oracle
            .step(Batch { images, image_bytes: model::IMAGE_PIXELS, labels, image_indices: rows }, None)
            .unwrap();
    }
    oracle.parameters().unwrap()
}

fn difference(a: &[f32], b: &[f32]) -> f64 {
    let norm = b.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>().sqrt();
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt() / norm
}

#[test]
fn every_arm_starts_trains_and_prunes_as_its_definition_says() {
    let ran = run(config(&format!(
        "{SMALL}&arms=ticket,reinit,shuffled,random,sign,norewind,late,oneshot,snip,grasp,synflow,magnitude_init,\
         random_global"
    )));
    let (config, model) = (&ran.config, &ran.config.model);
    let outputs = survivors_per_round(config);
    let first = ran.first();
    let dense = &ran.job(Arm::Ticket, 0, 0).1;
    let rewound = slow(
        config,
        JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0, twin: false },
        &ran.job(Arm::Ticket, 0, 0).0,
        5,
    );
    assert_eq!(ran.jobs.len(), 1 + 2 * (9 + 5));
    for (job, (start, output)) in &ran.jobs {
        let JobId { arm, round, draw, .. } = *job;
        let mask = &start.mask;
        // The starting state.
        let (counts, expected) = (ran.counts(mask), &outputs[round as usize]);
        if BEFORE_TRAINING.contains(&arm) {
            assert_eq!(counts.iter().sum::<u32>(), expected.iter().sum::<u32>(), "{job}");
            assert_eq!(start.weights, first, "{job}");
        } else {
            assert_eq!(counts, *expected, "{job}");
        }
        assert_eq!(output.mask, *mask, "{job}");
        assert_eq!(start.iteration, if arm == Arm::Late { 5 } else { 0 });
        match arm {
            Arm::Ticket | Arm::OneShot | Arm::Shuffled => assert_eq!(start.weights, first, "{job}"),
            Arm::Reinit => assert_eq!(start.weights, ran.fresh(RandomPurpose::Reinit, round, draw)),
            Arm::Random => assert_eq!(start.weights, ran.fresh(RandomPurpose::RandomWeights, round, 0)),
            Arm::Sign => {
                let fresh = ran.fresh(RandomPurpose::SignWeights, round, 0);
                for ((w, first), fresh) in start.weights.iter().zip(&first).zip(&fresh) {
                    assert_eq!((w.is_sign_negative(), w.abs()), (first.is_sign_negative(), fresh.abs()));
                }
            }
            Arm::NoRewind => {
                let before = if round == 1 { dense } else { &ran.job(Arm::NoRewind, round - 1, 0).1 };
                assert_eq!((&start.weights, &start.biases), (&before.weights, &before.biases));
            }
            Arm::Late => {
                let off = (difference(&start.weights, &rewound.0), difference(&start.biases, &rewound.1));
                assert!(off.0 < 1e-4 && off.1 < 1e-3, "{job}: {off:?}");
            }
            Arm::Dense => panic!("the dense network is the ticket's"),
            Arm::Own => panic!("it needs a file: tests/network_files.rs trains it"),
            Arm::Supermask => panic!("it trains no weights: tests/supermask.rs trains it"),
            Arm::Snip | Arm::Grasp | Arm::SynFlow | Arm::MagnitudeInit | Arm::RandomGlobal => {}
            other => panic!("{other} is of another data set, and has a test of its own"),
        }
        if !matches!(arm, Arm::NoRewind | Arm::Late) {
            assert!(start.biases.iter().all(|b| b.to_bits() == 0), "{job}");
        }
        match arm {
            Arm::Reinit | Arm::Sign => assert_eq!(mask, ran.ticket_mask(round), "{job}"),
            Arm::Shuffled | Arm::Random => assert_ne!(mask, ran.ticket_mask(round), "{job}"),
            Arm::OneShot => {
                assert_eq!(
                    *mask,
                    pruned(config, &vec![1; model.weight_count()], &dense.weights, &outputs[round as usize])
                );
            }
            Arm::Ticket | Arm::NoRewind | Arm::Late if round > 0 => {
                let before = if round == 1 { ran.job(Arm::Ticket, 0, 0) } else { ran.job(arm, round - 1, 0) };
                assert_eq!(
                    *mask,
                    pruned(config, &before.0.mask, &before.1.weights, &outputs[round as usize])
                );
            }
            _ => {}
        }
        // The training.
        let (weights, biases) = slow(config, *job, start, config.iterations);
        let off = (difference(&output.weights, &weights), difference(&output.biases, &biases));
        assert!(off.0 < 1e-3 && off.1 < 5e-3, "{job}: off by {off:?}");
        assert_eq!(output.report.iterations, config.iterations - start.iteration);
        assert!(output.weights.iter().zip(mask).all(|(w, m)| *m == 1 || w.to_bits() == 0), "{job}");
    }
}

/// What the arms of another data set start from, and that they train on its images, with plain candle.
#[test]
fn transferred_masks_are_trained_on_the_other_data_set() {
    let arms = "ticket,other_ticket,other_reinit,transferred,transferred_reinit,transferred_random,shuffled";
    let ran = run(config(&format!("{SMALL}&transfer=fashion&arms={arms}")));
    let outputs = survivors_per_round(&ran.config);
    let first = ran.first();
    assert_eq!(ran.jobs.len(), 2 * 3 + 5 * 2);
    for (job, (start, output)) in &ran.jobs {
        let JobId { arm, round, .. } = *job;
        assert_eq!(ran.counts(&start.mask), outputs[round as usize], "{job}");
        let fresh = match arm {
            Arm::OtherReinit => Some(RandomPurpose::OtherReinit),
            Arm::TransferredReinit => Some(RandomPurpose::TransferredReinit),
            _ => None,
        };
        match fresh {
            Some(purpose) => assert_eq!(start.weights, ran.fresh(purpose, round, 0), "{job}"),
            None => assert_eq!(start.weights, first, "{job}"),
        }
        match arm {
            Arm::Transferred | Arm::TransferredReinit => {
                assert_eq!(start.mask, *ran.ticket_mask(round), "{job}");
            }
            Arm::OtherReinit => assert_eq!(start.mask, ran.job(Arm::OtherTicket, round, 0).0.mask, "{job}"),
            Arm::TransferredRandom => {
                assert_ne!(start.mask, *ran.ticket_mask(round), "{job}");
                assert_eq!(start.mask, ran.job(Arm::Shuffled, round, 0).0.mask, "{job}");
            }
            Arm::OtherTicket if round > 0 => {
                let (before, trained) = ran.job(Arm::OtherTicket, round - 1, 0);
                let mask = pruned(&ran.config, &before.mask, &trained.weights, &outputs[round as usize]);
                assert_eq!(start.mask, mask, "{job}");
                assert_ne!(start.mask, *ran.ticket_mask(round), "{job}");
            }
            _ => {}
        }
        // The training, and the test with the last weights.
        let (weights, biases) = slow(&ran.config, *job, start, ran.config.iterations);
        let off = (difference(&output.weights, &weights), difference(&output.biases, &biases));
        assert!(off.0 < 1e-3 && off.1 < 5e-3, "{job}: off by {off:?}");
        let data = data_of(&ran.config, *job);
        assert_eq!(data == mnist::fashion(), arm.is_of_other_data(), "{job}");
        let right = output.test_predictions.iter().zip(&data.test.labels).filter(|(a, b)| a == b).count();
        assert_eq!(output.report.test_end.correct as usize, right, "{job}");
    }
    // Each dense network is the ticket's of a run on its data set alone, but for its name.
    let alone = run(config(&format!("{SMALL}&data=fashion&arms=ticket")));
    for round in 0..=2 {
        let (here, there) = (ran.job(Arm::OtherTicket, round, 0), alone.job(Arm::Ticket, round, 0));
        assert_eq!((&here.0, &here.1.weights), (&there.0, &there.1.weights));
    }
}

#[test]
fn one_shot_has_the_sparsities_of_the_iterative_run() {
    let ran = run(config(
        "iterations=3&eval_every=3&rounds=4&rate=0.2&output_rate=0.1&hidden=9,7&arms=ticket,oneshot",
    ));
    for round in 1..=4 {
        let (one, many) = (&ran.job(Arm::OneShot, round, 0).0.mask, ran.ticket_mask(round));
        assert_eq!(ran.counts(one), ran.counts(many));
        // One-shot and iterative pruning agree in the first round only.
        assert_eq!(one == many, round == 1);
    }
}

#[test]
fn late_rewinding_to_the_start_is_the_ticket_digit_for_digit() {
    let small = SMALL.replace("rewind_to=5", "rewind_to=0");
    let ran = run(config(&format!("{small}&arms=ticket,late")));
    for round in 1..=2 {
        let (late, ticket) = (ran.job(Arm::Late, round, 0), ran.job(Arm::Ticket, round, 0));
        assert_eq!((&late.1.weights, &late.1.biases), (&ticket.1.weights, &ticket.1.biases));
        assert_eq!((&late.0.mask, &late.1.outputs.next_mask), (&ticket.0.mask, &ticket.1.outputs.next_mask));
        let report = |(_, output): &(InitialState, TrainedJob)| {
            let mut report = output.report.clone();
            report.job.arm = Arm::Ticket;
            report
        };
        assert_eq!(report(late), report(ticket));
    }
}

#[test]
fn dropout_warm_up_and_optimiser_are_the_same_for_every_arm() {
    // In round 1 the one-shot network has the ticket's mask and first weights, so its results are the same, even if
    // every random draw of a training step is in use.
    for options in
        ["optimizer=momentum&learning_rate=0.05&warmup=6", "dropout=0.5&init=he_normal", "criterion=movement"]
    {
        let ran = run(config(&format!("{SMALL}&arms=ticket,oneshot&{options}")));
        let (one, ticket) = (ran.job(Arm::OneShot, 1, 0), ran.job(Arm::Ticket, 1, 0));
        assert_eq!((&one.0, &one.1.weights, &one.1.biases), (&ticket.0, &ticket.1.weights, &ticket.1.biases));
        let plain = run(config(&format!("{SMALL}&arms=ticket")));
        assert_ne!(ticket.1.weights, plain.job(Arm::Ticket, 1, 0).1.weights, "{options}");
    }
}
