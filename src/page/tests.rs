//! The brain against a fake fleet: every command is answered as a worker would answer it, with made-up numbers.

use super::{
    fleet::{Bulk, Effect, Stage, WorkerId},
    record::Deaths,
    state::{Control, Standing, State},
    table, words,
};
use crate::lab::{
    config::Config,
    experiment,
    fragment::Settings,
    job::{Arm, JobId, Left},
    report::{Accuracy, Point, Report},
    shape::LAYERS,
};
use crate::protocol::{Command, Event, Failure, FailureKind, Part, Phase, Run, Until};
use std::collections::{BTreeMap, VecDeque};

/// A job in a fake worker's hands.
struct Work {
    run: Run,
    job: JobId,
    config: Config,
    until: Until,
    mask: Vec<u8>,
    iteration: u32,
    holds: bool,
}

#[derive(Default)]
struct Worker {
    work: Option<Work>,
    loaded: bool,
}

/// A page with its fake workers; time goes by ten milliseconds a turn.
struct Bench {
    state: State,
    workers: BTreeMap<WorkerId, Worker>,
    inbox: VecDeque<(WorkerId, Event, Left)>,
    fetches: usize,
    now: f64,
    /// Which worker goes first changes with this.
    turn: usize,
}

fn settings(fragment: &str) -> Settings {
    let (settings, refused) = Settings::from_fragment(fragment);
    assert!(refused.is_empty());
    settings
}

const SMALL: &str = "seed=3&iterations=40&eval_every=10&rounds=2";

impl Bench {
    fn new(fragment: &str) -> Bench {
        let (state, effects) = State::new(settings(fragment), 2, 0.0);
        let mut bench =
            Bench { state, workers: BTreeMap::new(), inbox: VecDeque::new(), fetches: 0, now: 0.0, turn: 0 };
        bench.perform(effects);
        bench
    }

    fn ready(fragment: &str) -> Bench {
        let mut bench = Bench::new(fragment);
        bench.load();
        bench
    }

    fn load(&mut self) {
        for part in Part::ALL {
            self.state.fetched(part, 10, Some(10), self.now);
        }
        let effects = self.state.data_here(self.now);
        self.perform(effects);
        self.deliver();
    }

    fn click(&mut self, control: Control) {
        let effects = self.state.click(control, self.now);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn(id) => {
                    self.workers.insert(id, Worker::default());
                    self.inbox.push_back((id, Event::Ready, Left::default()));
                }
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                }
                Effect::Fetch => self.fetches += 1,
                Effect::Send { to, command, bulk } => self.obey(to, command, bulk),
            }
        }
    }

    fn obey(&mut self, to: WorkerId, command: Command, bulk: Bulk) {
        let worker = self.workers.get_mut(&to).expect("a command to a worker that lives");
        match command {
            Command::Load => {
                assert_eq!(bulk, Bulk::Data);
                worker.loaded = true;
                self.inbox.push_back((to, Event::Unpacking { done: 5, total: 40 }, Left::default()));
                self.inbox.push_back((to, Event::Loaded, Left::default()));
            }
            Command::Start { run, job, config, until } => {
                assert!(worker.loaded && worker.work.is_none(), "{job} was given to a busy worker");
                let mask = match bulk {
                    Bulk::Inputs(inputs) => {
                        inputs.check(&config, job).expect("all that it needs");
                        inputs.mask.unwrap_or_else(|| vec![1; config.shape.weights()])
                    }
                    _ => panic!("{job} came without its inputs"),
                };
                worker.work = Some(Work { run, job, config, until, mask, iteration: 0, holds: false });
            }
            Command::Continue { run, until } => {
                let work = worker.work.as_mut().expect("something to go on with");
                assert_eq!(work.run, run);
                (work.until, work.holds) = (until, false);
            }
            Command::Pause { run } => {
                // As the real worker does: one that holds already says nothing more.
                if let Some(work) = worker.work.as_mut().filter(|w| w.run == run && !w.holds) {
                    work.holds = true;
                    let held = Event::Held { run, job: work.job, iteration: work.iteration };
                    self.inbox.push_back((to, held, Left::default()));
                }
            }
            Command::Cancel => worker.work = None,
        }
    }

    /// Delivers what the workers have said.
    fn deliver(&mut self) {
        while let Some((from, event, left)) = self.inbox.pop_front() {
            let effects = self.state.apply(from, event, left, self.now);
            self.perform(effects);
        }
    }

    /// Each worker does a few steps, then what they said is delivered.
    fn turn(&mut self) {
        self.now += 0.01;
        self.turn += 1;
        let mut ids: Vec<_> = self.workers.keys().copied().collect();
        let by = self.turn % ids.len().max(1);
        ids.rotate_left(by);
        for (at, id) in ids.into_iter().enumerate() {
            // Not all are equally fast.
            self.work(id, 3 + 4 * at as u32);
        }
        self.deliver();
    }

    fn work(&mut self, id: WorkerId, steps: u32) {
        let Some(work) = self.workers.get_mut(&id).and_then(|worker| worker.work.as_mut()) else { return };
        let (run, job) = (work.run, work.job);
        for _ in 0..steps {
            if work.holds {
                return;
            }
            work.iteration += 1;
            let iteration = work.iteration;
            if work.config.evaluates_at(iteration) {
                let point = reading(job, iteration);
                self.inbox.push_back((id, Event::Evaluated { run, job, point }, Left::default()));
            }
            if work.until == Until::Iteration(iteration) {
                work.holds = true;
                self.inbox.push_back((id, Event::Held { run, job, iteration }, Left::default()));
                return;
            }
            if iteration == work.config.iterations {
                let (report, left) = outcome(work);
                let finished = Event::Finished { run, report, seconds: 0.5, memory: 1 };
                self.inbox.push_back((id, finished, left));
                self.workers.get_mut(&id).expect("it was there").work = None;
                return;
            }
        }
        let progress =
            Event::Progress { run, job, phase: Phase::Train, iteration: work.iteration, seconds: 0.1 };
        self.inbox.push_back((id, progress, Left::default()));
    }

    fn until(&mut self, standing: Standing) {
        for _ in 0..1000 {
            if self.state.standing() == standing {
                return;
            }
            self.turn();
        }
        panic!("never {standing:?}, but {:?}", self.state.standing());
    }

    fn places(&self) -> Vec<(u32, u32)> {
        let works = self.workers.values().filter_map(|worker| worker.work.as_ref());
        works.map(|work| (work.job.round, work.iteration)).collect()
    }

    fn table(&self) -> Vec<table::Row> {
        table::rows(self.state.record().finished(), self.state.config().shape.weights())
    }
}

fn reading(job: JobId, iteration: u32) -> Point {
    let lead = if job.arm == Arm::Ticket { 150 } else { 0 };
    let accuracy = Accuracy { correct: 4000 + iteration + lead, total: 5000 };
    Point { iteration, loss: 1.0 / iteration as f32, accuracy }
}

/// What a job puts out: a pure function of the job, as the real one is.
fn outcome(work: &Work) -> (Report, Left) {
    let (config, job) = (&work.config, work.job);
    let count = |l| work.mask[config.shape.weight_range(l)].iter().filter(|&&kept| kept == 1).count() as u32;
    let correct = 9000 + 100 * u32::from(job.arm == Arm::Ticket) - 10 * job.round;
    let test = Accuracy { correct, total: 10_000 };
    let report = Report {
        job,
        alive: std::array::from_fn::<_, LAYERS, _>(count),
        curve: (1..=config.iterations).filter(|&i| config.evaluates_at(i)).map(|i| reading(job, i)).collect(),
        early_stop: config.iterations,
        test_early: test,
        test_end: test,
        train_early: Accuracy { correct: 50_000, total: 55_000 },
        train_end: Accuracy { correct: 54_321, total: 55_000 },
        iterations: config.iterations,
        batch: config.batch,
    };
    let leaves = experiment::leaves(config, job);
    let mask = leaves.mask.then(|| {
        // Every second survivor goes.
        let mut alive = 0;
        let mut keep = |&kept: &u8| {
            alive += u32::from(kept);
            kept & u8::from(alive % 2 == 0)
        };
        work.mask.iter().map(&mut keep).collect()
    });
    let parameters = |wanted: bool| wanted.then(|| vec![0.0; config.shape.parameters()]);
    (report, Left { mask, rewind: parameters(leaves.rewind), end: parameters(leaves.end) })
}

#[test]
fn loading_leads_to_ready_and_play_to_done() {
    let mut bench = Bench::new(SMALL);
    assert_eq!((bench.state.standing(), bench.fetches), (Standing::Loading, 1));
    bench.deliver();
    bench.load();
    assert_eq!(bench.state.standing(), Standing::Ready);
    bench.click(Control::Play);
    assert_eq!(bench.state.standing(), Standing::Running);
    bench.until(Standing::Done);
    let table = bench.table();
    assert_eq!(table.len(), 5);
    assert_eq!(
        table[1].data[2..5],
        [("arm", "ticket".into()), ("round", "1".into()), ("weights", "133100".into())]
    );
    assert_eq!(table[0].data[6], ("test-early", "0.91".into()));
    assert!(bench.workers.values().all(|worker| worker.work.is_none()));
    bench.click(Control::Play);
    bench.click(Control::Step);
    assert_eq!(bench.state.standing(), Standing::Done);
}

#[test]
fn autoplay_and_an_early_play_start_when_all_is_loaded() {
    let mut bench = Bench::ready("autoplay=1");
    assert_eq!(bench.state.standing(), Standing::Running);
    let mut early = Bench::new(SMALL);
    early.click(Control::Play);
    assert_eq!((early.state.standing(), words::play(&early.state)), (Standing::Loading, "Pause"));
    early.load();
    assert_eq!(early.state.standing(), Standing::Running);
    bench.turn();
    bench.click(Control::Reset(settings(SMALL)));
    assert_eq!(bench.state.standing(), Standing::Ready);
}

#[test]
fn pauses_steps_and_rounds_change_no_digit() {
    let mut plain = Bench::ready(SMALL);
    plain.click(Control::Play);
    plain.until(Standing::Done);
    let mut fitful = Bench::ready(SMALL);
    let controls =
        [Control::Step, Control::Play, Control::Play, Control::Round, Control::Play, Control::Step];
    for turn in 0..400 {
        if fitful.state.standing() == Standing::Done {
            break;
        }
        if turn % 3 == 0 || !matches!(fitful.state.standing(), Standing::Running) {
            fitful.click(controls[turn / 3 % controls.len()].clone());
        }
        fitful.turn();
    }
    assert_eq!(fitful.state.standing(), Standing::Done);
    assert_eq!(fitful.table(), plain.table());
}

#[test]
fn a_pause_holds_and_play_resumes_even_before_the_workers_answer() {
    let mut bench = Bench::ready(SMALL);
    bench.click(Control::Play);
    bench.turn();
    bench.click(Control::Play);
    assert_eq!((bench.state.standing(), words::play(&bench.state)), (Standing::Paused, "Resume"));
    let places = bench.places();
    bench.turn();
    bench.turn();
    assert_eq!((bench.places(), bench.state.standing()), (places, Standing::Paused));
    let elapsed = bench.state.elapsed();
    // Play, pause and play again before anything is heard.
    bench.click(Control::Play);
    bench.click(Control::Play);
    bench.click(Control::Play);
    assert_eq!(bench.state.standing(), Standing::Running);
    bench.until(Standing::Done);
    assert!(elapsed < 0.02 && bench.state.elapsed() > elapsed);
}

#[test]
fn a_step_brings_all_arms_to_the_same_place_and_pauses() {
    let mut bench = Bench::ready(SMALL);
    bench.click(Control::Step);
    assert_eq!(bench.state.standing(), Standing::Running);
    bench.until(Standing::Paused);
    assert_eq!(bench.places(), [(0, 10)]);
    bench.click(Control::Round);
    bench.until(Standing::Paused);
    assert_eq!((bench.places(), bench.table().len()), (vec![], 1));
    for step in [10, 20, 30] {
        bench.click(Control::Step);
        bench.until(Standing::Paused);
        assert_eq!(bench.places(), [(1, step), (1, step)]);
    }
    bench.click(Control::Step);
    bench.until(Standing::Paused);
    assert_eq!((bench.places(), bench.table().len()), (vec![], 3));
    // A step in the middle of a free run: the arms stand at different iterations, and are brought together.
    bench.click(Control::Play);
    bench.turn();
    bench.turn();
    bench.click(Control::Step);
    bench.until(Standing::Paused);
    let places = bench.places();
    assert!(places.len() == 2 && places[0] == places[1] && places[0].1.is_multiple_of(10), "{places:?}");
    bench.click(Control::Round);
    bench.until(Standing::Done);
}

#[test]
fn reset_works_wherever_it_comes() {
    for turns in [0, 1, 4, 9, 30] {
        for control in [None, Some(Control::Play), Some(Control::Step)] {
            let mut bench = Bench::ready(SMALL);
            bench.click(Control::Play);
            (0..turns).for_each(|_| bench.turn());
            control.into_iter().for_each(|control| bench.click(control));
            bench.click(Control::Reset(settings("seed=4&iterations=20&eval_every=20&rounds=1")));
            assert_eq!((bench.state.standing(), bench.table().len()), (Standing::Ready, 0));
            bench.turn();
            assert_eq!(bench.state.standing(), Standing::Ready);
            bench.click(Control::Play);
            bench.until(Standing::Done);
            let trials: Vec<_> = bench.table().iter().map(|row| row.data[0].1.clone()).collect();
            assert_eq!(trials, ["4", "4", "4"]);
        }
    }
}

#[test]
fn what_an_older_run_still_says_is_dropped() {
    let mut bench = Bench::ready(SMALL);
    bench.click(Control::Play);
    bench.turn();
    let id = *bench.workers.keys().next().expect("a worker");
    let job = JobId { trial: 3, arm: Arm::Ticket, round: 0, draw: 0 };
    bench.click(Control::Reset(settings(SMALL)));
    bench.click(Control::Play);
    for event in [
        Event::Evaluated { run: 1, job, point: reading(job, 40) },
        Event::Held { run: 1, job, iteration: 17 },
        Event::Progress { run: 1, job, phase: Phase::Test, iteration: 40, seconds: 9.0 },
    ] {
        assert_eq!(bench.state.apply(id, event, Left::default(), bench.now), []);
    }
    assert!(bench.state.record().curve(job).is_empty());
    assert!(bench.state.record().live().all(|(_, live)| live.iteration == 0));
    bench.until(Standing::Done);
}

#[test]
fn a_dead_worker_is_replaced_and_finished_jobs_are_kept() {
    let mut plain = Bench::ready(SMALL);
    plain.click(Control::Play);
    plain.until(Standing::Done);
    let mut bench = Bench::ready(SMALL);
    bench.click(Control::Play);
    while bench.table().len() < 2 {
        bench.turn();
    }
    let dead = *bench.workers.keys().next().expect("a worker");
    let effects = bench.state.worker_died(dead, "unreachable".into(), bench.now);
    assert!(effects.iter().all(|effect| matches!(effect, Effect::Terminate(_))));
    bench.perform(effects);
    let failure = bench.state.failure().expect("a failure").clone();
    assert_eq!((bench.state.standing(), failure.kind), (Standing::Failed, FailureKind::Worker));
    let kept = bench.table().len();
    // What the dead still say is not heard, and buttons do nothing.
    bench.inbox.push_back((dead, Event::Loaded, Left::default()));
    bench.deliver();
    bench.click(Control::Play);
    assert_eq!(bench.state.standing(), Standing::Failed);
    bench.click(Control::Retry);
    assert_eq!((bench.state.standing(), bench.fetches), (Standing::Loading, 1));
    assert_eq!(bench.table().len(), kept);
    bench.until(Standing::Done);
    assert_eq!(bench.table(), plain.table());
}

#[test]
fn bad_data_is_fetched_anew() {
    let mut bench = Bench::new(SMALL);
    bench.deliver();
    let failure = Failure { kind: FailureKind::Data, message: "cut short".into() };
    let effects = bench.state.failed(failure, 0.0);
    bench.perform(effects);
    assert_eq!(bench.state.standing(), Standing::Failed);
    // Resetting instead of retrying starts new workers as well.
    bench.click(Control::Reset(settings(SMALL)));
    assert_eq!((bench.state.standing(), bench.fetches), (Standing::Loading, 2));
    bench.load();
    assert_eq!(bench.state.standing(), Standing::Ready);
}

#[test]
fn silence_is_a_failure_and_a_sleeping_tab_is_not() {
    let mut bench = Bench::new(SMALL);
    bench.now += 3600.0;
    assert_eq!(bench.state.tick(bench.now), []);
    assert_eq!(bench.state.standing(), Standing::Loading);
    for _ in 0..60 {
        bench.now += 1.0;
        let effects = bench.state.tick(bench.now);
        bench.perform(effects);
    }
    assert_eq!(bench.state.failure().map(|failure| failure.kind), Some(FailureKind::Data));
    let mut idle = Bench::ready(SMALL);
    for second in 0..100 {
        assert_eq!(idle.state.tick(f64::from(second)), []);
    }
    assert_eq!(idle.state.standing(), Standing::Ready);
}

#[test]
fn a_finished_ticket_without_its_mask_is_a_failure() {
    let mut bench = Bench::ready(SMALL);
    bench.click(Control::Play);
    while bench.inbox.is_empty() {
        let ids: Vec<_> = bench.workers.keys().copied().collect();
        ids.into_iter().for_each(|id| bench.work(id, 40));
    }
    bench.inbox.iter_mut().for_each(|(_, _, left)| *left = Left::default());
    bench.deliver();
    assert!(bench.state.failure().is_some_and(|failure| failure.message.contains("mask")));
}

#[test]
fn masks_come_back_from_the_rounds_of_death() {
    let mut deaths = Deaths::none(6);
    deaths.note(1, &[1, 0, 1, 1, 0, 1]);
    deaths.note(2, &[1, 0, 0, 1, 0, 0]);
    assert_eq!(deaths.bytes(), [255, 1, 2, 255, 1, 2]);
    assert_eq!(deaths.mask(1), [1, 0, 1, 1, 0, 1]);
    assert_eq!(deaths.mask(2), [1, 0, 0, 1, 0, 0]);
    assert_eq!(deaths.mask(0), [1; 6]);
}

#[test]
fn the_page_says_rounds_in_words() {
    let mut bench = Bench::ready(SMALL);
    bench.state.take_said();
    bench.click(Control::Round);
    bench.until(Standing::Paused);
    let said = bench.state.take_said().expect("something");
    assert!(
        said.starts_with("Round 0 of 2 done, 100% of weights left. Test accuracy: ticket 91.0%."),
        "{said}"
    );
    assert!(said.ends_with("Paused in round 0."), "{said}");
    bench.click(Control::Round);
    bench.until(Standing::Paused);
    let said = bench.state.take_said().expect("something");
    assert!(said.contains("re-init 89.9%") && said.contains("Ticket ahead by 1.0 points."), "{said}");
    let readout = words::readout(bench.state.record()).expect("both arms have finished");
    assert_eq!(words::lead(Some(&readout)).0, "ticket +1.0 pp ahead");
    assert_eq!(bench.state.take_said(), None);
}

#[test]
fn the_forecast_shrinks_to_nothing() {
    let mut bench = Bench::ready(SMALL);
    let left = |bench: &Bench| {
        super::forecast::seconds_left(bench.state.record(), bench.state.schedule(), bench.state.slots().len())
    };
    assert_eq!(left(&bench), None);
    bench.click(Control::Round);
    bench.until(Standing::Paused);
    let first = left(&bench).expect("a round is measured");
    bench.click(Control::Round);
    bench.until(Standing::Paused);
    let second = left(&bench).expect("two rounds are measured");
    assert!(0.0 < second && second < first, "{second} {first}");
    bench.click(Control::Play);
    bench.until(Standing::Done);
    assert_eq!(left(&bench), Some(0.0));
    assert!((super::forecast::share_done(bench.state.record()) - 1.0).abs() < 1e-12);
    assert!(bench.state.slots().iter().all(|slot| slot.stage == Stage::Idle));
}

#[test]
fn numbers_read_well() {
    assert_eq!(words::thousands(266_200), "266,200");
    assert_eq!(words::percent_left(0.0119), "1.19");
    assert_eq!(words::percent_left(1.0), "100");
    assert_eq!(words::points(-0.0004), "+0.0");
    assert_eq!(words::points(-0.019), "\u{2212}1.9");
    assert_eq!(words::three_digits(16.902), "16.9");
    assert_eq!(words::duration(83.4), "1 min 23 s");
    assert_eq!(words::about(8.2), "9 s");
}
