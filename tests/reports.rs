//! Tests report files: a report reads back as it was written, reports merge, an interrupted experiment continues, and
//! wrong files are refused. The number of workers changes none of the results.

mod mnist;

use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::{ExperimentReport, FinishedJob, merge::MergeError, report_file::ReportFileError},
    job::JobId,
    job_graph::{all_jobs, output_spec},
    job_report::{Accuracy, JobReport, ReadingsBeforeTraining, ValidationPoint},
    prune_counts::{survivors_per_round, total_survivors_per_round},
    seeds::Seeds,
    settings::Settings,
    store::JobOutputStore,
};
use std::collections::BTreeSet;

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

/// The fragment of a very small experiment with every arm and a second draw.
const ALL: &str = "arms=dense,ticket,reinit,shuffled,random,sign,norewind,late,oneshot&draws=2&iterations=6&eval_every=4\
                   &rounds=2&hidden=6,5&batch=10";

/// The text of a report file without its seconds.
fn without_seconds(experiment_report: &ExperimentReport) -> String {
    let mut lines = vec![];
    for line in experiment_report.to_file_text().lines() {
        lines.push(line.split(",\"seconds\":").next().unwrap_or_default().to_string());
    }
    lines.join("\n")
}

fn run(experiment_report: &mut ExperimentReport, workers: usize) {
    ticket_lab::run(experiment_report, &mnist::mnist(), workers, &mut |_| Ok(())).unwrap();
}

#[test]
fn the_number_of_workers_and_an_interruption_change_no_digit() {
    let config = config(ALL);
    let mut first = ExperimentReport::new(&config);
    run(&mut first, 1);
    assert!(first.is_complete());
    let whole = without_seconds(&first);
    assert_eq!(whole.lines().count(), 1 + all_jobs(&config).len());
    for workers in [2, 4] {
        let mut experiment_report = ExperimentReport::new(&config);
        run(&mut experiment_report, workers);
        assert_eq!(without_seconds(&experiment_report), whole, "{workers} workers");
    }
    // The file of an interrupted run has some of the lines in the order in which jobs finished, with masks in the
    // middle.
    for kept in [2, 14] {
        let mut growing = ExperimentReport::new(&config);
        let mut text = growing.header_line();
        let all = ticket_lab::run(&mut growing, &mnist::mnist(), 2, &mut |news| {
            let ticket_lab::RunEvent::Finished { job, experiment_report, .. } = news else { return Ok(()) };
            text += &experiment_report.job_line(job).unwrap_or_default();
            if experiment_report.finished_jobs().len() == kept {
                Err(std::io::ErrorKind::Interrupted.into())
            } else {
                Ok(())
            }
        });
        assert!(all.is_err());
        let mut resumed = ExperimentReport::from_file_text(&text).unwrap();
        assert_eq!(resumed.finished_jobs().len(), kept);
        run(&mut resumed, 2);
        assert_eq!(without_seconds(&resumed), whole, "after {kept} jobs");
    }
}

/// Pruning is by one number for all layers, so the counts in them are those of the masks. The rates round differently in
/// each layer and in all together.
#[test]
fn a_run_with_a_global_criterion_reads_back() {
    let config = config(
        "arms=dense,ticket,reinit,random,norewind,oneshot&criterion=global&rate=0.25&rounds=3&iterations=6&eval_every=6\
         &hidden=6,5&batch=10",
    );
    let by_layer: Vec<u32> = survivors_per_round(&config).iter().map(|layers| layers.iter().sum()).collect();
    assert_ne!(by_layer, total_survivors_per_round(&config));
    let mut report = ExperimentReport::new(&config);
    run(&mut report, 2);
    let text = report.to_file_text();
    assert_eq!(ExperimentReport::from_file_text(&text).unwrap().to_file_text(), text);
}

/// A hand-made report in which each pruning takes the first survivors of each layer.
fn made(config: &ExperimentConfig) -> ExperimentReport {
    let mut experiment_report = ExperimentReport::new(config);
    let survivors = survivors_per_round(config);
    let mask = |round: u32| -> Vec<u8> {
        let layers = config.model.layer_weight_counts().into_iter().zip(&survivors[round as usize]);
        layers.flat_map(|(all, left)| (0..all).map(move |weight| u8::from(weight >= all - left))).collect()
    };
    let mut order = all_jobs(config);
    order.sort_by_key(|job| (job.round, *job));
    for job in order {
        let n = job.trial * 10 + job.round;
        // One loss has many digits and the last one is not finite.
        let point = |iteration| ValidationPoint {
            iteration,
            loss: if iteration == config.iterations {
                f32::INFINITY
            } else {
                0.1 + 0.2 / (n + iteration) as f32
            },
            accuracy: Accuracy { correct: 4_000 + n % 1_000, total: 5_000 },
        };
        let accuracy = |correct, total| Accuracy { correct, total };
        let curve: Vec<ValidationPoint> = config.evaluation_iterations(0).map(point).collect();
        let report = JobReport {
            job,
            alive: survivors[job.round as usize].clone(),
            early_stop: curve[curve.len() - 2].iteration,
            curve,
            before_training: Some(ReadingsBeforeTraining {
                validation_loss: 2.5,
                validation: accuracy(500 + n % 1_000, 5_000),
                test: accuracy(1_000 + n % 1_000, 10_000),
            }),
            test_early: accuracy(9_000 + n % 1_000, 10_000),
            test_end: accuracy(8_100 + n % 1_000, 10_000),
            train_early: accuracy(50_000 + n % 1_000, 55_000),
            train_end: accuracy(54_000 + n % 1_000, 55_000),
            iterations: config.iterations,
            batch: config.batch,
        };
        let leaves_mask = output_spec(config, job).next_mask;
        let next = leaves_mask.then(|| mask(job.round + 1));
        let digest = Some(format!("{:014x}{:02x}", job.trial, job.round));
        let finished = FinishedJob { report, seconds: f64::from(n) + 0.125, digest };
        experiment_report.add_finished_job(finished, next.as_deref());
    }
    experiment_report
}

#[test]
fn a_file_comes_back_as_it_went_out() {
    for fragment in [
        ALL,
        "rounds=3&hidden=3,2&iterations=6&eval_every=4&batch=10",
        "rounds=0&hidden=3,2&data=fashion&seeds=1,9-11&iterations=2000&eval_every=2",
    ] {
        let experiment_report = made(&config(fragment));
        let text = experiment_report.to_file_text();
        let back = ExperimentReport::from_file_text(&text).unwrap();
        assert_eq!((&back, back.to_file_text()), (&experiment_report, text.clone()));
        // The lines may be in any order.
        let (head, lines) = text.split_once('\n').unwrap();
        let turned: Vec<&str> = std::iter::once(head).chain(lines.lines().rev()).collect();
        assert_eq!(ExperimentReport::from_file_text(&turned.join("\n")).unwrap().to_file_text(), text);
        // The report also survives the way between page and worker.
        let (parts, prune_rounds) = experiment_report.to_parts();
        assert_eq!(ExperimentReport::from_parts(parts, prune_rounds), Some(experiment_report));
    }
}

#[test]
fn what_is_malformed_or_of_another_version_is_refused() {
    let text = made(&config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let rejected = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        ExperimentReport::from_file_text(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert_eq!(ExperimentReport::from_file_text(""), Err(ReportFileError::NotAReport));
    assert_eq!(ExperimentReport::from_file_text("{\"a\":1}\n"), Err(ReportFileError::NotAReport));
    assert!(rejected("ticket-lab report", "other report").contains("not a report of Ticket Lab"));
    let version = rejected("\"version\":2", "\"version\":3");
    assert!(version.contains("version 3") && version.contains("versions 1 to 2"), "{version}");
    assert!(rejected("\"rounds\":\"2\"", "\"rounds\":\"99\"").starts_with("line 1: rounds=99 was not used"));
    assert!(rejected("\"rounds\"", "\"turns\"").contains("“turns” is not a setting"));
    assert!(rejected("\"rounds\":\"2\"", "\"rounds\":2").contains("“rounds” is not a setting"));
    for (from, to, what) in [
        ("\"round\":1", "\"round\":7", "is not a job of this experiment"),
        ("\"trial\":1", "\"trial\":2", "is not a job of this experiment"),
        ("\"weights\":2378", "\"weights\":2377", "weights contradicts"),
        ("\"arm\":\"ticket\"", "\"arm\":\"magic\"", "cannot be read"),
        ("\"iterations\":6,", "", "cannot be read"),
        ("\"deaths\":\"", "\"deaths\":\"!", "not base64"),
        ("\"deaths\":\"", "\"deaths\":\"AAAA", "damaged"),
    ] {
        let said = rejected(from, to);
        assert!(said.starts_with("line ") && said.contains(what), "{from}: {said}");
    }
    // The last line is cut short.
    let cut = &text[..text.len() - 40];
    assert!(matches!(ExperimentReport::from_file_text(cut), Err(ReportFileError::InvalidLine { .. })));
    // The masks are those of another network.
    let other = made(&config("rounds=2&hidden=4,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let prune_rounds = |text: &str| {
        let from = text.find("\"deaths\":\"").unwrap() + 10;
        text[from..].split('"').next().unwrap_or_default().to_string()
    };
    assert!(rejected(&prune_rounds(&text), &prune_rounds(&other)).contains("not those of 2378 weights"));
}

#[test]
fn files_of_different_seeds_make_one_experiment() {
    let fragment = "rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10";
    let report_of = |seed, trials| {
        made(&ExperimentConfig { seeds: Seeds::consecutive(seed, trials).unwrap(), ..config(fragment) })
    };
    let merged = ExperimentReport::merge(vec![report_of(3, 1), report_of(1, 1), report_of(2, 2)]).unwrap();
    assert_eq!(merged, report_of(1, 3));
    assert!(merged.is_complete());
    assert_eq!(ExperimentReport::merge(vec![]), Err(MergeError::NoReports));
    // Seeds need not follow each other.
    let merged = ExperimentReport::merge(vec![report_of(1, 1), report_of(3, 1)]).unwrap();
    assert_eq!((merged.config().seeds.to_string().as_str(), merged.is_complete()), ("1,3", true));
    let other = made(&ExperimentConfig { iterations: 7, ..config(fragment) });
    let said = ExperimentReport::merge(vec![report_of(1, 1), other]).unwrap_err().to_string();
    assert!(said.starts_with("iterations is 6 in one report and 7 in another"), "{said}");
    // The same trial has other results.
    let text = report_of(1, 1).to_file_text().replacen("[8110,10000]", "[8111,10000]", 1);
    let changed = ExperimentReport::from_file_text(&text).unwrap();
    let job = JobId { trial: 1, arm: Arm::Ticket, round: 0, draw: 0 };
    assert_eq!(
        ExperimentReport::merge(vec![report_of(1, 1), changed]),
        Err(MergeError::DifferentResults(job))
    );
    // Other seconds are no conflict, and an incomplete file and a complete one merge into a complete one.
    let mut slower = ExperimentReport::new(&config(fragment));
    let whole = report_of(1, 1);
    for finished in whole.finished_jobs().values().take(2) {
        slower.add_finished_job(FinishedJob { seconds: 1e3, ..finished.clone() }, None);
    }
    let merged = ExperimentReport::merge(vec![slower, whole.clone()]).unwrap();
    assert_eq!(without_seconds(&merged), without_seconds(&whole));
}

#[test]
fn a_file_without_a_setting_has_the_quick_looks() {
    // The file is like one that was written before the setting existed.
    let text = made(&config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10")).to_file_text();
    let names = ["criterion", "optimizer", "momentum", "warmup", "dropout", "init"];
    let mut older = text.clone();
    for name in names {
        let from = older.find(&format!("\"{name}\":")).unwrap();
        let end = from + older[from..].find(',').unwrap() + 1;
        older.replace_range(from..end, "");
    }
    assert!(older.len() < text.len());
    assert_eq!(ExperimentReport::from_file_text(&older).unwrap().to_file_text(), text);
}

#[test]
fn the_store_resumed_from_a_file_asks_only_for_what_is_missing() {
    let config = config("rounds=2&hidden=3,2&iterations=6&eval_every=4&batch=10");
    let mut experiment_report = made(&config);
    let text: Vec<String> = experiment_report.to_file_text().lines().map(String::from).collect();
    // The last re-init is missing. Its mask is in the ticket's chain, so no other job runs again.
    experiment_report = ExperimentReport::from_file_text(&text[..text.len() - 1].join("\n")).unwrap();
    let done: BTreeSet<JobId> = experiment_report.finished_jobs().keys().copied().collect();
    let store =
        JobOutputStore::resume(&config, |job| done.contains(&job), |job| experiment_report.next_mask(job));
    let open: Vec<JobId> = all_jobs(&config).into_iter().filter(|&job| store.is_unfinished(job)).collect();
    assert_eq!(open, [JobId { trial: 1, arm: Arm::Reinit, round: 2, draw: 0 }]);
    assert!(store.inputs_for(open[0]).is_ok());
}
