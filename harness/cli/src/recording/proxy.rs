//! What stands between a client and a vCenter.
//!
//! Everything is passed on as it is, but for the headers of the connection and for packed answers, which are asked for unpacked. An
//! exchange is written when it is over, so what a killed recorder leaves is whole but for its last line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use driver_host::{BoxError, HttpService, body_from, collect_body, send};
use fake_vcenter::{Certificate, listen};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use seatrial_search::recording::{Exchange, Head, Secrets};

use super::arguments::{RecordArguments, connect};
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};

/// Headers that belong to a connection, or that the client on the other side makes itself.
const OF_CONNECTIONS: [&str; 7] = ["connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding", "upgrade"];
/// How often it is looked whether somebody wants an end.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Records until somebody wants an end.
pub fn record(arguments: &RecordArguments) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("failed to start: {error}"), Exit::Environment),
    };
    match runtime.block_on(run(arguments)) {
        Ok(number) => say(&format!("{number} calls in {}\n", arguments.out.display())),
        Err((message, exit)) => fail(&message, exit),
    }
}

async fn run(arguments: &RecordArguments) -> Result<u64, (String, Exit)> {
    let vcenter = connect(&arguments.vcenter, &arguments.trust).await.map_err(|error| (error.to_string(), Exit::BadInput))?;
    let names = if arguments.names.is_empty() { vec!["localhost".to_owned(), "127.0.0.1".to_owned()] } else { arguments.names.clone() };
    let certificate = Certificate::of_own_authority(&names).map_err(|error| (error.to_string(), Exit::BadInput))?;
    let unwritable = |path: &PathBuf, error: std::io::Error| (format!("failed to write {}: {error}", path.display()), Exit::Environment);
    let mut pem = arguments.out.clone().into_os_string();
    pem.push(".pem");
    let pem = PathBuf::from(pem);
    std::fs::write(&pem, &certificate.trust_pem).map_err(|error| unwritable(&pem, error))?;
    let file = File::create(&arguments.out).map_err(|error| unwritable(&arguments.out, error))?;
    let recorder = Recorder::begin(vcenter, file).map_err(|error| unwritable(&arguments.out, error))?;
    let recorder = Arc::new(recorder);
    let passing = Arc::clone(&recorder);
    let endpoints = Router::new().fallback(move |request: Request<Body>| pass(Arc::clone(&passing), request));
    let listening = listen(arguments.listen, Some(certificate), endpoints).await.map_err(|error| (error.to_string(), Exit::Environment))?;
    say(&format!("recording {} at https://{}; clients trust {}; end with Ctrl-C\n", arguments.vcenter, listening.address, pem.display()));
    while !interrupted() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    recorder.end().map_err(|error| unwritable(&arguments.out, error))
}

/// What is written, and how far it is.
struct Recorder {
    vcenter: HttpService,
    began: Instant,
    written: Mutex<Written>,
}

struct Written {
    file: File,
    number: u64,
    secrets: Secrets,
    failed: Option<std::io::Error>,
}

impl Recorder {
    #[expect(clippy::disallowed_methods, reason = "a recording tells when its calls came, by the wall")]
    fn begin(vcenter: HttpService, mut file: File) -> std::io::Result<Self> {
        let head = serde_json::to_string(&Head::new(env!("CARGO_PKG_VERSION")))?;
        writeln!(file, "{head}")?;
        let written = Written { file, number: 0, secrets: Secrets::default(), failed: None };
        Ok(Self { vcenter, began: Instant::now(), written: Mutex::new(written) })
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls were written; why the last could not be.
    fn end(&self) -> std::io::Result<u64> {
        let mut written = self.written();
        match written.failed.take() {
            Some(error) => Err(error),
            None => Ok(written.number),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Writes an exchange, without its secrets.
    fn write(&self, mut exchange: Exchange) {
        let mut written = self.written();
        written.secrets.learn(&exchange.path, &exchange.answer_headers, &exchange.answer);
        let secrets = &written.secrets;
        exchange.headers = secrets.cleaned_headers(&exchange.headers);
        exchange.answer_headers = secrets.cleaned_headers(&exchange.answer_headers);
        (exchange.body, exchange.answer) = (secrets.cleaned(&exchange.body), secrets.cleaned(&exchange.answer));
        exchange.path = secrets.cleaned(&exchange.path);
        let line = exchange.line().unwrap_or_default();
        if let Err(error) = written.file.write_all(line.as_bytes()) {
            written.failed.get_or_insert(error);
        }
    }
}

/// Passes a call on and its answer back. A vCenter that does not answer is told as a gateway tells it.
async fn pass(recorder: Arc<Recorder>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let number = {
        let mut written = recorder.written();
        written.number += 1;
        written.number
    };
    let at_ms = recorder.now();
    let body = collect_body(body).await.unwrap_or_default();
    let mut exchange = Exchange {
        number,
        at_ms,
        verb: head.method.to_string(),
        path: head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        headers: of_headers(&head.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
        ..Exchange::default()
    };
    let answered = ask(&recorder, head, body).await;
    exchange.took_ms = recorder.now() - at_ms;
    match answered {
        Ok((head, answer)) => {
            exchange.status = head.status.as_u16();
            exchange.answer_headers = of_headers(&head.headers);
            exchange.answer = String::from_utf8_lossy(&answer).into_owned();
            recorder.write(exchange);
            Response::from_parts(head, Body::from(answer))
        }
        Err(error) => {
            recorder.write(exchange);
            let mut response = Response::new(Body::from(format!("seatrial record: {error}\n")));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

type Answered = (http::response::Parts, bytes::Bytes);

async fn ask(recorder: &Recorder, head: http::request::Parts, body: bytes::Bytes) -> Result<Answered, BoxError> {
    let uri = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut request = Request::builder().method(head.method).uri(uri);
    if let Some(headers) = request.headers_mut() {
        *headers = without_connection(head.headers);
    }
    let response = send(recorder.vcenter.clone(), request.body(body_from(body))?).await?;
    let (mut head, body) = response.into_parts();
    head.headers = without_connection(head.headers);
    Ok((head, collect_body(body).await?))
}

fn without_connection(mut headers: HeaderMap) -> HeaderMap {
    for name in OF_CONNECTIONS {
        headers.remove(HeaderName::from_static(name));
    }
    headers
}

fn of_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let entry = told.entry(name.as_str().to_owned()).or_default();
        *entry = if entry.is_empty() { value } else { format!("{entry}, {value}") };
    }
    told
}
