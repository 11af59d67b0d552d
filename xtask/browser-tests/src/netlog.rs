//! Reads the network requests of pages, workers and everything else from Chromium's own log.

use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// A request of a page or a worker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// The origin of the page or worker.
    pub(crate) from: String,
    /// The requested address.
    pub(crate) url: String,
}

impl Request {
    /// Whether the request goes to another origin than that of the page or worker: another host, port or scheme.
    pub(crate) fn is_foreign(&self) -> bool {
        Url::parse(&self.url).map_or(true, |url| url.origin().ascii_serialization() != self.from)
    }
}

/// All requests in a log except those of the browser itself, which have no origin.
pub(crate) fn requests(log: &str) -> BTreeSet<Request> {
    log.lines().filter_map(request).collect()
}

/// The request in a line of the log, if there is one. Chromium writes each event on a line of its own.
fn request(line: &str) -> Option<Request> {
    let event: Value = serde_json::from_str(line.trim_end_matches([',', ']'])).ok()?;
    let text = |name: &str| event["params"][name].as_str().map(str::to_owned);
    let request = Request { from: text("initiator")?, url: text("url")? };
    request.from.contains("://").then_some(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"{"constants":{"logEventTypes":{"URL_REQUEST_START_JOB":2}},
"events": [
{"params":{"initiator":"not an origin","method":"GET","url":"http://127.0.0.1:8080/deep/"},"phase":1,"type":2},
{"params":{"initiator":"http://127.0.0.1:8080","method":"GET","url":"http://127.0.0.1:8080/deep/a.js"},"phase":1,"type":2},
{"params":{"source_dependency":{"id":7,"type":1}},"phase":1,"type":9},
{"params":{"initiator":"http://127.0.0.1:8080","method":"GET","url":"http://127.0.0.1:8081/b"},"phase":1,"type":2}],
"#;

    #[test]
    fn reads_what_pages_ask_for_and_what_of_it_is_foreign() {
        let requests = requests(LOG);
        let urls: Vec<_> =
            requests.iter().map(|request| (&request.url[16..], request.is_foreign())).collect();
        assert_eq!(urls, [(":8080/deep/a.js", false), (":8081/b", true)]);
    }

    #[test]
    fn another_scheme_or_host_is_foreign() {
        let request = |url: &str| Request { from: "https://a.example".into(), url: url.into() };
        assert!(!request("https://a.example/x").is_foreign());
        for url in ["http://a.example/x", "https://b.example/x", "wss://a.example/x", "nonsense"] {
            assert!(request(url).is_foreign(), "{url}");
        }
    }
}
