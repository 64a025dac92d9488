//! The record of a list or container view.

use fake_vcenter_types::MoRef;

/// A view: a set of objects that a session looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// The objects that the client put into it.
    List {
        /// Key of the session that owns it.
        session: String,
        /// Its objects, in the order of their coming.
        objects: Vec<MoRef>,
    },
    /// The objects of some types in a container.
    Container {
        /// Key of the session that owns it.
        session: String,
        /// The container.
        container: MoRef,
        /// Types that are looked for; all when empty.
        types: Vec<String>,
        /// Whether to look into containers inside.
        recursive: bool,
    },
}

impl View {
    /// Key of the session that owns it.
    pub fn session(&self) -> &str {
        match self {
            Self::List { session, .. } | Self::Container { session, .. } => session,
        }
    }
}
