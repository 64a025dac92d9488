//! What the controller does that it could be tempted not to do.

/// Each `true` is the correct behaviour. A test of an oracle sets one to `false` and must see the controller caught; only
/// library callers reach them: no flag, variable or cargo feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviours {
    /// A Node is deleted only when every vCenter has answered, sees everything, and none has its machine. Off: a vCenter
    /// that cannot be asked counts as one that has said no.
    pub delete_only_on_proof: bool,
    /// A Node is initialised when VMware Tools have told the guest's name and addresses. Off: with whatever there is.
    pub wait_for_guest_tools: bool,
    /// A Node without a provider id is never deleted. Off: it is looked up by its name, and deleted when nothing is found.
    pub never_delete_unregistered: bool,
    /// A provider id holds a whole uuid or is not written. Off: a machine whose uuid nobody has is found by its name, and
    /// the id is `vsphere://` and whatever the machine says.
    pub whole_provider_ids_only: bool,
    /// Several machines that could be the node are an error that names them. Off: the first one is taken.
    pub ambiguous_name_is_error: bool,
    /// The taint of an uninitialised node goes with the last write. Off: it goes with the first, and the rest follows.
    pub remove_taint_last: bool,
    /// A machine is looked for in every vCenter. Off: in the first one only.
    pub search_every_vcenter: bool,
    /// Zone labels are written at initialisation only. Off: they follow the machine at each refresh.
    pub keep_zone_labels: bool,
    /// All calls to a vCenter share one session. Off: each call logs in anew and never out.
    pub keep_one_session: bool,
    /// A node whose machine is switched off bears the shutdown taint. Off: it does not.
    pub taint_shutdown_nodes: bool,
    /// A Node whose machine is proven gone is deleted. Off: it stays, and with it all that waits for its end.
    pub delete_what_is_gone: bool,
    /// At a refresh only what has changed is written. Off: addresses are written each time.
    pub write_only_changes: bool,
    /// Zones are read from the tags of the host and all that is above it. Off: from the host's own tags only.
    pub label_zones_from_ancestors: bool,
    /// A login that was refused is not tried again for a while, lest the account be locked. Off: it is, again and again.
    pub hold_refused_logins: bool,
    /// A configuration file that is replaced by another counts: the program ends and is started again. Off: what it says counts from the
    /// next start on, whenever that is.
    pub follow_configuration: bool,
    /// A machine whose tools say nothing keeps its Node's addresses. Off: the Node has none then.
    pub keep_known_addresses: bool,
    /// Addresses are chosen by what `nodes` of the configuration says. Off: the first one is both internal and external.
    pub choose_configured_addresses: bool,
    /// Addresses that mean something only on their own link are no node's. Off: they are taken as any other.
    pub leave_out_local_addresses: bool,
    /// A uuid is looked for as it is written and with its bytes swapped. Off: as it is written only.
    pub try_both_byte_orders: bool,
    /// Of several replicas one works, the one that leads. Off: all work, whoever leads.
    pub lead_before_working: bool,
    /// A replica that could not renew its lead does nothing any more. Off: it goes on, whoever leads by then.
    pub end_without_lead: bool,
    /// A lead that its holder does not renew is taken over. Off: it stays where it was.
    pub take_over_expired_leases: bool,
}

impl Default for Behaviours {
    fn default() -> Self {
        Self {
            delete_only_on_proof: true,
            wait_for_guest_tools: true,
            never_delete_unregistered: true,
            whole_provider_ids_only: true,
            ambiguous_name_is_error: true,
            remove_taint_last: true,
            search_every_vcenter: true,
            keep_zone_labels: true,
            keep_one_session: true,
            taint_shutdown_nodes: true,
            delete_what_is_gone: true,
            write_only_changes: true,
            label_zones_from_ancestors: true,
            hold_refused_logins: true,
            follow_configuration: true,
            keep_known_addresses: true,
            choose_configured_addresses: true,
            leave_out_local_addresses: true,
            try_both_byte_orders: true,
            lead_before_working: true,
            end_without_lead: true,
            take_over_expired_leases: true,
        }
    }
}
