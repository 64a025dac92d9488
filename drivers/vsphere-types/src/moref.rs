//! Managed object references.

use std::fmt;

use crate::name::Name;

/// A reference to a managed object: `VirtualMachine:vm-12`.
///
/// `serverGuid` is not modelled: none of the clients here sends or reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoRef {
    /// Wire name of the managed object's type.
    pub kind: Name,
    /// The server's id for it; clients must not parse it.
    pub id: String,
}

impl MoRef {
    /// A reference of this type and id.
    pub fn new(kind: impl Into<Name>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

impl fmt::Display for MoRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}
