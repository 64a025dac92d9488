//! GET of an object and of a collection.

use std::sync::Arc;

use driver_host::Body;
use http::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accept::Form;
use super::handle::Asked;
use super::table::table;
use super::{ApiServer, options, respond};
use crate::store::{Listed, Resource, Status, StatusRule};

/// Reads one object, or a subresource that can be read.
pub async fn get(server: &Arc<ApiServer>, resource: &Resource, asked: Asked) -> Result<Response<Body>, Status> {
    if let Some(version) = options::version(&asked.query)? {
        server.reach(version).await?;
    }
    let name = asked.target.name.as_deref().unwrap_or_default();
    let store = server.lock();
    let object = match asked.target.subresource.as_deref() {
        None => store.get(&asked.target.at, name)?,
        Some("status") if resource.status != StatusRule::None => store.get(&asked.target.at, name)?,
        Some("scale") => store.scale(&asked.target.at, name)?,
        Some(_) => return Err(Status::nowhere()),
    };
    asked.took_effect();
    Ok(respond::json(200, &asked.form.object(resource, &object, server.now(), true)))
}

/// Reads a page of a collection.
pub async fn list(server: &Arc<ApiServer>, resource: &Resource, asked: Asked) -> Result<Response<Body>, Status> {
    let query = options::list(resource, &asked.query)?;
    if let Some(version) = query.version {
        server.reach(version).await?;
    }
    let listed = server.lock().list(&asked.target.at, &query)?;
    asked.took_effect();
    Ok(respond::json(200, &document(resource, &asked.target.at.version, &listed, asked.form, server.now())))
}

fn document(resource: &Resource, version: &str, listed: &Listed, form: Form, now: Timestamp) -> Value {
    let mut metadata = json!({"resourceVersion": listed.revision.to_string()});
    if let Some(token) = &listed.continue_token {
        metadata["continue"] = token.as_str().into();
    }
    if let Some(remaining) = listed.remaining {
        metadata["remainingItemCount"] = remaining.into();
    }
    let api_version = resource.api_version(version);
    let objects = listed.items.iter().map(|object| object.as_ref().clone());
    match form {
        Form::Whole => {
            let items: Vec<Value> = objects.map(|object| item(resource, &api_version, object)).collect();
            json!({"kind": resource.list_kind, "apiVersion": api_version, "metadata": metadata, "items": items})
        }
        Form::Metadata => {
            let items: Vec<Value> = objects.map(|object| form.object(resource, &object, now, true).into_owned()).collect();
            json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items})
        }
        Form::Table(included) => {
            let told = objects.map(|mut object| {
                object["apiVersion"] = api_version.as_str().into();
                object
            });
            table(resource, &told.collect::<Vec<Value>>(), &metadata, now, true, included)
        }
    }
}

/// An object as a list holds it: those of built-in kinds do not repeat what the list says.
fn item(resource: &Resource, api_version: &str, mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        if resource.custom {
            members.insert("apiVersion".to_owned(), api_version.into());
        } else {
            members.remove("apiVersion");
            members.remove("kind");
        }
    }
    object
}
