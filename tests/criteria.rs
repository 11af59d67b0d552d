//! Compares every criterion with a slow reference that sorts all scores and prunes the first ones.

use experiment::purpose::RandomPurpose;
use experiment::refusals::texts::allowed_values;
use experiment::{
    config::ExperimentConfig, criterion::PruningCriterion, preset::Preset, prune_counts::prune_count,
};
use model::{
    Model,
    mask::{dense_mask, survivors_per_layer},
};
use std::collections::BTreeSet;
use training::{
    initial_weights::glorot_normal,
    rng::RandomStream,
    weight_scores::{next_mask, one_shot_mask},
};

const TRIAL: u32 = 7;

fn config(criterion: PruningCriterion) -> ExperimentConfig {
    let model = Model::linear(&[6, 5]);
    ExperimentConfig { criterion, model, rate: 0.3, output_rate: 0.1, ..Preset::Quick.config() }
}

fn first(config: &ExperimentConfig) -> Vec<f32> {
    glorot_normal(&config.model, &mut RandomStream::new(TRIAL, RandomPurpose::Init, 0, 0))
}

/// Trained weights of both signs. Some have not moved, and all are on a grid that is coarse enough for equal scores.
fn trained(config: &ExperimentConfig) -> Vec<f32> {
    let mut stream = RandomStream::new(99, RandomPurpose::Split, 0, 0);
    let first = first(config);
    let moved = first.iter().map(|w| match stream.below(4) {
        0 => *w,
        1 => -w,
        _ => stream.below(64) as f32 / 128.0 - 0.25,
    });
    moved.collect()
}

/// The indices of `places` that survive if a full sort by score removes `go` of them.
fn survivors_by_full_sort(score: impl Fn(usize) -> f64, places: Vec<usize>, go: usize) -> BTreeSet<usize> {
    let mut sorted = places;
    sorted.sort_by(|&a, &b| score(a).total_cmp(&score(b)).then(a.cmp(&b)));
    sorted.split_off(go).into_iter().collect()
}

fn surviving_indices(mask: &[u8]) -> BTreeSet<usize> {
    (0..mask.len()).filter(|&i| mask[i] == 1).collect()
}

/// Checks three prunings in a row for a criterion that compares weights within each layer. `score` takes the first and
/// the trained weight.
fn check_by_layer(criterion: PruningCriterion, score: impl Fn(f64, f64) -> f64) {
    let config = config(criterion);
    let (first, trained, model) = (first(&config), trained(&config), &config.model);
    let score_of = |i: usize| score(f64::from(first[i]), f64::from(trained[i]));
    let mut mask = dense_mask(model);
    for round in 0..3 {
        let next = next_mask(&config, (TRIAL, round), None, &mask, &trained);
        let mut expected = BTreeSet::new();
        for (layer, alive) in survivors_per_layer(model, &mask).into_iter().enumerate() {
            let places = model.layer_sizes()[layer].weights.clone().filter(|&i| mask[i] == 1).collect();
            let rate = if layer + 1 == model.layers.len() { 0.1 } else { 0.3 };
            expected.extend(survivors_by_full_sort(
                score_of,
                places,
                (f64::from(alive) * rate).round() as usize,
            ));
        }
        assert_eq!(surviving_indices(&next), expected, "{criterion:?}, round {round}");
        mask = next;
        assert_eq!(
            survivors_per_layer(model, &one_shot_mask(&config, (TRIAL, round + 1), None, &trained)),
            survivors_per_layer(model, &mask)
        );
    }
    // The trained weights are the same in all rounds, so one-shot and iterative pruning give the same mask.
    assert_eq!(one_shot_mask(&config, (TRIAL, 3), None, &trained), mask, "{criterion:?}");
}

#[test]
fn magnitude_is_the_trained_weights() {
    check_by_layer(PruningCriterion::Magnitude, |_, w| w.abs());
}

#[test]
fn initial_is_the_first_weights() {
    check_by_layer(PruningCriterion::Initial, |first, _| first.abs());
}

#[test]
fn movement_is_the_way_from_the_first_weights() {
    // The score is computed in single precision, like the weights, so that the same scores are equal.
    check_by_layer(PruningCriterion::Movement, |first, w| f64::from((w as f32 - first as f32).abs()));
}

#[test]
fn increase_is_what_the_magnitude_has_gained() {
    check_by_layer(PruningCriterion::Increase, |first, w| f64::from((w as f32).abs() - (first as f32).abs()));
}

#[test]
fn same_sign_takes_what_changed_its_sign_and_then_the_smallest() {
    check_by_layer(PruningCriterion::SameSign, |first, w| if first < 0.0 { -w } else { w });
}

#[test]
fn global_compares_all_layers_at_one_rate() {
    let config = config(PruningCriterion::Global);
    let trained = trained(&config);
    let mut mask = dense_mask(&config.model);
    for round in 0..3 {
        let next = next_mask(&config, (TRIAL, round), None, &mask, &trained);
        let places: Vec<usize> = surviving_indices(&mask).into_iter().collect();
        let go = prune_count(places.len() as u32, 0.3) as usize;
        assert_eq!(
            surviving_indices(&next),
            survivors_by_full_sort(|i| f64::from(trained[i].abs()), places, go)
        );
        mask = next;
    }
    assert_eq!(one_shot_mask(&config, (TRIAL, 3), None, &trained), mask);
    let other = ExperimentConfig { output_rate: 0.9, ..config.clone() };
    assert_eq!(one_shot_mask(&other, (TRIAL, 3), None, &trained), mask, "the output rate is not used");
    assert!(allowed_values("criterion").contains("output_rate is not used"));
    assert!(PruningCriterion::Global.description().contains("not used"));
}

#[test]
fn random_takes_as_many_and_depends_on_nothing_but_seed_and_round() {
    let config = config(PruningCriterion::Random);
    let (model, full) = (&config.model, dense_mask(&config.model));
    let magnitude = ExperimentConfig { criterion: PruningCriterion::Magnitude, ..config.clone() };
    let next = next_mask(&config, (TRIAL, 0), None, &full, &trained(&config));
    assert_eq!(
        survivors_per_layer(model, &next),
        survivors_per_layer(model, &next_mask(&magnitude, (TRIAL, 0), None, &full, &trained(&config)))
    );
    assert_eq!(next, next_mask(&config, (TRIAL, 0), None, &full, &first(&config)));
    assert_ne!(next, next_mask(&config, (TRIAL + 1, 0), None, &full, &first(&config)));
    assert_ne!(next, next_mask(&config, (TRIAL, 1), None, &full, &first(&config)));
    assert_eq!(one_shot_mask(&config, (TRIAL, 1), None, &first(&config)), next);
    // The pruned weights are spread over the whole layer.
    let gone = model.layer_sizes()[0].weights.clone().filter(|&i| next[i] == 0);
    let middle: f64 = gone.clone().map(|i| i as f64).sum::<f64>() / gone.count() as f64;
    assert!((middle / (f64::from(model.layer_weight_counts()[0]) / 2.0) - 1.0).abs() < 0.1, "{middle}");
}
