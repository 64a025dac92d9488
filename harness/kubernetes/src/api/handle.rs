//! From a request to its answer.

use std::sync::Arc;

use driver_host::Body;
use http::header::ACCEPT;
use http::{Method, Request, Response, request};
use seatrial_journal::{CallId, EffectMark};

use super::accept::Form;
use super::access::{self, Caller};
use super::query::Query;
use super::route::{Route, Target, route};
use super::{ApiServer, body, cause_of, describe, discovery, reads, respond, watch, writes};
use crate::store::Status;

/// A request for objects, read as far as its head tells.
pub struct Asked {
    /// About what.
    pub target: Target,
    /// The query.
    pub query: Query,
    /// The form of the answer.
    pub form: Form,
    /// The head.
    pub head: request::Parts,
    /// What goes to the journal as the cause of changes.
    pub cause: String,
}

impl Asked {
    /// Says that the request has taken effect.
    pub fn took_effect(&self) {
        if let Some(mark) = self.head.extensions.get::<EffectMark>() {
            mark.took_effect();
        }
    }
}

/// Answers a request; whatever was sent, there is an answer.
pub async fn handle(server: &Arc<ApiServer>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let caller = match access::who(server, &head) {
        Ok(caller) => caller,
        Err(status) => return respond::status(&status),
    };
    match route(head.uri.path()) {
        Route::Resource(target) => {
            let response = match read_head(server, &caller, target, head) {
                Ok(asked) => handle_resource(server, &caller, asked, body).await,
                Err(status) => Err(status),
            };
            response.unwrap_or_else(|status| respond::status(&status))
        }
        fixed => {
            if let Err(status) = access::check_path(server, &caller, &head) {
                return respond::status(&status);
            }
            let accept = head.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let response = discovery::answer(&server.lock(), &fixed, accept);
            if let Some(mark) = head.extensions.get::<EffectMark>() {
                mark.took_effect();
            }
            response
        }
    }
}

fn read_head(server: &Arc<ApiServer>, caller: &Caller, target: Target, head: request::Parts) -> Result<Asked, Status> {
    let query = Query::parse(head.uri.query().unwrap_or_default());
    access::check_objects(server, caller, &target, &head, &query)?;
    let form = Form::parse(head.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default(), &query)?;
    let asked = format!("{} {}", describe::verb(&head.method, &query), target.resource_text());
    let cause = cause_of(head.extensions.get::<CallId>().copied(), &asked);
    Ok(Asked { target, query, form, head, cause })
}

async fn handle_resource(server: &Arc<ApiServer>, caller: &Caller, asked: Asked, body: Body) -> Result<Response<Body>, Status> {
    let found = server.lock().resource(&asked.target.at);
    let Ok(resource) = found else {
        return review(server, caller, asked, body).await;
    };
    let named = asked.target.name.is_some();
    // A namespaced resource is only written, and only read by name, inside a namespace; a cluster-scoped one never is.
    let inside = !asked.target.at.namespace.is_empty();
    let misplaced = if resource.namespaced { !inside && (named || asked.head.method == Method::POST) } else { inside };
    if misplaced {
        return Ok(respond::text(404, "404 page not found\n"));
    }
    if asked.head.method == Method::POST && resource.kind == "ServiceAccount" && asked.target.subresource.as_deref() == Some("token") {
        let request = read_body(&asked, body).await?;
        let issued = access::issue(server, &asked.target, request)?;
        asked.took_effect();
        return Ok(respond::json(201, &issued));
    }
    match (&asked.head.method, named) {
        (&Method::GET, false) if asked.query.is_true("watch") => watch::watch(server, &resource, asked).await,
        (&Method::GET, false) => reads::list(server, &resource, asked).await,
        (&Method::GET, true) => reads::get(server, &resource, asked).await,
        (&Method::POST | &Method::PUT | &Method::PATCH | &Method::DELETE, _) => writes::write(server, &resource, asked, body).await,
        _ => Err(Status::method_not_allowed()),
    }
}

/// Reviews have no resource behind them.
async fn review(server: &Arc<ApiServer>, caller: &Caller, asked: Asked, body: Body) -> Result<Response<Body>, Status> {
    let nowhere = || respond::text(404, "404 page not found\n");
    let known = access::REVIEWS
        .iter()
        .any(|(group, plural, ..)| *group == asked.target.at.resource.group && *plural == asked.target.at.resource.plural);
    if !known {
        return Ok(nowhere());
    }
    if asked.head.method != Method::POST || asked.target.name.is_some() {
        return Err(Status::method_not_allowed());
    }
    let sent = read_body(&asked, body).await?;
    let answer = access::review(server, caller, &asked.target.at, sent);
    asked.took_effect();
    answer.map_or_else(|| Ok(nowhere()), |answer| answer.map(|answer| respond::json(201, &answer)))
}

async fn read_body(asked: &Asked, sent: Body) -> Result<serde_json::Value, Status> {
    let bytes = body::collect(sent).await?;
    let object = body::object(&asked.head.headers, &bytes, false, &mut Vec::new())?;
    if object.is_object() { Ok(object) } else { Err(Status::bad_request("the body of the request is not an object")) }
}
