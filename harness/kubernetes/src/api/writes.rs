//! POST, PUT, PATCH and DELETE.

use std::sync::Arc;
use std::time::Duration;

use driver_host::Body;
use http::{Method, Response};
use serde_json::Value;

use super::accept::Form;
use super::handle::Asked;
use super::{ApiServer, body, options, respond};
use crate::store::{Command, FieldError, Part, Resource, Status, Writer};

/// How long after its definition was established the first custom object is held.
const SETTLING: Duration = Duration::from_secs(2);

/// Reads the body, applies the command, answers its outcome.
pub async fn write(server: &Arc<ApiServer>, resource: &Resource, asked: Asked, sent: Body) -> Result<Response<Body>, Status> {
    let bytes = body::collect(sent).await?;
    let mut warnings = Vec::new();
    let command = command_of(resource, &asked, &bytes, &mut warnings)?;
    if let (Command::Create { .. }, Some(established)) = (&command, resource.established) {
        let age = Duration::try_from(server.now().duration_since(established)).unwrap_or(SETTLING);
        tokio::time::sleep(SETTLING.saturating_sub(age)).await;
    }
    let (now, writer) = (server.now(), writer(&asked)?);
    let outcome = server.with_store(&asked.cause, |store| store.apply_as(now, command, writer));
    asked.took_effect();
    let outcome = outcome?;
    let response = match asked.form {
        Form::Whole => respond::written(outcome.code, server.json_of(&outcome.body)),
        form => respond::json(outcome.code, &form.object(resource, &outcome.body, server.now(), true)),
    };
    warnings.extend(outcome.warnings);
    Ok(respond::with_warnings(response, &warnings))
}

fn command_of(resource: &Resource, asked: &Asked, bytes: &[u8], warnings: &mut Vec<String>) -> Result<Command, Status> {
    let target = &asked.target;
    let (at, headers) = (target.at.clone(), &asked.head.headers);
    let subresource = target.subresource.as_deref();
    let options = || options::write(&asked.query);
    let mut object = || body::object(headers, bytes, resource.custom, warnings);
    match (&asked.head.method, target.name.clone(), subresource) {
        (&Method::POST, None, None) => Ok(Command::Create { at, object: object()?, options: options()? }),
        (&Method::POST, Some(pod), Some("binding")) if is_pods(resource) => {
            Ok(Command::Bind { namespace: at.namespace, pod, binding: object()? })
        }
        (&Method::POST, Some(pod), Some("eviction")) if is_pods(resource) => {
            let eviction = object()?;
            let options = options::delete(&asked.query, &eviction["deleteOptions"])?;
            Ok(Command::Evict { namespace: at.namespace, pod, options })
        }
        (&Method::PUT, Some(name), subresource) => {
            Ok(Command::Update { at, name, object: object()?, part: part_of(subresource)?, options: options()? })
        }
        (&Method::PATCH, Some(name), subresource) => Ok(Command::Patch {
            at,
            name,
            patch: body::patch(headers, bytes, resource.custom)?,
            part: part_of(subresource)?,
            options: options()?,
        }),
        (&Method::DELETE, Some(name), None) => Ok(Command::Delete { at, name, options: delete_options(asked, bytes, object)? }),
        (&Method::DELETE, None, None) => {
            let selection = options::list(resource, &asked.query)?.selection;
            Ok(Command::DeleteCollection { at, selection, options: delete_options(asked, bytes, object)? })
        }
        _ => Err(Status::method_not_allowed()),
    }
}

/// Who writes; nothing is asked of clients that say nothing of themselves.
fn writer(asked: &Asked) -> Result<Writer, Status> {
    let named = asked.query.get("fieldManager");
    if named.chars().count() > 128 {
        let error = FieldError::invalid("fieldManager", &named.into(), "may not be more than 128 bytes");
        return Err(Status::invalid_kind("meta.k8s.io", "PatchOptions", "", &[error]));
    }
    let agent = || asked.head.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    let manager = if named.is_empty() { agent().and_then(|agent| agent.split('/').next()).unwrap_or_default() } else { named };
    Ok(Writer { manager: manager.to_owned(), named: !named.is_empty(), force: asked.query.is_true("force") })
}

fn is_pods(resource: &Resource) -> bool {
    resource.name.group.is_empty() && resource.name.plural == "pods"
}

fn delete_options(
    asked: &Asked,
    bytes: &[u8],
    object: impl FnOnce() -> Result<Value, Status>,
) -> Result<crate::store::DeleteOptions, Status> {
    let body = if bytes.is_empty() { Value::Null } else { object()? };
    options::delete(&asked.query, &body)
}

fn part_of(subresource: Option<&str>) -> Result<Part, Status> {
    match subresource {
        None => Ok(Part::Main),
        Some("status") => Ok(Part::Status),
        Some("finalize") => Ok(Part::Finalize),
        Some("scale") => Ok(Part::Scale),
        Some(_) => Err(Status::nowhere()),
    }
}
