//! The cluster's API server as its clients in the harness reach it: control loops, sidecars, kubelets. What they are made of is
//! [`kubernetes_client`]'s, which the drivers are made of, too; a process of the harness is what it runs in.

mod json_patch;

pub use json_patch::{json_patch, json_patch_status};
pub use kubernetes_client::{
    Backoff, BackoffLimits, Cached, Delta, ErrorKind, EventType, EventWriter, Informer, KeyedBackoff, Next, ObjectKey, WorkQueue,
    error_kind, is_conflict, is_missing, is_present_already, reason_of, retry_on_conflict, update, whole_seconds,
};

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
