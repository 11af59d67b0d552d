//! Finds Firefox or installs it, and controls it by WebDriver BiDi, which it speaks itself: JSON over a WebSocket.

use crate::chromium;
use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{self, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use url::{Origin, Url};
use xtask::packages;

/// The maximum duration of the browser's start, on a machine that does other things too.
const START: Duration = Duration::from_secs(60);
/// The maximum duration of a command, such as the loading of a page.
const COMMAND: Duration = Duration::from_secs(60);
/// What Firefox reports without being asked: lines of the console, errors that nobody catches, and requests.
const EVENTS: [&str; 2] = ["log.entryAdded", "network.beforeRequestSent"];

/// Finds Firefox through `FIREFOX` or the search path. If it is missing, Debian's package is installed, if this is possible
/// and permitted.
pub(crate) fn ensure() -> Result<PathBuf> {
    match chromium::find_program("FIREFOX", &["firefox-esr", "firefox"])? {
        Some(found) => Ok(found),
        None => packages::find_or_install("firefox-esr", "firefox-esr"),
    }
}

/// A headless Firefox with one page and a new profile. It ends when this is dropped.
pub(crate) struct Firefox {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    context: String,
    commands: u64,
    errors: Vec<String>,
    requests: BTreeSet<String>,
    child: Child,
    _profile: Profile,
}

/// The directory of a profile, which is removed when this is dropped.
struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Firefox {
    /// Starts Firefox and opens an empty page.
    pub(crate) async fn start(program: &Path) -> Result<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = env::temp_dir().join(format!("ticket-lab-firefox-{}-{number}", process::id()));
        fs::create_dir_all(&profile)?;
        let profile = Profile(profile);
        let mut command = Command::new(program);
        command.args(["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"]).arg(&profile.0);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stderr.take().context("Firefox has no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = timeout(START, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = address_in(&line) {
                    return Ok(address);
                }
            }
            bail!("{} ended at once", program.display())
        });
        let address = address.await.context("Firefox did not say its address")??;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = connect_async(address).await.context("Firefox cannot be reached")?;
        let (errors, requests) = (Vec::new(), BTreeSet::new());
        let context = String::new();
        let mut firefox = Self { socket, context, commands: 0, errors, requests, child, _profile: profile };
        firefox.command("session.new", json!({ "capabilities": {} })).await?;
        firefox.command("session.subscribe", json!({ "events": EVENTS })).await?;
        let tree = firefox.command("browsingContext.getTree", json!({})).await?;
        let context = tree["contexts"][0]["context"].as_str().context("Firefox has no page")?;
        context.clone_into(&mut firefox.context);
        Ok(firefox)
    }

    /// Loads a page from scratch, even if its address differs from the open one only in the fragment.
    pub(crate) async fn goto(&mut self, url: &str) -> Result<()> {
        for url in ["about:blank", url] {
            let parameters = json!({ "context": self.context, "url": url, "wait": "complete" });
            self.command("browsingContext.navigate", parameters).await?;
        }
        Ok(())
    }

    /// Loads the open page again, as the visitor's key for that does.
    pub(crate) async fn reload(&mut self) -> Result<()> {
        let parameters = json!({ "context": self.context, "wait": "complete" });
        self.command("browsingContext.reload", parameters).await.map(|_| ())
    }

    /// Runs a script in every page that is opened from now on, before the page's own scripts.
    pub(crate) async fn before_every_page(&mut self, script: &str) -> Result<()> {
        let function = format!("() => {{ {script} }}");
        let parameters = json!({ "functionDeclaration": function });
        self.command("script.addPreloadScript", parameters).await.map(|_| ())
    }

    /// Runs a script as the body of a function in the page and returns the function's result. If that is a promise, its
    /// value is awaited.
    pub(crate) async fn eval(&mut self, script: &str) -> Result<Value> {
        let function = format!("async () => JSON.stringify(await (async () => {{ {script} }})() ?? null)");
        let parameters = json!({
            "functionDeclaration": function, "awaitPromise": true, "target": { "context": self.context },
        });
        let answer = self.command("script.callFunction", parameters).await?;
        let text = answer["result"]["value"].as_str();
        let text = text.with_context(|| format!("in the page: {}: {answer}", script.trim()))?;
        Ok(serde_json::from_str(text)?)
    }

    /// Closes the browser and returns its faults: errors and warnings in the console of the page or a worker, and requests to
    /// another origin than that of `site`.
    pub(crate) async fn close(mut self, site: &str) -> Result<Vec<String>> {
        self.command("browser.close", json!({})).await?;
        timeout(COMMAND, self.child.wait()).await.context("Firefox did not close")??;
        let mut faults = self.errors;
        faults.extend(faults_of_requests(&self.requests, &Url::parse(site)?.origin()));
        Ok(faults)
    }

    /// Sends a command and returns its result. What Firefox reports in between is noted.
    async fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.commands += 1;
        let id = self.commands;
        let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
        self.socket.send(Message::text(text)).await?;
        let answer = timeout(COMMAND, async {
            while let Some(message) = self.socket.next().await {
                let Message::Text(text) = message? else { continue };
                let mut message: Value = serde_json::from_str(&text)?;
                if message["id"] == id {
                    return Ok(message);
                }
                self.note(message["method"].take().as_str().unwrap_or_default(), &message["params"]);
            }
            bail!("Firefox hung up")
        });
        let mut answer = answer.await.with_context(|| format!("no answer to {method}"))??;
        ensure!(answer["type"] == "success", "Firefox refused {method}: {answer}");
        Ok(answer["result"].take())
    }

    fn note(&mut self, event: &str, parameters: &Value) {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match event {
            "log.entryAdded" if is_bad(parameters) => {
                self.errors.push(format!("the console says: {}", word(&parameters["text"])));
            }
            "network.beforeRequestSent" => {
                self.requests.insert(word(&parameters["request"]["url"]));
            }
            _ => {}
        }
    }
}

/// The requests to another origin than `own`, or the lack of any to it. An address such as `data:` has no origin.
fn faults_of_requests(requests: &BTreeSet<String>, own: &Origin) -> Vec<String> {
    let origin = |url: &str| Url::parse(url).map_or_else(|_| Origin::new_opaque(), |url| url.origin());
    let foreign = requests.iter().filter(|url| origin(url).is_tuple() && origin(url) != *own);
    let mut faults: Vec<String> =
        foreign.map(|url| format!("something asked another origin for {url}")).collect();
    if !requests.iter().any(|url| origin(url) == *own) {
        faults.push("Firefox has reported no request of the page".to_owned());
    }
    faults
}

/// Whether a line of the console reports an error or a warning.
fn is_bad(line: &Value) -> bool {
    ["error", "warn"].iter().any(|level| line["level"] == *level)
}

/// The address in Firefox's line "WebDriver BiDi listening on ws://…", with the path of a new session.
fn address_in(line: &str) -> Option<String> {
    let (_, address) = line.split_once("WebDriver BiDi listening on ")?;
    Some(format!("{}/session", address.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_address() {
        let line = "WebDriver BiDi listening on ws://127.0.0.1:40123";
        assert_eq!(address_in(line).as_deref(), Some("ws://127.0.0.1:40123/session"));
        assert_eq!(address_in("*** You are running in headless mode."), None);
    }

    #[test]
    fn errors_and_warnings_are_bad() {
        let line = |level: &str| json!({ "level": level, "text": "" });
        assert!(is_bad(&line("error")) && is_bad(&line("warn")));
        assert!(!is_bad(&line("info")));
    }
    #[test]
    fn another_origin_and_silence_are_faults() {
        let own = Url::parse("http://127.0.0.1:8080/deep/").unwrap().origin();
        let faults =
            |urls: &[&str]| faults_of_requests(&urls.iter().map(|&url| url.to_owned()).collect(), &own).len();
        let page = "http://127.0.0.1:8080/deep/a.js";
        assert_eq!(faults(&[page, "data:font/woff2;base64,AA", "about:blank"]), 0);
        for stranger in ["http://127.0.0.1:8081/b", "https://127.0.0.1:8080/b", "ws://b.example/"] {
            assert_eq!(faults(&[page, stranger]), 1, "{stranger}");
        }
        assert_eq!(faults(&["about:blank"]), 1);
    }
}
