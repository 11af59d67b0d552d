//! A host for the tests of what browsers keep: it serves a copy of the site in a version of the test's choice, writes down
//! what it is asked for, and can go away.

use super::page_under_test::PageUnderTest;
use anyhow::{Context, Result};
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{
    env, fs,
    os::unix,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use xtask::{
    offline,
    server::{NO_SERVICE_WORKER, ServedSite},
};

/// The policy that a careful host sends: nothing from elsewhere, no code but the site's own.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; \
                      base-uri 'none'";

/// What a host does and has done.
#[derive(Default)]
struct Behaviour {
    asked: Mutex<Vec<String>>,
    is_gone: AtomicBool,
    keeps_nothing: AtomicBool,
}

/// A host with a copy of the site.
pub(crate) struct Host {
    /// The address of the site, with a slash at the end.
    pub(crate) url: String,
    dir: PathBuf,
    original: PathBuf,
    behaviour: Arc<Behaviour>,
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

impl Host {
    /// Serves a copy of the tested site, below a path as on a page of GitHub's. `name` is the test's.
    pub(crate) async fn start(page: &mut PageUnderTest, name: &str) -> Result<Self> {
        let dir = env::temp_dir().join(format!("ticket-lab-host-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&dir);
        copy_site(&page.dir, &dir)?;
        let behaviour = Arc::new(Behaviour::default());
        let site = ServedSite { prefix: "/repo/", offline: true, ..ServedSite::at_root(&dir) };
        let layer = middleware::from_fn_with_state(behaviour.clone(), answer);
        let url = page.serve_changed(site, |router| router.layer(layer)).await?;
        Ok(Self { url, dir, original: page.dir.clone(), behaviour })
    }

    /// Makes another version of the site, all of whose parts that matter here say `word`. Returns the version.
    pub(crate) fn publish(&self, word: &str) -> Result<String> {
        let tell = format!("\nif (globalThis.name === 'probe') postMessage('{word}');\n");
        for (file, text) in [
            ("www/worker.js", tell.as_str()),
            ("wasm/worker.js", &tell),
            ("www/style.css", &format!("\n/* {word} */\n")),
        ] {
            let original = fs::read_to_string(self.original.join(file));
            let said = original.and_then(|original| fs::write(self.dir.join(file), original + text));
            said.with_context(|| file.to_owned())?;
        }
        offline::finish(&self.dir)
    }

    /// Answers nothing any more.
    pub(crate) fn go_away(&self, page: &mut PageUnderTest) {
        // Connections outlive the server.
        self.behaviour.is_gone.store(true, Ordering::Relaxed);
        page.stop_serving();
    }

    /// Becomes a host that lets browsers keep nothing.
    pub(crate) fn keep_nothing(&self) {
        self.behaviour.keeps_nothing.store(true, Ordering::Relaxed);
    }

    /// The paths and queries that the host was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.behaviour.asked.lock().map(|asked| asked.clone()).unwrap_or_default()
    }
}

/// Answers a request as the host does at the moment.
async fn answer(State(behaviour): State<Arc<Behaviour>>, request: Request, next: Next) -> Response {
    if let Ok(mut asked) = behaviour.asked.lock() {
        asked.push(request.uri().to_string());
    }
    if behaviour.is_gone.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let is_worker = request.uri().path().ends_with(offline::SERVICE_WORKER);
    if is_worker && behaviour.keeps_nothing.load(Ordering::Relaxed) {
        return ([(header::CONTENT_TYPE, "text/javascript")], NO_SERVICE_WORKER).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    response
}

/// Copies a site, but for the assets, which are large and stay the same.
fn copy_site(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_name() == "assets" {
            unix::fs::symlink(entry.path(), place)?;
        } else if entry.path().is_dir() {
            copy_site(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
