//! The descriptors of `drivers/external`, which are part of this program.

use super::kinds::Subject;
use super::model::Descriptor;

/// By name.
const DESCRIPTORS: [(&str, &str); 2] = [
    ("upstream-ccm", include_str!("../../../../drivers/external/upstream-ccm.yaml")),
    ("upstream-csi", include_str!("../../../../drivers/external/upstream-csi.yaml")),
];

/// What they install, by the path that they write.
const MANIFESTS: [(&str, &str); 2] = [
    ("upstream-ccm/install.yaml", include_str!("../../../../drivers/external/upstream-ccm/install.yaml")),
    ("upstream-csi/install.yaml", include_str!("../../../../drivers/external/upstream-csi/install.yaml")),
];

pub(super) fn descriptor(name: &str) -> Option<&'static str> {
    DESCRIPTORS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

pub(super) fn manifest(name: &str) -> Option<&'static str> {
    MANIFESTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names that there are, for an error.
pub(super) fn names() -> String {
    let names: Vec<&str> = DESCRIPTORS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// All of them.
pub(super) fn descriptors() -> impl Iterator<Item = Descriptor> {
    DESCRIPTORS.iter().filter_map(|(name, text)| Descriptor::read(name, text).ok())
}

/// The drivers that need no descriptor of the caller's: what each is a driver of, and its name.
pub fn builtin_drivers() -> impl Iterator<Item = (Subject, &'static str)> {
    DESCRIPTORS.iter().filter_map(|(name, text)| Some((Descriptor::read(name, text).ok()?.subject, *name)))
}
