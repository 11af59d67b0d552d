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
    Database, DatabaseEvent, Error, Event, Factory, KeyRange, ObjectStoreParams, Query, Request, Transaction,
    TransactionMode, event::VersionChangeEvent,
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

/// Asks everything of a transaction that `ask` asks, and waits until it is done. If anything cannot be asked, nothing is
/// done.
async fn transact<T>(
    mode: TransactionMode,
    ask: impl FnOnce(&Transaction) -> Result<T, Error>,
) -> Outcome<T> {
    let transaction = database().await?.transaction(&ALL, mode).map_err(closed)?;
    match ask(&transaction) {
        Ok(asked) => finish(transaction).await.map(|()| asked),
        Err(error) => {
            let _ = transaction.abort();
            Err(closed(error))
        }
    }
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

/// Writes what is known of a run, and jobs of it.
pub(super) async fn write(run: SavedRun, base: Option<JsValue>, job: Option<JobToWrite>) -> Outcome<()> {
    transact(TransactionMode::ReadWrite, |transaction| {
        let (jobs, networks) = (transaction.object_store(JOBS)?, transaction.object_store(NETWORKS)?);
        transaction.object_store(RUNS)?.put(&object_of(&run), Some(&run.id.0.as_str().into()))?;
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
        Ok(())
    })
    .await
}

/// The descriptions of all runs.
pub(super) async fn list() -> Outcome<Vec<SavedRun>> {
    let asked = transact(TransactionMode::ReadOnly, |transaction| {
        transaction.object_store(RUNS)?.get_all(None, None)
    });
    let runs = Array::from(&asked.await?.result().map_err(closed)?);
    Ok(runs.iter().filter_map(|run| run_of(&run)).collect())
}

/// What a run consists of.
pub(super) struct StoredRun {
    /// What is known of it.
    pub(super) run: SavedRun,
    /// The report that it began with.
    pub(super) base: JsValue,
    /// The messages of its jobs.
    pub(super) jobs: Array,
    /// The arrays of its networks, each behind its job.
    pub(super) networks: Array,
}

/// Reads a run.
pub(super) async fn read(id: &SavedId) -> Outcome<StoredRun> {
    let asked = transact(TransactionMode::ReadOnly, |transaction| {
        let jobs = transaction.object_store(JOBS)?;
        let run = transaction.object_store(RUNS)?.get(JsValue::from(id.0.as_str()))?;
        let base = jobs.get(key(id, BASE))?;
        let networks = transaction.object_store(NETWORKS)?.get_all(Some(all_of(id)?), None)?;
        Ok((run, base, jobs.get_all(Some(all_of(id)?), None)?, networks))
    });
    let (run, base, jobs, networks) = asked.await?;
    Ok(StoredRun {
        run: run.result().ok().and_then(|run| run_of(&run)).ok_or(StoreTrouble::Closed)?,
        base: base.result().map_err(closed)?,
        jobs: Array::from(&jobs.result().map_err(closed)?),
        networks: Array::from(&networks.result().map_err(closed)?),
    })
}

/// Changes one field of what is known of a run.
pub(super) async fn set_field(id: &SavedId, field: &'static str, value: JsValue) -> Outcome<()> {
    transact(TransactionMode::ReadWrite, |transaction| {
        let (runs, id) = (transaction.object_store(RUNS)?, JsValue::from(id.0.as_str()));
        let mut request = runs.get(id.clone())?;
        request.on_success(move |event| {
            let run = event.target().and_then(|request| request.result());
            if let Some(run) = run.ok().filter(JsValue::is_object) {
                let _ = Reflect::set(&run, &field.into(), &value);
                let _ = runs.put(&run, Some(&id));
            }
        });
        request.forget_callbacks();
        Ok(())
    })
    .await
}

/// Removes a run.
pub(super) async fn remove(id: &SavedId) -> Outcome<()> {
    transact(TransactionMode::ReadWrite, |transaction| {
        transaction.object_store(RUNS)?.delete(JsValue::from(id.0.as_str()))?;
        for name in [JOBS, NETWORKS] {
            transaction.object_store(name)?.delete(all_of(id)?)?;
        }
        Ok(())
    })
    .await
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
fn run_of(object: &JsValue) -> Option<SavedRun> {
    let field = |name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    let text = |name| field(name).as_string().unwrap_or_default();
    let number = |name| field(name).as_f64().unwrap_or_default();
    Some(SavedRun {
        id: SavedId(field("id").as_string()?),
        schema: number("schema") as u32,
        name: text("name"),
        fragment: text("fragment"),
        begun: number("begun"),
        written: number("written"),
        done: number("done") as u32,
        total: number("total") as u32,
        bytes: number("bytes"),
        seconds: number("seconds"),
        deleted: field("deleted").is_truthy(),
    })
}
