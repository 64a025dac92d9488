//! What manifests say of a driver, in a descriptor's own words.

use std::collections::BTreeMap;

use crate::external::{Program, Sidecar};

/// What manifests say of a driver.
#[derive(Debug, Default)]
pub(in crate::external) struct Derived {
    /// Its processes.
    pub(in crate::external) processes: Vec<Program>,
    /// By process, the version that its image's tag names.
    pub(in crate::external) versions: BTreeMap<String, String>,
    /// Sidecars that it brings.
    pub(in crate::external) replaces: Vec<Sidecar>,
    /// Flags of those that the harness plays for it.
    pub(in crate::external) sidecars: BTreeMap<Sidecar, Vec<String>>,
    /// What is installed, as one text.
    pub(in crate::external) installed: String,
    /// What of the manifests is not kept, for the report.
    pub(in crate::external) notes: Vec<String>,
}
