//! Tests the reports of real runs: the number of workers changes none of the results, and an interrupted experiment
//! continues from its file.

mod mnist;

use experiment::{
    config::ExperimentConfig,
    experiment_report::ExperimentReport,
    job_graph::all_jobs,
    prune_counts::{survivors_per_round, total_survivors_per_round},
    settings::Settings,
};

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
