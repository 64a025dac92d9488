//! Which volume: what kubelet writes beside a mount, so that it finds it again after a restart.

use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::SecretReference;
use seatrial_journal::sha256;
use seatrial_kubernetes::client::ObjectKey;
use serde::{Deserialize, Serialize};

/// Kubelet's directory.
pub(in crate::kubelet) const ROOT: &str = "/var/lib/kubelet";
const PLUGIN: &str = "/var/lib/kubelet/plugins/kubernetes.io/csi";
const ESCAPED_PLUGIN: &str = "kubernetes.io~csi";

/// What names a volume; the content of `vol_data.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::kubelet) struct Identity {
    /// The PersistentVolume.
    #[serde(rename = "specVolID")]
    pub pv_name: String,
    pub volume_handle: String,
    #[serde(rename = "driverName")]
    pub driver: String,
    pub node_name: String,
    /// The VolumeAttachment's name; empty when the driver needs none.
    #[serde(rename = "attachmentID")]
    pub attachment: String,
    #[serde(default)]
    pub block: bool,
}

/// A VolumeAttachment's name.
pub(in crate::kubelet) fn attachment_name(handle: &str, driver: &str, node: &str) -> String {
    format!("csi-{}", sha256(format!("{handle}{driver}{node}").as_bytes()))
}

impl Identity {
    /// The name under which the node's status lists the volume.
    pub fn unique_name(&self) -> String {
        format!("kubernetes.io/csi/{}^{}", self.driver, self.volume_handle)
    }

    pub fn needs_attachment(&self) -> bool {
        !self.attachment.is_empty()
    }

    /// Where the volume is staged.
    pub fn staging_path(&self) -> PathBuf {
        if self.block {
            return Path::new(PLUGIN).join("volumeDevices/staging").join(&self.pv_name);
        }
        self.device_directory().join("globalmount")
    }

    /// Where kubelet remembers that it staged the volume.
    pub fn staging_record(&self) -> PathBuf {
        if self.block {
            return Path::new(PLUGIN).join("volumeDevices").join(&self.pv_name).join("data/vol_data.json");
        }
        self.device_directory().join("vol_data.json")
    }

    /// Where the volume is published for a pod.
    pub fn publish_path(&self, pod_uid: &str) -> PathBuf {
        if self.block {
            return Path::new(PLUGIN).join("volumeDevices/publish").join(&self.pv_name).join(pod_uid);
        }
        pod_volumes(pod_uid).join(&self.pv_name).join("mount")
    }

    /// Where kubelet remembers that it published the volume for a pod.
    pub fn publish_record(&self, pod_uid: &str) -> PathBuf {
        if self.block {
            return pod_devices(pod_uid).join(&self.pv_name);
        }
        pod_volumes(pod_uid).join(&self.pv_name).join("vol_data.json")
    }

    fn device_directory(&self) -> PathBuf {
        Path::new(PLUGIN).join(&self.driver).join(sha256(self.volume_handle.as_bytes()))
    }
}

/// The directory of all pods.
pub(in crate::kubelet) fn pods_directory() -> PathBuf {
    Path::new(ROOT).join("pods")
}

/// Where records of staged volumes lie: the directories to look into, and what follows each name found there.
pub(in crate::kubelet) fn plugin_directory() -> PathBuf {
    PathBuf::from(PLUGIN)
}

/// The directory of a pod's CSI filesystem volumes.
pub(in crate::kubelet) fn pod_volumes(pod_uid: &str) -> PathBuf {
    pods_directory().join(pod_uid).join("volumes").join(ESCAPED_PLUGIN)
}

/// The directory of a pod's CSI block volumes.
pub(in crate::kubelet) fn pod_devices(pod_uid: &str) -> PathBuf {
    pods_directory().join(pod_uid).join("volumeDevices").join(ESCAPED_PLUGIN)
}

/// A volume as its PersistentVolume describes it, for one pod.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kubelet) struct VolumeSpec {
    pub identity: Identity,
    /// The claim that the pod names, in the pod's namespace.
    pub claim: ObjectKey,
    /// The size that the PersistentVolume tells, in bytes.
    pub capacity: i64,
    pub fs_type: String,
    pub mount_options: Vec<String>,
    pub access_modes: Vec<String>,
    pub attributes: std::collections::BTreeMap<String, String>,
    pub stage_secret: Option<SecretReference>,
    pub publish_secret: Option<SecretReference>,
    pub read_only: bool,
    /// What a driver that asked for it is told of the pod.
    pub pod_info: std::collections::BTreeMap<String, String>,
    /// `fsGroup` of the pod.
    pub fs_group: Option<i64>,
    /// `fsGroupChangePolicy` of the pod: whether a volume whose root is the group's is left as it is.
    pub on_root_mismatch: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(block: bool) -> Identity {
        Identity {
            pv_name: "pvc-1".into(),
            volume_handle: "h".into(),
            driver: "csi.vsphere.vmware.com".into(),
            node_name: "worker-1".into(),
            attachment: String::new(),
            block,
        }
    }

    #[test]
    fn paths_are_upstreams() {
        let hash = "aaa9402664f1a41f40ebbc52c9993eb66aeb366602958fdfaa283b71e64db123";
        let file = identity(false);
        assert_eq!(
            file.staging_path().to_str().unwrap(),
            format!("/var/lib/kubelet/plugins/kubernetes.io/csi/csi.vsphere.vmware.com/{hash}/globalmount")
        );
        assert_eq!(file.publish_path("u").to_str().unwrap(), "/var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/pvc-1/mount");
        let block = identity(true);
        assert_eq!(block.publish_path("u").to_str().unwrap(), "/var/lib/kubelet/plugins/kubernetes.io/csi/volumeDevices/publish/pvc-1/u");
        assert_eq!(file.unique_name(), "kubernetes.io/csi/csi.vsphere.vmware.com^h");
    }

    #[test]
    fn a_record_is_read_back() {
        let text = serde_json::to_string(&identity(true)).unwrap();
        assert!(text.contains("\"specVolID\":\"pvc-1\""));
        assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), identity(true));
    }
}
