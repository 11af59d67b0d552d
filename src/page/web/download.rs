//! Downloads the files of the data sets. Each is fetched once, with its progress, and kept compressed as it was fetched, so that a
//! new worker can be given a copy.

use crate::refusals::{FetchFault, PageFailure, PageRefusal};
use crate::web::{dom, state_updates::update_state, worker_handle::DataFiles};
use js_sys::{Object, Reflect, Uint8Array};
use model::data_set::{DataFile, DataSet};
use protocol::FailureKind;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStreamDefaultReader, Response};

/// Fetches all four files of each data set at the same time and calls `arrived` when all have come. `own` are the files of the
/// first one if it is of the user. `bad_before` is how many times bad data was fetched before. Progress, result and failures are ignored as soon as `is_wanted` returns false.
pub(super) fn start(
    bad_before: u32,
    (data, own): (&[DataSet], Option<[Option<Object>; 4]>),
    is_wanted: impl Fn() -> bool + Copy + 'static,
    arrived: fn(DataFiles),
) {
    let all: Vec<(usize, DataFile, String)> = data
        .iter()
        .enumerate()
        .flat_map(|(set, data)| DataFile::ALL.map(|file| (set, file, data.path(file))))
        .collect();
    let mut own = own.into_iter().flatten().map(|file| file.map(JsCast::unchecked_into::<Uint8Array>));
    let files = std::rc::Rc::new(std::cell::RefCell::new(vec![None; all.len()]));
    for (place, (set, file, path)) in all.into_iter().enumerate() {
        let (files, own) = (files.clone(), own.next().flatten());
        spawn_local(async move {
            let come = match own {
                Some(own) => Ok(own),
                None => fetch_file(bad_before, (set, file), &path, is_wanted).await,
            };
            match come {
                Ok(bytes) => {
                    files.borrow_mut()[place] = Some(bytes);
                    let whole: Option<DataFiles> = files.borrow().iter().cloned().collect();
                    if let Some(whole) = whole
                        && is_wanted()
                    {
                        arrived(whole);
                    }
                }
                Err(Some(fault)) if is_wanted() => {
                    let cause = PageRefusal::DataNotFetched { path, fault };
                    let failure = PageFailure { kind: FailureKind::Data, cause };
                    update_state(move |state, now| state.on_failure(failure, now));
                }
                Err(_) => {}
            }
        });
    }
}

/// Fetches a file. The error is `None` if the file is no longer wanted.
async fn fetch_file(
    bad_before: u32,
    file: (usize, DataFile),
    path: &str,
    is_wanted: impl Fn() -> bool,
) -> Result<Uint8Array, Option<FetchFault>> {
    let lost = |error: JsValue| Some(FetchFault::Lost(dom::error_message(&error)));
    // After a failed download the browser's cache may contain a damaged file. A different address avoids the cache.
    let address = if bad_before > 0 { format!("{path}?again={bad_before}") } else { path.to_owned() };
    let response = JsFuture::from(dom::window().fetch_with_str(&address)).await.map_err(lost)?;
    let response: Response = response.dyn_into().map_err(lost)?;
    if !response.ok() {
        return Err(Some(FetchFault::Status(response.status())));
    }
    let total = content_length(&response);
    let Some(body) = response.body() else {
        let buffer = JsFuture::from(response.array_buffer().map_err(lost)?).await.map_err(lost)?;
        return Ok(Uint8Array::new(&buffer));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into().map_err(|e| lost(e.into()))?;
    let mut chunks: Vec<Uint8Array> = Vec::new();
    let mut done = 0;
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(lost)?;
        if Reflect::get(&read, &"done".into()).map_err(lost)?.is_truthy() {
            break;
        }
        let chunk: Uint8Array =
            Reflect::get(&read, &"value".into()).map_err(lost)?.dyn_into().map_err(lost)?;
        done += chunk.length();
        chunks.push(chunk);
        if !is_wanted() {
            return Err(None);
        }
        update_state(move |state, now| {
            state.on_download_progress(file, done, total, now);
            Vec::new()
        });
    }
    let bytes = Uint8Array::new_with_length(done);
    let mut offset = 0;
    for chunk in chunks {
        bytes.set(&chunk, offset);
        offset += chunk.length();
    }
    Ok(bytes)
}

/// The length in bytes that the server announced. `None` if the response was compressed in transit, because the header
/// then counts the compressed bytes.
fn content_length(response: &Response) -> Option<u32> {
    let headers = response.headers();
    let header = |name| headers.get(name).ok().flatten();
    if header("content-encoding").is_some_and(|coding| coding != "identity") {
        return None;
    }
    header("content-length")?.parse().ok()
}
