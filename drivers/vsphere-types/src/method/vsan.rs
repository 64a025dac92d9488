//! Methods of vSAN's own service.

use crate::table::methods;
use crate::{MoRef, VsanConfigInfoEx};

methods! {
    "VsanClusterGetConfig" on "VsanVcClusterConfigSystem" (
        MoRef = "cluster" -> "ClusterComputeResource",
    ) returns (VsanConfigInfoEx = "returnval");
}
