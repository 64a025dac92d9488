//! Leader election, as client-go's `tools/leaderelection` does it: of several candidates the one works that holds a Lease.
//!
//! Modelled: who holds the Lease renews it, and has lost the lead when it could not for as long as [`ElectionTimes::renew`]; who does not
//! looks again and again, and takes it when it has not changed for [`ElectionTimes::lease`], by the candidate's own clock: clocks of machines
//! differ, so no time that stands in a Lease is compared. Not modelled: jitter between two looks, a leader that lets go of its Lease when it
//! is asked to end, a leader that writes without having looked before.

use std::time::Duration;

use driver_host::Runtime;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use tokio::time::Instant;

use crate::errors::{is_missing, reason_of};

/// How patient candidates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElectionTimes {
    /// A Lease that has not changed for so long may be taken.
    pub lease: Duration,
    /// A leader that could not renew for so long leads no more. Less than the above, so that nobody else leads yet.
    pub renew: Duration,
    /// Between two tries.
    pub retry: Duration,
    /// How long one try may take. An answer that comes later is none: the Lease that it tells of may be another's by then.
    pub call: Option<Duration>,
}

/// Who wants to lead, and by which Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidacy {
    /// The namespace of the Lease.
    pub namespace: String,
    /// Its name.
    pub lease: String,
    /// What the candidate calls itself; no other calls itself the same.
    pub identity: String,
    /// How patient it is.
    pub times: ElectionTimes,
    /// Whether it takes what has expired; only a test says no.
    pub takes_over: bool,
}

/// One of those who want to lead.
pub struct Candidate<R> {
    runtime: R,
    leases: Api<Lease>,
    candidacy: Candidacy,
    /// What the Lease said when it was last seen to change, and when that was.
    seen: Option<(LeaseSpec, Instant)>,
}

/// One that leads.
pub struct Leader<R> {
    candidate: Candidate<R>,
    /// The Lease as it was when it was won, to say something of.
    pub lease: Lease,
}

impl<R: Runtime> Candidate<R> {
    /// Nothing has been asked yet.
    pub fn new(runtime: R, client: &kube::Client, candidacy: Candidacy) -> Self {
        Self { runtime, leases: Api::namespaced(client.clone(), &candidacy.namespace), candidacy, seen: None }
    }

    /// Waits until it leads.
    pub async fn lead(mut self) -> Leader<R> {
        loop {
            if let Some(lease) = self.try_to_lead().await {
                self.runtime.say(&format!("successfully acquired lease {}/{}", self.candidacy.namespace, self.candidacy.lease));
                return Leader { candidate: self, lease };
            }
            tokio::time::sleep(self.candidacy.times.retry).await;
        }
    }

    /// The Lease, if it leads now.
    async fn try_to_lead(&mut self) -> Option<Lease> {
        let taken = match self.candidacy.times.call {
            None => self.take().await,
            Some(call) => match tokio::time::timeout(call, self.take()).await {
                Ok(taken) => taken,
                Err(_) => {
                    self.complain(&format!("no answer within {} s", call.as_secs()));
                    return None;
                }
            },
        };
        taken.unwrap_or_else(|error| {
            self.complain(&reason_of(&error));
            None
        })
    }

    fn complain(&self, reason: &str) {
        self.runtime.say(&format!("error retrieving or updating lease {}: {reason}", self.candidacy.lease));
    }

    async fn take(&mut self) -> Result<Option<Lease>, kube::Error> {
        let now = MicroTime(self.runtime.now());
        let name = self.candidacy.lease.clone();
        let mut lease = match self.leases.get(&name).await {
            Ok(lease) => lease,
            Err(error) if is_missing(&error) => {
                let metadata = ObjectMeta { name: Some(name), ..ObjectMeta::default() };
                let lease = Lease { metadata, spec: Some(self.spec(&now, &now, 0)) };
                return self.leases.create(&PostParams::default(), &lease).await.map(Some);
            }
            Err(error) => return Err(error),
        };
        let found = lease.spec.clone().unwrap_or_default();
        if self.seen.as_ref().is_none_or(|(seen, _)| *seen != found) {
            self.seen = Some((found.clone(), Instant::now()));
        }
        let holder = found.holder_identity.clone().filter(|holder| !holder.is_empty());
        let is_own = holder.as_ref() == Some(&self.candidacy.identity);
        if holder.is_some() && !is_own && !self.has_expired() {
            return Ok(None);
        }
        let before = found.lease_transitions.unwrap_or_default();
        lease.spec = Some(match (is_own, found.acquire_time) {
            (true, Some(since)) => self.spec(&since, &now, before),
            _ => self.spec(&now, &now, before + 1),
        });
        // Who was quicker has changed it, and this is refused.
        self.leases.replace(&name, &PostParams::default(), &lease).await.map(Some)
    }

    fn has_expired(&self) -> bool {
        self.candidacy.takes_over && self.seen.as_ref().is_none_or(|(_, at)| at.elapsed() >= self.candidacy.times.lease)
    }

    fn spec(&self, since: &MicroTime, now: &MicroTime, transitions: i32) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.candidacy.identity.clone()),
            acquire_time: Some(since.clone()),
            renew_time: Some(now.clone()),
            lease_duration_seconds: i32::try_from(self.candidacy.times.lease.as_secs()).ok(),
            lease_transitions: Some(transitions),
            ..LeaseSpec::default()
        }
    }
}

impl<R: Runtime> Leader<R> {
    /// Keeps the lead for as long as that works. When this comes back, another may lead soon.
    pub async fn keep(mut self) {
        let ElectionTimes { renew, retry, .. } = self.candidate.candidacy.times;
        loop {
            tokio::time::sleep(retry).await;
            let renewed = async {
                while self.candidate.try_to_lead().await.is_none() {
                    tokio::time::sleep(retry).await;
                }
            };
            if tokio::time::timeout(renew, renewed).await.is_err() {
                return;
            }
        }
    }
}
