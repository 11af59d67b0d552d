//! Tests the reports of real runs: the number of workers changes none of the results, and an interrupted experiment
//! continues from its file.

mod mnist;

use experiment::{
    arm::Arm,
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job::JobId,
    job_graph::all_jobs,
    prune_counts::{survivors_per_round, total_survivors_per_round},
    settings::Settings,
};
use ticket_lab::{TrainingInputs, verification::train_again};

fn config(fragment: &str) -> ExperimentConfig {
    let (settings, rejected) = Settings::from_fragment(fragment);
    assert_eq!(rejected, []);
    settings.config
}

/// The fragment of a very small experiment with every arm and a second draw.
const ALL: &str = "arms=dense,ticket,reinit,shuffled,random,sign,norewind,late,oneshot,snip,\
                   grasp,synflow,magnitude_init,random_global,supermask&draws=2&iterations=6&eval_every=4&rounds=2&hidden=6,5&batch=10";

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

/// A very small experiment with every arm of another data set.
const TRANSFER: &str = "transfer=fashion&arms=ticket,late,other_ticket,other_reinit,transferred,transferred_reinit,\
                        transferred_random&iterations=6&eval_every=4&rounds=2&hidden=6,5&batch=10";

fn both() -> TrainingInputs {
    TrainingInputs { other_data: Some(mnist::fashion()), ..(&mnist::mnist()).into() }
}

#[test]
fn a_run_on_two_data_sets_reads_back_verifies_and_merges() {
    let trained = |fragment: &str| {
        let mut report = ExperimentReport::new(&config(fragment));
        ticket_lab::run(&mut report, both(), 2, &mut |_| Ok(())).unwrap();
        report
    };
    let report = trained(TRANSFER);
    let text = report.to_file_text();
    let head = text.lines().next().unwrap();
    assert!(
        head.contains("\"transfer\":\"fashion\"") && head.contains("\"other_data\":{\"name\":\"fashion\""),
        "{head}"
    );
    let read = ExperimentReport::from_file_text(&text).unwrap();
    assert_eq!(read.to_file_text(), text);
    assert!(read.is_complete());
    // The two dense networks leave masks of their own.
    let mask = |arm| read.next_mask(JobId { trial: 1, arm, round: 0, draw: 0, twin: false }).unwrap();
    assert_ne!(mask(Arm::Ticket), mask(Arm::OtherTicket));
    let jobs = all_jobs(read.config()).into_iter().collect();
    let verified = train_again(&read, &jobs, both(), 2, &mut |_| Ok(())).unwrap();
    assert_eq!(verified.len(), 3 + 2 + 3 + 4 * 2);
    assert!(verified.iter().all(|one| one.differences.is_empty()), "{verified:?}");
    // Under the images of the other set in its place, they come out otherwise.
    let same = TrainingInputs { other_data: Some(mnist::mnist()), ..both() };
    let verified = train_again(&read, &jobs, same, 2, &mut |_| Ok(())).unwrap();
    for one in verified {
        assert_eq!(one.differences.is_empty(), !one.job.arm.is_of_other_data(), "{}", one.job);
    }
    let missing = train_again(&read, &jobs, &mnist::mnist(), 1, &mut |_| Ok(())).unwrap_err();
    assert!(missing.to_string().contains("is trained on Fashion-MNIST, which was not given"), "{missing}");
    // Other images than those of the settings are refused.
    let sha256 = &read.config().transfer.as_ref().unwrap().sha256;
    let error = ExperimentReport::from_file_text(&text.replace(sha256, &"0".repeat(64))).unwrap_err();
    assert!(error.to_string().contains("its images are those of fashion"), "{error}");
    let second = trained(&format!("{TRANSFER}&seed=2"));
    let merged = ExperimentReport::merge(vec![second, read]).unwrap();
    assert_eq!(merged.finished_jobs().len(), 2 * all_jobs(&config(TRANSFER)).len());
    assert!(merged.is_complete());
}

/// Pruning is by one number for all layers, so the counts in them are those of the masks. The rates round differently in
/// each layer and in all together.
#[test]
fn a_run_with_a_global_criterion_reads_back() {
    let config = config(
        "arms=dense,ticket,reinit,random,norewind,oneshot,snip,magnitude_init,supermask&criterion=global&rate=0.25&rounds=3&iterations=6&eval_every=6\
         &hidden=6,5&batch=10",
    );
    let by_layer: Vec<u32> = survivors_per_round(&config).iter().map(|layers| layers.iter().sum()).collect();
    assert_ne!(by_layer, total_survivors_per_round(&config));
    let mut report = ExperimentReport::new(&config);
    run(&mut report, 2);
    let text = report.to_file_text();
    assert_eq!(ExperimentReport::from_file_text(&text).unwrap().to_file_text(), text);
}
