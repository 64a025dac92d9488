//! The parameters of a StorageClass. What is not known is refused: a misspelt parameter would otherwise do nothing.

use std::collections::BTreeMap;

use tonic::Status;

use super::capabilities::FILESYSTEMS;

/// The parameter, and its key in volume contexts.
pub(super) const RECRYPT_BEFORE_ATTACH: &str = "seatrial.dev/recrypt-before-attach";

/// Parameters that this driver heeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// `datastoreurl`: where the volume must lie.
    pub datastore_url: Option<String>,
    /// `storagepolicyname`: the storage policy that it must satisfy.
    pub policy: Option<String>,
    /// `seatrial.dev/recrypt-before-attach`: whether it is brought under the key provider of the node before it is attached.
    pub recrypt_before_attach: bool,
    /// `csi.storage.k8s.io/fstype`, where a sidecar leaves it in.
    pub fs_type: Option<String>,
}

/// Reads them; keys ignore case, as upstream's do.
pub(super) fn parameters(given: &BTreeMap<String, String>) -> Result<Parameters, Status> {
    let mut read = Parameters::default();
    for (key, value) in given {
        match key.to_ascii_lowercase().as_str() {
            "datastoreurl" => read.datastore_url = Some(value.clone()).filter(|url| !url.is_empty()),
            "csi.storage.k8s.io/fstype" | "fstype" => read.fs_type = Some(fs_type(value)?).filter(|name| !name.is_empty()),
            RECRYPT_BEFORE_ATTACH => read.recrypt_before_attach = boolean(key, value)?,
            // What `--extra-create-metadata` adds; the volume's name says enough.
            "csi.storage.k8s.io/pvc/name" | "csi.storage.k8s.io/pvc/namespace" | "csi.storage.k8s.io/pv/name" => {}
            "storagepolicyname" => read.policy = Some(value.clone()).filter(|name| !name.is_empty()),
            _ => {
                return Err(Status::invalid_argument(format!(
                    "parameter {key:?} is not known; storagepolicyname, datastoreurl, csi.storage.k8s.io/fstype and {RECRYPT_BEFORE_ATTACH} are"
                )));
            }
        }
    }
    Ok(read)
}

fn fs_type(name: &str) -> Result<String, Status> {
    if name.is_empty() || FILESYSTEMS.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(Status::invalid_argument(format!("filesystem {name:?} is not offered; choose one of {}", FILESYSTEMS.join(", "))))
}

fn boolean(key: &str, value: &str) -> Result<bool, Status> {
    value.parse().map_err(|_| Status::invalid_argument(format!("parameter {key} must be \"true\" or \"false\", not {value:?}")))
}
