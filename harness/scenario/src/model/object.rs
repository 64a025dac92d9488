//! Names of Kubernetes objects: `statefulset/web`.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::Problems;

/// A kind of object that steps can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `pod/…`
    Pod,
    /// `statefulset/…`
    StatefulSet,
    /// `persistentvolumeclaim/…`
    PersistentVolumeClaim,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Pod, Self::StatefulSet, Self::PersistentVolumeClaim];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::StatefulSet => "statefulset",
            Self::PersistentVolumeClaim => "persistentvolumeclaim",
        }
    }

    /// The API's name of the kind's collection.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Pod => "pods",
            Self::StatefulSet => "statefulsets",
            Self::PersistentVolumeClaim => "persistentvolumeclaims",
        }
    }

    /// What kubectl users may type out of habit.
    fn short(self) -> &'static str {
        match self {
            Self::Pod => "po",
            Self::StatefulSet => "sts",
            Self::PersistentVolumeClaim => "pvc",
        }
    }
}

/// An object of the namespace `default`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.name)
    }
}

/// Reads `kind/name`.
pub(crate) fn decode(text: &Spanned<String>, problems: &mut Problems) -> Option<Spanned<ObjectName>> {
    let Some((kind, name)) = text.split_once('/') else {
        return problems.at(text.span, format!("`{}` does not name an object", text.value), "write kind/name, such as `statefulset/web`");
    };
    let Some(kind) = Kind::ALL.into_iter().find(|known| known.word() == kind) else {
        if let Some(known) = Kind::ALL.into_iter().find(|known| known.short() == kind) {
            return problems.at(text.span, format!("unknown kind `{kind}`"), format!("write `{}/{name}`", known.word()));
        }
        let kind = Spanned::new(kind.to_owned(), text.span);
        return problems.unknown(&kind, "kind", "kinds", Kind::ALL.map(Kind::word));
    };
    if !is_name(name) {
        let help = "object names are lower-case letters, digits, `-` and `.`, such as `web-0`";
        return problems.at(text.span, format!("`{name}` cannot be an object's name"), help);
    }
    Some(Spanned::new(ObjectName { kind, name: name.to_owned() }, text.span))
}

/// Whether Kubernetes would take this as an object's name (a DNS subdomain).
pub(crate) fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        !bytes.is_empty() && inner(bytes[0]) && inner(bytes[bytes.len() - 1]) && bytes.iter().all(|&byte| inner(byte) || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(part)
}
