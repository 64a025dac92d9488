//! The record of a list or container view, and of a history: what a session looks at.

use vsphere_types::{MoRef, Object, Value};

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
    /// A history that is read page by page: what there was when it was asked for.
    History {
        /// Key of the session that owns it.
        session: String,
        /// What was asked for, as the client sent it.
        filter: Option<Object>,
        /// Tasks or events, oldest first.
        items: Vec<Value>,
        /// How many the latest page has.
        page: usize,
        /// Where the client reads on.
        next: usize,
    },
}

impl View {
    /// Key of the session that owns it.
    pub fn session(&self) -> &str {
        match self {
            Self::List { session, .. } | Self::Container { session, .. } | Self::History { session, .. } => session,
        }
    }
}
