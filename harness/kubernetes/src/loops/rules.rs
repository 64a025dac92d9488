//! Rules of the control plane that a test may switch off, to see an oracle fail that no driver could make fail.

/// Which rules hold. All do, unless a caller of this library says otherwise; nothing else reaches them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A volume that may be on one node only is not attached to a second one.
    pub attach_to_one_node_only: bool,
    /// A volume is not detached while its node says that it is in use.
    pub detach_after_unmount: bool,
    /// A claim keeps its finalizer while a scheduled pod uses it.
    pub keep_claims_in_use: bool,
    /// A pod is bound to its node only when its claims are bound.
    pub bind_pods_after_claims: bool,
    /// Pods leave a node that is not ready or unreachable when they do not tolerate it any longer. Without it they
    /// stay on a dead node for ever.
    pub evict_from_unreachable_nodes: bool,
    /// A volume in use is detached from a node that has not been ready for six minutes. Without it only the node
    /// itself, or an administrator, can set the volume free.
    pub force_detach_after_six_minutes: bool,
    /// A pod goes only where its volumes' node affinity lets it. Without it, it lands where they are out of reach.
    pub volume_affinity_is_a_filter: bool,
    /// A claim whose class says so is not provisioned before a pod has a node. Without it its volume is made
    /// anywhere. Scheduler, controller manager and provisioner must agree on it.
    pub wait_for_first_consumer: bool,
    /// No volume is made for a claim that selects volumes by labels. Without it the selector is not looked at.
    pub refuse_claim_selectors: bool,
    /// A claim for which no volume could be made is tried again after a while. Without it, it waits for the next look at everything.
    pub try_failed_claims_again: bool,
    /// Kubelet takes back what stands of a CSI plugin that fails to register. Without it, the id that a machine of the same
    /// name has left stands in the way of the next one for ever.
    pub forget_what_fails_to_register: bool,
    /// A claim is not made of a snapshot that is larger. Without it, the driver is asked all the same.
    pub check_restore_size: bool,
    /// A snapshot whose policy is Retain stays. Without it, it goes with its content.
    pub retain_snapshots: bool,
    /// A snapshot of which a claim is being made does not go. Without it, it does.
    pub keep_snapshots_being_restored: bool,
    /// Pods of a node that is gone are removed. Without it they are running for ever, as far as anybody can tell.
    pub collect_orphaned_pods: bool,
    /// A Lease that its holder has not renewed for long enough is taken by another replica. Without it, nobody works when the leader is gone.
    pub take_over_expired_leases: bool,
    /// Kubelet gives a volume to its pod's `fsGroup`. Without it, the volume is root's for ever.
    pub give_volumes_to_groups: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            attach_to_one_node_only: true,
            detach_after_unmount: true,
            keep_claims_in_use: true,
            bind_pods_after_claims: true,
            evict_from_unreachable_nodes: true,
            force_detach_after_six_minutes: true,
            volume_affinity_is_a_filter: true,
            wait_for_first_consumer: true,
            refuse_claim_selectors: true,
            try_failed_claims_again: true,
            forget_what_fails_to_register: true,
            collect_orphaned_pods: true,
            take_over_expired_leases: true,
            give_volumes_to_groups: true,
            check_restore_size: true,
            retain_snapshots: true,
            keep_snapshots_being_restored: true,
        }
    }
}
