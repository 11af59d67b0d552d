//! A simple static web server with correct MIME types and gzip. Browsers must revalidate every file that they have
//! cached. It answers only whoever has asked for this machine by name, sends the page's security policy with every file, so
//! that it holds in workers too, and closes connections on which no request comes.

use crate::{build, cargo, offline, policy};
use anyhow::{Context, Result, anyhow};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get_service,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    convert, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    services::ServeDir,
};

/// A service worker that removes an earlier one and all that it has kept.
pub const NO_SERVICE_WORKER: &str = include_str!("no_service_worker.js");

/// The longest time from the opening of a connection, or from the answer before, to the end of a request's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);
/// The largest number of headers of a request.
const MOST_HEADERS: usize = 64;
/// The largest number of bytes of a request's headers.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// What is waited after a connection could not be accepted, which happens when too many are open.
const PAUSE: Duration = Duration::from_millis(100);

/// A directory that is served.
#[derive(Clone, Debug)]
pub struct ServedSite {
    /// The directory.
    pub dir: PathBuf,
    /// The path under which it is served, such as `/` or `/some/deep/path/`.
    pub prefix: &'static str,
    /// Whether browsers may keep the site for times without a network. If not, what they have kept is removed.
    pub offline: bool,
}

impl ServedSite {
    /// Serves a directory at the path `/`. Browsers keep nothing.
    pub fn at_root(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf(), prefix: "/", offline: false }
    }

    /// The router that answers the requests. `change` can add layers to it, which the tests use.
    fn router(self, change: impl FnOnce(Router) -> Router) -> Router {
        let files = get_service(ServeDir::new(self.dir));
        let prefix = self.prefix.trim_end_matches('/');
        let router = match prefix {
            "" => Router::new().fallback_service(files),
            prefix => Router::new().nest_service(prefix, files),
        };
        let router = if self.offline { router } else { router.layer(middleware::from_fn(keep_nothing)) };
        change(router)
            .layer(middleware::map_response(send_rules))
            .layer(middleware::from_fn(refuse_other_hosts))
            .layer(CompressionLayer::new().gzip(true).compress_when(worth_compressing()))
    }
}

/// Makes the browser ask with every request whether its cached file is still current, and obey the security policy. The
/// policy in the page itself does not hold in its workers.
async fn send_rules(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    // A test may have set another policy, to see what a worker without this one does.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy::POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Refuses requests for another host than this machine. A page elsewhere, whose host name has come to point to this machine,
/// could read what is served otherwise.
async fn refuse_other_hosts(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if is_this_machine(host) {
        return next.run(request).await;
    }
    let advice = "This server answers for http://127.0.0.1 and http://localhost only.\n";
    (StatusCode::MISDIRECTED_REQUEST, advice).into_response()
}

/// Whether a host, with a port or without one, is this machine itself.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let v6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || v6.is_some_and(|name| name.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()))
}

/// Answers the connections to a listener for ever. A connection on which no request comes within `patience` is closed.
async fn serve(listener: TcpListener, router: Router, patience: Duration) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(patience);
            http.max_headers(MOST_HEADERS).max_buf_size(MOST_HEADER_BYTES);
            // A browser that goes away is no fault of the server.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Makes browsers keep nothing for times without a network: the page is without its version, so that it asks for no service
/// worker, and the service worker of an earlier visit is replaced by one that removes it.
async fn keep_nothing(request: Request, next: Next) -> Response {
    if request.uri().path().ends_with(&format!("/{}", offline::SERVICE_WORKER)) {
        return ([(header::CONTENT_TYPE, "text/javascript")], NO_SERVICE_WORKER).into_response();
    }
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if response.status() != StatusCode::OK
        || kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"text/html"))
    {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&bytes);
    let body = offline::with_version(&page, "").map_or_else(|_| Body::from(bytes.clone()), Body::from);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, body)
}

/// Compresses all files except those that are already compressed.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/gzip"))
}

/// A server that runs until it is dropped.
pub struct RunningServer {
    /// The address of the site, with a slash at the end.
    pub url: String,
    task: JoinHandle<()>,
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a site on a free port. `change` can add layers to the router.
pub async fn start(site: ServedSite, change: impl FnOnce(Router) -> Router) -> Result<RunningServer> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no free port on 127.0.0.1")?;
    let url = format!("http://{}{}", listener.local_addr()?, site.prefix);
    let task = tokio::spawn(serve(listener, site.router(change), HEADERS_WITHIN));
    Ok(RunningServer { url, task })
}

/// Builds the site into dist/ and serves it until Ctrl-C is pressed. Browsers keep it for times without a network if
/// `offline` is true.
pub async fn build_and_serve(port: u16, offline: bool) -> Result<()> {
    let socket = reserve(port)?;
    let dist = cargo::root().join("dist");
    let dir = dist.clone();
    tokio::task::spawn_blocking(move || build::build_site(&dir)).await??;
    let listener = listen(socket, port)?;
    println!("Ticket Lab is at http://127.0.0.1:{port} (Ctrl-C ends)");
    let site = ServedSite { offline, ..ServedSite::at_root(&dist) };
    tokio::select! {
        () = serve(listener, site.router(convert::identity), HEADERS_WITHIN) => {},
        _ = tokio::signal::ctrl_c() => println!(),
    }
    Ok(())
}

/// Binds a port without accepting connections yet, so that a port in use is reported before the build.
fn reserve(port: u16) -> Result<TcpSocket> {
    let socket = TcpSocket::new_v4().context("cannot open a socket")?;
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(|error| cannot_have(port, &error))?;
    Ok(socket)
}

/// Starts to accept connections.
fn listen(socket: TcpSocket, port: u16) -> Result<TcpListener> {
    socket.listen(1024).map_err(|error| cannot_have(port, &error))
}

/// The error for a port that cannot be used, which says what to do.
fn cannot_have(port: u16, error: &io::Error) -> anyhow::Error {
    let other = if port == 8080 { 8081 } else { 8080 };
    match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is taken: end the program that uses it or choose another, \
             for example `cargo xtask serve --port {other}`"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!(
                "port {port} is not for ordinary users: choose one above 1023, for example `--port {other}`"
            )
        }
        _ => anyhow!("cannot use port {port}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// The response of a site to a request for `path`, with headers and body, as text.
    async fn answer(url: &str, path: &str) -> String {
        answer_packed(url, path, "gzip").await
    }

    /// The same for a browser that takes responses packed in this way.
    async fn answer_packed(url: &str, path: &str, packed: &str) -> String {
        let address = url.trim_start_matches("http://").split('/').next().unwrap();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {packed}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A small site in a directory of its own.
    fn files(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("ticket-lab-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let text = "A line of text. ".repeat(100);
        for file in ["index.html", "a.js", "a.css", "a.wasm", "a.gz"] {
            fs::write(dir.join(file), &text).unwrap();
        }
        dir
    }

    #[tokio::test]
    async fn types_compression_and_caching_are_right() {
        let dir = files("types");
        let server = start(ServedSite::at_root(&dir), convert::identity).await.unwrap();
        for (path, kind, compressed) in [
            ("/", "text/html", true),
            ("/a.js", "text/javascript", true),
            ("/a.css", "text/css", true),
            ("/a.wasm", "application/wasm", true),
            ("/a.gz", "application/gzip", false),
        ] {
            let answer = answer(&server.url, path).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
            assert!(answer.contains(&format!("content-type: {kind}")), "{path}: {answer}");
            assert_eq!(answer.contains("content-encoding: gzip"), compressed, "{path}: {answer}");
            assert!(answer.contains("cache-control: no-cache"), "{path}: {answer}");
            assert!(
                answer.contains(&format!("content-security-policy: {}", policy::POLICY)),
                "{path}: {answer}"
            );
        }
        assert!(answer(&server.url, "/none").await.starts_with("HTTP/1.1 404"));
        fs::remove_dir_all(dir).unwrap();
    }

    /// What a site answers to these bytes, until the connection is closed.
    async fn answer_to(url: &str, request: &str) -> String {
        let address = url.trim_start_matches("http://").split('/').next().unwrap();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A server that refuses may reset the connection while it is written to.
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn only_who_asks_for_this_machine_is_answered() {
        let dir = files("hosts");
        let server = start(ServedSite::at_root(&dir), convert::identity).await.unwrap();
        for (host, status) in [
            ("127.0.0.1:8080", "200"),
            ("localhost", "200"),
            ("LOCALHOST:1", "200"),
            ("[::1]:8080", "200"),
            ("evil.example:8080", "421"),
            ("127.0.0.1.evil.example", "421"),
            ("localhost.evil.example", "421"),
            ("192.168.0.7", "421"),
            ("", "421"),
        ] {
            let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            let answer = answer_to(&server.url, &request).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {answer}");
        }
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn nothing_beside_the_site_is_served() {
        let dir = files("beside");
        fs::write(dir.with_extension("secret"), "secret").unwrap();
        let server = start(ServedSite::at_root(&dir), convert::identity).await.unwrap();
        let name = dir.with_extension("secret").file_name().unwrap().to_string_lossy().into_owned();
        for up in ["../", "%2e%2e/", "..%2f", "a/../../", "//../", "..\\", "%2e%2e%5c"] {
            let request = format!("GET /{up}{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let answer = answer_to(&server.url, &request).await;
            assert!(answer.starts_with("HTTP/1.1 4") && !answer.contains("\r\n\r\nsecret"), "{up}: {answer}");
        }
        fs::remove_file(dir.with_extension("secret")).unwrap();
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn endless_and_unfinished_requests_end() {
        let dir = files("unfinished");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = ServedSite::at_root(&dir).router(convert::identity);
        let task = tokio::spawn(serve(listener, router, Duration::from_millis(300)));
        let ended = async {
            // Nothing at all, half a request, and nothing behind a whole one.
            assert_eq!(answer_to(&url, "").await, "");
            answer_to(&url, "GET / HTTP/1.1\r\nHost: local").await;
            assert!(
                answer_to(&url, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .await
                    .starts_with("HTTP/1.1 200")
            );
            let many = "X-Header: 1\r\n".repeat(MOST_HEADERS + 1);
            let large = format!("X-Header: {}\r\n", "1".repeat(2 * MOST_HEADER_BYTES));
            for headers in [many, large] {
                let answer =
                    answer_to(&url, &format!("GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")).await;
                assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("every connection ends");
        task.abort();
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn a_sub_path_holds_the_site_and_nothing_lies_above_it() {
        let dir = files("deep");
        let site = ServedSite { prefix: "/some/deep/path/", ..ServedSite::at_root(&dir) };
        let server = start(site, convert::identity).await.unwrap();
        assert!(server.url.ends_with("/some/deep/path/"));
        assert!(answer(&server.url, "/some/deep/path/").await.starts_with("HTTP/1.1 200"));
        assert!(answer(&server.url, "/some/deep/path/a.js").await.starts_with("HTTP/1.1 200"));
        assert!(answer(&server.url, "/a.js").await.starts_with("HTTP/1.1 404"));
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn browsers_keep_the_site_only_if_they_may() {
        let dir = files("offline");
        let page = "<meta name=\"version\" content=\"1234\">";
        fs::write(dir.join("index.html"), page).unwrap();
        fs::write(dir.join(offline::SERVICE_WORKER), "keeps the site").unwrap();
        for (offline, version) in [(true, "1234"), (false, "\"\"")] {
            let site = ServedSite { offline, ..ServedSite::at_root(&dir) };
            let server = start(site, convert::identity).await.unwrap();
            assert!(answer_packed(&server.url, "/", "identity").await.contains(version), "{offline}");
            let worker = answer_packed(&server.url, "/service_worker.js", "identity").await;
            assert!(worker.starts_with("HTTP/1.1 200") && worker.contains("keeps the site") == offline);
        }
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_a_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = reserve(port).unwrap_err().to_string();
        assert!(message.contains(&port.to_string()) && message.contains("--port"), "{message}");
    }

    #[tokio::test]
    async fn a_free_port_can_be_had() {
        let free = {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let listener = listen(reserve(free).unwrap(), free).unwrap();
        assert_eq!(listener.local_addr().unwrap().port(), free);
    }
}
