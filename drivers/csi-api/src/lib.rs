//! The Container Storage Interface as protobuf, written from its specification, with tonic clients and servers.
//!
//! The package `csi.v1` with its services Identity, Controller and Node. GroupController and SnapshotMetadata are
//! left out: nothing here speaks them, and a client that asks is answered `Unimplemented` by the router. There is no
//! transport: clients take any tower service (`driver_host::GrpcClient`), servers are routes for any listener.

/// The messages, clients and servers of `csi.v1`.
#[allow(missing_docs, unused_qualifications, reason = "generated; the specification documents the messages")]
#[allow(clippy::all, clippy::too_many_lines, clippy::allow_attributes_without_reason, reason = "generated")]
pub mod v1 {
    tonic::include_proto!("csi.v1");
}

/// The time that messages carry.
pub use prost_types::Timestamp;

/// The compiled descriptors (a `google.protobuf.FileDescriptorSet`), for reflection and for checks.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/csi.v1.bin"));
