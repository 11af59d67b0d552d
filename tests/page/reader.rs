//! Tests of the reader: it alone answers questions, its death does not touch the run, and a failed page can still read
//! and write reports.

use crate::{
    fake_worker::WorkerFault,
    page_harness::{PageHarness, SMALL, settings},
    reports::{exported, import, run_to_end, run_until_rows, without_digests},
};
use experiment::refusals::Refusal;
use page::refusals::{PageFailure, PageRefusal};
use page::{state::UserAction, status::PageStatus};
use protocol::{Failure, FailureKind, WorkerEvent, question::Question};

fn is_import(question: &Question) -> bool {
    matches!(question, Question::ReadReports { .. })
}

fn is_export(question: &Question) -> bool {
    matches!(question, Question::WriteReport { .. })
}

/// How often the reader was asked such a question.
fn times_asked(bench: &PageHarness, which: fn(&Question) -> bool) -> usize {
    bench.asked.iter().filter(|(_, question)| which(question)).count()
}

/// Delivers the events of the reader and no others, so that no worker moves.
fn deliver_reader_events(bench: &mut PageHarness) {
    while let Some(at) = bench.inbox.iter().position(|(from, ..)| Some(*from) == bench.reader) {
        let (from, event, payload) = bench.inbox.remove(at).expect("it was found there");
        let effects = bench.state.on_event(from, event, payload, bench.now);
        bench.perform(effects);
    }
}

/// The training stops for good.
fn fail(bench: &mut PageHarness) {
    bench.fail();
    assert_eq!((bench.state.status(), bench.workers.len()), (PageStatus::Failed, 0));
}

#[test]
fn answers_come_from_the_reader_while_all_workers_train() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    while bench.job_positions().len() < 2 {
        bench.advance_workers();
    }
    assert!(bench.state.workers().iter().all(|worker| worker.has_running_job()));
    let places = bench.job_positions();
    bench.act(UserAction::Export);
    deliver_reader_events(&mut bench);
    assert_eq!((bench.saved.len(), bench.job_positions()), (1, places), "no worker has moved");
    assert!(bench.state.scored_claims().is_some());
    bench.run_until(PageStatus::Done);
    assert_eq!(bench.readers_started, 1);
}

#[test]
fn the_page_is_ready_without_the_reader_and_questions_wait_for_it() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::new(SMALL);
    let reader = bench.reader;
    let at = bench.inbox.iter().position(|(from, ..)| Some(*from) == reader).expect("its Ready");
    let ready = bench.inbox.remove(at).expect("it was found there");
    bench.load();
    assert_eq!(bench.state.status(), PageStatus::Ready);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    bench.act(UserAction::Export);
    let import = bench.import_action(&[&text]);
    bench.act(import);
    bench.advance_workers();
    assert_eq!((bench.asked.len(), bench.saved.len(), bench.shown), (0, 0, 0));
    bench.inbox.push_back(ready);
    bench.deliver_events();
    assert_eq!((bench.state.status(), bench.saved.len(), bench.shown), (PageStatus::Done, 1, 1));
}

#[test]
fn an_answer_is_no_progress_of_the_training() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    let silent: Vec<_> = bench.workers.keys().copied().collect();
    bench.workers.values_mut().for_each(|worker| worker.fault = Some(WorkerFault::Mute));
    for second in 0..10 {
        let replaced = silent.iter().all(|id| !bench.workers.contains_key(id));
        assert_eq!(replaced, second > 8, "the workers have been silent for {second} seconds");
        bench.wait(1.0);
        bench.act(UserAction::Export);
        deliver_reader_events(&mut bench);
    }
}

#[test]
fn an_answer_that_is_not_whole_is_said_and_changes_nothing() {
    let mut bench = run_to_end(SMALL);
    bench.deliver_events();
    let text = exported(&mut bench);
    let (rows, run) = (bench.table(), bench.state.run());
    let import = bench.import_action(&[&text]);
    for (action, what) in [
        (
            UserAction::Export,
            "The report could not be written: the answer did not arrive whole; press Export again.",
        ),
        (import, "The report could not be opened: the answer did not arrive whole; open it again."),
    ] {
        bench.act(action);
        bench.inbox.iter_mut().for_each(|(.., payload)| *payload = Default::default());
        bench.deliver_events();
        assert_eq!(bench.request_errors(), [what]);
        assert_eq!((bench.table(), bench.state.run(), bench.saved.len()), (rows.clone(), run, 0));
    }
}

#[test]
fn a_reader_that_dies_is_replaced_and_asked_again_and_the_run_does_not_notice() {
    let plain = run_to_end(SMALL);
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    let (places, first) = (bench.job_positions(), bench.reader);
    bench.reader_dies_at = is_export;
    bench.act(UserAction::Export);
    bench.reader_dies_at = |_| false;
    deliver_reader_events(&mut bench);
    assert_eq!((times_asked(&bench, is_export), bench.readers_started), (2, 2));
    assert_eq!((bench.saved.len(), bench.request_errors()), (1, vec![]));
    assert_eq!((bench.state.status(), bench.job_positions()), (PageStatus::Running, places));
    assert_ne!(bench.reader, first, "late messages of the dead one must be recognised");
    // What the dead one still says is not heard.
    let failure =
        Failure { kind: FailureKind::Worker, cause: (&Refusal::Foreign("unreachable".into())).into() };
    bench.inbox.push_back((
        first.expect("it was there"),
        WorkerEvent::Failed { failure },
        Default::default(),
    ));
    bench.run_until(PageStatus::Done);
    bench.deliver_events();
    assert_eq!((bench.readers_started, bench.table()), (2, plain.table()));
}

#[test]
fn a_question_that_kills_twice_is_given_up_and_the_others_are_answered() {
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 1);
    bench.deliver_events();
    bench.reader_dies_at = is_import;
    let import = bench.import_action(&["a file that is too much"]);
    bench.act(import);
    bench.act(UserAction::Export);
    deliver_reader_events(&mut bench);
    assert_eq!((times_asked(&bench, is_import), times_asked(&bench, is_export)), (2, 1));
    assert_eq!((bench.saved.len(), bench.readers_started), (1, 3));
    let errors = bench.request_errors();
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(
        error.starts_with("The report could not be opened: a worker died of it twice (panicked"),
        "{error}"
    );
    assert!(error.ends_with("The file is probably damaged: open another copy of it."), "{error}");
    assert_eq!(bench.state.status(), PageStatus::Running);
    bench.run_until(PageStatus::Done);
    assert!(bench.state.scored_claims().is_some());
    // However often it is asked, each question costs two readers and no more.
    for more in 1..=4 {
        let import = bench.import_action(&["a file that is too much"]);
        bench.act(import);
        bench.deliver_events();
        assert_eq!((bench.readers_started, bench.request_errors().len()), (3 + 2 * more, 1));
        assert!(bench.reader.is_some());
    }
}

#[test]
fn a_reader_that_never_comes_up_is_given_up_after_three_and_tried_again_by_the_next_question() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::loaded(SMALL);
    bench.readers_come_up = false;
    bench.kill_reader("out of memory");
    assert_eq!((bench.readers_started, bench.reader), (3, None));
    assert_eq!((bench.state.status(), bench.request_errors()), (PageStatus::Ready, vec![]));
    let import = bench.import_action(&[&text]);
    bench.act(import);
    bench.deliver_events();
    let errors = bench.request_errors();
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(error.contains("no worker could be started for it (its files could not be loaded)"), "{error}");
    assert!(error.ends_with("Check the connection, then open it again."), "{error}");
    assert_eq!((bench.readers_started, bench.state.status()), (6, PageStatus::Ready));
    // The run is not touched, and each round's claims say that they are not judged.
    bench.act(UserAction::Round);
    bench.run_until(PageStatus::Paused);
    assert_eq!((bench.readers_started, bench.request_errors().len()), (9, 1));
    bench.readers_come_up = true;
    let import = bench.import_action(&[&text]);
    bench.act(import);
    bench.deliver_events();
    assert_eq!((bench.readers_started, bench.state.status()), (10, PageStatus::Done));
    assert_eq!(bench.request_errors(), [""; 0]);
}

#[test]
fn a_failed_page_exports_and_opens_a_report_with_open_jobs() {
    let plain = run_to_end(SMALL);
    let mut bench = PageHarness::loaded(SMALL);
    bench.act(UserAction::Play);
    run_until_rows(&mut bench, 2);
    fail(&mut bench);
    let text = exported(&mut bench);
    assert_eq!(bench.state.status(), PageStatus::Failed, "an export does not end the failure");
    // What is refused changes nothing.
    import(&mut bench, &["nonsense"]);
    assert_eq!((bench.state.status(), bench.request_errors().len()), (PageStatus::Failed, 1));
    let rows = bench.table();
    import(&mut bench, &[&text]);
    assert_eq!((bench.state.status(), bench.state.failure()), (PageStatus::Paused, None));
    assert_eq!((without_digests(bench.table()), bench.fetches), (without_digests(rows), 1));
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
    assert_eq!(without_digests(bench.table()), without_digests(plain.table()));
}

#[test]
fn a_page_without_data_opens_a_whole_report_without_asking_for_data_until_it_is_needed() {
    let text = exported(&mut run_to_end(SMALL));
    let mut bench = PageHarness::new(SMALL);
    bench.deliver_events();
    let failure = PageFailure { kind: FailureKind::Data, cause: PageRefusal::Foreign("404".into()) };
    let effects = bench.state.on_failure(failure.clone(), bench.now);
    bench.perform(effects);
    import(&mut bench, &[&text]);
    // Another file of the same download may fail later.
    assert_eq!(bench.state.on_failure(failure, bench.now), []);
    assert_eq!((bench.state.status(), bench.state.failure()), (PageStatus::Done, None));
    assert_eq!((bench.fetches, bench.workers.len(), bench.table().len()), (1, 0, 5));
    assert_eq!((exported(&mut bench), bench.state.scored_claims().is_some()), (text, true));
    bench.act(UserAction::Reset(Box::new(settings(SMALL))));
    assert_eq!((bench.state.status(), bench.fetches, bench.workers.len()), (PageStatus::Loading, 2, 2));
    bench.load();
    bench.act(UserAction::Play);
    bench.run_until(PageStatus::Done);
}

#[test]
fn of_several_imports_the_newest_is_shown() {
    let texts =
        [SMALL, "seed=7&iterations=20&eval_every=10&rounds=1", "seed=8&iterations=20&eval_every=10&rounds=0"]
            .map(|fragment| exported(&mut run_to_end(fragment)));
    let mut bench = PageHarness::loaded("seed=9");
    for text in &texts {
        let import = bench.import_action(&[text]);
        bench.act(import);
    }
    // The reader had the first one already; it is never asked the second one.
    bench.deliver_events();
    assert_eq!((bench.state.config().seeds.first(), bench.shown), (8, 1));
    assert_eq!(times_asked(&bench, is_import), 2);
    assert_eq!(bench.scored(), 1);
    // A reader that dies of a file that is no longer wanted is replaced for the newer one.
    bench.reader_dies_at = is_import;
    let import = bench.import_action(&[&texts[0]]);
    bench.act(import);
    bench.reader_dies_at = |_| false;
    let import = bench.import_action(&[&texts[1]]);
    bench.act(import);
    bench.deliver_events();
    assert_eq!((bench.state.config().seeds.first(), bench.shown), (7, 2));
    assert_eq!((times_asked(&bench, is_import), bench.request_errors()), (4, vec![]));
}

#[test]
fn an_export_outlives_its_run_and_an_import_and_a_score_do_not() {
    let text = exported(&mut run_to_end("seed=8&iterations=20&eval_every=10&rounds=0"));
    for sent in [true, false] {
        let mut bench = PageHarness::loaded(SMALL);
        bench.act(UserAction::Round);
        bench.run_until(PageStatus::Paused);
        bench.deliver_events();
        if !sent {
            // While a new reader starts, both wait.
            bench.kill_reader("killed");
        }
        let asked = bench.asked.len();
        bench.act(UserAction::Export);
        let import = bench.import_action(&[&text]);
        bench.act(import);
        assert_eq!(bench.asked.len() - asked, usize::from(sent));
        bench.act(UserAction::Reset(Box::new(settings("seed=4&iterations=20&eval_every=20&rounds=1"))));
        bench.deliver_events();
        assert_eq!((bench.saved.len(), bench.shown), (1, 0));
        assert!(bench.saved[0].0.ends_with("seed3.jsonl"), "{}", bench.saved[0].0);
        assert!(bench.state.scored_claims().is_none() && bench.state.config().seeds.first() == 4);
    }
}

/// What a large answer took, the memory of its module never gives back.
#[test]
fn a_reader_that_has_opened_a_large_report_is_replaced() {
    let text = exported(&mut run_to_end("seed=1&trials=1&iterations=20&eval_every=10&rounds=1"));
    let (head, jobs) = text.split_once('\n').unwrap();
    let many = |seeds: u32| {
        let all: Vec<String> = (1..=seeds).map(|seed| seed.to_string()).collect();
        let head = head.replacen("\"seeds\":[1]", &format!("\"seeds\":[{}]", all.join(",")), 1);
        let jobs = all.iter().map(|seed| jobs.replace("\"trial\":1,", &format!("\"trial\":{seed},")));
        format!("{head}\n{}", jobs.collect::<String>())
    };
    for (seeds, readers) in [(2, 1), (20, 2)] {
        let mut bench = PageHarness::loaded("seed=9");
        import(&mut bench, &[&many(seeds)]);
        assert_eq!(bench.table().len(), 3 * seeds as usize);
        assert_eq!(bench.readers_started, readers, "{seeds} seeds");
        // The next one answers what is open.
        assert!(bench.state.scored_claims().is_some());
        assert!(exported(&mut bench).len() > 1_000);
    }
}
