use crate::{
    headline::headline,
    made_results::{MadeJob, made_job},
    run_results::RunResults,
    sentences::words::texts,
};
use experiment::{
    arm::Arm, experiment_report::ExperimentReport, job::JobId, job_graph::all_jobs,
    robustness::RobustnessReadings, settings::Settings,
};

/// The headline, given the noisy test images of 10,000 that a job reads, if it has read them.
fn said(noisy: impl Fn(JobId) -> Option<u32>) -> String {
    let config = Settings::from_fragment("preset=quick&rounds=2").0.config;
    let mut report = ExperimentReport::new(&config);
    for job in all_jobs(&config) {
        let made = MadeJob { test: 9_500, validation: 4_000, stop: 50, ..MadeJob::default() };
        let mut finished = made_job(&config, job, made);
        finished.report.robustness =
            noisy(job).map(|read| RobustnessReadings { noise: [0, 0, read, 0, 0], ..Default::default() });
        report.add_finished_job(finished, None);
    }
    texts(&headline(RunResults::new(report).everything()))
}

#[test]
fn the_headline_says_how_networks_stand_under_noise_where_all_have_read_it() {
    let read = |job: JobId| match job {
        JobId { round: 0, .. } => 7_000,
        JobId { arm: Arm::Ticket, .. } => 7_900,
        _ => 8_050,
    };
    let with = said(|job| Some(read(job)));
    let added = "In this run, under noise of 0.3, the ticket at 25.1% of the weights is 9.0 points above the dense \
                 network";
    assert!(with.contains(added), "{with}");
    assert!(with.contains("but 1.5 points below the re-init"), "{with}");
    for without in [said(|_| None), said(|job| Some(read(job)).filter(|_| job.round > 0))] {
        assert!(!without.contains("noise"), "{without}");
    }
}
