//! Tests of forecasts: with made seconds, and with seconds as they were measured.

use super::*;
use experiment::{
    arm::Arm,
    job_report::{Accuracy, JobReport, LINE_POINTS},
    settings::Settings,
};

/// A finished job that took one second for every hundred steps and one second for every billion multiply-adds.
fn done(results: &RunResults, job: JobId) -> FinishedJob {
    let (config, half) = (results.config(), Accuracy { correct: 1, total: 2 });
    let report = JobReport {
        job,
        alive: expected_survivors(results, job),
        curve: vec![],
        early_stop: config.iterations,
        before_training: None,
        test_early: half,
        test_end: half,
        train_early: half,
        train_end: half,
        interpolated: if job.twin { vec![half; LINE_POINTS] } else { vec![] },
        label_noise: None,
        robustness: None,
        iterations: config.iterations - first_step(config, job),
        batch: config.batch,
    };
    FinishedJob { report, seconds: seconds(job_cost(results, job)), digest: None }
}

fn seconds(cost: ComputeCost) -> f64 {
    cost.multiply_adds / 1e9 + cost.steps / 1e2
}

/// The second round takes far longer than it should. This must not make the forecast expect ever slower rounds.
#[test]
fn a_busy_machine_does_not_pass_for_slow_steps() {
    let config = Settings::from_fragment("iterations=300").0.config;
    let (mut results, mut schedule) =
        (RunResults::new(ExperimentReport::new(&config)), Schedule::new(&config));
    let jobs = job_graph::all_jobs(&config);
    for &job in jobs.iter().filter(|job| job.round < 2) {
        let slow = 1.0 + 0.7 * f64::from(job.round);
        let done = done(&results, job);
        results.add_finished(FinishedJob { seconds: slow * done.seconds, ..done }, None);
        schedule.mark_done(job);
    }
    let expected: f64 =
        jobs.iter().filter(|job| job.round >= 2).map(|&job| seconds(job_cost(&results, job))).sum();
    let left =
        seconds_left(&results, &schedule, 1, WorkerTime::default(), &|_| false).expect("it is measured");
    assert!(expected < left && left < 2.5 * expected, "{left} {expected}");
}

#[test]
fn what_is_left_takes_as_long_as_what_is_done_says() {
    let all = "dense,ticket,reinit,shuffled,random,sign,norewind,late,oneshot";
    for more in ["trials=3", "trials=9&draws=5&rewind_to=300", "criterion=global&trials=2"] {
        let config = Settings::from_fragment(&format!("arms={all}&{more}")).0.config;
        let (mut results, mut schedule) =
            (RunResults::new(ExperimentReport::new(&config)), Schedule::new(&config));
        assert_eq!(seconds_left(&results, &schedule, 4, WorkerTime::default(), &|_| false), None);
        let jobs = job_graph::all_jobs(&config);
        for &job in jobs.iter().filter(|job| job.round < 3) {
            results.add_finished(done(&results, job), None);
            schedule.mark_done(job);
        }
        let open = || jobs.iter().filter(|job| job.round >= 3);
        let expected: f64 = open().map(|&job| seconds(job_cost(&results, job))).sum();
        let left = |workers| {
            seconds_left(&results, &schedule, workers, WorkerTime::default(), &|_| false)
                .expect("it is measured")
        };
        // The counts of weights are rounded, so the fitted speeds are only approximately the original ones.
        assert!((left(1) / expected - 1.0).abs() < 3e-3, "{more}: {} not {expected}", left(1));
        assert!(
            left(4) >= left(1) / 4.0 - 1e-9 && left(4) < left(1) / 3.0,
            "{more}: {} {}",
            left(4),
            left(1)
        );
        // However many workers there are, the rounds of a trial run one after the other.
        let chain = open().filter(|job| job.trial == config.seeds.first() && job.arm == Arm::Ticket);
        let chain: f64 = chain.map(|&job| seconds(job_cost(&results, job))).sum();
        assert!(left(1000) > 0.99 * chain && left(1000) <= left(4), "{more}: {} {chain}", left(1000));
        // With late rewinding, a job takes over its first steps from round 0 and does not repeat them.
        let late = JobId { trial: config.seeds.first(), arm: Arm::Late, round: 2, draw: 0, twin: false };
        let ticket = JobId { arm: Arm::Ticket, ..late };
        assert!(job_cost(&results, late).steps < job_cost(&results, ticket).steps);
    }
}

/// Networks that only read take as long however long their training was.
#[test]
fn reading_corrupted_images_takes_no_training() {
    let left = |iterations: u32, only_reads: bool| {
        let config = Settings::from_fragment(&format!("arms=ticket&iterations={iterations}")).0.config;
        let mut results = RunResults::new(ExperimentReport::new(&config));
        job_graph::all_jobs(&config)
            .into_iter()
            .for_each(|job| results.add_finished(done(&results, job), None));
        let open = Schedule::new(&config);
        seconds_left(&results, &open, 1, WorkerTime::default(), &|_| only_reads).expect("it is measured")
    };
    let (short, long) = (left(500, true), left(50_000, true));
    assert!((short / long - 1.0).abs() < 0.02 && short > 0.0, "{short} s and {long} s");
    let training = left(50_000, false);
    assert!(training > 5.0 * long, "{training} s of training, {long} s of reading");
}

/// The seconds of the ticket's rounds with 20% pruned in each, as measured natively: with 20 iterations, where nearly all
/// time goes into reading images, and with 500.
const TINY_JOBS: [f64; 21] = [
    0.756, 0.777, 0.741, 0.78, 0.577, 0.426, 0.395, 0.327, 0.258, 0.262, 0.22, 0.153, 0.141, 0.158, 0.12,
    0.134, 0.119, 0.076, 0.086, 0.105, 0.07,
];
const SHORT_JOBS: [f64; 21] = [
    1.228, 1.238, 1.313, 1.225, 0.847, 0.65, 0.559, 0.487, 0.392, 0.322, 0.275, 0.272, 0.258, 0.259, 0.21,
    0.18, 0.184, 0.145, 0.164, 0.106, 0.104,
];

/// Of many tiny jobs, each of which costs some time beside the work that its worker counts, what is forecast at first is
/// what it takes, and it shrinks as time passes.
#[test]
fn many_tiny_jobs_take_as_long_as_is_forecast() {
    for (iterations, measured) in [(20, TINY_JOBS), (500, SHORT_JOBS)] {
        for beside_work in [0.0, 0.3] {
            let settings = format!(
                "iterations={iterations}&eval_every={}&rounds=20&rate=0.2&output_rate=0.1&arms=ticket&trials=20",
                iterations / 2
            );
            let config = Settings::from_fragment(&settings).0.config;
            let (mut results, mut schedule) =
                (RunResults::new(ExperimentReport::new(&config)), Schedule::new(&config));
            let mut time = WorkerTime::default();
            let lasts = |job: JobId| measured[job.round as usize] + beside_work;
            while let Some(job) = schedule.start_next_job(None) {
                time.pass(lasts(job), 1);
                time.job_ended(measured[job.round as usize]);
                let seconds = measured[job.round as usize];
                results.add_finished(FinishedJob { seconds, ..done(&results, job) }, None);
                schedule.mark_done(job);
                let open = job_graph::all_jobs(&config).into_iter().filter(|&job| !schedule.is_done(job));
                let expected: f64 = open.map(lasts).sum();
                let left = seconds_left(&results, &schedule, 1, time, &|_| false).expect("it is measured");
                assert!(
                    expected == 0.0 || (0.6..1.5).contains(&(left / expected)),
                    "{settings}, {beside_work} s: {left:.1} s after {job:?}, not {expected:.1} s"
                );
            }
        }
    }
}

/// A run that has not begun takes as long as the same run takes that has just begun, and longer with more work.
#[test]
fn a_whole_run_is_expected_to_take_as_long_as_it_will() {
    let config = Settings::from_fragment("preset=classroom").0.config;
    let mut results = RunResults::new(ExperimentReport::new(&config));
    let jobs = job_graph::all_jobs(&config);
    jobs.iter().for_each(|&job| results.add_finished(done(&results, job), None));
    assert_eq!(MeasuredSpeed::of_finished_jobs(&results, &|_| false), None);
    let speed = MeasuredSpeed::of_finished_jobs(&results, &|job| job.round < 5).expect("it is measured");
    let all: f64 = jobs.iter().map(|&job| seconds(job_cost(&results, job))).sum();
    let forecast = run_forecast(&config, false, 1, Some(speed));
    assert!(forecast.measured && (forecast.seconds / all - 1.0).abs() < 0.01, "{forecast:?} {all}");
    let (two, many) =
        (run_forecast(&config, false, 2, Some(speed)), run_forecast(&config, false, 1000, Some(speed)));
    assert!(forecast.seconds > two.seconds && two.seconds > many.seconds && many.seconds > all / 6.0);
    let assumed = |fragment: &str| {
        let settings = Settings::from_fragment(fragment).0;
        run_forecast(&settings.config, settings.robust, 2, None)
    };
    assert!(!assumed("").measured);
    let order = ["preset=quick", "preset=signs", "preset=classroom", "preset=paper20k", "preset=paper"];
    assert!(order.map(|fragment| assumed(fragment).seconds).is_sorted());
    // Reading corrupted images takes longer than this training.
    let ratio = assumed("preset=robustness").seconds / assumed("preset=quick&trials=3").seconds;
    assert!((5.0..12.0).contains(&ratio), "{ratio} times as long");
    // Five trials of 41 networks that see 50,000 batches each: hours, but not weeks.
    let paper = assumed("preset=paper").seconds / 3600.0;
    assert!((1.0..48.0).contains(&paper), "{paper} hours");
}
