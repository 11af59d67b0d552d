//! Tests of the names in files and links.

use super::*;
use crate::{
    arm::Arm, claims::claim::VerdictKind, criterion::PruningCriterion, initializer::Initializer,
    optimizer::OptimizerKind, preset::Preset,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, str::FromStr};
use strum::VariantArray;

fn are<T>(expected: &[&str])
where
    T: VariantArray + Copy + Into<&'static str> + FromStr + Serialize + DeserializeOwned + PartialEq + Debug,
{
    assert_eq!(names(T::VARIANTS), expected);
    for (&variant, name) in T::VARIANTS.iter().zip(expected) {
        let quoted = format!("\"{name}\"");
        assert_eq!(name.parse().ok(), Some(variant));
        assert_eq!(serde_json::to_string(&variant).unwrap(), quoted);
        assert_eq!(serde_json::from_str::<T>(&quoted).unwrap(), variant);
        assert_eq!(name.to_uppercase().parse::<T>().ok(), None);
    }
}

/// Links and reports contain these names, so they must not change.
#[test]
fn names_are_the_same_everywhere() {
    are::<Arm>(&[
        "dense",
        "ticket",
        "reinit",
        "shuffled",
        "random",
        "sign",
        "norewind",
        "late",
        "oneshot",
        "own",
        "snip",
        "grasp",
        "synflow",
        "magnitude_init",
        "random_global",
        "supermask",
        "other_ticket",
        "other_reinit",
        "transferred",
        "transferred_reinit",
        "transferred_random",
    ]);
    are::<PruningCriterion>(&[
        "magnitude",
        "global",
        "initial",
        "movement",
        "increase",
        "random",
        "same_sign",
    ]);
    are::<Initializer>(&["glorot_normal", "glorot_uniform", "he_normal"]);
    are::<OptimizerKind>(&["adam", "sgd", "momentum"]);
    are::<Preset>(&[
        "quick",
        "classroom",
        "paper",
        "paper20k",
        "oneshot",
        "signs",
        "late",
        "warmup",
        "dropout",
        "rewinding",
        "convolutional",
        "saliency",
        "supermask",
        "twins",
        "transfer",
        "memorising",
        "robustness",
    ]);
    let verdicts = ["reproduced", "not-reproduced", "inconclusive", "too-few-trials", "not-tested"];
    assert_eq!(names(VerdictKind::ALL), verdicts);
}

#[test]
fn a_list_reads_as_a_sentence() {
    let all = ["one", "two", "three"];
    assert_eq!(list(&all, "list.or"), "one, two or three");
    assert_eq!(
        (list(&all[..2], "list.and"), list(&all[..1], "list.or")),
        ("one and two".into(), "one".into())
    );
    assert_eq!(list(&all[..0], "list.or"), "");
}
