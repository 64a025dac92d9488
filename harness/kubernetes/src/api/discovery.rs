//! Discovery, health and version: what clients ask before they ask for objects.
//!
//! Modelled: plain documents for each group and version, and of OpenAPI v3 only what tells `kubectl` that the server
//! validates fields. Not modelled: aggregated discovery, OpenAPI v2, schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver_host::Body;
use http::Response;
use serde_json::{Map, Value, json};

use super::respond;
use super::route::Route;
use crate::store::{Resource, StatusRule, Store};

/// The release whose behaviour is reproduced.
const RELEASE: &str = "v1.36.2";

/// Answers a path that is not about objects.
pub fn answer(store: &Store, route: &Route) -> Response<Body> {
    let document = match route {
        Route::Health => return respond::text(200, "ok"),
        Route::Version => Some(json!({
            "major": "1", "minor": "36", "gitVersion": RELEASE, "gitCommit": "", "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
            "goVersion": "", "compiler": "", "platform": "linux/amd64",
        })),
        Route::CoreVersions => Some(json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "kubernetes:6443"}],
        })),
        Route::Groups => {
            let groups: Vec<Value> = groups(store).iter().map(|(group, versions)| group_document(group, versions, false)).collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        Route::Group(name) => groups(store).get(name).map(|versions| group_document(name, versions, true)),
        Route::GroupVersion(group, version) => resources_document(store, group, version),
        Route::OpenApi => Some(open_api_root(store)),
        Route::OpenApiOf(group, version) => open_api_of(store, group, version),
        Route::Resource(_) | Route::Unknown => None,
    };
    document.map_or_else(|| respond::text(404, "404 page not found\n"), |document| respond::json(200, &document))
}

/// Groups other than the core, with their versions.
fn groups(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for resource in store.resources().filter(|resource| !resource.name.group.is_empty()) {
        let versions = groups.entry(resource.name.group.clone()).or_default();
        for version in &resource.versions {
            if !versions.contains(version) {
                versions.push(version.clone());
            }
        }
    }
    groups
}

fn group_document(group: &str, versions: &[String], alone: bool) -> Value {
    let entries: Vec<Value> =
        versions.iter().map(|version| json!({"groupVersion": format!("{group}/{version}"), "version": version})).collect();
    let mut document = json!({"name": group, "versions": entries, "preferredVersion": entries.first()});
    if alone {
        document["kind"] = "APIGroup".into();
        document["apiVersion"] = "v1".into();
    }
    document
}

fn of_version<'a>(store: &'a Store, group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Arc<Resource>> {
    store.resources().filter(move |resource| resource.name.group == group && resource.serves(version))
}

fn resources_document(store: &Store, group: &str, version: &str) -> Option<Value> {
    let resources: Vec<Value> = of_version(store, group, version).flat_map(|resource| entries(resource)).collect();
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    (!resources.is_empty())
        .then(|| json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}))
}

/// A resource and its subresources.
fn entries(resource: &Resource) -> Vec<Value> {
    let plural = &resource.name.plural;
    let mut main = json!({
        "name": plural, "singularName": resource.singular, "namespaced": resource.namespaced, "kind": resource.kind,
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
    if !resource.short_names.is_empty() {
        main["shortNames"] = resource.short_names.clone().into();
    }
    let sub = |name: &str, kind: &str, group: &str, version: &str, verbs: &[&str]| {
        let mut entry = json!({"name": format!("{plural}/{name}"), "singularName": "", "namespaced": resource.namespaced, "kind": kind, "verbs": verbs});
        if !version.is_empty() {
            entry["group"] = group.into();
            entry["version"] = version.into();
        }
        entry
    };
    let mut entries = vec![main];
    if resource.status != StatusRule::None {
        entries.push(sub("status", &resource.kind, "", "", &["get", "patch", "update"]));
    }
    if resource.scale {
        entries.push(sub("scale", "Scale", "autoscaling", "v1", &["get", "patch", "update"]));
    }
    match resource.name.to_string().as_str() {
        "pods" => {
            entries.push(sub("binding", "Binding", "", "", &["create"]));
            entries.push(sub("eviction", "Eviction", "policy", "v1", &["create"]));
        }
        "namespaces" => entries.push(sub("finalize", "Namespace", "", "", &["update"])),
        _ => {}
    }
    entries
}

fn open_api_root(store: &Store) -> Value {
    let mut paths = Map::new();
    for resource in store.resources() {
        for version in &resource.versions {
            let group = &resource.name.group;
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            paths.insert(path.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{path}")}));
        }
    }
    json!({"paths": paths})
}

fn open_api_of(store: &Store, group: &str, version: &str) -> Option<Value> {
    let mut paths = Map::new();
    for resource in of_version(store, group, version) {
        let root = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
        let inside = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
        let operation = json!({
            "operationId": format!("patch{}", resource.kind),
            "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": resource.kind},
        });
        paths.insert(format!("{root}{inside}/{}/{{name}}", resource.name.plural), json!({"patch": operation}));
    }
    (!paths.is_empty()).then(|| json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": RELEASE}, "paths": paths}))
}
