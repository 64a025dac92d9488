//! What the driver does that it could be tempted not to do.

/// Each `true` is the correct behaviour. A test of an oracle sets one to `false` and must see the driver caught; only
/// library callers reach them: no flag, variable or cargo feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviours {
    /// A create is recorded in a CnsVolumeOperationRequest before it is sent. Off: nothing is ever recorded.
    pub record_operation_first: bool,
    /// A create that was recorded and whose task is not known is looked for before it is sent again. Off: it is sent again.
    pub look_before_creating_again: bool,
    /// ControllerPublishVolume answers when CNS has attached the volume. Off: it answers a made-up disk at once.
    pub attach_before_answering: bool,
    /// A filesystem is made on blank disks only. Off: it is made at each staging.
    pub format_only_blank_disks: bool,
    /// All calls to a vCenter share one session. Off: each call logs in anew and never out.
    pub keep_one_session: bool,
}

impl Default for Behaviours {
    fn default() -> Self {
        Self {
            record_operation_first: true,
            look_before_creating_again: true,
            attach_before_answering: true,
            format_only_blank_disks: true,
            keep_one_session: true,
        }
    }
}
