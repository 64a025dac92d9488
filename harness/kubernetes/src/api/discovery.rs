//! Discovery, health and version: what clients ask before they ask for objects.
//!
//! Modelled: plain documents for each group and version, and the aggregated one for those who ask for it.
//! Not modelled: the beta of the aggregated one, its ETags.

use std::collections::BTreeMap;
use std::sync::Arc;

use driver_host::Body;
use http::Response;
use serde_json::{Value, json};

use super::access::REVIEWS;
use super::route::Route;
use super::{openapi, openapi_v2, respond};
use crate::store::{Resource, Status, StatusRule, Store};

/// The release whose behaviour is reproduced.
pub const RELEASE: &str = "v1.36.2";

/// Answers a path that is not about objects.
pub fn answer(store: &Store, route: &Route, accept: &str) -> Response<Body> {
    if matches!(route, Route::CoreVersions | Route::Groups) && wants_aggregated(accept) {
        return respond::json_as(AGGREGATED, &aggregated(store, matches!(route, Route::CoreVersions)));
    }
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
        Route::OpenApiV2 if openapi_v2::takes_protobuf(accept) => {
            return respond::bytes_as(openapi_v2::PROTOBUF, openapi_v2::protobuf());
        }
        Route::OpenApiV2 if !openapi_v2::takes_json(accept) => {
            return respond::status(&Status::new(406, "NotAcceptable", "only the following media types are accepted: application/json"));
        }
        Route::OpenApiV2 => Some(openapi_v2::document(store)),
        Route::OpenApi => Some(openapi::root(store)),
        Route::OpenApiOf(group, version) => openapi::document(store, group, version),
        Route::Resource(_) | Route::Unknown => None,
    };
    document.map_or_else(|| respond::text(404, "404 page not found\n"), |document| respond::json(200, &document))
}

/// The media type of the aggregated document.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Whether the first form that fits is the aggregated one.
fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').map(str::trim).find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let parts: Vec<&str> = parts.collect();
        match (media, parts.contains(&"as=APIGroupDiscoveryList")) {
            ("application/json", true) => parts.contains(&"v=v2").then_some(true),
            ("application/json" | "*/*" | "application/*", false) => Some(false),
            _ => None,
        }
    }) == Some(true)
}

/// Everything of the core, or of all other groups, in one document.
fn aggregated(store: &Store, core: bool) -> Value {
    let groups = if core { BTreeMap::from([(String::new(), vec!["v1".to_owned()])]) } else { groups(store) };
    let items: Vec<Value> = groups
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions.iter().map(|version| aggregated_version(store, group, version)).collect();
            json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": versions})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

fn aggregated_version(store: &Store, group: &str, version: &str) -> Value {
    let mut resources: Vec<Value> = Vec::new();
    for entry in all_entries(store, group, version) {
        let (of, name) = (entry["group"].as_str().unwrap_or(group), entry["name"].as_str().unwrap_or_default());
        let kind = json!({"group": of, "version": entry["version"].as_str().unwrap_or(version), "kind": entry["kind"]});
        match (name.split_once('/'), resources.last_mut()) {
            (Some((_, subresource)), Some(main)) => {
                let sub = json!({"subresource": subresource, "responseKind": kind, "verbs": entry["verbs"]});
                match main["subresources"].as_array_mut() {
                    Some(there) => there.push(sub),
                    None => main["subresources"] = json!([sub]),
                }
            }
            _ => {
                let scope = if entry["namespaced"] == true { "Namespaced" } else { "Cluster" };
                let mut main = json!({"resource": name, "responseKind": kind, "scope": scope, "singularResource": entry["singularName"], "verbs": entry["verbs"]});
                for optional in ["shortNames", "categories"] {
                    if !entry[optional].is_null() {
                        main[optional] = entry[optional].clone();
                    }
                }
                resources.push(main);
            }
        }
    }
    json!({"version": version, "resources": resources, "freshness": "Current"})
}

/// Groups other than the core, with their versions.
fn groups(store: &Store) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> =
        REVIEWS.iter().map(|(group, ..)| ((*group).to_owned(), vec!["v1".to_owned()])).collect();
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

pub(super) fn of_version<'a>(store: &'a Store, group: &'a str, version: &'a str) -> impl Iterator<Item = &'a Arc<Resource>> {
    store.resources().filter(move |resource| resource.name.group == group && resource.serves(version))
}

fn resources_document(store: &Store, group: &str, version: &str) -> Option<Value> {
    let resources = all_entries(store, group, version);
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    (!resources.is_empty())
        .then(|| json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}))
}

/// All resources of a group in a version, each followed by its subresources, and its reviews.
fn all_entries(store: &Store, group: &str, version: &str) -> Vec<Value> {
    let reviews = REVIEWS.iter().filter(|(of, ..)| *of == group && version == "v1").map(|(_, plural, kind, namespaced)| {
        json!({"name": plural, "singularName": kind.to_lowercase(), "namespaced": namespaced, "kind": kind, "verbs": ["create"]})
    });
    of_version(store, group, version).flat_map(|resource| entries(resource)).chain(reviews).collect()
}

/// Built-in kinds that `kubectl get all` asks for.
const IN_ALL: [&str; 9] =
    ["pods", "services", "daemonsets", "deployments", "replicasets", "statefulsets", "horizontalpodautoscalers", "cronjobs", "jobs"];

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
    if !resource.custom && IN_ALL.contains(&plural.as_str()) {
        main["categories"] = json!(["all"]);
    } else if resource.name.group == "admissionregistration.k8s.io" && !resource.custom {
        main["categories"] = json!(["api-extensions"]);
    } else if !resource.categories.is_empty() {
        main["categories"] = resource.categories.clone().into();
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
        "serviceaccounts" => entries.push(sub("token", "TokenRequest", "authentication.k8s.io", "v1", &["create"])),
        "namespaces" => entries.push(sub("finalize", "Namespace", "", "", &["update"])),
        _ => {}
    }
    entries
}
