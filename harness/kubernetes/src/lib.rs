//! The embedded Kubernetes: a pure store, an API server in front of it, and control loops that are its ordinary clients.

pub mod api;
pub mod client;
pub mod dry_cluster;
pub mod loops;
pub mod real;
pub mod schema;
pub mod snapshot_api;
pub mod store;
pub mod yaml;
