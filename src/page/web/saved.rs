//! Does with the browser's store of runs what the state wants. Whatever it takes is taken at once, so that nobody waits
//! for the store.

use crate::{
    kept_networks::KeptArrays,
    saved_runs::{SavedAction, SavedEffect, SavedId, SavedWrite, StoreTrouble, WrittenJob},
    state::{
        UserAction,
        saving::{SavedContents, SavedJob},
    },
    web::{
        array_store, dom, saved_locks,
        saved_store::{self, JobToWrite, StoredRun},
        state_updates::update_state,
    },
};
use experiment::experiment_report::{ExperimentReportParts, FinishedJob};
use js_sys::{Array, Date};
use protocol::{
    WorkerEvent,
    codec::{self, PostedMessage},
    payload::{ArrayId, PayloadItem},
    report_payload,
};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

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
    spawn_local(async {
        dom::next_task().await;
        list().await;
    });
}

/// Carries out an effect.
pub(super) fn perform(effect: SavedEffect) {
    match effect {
        SavedEffect::List => spawn_local(list()),
        SavedEffect::Write(write) => perform_write(*write),
        SavedEffect::Open(id) => spawn_local(open(id)),
        SavedEffect::Rename(id, name) => spawn_local(async move {
            let _ = saved_store::set_field(&id, "name", name.into()).await;
        }),
        SavedEffect::SetDeleted(id, deleted) => spawn_local(async move {
            match saved_locks::hold(&id).await {
                true => _ = saved_store::set_field(&id, "deleted", deleted.into()).await,
                false => update_state(move |state, _| state.on_saved_elsewhere(id)),
            }
        }),
        SavedEffect::Remove(ids) => spawn_local(async move {
            for id in ids {
                if saved_locks::hold(&id).await {
                    let _ = saved_store::remove(&id).await;
                    saved_locks::let_go(&id);
                }
            }
        }),
        SavedEffect::Hold(ids) => {
            saved_locks::let_go_of_others(&ids);
            spawn_local(async move {
                for id in ids {
                    saved_locks::hold(&id).await;
                }
            });
        }
    }
}

async fn list() {
    // Where the store does not open there are no runs, and the first finished job says why it is not kept.
    let (runs, elsewhere) =
        (saved_store::list().await.unwrap_or_default(), saved_locks::held_elsewhere().await);
    update_state(move |state, _| state.on_saved_list(runs, elsewhere));
}

fn perform_write(write: SavedWrite) {
    let base = write.base.and_then(|(parts, payload)| PostedMessage::with_payload(&*parts, &payload).ok());
    let job = write.job.map(|WrittenJob { job, record, network, dropped }| JobToWrite {
        job: job.to_string(),
        record: array_store::get(record).into(),
        network: network.map(|network| network_list(&job.to_string(), &network)),
        dropped: dropped.iter().map(ToString::to_string).collect(),
    });
    let run = write.run;
    spawn_local(async move {
        let outcome = saved_store::write(run, base.map(|base| base.list.into()), job).await;
        update_state(move |state, _| state.on_saved(outcome));
    });
}

/// The job, and the arrays of its network in the order in which a worker sends them.
fn network_list(job: &str, network: &KeptArrays) -> Array {
    let array = |id: ArrayId| JsValue::from(array_store::get(id));
    let KeptArrays { mask, first, last, early_stop, test_predictions } = *network;
    let early_stop = early_stop.map_or(JsValue::NULL, array);
    [job.into(), array(mask), array(first), array(last), early_stop, array(test_predictions)]
        .into_iter()
        .collect()
}

async fn open(id: SavedId) {
    if !saved_locks::hold(&id).await {
        return update_state(move |state, _| state.on_saved_elsewhere(id));
    }
    let read = saved_store::read(&id).await.and_then(|stored| contents(stored).ok_or(StoreTrouble::Closed));
    match read {
        Ok(contents) => update_state(move |state, now| state.on_saved_read(contents, now)),
        Err(_) => {
            saved_locks::let_go(&id);
            // It has gone, or was never whole; the list says what is there.
            update_state(|state, now| state.on_action(UserAction::Saved(SavedAction::List), now));
        }
    }
}

/// A run as the state takes it. Jobs that cannot be read are left out, and are trained again.
fn contents(stored: StoredRun) -> Option<SavedContents> {
    let StoredRun { run, base, jobs, networks } = stored;
    run.settings()?;
    let base = codec::read_message::<ExperimentReportParts>(&base).ok();
    let base =
        base.and_then(|(parts, values)| report_payload::read_report(parts, codec::read_payload(&values)));
    let mut by_job: BTreeMap<String, Array> = networks
        .iter()
        .filter_map(|network| network.dyn_into::<Array>().ok())
        .filter_map(|network| Some((network.get(0).as_string()?, network.slice(1, network.length()))))
        .collect();
    let job = |record: JsValue| {
        let (event, values) = codec::read_message::<WorkerEvent>(&record).ok()?;
        let WorkerEvent::Finished { report, seconds, digest, .. } = event else { return None };
        let network = by_job.remove(&report.job.to_string());
        let network = network.iter().flat_map(Array::iter).map(|array| match array.dyn_into() {
            Ok(array) => PayloadItem::Kept(array_store::keep(array)),
            Err(_) => PayloadItem::Absent,
        });
        Some(SavedJob {
            network: network.collect(),
            outputs: codec::read_payload(&values).into_job_outputs(),
            finished: FinishedJob { report, seconds, digest: Some(digest) },
        })
    };
    Some(SavedContents { run, base, jobs: jobs.iter().filter_map(job).collect() })
}
