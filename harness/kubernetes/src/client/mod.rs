//! What every client of the Kubernetes API in the harness is made of: control loops, sidecars, kubelets.
//!
//! It plays client-go's part. From kube only `Client`, `Api` and `watcher` are used; what orders by hash or reads
//! the wall clock there is written anew here, so that a seed always gives the same run: an ordered [`Informer`], an
//! ordered [`WorkQueue`], an [`EventWriter`] that folds repeats, seeded back-offs, retries on conflict.
//!
//! Not modelled: client-side rate limits (QPS and burst), leader election, `WatchList` streaming, and the REST
//! client's own ten retries of 429 and 5xx answers; a caller's work queue tries again instead.

mod backoff;
mod cache;
mod errors;
mod events;
mod informer;
mod json_patch;
mod key;
mod queue;
mod raw;
mod retry;

pub use backoff::{Backoff, BackoffLimits, KeyedBackoff};
pub use errors::{ErrorKind, error_kind, is_conflict, is_missing, is_present_already, reason_of};
pub use events::{EventType, EventWriter};
pub use informer::{Cached, Delta, Informer};
pub use json_patch::json_patch;
pub use key::ObjectKey;
pub use queue::{Next, WorkQueue};
pub use retry::{retry_on_conflict, update};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use seatrial_wires::Process;

/// Where the cluster's API server listens.
pub const API_SERVER: &str = "kubernetes:6443";

/// A client of the cluster's API server that belongs to `process`.
pub fn client_of(process: &Process) -> kube::Client {
    driver_host::kubernetes_client(process.connect(API_SERVER))
}

/// The calendar in whole seconds, which is all that `metav1.Time` carries.
pub fn now(process: &Process) -> Time {
    whole_seconds(process.clock().calendar())
}

/// Drops what is below a second.
pub fn whole_seconds(instant: Timestamp) -> Time {
    Time(Timestamp::from_second(instant.as_second()).unwrap_or(instant))
}
