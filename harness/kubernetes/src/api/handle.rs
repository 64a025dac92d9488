//! From a request to its answer.

use std::sync::Arc;

use driver_host::Body;
use http::header::ACCEPT;
use http::{Method, Request, Response, request};
use seatrial_journal::{CallId, EffectMark};

use super::accept::Form;
use super::query::Query;
use super::route::{Route, Target, route};
use super::{ApiServer, cause_of, describe, discovery, reads, respond, watch, writes};
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
    match route(head.uri.path()) {
        Route::Resource(target) => {
            let response = match read_head(target, head) {
                Ok(asked) => handle_resource(server, asked, body).await,
                Err(status) => Err(status),
            };
            response.unwrap_or_else(|status| respond::status(&status))
        }
        fixed => {
            let response = discovery::answer(&server.lock(), &fixed);
            if let Some(mark) = head.extensions.get::<EffectMark>() {
                mark.took_effect();
            }
            response
        }
    }
}

fn read_head(target: Target, head: request::Parts) -> Result<Asked, Status> {
    let query = Query::parse(head.uri.query().unwrap_or_default());
    let form = Form::parse(head.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default())?;
    let asked = format!("{} {}", describe::verb(&head.method, &query), target.resource_text());
    let cause = cause_of(head.extensions.get::<CallId>().copied(), &asked);
    Ok(Asked { target, query, form, head, cause })
}

async fn handle_resource(server: &Arc<ApiServer>, asked: Asked, body: Body) -> Result<Response<Body>, Status> {
    let resource = {
        let store = server.lock();
        match store.resource(&asked.target.at) {
            Ok(resource) => resource,
            Err(_) => return Ok(respond::text(404, "404 page not found\n")),
        }
    };
    let named = asked.target.name.is_some();
    // A namespaced resource is only written, and only read by name, inside a namespace; a cluster-scoped one never is.
    let inside = !asked.target.at.namespace.is_empty();
    let misplaced = if resource.namespaced { !inside && (named || asked.head.method == Method::POST) } else { inside };
    if misplaced {
        return Ok(respond::text(404, "404 page not found\n"));
    }
    match (&asked.head.method, named) {
        (&Method::GET, false) if asked.query.is_true("watch") => watch::watch(server, &resource, asked).await,
        (&Method::GET, false) => reads::list(server, &resource, asked).await,
        (&Method::GET, true) => reads::get(server, &resource, asked).await,
        (&Method::POST | &Method::PUT | &Method::PATCH | &Method::DELETE, _) => writes::write(server, &resource, asked, body).await,
        _ => Err(Status::method_not_allowed()),
    }
}
