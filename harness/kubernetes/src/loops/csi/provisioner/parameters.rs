//! The parameters of a class: what the sidecar keeps to itself, what the driver gets, and what is refused.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::ResourceExt;

use super::secrets::{PREFIX, is_known};

const FS_TYPE: &str = "csi.storage.k8s.io/fstype";

/// The class's file system, else the sidecar's default. `fstype` without the prefix is old, but read, in any case.
pub(super) fn fs_type(parameters: &BTreeMap<String, String>, default: &str) -> Result<String, String> {
    let mut named = parameters.iter().filter(|(key, _)| *key == FS_TYPE || key.eq_ignore_ascii_case("fstype")).map(|(_, value)| value);
    match (named.next(), named.next()) {
        (Some(_), Some(_)) => Err(format!("fstype specified in parameters with both \"fstype\" and \"{FS_TYPE}\" keys")),
        (Some(one), None) if !one.is_empty() => Ok(one.clone()),
        _ => Ok(default.to_owned()),
    }
}

/// What the driver is told: the class's parameters without those of the prefix, which must all be known.
pub(super) fn of_driver(parameters: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let unknown = parameters.keys().find(|key| key.starts_with(PREFIX) && *key != FS_TYPE && !is_known(key));
    if let Some(key) = unknown {
        return Err(format!(
            "failed to strip CSI Parameters of prefixed keys: found unknown parameter key {key:?} with reserved namespace {PREFIX}"
        ));
    }
    Ok(parameters.iter().filter(|(key, _)| !key.starts_with(PREFIX)).map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// What `--extra-create-metadata` adds.
pub(super) fn metadata(claim: &PersistentVolumeClaim, volume: &str) -> [(String, String); 3] {
    [
        ("csi.storage.k8s.io/pvc/name".to_owned(), claim.name_any()),
        ("csi.storage.k8s.io/pvc/namespace".to_owned(), claim.namespace().unwrap_or_default()),
        ("csi.storage.k8s.io/pv/name".to_owned(), volume.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_driver_gets_what_has_no_prefix() {
        let given = map(&[(FS_TYPE, "xfs"), ("csi.storage.k8s.io/node-stage-secret-name", "a"), ("fstype", "xfs"), ("policy", "gold")]);
        assert_eq!(of_driver(&given).unwrap(), map(&[("fstype", "xfs"), ("policy", "gold")]));
        let text = "failed to strip CSI Parameters of prefixed keys: found unknown parameter key \"csi.storage.k8s.io/pv/name\" \
                    with reserved namespace csi.storage.k8s.io/";
        assert_eq!(of_driver(&map(&[("csi.storage.k8s.io/pv/name", "a")])).unwrap_err(), text);
    }

    #[test]
    fn the_file_system_is_named_once() {
        assert_eq!(fs_type(&map(&[("FsType", "xfs")]), "ext4").unwrap(), "xfs");
        assert_eq!(fs_type(&map(&[]), "ext4").unwrap(), "ext4");
        let both = fs_type(&map(&[(FS_TYPE, "xfs"), ("fstype", "xfs")]), "").unwrap_err();
        assert_eq!(both, "fstype specified in parameters with both \"fstype\" and \"csi.storage.k8s.io/fstype\" keys");
    }
}
