//! The services of the appliance that can be stopped.

/// A service that answers clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// vpxd, the vCenter itself: `/sdk`. Sessions, tasks and collectors live and die with it.
    Vpxd,
    /// vsan-health, in which CNS lives: `/vsanHealth`.
    VsanHealth,
    /// sps, storage policies: `/pbm`. Whatever has a policy needs it.
    Sps,
    /// The endpoint of REST: `/rest` and `/api`.
    Vapi,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Vpxd, Self::VsanHealth, Self::Sps, Self::Vapi];

    /// Its name, as `service-control` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpxd => "vpxd",
            Self::VsanHealth => "vsan-health",
            Self::Sps => "sps",
            Self::Vapi => "vapi-endpoint",
        }
    }
}
