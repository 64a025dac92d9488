//! A value of a file.

use seatrial_scenario::{Case, LOOPS, Turn};

/// A value, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Text, less quotes and escapes.
    Scalar {
        /// The text.
        text: String,
        /// Whether it stands without quotes, so that readers may take it for a number, a truth or nothing.
        plain: bool,
    },
    /// A list.
    List(Vec<Self>),
    /// A map, in its order.
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// A word, a number, a duration: what needs no quotes.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Scalar { text: text.into(), plain: true }
    }

    /// Text that is nothing but text.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self::Scalar { text: text.into(), plain: false }
    }

    /// A map of these entries.
    pub fn map<Key: Into<String>>(entries: impl IntoIterator<Item = (Key, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The members of a list; nothing for anything else.
    pub fn members(&self) -> &[Self] {
        match self {
            Self::List(members) => members,
            _ => &[],
        }
    }

    /// The entries of a map; nothing for anything else.
    pub fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// What stands under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self {
            Self::Map(entries) => entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Puts a value under a key of a map, in the place of what stood there, else at the end.
    pub fn set(&mut self, key: &str, value: Self) {
        match self.get_mut(key) {
            Some(there) => *there = value,
            None => {
                if let Self::Map(entries) = self {
                    entries.push((key.to_owned(), value));
                }
            }
        }
    }

    /// The same, behind the first entry when it was not there.
    pub fn set_second(&mut self, key: &str, value: Self) {
        match self {
            Self::Map(entries) if !entries.is_empty() && entries.iter().all(|(name, _)| name != key) => {
                entries.insert(1, (key.to_owned(), value));
            }
            _ => self.set(key, value),
        }
    }

    /// Takes a key out of a map.
    pub fn remove(&mut self, key: &str) {
        if let Self::Map(entries) = self {
            entries.retain(|(name, _)| name != key);
        }
    }

    /// Adds a member to the list under a key, which is made when it is not there.
    pub fn push_to(&mut self, key: &str, member: Self) {
        match self.get_mut(key) {
            Some(Self::List(members)) => members.push(member),
            _ => self.set(key, Self::List(vec![member])),
        }
    }

    /// Of a list of steps, the one that a turn of its loops comes to; a step that is in no loop is as it is.
    pub fn step(&self, turn: &Turn) -> Option<Self> {
        let (first, inner) = turn.place.split_first()?;
        let step = inner.iter().try_fold(self.members().get(*first)?, |of_loop, number| {
            let steps = LOOPS.iter().find_map(|word| of_loop.get(word))?.get("steps")?;
            steps.members().get(*number)
        });
        step.map(|step| step.filled(turn))
    }

    /// The same with the values of a turn in their places. As in the language, what stands for a number is one, whatever quotes it had.
    fn filled(&self, turn: &Turn) -> Self {
        match self {
            Self::Scalar { text, plain } => {
                let filled = turn.filled(text);
                Self::Scalar { plain: *plain || filled != *text, text: filled }
            }
            Self::List(members) => Self::List(members.iter().map(|member| member.filled(turn)).collect()),
            Self::Map(entries) => Self::map(entries.iter().map(|(key, value)| (turn.filled(key), value.filled(turn)))),
        }
    }

    /// In a scenario: of several versions of a vCenter, that of the case.
    pub fn set_versions(&mut self, case: &Case) {
        let Some(Self::List(vcenters)) = self.get_mut("world").and_then(|world| world.get_mut("vcenters")) else { return };
        for vcenter in vcenters {
            let version = vcenter.get("name").and_then(Self::text).and_then(|name| case.version(name));
            if let Some(version) = version {
                vcenter.set("version", Self::plain(version.to_string()));
            }
        }
    }
}
