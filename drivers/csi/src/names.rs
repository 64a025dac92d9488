//! What the driver is called, and what it calls things in the contexts that it hands from one call to the next.

/// The driver's name, which StorageClasses and CSINodes refer to.
pub const DRIVER_NAME: &str = "csi.vsphere.vmware.com";

/// `type` in volume and publish contexts: upstream's word for a block volume.
pub(crate) const DISK_TYPE: &str = "vSphere CNS Block Volume";

/// The key of a publish context that tells the node which disk is meant, by its World Wide Name in hex digits. Controller and
/// node plugin agree on it, and so do a controller of one version and a node plugin of another.
pub(crate) const DISK_UUID: &str = "diskUUID";
