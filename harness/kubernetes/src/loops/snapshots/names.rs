//! Finalizers and annotations that the snapshot controller and the sidecar agree on.

/// A snapshot that is bound to a content which goes with it.
pub(in crate::loops) const BOUND: &str = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection";
/// A snapshot that a volume may be made of.
pub(in crate::loops) const AS_SOURCE: &str = "snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection";
/// A content that is bound to a snapshot.
pub(in crate::loops) const CONTENT: &str = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
/// A claim of which a snapshot is being taken.
pub(in crate::loops) const CLAIM: &str = "snapshot.storage.kubernetes.io/pvc-as-source-protection";

/// On a content: its snapshot is to go.
pub(in crate::loops) const BEING_DELETED: &str = "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted";
/// On a content: the driver may be taking the snapshot.
pub(in crate::loops) const BEING_CREATED: &str = "snapshot.storage.kubernetes.io/volumesnapshot-being-created";
/// On a class: it counts where a snapshot names none.
pub(in crate::loops) const IS_DEFAULT: &str = "snapshot.storage.kubernetes.io/is-default-class";
/// On a content: the Secret that its deletion needs.
pub(in crate::loops) const SECRET_NAME: &str = "snapshot.storage.kubernetes.io/deletion-secret-name";
/// The Secret's namespace.
pub(in crate::loops) const SECRET_NAMESPACE: &str = "snapshot.storage.kubernetes.io/deletion-secret-namespace";
/// On a content: a device may be made of a file system's snapshot, and the other way round.
pub(in crate::loops) const ALLOW_MODE_CHANGE: &str = "snapshot.storage.kubernetes.io/allow-volume-mode-change";
