//! Which id of a recording is which id of another vCenter.
//!
//! Two answers to one call are laid beside each other: what stands in the same place of both is the same thing. Members of lists are
//! brought together by the ids that are known, then by the names that they tell, and what is left by its place.

use std::collections::BTreeMap;

use super::tree::Node;

/// Members by which things tell who they are, the surest first.
const KEYS: [&str; 6] = ["obj", "volumeId", "id", "key", "uuid", "name"];

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids(BTreeMap<String, String>);

impl Ids {
    /// How many are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes two texts for the same thing.
    pub fn learn_texts(&mut self, recorded: &str, answered: &str) {
        let (then, now): (Vec<&str>, Vec<&str>) = (tokens(recorded).collect(), tokens(answered).collect());
        if then.len() != now.len() {
            return;
        }
        for (then, now) in then.into_iter().zip(now) {
            if then != now && is_id(then) && is_id(now) {
                self.0.entry(then.to_owned()).or_insert_with(|| now.to_owned());
            }
        }
    }

    /// Takes what opens the session of two answers for the same: a cookie's value, or a header's.
    pub fn learn_session(&mut self, recorded: &str, answered: &str) {
        let value = |text: &str| {
            text.split(';').next().map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value).trim_matches('"').to_owned())
        };
        if let (Some(then), Some(now)) = (value(recorded), value(answered)) {
            self.0.insert(then, now);
        }
    }

    /// Takes two answers to one call for the same things.
    pub fn learn(&mut self, recorded: &Node, answered: &Node) {
        if recorded.children.is_empty() && answered.children.is_empty() {
            return self.learn_texts(&recorded.text, &answered.text);
        }
        for (then, now) in self.pairs(recorded, answered) {
            if let (Some(then), Some(now)) = (then, now) {
                self.learn(then, now);
            }
        }
    }

    /// The text with the ids of the other vCenter.
    pub fn translated(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_of_token(letter)).unwrap_or(rest.len());
            if end == 0 {
                let letter = rest.chars().next().map_or(1, char::len_utf8);
                out.push_str(&rest[..letter]);
                rest = &rest[letter..];
                continue;
            }
            let token = &rest[..end];
            out.push_str(self.0.get(token).map_or(token, String::as_str));
            rest = &rest[end..];
        }
        out
    }

    /// The children of two nodes, each beside the one that is the same thing; none beside what the other does not have.
    pub(super) fn pairs<'a>(&self, recorded: &'a Node, answered: &'a Node) -> Vec<(Option<&'a Node>, Option<&'a Node>)> {
        let mut left: Vec<Option<&Node>> = answered.children.iter().map(Some).collect();
        let mut found: Vec<Option<&Node>> = vec![None; recorded.children.len()];
        for same in [same_key, same_told_name, same_name] {
            for (then, place) in recorded.children.iter().zip(&mut found) {
                if place.is_none() {
                    let there = left.iter_mut().find(|now| now.is_some_and(|now| then.name == now.name && same(self, then, now)));
                    *place = there.and_then(Option::take);
                }
            }
        }
        let pairs = recorded.children.iter().map(Some).zip(found);
        pairs.chain(left.into_iter().flatten().map(|now| (None, Some(now)))).collect()
    }
}

/// Whether two things have one key, where they have one.
fn same_key(ids: &Ids, then: &Node, now: &Node) -> bool {
    KEYS.iter().any(|key| match (then.child(key), now.child(key)) {
        (Some(then), Some(now)) => {
            let (then, now) = (deepest(then), deepest(now));
            !then.is_empty() && ids.translated(then) == now
        }
        _ => false,
    })
}

/// Whether two objects tell the same name among their properties.
fn same_told_name(_ids: &Ids, then: &Node, now: &Node) -> bool {
    let name = |node: &Node| {
        let told =
            node.children.iter().find(|child| child.name == "propSet" && child.child("name").is_some_and(|name| name.text == "name"));
        told.and_then(|told| Some(told.child("val")?.text.clone()))
    };
    name(then).is_some_and(|told| name(now).as_ref() == Some(&told))
}

/// What is left goes by its place.
fn same_name(_ids: &Ids, _then: &Node, _now: &Node) -> bool {
    true
}

/// The text of a node, or of what alone is inside of it (`<volumeId><id>…</id></volumeId>`).
fn deepest(node: &Node) -> &str {
    match node.children.as_slice() {
        [only] => deepest(only),
        _ => &node.text,
    }
}

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter| !is_of_token(letter)).filter(|token| !token.is_empty())
}

/// Whether a word may be an id: digits in it, and a hyphen, or as long as a key; no date.
pub(super) fn is_id(token: &str) -> bool {
    let has_digit = token.contains(|letter: char| letter.is_ascii_digit());
    let is_date = token.get(..8).is_some_and(|date| {
        date.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
    });
    has_digit && !is_date && (token.contains('-') || token.len() >= 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        Node::read(text).unwrap()
    }

    #[test]
    fn what_stands_in_the_same_place_is_the_same_thing() {
        let mut ids = Ids::default();
        let then = node(
            "<r><objects><obj type='VirtualMachine'>vm-7</obj><propSet><name>name</name><val>b</val></propSet></objects><objects><obj type='VirtualMachine'>vm-8</obj><propSet><name>name</name><val>a</val></propSet></objects></r>",
        );
        let now = node(
            "<r><objects><obj type='VirtualMachine'>vm-1</obj><propSet><name>name</name><val>a</val></propSet></objects><objects><obj type='VirtualMachine'>vm-2</obj><propSet><name>name</name><val>b</val></propSet></objects></r>",
        );
        ids.learn(&then, &now);
        assert_eq!(ids.translated("<vm>vm-7</vm><vm>vm-8</vm><vm>vm-70</vm>"), "<vm>vm-2</vm><vm>vm-1</vm><vm>vm-70</vm>");
    }

    #[test]
    fn dates_and_words_are_no_ids() {
        assert!(is_id("vm-12") && is_id("5d0a6f4e-0000-4000-8000-000000000001") && is_id("group-d1"));
        assert!(!is_id("2026-11-30T08") && !is_id("vsan-a") && !is_id("12") && !is_id("user"));
    }
}
