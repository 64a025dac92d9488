//! What the parts of a world call each other: addresses, accounts, processes.

pub(crate) use seatrial_kubernetes::client::API_SERVER;

/// The CSI driver's account in the vCenters.
pub(crate) const CSI_ACCOUNT: &str = "csi@vsphere.local";
/// The cloud controller manager's account in the vCenters.
pub(crate) const CCM_ACCOUNT: &str = "ccm@vsphere.local";
/// The password of both: long enough to be found nowhere by chance, so that an oracle can tell when it leaks.
pub(crate) const PASSWORD: &str = "not-to-be-told-7";

/// The CSI driver's name in Kubernetes.
pub(crate) const DRIVER: &str = "csi.vsphere.vmware.com";
/// The CSI controller's process.
pub(crate) const CONTROLLER: &str = "csi-controller";
/// The cloud controller manager's process.
pub(crate) const CCM: &str = "ccm";
/// Where the sidecars reach the controller.
pub(super) const CONTROLLER_SOCKET: &str = "csi-controller:/csi/csi.sock";

/// A process of a replica of a driver's pod, from 1.
pub(super) fn of_replica(process: &str, replica: u32) -> String {
    if replica == 1 { process.to_owned() } else { format!("{process}-{replica}") }
}

/// Where the sidecars of a replica reach its controller.
pub(super) fn controller_socket(replica: u32) -> String {
    format!("{}:/csi/csi.sock", of_replica(CONTROLLER, replica))
}

/// The endpoint that the CSI driver is told, in its own machine's words.
pub(super) const ENDPOINT: &str = "unix:///csi/csi.sock";

/// The one datacenter of each vCenter.
pub(super) const DATACENTER: &str = "dc-1";

/// Where a vCenter is reached.
pub(super) fn vcenter_host(name: &str) -> String {
    format!("{name}.seatrial.test")
}

/// The address that a vCenter serves.
pub(crate) fn vcenter_address(name: &str) -> String {
    format!("{}:443", vcenter_host(name))
}

/// A node's kubelet's process.
pub(crate) fn kubelet(node: &str) -> String {
    format!("kubelet/{node}")
}

/// A node's node plugin's process.
pub(crate) fn plugin(node: &str) -> String {
    format!("csi-node/{node}")
}

/// Where the kubelet reaches the node plugin.
pub(super) fn plugin_address(node: &str) -> String {
    format!("{}:/csi/csi.sock", plugin(node))
}
