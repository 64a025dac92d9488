//! Names of the API: of types, fields and an enumeration's members.
//!
//! Nearly all of them stand in the table, and an answer repeats them thousands of times. So a name is the table's own text where the
//! table has it, which costs nothing to copy; only what a client made up is a text of its own.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::table::type_info;

/// A name. It is equal to, ordered and hashed as the text that it is.
#[derive(Clone, Default)]
pub struct Name(Cow<'static, str>);

impl Name {
    /// A name that the program has.
    pub const fn fixed(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name of a type that was read from somewhere.
    pub fn of_type(name: &str) -> Self {
        type_info(name).map_or_else(|| Self(Cow::Owned(name.to_owned())), |info| Self::fixed(info.name))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this name of the table: mostly that very text, and then nothing need be compared.
    pub fn is(&self, name: &'static str) -> bool {
        std::ptr::eq(self.as_str(), name) || self.as_str() == name
    }

    /// Whether both are one and the same text in memory.
    fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_str(), other.as_str())
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.is_same(other) { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

macro_rules! equal_to {
    ($($text:ty),*) => { $(
        impl PartialEq<$text> for Name {
            fn eq(&self, other: &$text) -> bool {
                self.as_str() == &other[..]
            }
        }

        impl PartialEq<Name> for $text {
            fn eq(&self, other: &Name) -> bool {
                &self[..] == other.as_str()
            }
        }
    )* };
}
equal_to!(str, &str, String);

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::fixed(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl From<&Name> for Name {
    fn from(name: &Name) -> Self {
        name.clone()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into_owned()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_text_wherever_it_came_from() {
        let (read, fixed) = (Name::from("Task".to_owned()), Name::of_type("Task"));
        assert_eq!(read, fixed);
        assert_eq!(read.cmp(&fixed), Ordering::Equal);
        assert!(Name::of_type("Zebra") > fixed && Name::of_type("Zebra") == "Zebra");
        assert!(matches!(fixed.0, Cow::Borrowed(_)) && matches!(Name::of_type("Zebra").0, Cow::Owned(_)));
        assert_eq!(format!("{read:?} {read}"), "\"Task\" Task");
    }
}
