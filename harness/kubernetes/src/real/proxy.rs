//! The proxy in front of a real server: a request goes on in the name of whoever sent it.
//!
//! Whoever is known by a certificate of the run is named in `Impersonate-…` headers under the administrator's credentials,
//! so that the server's own authorizers decide; what comes from inside the house goes as the administrator; a bearer token
//! goes as it is, without credentials of ours. Answers are asked for in JSON, whole and unpacked: the journal and the mirror
//! read them. An administrator may impersonate; for anybody else that is refused here, not judged by roles.

use std::sync::Arc;

use bytes::Bytes;
use driver_host::{Body, BoxError, HttpService, body_from, collect_body, send};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, request};
use seatrial_journal::{CallId, EffectMark};
use seatrial_wires::Identity;
use serde_json::Value;
use tower::util::BoxCloneSyncService;

use super::mirror::{Mirror, revision};
use crate::api::{Route, Target, route};

/// The label on everything that a run creates in a cluster that is not its own.
pub const MARK: &str = "seatrial/made-here";

const USER: HeaderName = HeaderName::from_static("impersonate-user");
const GROUP: HeaderName = HeaderName::from_static("impersonate-group");
const ANONYMOUS: &str = "system:anonymous";
const MASTERS: &str = "system:masters";

/// Ways to the real server.
#[derive(Clone)]
pub struct Upstream {
    /// As an administrator.
    pub administrator: HttpService,
    /// Without any credentials.
    pub nobody: HttpService,
}

/// The proxy.
pub struct Proxy {
    upstream: Upstream,
    mirror: Mirror,
    /// Whether what is created is marked, so that it can be told from what was there.
    marks: bool,
}

/// How a request goes on.
enum Onward {
    As(HeaderMap),
    Nobody,
    Refused(&'static str),
}

impl Proxy {
    /// A proxy that tells `mirror` what it learns.
    pub fn new(upstream: Upstream, mirror: Mirror, marks: bool) -> Arc<Self> {
        Arc::new(Self { upstream, mirror, marks })
    }

    /// The proxy as a service, for wires.
    pub fn service(self: &Arc<Self>) -> HttpService {
        let proxy = Arc::clone(self);
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let proxy = Arc::clone(&proxy);
            async move { proxy.forward(request).await }
        }))
    }

    async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        let (service, names) = match onward(&head) {
            Onward::As(names) => (self.upstream.administrator.clone(), names),
            Onward::Nobody => (self.upstream.nobody.clone(), HeaderMap::new()),
            Onward::Refused(why) => return Ok(refused(why)),
        };
        let target = match route(head.uri.path()) {
            Route::Resource(target) => Some(target),
            _ => None,
        };
        let cause = head.extensions.get::<CallId>().map(|call| call.0.to_string());
        if let (Some(key), Some(cause)) = (target.as_ref().and_then(|target| deleted(&head.method, target)), &cause) {
            self.mirror.will_go(&key, cause);
        }
        let body = collect_body(body).await?;
        let body = if self.marks && head.method == Method::POST { marked(&head, target.as_ref(), body) } else { body };
        let mut onward = Request::builder().method(head.method.clone()).uri(head.uri.clone()).body(body_from(body))?;
        *onward.headers_mut() = headers(&head.headers, names);
        let response = send(service, onward).await?;
        let written = matches!(head.method, Method::POST | Method::PUT | Method::PATCH) && response.status().is_success();
        let response = match target.filter(|_| written) {
            Some(target) => self.tell(&target, cause, response).await?,
            None => response,
        };
        if let Some(mark) = head.extensions.get::<EffectMark>() {
            mark.took_effect();
        }
        Ok(response)
    }

    /// What a write has made of an object stands in the journal before its answer.
    async fn tell(&self, target: &Target, cause: Option<String>, response: Response<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = response.into_parts();
        let bytes = collect_body(body).await?;
        let dry = |object: &Value| revision(object) == 0;
        if let Ok(object) = serde_json::from_slice::<Value>(&bytes)
            && !dry(&object)
            && object["metadata"]["uid"].is_string()
            // A scale has the version and the uid of what it scales.
            && target.subresource.as_deref().is_none_or(|part| part == "status" || part == "finalize")
        {
            self.mirror.is(&target.at.resource.plural, &object, cause);
        }
        Ok(Response::from_parts(head, body_from(bytes)))
    }
}

/// In whose name a request goes on.
fn onward(head: &request::Parts) -> Onward {
    let asks_for_another = head.headers.keys().any(|name| name.as_str().starts_with("impersonate-"));
    let Some(identity) = head.extensions.get::<Identity>() else { return Onward::As(HeaderMap::new()) };
    if identity.name == ANONYMOUS && head.headers.contains_key(AUTHORIZATION) {
        return Onward::Nobody;
    }
    if asks_for_another {
        let names = head.headers.iter().filter(|(name, _)| name.as_str().starts_with("impersonate-"));
        let names = names.map(|(name, value)| (name.clone(), value.clone())).fold(HeaderMap::new(), |mut all, (name, value)| {
            all.append(name, value);
            all
        });
        let may = identity.groups.iter().any(|group| group == MASTERS);
        return if may { Onward::As(names) } else { Onward::Refused("impersonation through this proxy is for administrators") };
    }
    let mut names = HeaderMap::new();
    let Ok(user) = HeaderValue::from_str(&identity.name) else { return Onward::Refused("this user's name fits into no header") };
    names.append(USER, user);
    for group in &identity.groups {
        let Ok(group) = HeaderValue::from_str(group) else { return Onward::Refused("a group's name fits into no header") };
        names.append(GROUP, group);
    }
    Onward::As(names)
}

/// The headers that go on: not those of the connection, and not what we would have to unpack.
fn headers(sent: &HeaderMap, names: HeaderMap) -> HeaderMap {
    let stays = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, ACCEPT_ENCODING];
    let mut headers = HeaderMap::new();
    for (name, value) in sent {
        let ours = name.as_str().starts_with("impersonate-") || stays.contains(name);
        if !ours {
            headers.append(name.clone(), if name == ACCEPT { in_json(value) } else { value.clone() });
        }
    }
    headers.extend(names);
    headers
}

/// The same forms without protobuf, if any are left.
fn in_json(accept: &HeaderValue) -> HeaderValue {
    let Ok(text) = accept.to_str() else { return accept.clone() };
    let forms: Vec<&str> = text.split(',').map(str::trim).filter(|form| !form.starts_with("application/vnd.kubernetes.protobuf")).collect();
    HeaderValue::from_str(&forms.join(",")).ok().filter(|_| !forms.is_empty()).unwrap_or_else(|| accept.clone())
}

/// The key of the one object that a request deletes.
fn deleted(method: &Method, target: &Target) -> Option<String> {
    let name = target.name.as_ref().filter(|_| method == Method::DELETE && target.subresource.is_none())?;
    let (plural, namespace) = (&target.at.resource.plural, &target.at.namespace);
    Some(if namespace.is_empty() { format!("{plural}/{name}") } else { format!("{plural}/{namespace}/{name}") })
}

/// What is to be created, with the mark; what is not JSON stays as it is.
fn marked(head: &request::Parts, target: Option<&Target>, body: Bytes) -> Bytes {
    let json = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with("application/json"));
    if !json || target.is_none_or(|target| target.name.is_some()) {
        return body;
    }
    let Ok(mut object) = serde_json::from_slice::<Value>(&body) else { return body };
    if !object["metadata"].is_object() {
        return body;
    }
    object["metadata"]["labels"][MARK] = "true".into();
    serde_json::to_vec(&object).map_or(body, Bytes::from)
}

fn refused(why: &str) -> Response<Body> {
    crate::api::status_response(&crate::store::Status::new(403, "Forbidden", why))
}
