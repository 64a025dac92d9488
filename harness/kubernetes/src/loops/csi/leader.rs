//! Leader election, as client-go's (`tools/leaderelection`) does it for a sidecar: of several replicas the one works that holds a Lease.
//!
//! Modelled: a Lease of the sidecar's in the driver's namespace; who holds it renews it, and ends when it cannot for ten seconds; who does
//! not, looks every five seconds and takes it when it has not changed for fifteen, by its own clock. The holder's name is its pod's, which
//! stays when its container is started again. Not modelled: a leader that lets go when it is asked to end; that a real sidecar meets its
//! driver before it is elected.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use seatrial_wires::Process;
use tokio::time::Instant;

use crate::client::{client_of, is_missing};
use crate::loops::Rules;

/// `--leader-election-lease-duration`
const LEASE: Duration = Duration::from_secs(15);
/// `--leader-election-renew-deadline`
const RENEW: Duration = Duration::from_secs(10);
/// `--leader-election-retry-period`
const RETRY: Duration = Duration::from_secs(5);

/// One of those who want to lead.
struct Candidate {
    process: Process,
    leases: Api<Lease>,
    lease: String,
    rules: Rules,
    /// What the lease said when it was last seen to change, and when that was.
    seen: Option<(LeaseSpec, Instant)>,
}

/// Waits until this process leads; from then on the lead is kept, or the process ends.
pub(in crate::loops) async fn lead(process: &Process, namespace: &str, lease: &str, rules: Rules) {
    let leases = Api::namespaced(client_of(process), namespace);
    let mut candidate = Candidate { process: process.clone(), leases, lease: lease.to_owned(), rules, seen: None };
    while !candidate.try_to_lead().await {
        tokio::time::sleep(RETRY).await;
    }
    process.log(&format!("successfully acquired lease {namespace}/{lease}"));
    process.spawn("leader election", candidate.keep());
}

impl Candidate {
    /// Renews the lease for as long as that works.
    async fn keep(mut self) {
        loop {
            tokio::time::sleep(RETRY).await;
            let renewed = async {
                while !self.try_to_lead().await {
                    tokio::time::sleep(RETRY).await;
                }
            };
            if tokio::time::timeout(RENEW, renewed).await.is_err() {
                self.process.exit("stopped leading");
                return;
            }
        }
    }

    /// Whether it leads now.
    async fn try_to_lead(&mut self) -> bool {
        match self.take().await {
            Ok(leads) => leads,
            Err(error) => {
                self.process.log(&format!("error retrieving or updating lease {}: {error}", self.lease));
                false
            }
        }
    }

    async fn take(&mut self) -> Result<bool, kube::Error> {
        let own = self.process.name().to_owned();
        let now = MicroTime(self.process.clock().calendar());
        let mut lease = match self.leases.get(&self.lease).await {
            Ok(lease) => lease,
            Err(error) if is_missing(&error) => {
                let metadata = ObjectMeta { name: Some(self.lease.clone()), ..ObjectMeta::default() };
                let spec = spec(&own, &now, &now, 0);
                self.leases.create(&PostParams::default(), &Lease { metadata, spec: Some(spec) }).await?;
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        let found = lease.spec.clone().unwrap_or_default();
        if self.seen.as_ref().is_none_or(|(seen, _)| *seen != found) {
            self.seen = Some((found.clone(), Instant::now()));
        }
        let holder = found.holder_identity.clone().filter(|holder| !holder.is_empty());
        let is_own = holder.as_deref() == Some(own.as_str());
        let expired = self.seen.as_ref().is_none_or(|(_, at)| at.elapsed() >= LEASE) && self.rules.take_over_expired_leases;
        if holder.is_some() && !is_own && !expired {
            return Ok(false);
        }
        let before = found.lease_transitions.unwrap_or_default();
        lease.spec = Some(match (is_own, found.acquire_time) {
            (true, Some(since)) => spec(&own, &since, &now, before),
            _ => spec(&own, &now, &now, before + 1),
        });
        // Who was quicker has changed it, and this is refused.
        self.leases.replace(&self.lease, &PostParams::default(), &lease).await.map(|_| true)
    }
}

fn spec(holder: &str, since: &MicroTime, now: &MicroTime, transitions: i32) -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some(holder.to_owned()),
        acquire_time: Some(since.clone()),
        renew_time: Some(now.clone()),
        lease_duration_seconds: i32::try_from(LEASE.as_secs()).ok(),
        lease_transitions: Some(transitions),
        ..LeaseSpec::default()
    }
}
