//! Holds means over seeds to reference runs that were made apart, in PyTorch, by the same protocol: the preset `quick`, with
//! LeNet-300-100 if nothing else is said. About one honest cell in a hundred falls outside its tolerance. Such a cell is
//! decided by further seeds, which are the same for every cell.

#[path = "../mnist/mod.rs"]
mod mnist;
mod tables;

use experiment::{arm::Arm, experiment_report::ExperimentReport, settings::Settings};
use model::data_set::DataSet;
use std::sync::Arc;
use tables::*;
use ticket_lab::TrainingInputs;
use training::data::LoadedData;

/// The seeds that decide a cell that the first seeds have left outside.
const DECIDING_SEEDS: &str = "11-25";

/// Mean and standard deviation of at least two numbers.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}

fn loaded(set: &DataSet) -> Arc<LoadedData> {
    if *set == DataSet::fashion() { mnist::fashion() } else { mnist::mnist() }
}

/// Runs the experiment of a fragment, of some arms alone if any are named.
fn run(fragment: &str, arms: &[Arm]) -> ExperimentReport {
    let (Settings { mut config, .. }, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, [], "{fragment}");
    if !arms.is_empty() {
        config.arms = arms.iter().copied().collect();
    }
    let mut inputs = TrainingInputs::from(&loaded(&config.data));
    inputs.other_data = config.other_data().map(loaded);
    let mut report = ExperimentReport::new(&config);
    ticket_lab::run(&mut report, inputs, 2, &mut |_| Ok(())).expect("it runs");
    report
}

/// Compares an arm's round with its cell of the reference. Says the arm and the round if the means differ by more than three
/// standard errors.
fn compare(report: &ExperimentReport, reference: &Reference, cell: usize) -> Option<(Arm, u32)> {
    let Reference { what, arm, first, seeds, values, read } = reference;
    let (round, (expected, deviation)) = (first + cell as u32, values[cell]);
    let of_round = report.finished_jobs().values().map(|finished| &finished.report);
    let of_round = of_round.filter(|report| (report.job.arm, report.job.round) == (*arm, round));
    let ours: Vec<f64> = of_round.filter_map(read).collect();
    let (mean, own) = mean_and_deviation(&ours);
    let spread = own.max(deviation).max(0.25);
    let bound = 3.0 * spread * (1.0 / ours.len() as f64 + 1.0 / f64::from(*seeds)).sqrt();
    let outside = (mean - expected).abs() > bound;
    println!(
        "{what}, {arm} round {round}: {mean:.2} ± {own:.2} over {} seeds, {expected:.2} in the reference, within {bound:.2}{}",
        ours.len(),
        if outside { ": OUTSIDE" } else { "" }
    );
    outside.then_some((*arm, round))
}

fn check(fragment: &str, seeds: &str, references: &[Reference]) {
    let compare_all = |report: &ExperimentReport, among: Option<&[(Arm, u32)]>| {
        let mut outside = vec![];
        for reference in references {
            for cell in 0..reference.values.len() {
                let name = (reference.arm, reference.first + cell as u32);
                if among.is_none_or(|among| among.contains(&name)) {
                    outside.extend(compare(report, reference, cell));
                }
            }
        }
        outside
    };
    let open = compare_all(&run(&format!("{fragment}&seeds={seeds}"), &[]), None);
    if open.is_empty() {
        return;
    }
    let arms: Vec<Arm> = open.iter().map(|(arm, _)| *arm).collect();
    let decided = run(&format!("{fragment}&seeds={DECIDING_SEEDS}"), &arms);
    assert_eq!(compare_all(&decided, Some(&open)), []);
}

/// A test for each row: its name, the fragment and the seeds of its experiment, and the reference. Each takes minutes.
macro_rules! references {
    ($($name:ident: $fragment:literal, seeds $seeds:literal, $reference:ident;)*) => {
        $(
            #[test]
            #[ignore = "minutes of training; cargo test --release --test references -- --ignored"]
            fn $name() {
                check($fragment, $seeds, &$reference);
            }
        )*
    };
}

references! {
    fashion_mnist_is_the_references: "data=fashion", seeds "1-5", FASHION;
    accuracy_before_training_is_the_references: "arms=ticket", seeds "1-8", BEFORE_AND_AFTER;
    lenet_5_is_the_references: "net=lenet5", seeds "1-5", LENET_5;
    lenet_5_on_fashion_mnist_is_the_references: "net=lenet5&data=fashion", seeds "1-5", LENET_5_ON_FASHION;
    conv_2_small_is_the_references: "net=conv2s", seeds "1-5", CONV_2_SMALL;
    a_network_of_four_layers_is_the_references: "hidden=300,200,100", seeds "1-5", DEEPER;
    masks_made_before_training_are_the_references: "preset=saliency", seeds "1-5", MADE_BEFORE_TRAINING;
    supermasks_are_the_references: "preset=supermask", seeds "1-5", SUPERMASKS;
    same_sign_is_the_references: "arms=ticket&criterion=same_sign", seeds "1-8", SAME_SIGN;
    twins_are_the_references: "arms=ticket,reinit,late&twins=1", seeds "1-5", TWINS;
    transfer_is_the_references: "preset=transfer", seeds "1-5", TRANSFER;
    wrong_labels_are_the_references: "preset=memorising", seeds "1-5", WRONG_LABELS;
}
