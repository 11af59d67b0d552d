//! Tests of the kept networks: which are kept, what they answer, and that others are trained again.

use crate::{
    page_harness::{PageHarness, SMALL, settings},
    reports::import,
};
use experiment::{arm::Arm, job::JobId};
use page::{
    chart_selection::SelectionChange,
    metric::Metric,
    moment::Moment,
    open_requests::AskerId,
    saved_runs::SavedAction,
    sentences::words,
    state::{UserAction, networks::AskedReading},
    status::PageStatus,
    status_line, titles, votes,
};
use protocol::{
    FailureKind,
    network_question::{NetworkMoment, NetworkReading},
    question::Question,
};

fn ask(bench: &mut PageHarness, asker: u32, moment: NetworkMoment, images: Vec<f32>) {
    let asked = AskedReading { reading: NetworkReading::Logits, moment, images, trial: None };
    let effects = bench.state.ask_networks(AskerId::Program(asker), asked, bench.now);
    bench.perform(effects);
    bench.deliver_events();
}

fn done(fragment: &str) -> PageHarness {
    let mut bench = PageHarness::loaded(fragment);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    bench
}

/// How many networks came with each question so far.
fn sent(bench: &PageHarness) -> Vec<usize> {
    let of = |question: &Question| match question {
        Question::ReadNetworks(question) => Some(question.sent.len()),
        _ => None,
    };
    bench.asked.iter().filter_map(|(_, question)| of(question)).collect()
}

#[test]
fn every_kept_network_answers_and_is_sent_once() {
    let mut bench = done(SMALL);
    let jobs: Vec<JobId> = bench.state.kept_networks().jobs().collect();
    assert_eq!(jobs.len(), 5);
    ask(&mut bench, 1, NetworkMoment::Last, vec![1.0; 784]);
    ask(&mut bench, 2, NetworkMoment::Last, vec![0.0; 2 * 784]);
    ask(&mut bench, 3, NetworkMoment::First, vec![0.0; 784]);
    assert_eq!(sent(&bench), [5, 0, 5]);
    let answers: Vec<_> = bench.delivered.drain(..).map(|(asker, answer)| (asker, answer.unwrap())).collect();
    for ((asker, answer), images) in answers.iter().zip([1, 2, 1]) {
        assert_eq!(answer.iter().map(|(name, _)| name.job).collect::<Vec<_>>(), jobs);
        assert!(
            answer.iter().all(|(_, arrays)| arrays.len() == 1 && arrays[0].len() == 10 * images),
            "{asker:?}"
        );
    }
    // The fake worker's last weights are all -0.5 and its first ones all 0.5, so that a black image is read by its biases
    // alone: hidden units are off in the one, and all on in the other (a unit may have lost its weights).
    assert!(answers[1].1.iter().all(|(_, arrays)| arrays[0].iter().all(|&logit| logit == -0.5)));
    assert!(answers[2].1.iter().all(|(_, arrays)| arrays[0].iter().all(|&logit| logit >= 0.5)));
}

#[test]
fn the_networks_of_one_trial_can_be_asked_alone() {
    let mut bench = done("seeds=3,5&iterations=20&eval_every=10&rounds=1");
    let asked = AskedReading {
        reading: NetworkReading::Activations,
        moment: NetworkMoment::Last,
        images: vec![0.0; 784],
        trial: Some(5),
    };
    let effects = bench.state.ask_networks(AskerId::DigitsFigure, asked, bench.now);
    bench.perform(effects);
    bench.deliver_events();
    let (asker, answer) = bench.delivered.pop().unwrap();
    assert_eq!(asker, AskerId::DigitsFigure);
    let (kept, answer) = (bench.state.kept_networks(), answer.unwrap());
    let of_trial: Vec<JobId> = kept.jobs().filter(|job| job.trial == 5).collect();
    assert_eq!(answer.iter().map(|(name, _)| name.job).collect::<Vec<_>>(), of_trial);
    assert_eq!((kept.jobs().len(), of_trial.len(), answer[0].1.len()), (6, 3, 3));
}

/// The votes in sight at a moment, as arms and rounds.
fn votes_in_sight(bench: &PageHarness, moment: Moment) -> String {
    let state = &bench.state;
    let (shown, selection) = (state.results().at(moment), state.selection());
    let rows = votes::vote_rows(state.config()).into_iter();
    let in_sight =
        rows.filter(|row| row.is_in_sight(shown, &|job| state.kept_networks().get(job).is_some(), selection));
    in_sight.map(|row| format!("{}{} ", row.job.arm, row.job.round)).collect()
}

#[test]
fn votes_of_rounds_that_are_not_shown_yet_are_out_of_sight() {
    let mut bench = done(SMALL);
    let config = bench.state.config().clone();
    let at = |moment: Moment| votes_in_sight(&bench, moment);
    assert_eq!(at(Moment::START), "");
    assert_eq!(at(Moment::training(0, config.iterations - 1)), "");
    for moment in [Moment::end_of_training(&config, 0), Moment::training(1, 1)] {
        assert_eq!(at(moment), "dense0 ");
    }
    assert_eq!(at(Moment::pruning(&config, 1)), "dense0 ticket1 reinit1 ");
    assert_eq!(at(Moment::end(&config)), "dense0 ticket1 ticket2 reinit1 reinit2 ");
    bench.act(UserAction::Choose(SelectionChange::Arm("ticket")));
    assert_eq!(votes_in_sight(&bench, Moment::end(&config)), "dense0 reinit1 reinit2 ");
}

#[test]
fn a_new_reader_is_sent_all_networks_again() {
    let mut bench = done(SMALL);
    ask(&mut bench, 1, NetworkMoment::Last, vec![0.0; 784]);
    bench.kill_reader("gone");
    ask(&mut bench, 2, NetworkMoment::Last, vec![0.0; 784]);
    assert_eq!(sent(&bench), [5, 5]);
    assert!(bench.delivered.iter().all(|(_, answer)| answer.as_ref().unwrap().len() == 5));
}

#[test]
fn a_question_that_cannot_be_answered_says_why_to_whoever_asked() {
    let mut bench = done(SMALL);
    ask(&mut bench, 1, NetworkMoment::Last, vec![0.0; 783]);
    let (asker, answer) = bench.delivered.pop().unwrap();
    assert!(asker == AskerId::Program(1) && answer.unwrap_err().contains("784 pixel values"));
    bench.reader_dies_at = |question| matches!(question, Question::ReadNetworks(_));
    ask(&mut bench, 2, NetworkMoment::Last, vec![0.0; 784]);
    let (asker, answer) = bench.delivered.pop().unwrap();
    assert!(asker == AskerId::Program(2) && answer.unwrap_err().contains("a worker died of it twice"));
    assert_eq!(bench.request_errors(), [""; 0]);
}

#[test]
fn a_new_run_has_networks_of_its_own() {
    let mut bench = done(SMALL);
    let settings = bench.state.settings().clone();
    bench.act(UserAction::Reset(Box::new(settings.clone())));
    // Those of the run before are there for as long as it can be brought back.
    assert_eq!((bench.arrays.len(), bench.state.kept_networks().jobs().len()), (5 * 4, 0));
    ask(&mut bench, 1, NetworkMoment::Last, vec![0.0; 784]);
    assert_eq!(bench.delivered.pop().unwrap(), (AskerId::Program(1), Ok(vec![])));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    // A mask, two sets of parameters and the answers of each job.
    assert_eq!(bench.arrays.len(), 2 * 5 * 4);
    bench.act(UserAction::Reset(Box::new(settings)));
    assert_eq!(bench.arrays.len(), 5 * 4, "only the last run can be brought back");
}

#[test]
fn networks_of_a_report_are_trained_again_and_nothing_else_changes() {
    let mut first = done("seed=3&arms=ticket,late,oneshot&iterations=40&eval_every=10&rounds=2");
    first.act(UserAction::Export);
    first.deliver_events();
    let (_, text) = first.saved.pop().unwrap();
    let mut bench = PageHarness::loaded("");
    import(&mut bench, &[&text]);
    assert_eq!(bench.arrays.len(), 0, "the file is no longer needed");
    let table = bench.table();
    assert_eq!((bench.state.status(), bench.state.kept_networks().jobs().len()), (PageStatus::Done, 0));
    // A late ticket needs the mask of its round, which the report has, and what the dense network was.
    let late = JobId { trial: 3, arm: Arm::Late, round: 2, draw: 0, twin: false };
    bench.started.clear();
    bench.act(UserAction::TrainAgain(vec![late]));
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Done);
    let dense = JobId { arm: Arm::Ticket, round: 0, ..late };
    assert_eq!(bench.started, [dense, late]);
    assert_eq!(bench.state.kept_networks().jobs().collect::<Vec<_>>(), [dense, late]);
    assert_eq!(bench.table(), table);
    // The rest of the first trial.
    let rest = bench.state.jobs_to_train_again();
    assert_eq!(rest.len(), table.len() - 2);
    bench.act(UserAction::TrainAgain(rest));
    bench.run_until(PageStatus::Done);
    assert_eq!((bench.state.jobs_to_train_again(), bench.table()), (vec![], table));
}

#[test]
fn a_job_that_comes_out_otherwise_when_it_is_trained_again_is_a_failure() {
    let mut first = done(SMALL);
    first.act(UserAction::Export);
    first.deliver_events();
    let (_, text) = first.saved.pop().unwrap();
    let mut bench = PageHarness::loaded("");
    let text = text.replacen("\"validation_start\":[2.25,1002]", "\"validation_start\":[2.25,1003]", 1);
    import(&mut bench, &[&text]);
    assert_eq!(bench.arrays.len(), 0, "the file is no longer needed");
    bench.act(UserAction::TrainAgain(bench.state.jobs_to_train_again()));
    bench.run_until(PageStatus::Failed);
    assert_eq!(bench.state.failure().map(|failure| failure.kind), Some(FailureKind::Report));
}

#[test]
fn corrupted_images_are_read_by_finished_jobs_and_by_those_to_come() {
    let mut bench = done(SMALL);
    let table = |bench: &PageHarness| {
        let mut rows = bench.table();
        let is_new = |name: &str| name.starts_with("noise-") || name.starts_with("fgsm-");
        rows.iter_mut().for_each(|row| row.data_attributes.retain(|(name, _)| !is_new(name)));
        rows
    };
    let (before, digest) = (table(&bench), bench.state.results().experiment_report().run_digest());
    let unread = bench.state.jobs_without_corrupted();
    assert_eq!((unread.len(), bench.state.selection().metrics().len()), (5, 7));
    bench.started.clear();
    bench.act(UserAction::ReadCorrupted);
    assert_eq!(bench.state.status(), PageStatus::Running);
    let said = || status_line::status_line(&bench.state, Some(3.0));
    assert_eq!(said(), "Reading corrupted images: 5 networks to go. · about 3 s to go");
    bench.run_until(PageStatus::Done);
    assert_eq!((bench.started.len(), bench.only_read.len()), (0, 5), "their networks are kept");
    assert!(bench.state.settings().robust && bench.state.jobs_without_corrupted().is_empty());
    assert!(table(&bench) == before, "nothing else changes");
    assert_eq!(bench.state.results().experiment_report().run_digest(), digest);
    let read = bench.state.results().finished_jobs().filter_map(|finished| finished.report.robustness);
    assert!(read.clone().count() == 5 && read.into_iter().all(|readings| readings.noise[2] > 8_000));
    assert_eq!(bench.state.selection().metrics().len(), 8);
    let title = |metric| words::text(&titles::rounds(bench.state.results().everything(), metric));
    assert_eq!(
        title(Metric::CORRUPTED),
        "In this run, under noise of 0.3, the ticket at 25.1% of the weights shows no clear difference from the dense network and is \
         2.5 points above the re-init"
    );
    assert_eq!(title(Metric::Loss), "What pruning does to the least validation loss");
    // A run that begins with it has no need to train anything twice.
    let mut bench = done(&format!("{SMALL}&robust=1"));
    assert!(bench.state.jobs_without_corrupted().is_empty());
    bench.act(UserAction::Reset(Box::new(bench.state.settings().clone())));
    assert_eq!(bench.state.selection().metrics().len(), 8);
}

/// More networks than there is room for: those that have gone are trained again, and by that others go that were still to read.
#[test]
fn networks_that_are_not_kept_are_trained_again_to_read_corrupted_images() {
    let mut bench = done("preset=quick&seed=1&trials=26&arms=ticket&rounds=1&iterations=4&eval_every=2");
    let digest = bench.state.results().experiment_report().run_digest();
    let kept = bench.state.kept_networks().jobs().len();
    assert!(20 < kept && kept < 52, "{kept} of 52 networks are kept");
    bench.started.clear();
    bench.act(UserAction::ReadCorrupted);
    let (again, read) = (52 - kept, kept);
    let said =
        format!("Training again: {again} networks to go. · Reading corrupted images: {read} networks to go.");
    assert_eq!(status_line::status_line(&bench.state, None), said);
    bench.run_until(PageStatus::Done);
    assert!(bench.state.jobs_without_corrupted().is_empty());
    assert!(bench.started.len() >= 52 - kept, "{} were trained again", bench.started.len());
    assert!(bench.only_read.len() < kept, "all {kept} were read before others took their room");
    assert!(bench.started.iter().all(|job| !bench.only_read.contains(job)), "none does both");
    assert_eq!(bench.state.results().experiment_report().run_digest(), digest);
}

/// A pause in the middle of reading, the death of a worker, and a run in between that an undo takes away again.
#[test]
fn reading_corrupted_images_goes_on_after_what_comes_between() {
    let mut bench = done(SMALL);
    bench.act(UserAction::ReadCorrupted);
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Paused);
    let worker = *bench.workers.keys().next().unwrap();
    bench.kill_worker(worker);
    bench.deliver_events();
    bench.act(UserAction::Reset(Box::new(settings("preset=quick&seed=9"))));
    bench.act(UserAction::Saved(SavedAction::Undo));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert!(bench.state.jobs_without_corrupted().is_empty());
}
