//! Does with the browser's store of runs what the state wants. Whatever it takes is taken at once, so that nobody waits
//! for the store.

use crate::{
    kept_networks::KeptArrays,
    saved_runs::{SavedAction, SavedEffect, SavedId, SavedWrite, StoreTrouble, WrittenJob},
    state::{
        State, UserAction,
        saving::{SavedContents, SavedJob},
    },
    web::{
        array_store, dom, saved_locks,
        saved_store::{self, JobToWrite, StoreTask},
        state_updates::update_state,
    },
    worker_pool::Effect,
};
use experiment::{
    experiment_report::{ExperimentReportParts, FinishedJob},
    sorted_map::SortedMap,
};
use js_sys::{Array, Date};
use protocol::{
    WorkerEvent,
    codec::{self, PostedMessage},
    payload::{ArrayId, Payload},
    report_payload,
};
use std::{cell::RefCell, collections::VecDeque};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Milliseconds after which a page that was left has let go of its locks.
const A_MOMENT: i32 = 1_000;

/// Something to be done, whose parts no longer belong to anybody else.
enum Work {
    /// An effect, other than to write and to open.
    Plain(SavedEffect),
    /// A write.
    Write(StoreTask),
}

/// Tells the state who it is, and looks for kept runs once the page has begun.
pub(super) fn begin() {
    let mut random = [0; 8];
    if let Ok(crypto) = dom::window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    let clock = Date::now() / 1e3 - dom::now_seconds();
    update_state(move |state, _| {
        state.set_identity(u64::from_le_bytes(random), clock);
        vec![]
    });
    // The page comes first.
    list_after(0);
}

/// Carries out an effect.
pub(super) fn perform(effect: SavedEffect) {
    let work = match effect {
        SavedEffect::Write(write) => Work::Write(task_of(*write)),
        SavedEffect::ListLater => return list_after(A_MOMENT),
        other => Work::Plain(other),
    };
    begin_work(work);
}

thread_local! {
    /// What is to be done, one after the other, so that a lock that is let go of can be had again, and the last change of a
    /// run is the one that stays.
    static QUEUE: RefCell<(VecDeque<Work>, bool)> = const { RefCell::new((VecDeque::new(), false)) };
}

/// Looks for kept runs after so many milliseconds.
fn list_after(milliseconds: i32) {
    spawn_local(async move {
        dom::later(milliseconds).await;
        begin_work(Work::Plain(SavedEffect::List));
    });
}

fn begin_work(work: Work) {
    let is_busy = QUEUE.with_borrow_mut(|(queue, is_busy)| {
        queue.push_back(work);
        std::mem::replace(is_busy, true)
    });
    if !is_busy {
        spawn_local(work_off());
    }
}

async fn work_off() {
    while let Some(work) = QUEUE.with_borrow_mut(|(queue, is_busy)| {
        *is_busy = !queue.is_empty();
        queue.pop_front()
    }) {
        if let Some(told) = outcome(work).await {
            update_state(told);
        }
    }
}

/// What the state is told afterwards. It is boxed so that the waiting is compiled once.
type Told = Box<dyn FnOnce(&mut State, f64) -> Vec<Effect>>;

async fn outcome(work: Work) -> Option<Told> {
    let effect = match work {
        Work::Write(task) => {
            let has_job = matches!(task, StoreTask::Write(.., Some(_)));
            let written = saved_store::perform(task).await.map(|_| ());
            // A place that could not be noted costs nothing.
            return has_job.then(|| -> Told { Box::new(move |state, _| state.on_saved(written)) });
        }
        Work::Plain(effect) => effect,
    };
    let task = match effect {
        // Others than the first are taken apart before.
        SavedEffect::List | SavedEffect::ListLater | SavedEffect::Write(_) => {
            // Where the store does not open there are no runs, and the first finished job says why it is not kept.
            let read = saved_store::perform(StoreTask::List).await.unwrap_or_default();
            let runs = read.iter().flat_map(|runs| Array::from(runs).to_vec());
            let runs = runs.filter_map(|run| saved_store::run_of(&run)).collect();
            let elsewhere = saved_locks::held_elsewhere().await;
            return Some(Box::new(move |state, _| state.on_saved_list(runs, elsewhere)));
        }
        SavedEffect::Hold(ids) => {
            saved_locks::let_go_of_others(&|id| ids.contains(id)).await;
            for id in ids {
                saved_locks::hold(&id).await;
            }
            return None;
        }
        SavedEffect::Remove(ids) => {
            for id in ids {
                if saved_locks::hold(&id).await {
                    let _ = saved_store::perform(StoreTask::Remove(id.clone())).await;
                    saved_locks::let_go_of_others(&|held| *held != id).await;
                }
            }
            return None;
        }
        SavedEffect::Rename(id, name) => StoreTask::SetField(id, "name", name.into()),
        SavedEffect::AddReadings(id, job, readings) => {
            let readings = codec::to_value(&readings).unwrap_or(JsValue::UNDEFINED);
            let task = StoreTask::AddReadings(id, job.to_string(), readings);
            let written = saved_store::perform(task).await.map(|_| ());
            return Some(Box::new(move |state, _| state.on_saved(written)));
        }
        SavedEffect::Open(id) => {
            if !saved_locks::hold(&id).await {
                return Some(Box::new(|state, _| state.on_saved_elsewhere(id)));
            }
            StoreTask::Read(id)
        }
        SavedEffect::SetDeleted(id, deleted) => {
            if !saved_locks::hold(&id).await {
                return Some(Box::new(|state, _| state.on_saved_elsewhere(id)));
            }
            StoreTask::SetField(id, "deleted", deleted.into())
        }
    };
    let opened = if let StoreTask::Read(id) = &task { Some(id.clone()) } else { None };
    let read = saved_store::perform(task).await;
    let opened: SavedId = opened?;
    match read.and_then(|read| contents(&read).ok_or(StoreTrouble::Closed)) {
        Ok(contents) => Some(Box::new(|state, now| state.on_saved_read(contents, now))),
        Err(_) => {
            saved_locks::let_go_of_others(&|held| *held != opened).await;
            // It has gone, or was never whole; the list says what is there.
            Some(Box::new(|state, now| state.on_action(UserAction::Saved(SavedAction::List), now)))
        }
    }
}

fn task_of(write: SavedWrite) -> StoreTask {
    let base = write.base.and_then(|(parts, payload)| PostedMessage::with_payload(&*parts, &payload).ok());
    let job = write.job.map(|WrittenJob { job, record, network, dropped }| JobToWrite {
        job: job.to_string(),
        record: array_store::get(record).into(),
        network: network.map(|network| network_list(&job.to_string(), &network)),
        dropped: dropped.iter().map(ToString::to_string).collect(),
    });
    StoreTask::Write(write.run, base.map(|base| base.list.into()), job)
}

/// The job, and the arrays of its network in the order in which a worker sends them.
fn network_list(job: &str, network: &KeptArrays) -> Array {
    let array = |id: ArrayId| JsValue::from(array_store::get(id));
    let KeptArrays { mask, first, last, early_stop, test_predictions } = *network;
    let early_stop = early_stop.map_or(JsValue::NULL, array);
    let list = Array::of1(&job.into());
    for value in [array(mask), array(first), array(last), early_stop, array(test_predictions)] {
        list.push(&value);
    }
    list
}

/// A run as the state takes it, from what [`StoreTask::Read`] reads. Jobs that cannot be read are left out, and are trained
/// again.
fn contents(read: &[JsValue]) -> Option<SavedContents> {
    let [run, base, jobs, networks] = read else { return None };
    let run = saved_store::run_of(run)?;
    run.settings()?;
    let base = codec::read_message::<ExperimentReportParts>(base).ok();
    let base =
        base.and_then(|(parts, values)| report_payload::read_report(parts, codec::read_payload(&values)));
    let mut by_job = SortedMap::new();
    for network in Array::from(networks) {
        let network = Array::from(&network);
        by_job.insert(network.get(0).as_string().unwrap_or_default(), network);
    }
    let job = |record: JsValue| {
        let (event, values) = codec::read_message::<WorkerEvent>(&record).ok()?;
        let WorkerEvent::Finished { report, seconds, digest, .. } = event else { return None };
        let mut network = Payload::NONE;
        if let Some(stored) = by_job.remove(&report.job.to_string()) {
            array_store::keep_behind(&mut network, &stored.slice(1, stored.length()));
        }
        Some(SavedJob {
            network: network.0,
            outputs: codec::read_payload(&values).into_job_outputs(),
            finished: FinishedJob { report: *report, seconds, digest: Some(digest) },
        })
    };
    Some(SavedContents { run, base, jobs: Array::from(jobs).iter().filter_map(job).collect() })
}
