//! What the driver does that it could be tempted not to do.

/// Each `true` is the correct behaviour. A test of an oracle sets one to `false` and must see the driver caught; only
/// library callers reach them: no flag, variable or cargo feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviours {
    /// A create is recorded in a CnsVolumeOperationRequest before it is sent. Off: nothing is ever recorded.
    pub record_operation_first: bool,
    /// A create that was recorded and whose task is not known is looked for before it is sent again. Off: it is sent again.
    pub look_before_creating_again: bool,
    /// A create whose task failed may have made its volume all the same, which is looked for. Off: a failed task made nothing.
    pub look_after_failed_tasks: bool,
    /// ControllerPublishVolume answers when CNS has attached the volume. Off: it answers a made-up disk at once.
    pub attach_before_answering: bool,
    /// A filesystem is made on blank disks only. Off: it is made at each staging.
    pub format_only_blank_disks: bool,
    /// All calls to a vCenter share one session. Off: each call logs in anew and never out.
    pub keep_one_session: bool,
    /// No password stands in a log. Off: the one that vCenter is logged in to with does.
    pub keep_secrets: bool,
    /// A session that has ended is renewed (csi#267, csi#3589). Off: its calls fail until the driver is restarted.
    pub log_in_again: bool,
    /// A login that was refused is not tried again for a while, lest the account be locked. Off: it is, again and again.
    pub hold_refused_logins: bool,
    /// A configuration file that is replaced by another counts: the controller ends and is started again. Off: what it says counts from
    /// the next start on, whenever that is.
    pub follow_configuration: bool,
    /// Datacenters that are configured and not there are told (csi#3888). Off: they are passed over.
    pub report_absent_datacenters: bool,
    /// A change goes on when its caller has gone away (csi#2507). Off: it ends where it is, half done.
    pub changes_outlive_callers: bool,
    /// A create that was begun is taken up at the vCenter that it was begun at (csi#2224). Off: at whichever is first now.
    pub resume_where_it_began: bool,
    /// A volume that was found where one was to be made is adopted or refused (csi#3996). Off: it is deleted and made anew.
    pub never_delete_what_was_found: bool,
    /// A create whose task vCenter has lost in a restart is given time to end on its host (csi#1289). Off: it is sent again.
    pub wait_for_lost_tasks: bool,
    /// A vCenter that is down concerns its own volumes only. Off: nothing is found while one of them is down.
    pub one_vcenter_down_is_not_all: bool,
    /// What a vCenter that is down might have is not said to be gone. Off: it is.
    pub unanswered_is_not_absent: bool,
    /// A volume is put where the requested segments reach it (k8s#78841). Off: anywhere, and said to be where it was asked.
    pub respect_topology: bool,
    /// A volume without a topology to go by is put where all nodes reach it. Off: on any datastore.
    pub shared_by_all_nodes: bool,
    /// Of what all nodes reach, a volume goes where every host of the inventory reaches it, if it can. Off: anywhere of that.
    pub prefer_what_every_host_mounts: bool,
    /// In a zone whose hosts mount no datastore in common, what the hosts of its nodes mount will do. Off: the zone has no place.
    pub zones_need_what_their_nodes_need: bool,
    /// Tags that say two things, or nothing, are told in an event and an error (csi#1474). Off: any of them is taken.
    pub report_mixed_tags: bool,
    /// A volume lies on a datastore that its storage policy allows, and carries it. Off: the policy is not looked at.
    pub check_policy: bool,
    /// What no node can do, such as an unknown file system, is refused before a volume is made. Off: the volume is made all the same.
    pub refuse_what_no_node_can_do: bool,
    /// A size that is no whole number of MiB is rounded up. Off: down, so that the volume is smaller than its claim asks for.
    pub round_sizes_up: bool,
    /// ListVolumes says on which nodes volumes are, so that one that is not where it should be is attached anew. Off: it is not offered.
    pub list_published_nodes: bool,
    /// A first class disk that somebody made by hand becomes a volume of CNS when it is first attached, and when it is to be deleted
    /// (csi#1593). Off: there is no such volume, so nothing is attached, and deleting it is done.
    pub register_disks: bool,
    /// A volume is deleted in vCenter. Off: it is said to be.
    pub delete_volumes: bool,
    /// A filesystem is mounted with the options that are asked for. Off: with none.
    pub keep_mount_options: bool,
    /// A pod that may only read a volume has it read-only. Off: it may write.
    pub publish_read_only: bool,
    /// A volume that is attached to the node already is success (csi#580). Off: it is an error.
    pub publish_twice_is_once: bool,
    /// Before a volume is attached once more, after a caller who may have given up, the machine's devices are looked at: in
    /// a storm the attach of a volume that is there already would stand in the machine's line before those that are not.
    /// Off: each attempt is an attach of its own, and a long line never ends.
    pub look_before_attaching_again: bool,
    /// Before a volume is detached once more, after a caller who may have given up, the machine's devices are looked at. Off: each
    /// attempt is a detach of its own, and the line of a machine that many disks leave at once never ends.
    pub look_before_detaching_again: bool,
    /// Before a volume or a snapshot is deleted once more, after a caller who may have given up, it is looked for. Off: each attempt is a
    /// delete of its own, and where one takes longer than anybody waits, none is ever known to have ended.
    pub look_before_deleting_again: bool,
    /// An attach that failed is told. Off: it is answered like one that went well.
    pub report_publish_errors: bool,
    /// A machine that is gone holds nothing (csi#221). Off: detaching from it fails for ever.
    pub absent_vm_is_detached: bool,
    /// What cannot be asked is not said to be detached (k8s#50281). Off: it is.
    pub unknown_is_not_detached: bool,
    /// A volume that is attached is not deleted (csi#266). Off: it is torn off its machine first.
    pub delete_waits_for_detach: bool,
    /// Kubernetes is told how many volumes have slots (csi#468). Off: it is told of no limit.
    pub report_attach_limit: bool,
    /// ControllerExpandVolume answers when CNS has made the volume larger. Off: it answers at once, and nothing has grown.
    pub extend_before_answering: bool,
    /// A volume that is as large as was asked for is success. Off: it is an error.
    pub grown_already_is_success: bool,
    /// An extend whose task failed, or whose end is not known, may have had its effect, which is looked for. Off: it had none.
    pub look_after_failed_extends: bool,
    /// Kubernetes is told that the node has something to do after a volume has grown. Off: that there is nothing.
    pub nodes_take_part_in_growth: bool,
    /// The guest asks a disk that has grown for its size. Off: what it knows is taken for true.
    pub rescan_grown_disks: bool,
    /// A filesystem takes all of a disk that has grown. Off: it stays as it is, and is said to be as large.
    pub grow_filesystems: bool,
    /// An encrypted volume is brought under the node's key provider before it is attached, where its class asks for that.
    /// Off: it is attached as it is.
    pub recrypt_before_attach: bool,
    /// A recrypt that was interrupted is taken up again. Off: it is taken for done.
    pub retry_interrupted_recrypt: bool,
    /// A snapshot that may have been taken is looked for before another is. Off: another is taken.
    pub look_before_snapshotting_again: bool,
    /// A snapshot is deleted in vCenter (csi#2311). Off: it is said to be.
    pub delete_snapshots: bool,
    /// A volume that is asked to be made of a snapshot has its bytes. Off: it is blank.
    pub restore_from_snapshots: bool,
    /// A volume has no more snapshots than the configuration allows. Off: as many as vCenter takes.
    pub limit_snapshots: bool,
    /// A volume of a snapshot is as large as that, or refused. Off: any size is sent to vCenter.
    pub restore_in_the_same_size: bool,
    /// A volume with snapshots is not deleted (csi#1335). Off: its snapshots go with it.
    pub delete_waits_for_snapshots: bool,
}

impl Default for Behaviours {
    fn default() -> Self {
        Self {
            record_operation_first: true,
            look_before_creating_again: true,
            look_after_failed_tasks: true,
            attach_before_answering: true,
            format_only_blank_disks: true,
            keep_one_session: true,
            keep_secrets: true,
            log_in_again: true,
            hold_refused_logins: true,
            follow_configuration: true,
            report_absent_datacenters: true,
            changes_outlive_callers: true,
            resume_where_it_began: true,
            never_delete_what_was_found: true,
            wait_for_lost_tasks: true,
            one_vcenter_down_is_not_all: true,
            unanswered_is_not_absent: true,
            respect_topology: true,
            shared_by_all_nodes: true,
            prefer_what_every_host_mounts: true,
            zones_need_what_their_nodes_need: true,
            report_mixed_tags: true,
            check_policy: true,
            refuse_what_no_node_can_do: true,
            round_sizes_up: true,
            list_published_nodes: true,
            register_disks: true,
            delete_volumes: true,
            keep_mount_options: true,
            publish_read_only: true,
            publish_twice_is_once: true,
            look_before_attaching_again: true,
            look_before_detaching_again: true,
            look_before_deleting_again: true,
            report_publish_errors: true,
            absent_vm_is_detached: true,
            unknown_is_not_detached: true,
            delete_waits_for_detach: true,
            report_attach_limit: true,
            extend_before_answering: true,
            grown_already_is_success: true,
            look_after_failed_extends: true,
            nodes_take_part_in_growth: true,
            rescan_grown_disks: true,
            grow_filesystems: true,
            recrypt_before_attach: true,
            retry_interrupted_recrypt: true,
            look_before_snapshotting_again: true,
            delete_snapshots: true,
            restore_from_snapshots: true,
            delete_waits_for_snapshots: true,
            limit_snapshots: true,
            restore_in_the_same_size: true,
        }
    }
}
