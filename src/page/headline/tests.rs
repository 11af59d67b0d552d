use super::*;
use crate::{
    made_results::{MadeJob, made_results},
    run_results::RunResults,
    sentences::words::{text, texts},
};
use experiment::job::JobId;

/// The headline when rounds up to `round` are over, and each arm reads so many of 10,000 test images in each trial.
fn said(fragment: &str, round: u32, test: impl Fn(JobId) -> u32) -> String {
    texts(&headline(results(fragment, round, test).everything()))
}

#[test]
fn the_headline_speaks_of_the_fewest_weights_that_keep_up() {
    // By round: the ticket falls behind in round 3, and is never clearly below before.
    let by_round = |ticket: [u32; 5]| {
        move |job: JobId| match job.arm {
            Arm::Reinit => 9_000,
            _ => ticket[job.round as usize],
        }
    };
    let at = |ticket, round| {
        let results = results("preset=quick&rounds=4", round, by_round(ticket));
        let last = at_the_last_round(results.everything()).map(|last| text(&last));
        (texts(&headline(results.everything())), last, texts(&intervals(results.everything())))
    };
    let falls = [9_500, 9_500, 9_490, 9_400, 9_200];
    let wins = "In this run the ticket at 25.1% of the weights shows no clear difference from the dense network and is 4.9 \
                points above the same mask with new random weights. That makes it a winning ticket.";
    let before = at(falls, 2);
    assert_eq!((&*before.0, &before.1), (wins, &None));
    let (headline, last, intervals) = at(falls, 4);
    assert_eq!(headline, wins);
    assert_eq!(
        last.as_deref(),
        Some(
            "After 4 prunings, at 6.35% of the weights, it is 3.0 points below the dense network but 2.0 points above the re-init."
        )
    );
    assert!(intervals.starts_with("Test accuracy at the end of round 2") && intervals.contains("of round 4"));
    // A ticket that comes back after it has been below is spoken of where it kept up all the way.
    let (headline, last, _) = at([9_500, 9_500, 9_300, 9_500, 9_500], 4);
    assert!(headline.contains("at 50.1% of the weights shows no clear difference"), "{headline}");
    assert_eq!(
        last.as_deref(),
        Some(
            "After 4 prunings, at 6.35% of the weights, it shows no clear difference from the dense network and is 5.0 points above the re-init."
        )
    );
    // One that is below from the start is told at its last size, and so is one that never falls.
    for ticket in [[9_500, 9_300, 9_500, 9_500, 9_400], [9_500; 5]] {
        let (headline, last, _) = at(ticket, 4);
        assert!(headline.contains("at 6.35% of the weights") && last.is_none(), "{headline}");
    }
}

fn results(fragment: &str, round: u32, test: impl Fn(JobId) -> u32) -> RunResults {
    made_results(fragment, round, |job| MadeJob {
        test: test(job),
        validation: 4_000,
        stop: 50,
        ..MadeJob::default()
    })
}

/// Right answers by arm: those of the dense network, the ticket and the re-init; others have the ticket's.
fn by_arm(dense: u32, ticket: u32, reinit: u32) -> impl Fn(JobId) -> u32 {
    move |job| match job {
        JobId { round: 0, .. } => dense,
        JobId { arm: Arm::Reinit, .. } => reinit,
        _ => ticket,
    }
}

/// Each arm is compared with arms of its own data set, by whichever way the numbers stand.
#[test]
fn a_transferred_ticket_is_compared_on_its_own_data_alone() {
    let read = |transferred: u32, random: u32| {
        move |job: JobId| match job.arm {
            Arm::Ticket => 9_600,
            Arm::OtherTicket if job.round == 0 => 8_300,
            Arm::OtherTicket => 8_400,
            Arm::OtherReinit => 8_100,
            Arm::Transferred => transferred,
            Arm::TransferredRandom => random,
            _ => 8_000,
        }
    };
    let clear = said("preset=transfer&trials=1&rounds=2", 2, read(7_900, 7_500));
    assert_eq!(
        clear,
        "In this run on Fashion-MNIST the transferred ticket at 25.1% of the weights is 4.0 points below the dense network, \
         5.0 points below the other data’s own ticket, 4.0 points above the shuffled transferred mask, and shows no clear \
         difference from the transferred mask with new random weights. There the other data’s own ticket is 3.0 points above \
         the re-init of the other data’s ticket."
    );
    let unclear = said("preset=transfer&trials=1&rounds=1", 1, read(8_305, 8_300));
    assert!(
        unclear.contains(
            "shows no clear difference from the dense network, none from the other data’s own ticket, none from the \
             shuffled transferred mask"
        ),
        "{unclear}"
    );
    // Other way, other name.
    let back = said("preset=transfer&data=fashion&transfer=mnist&trials=2&rounds=1", 1, read(8_300, 8_300));
    assert!(back.starts_with("On the mean of 2 trials on MNIST the transferred ticket"), "{back}");
    // Without the other dense network there is nothing to keep up with, and that of the ticket is no measure.
    let alone =
        said("arms=ticket,transferred,transferred_random&transfer=fashion&rounds=1", 1, read(8_300, 8_000));
    assert_eq!(
        alone,
        "In this run on Fashion-MNIST the transferred ticket at 50.1% of the weights is 3.0 points above the shuffled \
         transferred mask."
    );
    let first = said("preset=transfer&trials=1&rounds=1", 0, read(0, 0));
    assert!(first.starts_with("In this run on Fashion-MNIST the dense network reads 83.0%"), "{first}");
    // The ticket beside the other data set's: each is of its own task, and the first one is spoken of.
    let beside = said("arms=ticket,other_ticket,other_reinit&transfer=fashion&rounds=1", 1, read(0, 0));
    assert_eq!(
        beside,
        "In this run the ticket at 50.1% of the weights shows no clear difference from the dense network."
    );
    let results = results("preset=transfer&trials=1&rounds=1", 1, read(8_300, 8_300));
    let shown = results.everything();
    assert!(relation(shown, Arm::Transferred, Arm::Ticket, 1).is_none());
    assert!(relation(shown, Arm::Transferred, Arm::OtherTicket, 1).is_some());
    assert!(texts(&intervals(shown)).starts_with("Test accuracy on Fashion-MNIST at the end of round 1"));
}

#[test]
fn before_any_result_there_is_the_question_of_the_experiment() {
    let none = |fragment: &str| {
        let results = RunResults::new(experiment::experiment_report::ExperimentReport::new(
            &experiment::settings::Settings::from_fragment(fragment).0.config,
        ));
        texts(&headline(results.everything()))
    };
    let mut seen = std::collections::BTreeSet::new();
    for fragment in [
        "preset=quick",
        "preset=warmup",
        "preset=dropout",
        "preset=oneshot",
        "preset=signs",
        "preset=late",
        "preset=rewinding",
        "preset=saliency",
        "preset=supermask",
        "preset=transfer",
        "arms=ticket",
        "arms=dense",
        "arms=ticket,random",
        "arms=shuffled",
    ] {
        let question = none(fragment);
        assert!(question.ends_with('?') && !question.contains("above"), "{question}");
        assert!(seen.insert(question.clone()), "{fragment} asks as another does: {question}");
    }
    assert_eq!(none("preset=paper"), none("preset=quick"));
}

#[test]
fn the_dense_network_comes_first_and_the_question_stays() {
    let one = said("preset=quick", 0, by_arm(9_512, 0, 0));
    assert!(
        one.starts_with("In this run the dense network reads 95.1% of the test images. Is there "),
        "{one}"
    );
    let several = said("preset=quick&trials=2", 0, |job| 9_000 + 100 * job.trial);
    assert!(several.starts_with("On the mean of 2 trials the dense network reads 91.5% of"), "{several}");
    // Nothing is pruned, so nothing is left to ask.
    let alone = "In this run the dense network reads 95.0% of the test images.";
    assert_eq!(said("arms=dense", 0, |_| 9_500), alone);
    assert_eq!(said("rounds=0", 0, |_| 9_500), alone);
}

#[test]
fn only_a_ticket_that_wins_is_a_winning_one() {
    let headline = |dense, ticket, reinit| said("preset=quick&rounds=1", 1, by_arm(dense, ticket, reinit));
    assert_eq!(
        headline(9_500, 9_490, 9_100),
        "In this run the ticket at 50.1% of the weights shows no clear difference from the dense network and is 3.9 \
         points above the same mask with new random weights. That makes it a winning ticket."
    );
    assert!(headline(9_300, 9_490, 9_100).ends_with("a winning ticket."));
    assert_eq!(
        headline(9_500, 9_100, 8_700),
        "In this run the ticket at 50.1% of the weights is 4.0 points below the dense network but 4.0 points above the \
         same mask with new random weights."
    );
    assert_eq!(
        headline(9_500, 9_490, 9_480),
        "In this run the ticket at 50.1% of the weights shows no clear difference from the dense network and none from the \
         same mask with new random weights."
    );
    assert_eq!(
        headline(9_500, 8_000, 8_600),
        "In this run the ticket at 50.1% of the weights is 15.0 points below the dense network and 6.0 points below the \
         same mask with new random weights."
    );
    assert!(
        headline(9_500, 9_100, 9_100).contains("below the dense network and shows no clear difference from")
    );
}

#[test]
fn several_trials_are_judged_by_their_seeds() {
    // The ticket is 1, 2 and 3 points above: the mean is 2, and the margin 2.5.
    let unclear = |job: JobId| if job.arm == Arm::Reinit { 9_000 - 100 * job.trial } else { 9_000 };
    let said_of = said("preset=quick&rounds=1&trials=3", 1, unclear);
    assert!(
        said_of.contains("On the mean of 3 trials the ticket") && said_of.contains("none from the same"),
        "{said_of}"
    );
    // The smallest of differences is clear if it is the same with every seed.
    let clear = |job: JobId| 9_000 + job.trial - if job.arm == Arm::Reinit { 1 } else { 0 };
    let said_of = said("preset=quick&rounds=1&trials=3", 1, clear);
    assert!(said_of.contains("and is less than 0.1 points above the same mask"), "{said_of}");
}

#[test]
fn each_experiment_is_answered_in_its_own_terms() {
    let signs = |sign| {
        let test = move |job: JobId| match job.arm {
            Arm::Sign => sign,
            _ => by_arm(9_500, 9_400, 8_900)(job),
        };
        said("rounds=1&arms=ticket,reinit,sign", 1, test)
    };
    assert_eq!(
        signs(9_300),
        "In this run the signs-only network at 50.1% of the weights is 2.0 points below the dense network, 1.0 points \
         below the ticket, but 4.0 points above the same mask with new random weights. The signs alone keep 80% of the \
         ticket's lead."
    );
    assert!(signs(9_410).ends_with("The signs alone keep all of the ticket's lead."));
    assert!(
        signs(8_910).ends_with("and shows no clear difference from the same mask with new random weights.")
    );
    let none = said("rounds=1&arms=ticket,reinit,sign", 1, by_arm(9_500, 9_300, 9_300));
    assert!(
        none.contains("below the dense network, shows no clear difference from the ticket, and none from"),
        "{none}"
    );
    let at_init = |job: JobId| match job {
        JobId { round: 0, .. } => 9_500,
        JobId { arm: Arm::Ticket, .. } => 9_600,
        JobId { arm: Arm::Snip, .. } => 9_590,
        JobId { arm: Arm::Grasp, .. } => 9_700,
        JobId { arm: Arm::MagnitudeInit, .. } => 9_595,
        _ => 9_100,
    };
    assert_eq!(
        said("preset=saliency&trials=1&rounds=1", 1, at_init),
        "In this run the ticket at 50.1% of the weights is 1.0 points above the dense network, shows no clear difference \
         from the SNIP mask, is 1.0 points below the GraSP mask, 5.0 points above the SynFlow mask, shows no clear \
         difference from the mask of the largest first weights, and is 5.0 points above the random mask with first weights."
    );
    assert_eq!(
        said("preset=supermask&trials=1&rounds=1", 1, |job| if job.arm == Arm::Supermask {
            9_300
        } else {
            9_500
        }),
        "In this run the supermask at 50.1% of the weights is 2.0 points below the dense network and 2.0 points below the \
         ticket."
    );
    let rewinding =
        said(
            "preset=rewinding&rounds=6&trials=1",
            6,
            |job| if job.arm == Arm::NoRewind { 9_600 } else { 9_300 },
        );
    assert!(rewinding.contains("the network that is not rewound at 1.62% of the weights is 3.0 points above the dense network and 3.0 points above the ticket."), "{rewinding}");
    assert!(rewinding.ends_with("It has trained 3,500 iterations, the ticket 500."), "{rewinding}");
    let alone = said("arms=norewind,reinit&rounds=1", 1, |_| 9_300);
    assert!(
        alone.ends_with("the ticket's mask with new random weights. It has trained 1,000 iterations."),
        "{alone}"
    );
    let alone = said("arms=ticket&rounds=1", 1, |_| 9_300);
    assert!(alone.ends_with("of the weights shows no clear difference from the dense network."), "{alone}");
}

#[test]
fn the_headline_changes_at_the_end_of_a_round_and_the_intervals_are_those_of_its_differences() {
    let results = results("preset=quick&rounds=2", 2, by_arm(9_500, 9_400, 9_000));
    let config = results.config().clone();
    let at = |moment: experiment::moment::Moment| texts(&headline(results.at(moment)));
    use experiment::moment::Moment;
    assert!(at(Moment::training(0, 499)).starts_with("Is there"));
    assert!(at(Moment::end_of_training(&config, 0)).starts_with("In this run the dense network"));
    assert_eq!(at(Moment::training(1, 499)), at(Moment::end_of_training(&config, 0)));
    assert!(at(Moment::end_of_training(&config, 1)).contains("at 50.1%"));
    assert_eq!(at(Moment::training(2, 499)), at(Moment::pruning(&config, 1)));
    assert!(at(Moment::end(&config)).contains("at 25.1%"));
    assert!(intervals(results.at(Moment::training(1, 499))).is_empty());
    assert_eq!(
        texts(&intervals(results.everything())),
        "Test accuracy at the end of round 2, differences with their 95% intervals: −1.0 points to the dense network \
         (−1.6 to −0.4); +4.0 points to the same mask with new random weights (+3.3 to +4.7)."
    );
}

/// Of the rows that claims look at, one-shot tickets are in the rounds 2, 4 and 7 alone, and re-inits in 7 and 15.
#[test]
fn a_run_of_the_claims_is_told_by_the_rows_that_it_has() {
    let made = |oneshot: [u32; 8]| {
        move |job: JobId| match job.arm {
            Arm::OneShot => oneshot[job.round as usize],
            Arm::Reinit => 9_000,
            _ => 9_500,
        }
    };
    let at = |oneshot, round| {
        let results = results("preset=paper&trials=1&jobs=claims", round, made(oneshot));
        let last = at_the_last_round(results.everything()).map(|last| text(&last));
        (texts(&headline(results.everything())), last)
    };
    // It keeps up in round 4, the second that it is in, and not in round 7.
    let (headline, last) = at([0, 0, 9_500, 0, 9_500, 0, 0, 9_300], 20);
    assert!(
        headline.starts_with("In this run the one-shot network at 41.1% of the weights shows no"),
        "{headline}"
    );
    let last = last.unwrap();
    assert!(last.starts_with("After 7 prunings, at 21.1% of the weights, it is 2.0 points below"), "{last}");
    let (headline, last) = at([9_500; 8], 3);
    assert!(headline.contains("at 64.1% of the weights") && last.is_none(), "{headline}");
}
