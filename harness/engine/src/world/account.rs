//! The accounts by which the drivers log in to the vCenters.

/// The CSI driver's account.
pub(crate) const CSI: &str = "csi@vsphere.local";
/// The cloud controller manager's account.
pub(crate) const CCM: &str = "ccm@vsphere.local";
/// The password of both: long enough to be found nowhere by chance, so that an oracle can tell when it leaks.
pub(crate) const PASSWORD: &str = "not-to-be-told-7";
