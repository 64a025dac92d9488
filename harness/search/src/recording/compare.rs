//! In what two answers to one call differ, ids and times apart.

use std::fmt;

use jiff::Timestamp;

use super::ids::{Ids, is_id};
use super::tree::Node;

/// A difference between a recorded answer and another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// It is in the recording only.
    Missing {
        /// The names on the way to it.
        path: String,
    },
    /// It is in the other answer only.
    Extra {
        /// The names on the way to it.
        path: String,
    },
    /// It is another.
    Other {
        /// The names on the way to it.
        path: String,
        /// What was recorded.
        recorded: String,
        /// What was answered now.
        answered: String,
    },
}

impl Difference {
    /// Where it is.
    pub fn path(&self) -> &str {
        match self {
            Self::Missing { path } | Self::Extra { path } | Self::Other { path, .. } => path,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "{path}: recorded, and not answered"),
            Self::Extra { path } => write!(f, "{path}: answered, and not recorded"),
            Self::Other { path, recorded, answered } => write!(f, "{path}: recorded {recorded:?}, answered {answered:?}"),
        }
    }
}

/// All differences between two answers, in the order of the recorded one.
pub fn differences(recorded: &Node, answered: &Node, ids: &Ids) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(recorded, answered, ids, "", &mut found);
    found
}

fn walk(then: &Node, now: &Node, ids: &Ids, above: &str, found: &mut Vec<Difference>) {
    let path = path_of(above, then);
    if then.kind != now.kind {
        let word = |kind: &Option<String>| kind.clone().unwrap_or_default();
        found.push(Difference::Other { path: format!("{path}@type"), recorded: word(&then.kind), answered: word(&now.kind) });
    }
    if then.children.is_empty() && now.children.is_empty() {
        if !same(&then.text, &now.text, ids) {
            found.push(Difference::Other { path, recorded: then.text.clone(), answered: now.text.clone() });
        }
        return;
    }
    for (then, now) in ids.pairs(then, now) {
        match (then, now) {
            (Some(then), Some(now)) => walk(then, now, ids, &path, found),
            (Some(then), None) => found.push(Difference::Missing { path: path_of(&path, then) }),
            (None, Some(now)) => found.push(Difference::Extra { path: path_of(&path, now) }),
            (None, None) => {}
        }
    }
}

/// The names on the way; of a property its own name.
fn path_of(above: &str, node: &Node) -> String {
    let of_property = node.child("name").filter(|_| node.name == "propSet").map(|name| format!("[{}]", name.text));
    let name = format!("{}{}", node.name, of_property.unwrap_or_default());
    if above.is_empty() || above == "Envelope" { name } else { format!("{above}/{name}") }
}

/// Whether two texts say the same: ids by what they stand for, times whatever they are.
fn same(then: &str, now: &str, ids: &Ids) -> bool {
    if then == now || ids.translated(then) == now {
        return true;
    }
    let is_time = |text: &str| text.parse::<Timestamp>().is_ok();
    // An id that nothing else has told of is as good as any.
    (is_time(then) && is_time(now)) || (is_id(then) && is_id(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_no_differences_and_the_rest_is_named() {
        let then = Node::read("<a><vm>vm-7</vm><at>2026-11-30T08:00:00Z</at><size>3</size><old>x</old></a>").unwrap();
        let now = Node::read("<a><vm>vm-1</vm><at>2027-01-01T00:00:00Z</at><size>4</size><new>y</new></a>").unwrap();
        let told: Vec<String> = differences(&then, &now, &Ids::default()).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["a/size: recorded \"3\", answered \"4\"", "a/old: recorded, and not answered", "a/new: answered, and not recorded"]
        );
    }
}
