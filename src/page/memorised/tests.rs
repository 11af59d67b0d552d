use crate::{
    headline::headline,
    made_results::{MadeJob, in_german, made_job},
    run_results::RunResults,
    sentences::words::texts,
};
use experiment::{
    arm::Arm,
    experiment_report::ExperimentReport,
    job::JobId,
    job_graph::all_jobs,
    job_report::{Accuracy, LabelNoiseReadings},
    settings::Settings,
};

/// The headline, given the test images that a job reads of 10,000 and the wrong labels that it has memorised of 11,000.
fn said(fragment: &str, made: impl Fn(JobId) -> (u32, u32)) -> String {
    let config = Settings::from_fragment(fragment).0.config;
    let mut report = ExperimentReport::new(&config);
    for job in all_jobs(&config) {
        let (test, memorised) = made(job);
        let mut finished =
            made_job(&config, job, MadeJob { test, validation: 4_000, stop: 50, ..MadeJob::default() });
        let accuracy = |correct, total| Accuracy { correct, total };
        finished.report.label_noise = Some(LabelNoiseReadings {
            clean: accuracy(40_000, 44_000),
            flipped: accuracy(memorised, 11_000),
            restored: accuracy(10_000 - memorised, 11_000),
        });
        report.add_finished_job(finished, None);
    }
    texts(&headline(RunResults::new(report).everything()))
}

/// The dense network memorises most, the re-init least; in `lost` rounds the ticket reads fewer test images than it.
fn by_heart(lost: impl Fn(u32) -> bool) -> impl Fn(JobId) -> (u32, u32) {
    move |job| match job {
        JobId { round: 0, .. } => (9_100, 3_300),
        JobId { arm: Arm::Ticket, round, .. } => (9_200 + 10 * round, 1_100),
        JobId { round, .. } if lost(round) => (9_500 + 50 * round, 220),
        _ => (8_900, 1_150),
    }
}

const NOISY: &str = "preset=quick&label_noise=0.2&rounds=4";

#[test]
fn a_ticket_that_loses_is_said_to_lose_where_it_does() {
    let text = said(NOISY, by_heart(|round| round < 4));
    assert!(
        text.contains("above the same mask with new random weights. That makes it a winning ticket."),
        "{text}"
    );
    let added = text.split_once("winning ticket. ").unwrap().1;
    assert_eq!(
        added,
        "Of the wrong labels the ticket at 6.35% of the weights has memorised 10.0% and seen through 80.9%; the dense network \
         has memorised clearly more, 30.0%, and seen through 60.9%. At 50.1%, 25.1% and 12.6% of the weights the ticket is \
         clearly below the re-init, by as much as 4.2 points at 12.6%: there it loses. Of the wrong labels the ticket at \
         12.6% of the weights has memorised 10.0% and seen through 80.9%; the re-init has memorised clearly less, 2.00%, and \
         seen through 88.9%."
    );
}

#[test]
fn a_ticket_that_does_not_lose_is_not_said_to() {
    let never = said(NOISY, by_heart(|_| false));
    assert!(never.ends_with("At none of 4 sizes is the ticket clearly below the re-init."), "{never}");
    assert!(
        said(&format!("{NOISY}&rounds=1"), by_heart(|_| false))
            .ends_with("At the only size that is pruned, the ticket is not clearly below the re-init.")
    );
    let once = said(NOISY, by_heart(|round| round == 2));
    assert!(once.contains(
        "At 25.1% of the weights the ticket is clearly below the re-init, by 3.8 points: there it loses."
    ));
    // Three trials that disagree show nothing.
    let unclear = said(&format!("{NOISY}&trials=3"), |job| {
        (9_000 + 100 * (job.trial % 2), 3_000 + 90 * ((job.trial + job.round) % 3))
    });
    assert!(
        unclear.contains("the dense network has memorised 28.1%, which is no clear difference"),
        "{unclear}"
    );
    assert!(unclear.contains("At none of 4 sizes"), "{unclear}");
    // Without wrong labels nothing is said of them.
    let plain = said("preset=quick&rounds=4", by_heart(|round| round < 4));
    assert!(!plain.contains("wrong label"), "{plain}");
}

#[test]
fn it_is_said_in_german() {
    let text = in_german(|| said(NOISY, by_heart(|round| round < 3)));
    let added = text.split_once("Gewinnlos. ").unwrap().1;
    assert_eq!(
        added,
        "Von den falschen Labels hat das Los mit 6,35\u{a0}% der Gewichte 10,0\u{a0}% auswendig gelernt und 80,9\u{a0}% durchschaut; \
         das dichte Netz hat klar mehr auswendig gelernt, 30,0\u{a0}%, und 60,9\u{a0}% durchschaut. Mit 50,1\u{a0}% und \
         25,1\u{a0}% der Gewichte liegt das Los klar unter der Neu-Init, am weitesten mit 25,1\u{a0}%, um 3,8 Punkte: Dort \
         verliert es. Von den falschen Labels hat das Los mit 25,1\u{a0}% der Gewichte 10,0\u{a0}% auswendig gelernt und \
         80,9\u{a0}% durchschaut; die Neu-Init hat klar weniger auswendig gelernt, 2,00\u{a0}%, und 88,9\u{a0}% durchschaut."
    );
}
