//! Layers that have lost all their weights, in words. Behind such a layer a network no longer depends on the image.

use crate::{sentences::words, shown_results::ShownResults};
use experiment::{arm::Arm, experiment_report::FinishedJob, job_report::JobReport};
use numbers::percent;
use texts::{fill, text};

/// The layers without a weight, counted from 0.
pub fn empty_layers(report: &JobReport) -> Vec<usize> {
    let layers = report.alive.iter().enumerate();
    layers.filter(|(_, alive)| **alive == 0).map(|(layer, _)| layer).collect()
}

/// What is said below the chart of accuracies by weights left: a sentence for each arm that has lost a layer in a round whose
/// results are known, about the first such round. Empty if none has.
pub fn note(results: ShownResults<'_>) -> String {
    let arms = results.config().arms.iter();
    arms.filter_map(|&arm| sentence(results, arm)).collect::<Vec<_>>().join(" ")
}

fn sentence(results: ShownResults<'_>, arm: Arm) -> Option<String> {
    let of_arm = |finished: &&FinishedJob| finished.report.job.arm == arm && !finished.report.job.twin;
    let lost = |report: &JobReport| !empty_layers(report).is_empty();
    let reports = || results.finished_jobs().filter(of_arm).map(|finished| &finished.report);
    let round = reports().filter(|report| lost(report)).map(|report| report.job.round).min()?;
    let of_round: Vec<&JobReport> = reports().filter(|report| report.job.round == round).collect();
    let first = of_round.iter().find(|report| lost(report))?;
    let layer = *empty_layers(first).first()?;
    let trained = of_round.iter().filter(|report| empty_layers(report).first() == Some(&layer)).count();
    let model = &results.config().model;
    let layer = match layer + 1 == model.layers.len() {
        true => text("collapse.output_layer").to_owned(),
        false => fill!("collapse.layer", layer = layer + 1),
    };
    let left = percent(f64::from(first.surviving_weights()) / model.weight_count() as f64);
    Some(match of_round.len() {
        1 => {
            fill!("collapse.one", round = round, left = left, subject = words::name(arm), layer = layer)
        }
        all => fill!(
            "collapse.of_several",
            round = round,
            left = left,
            subject = words::name(arm),
            layer = layer,
            trained = trained,
            all = all
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        made_results::{MadeJob, in_german, made_job},
        run_results::RunResults,
    };
    use experiment::{
        experiment_report::ExperimentReport, job::JobId, job_graph::all_jobs, moment::Moment,
        settings::Settings,
    };

    /// Results in which jobs have these weights left, and others what is planned.
    fn results(fragment: &str, alive: impl Fn(JobId) -> Option<Vec<u32>>) -> RunResults {
        let config = Settings::from_fragment(fragment).0.config;
        let mut report = ExperimentReport::new(&config);
        for job in all_jobs(&config) {
            let mut finished = made_job(&config, job, MadeJob::default());
            finished.report.alive = alive(job).unwrap_or(finished.report.alive);
            report.add_finished_job(finished, None);
        }
        RunResults::new(report)
    }

    #[test]
    fn a_lost_layer_is_said_of_the_first_round_without_it() {
        let lost = |job: JobId| {
            let lost = job.arm == Arm::MagnitudeInit && job.round >= 2 && job.trial != 3;
            lost.then(|| vec![0, 3_875, 446])
        };
        let one = results("arms=ticket,magnitude_init&rounds=3", lost);
        assert_eq!(
            note(one.everything()),
            "In round 2, at 1.62% of the weights, the mask of the largest first weights has no weight left in layer 1 \
             (layer collapse): whatever the image, the network gives the same answer."
        );
        assert_eq!(note(one.at(Moment::end_of_training(one.config(), 1))), "");
        let three = results("arms=ticket,magnitude_init&rounds=3&trials=3", lost);
        assert!(note(three.everything()).contains("layer 1 in 2 of 3 trainings (layer"));
        assert_eq!(note(results("rounds=2", |_| None).everything()), "");
        let output = results("arms=ticket&rounds=2", |job| (job.round == 2).then(|| vec![5, 5, 0]));
        assert!(note(output.everything()).contains("the ticket has no weight left in the output layer"));
        let german =
            in_german(|| note(results("arms=snip&rounds=2", |_| Some(vec![9_000, 0, 90])).everything()));
        assert_eq!(
            german,
            "In Runde 1, mit 3,41\u{a0}% der Gewichte, hat die SNIP-Maske in Schicht 2 kein Gewicht mehr (Schichtkollaps): Das \
             Netz gibt auf jedes Bild dieselbe Antwort."
        );
    }
}
