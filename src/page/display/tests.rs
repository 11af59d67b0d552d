use super::*;
use crate::made_results::{MadeJob, made_job};
use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    job_report::{Accuracy, ReadingsBeforeTraining, ValidationPoint},
    settings::Settings,
};

fn config(fragment: &str) -> ExperimentConfig {
    Settings::from_fragment(fragment).0.config
}

fn results(config: &ExperimentConfig) -> RunResults {
    RunResults::new(ExperimentReport::new(config))
}

fn job(trial: u32, arm: Arm, round: u32) -> JobId {
    JobId { trial, arm, round, draw: 0, twin: false }
}

const ACCURACY: Accuracy = Accuracy { correct: 9, total: 10 };

fn begin(results: &mut RunResults, job: JobId) {
    results.job_started(job);
    let readings = ReadingsBeforeTraining { validation_loss: 2.3, validation: ACCURACY, test: ACCURACY };
    results.add_readings_before_training(job, readings);
}

fn validate(results: &mut RunResults, job: JobId, iteration: u32) {
    results.add_validation(job, ValidationPoint { iteration, loss: 0.3, accuracy: ACCURACY });
}

fn finish(results: &mut RunResults, job: JobId) {
    let finished = made_job(results.config(), job, MadeJob::default());
    results.add_finished(finished, None);
}

#[test]
fn the_frontier_is_what_every_arm_of_the_first_trial_has_reached() {
    let config = config("trials=2&iterations=100&eval_every=20&rounds=1");
    let mut results = results(&config);
    assert_eq!(frontier(&results), Moment::START);
    let dense = job(1, Arm::Ticket, 0);
    results.job_started(dense);
    assert_eq!(frontier(&results), Moment::START, "its first weights have not been read");
    begin(&mut results, dense);
    assert_eq!(frontier(&results), Moment::training(0, 0));
    validate(&mut results, dense, 20);
    assert_eq!(frontier(&results), Moment::training(0, 20));
    finish(&mut results, dense);
    assert_eq!(frontier(&results), Moment::training(0, 100), "the second trial has not ended the round");
    finish(&mut results, job(2, Arm::Ticket, 0));
    assert_eq!(frontier(&results), Moment::start_of(1));
    let (ticket, reinit) = (job(1, Arm::Ticket, 1), job(1, Arm::Reinit, 1));
    begin(&mut results, ticket);
    validate(&mut results, ticket, 20);
    assert_eq!(frontier(&results), Moment::start_of(1), "the re-init has not begun");
    begin(&mut results, reinit);
    assert_eq!(frontier(&results), Moment::training(1, 0));
    finish(&mut results, ticket);
    validate(&mut results, reinit, 60);
    assert_eq!(frontier(&results), Moment::training(1, 60));
    for job in [reinit, job(2, Arm::Ticket, 1), job(2, Arm::Reinit, 1)] {
        finish(&mut results, job);
    }
    assert_eq!(frontier(&results), Moment::end(&config));
}

#[test]
fn a_run_of_the_dense_network_alone_ends_with_round_0() {
    let config = config("arms=dense&iterations=100");
    let mut results = results(&config);
    finish(&mut results, job(1, Arm::Ticket, 0));
    assert_eq!(
        (frontier(&results), Moment::end(&config)),
        (Moment::training(0, 100), Moment::training(0, 100))
    );
}

/// The seconds at which each stage begins, in frames of a sixtieth of a second.
fn stage_starts(config: &ExperimentConfig, speed: Speed) -> Vec<(u32, Stage, f64)> {
    let mut display = Display::new(None);
    let end = Moment::end(config);
    let mut starts: Vec<(u32, Stage, f64)> = vec![];
    let mut last = Moment::START;
    for frame in 0.. {
        let moment = display.moment(end).unwrap();
        assert!(moment >= last, "{moment} after {last}");
        last = moment;
        if starts.last().is_none_or(|start| (start.0, start.1) != (moment.round, moment.stage)) {
            starts.push((moment.round, moment.stage, f64::from(frame) / 60.0));
        }
        if moment == end {
            starts.push((moment.round + 1, Stage::Rewind, f64::from(frame) / 60.0));
            return starts;
        }
        display.advance(1.0 / 60.0, speed, config, end);
    }
    unreachable!("the display comes to the end")
}

#[test]
fn a_round_takes_about_three_or_twelve_seconds_and_the_first_one_more() {
    let config = config("rounds=3");
    for (speed, about) in [(Speed::Normal, 3.0), (Speed::Slow, 12.0)] {
        let starts = stage_starts(&config, speed);
        let stages: Vec<(u32, Stage)> = starts.iter().map(|start| (start.0, start.1)).collect();
        let in_order = (0..4).flat_map(|round| Stage::ALL.iter().map(move |&stage| (round, stage)));
        assert!(stages[..11].iter().copied().eq(in_order.take(11)), "{stages:?}");
        let begins = |round| starts.iter().find(|start| start.0 == round).unwrap().2;
        assert!((begins(3) - begins(2) - about).abs() < 0.2, "{speed:?}: {starts:?}");
        assert!(begins(1) > 1.25 * about && starts[4].2 - starts[3].2 > 1.5, "the first round holds");
    }
}

#[test]
fn the_display_waits_for_the_run_and_never_goes_beyond_it() {
    let config = config("iterations=100&eval_every=20&rounds=1");
    let mut display = Display::new(None);
    let play = |display: &mut Display, frontier| {
        (0..2000).for_each(|_| _ = display.advance(1.0 / 60.0, Speed::Normal, &config, frontier));
        display.moment(frontier).unwrap()
    };
    for frontier in [Moment::training(0, 0), Moment::training(0, 40), Moment::training(0, 100)] {
        assert_eq!(play(&mut display, frontier), frontier);
    }
    assert_eq!(play(&mut display, Moment::start_of(1)), Moment::start_of(1));
    // A failure takes back a round that is not finished.
    assert_eq!(play(&mut display, Moment::training(1, 60)), Moment::training(1, 60));
    assert_eq!(play(&mut display, Moment::start_of(1)), Moment::start_of(1));
    // What is held stays; what follows is there at once.
    display.go_to(&config, Moment::training(0, 20), 0.2, Moment::training(1, 60));
    assert_eq!(play(&mut display, Moment::training(1, 60)), Moment::training(0, 20));
    display.follow();
    display.advance(0.0, Speed::Slow, &config, Moment::training(1, 80));
    assert_eq!(display.moment(Moment::training(1, 80)), Some(Moment::training(1, 80)));
    display.replay();
    display.advance(0.0, Speed::Computed, &config, Moment::end(&config));
    assert_eq!(display.moment(Moment::end(&config)), Some(Moment::end(&config)));
}

#[test]
fn stops_lead_through_a_run_and_back() {
    let config = config("iterations=50&eval_every=20&rounds=1");
    let mut stops = vec![Moment::START];
    while let Some(next) =
        Some(next_stop(&config, stops[stops.len() - 1], true)).filter(|next| next != &stops[stops.len() - 1])
    {
        stops.push(next);
    }
    let said: Vec<String> = stops.iter().map(Moment::to_string).collect();
    let of_round = |round: u32| [0, 20, 40, 50].map(|iteration| format!("{round}.{iteration}.train"));
    let mut expected = vec!["0.0.rewind".to_owned()];
    expected.extend(of_round(0));
    expected.extend(["0.50.prune".to_owned(), "1.0.rewind".to_owned()]);
    expected.extend(of_round(1));
    assert_eq!(said, expected);
    for pair in stops.windows(2) {
        assert_eq!(next_stop(&config, pair[1], false), pair[0]);
    }
    assert_eq!(next_stop(&config, Moment::training(0, 30), false), Moment::training(0, 20));
    let ends = |moment, forward| next_round_end(&config, moment, forward).to_string();
    assert_eq!(
        [ends(Moment::START, true), ends(Moment::training(0, 50), true)],
        ["0.50.train", "1.50.train"]
    );
    assert_eq!(
        [ends(Moment::end(&config), true), ends(Moment::end(&config), false)],
        ["1.50.train", "0.50.train"]
    );
    assert_eq!(ends(Moment::training(0, 50), false), "0.0.rewind");
}

#[test]
fn positions_of_the_timeline_are_moments() {
    let config = config("iterations=500&rounds=2");
    for (moment, progress) in [
        (Moment::START, 0.0),
        (Moment::training(0, 250), 0.5),
        (Moment::pruning(&config, 1), 0.5),
        (Moment::start_of(2), 0.5),
        (Moment::end(&config), 1.0),
    ] {
        let there = moment_at_position(&config, timeline_position(&config, moment, progress));
        assert!(there.0 == moment && (there.1 - progress).abs() < 1e-9, "{moment}: {there:?}");
    }
    assert_eq!(moment_at_position(&config, 99.0).0, Moment::end(&config));
    assert_eq!(moment_at_position(&config, -1.0).0, Moment::START);
}
