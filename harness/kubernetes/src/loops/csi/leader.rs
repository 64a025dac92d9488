//! Leader election of the sidecars: of several replicas the one works that holds its Lease in the driver's namespace.
//!
//! The times are csi-lib-utils' own. The holder's name is its pod's, which stays when its container is started again. Not modelled: that a
//! real sidecar meets its driver before it is elected.

use std::time::Duration;

use kubernetes_client::{Candidacy, Candidate, ElectionTimes};
use seatrial_wires::Process;

use crate::client::client_of;
use crate::loops::Rules;

const TIMES: ElectionTimes = ElectionTimes {
    // `--leader-election-lease-duration`
    lease: Duration::from_secs(15),
    // `--leader-election-renew-deadline`
    renew: Duration::from_secs(10),
    // `--leader-election-retry-period`
    retry: Duration::from_secs(5),
    call: None,
};

/// Waits until this process leads; from then on the lead is kept, or the process ends.
pub(in crate::loops) async fn lead(process: &Process, namespace: &str, lease: &str, rules: Rules) {
    let candidacy = Candidacy {
        namespace: namespace.to_owned(),
        lease: lease.to_owned(),
        identity: process.name().to_owned(),
        times: TIMES,
        takes_over: rules.take_over_expired_leases,
    };
    let leader = Candidate::new(process.clone(), &client_of(process), candidacy).lead().await;
    let subject = process.clone();
    process.spawn("leader election", async move {
        leader.keep().await;
        subject.exit("stopped leading");
    });
}
