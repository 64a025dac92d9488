//! Lists: at the newest version, at a past one, in pages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Store;
use super::command::Place;
use super::resource::Resource;
use super::selector::Selection;
use super::status::Status;
use super::value::text;

/// How the asked version is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionMatch {
    /// Not said.
    #[default]
    Unset,
    /// The state at that version.
    Exact,
    /// That version or a newer one.
    NotOlderThan,
}

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Which objects.
    pub selection: Selection,
    /// Page size; 0 is all.
    pub limit: usize,
    /// Where the page before ended; empty for the first.
    pub continue_token: String,
    /// Asked version; `None` is the newest.
    pub version: Option<u64>,
    /// How it is meant.
    pub version_match: VersionMatch,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The objects, by namespace and name.
    pub items: Vec<Arc<Value>>,
    /// The version whose state this is.
    pub revision: u64,
    /// How to ask for the next page.
    pub continue_token: Option<String>,
    /// How many follow; not told when a selection leaves some out.
    pub remaining: Option<usize>,
}

/// The inside of a continue token.
struct Token {
    revision: i64,
    after: String,
}

const EXPIRED_LIST: &str = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

impl Store {
    /// Lists a resource, in one namespace or in all.
    ///
    /// # Errors
    /// 504 for a version that is not yet, 410 for one that is no more, 400 for a broken token.
    pub fn list(&self, at: &Place, query: &ListQuery) -> Result<Listed, Status> {
        let resource = self.resource(at)?;
        if let Some(asked) = query.version.filter(|asked| *asked > self.revision) {
            return Err(Status::too_large(asked, self.revision));
        }
        let limit = if query.version == Some(0) { 0 } else { query.limit };
        let (revision, after) = self.starting_point(&resource, query, limit)?;
        let objects =
            self.objects_at(&resource, revision).ok_or_else(|| Status::expired("The resourceVersion for the provided list is too old."))?;
        let in_namespace =
            |object: &&Arc<Value>| at.namespace.is_empty() || !resource.namespaced || text(object, "/metadata/namespace") == at.namespace;
        let mut rest = objects
            .iter()
            .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
            .filter(|(_, object)| in_namespace(object) && query.selection.matches(&resource, object));
        let mut items = Vec::new();
        let mut last = None;
        for (key, object) in rest.by_ref().take(if limit == 0 { usize::MAX } else { limit }) {
            items.push(Arc::clone(object));
            last = Some(key);
        }
        let remaining = rest.count();
        let more = last.filter(|_| remaining > 0);
        let continue_token = more.map(|after| write_token(i64::try_from(revision).unwrap_or(i64::MAX), after));
        let remaining = (remaining > 0 && query.selection.is_everything()).then_some(remaining);
        Ok(Listed { items, revision, continue_token, remaining })
    }

    /// Selected objects of a resource as they are now.
    pub(super) fn selected<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: &'a str,
        selection: &'a Selection,
    ) -> impl Iterator<Item = &'a Arc<Value>> {
        let objects = self.tables.get(&resource.name).into_iter().flat_map(|table| table.objects.values());
        let in_namespace =
            move |object: &Value| namespace.is_empty() || !resource.namespaced || text(object, "/metadata/namespace") == namespace;
        objects.filter(move |object| in_namespace(object) && selection.matches(resource, object))
    }

    /// The version to list at, and the key to go on after.
    fn starting_point(&self, resource: &Resource, query: &ListQuery, limit: usize) -> Result<(u64, Option<String>), Status> {
        if query.continue_token.is_empty() {
            let exact = query.version_match == VersionMatch::Exact || (query.version_match == VersionMatch::Unset && limit > 0);
            return Ok((query.version.filter(|asked| exact && *asked > 0).unwrap_or(self.revision), None));
        }
        if query.version.is_some_and(|asked| asked > 0) {
            return Err(Status::bad_request("specifying resource version is not allowed when using continue"));
        }
        let token = read_token(&query.continue_token)?;
        let Ok(revision) = u64::try_from(token.revision) else { return Ok((self.revision, Some(token.after))) };
        if revision > self.revision || self.objects_at(resource, revision).is_none() {
            let mut status = Status::expired(EXPIRED_LIST);
            status.continue_token = Some(write_token(-1, &token.after));
            return Err(status);
        }
        Ok((revision, Some(token.after)))
    }

    /// The objects as they were at a version; `None` when history does not reach back that far.
    fn objects_at(&self, resource: &Resource, revision: u64) -> Option<Cow<'_, BTreeMap<String, Arc<Value>>>> {
        let Some(table) = self.tables.get(&resource.name) else { return Some(Cow::Owned(BTreeMap::new())) };
        if revision >= self.revision {
            return Some(Cow::Borrowed(&table.objects));
        }
        let mut objects = table.objects.clone();
        for record in table.window.since(revision)?.rev() {
            match &record.before {
                Some(before) => objects.insert(record.key.clone(), Arc::clone(before)),
                None => objects.remove(&record.key),
            };
        }
        Some(Cow::Owned(objects))
    }
}

fn write_token(revision: i64, after: &str) -> String {
    let inside = json!({"v": "meta.k8s.io/v1", "rv": revision, "start": format!("{after}\u{0}")});
    URL_SAFE_NO_PAD.encode(inside.to_string())
}

fn read_token(token: &str) -> Result<Token, Status> {
    let refused = || Status::bad_request("continue key is not valid: incorrectly formatted continue token");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let inside: Value = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    let (revision, start) = (inside["rv"].as_i64(), inside["start"].as_str());
    match (revision, start) {
        (Some(revision), Some(start)) if revision != 0 => Ok(Token { revision, after: start.trim_end_matches('\u{0}').to_owned() }),
        _ => Err(refused()),
    }
}
