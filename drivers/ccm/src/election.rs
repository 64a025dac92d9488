//! Which of several replicas works: the one that holds the Lease, under upstream's name for it and by upstream's times.
//!
//! Whoever does not hold it looks at no node and asks no vCenter. Whoever has lost it stops in the middle of whatever it does, before
//! another may begin, and ends.

use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use kubernetes_client::{Announcer, Candidacy, Candidate, ElectionTimes, EventType, Leader};

/// Upstream's.
const NAMESPACE: &str = "kube-system";
const LEASE: &str = "cloud-controller-manager";
/// Who writes the events.
const COMPONENT: &str = "cloud-controller-manager";

/// Times by which two replicas could lead.
#[derive(Debug, thiserror::Error)]
pub enum ElectionError {
    /// A Lease could be taken before its holder stops.
    #[error("--leader-elect-lease-duration ({lease_duration:?}) must be longer than --leader-elect-renew-deadline ({renew_deadline:?})")]
    LeaseTooShort {
        /// What was given.
        lease_duration: Duration,
        /// What it has to be longer than.
        renew_deadline: Duration,
    },
    /// A holder would stop before it has tried to renew.
    #[error(
        "--leader-elect-renew-deadline ({renew_deadline:?}) must be longer than 1.2 times --leader-elect-retry-period ({retry_period:?})"
    )]
    DeadlineTooShort {
        /// What was given.
        renew_deadline: Duration,
        /// What it has to be longer than.
        retry_period: Duration,
    },
}

/// How one of several replicas is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// The namespace of the Lease (`--leader-elect-resource-namespace`).
    pub namespace: String,
    /// Its name (`--leader-elect-resource-name`).
    pub lease: String,
    /// What this replica is called: its pod's name, or its machine's. Each start adds something to it that no other has, so that two of
    /// one name are not taken for one.
    pub name: String,
    /// A Lease that has not changed for so long may be taken (`--leader-elect-lease-duration`).
    pub lease_duration: Duration,
    /// A leader that could not renew for so long stops (`--leader-elect-renew-deadline`).
    pub renew_deadline: Duration,
    /// Between two tries (`--leader-elect-retry-period`).
    pub retry_period: Duration,
}

impl Election {
    /// Upstream's, for a replica of this name.
    pub fn of(name: &str) -> Self {
        let seconds = Duration::from_secs;
        Self {
            namespace: NAMESPACE.to_owned(),
            lease: LEASE.to_owned(),
            name: name.to_owned(),
            lease_duration: seconds(15),
            renew_deadline: seconds(10),
            retry_period: seconds(2),
        }
    }

    /// Whether no two can lead by these times; client-go asks the same.
    ///
    /// # Errors
    /// [`ElectionError`], when they could.
    pub fn check(&self) -> Result<(), ElectionError> {
        let Self { lease_duration, renew_deadline, retry_period, .. } = *self;
        // Looks are stretched by up to a fifth there.
        if lease_duration <= renew_deadline {
            return Err(ElectionError::LeaseTooShort { lease_duration, renew_deadline });
        }
        if renew_deadline <= retry_period.mul_f64(1.2) {
            return Err(ElectionError::DeadlineTooShort { renew_deadline, retry_period });
        }
        Ok(())
    }

    /// A candidate of this election.
    pub(crate) fn candidate(&self, host: &Arc<dyn Host>, client: &kube::Client, takes_over: bool) -> Candidate<Arc<dyn Host>> {
        let times = ElectionTimes {
            lease: self.lease_duration,
            renew: self.renew_deadline,
            retry: self.retry_period,
            // As upstream's client does it.
            call: Some((self.renew_deadline / 2).max(Duration::from_secs(1))),
        };
        let identity = format!("{}_{:016x}", self.name, host.random());
        let (namespace, lease) = (self.namespace.clone(), self.lease.clone());
        Candidate::new(Arc::clone(host), client, Candidacy { namespace, lease, identity, times, takes_over })
    }
}

/// Says who leads, for whoever looks at the Lease's events.
pub(crate) async fn announce(host: &Arc<dyn Host>, client: &kube::Client, leader: &Leader<Arc<dyn Host>>) {
    let holder = leader.lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default();
    let announcer = Announcer::new(client, Arc::clone(host), COMPONENT);
    announcer.say(&leader.lease, EventType::Normal, "LeaderElection", &format!("{holder} became leader")).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_by_which_two_could_lead_are_refused() {
        let upstream = Election::of("a");
        let told = |election: Election| election.check().map_err(|error| error.to_string());
        assert_eq!(told(upstream.clone()), Ok(()));
        let same = Election { renew_deadline: upstream.lease_duration, ..upstream.clone() };
        assert!(told(same).is_err_and(|told| told.contains("--leader-elect-lease-duration (15s)")));
        let rare = Election { retry_period: Duration::from_secs(9), ..upstream };
        assert!(told(rare).is_err_and(|told| told.contains("--leader-elect-retry-period (9s)")));
    }
}
