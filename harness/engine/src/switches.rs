//! What tests change to see that an oracle notices: the driver's behaviours, the rules of vCenter and of the loops.

/// Everything as it should be, unless a caller of this library says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    /// The CSI driver's behaviours.
    pub csi: vsphere_csi::Behaviours,
    /// The cloud controller manager's behaviours.
    pub ccm: vsphere_ccm::Behaviours,
    /// The vCenters' rules.
    pub vcenter: fake_vcenter_world::Rules,
    /// The control loops' rules.
    pub kubernetes: seatrial_kubernetes::loops::Rules,
}
