//! The browser's database of kept runs. Every transaction is filled at once and then waited for, so that nothing else is
//! waited for inside of one.
//!
//! | store | key | value |
//! |---|---|---|
//! | `runs` | the run's id | an object with the fields of a [`SavedRun`] |
//! | `jobs` | the run's id and the job | the worker's message that the job is finished, with its outputs, as it came; beside the jobs, under `base`, the report that the run began with |
//! | `networks` | the run's id and the job | the job, and the arrays of its network in the order of that message |

use crate::saved_runs::{SavedId, SavedRun, StoreTrouble};
use idb::{
    Database, DatabaseEvent, Error, Event, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Request,
    Transaction, TransactionMode, event::VersionChangeEvent,
};
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

const NAME: &str = "ticket-lab";
/// Counts the forms of the database; [`migrate`] knows them all.
const VERSION: u32 = 1;
const RUNS: &str = "runs";
const JOBS: &str = "jobs";
const NETWORKS: &str = "networks";
const ALL: [&str; 3] = [RUNS, JOBS, NETWORKS];
/// The place of the report that a run began with, among its jobs.
pub(super) const BASE: &str = "base";

type Outcome<T> = Result<T, StoreTrouble>;

/// Takes a database from the form `from` to the present one.
fn migrate(database: &Database, from: u32) -> Result<(), Error> {
    if from < 1 {
        for name in ALL {
            database.create_object_store(name, ObjectStoreParams::new())?;
        }
    }
    Ok(())
}

thread_local! {
    /// The database, or its being opened.
    static OPEN: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

fn closed<E>(_: E) -> StoreTrouble {
    StoreTrouble::Closed
}

/// Opens the database, unless that has been done. Whoever asks first gets it first. If it cannot be opened, the next one
/// who asks has it tried again.
async fn database() -> Outcome<Database> {
    let opening = OPEN.with_borrow_mut(|open| open.get_or_insert_with(begin_opening).clone());
    let database = JsFuture::from(opening)
        .await
        .and_then(|database| Database::try_from(database).map_err(|_| JsValue::NULL));
    database.map_err(|_| {
        OPEN.take();
        StoreTrouble::Closed
    })
}

fn begin_opening() -> Promise {
    Promise::new(&mut |opened, failed| {
        let failed_too = failed.clone();
        let begun = Factory::new().and_then(|factory| factory.open(NAME, Some(VERSION)));
        let Ok(mut request) = begun else {
            let _ = failed.call0(&JsValue::NULL);
            return;
        };
        request.on_upgrade_needed(|event: VersionChangeEvent| {
            if let (Ok(database), Ok(from)) = (event.database(), event.old_version()) {
                let _ = migrate(&database, from);
            }
        });
        request.on_success(move |event| {
            let Ok(mut database) = event.database() else {
                let _ = failed.call0(&JsValue::NULL);
                return;
            };
            // A newer version of this page wants to change the form. What is written here from now on is refused.
            database.on_version_change(|event| {
                OPEN.take();
                if let Ok(database) = event.database() {
                    database.close();
                }
            });
            database.forget_callbacks();
            let _ = opened.call1(&JsValue::NULL, &database.into());
        });
        request.on_error(move |_| _ = failed_too.call0(&JsValue::NULL));
        request.forget_callbacks();
    })
}

/// Waits until everything that was asked of a transaction is done and written.
async fn finish(mut transaction: Transaction) -> Outcome<()> {
    let ended = Promise::new(&mut |written, failed| {
        transaction.on_complete(move |_| _ = written.call0(&JsValue::NULL));
        transaction.on_abort(move |event| {
            let aborted = event.target().and_then(|target| Transaction::try_from(target).ok());
            let name = aborted.and_then(|transaction| transaction.error()).map(|error| error.name());
            let _ = failed.call1(&JsValue::NULL, &name.unwrap_or_default().into());
        });
    });
    JsFuture::from(ended).await.map(|_| ()).map_err(|name| match name.as_string().as_deref() {
        Some("QuotaExceededError") => StoreTrouble::Full,
        _ => StoreTrouble::Closed,
    })
}

/// What is asked of a transaction, at once: it returns the requests whose results are wanted. It is boxed so that the
/// waiting is compiled once.
type Ask = Box<dyn FnOnce(&Transaction) -> Result<Vec<JsValue>, Error>>;

/// Asks everything of a transaction that `ask` asks, waits until it is done, and returns the results of its requests. If
/// anything cannot be asked, nothing is done.
async fn transact(mode: TransactionMode, ask: Ask) -> Outcome<Vec<JsValue>> {
    let transaction = database().await?.transaction(&ALL, mode).map_err(closed)?;
    match ask(&transaction) {
        Ok(requests) => {
            finish(transaction).await?;
            Ok(requests.iter().map(|request| field(request, "result")).collect())
        }
        Err(error) => {
            let _ = transaction.abort();
            Err(closed(error))
        }
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn key(run: &SavedId, name: &str) -> JsValue {
    Array::of2(&run.0.as_str().into(), &name.into()).into()
}

/// All that is stored of a run in a store whose keys begin with the run's id.
fn all_of(run: &SavedId) -> Result<Query, Error> {
    let id: JsValue = run.0.as_str().into();
    // Arrays come after all texts.
    KeyRange::bound(&Array::of1(&id), &Array::of2(&id, &Array::new()), None, None).map(Query::from)
}

/// A job to be written, and what is written of its network.
pub(super) struct JobToWrite {
    /// The job.
    pub(super) job: String,
    /// The worker's message with its outputs.
    pub(super) record: JsValue,
    /// The arrays of its network, if they are kept.
    pub(super) network: Option<Array>,
    /// The jobs whose networks are no longer kept.
    pub(super) dropped: Vec<String>,
}

/// Something that is done with the store.
pub(super) enum StoreTask {
    /// Writes what is known of a run, the report that it began with, and a job.
    Write(SavedRun, Option<JsValue>, Option<JobToWrite>),
    /// Reads the descriptions of all runs: an array.
    List,
    /// Reads a run: its description, the report that it began with, an array of the messages of its jobs, and an array of
    /// its networks, each with its job before its arrays.
    Read(SavedId),
    /// Changes one field of what is known of a run.
    SetField(SavedId, &'static str, JsValue),
    /// Adds readings of corrupted images to the report in the message of a job.
    AddReadings(SavedId, String, JsValue),
    /// Removes a run.
    Remove(SavedId),
}

/// Does something with the store, and returns what it reads.
pub(super) async fn perform(task: StoreTask) -> Outcome<Vec<JsValue>> {
    let mode = match task {
        StoreTask::List | StoreTask::Read(_) => TransactionMode::ReadOnly,
        StoreTask::Write(..)
        | StoreTask::SetField(..)
        | StoreTask::AddReadings(..)
        | StoreTask::Remove(_) => TransactionMode::ReadWrite,
    };
    transact(mode, Box::new(|transaction| ask(transaction, task))).await
}

fn ask(transaction: &Transaction, task: StoreTask) -> Result<Vec<JsValue>, Error> {
    let (runs, jobs) = (transaction.object_store(RUNS)?, transaction.object_store(JOBS)?);
    let networks = transaction.object_store(NETWORKS)?;
    let mut wanted: Vec<JsValue> = vec![];
    match task {
        StoreTask::Write(run, base, job) => {
            runs.put(&object_of(&run), Some(&run.id.0.as_str().into()))?;
            if let Some(base) = base {
                jobs.put(&base, Some(&key(&run.id, BASE)))?;
            }
            if let Some(job) = job {
                jobs.put(&job.record, Some(&key(&run.id, &job.job)))?;
                if let Some(network) = job.network {
                    networks.put(&network, Some(&key(&run.id, &job.job)))?;
                }
                for job in job.dropped {
                    networks.delete(key(&run.id, &job))?;
                }
            }
        }
        StoreTask::List => wanted.push(runs.get_all(None, None)?.into()),
        StoreTask::Read(id) => {
            wanted.push(runs.get(JsValue::from(id.0.as_str()))?.into());
            wanted.push(jobs.get(key(&id, BASE))?.into());
            wanted.push(jobs.get_all(Some(all_of(&id)?), None)?.into());
            wanted.push(networks.get_all(Some(all_of(&id)?), None)?.into());
        }
        StoreTask::SetField(id, name, value) => {
            change(runs, id.0.as_str().into(), move |run| _ = Reflect::set(run, &name.into(), &value))?;
        }
        StoreTask::AddReadings(id, job, readings) => change(jobs, key(&id, &job), move |message| {
            let event = Array::from(message).get(0);
            let report = field(&field(&event, "Finished"), "report");
            let _ = Reflect::set(&report, &"robustness".into(), &readings);
        })?,
        StoreTask::Remove(id) => {
            runs.delete(JsValue::from(id.0.as_str()))?;
            jobs.delete(all_of(&id)?)?;
            networks.delete(all_of(&id)?)?;
        }
    }
    Ok(wanted)
}

/// Reads a value, changes it and writes it again, if it is there.
fn change(store: ObjectStore, key: JsValue, alter: impl FnOnce(&JsValue) + 'static) -> Result<(), Error> {
    let mut request = store.get(key.clone())?;
    request.on_success(move |event| {
        let value = event.target().and_then(|request| request.result());
        if let Some(value) = value.ok().filter(JsValue::is_object) {
            alter(&value);
            let _ = store.put(&value, Some(&key));
        }
    });
    request.forget_callbacks();
    Ok(())
}

/// A description of a run as it is stored.
fn object_of(run: &SavedRun) -> JsValue {
    let object = Object::new();
    let fields: [(&str, JsValue); 11] = [
        ("id", run.id.0.as_str().into()),
        ("schema", run.schema.into()),
        ("name", run.name.as_str().into()),
        ("fragment", run.fragment.as_str().into()),
        ("begun", run.begun.into()),
        ("written", run.written.into()),
        ("done", run.done.into()),
        ("total", run.total.into()),
        ("bytes", run.bytes.into()),
        ("seconds", run.seconds.into()),
        ("deleted", run.deleted.into()),
    ];
    for (name, value) in fields {
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// Reads a stored description. What another version has left out is empty; without an id it is none.
pub(super) fn run_of(object: &JsValue) -> Option<SavedRun> {
    let text = |name| field(object, name).as_string().unwrap_or_default();
    let number = |name| field(object, name).as_f64().unwrap_or_default();
    Some(SavedRun {
        id: SavedId(field(object, "id").as_string()?),
        schema: number("schema") as u32,
        name: text("name"),
        fragment: text("fragment"),
        begun: number("begun"),
        written: number("written"),
        done: number("done") as u32,
        total: number("total") as u32,
        bytes: number("bytes"),
        seconds: number("seconds"),
        deleted: field(object, "deleted").is_truthy(),
    })
}
