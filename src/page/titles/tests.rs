use super::*;
use crate::made_results::{MadeJob, made_results, with_each_page};

/// The titles when all rounds are over.
fn titles(fragment: &str, made: impl Fn(JobId) -> MadeJob) -> [String; 6] {
    let results = made_results(fragment, 40, made);
    by_element_id(results.everything(), Metric::TestEnd).map(|(_, text)| text)
}

/// The title of the weights left, if the ticket reads so many of 10,000 test images in each round, the dense network first.
fn of_rounds(tickets: &[u32]) -> String {
    let test = |job: JobId| if job.arm == Arm::Ticket { tickets[job.round as usize] } else { 9_000 };
    let fragment = format!("rounds={}", tickets.len() - 1);
    titles(&fragment, |job| MadeJob { test: test(job), ..MadeJob::default() })[1].clone()
}

#[test]
fn sizes_are_told_as_they_are() {
    let start = "In this run the ticket is";
    for (tickets, expected) in [
        (&[9_500, 9_490][..], "not clearly below the dense network down to 50.1% of the weights"),
        (&[9_500, 9_700, 9_490], "not clearly below the dense network down to 25.1% of the weights"),
        (
            &[9_500, 9_500, 9_500, 9_410],
            "not clearly below the dense network down to 25.1% of the weights, and 0.9 points below it at 12.6%",
        ),
        (&[9_500, 9_300], "2.0 points below the dense network at 50.1% of the weights"),
        (&[9_500, 9_300, 9_400], "below the dense network at every size, by 1.0 points at 25.1%"),
        (&[9_500, 9_300, 9_500, 9_400], "below the dense network at 2 of 3 sizes, by 1.0 points at 12.6%"),
        (&[9_500, 9_300, 9_500], "below the dense network at 1 of 2 sizes, not clearly at 25.1%"),
    ] {
        let said = of_rounds(tickets);
        assert!(said.starts_with(&format!("{start} {expected}; there it ")), "{tickets:?}: {said}");
    }
    assert!(of_rounds(&[9_500, 9_490]).ends_with("; there it is 4.9 points above the re-init"));
    assert!(of_rounds(&[9_500, 9_010]).ends_with("; there it shows no clear difference from the re-init"));
    let alone = titles("arms=ticket&rounds=1&trials=2", |_| MadeJob { test: 9_000, ..MadeJob::default() });
    assert_eq!(
        alone[1],
        "On the mean of 2 trials the ticket is not clearly below the dense network down to 50.1% of the weights"
    );
    let results = made_results("rounds=1", 1, |_| MadeJob::default());
    assert_eq!(
        words::text(&rounds(results.everything(), Metric::Loss)),
        "What pruning does to the least validation loss"
    );
}

#[test]
fn curves_are_compared_at_their_first_common_validation() {
    let made = |job: JobId| MadeJob {
        validation: if job.arm == Arm::Reinit { 4_000 } else { 4_300 },
        ..MadeJob::default()
    };
    let title = |fragment: &str| titles(fragment, made)[0].clone();
    assert_eq!(
        title("rounds=3"),
        "In this run, at iteration 50 of finished round 3, the ticket is 6.0 points above the re-init"
    );
    // A late curve begins later.
    assert_eq!(
        title("rounds=2&arms=ticket,late&trials=2&rewind_to=120"),
        "On the mean of 2 trials, at iteration 150 of finished round 2, the late-rewound network shows no clear difference from the \
         ticket"
    );
    assert!(
        title("rounds=1&arms=ticket")
            .ends_with("the ticket shows no clear difference from the dense network")
    );
    // 1.2 points of 5,000 images are less clear than of 10,000.
    let close = |job: JobId| MadeJob {
        validation: if job.arm == Arm::Reinit { 4_240 } else { 4_300 },
        ..MadeJob::default()
    };
    assert!(titles("rounds=1", close)[0].contains("no clear difference"));
}

#[test]
fn early_stops_are_compared_only_where_they_can_be() {
    let title = |fragment: &str, stop: fn(JobId) -> u32| {
        titles(fragment, |job| MadeJob { stop: stop(job), ..MadeJob::default() })[2].clone()
    };
    let halved = |job: JobId| if job.arm == Arm::Reinit { 200 * job.trial } else { 100 * job.trial };
    assert_eq!(
        title("rounds=1", |job| if job.arm == Arm::Reinit { 500 } else { 250 }),
        "In this run the validation loss of the ticket at 50.1% of the weights is least at iteration 250, that of the re-init not before iteration 500"
    );
    assert_eq!(
        title("rounds=1&trials=2", halved),
        "On the mean of 2 trials the ticket at 50.1% of the weights stops sooner than the re-init, after 0.50 times as many iterations"
    );
    assert!(
        title("rounds=1&trials=2&arms=ticket", |job| 200 - 100 * (1 - job.round.min(1)))
            .ends_with("stops later than the dense network, after 2.00 times as many iterations")
    );
    assert_eq!(
        title("rounds=1&trials=2", |job| if job.arm == Arm::Reinit { 200 * job.trial } else { 350 }),
        "On the mean of 2 trials the ticket at 50.1% of the weights shows no clear difference from the re-init in when it stops"
    );
    assert_eq!(
        title("rounds=1&trials=3&draws=2", |job| match job {
            JobId { arm: Arm::Reinit, draw: 1, .. } | JobId { trial: 3, .. } => 500,
            _ => 100,
        }),
        "At 50.1% of the weights the validation loss is least not before iteration 500, the last, in 1 of 3 trainings of \
         the ticket and in 4 of 6 of the re-init"
    );
}

#[test]
fn layers_and_costs_are_counted() {
    let title = |fragment: &str, at: usize| titles(fragment, |_| MadeJob::default())[at].clone();
    assert_eq!(
        title("rounds=6", 3),
        "After 6 prunings 1.56% of layer 1, 1.56% of layer 2 and 17.8% of the output layer are left"
    );
    assert_eq!(title("rounds=1&hidden=none", 3), "After 1 pruning 75.0% of the only layer is left");
    assert_eq!(
        title("rounds=1", 4),
        "2 rounds of the ticket cost 75.1% of the multiply-adds of the same steps in a dense network"
    );
    assert!(title("rounds=1&arms=reinit", 4).starts_with("1 round of the re-init costs 50."));
    assert!(title("rounds=2&arms=ticket,oneshot", 4).starts_with("3 rounds of the ticket cost "));
}

#[test]
fn nothing_pruned_leaves_questions() {
    for (fragment, last) in [("preset=quick", 0), ("arms=dense", 6), ("rounds=0", 0)] {
        let results = made_results(fragment, last, |_| MadeJob { test: 9_000, ..MadeJob::default() });
        for (id, text) in by_element_id(results.everything(), Metric::TestEnd) {
            assert!(text.ends_with('?'), "{fragment}, {id}: {text}");
        }
    }
    let results = made_results("preset=quick", 0, |_| MadeJob::default());
    let question = words::text(&curves(results.everything()));
    assert_eq!(question, "Does the ticket learn faster than the re-init?");
}

/// The texts in `index.html` must be those of the preset that a first visit shows.
#[test]
fn the_page_begins_with_the_questions_of_the_quick_look() {
    with_each_page(begins_with_the_questions_of_the_quick_look);
}

fn begins_with_the_questions_of_the_quick_look(page: &str) {
    let settings = experiment::settings::Settings::from_fragment("").0;
    let results = crate::run_results::RunResults::new(experiment::experiment_report::ExperimentReport::new(
        &settings.config,
    ));
    let headline = words::texts(&crate::headline::headline(results.everything()));
    let titles = by_element_id(results.everything(), Metric::TestEnd);
    for (id, text) in titles.into_iter().chain([("headline", headline)]) {
        assert!(page.contains(&format!("id=\"{id}\">{text}</")), "{id}: {text}");
    }
}

#[test]
fn sizes_of_a_run_of_the_claims_are_those_that_were_trained() {
    let of_oneshot = |tickets: [u32; 3]| {
        let test = move |job: JobId| match (job.arm, job.round) {
            (Arm::OneShot, 2) => tickets[0],
            (Arm::OneShot, 4) => tickets[1],
            (Arm::OneShot, _) => tickets[2],
            _ => 9_500,
        };
        titles("preset=paper&trials=1&jobs=claims", |job| MadeJob { test: test(job), ..MadeJob::default() })
    };
    let after = of_oneshot([9_500, 9_500, 9_300]);
    let start = "In this run the one-shot network is not clearly below the dense network down to 41.1% of the weights, \
                 and 2.0 points below it at 21.1%";
    assert!(after[1].starts_with(start), "{}", after[1]);
    let some = of_oneshot([9_300, 9_500, 9_300]);
    assert!(some[1].contains("below the dense network at 2 of 3 sizes"), "{}", some[1]);
    assert!(after[0].contains("of finished round 7"), "{}", after[0]);
    assert!(after[4].starts_with("21 rounds of the ticket cost"), "{}", after[4]);
}

fn said_of_twins(fragment: &str, rounds: u32, least: impl Fn(JobId) -> u32) -> (String, Option<Measured>) {
    let made =
        |job: JobId| MadeJob { test: 9_500, validation: 4_000, stop: 50, least_on_line: Some(least(job)) };
    let results = made_results(fragment, rounds, made);
    let shown = results.everything();
    (words::text(&barriers(shown)), barriers::barrier(shown, Arm::Ticket, rounds))
}

#[test]
fn the_title_says_how_far_two_trainings_are_apart_or_asks() {
    let (text, measured) =
        said_of_twins("twins=1&rounds=1", 1, |job| if job.arm == Arm::Ticket { 9_480 } else { 9_190 });
    assert_eq!(
        text,
        "In this run the error rises by 0.2 points between two trainings of the ticket with 50.1% of the weights, and \
         by 3.1 points between two of the re-init"
    );
    assert!((measured.unwrap().mean - 0.002).abs() < 1e-12);
    let (text, _) = said_of_twins("rounds=1", 1, |_| 9_000);
    assert_eq!(text, words::text(&Sentence::Question(Question::Barriers)));
    let (text, _) = said_of_twins("twins=1&rounds=1", 0, |_| 9_400);
    assert!(text.contains("of the dense network"), "{text}");
}
