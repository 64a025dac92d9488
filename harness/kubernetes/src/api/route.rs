//! Paths of the API.

use std::borrow::Cow;

use super::query::decode;
use crate::store::Place;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/healthz`, `/livez`, `/readyz` and what is below them.
    Health,
    /// `/version`
    Version,
    /// `/api`
    CoreVersions,
    /// `/apis`
    Groups,
    /// `/apis/<group>`
    Group(String),
    /// `/api/v1`, `/apis/<group>/<version>`
    GroupVersion(String, String),
    /// `/openapi/v2`
    OpenApiV2,
    /// `/openapi/v3`
    OpenApi,
    /// `/openapi/v3/...` of a group in a version
    OpenApiOf(String, String),
    /// Objects.
    Resource(Target),
    /// Nowhere.
    Unknown,
}

/// A resource, one of its objects, or a subresource of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The resource.
    pub at: Place,
    /// The object; `None` for the collection.
    pub name: Option<String>,
    /// The subresource.
    pub subresource: Option<String>,
}

impl Target {
    /// `pods/status`, for the journal.
    pub fn resource_text(&self) -> String {
        match &self.subresource {
            Some(subresource) => format!("{}/{subresource}", self.at.resource.plural),
            None => self.at.resource.plural.clone(),
        }
    }
}

/// Finds where a path leads.
pub fn route(path: &str) -> Route {
    let steps: Vec<Cow<'_, str>> = path.split('/').filter(|step| !step.is_empty()).map(|step| decode(step, false)).collect();
    let steps: Vec<&str> = steps.iter().map(AsRef::as_ref).collect();
    match steps.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => Route::Health,
        ["version"] => Route::Version,
        ["api"] => Route::CoreVersions,
        ["apis"] => Route::Groups,
        ["apis", group] => Route::Group((*group).to_owned()),
        ["api", version] => Route::GroupVersion(String::new(), (*version).to_owned()),
        ["apis", group, version] => Route::GroupVersion((*group).to_owned(), (*version).to_owned()),
        ["openapi", "v2"] => Route::OpenApiV2,
        ["openapi", "v3"] => Route::OpenApi,
        ["openapi", "v3", "api", version] => Route::OpenApiOf(String::new(), (*version).to_owned()),
        ["openapi", "v3", "apis", group, version] => Route::OpenApiOf((*group).to_owned(), (*version).to_owned()),
        ["api", version, rest @ ..] => resource("", version, rest),
        ["apis", group, version, rest @ ..] => resource(group, version, rest),
        _ => Route::Unknown,
    }
}

fn resource(group: &str, version: &str, rest: &[&str]) -> Route {
    // `namespaces/<name>/status` is about a namespace, `namespaces/<name>/pods` about what is in it.
    let (namespace, rest) = match rest {
        ["namespaces", _, "status" | "finalize"] => ("", rest),
        ["namespaces", namespace, inside @ ..] if !inside.is_empty() => (*namespace, inside),
        _ => ("", rest),
    };
    let target = |plural: &str, name: Option<&str>, subresource: Option<&str>| {
        let at = Place::new(group, version, plural, namespace);
        Route::Resource(Target { at, name: name.map(str::to_owned), subresource: subresource.map(str::to_owned) })
    };
    match rest {
        [plural] => target(plural, None, None),
        [plural, name] => target(plural, Some(name), None),
        [plural, name, subresource] => target(plural, Some(name), Some(subresource)),
        _ => Route::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_objects() {
        let of = |group: &str, version: &str, plural: &str, namespace: &str, name: Option<&str>, subresource: Option<&str>| {
            let at = Place::new(group, version, plural, namespace);
            Route::Resource(Target { at, name: name.map(str::to_owned), subresource: subresource.map(str::to_owned) })
        };
        let table = [
            ("/api/v1/namespaces", of("", "v1", "namespaces", "", None, None)),
            ("/api/v1/namespaces/a/status", of("", "v1", "namespaces", "", Some("a"), Some("status"))),
            ("/api/v1/namespaces/a/pods/b/binding", of("", "v1", "pods", "a", Some("b"), Some("binding"))),
            ("/apis/storage.k8s.io/v1/csinodes/n", of("storage.k8s.io", "v1", "csinodes", "", Some("n"), None)),
            ("/apis/apps/v1/namespaces/a/statefulsets", of("apps", "v1", "statefulsets", "a", None, None)),
            ("/api/v1/", Route::GroupVersion(String::new(), "v1".into())),
            ("/readyz/etcd", Route::Health),
            ("/", Route::Unknown),
            ("/api/v1/a/b/c/d/e", Route::Unknown),
        ];
        for (path, expected) in table {
            assert_eq!(route(path), expected, "{path}");
        }
    }
}
