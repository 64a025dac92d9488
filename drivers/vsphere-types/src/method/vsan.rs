//! Methods of vSAN's own service.

rows! { vsan:
    served VsanClusterGetConfig on VsanVcClusterConfigSystem (
        cluster: MoRef = "cluster" -> "ClusterComputeResource",
    ) returns (VsanConfigInfoEx) reads;
}
