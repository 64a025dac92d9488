//! What every client of the Kubernetes API here is made of: the drivers, and the harness's control loops, sidecars, kubelets.
//!
//! It plays client-go's part. From kube only `Client`, `Api` and `watcher` are used; what orders by hash or reads the wall
//! clock there is written anew here, so that the same draws always give the same run: an ordered [`Informer`], an ordered
//! [`WorkQueue`], an [`EventWriter`] that folds repeats, back-offs, retries on conflict, leader election. Tasks, time and randomness are a
//! [`driver_host::Runtime`]'s.
//!
//! Not modelled: client-side rate limits (QPS and burst), `WatchList` streaming, and the REST client's own ten
//! retries of 429 and 5xx answers; a caller's work queue tries again instead.

mod backoff;
mod cache;
mod custom;
mod election;
mod errors;
mod events;
mod informer;
mod key;
mod queue;
mod raw;
mod retry;
mod watch;

pub use backoff::{Backoff, KeyedBackoff};
pub use custom::{Declaration, Declared, DefinitionError, ensure};
pub use driver_host::BackoffLimits;
pub use election::{Candidacy, Candidate, ElectionTimes, Leader};
pub use errors::{ErrorKind, error_kind, is_conflict, is_missing, is_present_already, reason_of};
pub use events::{Announcer, EventType, EventWriter};
pub use informer::{Cached, Delta, Informer};
pub use key::ObjectKey;
pub use queue::{Next, WorkQueue};
pub use retry::{retry_conflicts, retry_on_conflict, update};

/// For [`declare!`].
#[doc(hidden)]
pub use kube;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// Drops what is below a second, which is all that `metav1.Time` carries.
pub fn whole_seconds(instant: Timestamp) -> Time {
    Time(Timestamp::from_second(instant.as_second()).unwrap_or(instant))
}
