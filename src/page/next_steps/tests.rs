//! Tests of what is suggested after a run, with made results.

use super::*;
use crate::made_results::{in_german, own_data};
use crate::run_results::RunResults;
use experiment::{
    experiment_report::{ExperimentReport, FinishedJob},
    job::JobId,
    job_report::{Accuracy, JobReport, LINE_POINTS},
    prune_counts::survivors_per_round,
};

/// A finished run in which each job has as many right answers of 10,000 as `correct` says.
fn run(fragment: &str, correct: impl Fn(JobId) -> u32) -> (RunResults, Settings) {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    let config = &settings.config;
    let survivors = survivors_per_round(config);
    let mut results = RunResults::new(ExperimentReport::new(config));
    for job in job_graph::all_jobs(config) {
        let test = Accuracy { correct: correct(job), total: 10_000 };
        let report = JobReport {
            job,
            alive: survivors[job.round as usize].clone(),
            curve: vec![],
            early_stop: config.iterations,
            before_training: None,
            test_early: test,
            test_end: test,
            train_early: test,
            train_end: test,
            interpolated: if job.twin { vec![test; LINE_POINTS] } else { vec![] },
            label_noise: None,
            robustness: None,
            iterations: config.iterations,
            batch: config.batch,
        };
        results.add_finished(FinishedJob { report, seconds: 1.0, digest: None }, None);
    }
    (results, settings)
}

/// The right answers of a run in which the dense network has 97% and each arm falls by so many answers a round. Trials
/// differ by a few answers.
fn falling(ticket: u32, other: u32) -> impl Fn(JobId) -> u32 {
    move |job| {
        let slope = if job.arm == Arm::Ticket { ticket } else { other };
        9_700 + job.trial % 3 - slope * job.round
    }
}

fn questions(fragment: &str, correct: impl Fn(JobId) -> u32) -> [&'static str; COUNT] {
    let (results, settings) = run(fragment, correct);
    next_steps(results.everything(), &settings).map(|step| step.question)
}

#[test]
fn what_was_seen_decides_what_is_next() {
    let luck = "Is it luck? Three seeds";
    let signs = "Do the signs alone suffice?";
    // The ticket wins, and ends below the dense network.
    assert_eq!(questions("", falling(40, 90)), [luck, signs, "Would a single cut do as well?"]);
    // It wins and has not fallen.
    assert_eq!(questions("", falling(0, 90)), [luck, signs, "How much smaller can it get?"]);
    // Nothing is clear.
    assert_eq!(
        questions("", falling(1, 1)),
        [luck, "How much smaller can it get?", "Do they part with longer training?"]
    );
    // The ticket loses: nothing is said of its first values.
    assert!(!questions("", falling(90, 0)).contains(&signs));
    assert_eq!(
        questions("trials=3", falling(90, 90)),
        [
            "Does it become clear with more seeds?",
            "Would a single cut do as well?",
            "Is it better to go back not quite to the start?"
        ]
    );
    assert_eq!(questions("preset=signs", falling(40, 90))[0], "Does it matter which weights go?");
    assert_eq!(
        questions("trials=3&criterion=random", falling(40, 90))[0],
        "And if the smallest of each layer go?"
    );
    assert!(
        !questions("preset=late", falling(40, 90))
            .contains(&"Is it better to go back not quite to the start?")
    );
}

#[test]
fn reasons_have_the_numbers_of_the_run() {
    let (results, settings) = run("", falling(40, 90));
    let steps = next_steps(results.everything(), &settings);
    let [luck, signs, cut] = &steps;
    assert!(luck.why.contains("a single seed, 1:"), "{luck:?}");
    // Six rounds of 50 answers of 10,000 are three points; 6 · 0.4 are 2.4.
    let left = percent(f64::from(survivors_per_round(&settings.config)[6].iter().sum::<u32>()) / 266_200.0);
    assert!(
        signs.why.starts_with(&format!("At {left} of the weights the ticket was 3.0 points above")),
        "{signs:?}"
    );
    assert!(!signs.why.contains("mean"), "{signs:?}");
    assert!(
        cut.why.starts_with(&format!("At {left} of the weights the ticket was 2.4 points below the dense")),
        "{cut:?}"
    );
    assert_eq!(signs.fragment(), "preset=signs&seed=1&autoplay=1");
    assert_eq!(luck.fragment(), "preset=quick&seed=1&trials=3&autoplay=1");
    let (results, settings) = run("trials=3", falling(40, 90));
    let steps = next_steps(results.everything(), &settings);
    assert!(
        steps[0].why.contains("points above the same mask with new random weights on the mean of 3 seeds")
    );
}

/// Whatever was run, there are three different links that work, none of which leads to the present run, and no reason
/// speaks of a clear difference that is none.
#[test]
fn every_run_has_three_steps_that_work() {
    let runs = [
        "",
        "preset=classroom",
        "preset=paper",
        "preset=oneshot",
        "preset=signs",
        "preset=late",
        "preset=warmup",
        "preset=dropout",
        "preset=rewinding",
        "rounds=0",
        "rounds=40&rate=0.1",
        "arms=dense",
        "arms=reinit",
        "arms=ticket",
        "hidden=none",
        "hidden=1&dropout=0.5&data=fashion&iterations=60000&arms=norewind,late",
        "seeds=1,5,4294967295",
        "seed=4294967295",
        "criterion=random",
        "criterion=global&arms=sign",
        "draws=3&workers=2",
        "data=fashion",
        "trials=6&rounds=1&iterations=10",
    ];
    for fragment in runs {
        for (ticket, other) in [(0, 0), (0, 100), (100, 0), (60, 100), (1, 1)] {
            let (results, settings) = run(fragment, falling(ticket, other));
            let steps = next_steps(results.everything(), &settings);
            for (index, step) in steps.iter().enumerate() {
                let case = format!("{fragment} {ticket} {other}: {step:?}");
                assert!(step.why.ends_with(['.', '?']) && step.question.len() < 60, "{case}");
                assert!(steps[..index].iter().all(|earlier| earlier.fragment() != step.fragment()), "{case}");
                let Some(next) = &step.settings else { continue };
                let (read, rejected) = Settings::from_fragment(&step.fragment());
                assert_eq!((&read.config, read.autoplay, rejected), (&next.config, true, vec![]), "{case}");
                assert_ne!(next.config, settings.config, "{case}");
                assert_eq!(next.workers, settings.workers, "{case}");
                let same = ticket == other;
                assert!(!(same && step.why.contains("points above the same mask")), "{case}");
                assert!(!(ticket == 0 && step.why.contains("below the dense network")), "{case}");
            }
        }
    }
}

#[test]
fn reasons_are_told_in_german() {
    in_german(|| {
        let (results, settings) = run("trials=3", falling(40, 90));
        let steps = next_steps(results.everything(), &settings);
        let why = |question: &str| steps.iter().find(|step| step.question == question).map(|step| &*step.why);
        assert_eq!(
            why("Reichen die Vorzeichen allein?"),
            Some(
                "Mit 1,62\u{a0}% der Gewichte lag das Los im Mittel von 3 Startwerten 3,0 Punkte über derselben Maske mit neuen \
             Zufallsgewichten: Welcher Teil seiner ersten Werte macht den Unterschied?"
            )
        );
    });
}

#[test]
fn what_was_seen_on_the_users_data_is_asked_of_them_again() {
    let own = own_data("32x24x3.7.1000.100");
    for preset in ["quick", "signs", "late"] {
        let fragment = format!("preset={preset}&data={}", own.name);
        for falls in [5, 300] {
            let (results, settings) = run(&fragment, falling(falls, 2 * falls));
            for step in next_steps(results.everything(), &settings) {
                let (again, rejected) = Settings::from_fragment(&step.fragment());
                assert_eq!((&again.config.data, rejected.len()), (&own, 0), "{fragment}: {}", step.question);
                assert_eq!((again.config.model.input, again.config.model.output_count()), (own.image, 7));
                assert!(again.config.transfer.is_none());
            }
        }
    }
    // What has no room for two windows of 5 × 5 is not asked.
    let tiny = own_data("2x2x1.3.1000.100");
    let (results, settings) = run(&format!("data={}", tiny.name), falling(5, 5));
    let seen = Seen { results: results.everything(), settings: &settings };
    let model = |step: NextStep| step.settings.expect("settings").config.model;
    assert!(
        seen.other_presets()
            .map(model)
            .all(|model| model.layer_sizes().iter().all(|size| size.outputs() > 0))
    );
}
