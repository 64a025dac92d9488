//! Names of Kubernetes objects: `statefulset/web`, `node/worker-1`, `lease/kube-node-lease/worker-1`.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::Problems;

/// The word before a pod's name in the name of its node: `node-of/web-0`.
pub const NODE_OF: &str = "node-of/";
/// The word before a claim's name in the name of its PersistentVolume: `persistentvolume-of/data-web-0`.
pub const VOLUME_OF: &str = "persistentvolume-of/";

/// Whose name a text stands for, if it is derived: the whole word, and the name behind it.
pub fn derived_from(text: &str) -> Option<(&'static str, &str)> {
    [NODE_OF, VOLUME_OF].into_iter().find_map(|word| Some((word, text.strip_prefix(word)?)))
}

/// A kind of object that steps can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// `pod/…`
    Pod,
    /// `statefulset/…`
    StatefulSet,
    /// `deployment/…`
    Deployment,
    /// `job/…`
    Job,
    /// `persistentvolumeclaim/…`
    PersistentVolumeClaim,
    /// `persistentvolume/…`
    PersistentVolume,
    /// `volumeattachment/…`
    VolumeAttachment,
    /// `storageclass/…`
    StorageClass,
    /// `volumeattributesclass/…`
    VolumeAttributesClass,
    /// `volumesnapshot/…`
    VolumeSnapshot,
    /// `volumesnapshotcontent/…`
    VolumeSnapshotContent,
    /// `volumesnapshotclass/…`
    VolumeSnapshotClass,
    /// `node/…`
    Node,
    /// `csinode/…`
    CsiNode,
    /// `csinodetopology/…`: what the CSI driver has found out about a node's zone
    CsiNodeTopology,
    /// `lease/…`
    Lease,
}

/// Where the API server serves a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The kind, as objects say it.
    pub kind: &'static str,
    /// The collection's name.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

/// A kind's word, kubectl's short form of it, and where it is served.
type Row = (&'static str, &'static str, Served);

const fn served(group: &'static str, version: &'static str, kind: &'static str, plural: &'static str, namespaced: bool) -> Served {
    Served { group, version, kind, plural, namespaced }
}

/// The group of the kinds that snapshots are made of; a cluster has it where its definitions are installed.
const SNAPSHOTS: &str = "snapshot.storage.k8s.io";

impl ObjectKind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Pod,
        Self::StatefulSet,
        Self::Deployment,
        Self::Job,
        Self::PersistentVolumeClaim,
        Self::PersistentVolume,
        Self::VolumeAttachment,
        Self::StorageClass,
        Self::VolumeAttributesClass,
        Self::VolumeSnapshot,
        Self::VolumeSnapshotContent,
        Self::VolumeSnapshotClass,
        Self::Node,
        Self::CsiNode,
        Self::CsiNodeTopology,
        Self::Lease,
    ];

    const fn row(self) -> Row {
        match self {
            Self::Pod => ("pod", "po", served("", "v1", "Pod", "pods", true)),
            Self::StatefulSet => ("statefulset", "sts", served("apps", "v1", "StatefulSet", "statefulsets", true)),
            Self::Deployment => ("deployment", "deploy", served("apps", "v1", "Deployment", "deployments", true)),
            Self::Job => ("job", "jobs", served("batch", "v1", "Job", "jobs", true)),
            Self::PersistentVolumeClaim => {
                ("persistentvolumeclaim", "pvc", served("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true))
            }
            Self::PersistentVolume => ("persistentvolume", "pv", served("", "v1", "PersistentVolume", "persistentvolumes", false)),
            Self::VolumeAttachment => {
                ("volumeattachment", "va", served("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments", false))
            }
            Self::StorageClass => ("storageclass", "sc", served("storage.k8s.io", "v1", "StorageClass", "storageclasses", false)),
            Self::VolumeAttributesClass => {
                ("volumeattributesclass", "vac", served("storage.k8s.io", "v1", "VolumeAttributesClass", "volumeattributesclasses", false))
            }
            Self::VolumeSnapshot => ("volumesnapshot", "vs", served(SNAPSHOTS, "v1", "VolumeSnapshot", "volumesnapshots", true)),
            Self::VolumeSnapshotContent => {
                ("volumesnapshotcontent", "vsc", served(SNAPSHOTS, "v1", "VolumeSnapshotContent", "volumesnapshotcontents", false))
            }
            Self::VolumeSnapshotClass => {
                ("volumesnapshotclass", "vsclass", served(SNAPSHOTS, "v1", "VolumeSnapshotClass", "volumesnapshotclasses", false))
            }
            Self::Node => ("node", "no", served("", "v1", "Node", "nodes", false)),
            Self::CsiNode => ("csinode", "csinodes", served("storage.k8s.io", "v1", "CSINode", "csinodes", false)),
            Self::CsiNodeTopology => (
                "csinodetopology",
                "csinodetopologies",
                served("cns.vmware.com", "v1alpha1", "CSINodeTopology", "csinodetopologies", false),
            ),
            Self::Lease => ("lease", "leases", served("coordination.k8s.io", "v1", "Lease", "leases", true)),
        }
    }

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// As kubectl takes it, too.
    pub(crate) fn short(self) -> &'static str {
        self.row().1
    }

    /// Where the API server serves it.
    pub fn served(self) -> Served {
        self.row().2
    }

    /// The API's name of the kind's collection.
    pub fn plural(self) -> &'static str {
        self.served().plural
    }
}

/// An object of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its namespace, when the scenario names one: `kind/namespace/name`.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl ObjectName {
    /// The namespace that it lives in: `default` when none is named; none for kinds without namespaces.
    pub fn namespace(&self) -> Option<&str> {
        self.kind.served().namespaced.then(|| self.namespace.as_deref().unwrap_or("default"))
    }
}

impl ObjectName {
    /// As the API's paths and the journal name it: `pods/default/web-0`, `nodes/worker-1`. Of a derived name, that of the object which tells.
    pub fn path(&self) -> String {
        match derived_from(&self.name) {
            Some((NODE_OF, pod)) => return format!("pods/default/{pod}"),
            Some((_, claim)) => return format!("persistentvolumeclaims/default/{claim}"),
            None => {}
        }
        match self.namespace() {
            Some(namespace) => format!("{}/{namespace}/{}", self.kind.plural(), self.name),
            None => format!("{}/{}", self.kind.plural(), self.name),
        }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            None if derived_from(&self.name).is_some() => f.write_str(&self.name),
            Some(namespace) => write!(f, "{}/{namespace}/{}", self.kind.word(), self.name),
            None => write!(f, "{}/{}", self.kind.word(), self.name),
        }
    }
}

/// Reads `kind/name` or `kind/namespace/name`, with the kind as it is or as kubectl has it for short, and derived names.
pub(crate) fn decode(text: &Spanned<String>, problems: &mut Problems) -> Option<Spanned<ObjectName>> {
    if let Some((word, name)) = derived_from(text) {
        if !is_name(name) {
            return problems.at(text.span, format!("`{name}` cannot be an object's name"), format!("write `{word}NAME`"));
        }
        let kind = if word == NODE_OF { ObjectKind::Node } else { ObjectKind::PersistentVolume };
        return Some(Spanned::new(ObjectName { kind, namespace: None, name: text.value.clone() }, text.span));
    }
    let Some((kind, name)) = text.split_once('/') else {
        return problems.at(text.span, format!("`{}` does not name an object", text.value), "write kind/name, such as `statefulset/web`");
    };
    let Some(kind) = ObjectKind::ALL.into_iter().find(|known| [known.word(), known.short()].contains(&kind)) else {
        let kind = Spanned::new(kind.to_owned(), text.span);
        return problems.unknown(&kind, "kind", "kinds", ObjectKind::ALL.map(ObjectKind::word));
    };
    let (namespace, name) = name.split_once('/').map_or((None, name), |(namespace, name)| (Some(namespace), name));
    if let Some(namespace) = namespace
        && !kind.served().namespaced
    {
        let message = format!("a {} lives in no namespace", kind.word());
        return problems.at(text.span, message, format!("write `{}/{name}` instead of naming `{namespace}`", kind.word()));
    }
    for name in namespace.into_iter().chain([name]) {
        if !is_name(name) {
            let help = "object names are lower-case letters, digits, `-` and `.`, such as `web-0`";
            return problems.at(text.span, format!("`{name}` cannot be an object's name"), help);
        }
    }
    Some(Spanned::new(ObjectName { kind, namespace: namespace.map(str::to_owned), name: name.to_owned() }, text.span))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<ObjectName> {
        let mut problems = Problems::default();
        decode(&Spanned::new(text.to_owned(), Span::default()), &mut problems).map(|name| name.value)
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(place in 0..ObjectKind::ALL.len(), namespace in proptest::option::of("[a-z]{1,8}"), name in "[a-z][a-z0-9-]{0,8}[a-z0-9]") {
            let kind = ObjectKind::ALL[place];
            let namespace = namespace.filter(|_| kind.served().namespaced);
            let object = ObjectName { kind, namespace, name };
            prop_assert_eq!(read(&object.to_string()), Some(object));
        }
    }

    #[test]
    fn objects_without_a_namespace_of_their_own_live_in_the_default_one() {
        assert_eq!(read("pod/web-0").unwrap().namespace(), Some("default"));
        assert_eq!(read("lease/kube-node-lease/worker-1").unwrap().namespace(), Some("kube-node-lease"));
        assert_eq!(read("node/worker-1").unwrap().namespace(), None);
    }
}
