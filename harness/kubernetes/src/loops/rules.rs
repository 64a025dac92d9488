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
}

impl Default for Rules {
    fn default() -> Self {
        Self { attach_to_one_node_only: true, detach_after_unmount: true, keep_claims_in_use: true, bind_pods_after_claims: true }
    }
}
