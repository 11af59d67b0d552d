//! Deliberate faults of a web server.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// The kinds of faults.
#[derive(Clone, Debug)]
pub(crate) enum FaultKind {
    /// The file is missing: 404.
    Missing,
    /// Only the first half of the file arrives.
    Truncated,
    /// Some bytes in the middle of the file are inverted.
    Corrupt,
    /// This text is appended to the file.
    Appended(&'static str),
    /// The file arrives whole, but only after this time.
    Late(Duration),
}

/// A fault of one file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    file: &'static str,
    kind: FaultKind,
    left: Arc<AtomicU32>,
}

impl Fault {
    /// A fault that affects every request for a file whose path ends with `file`.
    pub(crate) fn new(file: &'static str, kind: FaultKind) -> Self {
        Self { file, kind, left: Arc::new(AtomicU32::new(u32::MAX)) }
    }

    /// Limits the fault to the first requests.
    pub(crate) fn only_first_requests(self, requests: u32) -> Self {
        self.left.store(requests, Ordering::Relaxed);
        self
    }

    /// Whether the fault affects this request. This counts the request.
    fn applies_to(&self, path: &str) -> bool {
        let one_less = |left: u32| if left == u32::MAX { Some(left) } else { left.checked_sub(1) };
        path.ends_with(self.file)
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// Applies the fault to a response. The browser must not cache the result.
    async fn damage_response(&self, response: Response) -> Response {
        let kind = response.headers().get(header::CONTENT_TYPE).cloned();
        let Ok(bytes) = to_bytes(response.into_body(), usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut spoiled = match self.kind.damage(&bytes) {
            Some(bytes) => Body::from(bytes).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
        let headers = spoiled.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        spoiled
    }
}

impl FaultKind {
    /// Applies the fault to the bytes of a file. `None` if the file is missing.
    fn damage(&self, bytes: &Bytes) -> Option<Vec<u8>> {
        let mut bytes = bytes.to_vec();
        let half = bytes.len() / 2;
        match self {
            FaultKind::Missing => return None,
            FaultKind::Late(_) => {}
            FaultKind::Truncated => bytes.truncate(half),
            FaultKind::Corrupt => bytes.iter_mut().skip(half).take(16).for_each(|byte| *byte = !*byte),
            FaultKind::Appended(text) => bytes.extend_from_slice(text.as_bytes()),
        }
        Some(bytes)
    }
}

/// Makes a server respond with these faults.
pub(crate) fn with_faults(router: Router, faults: Vec<Fault>) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::new(faults), inject))
}

/// Applies the first fault that affects the request.
async fn inject(State(faults): State<Arc<Vec<Fault>>>, request: Request, next: Next) -> Response {
    let struck = faults.iter().find(|fault| fault.applies_to(request.uri().path())).cloned();
    let response = next.run(request).await;
    if let Some(FaultKind::Late(by)) = struck.as_ref().map(|fault| &fault.kind) {
        tokio::time::sleep(*by).await;
    }
    match struck {
        Some(fault) => fault.damage_response(response).await,
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    use std::{env, fs, process};
    use xtask::server::{self, ServedSite};

    #[test]
    fn each_kind_spoils_in_its_way() {
        let bytes = Bytes::from_static(&[0; 40]);
        assert_eq!(FaultKind::Missing.damage(&bytes), None);
        assert_eq!(FaultKind::Truncated.damage(&bytes).unwrap().len(), 20);
        assert_eq!(
            FaultKind::Corrupt.damage(&bytes).unwrap().iter().filter(|&&byte| byte == 255).count(),
            16
        );
        assert!(FaultKind::Appended("end").damage(&bytes).unwrap().ends_with(b"end"));
    }

    #[test]
    fn a_fault_strikes_its_file_as_often_as_it_should() {
        let fault = Fault::new("a.js", FaultKind::Missing).only_first_requests(2);
        assert!(!fault.applies_to("/b.js"));
        assert_eq!([1, 2, 3].map(|_| fault.applies_to("/x/a.js")), [true, true, false]);
        let for_good = Fault::new("a.js", FaultKind::Missing);
        assert!((0..100).all(|_| for_good.applies_to("/a.js")));
    }

    #[tokio::test]
    async fn a_served_file_is_spoiled_until_it_heals() {
        let dir = env::temp_dir().join(format!("ticket-lab-faults-{}", process::id()));
        fs::create_dir_all(&dir).unwrap();
        for file in ["a.js", "a.gz"] {
            fs::write(dir.join(file), "A line of text. ".repeat(100)).unwrap();
        }
        let faults = vec![
            Fault::new("a.js", FaultKind::Missing).only_first_requests(1),
            Fault::new("a.gz", FaultKind::Truncated),
        ];
        let server =
            server::start(ServedSite::at_root(&dir), |router| with_faults(router, faults)).await.unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
        let get = |file: &str| client.get(format!("{}{file}", server.url).parse().unwrap());
        assert_eq!(get("a.js").await.unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(get("a.js").await.unwrap().status(), StatusCode::OK);
        assert_eq!(get("a.gz").await.unwrap().headers()[header::CONTENT_LENGTH], "800");
        fs::remove_dir_all(dir).unwrap();
    }
}
