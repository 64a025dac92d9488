//! POST, PUT, PATCH and DELETE.

use std::sync::Arc;
use std::time::Duration;

use driver_host::Body;
use http::{Method, Response};
use serde_json::Value;

use super::handle::Asked;
use super::{ApiServer, body, options, respond};
use crate::store::{Command, Part, Resource, Status};

/// How long after its definition was established the first custom object is held.
const SETTLING: Duration = Duration::from_secs(2);

/// Reads the body, applies the command, answers its outcome.
pub async fn write(server: &Arc<ApiServer>, resource: &Resource, asked: Asked, sent: Body) -> Result<Response<Body>, Status> {
    let bytes = body::collect(sent).await?;
    let command = command_of(resource, &asked, &bytes)?;
    if let (Command::Create { .. }, Some(established)) = (&command, resource.established) {
        let age = Duration::try_from(server.now().duration_since(established)).unwrap_or(SETTLING);
        tokio::time::sleep(SETTLING.saturating_sub(age)).await;
    }
    let outcome = server.apply(&asked.cause, command);
    asked.took_effect();
    let outcome = outcome?;
    let response = respond::json(outcome.code, &asked.form.object(resource, outcome.body, server.now(), true));
    Ok(respond::with_warnings(response, &outcome.warnings))
}

fn command_of(resource: &Resource, asked: &Asked, bytes: &[u8]) -> Result<Command, Status> {
    let target = &asked.target;
    let (at, headers) = (target.at.clone(), &asked.head.headers);
    let subresource = target.subresource.as_deref();
    let options = || options::write(&asked.query);
    match (&asked.head.method, target.name.clone(), subresource) {
        (&Method::POST, None, None) => Ok(Command::Create { at, object: body::object(headers, bytes)?, options: options()? }),
        (&Method::POST, Some(pod), Some("binding")) if is_pods(resource) => {
            Ok(Command::Bind { namespace: at.namespace, pod, binding: body::object(headers, bytes)? })
        }
        (&Method::POST, Some(pod), Some("eviction")) if is_pods(resource) => {
            let eviction = body::object(headers, bytes)?;
            let options = options::delete(&asked.query, &eviction["deleteOptions"])?;
            Ok(Command::Evict { namespace: at.namespace, pod, options })
        }
        (&Method::PUT, Some(name), subresource) => {
            Ok(Command::Update { at, name, object: body::object(headers, bytes)?, part: part_of(subresource)?, options: options()? })
        }
        (&Method::PATCH, Some(name), subresource) => Ok(Command::Patch {
            at,
            name,
            patch: body::patch(headers, bytes, resource.custom)?,
            part: part_of(subresource)?,
            options: options()?,
        }),
        (&Method::DELETE, Some(name), None) => Ok(Command::Delete { at, name, options: delete_options(asked, bytes)? }),
        (&Method::DELETE, None, None) => {
            let selection = options::list(resource, &asked.query)?.selection;
            Ok(Command::DeleteCollection { at, selection, options: delete_options(asked, bytes)? })
        }
        _ => Err(Status::method_not_allowed()),
    }
}

fn is_pods(resource: &Resource) -> bool {
    resource.name.group.is_empty() && resource.name.plural == "pods"
}

fn delete_options(asked: &Asked, bytes: &[u8]) -> Result<crate::store::DeleteOptions, Status> {
    let body = if bytes.is_empty() { Value::Null } else { body::object(&asked.head.headers, bytes)? };
    options::delete(&asked.query, &body)
}

fn part_of(subresource: Option<&str>) -> Result<Part, Status> {
    match subresource {
        None => Ok(Part::Main),
        Some("status") => Ok(Part::Status),
        Some("finalize") => Ok(Part::Finalize),
        Some("scale") => Ok(Part::Scale),
        Some(_) => Err(Status::new(404, "NotFound", "the server could not find the requested resource")),
    }
}
