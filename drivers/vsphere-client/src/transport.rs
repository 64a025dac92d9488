//! HTTP: requests, the session's cookie, what a status means, time limits and retries.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use driver_host::{BoxError, HttpService, body_from, collect_body};
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, Method as Verb, Request, StatusCode};
use tower::ServiceExt;

use crate::{ClientError, ClientOptions};

const SESSION_COOKIE: &str = "vmware_soap_session=";

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<driver_host::Body>, BoxError>> + Send>>;

/// Boxed, because the compiler cannot see that the future of a boxed service may go to another thread.
fn answer(service: HttpService, request: Request<driver_host::Body>) -> Answer {
    Box::pin(service.oneshot(request))
}

/// Sends requests to one vCenter.
pub(crate) struct Transport {
    service: HttpService,
    pub host: String,
    pub options: ClientOptions,
    /// `vmware_soap_session=…`, as the server set it.
    cookie: Mutex<Option<String>>,
}

/// One request.
pub(crate) struct Outgoing<'a> {
    /// What it is called in errors.
    pub operation: &'a str,
    pub verb: Verb,
    pub path: &'a str,
    /// `SOAPAction`.
    pub action: Option<&'a str>,
    pub body: Bytes,
    /// `None` for a long poll.
    pub limit: Option<Duration>,
    /// Whether it may be sent again although the first one may have arrived.
    pub repeatable: bool,
}

impl Transport {
    pub fn new(service: HttpService, host: &str, options: ClientOptions) -> Self {
        Self { service, host: host.to_owned(), options, cookie: Mutex::new(None) }
    }

    pub fn forget_cookie(&self) {
        *self.cookie.lock().expect("no holder of the cookie panics") = None;
    }

    /// The key of the session, as the cookie has it.
    pub fn session_key(&self) -> Option<String> {
        let cookie = self.cookie.lock().expect("no holder of the cookie panics").clone()?;
        Some(cookie.strip_prefix(SESSION_COOKIE)?.trim_matches('"').to_owned())
    }

    /// Sends the request, again after 502 and 503 where that is safe; answers status 200 or 500 and the body.
    pub async fn send(&self, outgoing: &Outgoing<'_>) -> Result<(StatusCode, Bytes), ClientError> {
        let budget = self.options.retry;
        let mut delay = budget.first_delay;
        for attempt in 0.. {
            let (status, body) = self.send_once(outgoing).await?;
            if matches!(status, StatusCode::OK | StatusCode::INTERNAL_SERVER_ERROR) {
                return Ok((status, body));
            }
            // A proxy may give either status after it has passed the request on: what changes something is not sent twice.
            let down = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY);
            let again = down && outgoing.repeatable;
            if !again || attempt >= budget.retries {
                return Err(ClientError::Status { operation: outgoing.operation.to_owned(), status });
            }
            tokio::time::sleep(self.jittered(delay)).await;
            delay = (delay * 2).min(budget.longest_delay);
        }
        unreachable!("the loop ends by returning")
    }

    /// Between half of the delay and all of it.
    fn jittered(&self, delay: Duration) -> Duration {
        let half = delay / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis((self.options.random)() % millis.saturating_add(1))
    }

    async fn send_once(&self, outgoing: &Outgoing<'_>) -> Result<(StatusCode, Bytes), ClientError> {
        let failed = |source| ClientError::Send { operation: outgoing.operation.to_owned(), source };
        let request = self.request(outgoing).map_err(|error| failed(error.into()))?;
        let exchange = async {
            let response = answer(self.service.clone(), request).await?;
            let (head, body) = response.into_parts();
            self.keep_cookie(&head.headers);
            Ok((head.status, collect_body(body).await?))
        };
        let outcome = match outgoing.limit {
            Some(limit) => tokio::time::timeout(limit, exchange)
                .await
                .map_err(|_| ClientError::Timeout { operation: outgoing.operation.to_owned(), limit })?,
            None => exchange.await,
        };
        outcome.map_err(failed)
    }

    /// Sends a request of another making, once and without the cookie; answers any status.
    pub async fn exchange(&self, operation: &str, request: Request<driver_host::Body>) -> Result<(StatusCode, Bytes), ClientError> {
        let exchange = async {
            let (head, body) = answer(self.service.clone(), request).await?.into_parts();
            Ok((head.status, collect_body(body).await?))
        };
        let limit = self.options.call_timeout;
        let outcome = tokio::time::timeout(limit, exchange).await;
        let outcome = outcome.map_err(|_| ClientError::Timeout { operation: operation.to_owned(), limit })?;
        outcome.map_err(|source| ClientError::Send { operation: operation.to_owned(), source })
    }

    fn request(&self, outgoing: &Outgoing<'_>) -> Result<Request<driver_host::Body>, http::Error> {
        let mut builder = Request::builder()
            .method(outgoing.verb.clone())
            .uri(format!("https://{}{}", self.host, outgoing.path))
            .header(USER_AGENT, &self.options.user_agent);
        if let Some(action) = outgoing.action {
            builder = builder.header(CONTENT_TYPE, r#"text/xml; charset="utf-8""#).header("SOAPAction", action);
        }
        if let Some(cookie) = self.cookie.lock().expect("no holder of the cookie panics").as_deref() {
            builder = builder.header(COOKIE, cookie);
        }
        builder.body(body_from(outgoing.body.clone()))
    }

    fn keep_cookie(&self, headers: &HeaderMap) {
        let set = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        for pair in set.filter_map(|value| value.split(';').next()).map(str::trim) {
            if let Some(value) = pair.strip_prefix(SESSION_COOKIE) {
                let kept = if value.trim_matches('"').is_empty() { None } else { Some(pair.to_owned()) };
                *self.cookie.lock().expect("no holder of the cookie panics") = kept;
            }
        }
    }
}
