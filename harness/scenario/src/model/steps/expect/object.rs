//! `expect: {object: …}`: parts of an object of Kubernetes must be as said.

use std::fmt;

use serde_json::Value;

use crate::model::glob;
use crate::model::object::{self, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// Looks at parts of an object, each named by a JSON pointer (RFC 6901: `/` within a name is written `~1`).
///
/// ```yaml
/// - expect: {object: node/worker-1, has: {/spec/providerID: "vsphere://*", /spec/unschedulable: absent}}
/// - expect: {object: statefulset/web, has: {/status/readyReplicas: 3}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectObject {
    /// Which object.
    pub object: Spanned<ObjectName>,
    /// Its parts, at least one.
    pub has: Vec<(Spanned<String>, Spanned<Wanted>)>,
}

/// What a part of an object must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `present`: it is there, whatever it is.
    Present,
    /// `absent`: it is not there.
    Absent,
    /// Any other text: its value as text, where `*` stands for any text. Numbers and truths are compared as they are written.
    Like(String),
}

impl Wanted {
    /// Whether what an object has (or has not) is as wanted. Of a list or map its JSON is compared.
    pub fn holds(&self, found: Option<&Value>) -> bool {
        match (self, found) {
            (Self::Present, found) => found.is_some(),
            (Self::Absent, found) => found.is_none(),
            (Self::Like(_), None) => false,
            (Self::Like(pattern), Some(Value::String(text))) => glob::matches(pattern, text),
            (Self::Like(pattern), Some(other)) => glob::matches(pattern, &other.to_string()),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => f.write_str("present"),
            Self::Absent => f.write_str("absent"),
            Self::Like(text) => write!(f, "{text:?}"),
        }
    }
}

impl fmt::Display for ExpectObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.has.iter().map(|(pointer, wanted)| format!("{pointer} {wanted}")).collect();
        write!(f, "expect {} to have {}", self.object, parts.join(" and "))
    }
}

pub(crate) const EXAMPLE: &str = "{object: node/worker-1, has: {/spec/providerID: present}}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectObject> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let object = fields.required("object", problems).and_then(|node| {
        let text = node.words("object", "node/worker-1", problems)?;
        object::decode(&text, problems)
    });
    let has = fields.required("has", problems).and_then(|node| has(node, problems));
    fields.finish(problems);
    Some(ExpectObject { object: object?, has: has? })
}

fn has(node: &Node, problems: &mut Problems) -> Option<Vec<(Spanned<String>, Spanned<Wanted>)>> {
    let entries = node.map("has", "{/spec/providerID: present}", problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "`has` expects nothing", "write it like this: {/spec/providerID: present}");
    }
    let read: Vec<Option<_>> =
        entries.iter().map(|(pointer, value)| Some((self::pointer(pointer, problems)?, wanted(value, problems)?))).collect();
    read.into_iter().collect()
}

fn pointer(text: &Spanned<String>, problems: &mut Problems) -> Option<Spanned<String>> {
    let escapes_are_whole = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !text.starts_with('/') || text.len() < 2 || !escapes_are_whole {
        let help = "write a JSON pointer such as `/spec/providerID`; within a name `/` is `~1` and `~` is `~0`";
        return problems.at(text.span, format!("`{}` is not a JSON pointer", text.value), help);
    }
    Some(text.clone())
}

fn wanted(node: &Node, problems: &mut Problems) -> Option<Spanned<Wanted>> {
    let Content::Scalar(text) = &node.content else {
        return node.is_not("what is wanted", "a single value", "present", problems);
    };
    // In quotes, `"present"` is a text like any other.
    let wanted = match (text.as_str(), node.plain) {
        ("present", true) => Wanted::Present,
        ("absent", true) => Wanted::Absent,
        _ => Wanted::Like(text.clone()),
    };
    Some(Spanned::new(wanted, node.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_compared_as_text_and_by_pattern() {
        let like = |text: &str| Wanted::Like(text.to_owned());
        assert!(like("vsphere://*").holds(Some(&json!("vsphere://4237"))));
        assert!(!like("vsphere://*").holds(Some(&json!("aws://4237"))));
        assert!(like("3").holds(Some(&json!(3))) && like("true").holds(Some(&json!(true))));
        assert!(!like("*").holds(None));
        assert!(Wanted::Absent.holds(None) && !Wanted::Absent.holds(Some(&json!(null))));
        assert!(Wanted::Present.holds(Some(&json!([]))));
    }
}
