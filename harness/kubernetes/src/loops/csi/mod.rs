pub struct ProvisionerConfig; pub struct AttacherConfig;
pub(super) mod provisioner { pub(in crate::loops) fn run(_: &seatrial_wires::Process, _: super::ProvisionerConfig) {} }
pub(super) mod attacher { pub(in crate::loops) fn run(_: &seatrial_wires::Process, _: super::AttacherConfig) {} }
