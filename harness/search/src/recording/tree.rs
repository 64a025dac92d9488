//! What stands in a body, as a tree of names and texts: XML and JSON alike.

use serde_json::Value;
use vsphere_codec::{Element, read_elements};

/// A value with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name: of an element, or of a member of an object.
    pub name: String,
    /// Its type, where it says one.
    pub kind: Option<String>,
    /// Its text; nothing where there are children.
    pub text: String,
    /// What is inside of it.
    pub children: Vec<Self>,
}

impl Node {
    /// Reads a body; none when it is neither XML nor JSON.
    pub fn read(body: &str) -> Option<Self> {
        let body = body.trim();
        if body.starts_with('<') {
            return read_elements(body.as_bytes()).ok().map(|element| of_element(&element));
        }
        serde_json::from_str(body).ok().map(|value| of_value("body", &value))
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

fn of_element(element: &Element) -> Node {
    let text = if element.children.is_empty() { element.text.trim().to_owned() } else { String::new() };
    Node {
        name: element.name.clone(),
        kind: element.xsi_type.clone().or_else(|| element.reference_type.clone()),
        text,
        children: element.children.iter().map(of_element).collect(),
    }
}

fn of_value(name: &str, value: &Value) -> Node {
    let (text, children) = match value {
        Value::Array(members) => (String::new(), members.iter().map(|member| of_value("member", member)).collect()),
        Value::Object(members) => (String::new(), members.iter().map(|(name, member)| of_value(name, member)).collect()),
        Value::String(text) => (text.clone(), Vec::new()),
        other => (other.to_string(), Vec::new()),
    };
    Node { name: name.to_owned(), kind: None, text, children }
}
