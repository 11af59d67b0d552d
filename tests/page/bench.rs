//! The brain against a fake fleet: every command is answered as a worker would answer it, with made-up numbers.

use experiment::{
    arm::Arm,
    config::Config,
    job::JobId,
    job_data::Left,
    jobs::leaves,
    report::{Accuracy, Point, Report},
    settings::Settings,
};
use model::mask::alive;
use page::{
    fleet::{Bulk, Effect, WorkerId},
    state::{Control, State},
    status::PageStatus,
    table,
};
use protocol::{Command, Event, Part, Phase, Run, Sent, Until};
use std::collections::{BTreeMap, VecDeque};
use worker::session::{self, Session};

/// A job in a fake worker's hands.
pub(crate) struct Work {
    run: Run,
    job: JobId,
    config: Config,
    until: Until,
    mask: Vec<u8>,
    iteration: u32,
    holds: bool,
}

#[derive(Default)]
pub(crate) struct Worker {
    pub(crate) works: Vec<Work>,
    pub(crate) loaded: bool,
}

/// A page with its fake workers; time goes by ten milliseconds a turn.
pub(crate) struct Bench {
    pub(crate) state: State,
    pub(crate) workers: BTreeMap<WorkerId, Worker>,
    pub(crate) inbox: VecDeque<(WorkerId, Event, Sent)>,
    pub(crate) fetches: usize,
    /// How often the claims were to be scored.
    pub(crate) scored: usize,
    /// Files offered to keep.
    pub(crate) saved: Vec<(String, String)>,
    /// How often new settings were to be shown.
    pub(crate) shown: usize,
    /// Every job that was started, in order.
    pub(crate) started: Vec<JobId>,
    pub(crate) now: f64,
    /// Which worker goes first changes with this.
    pub(crate) turn: usize,
}

pub(crate) fn settings(fragment: &str) -> Settings {
    let (settings, refused) = Settings::from_fragment(fragment);
    assert!(refused.is_empty());
    settings
}

/// A small experiment.
pub(crate) const SMALL: &str = "seed=3&iterations=40&eval_every=10&rounds=2";

impl Bench {
    pub(crate) fn new(fragment: &str) -> Bench {
        Bench::with(fragment, 2)
    }

    pub(crate) fn with(fragment: &str, workers: usize) -> Bench {
        let (state, effects) = State::new(settings(fragment), workers, 0.0);
        let mut bench = Bench {
            state,
            workers: BTreeMap::new(),
            inbox: VecDeque::new(),
            fetches: 0,
            scored: 0,
            saved: Vec::new(),
            shown: 0,
            started: Vec::new(),
            now: 0.0,
            turn: 0,
        };
        bench.perform(effects);
        bench
    }

    pub(crate) fn ready(fragment: &str) -> Bench {
        let mut bench = Bench::new(fragment);
        bench.load();
        bench
    }

    pub(crate) fn load(&mut self) {
        for part in Part::ALL {
            self.state.fetched(part, 10, Some(10), self.now);
        }
        let effects = self.state.data_here(self.now);
        self.perform(effects);
        self.deliver();
    }

    pub(crate) fn click(&mut self, control: Control) {
        let effects = self.state.click(control, self.now);
        self.perform(effects);
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn(id) => {
                    self.workers.insert(id, Worker::default());
                    self.inbox.push_back((id, Event::Ready, Sent::None));
                }
                Effect::Terminate(id) => {
                    self.workers.remove(&id);
                }
                Effect::Fetch => self.fetches += 1,
                Effect::ShowSettings => self.shown += 1,
                Effect::Save { name, text } => self.saved.push((name, text)),
                Effect::Send { to, command, bulk } => self.obey(to, command, bulk),
            }
        }
    }

    pub(crate) fn obey(&mut self, to: WorkerId, command: Command, bulk: Bulk) {
        let worker = self.workers.get_mut(&to).expect("a command to a worker that lives");
        match command {
            Command::Load => {
                assert_eq!(bulk, Bulk::Data);
                worker.loaded = true;
                self.inbox.push_back((to, Event::Unpacking { done: 5, total: 40 }, Sent::None));
                self.inbox.push_back((to, Event::Loaded, Sent::None));
            }
            Command::Start { run, job, config, until } => {
                let idle = worker.works.iter().all(|work| work.holds && work.job != job);
                assert!(worker.loaded && idle, "{job} was given to a busy worker");
                let mask = match bulk {
                    Bulk::Inputs(inputs) => {
                        inputs.check(&config, job).expect("all that it needs");
                        inputs.mask.unwrap_or_else(|| vec![1; config.model.weights()])
                    }
                    _ => panic!("{job} came without its inputs"),
                };
                worker.works.push(Work { run, job, config, until, mask, iteration: 0, holds: false });
                self.started.push(job);
            }
            Command::Continue { run, job, until } => {
                assert!(worker.works.iter().all(|work| work.holds), "{job} was to go on beside another");
                let mut works = worker.works.iter_mut();
                let work = works.find(|work| (work.run, work.job) == (run, job)).expect("one in hand");
                (work.until, work.holds) = (until, false);
            }
            Command::Pause { run } => {
                // As the real worker does: one that holds already says nothing more.
                for work in worker.works.iter_mut().filter(|w| w.run == run && !w.holds) {
                    work.holds = true;
                    let held = Event::Held { run, job: work.job, iteration: work.iteration };
                    self.inbox.push_back((to, held, Sent::None));
                }
            }
            Command::Cancel => worker.works.clear(),
            Command::Export { .. } | Command::Import { .. } | Command::Score { .. } => {
                self.scored += usize::from(matches!(command, Command::Score { .. }));
                // What is not training the real worker's brain answers at once.
                let bulk = match bulk {
                    Bulk::Deaths(deaths) => session::Bulk::Deaths(deaths),
                    Bulk::Texts(texts) => session::Bulk::Texts(texts),
                    _ => session::Bulk::None,
                };
                let said = Session::default().handle(command, bulk);
                self.inbox.extend(said.into_iter().map(|(event, sent)| (to, event, sent)));
            }
        }
    }

    /// Delivers what the workers have said.
    pub(crate) fn deliver(&mut self) {
        while let Some((from, event, sent)) = self.inbox.pop_front() {
            let effects = self.state.apply(from, event, sent, self.now);
            self.perform(effects);
        }
    }

    /// Each worker does a few steps, then what they said is delivered.
    pub(crate) fn turn(&mut self) {
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

    pub(crate) fn work(&mut self, id: WorkerId, steps: u32) {
        let Some(works) = self.workers.get_mut(&id).map(|worker| &mut worker.works) else { return };
        let Some(at) = works.iter().position(|work| !work.holds) else { return };
        let work = &mut works[at];
        let (run, job) = (work.run, work.job);
        for _ in 0..steps {
            if work.holds {
                return;
            }
            work.iteration += 1;
            let iteration = work.iteration;
            if work.config.evaluates_at(iteration) {
                let point = reading(job, iteration);
                self.inbox.push_back((id, Event::Evaluated { run, job, point }, Sent::None));
            }
            if work.until == Until::Iteration(iteration) {
                work.holds = true;
                self.inbox.push_back((id, Event::Held { run, job, iteration }, Sent::None));
                return;
            }
            if iteration == work.config.iterations {
                let (report, left) = outcome(work);
                let finished =
                    Event::Finished { run, report, seconds: 0.5, memory: 1, digest: String::new() };
                self.inbox.push_back((id, finished, Sent::Left(left)));
                works.remove(at);
                return;
            }
        }
        let progress =
            Event::Progress { run, job, phase: Phase::Train, iteration: work.iteration, seconds: 0.1 };
        self.inbox.push_back((id, progress, Sent::None));
    }

    pub(crate) fn until(&mut self, standing: PageStatus) {
        for _ in 0..1000 {
            if self.state.standing() == standing {
                return;
            }
            self.turn();
        }
        panic!("never {standing:?}, but {:?}", self.state.standing());
    }

    pub(crate) fn places(&self) -> Vec<(u32, u32)> {
        let works = self.workers.values().flat_map(|worker| &worker.works);
        works.map(|work| (work.job.round, work.iteration)).collect()
    }

    pub(crate) fn table(&self) -> Vec<table::Row> {
        table::rows(self.state.record())
    }
}

pub(crate) fn reading(job: JobId, iteration: u32) -> Point {
    let lead = if job.arm == Arm::Ticket { 150 } else { 0 };
    let accuracy = Accuracy { correct: 4000 + iteration + lead, total: 5000 };
    Point { iteration, loss: 1.0 / iteration as f32, accuracy }
}

/// What a job puts out: a pure function of the job, as the real one is.
pub(crate) fn outcome(work: &Work) -> (Report, Left) {
    let (config, job) = (&work.config, work.job);
    let correct = 9000 + 100 * u32::from(job.arm == Arm::Ticket) - 10 * job.round;
    let test = Accuracy { correct, total: 10_000 };
    let report = Report {
        job,
        alive: alive(&config.model, &work.mask),
        curve: (1..=config.iterations).filter(|&i| config.evaluates_at(i)).map(|i| reading(job, i)).collect(),
        early_stop: config.iterations,
        test_early: test,
        test_end: test,
        train_early: Accuracy { correct: 50_000, total: 55_000 },
        train_end: Accuracy { correct: 54_321, total: 55_000 },
        iterations: config.iterations,
        batch: config.batch,
    };
    let leaves = leaves(config, job);
    let mask = leaves.mask.then(|| {
        // Every second survivor goes.
        let mut alive = 0;
        let mut keep = |&kept: &u8| {
            alive += u32::from(kept);
            kept & u8::from(alive % 2 == 0)
        };
        work.mask.iter().map(&mut keep).collect()
    });
    let parameters = |wanted: bool| wanted.then(|| vec![0.0; config.model.parameters()]);
    (report, Left { mask, rewind: parameters(leaves.rewind), end: parameters(leaves.end) })
}
