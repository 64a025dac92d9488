//! Which resource a path means: `/rest/com/vmware/cis/tagging/tag/id:urn…?~action=…` and `/api/cis/tagging/tag/urn…?action=…`
//! are the same one.

use http::Uri;
use percent_encoding::percent_decode_str;

/// How paths and bodies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `/rest/com/vmware/…`, answers in `{"value": …}`.
    Rest,
    /// `/api/…`, bare answers.
    Api,
}

impl Style {
    /// The style of a path.
    pub fn of(path: &str) -> Self {
        if path.starts_with("/api") { Self::Api } else { Self::Rest }
    }
}

/// A resource, with its style taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `cis/tagging/tag`.
    pub path: String,
    /// The id behind it.
    pub id: Option<String>,
    /// What is to be done with it, when the verb does not say.
    pub action: Option<String>,
}

/// The resources that ids stand behind.
const WITH_IDS: [&str; 3] = ["cis/tagging/category", "cis/tagging/tag", "cis/tagging/tag-association"];

impl Resource {
    /// Reads a request's path and query.
    pub fn parse(uri: &Uri) -> Self {
        let path = decoded(uri.path());
        let inner =
            match path.strip_prefix("/rest/com/vmware/").or_else(|| path.strip_prefix("/rest/")).or_else(|| path.strip_prefix("/api/")) {
                // The new style has its session at the top.
                Some("session") => "cis/session",
                Some(inner) => inner,
                None => &path,
            };
        let inner = inner.trim_matches('/');
        let split = WITH_IDS.iter().find_map(|resource| Some((*resource, inner.strip_prefix(resource)?.strip_prefix('/')?)));
        let (path, id) = match split {
            Some((resource, id)) => (resource.to_owned(), Some(id.strip_prefix("id:").unwrap_or(id).to_owned())),
            None => (inner.to_owned(), None),
        };
        Self { path, id, action: action(uri.query().unwrap_or_default()) }
    }

    /// `cis/tagging/tag/{id}?~action=…`, as journals name it.
    pub fn pattern(&self) -> String {
        let id = if self.id.is_some() { "/{id}" } else { "" };
        let action = self.action.as_ref().map(|action| format!("?~action={action}")).unwrap_or_default();
        format!("{}{id}{action}", self.path)
    }
}

fn action(query: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| matches!(decoded(name).as_str(), "~action" | "action"));
    named.next().map(|(_, value)| decoded(value))
}

/// A text without its percent escapes; an escape that is none stays as it is.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(uri: &str) -> Resource {
        Resource::parse(&uri.parse().expect("a test's path is one"))
    }

    #[test]
    fn both_styles_mean_the_same_resource() {
        let old = resource("/rest/com/vmware/cis/tagging/tag/id:urn:vmomi:InventoryServiceTag:1:GLOBAL?~action=list-tags-for-category");
        let new = resource("/api/cis/tagging/tag/urn%3Avmomi%3AInventoryServiceTag%3A1%3AGLOBAL?action=list-tags-for-category");
        assert_eq!(old, new);
        assert_eq!(old.id.as_deref(), Some("urn:vmomi:InventoryServiceTag:1:GLOBAL"));
        assert_eq!(old.pattern(), "cis/tagging/tag/{id}?~action=list-tags-for-category");
        assert_eq!(resource("/rest/com/vmware/cis/session"), resource("/api/session"));
    }

    #[test]
    fn a_path_that_is_nonsense_is_a_resource_that_nobody_has() {
        for path in ["/rest/", "/rest/%zz%", "/api/%ff", "/api/cis/tagging/tag-association/", "/rest/com/vmware/cis/tagging/tags"] {
            assert!(!resource(path).pattern().contains("{id}?"), "{path}");
        }
    }
}
