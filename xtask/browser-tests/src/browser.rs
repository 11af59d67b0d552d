//! Controls a headless Chromium: opens pages, runs scripts in them, waits for conditions, and reads the console.

use crate::{
    chromium::Tools,
    netlog::{self, Request},
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeSet,
    env, fmt, fs,
    path::{Path, PathBuf},
    process::{self, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

/// The maximum duration of the driver's start.
const START: Duration = Duration::from_secs(30);
/// The maximum duration of a script in a page.
const SCRIPT: Duration = Duration::from_secs(30);
/// The arguments of Chromium. It runs headless, makes as few network requests of its own as possible, and works in
/// containers.
const ARGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
];

/// A running WebDriver, which is stopped when this is dropped. Every [`Browser`] must be closed before that.
pub(crate) struct Driver {
    browsers: Browsers,
    _child: Child,
}

/// Where browsers can be opened as long as the driver lives.
#[derive(Clone, Debug)]
pub(crate) struct Browsers {
    url: String,
    chromium: String,
}

impl Driver {
    /// Starts the driver on a port that it chooses itself.
    pub(crate) async fn start(tools: &Tools) -> Result<Self> {
        let mut command = Command::new(&tools.driver);
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", tools.driver.display()))?;
        let output = child.stdout.take().context("the driver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = timeout(START, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(port) = port_in(&line) {
                    return Ok(port);
                }
            }
            bail!("{} ended at once", tools.driver.display())
        });
        let port = port.await.context("the driver did not say its port")??;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let chromium = tools.chromium.to_string_lossy().into_owned();
        let browsers = Browsers { url: format!("http://127.0.0.1:{port}"), chromium };
        Ok(Self { browsers, _child: child })
    }

    /// Where browsers can be opened.
    pub(crate) fn browsers(&self) -> &Browsers {
        &self.browsers
    }
}

impl Browsers {
    /// Opens a browser with a new profile, which the driver creates and removes.
    pub(crate) async fn open(&self) -> Result<Browser> {
        self.open_with(None).await
    }

    /// Opens a browser with the profile in a directory, which stays there.
    pub(crate) async fn open_in(&self, profile: &Path) -> Result<Browser> {
        self.open_with(Some(profile)).await
    }

    async fn open_with(&self, profile: Option<&Path>) -> Result<Browser> {
        static OPENED: AtomicUsize = AtomicUsize::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let net_log = env::temp_dir().join(format!("ticket-lab-network-{}-{number}.json", process::id()));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(self.capabilities(&net_log, profile))
            .connect(&self.url)
            .await;
        let client = client.with_context(|| {
            format!(
                "cannot start {}: is the driver of the same version, and does it run at all?",
                self.chromium
            )
        })?;
        Ok(Browser { client, net_log })
    }

    /// The capabilities that a new browser must have.
    fn capabilities(&self, net_log: &Path, profile: Option<&Path>) -> Map<String, Value> {
        let log_network = format!("--log-net-log={}", net_log.display());
        let profile = profile.map(|profile| format!("--user-data-dir={}", profile.display()));
        let args: Vec<&str> = ARGS.into_iter().chain([&*log_network]).chain(profile.as_deref()).collect();
        let capabilities = json!({
            "browserName": "chrome",
            "timeouts": { "script": SCRIPT.as_millis() as u64 },
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": self.chromium, "args": args },
        });
        capabilities.as_object().cloned().unwrap_or_default()
    }
}

/// The port in the driver's line "… was started successfully on port N."
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

/// A browser with one page.
pub(crate) struct Browser {
    /// The WebDriver client, for operations that this type does not offer.
    pub(crate) client: Client,
    net_log: PathBuf,
}

/// A line of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsoleLine {
    /// The level: `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub(crate) level: String,
    /// The source and the text of the line.
    pub(crate) message: String,
}

impl ConsoleLine {
    /// Whether the line reports an error or a warning.
    pub(crate) fn is_bad(&self) -> bool {
        matches!(self.level.as_str(), "SEVERE" | "WARNING")
    }
}

impl fmt::Display for ConsoleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.message)
    }
}

impl Browser {
    /// Loads a page from scratch, even if its address differs from the open one only in the fragment.
    pub(crate) async fn goto(&self, url: &str) -> Result<()> {
        self.client.goto("about:blank").await?;
        self.client.goto(url).await.with_context(|| format!("cannot open {url}"))
    }

    /// Runs a script as the body of a function in the page and returns the function's result. If that is a promise, its
    /// value is awaited.
    pub(crate) async fn eval(&self, script: &str) -> Result<Value> {
        let value = self.client.execute(script, Vec::new()).await;
        value.with_context(|| format!("in the page: {}", script.trim()))
    }

    /// Runs `script` repeatedly until it returns a truthy value, and returns this value. Fails after `patience`; the
    /// error names `what` was awaited.
    pub(crate) async fn wait(&self, what: &str, patience: Duration, script: &str) -> Result<Value> {
        wait_until_true(what, patience, async || self.eval(script).await).await
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) async fn cdp(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.client.issue_cmd(ChromiumCommand { path: "goog/cdp/execute", body }).await;
        answer.with_context(|| format!("Chromium refused {command}"))
    }

    /// Returns the new console lines since the last call, including those of workers.
    pub(crate) async fn console(&self) -> Result<Vec<ConsoleLine>> {
        let body = json!({ "type": "browser" });
        let lines = self.client.issue_cmd(ChromiumCommand { path: "se/log", body }).await?;
        let lines = lines.as_array().ok_or_else(|| anyhow!("the console's log is not a list: {lines}"))?;
        let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
        Ok(lines
            .iter()
            .map(|l| ConsoleLine { level: text(l, "level"), message: text(l, "message") })
            .collect())
    }

    /// Gives up a browser that was killed.
    pub(crate) async fn forget(self) {
        // The driver has to notice, so that it does not wait for the browser at its own end.
        let _ = timeout(SCRIPT, self.client.close()).await;
        let _ = fs::remove_file(&self.net_log);
    }

    /// Closes the browser, removes its profile and returns all network requests of pages and workers.
    pub(crate) async fn close(self) -> Result<BTreeSet<Request>> {
        self.client.close().await.context("the browser did not close")?;
        let log = fs::read_to_string(&self.net_log).context("Chromium left no log of its requests")?;
        fs::remove_file(&self.net_log)?;
        Ok(netlog::requests(&log))
    }
}

/// Kills all processes of the browser that was opened with this profile, as a crash of the machine would. It is an error if
/// there is none, as where the system does not list processes in `/proc`.
pub(crate) fn kill_browser_of(profile: &Path) -> Result<()> {
    let argument = format!("--user-data-dir={}", profile.display());
    let mut ids = vec![];
    for entry in fs::read_dir("/proc").context("processes are not listed in /proc")?.flatten() {
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        // The driver has it in none of its own arguments.
        if command.split(|byte| *byte == 0).any(|one| one == argument.as_bytes()) {
            ids.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ensure!(!ids.is_empty(), "no browser runs with {argument}");
    // Some end before their turn, because the others are gone.
    process::Command::new("kill").arg("-9").args(&ids).stderr(Stdio::null()).status()?;
    Ok(())
}

/// Looks repeatedly until there is a value that JavaScript treats as true, and returns it. Fails after `patience`; the
/// error names `what` was awaited.
pub(crate) async fn wait_until_true(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Value>,
) -> Result<Value> {
    let start = Instant::now();
    loop {
        let value = look().await?;
        if truthy(&value) {
            return Ok(value);
        }
        if start.elapsed() > patience {
            bail!("waited {} s in vain for {what}", patience.as_secs());
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whether JavaScript treats the value as true.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// A command that only Chromium's driver has. It is a POST request below the path of the session.
#[derive(Debug)]
struct ChromiumCommand {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for ChromiumCommand {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.body.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_drivers_port() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 43211."), Some(43211));
        assert_eq!(port_in("Only local connections are allowed."), None);
    }

    #[test]
    fn truth_is_javascripts() {
        for value in [json!(null), json!(false), json!(0), json!("")] {
            assert!(!truthy(&value), "{value}");
        }
        for value in [json!(true), json!(1), json!("no"), json!([]), json!({})] {
            assert!(truthy(&value), "{value}");
        }
    }

    #[test]
    fn errors_and_warnings_are_bad() {
        let line = |level: &str| ConsoleLine { level: level.into(), message: String::new() };
        assert!(line("SEVERE").is_bad() && line("WARNING").is_bad());
        assert!(!line("INFO").is_bad());
    }
}
