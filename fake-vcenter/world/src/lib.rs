//! What a vCenter *is*: a plain value that calls and time change. No sockets, no XML, no clock of its own, no order by hash.
//!
//! `World::call` carries out a method, `World::advance` lets time pass, `World::take_changes` tells the journal what came
//! of it. State is small records in ordered tables (`state`); what clients see is projected from them when it is read
//! (`managed`). Every change goes through a transaction whose end finds out what it changed (`change`), so that those who
//! follow property updates (`property`) never hold anything stale.
//!
//! Not modelled, beyond what each file says: permissions, events and alarms, tags and other REST services, storage
//! policies, key providers, snapshots, file volumes, HA and DRS at work. Methods that are known and not served answer
//! NotSupported; the server's tests keep the list.

mod arguments;
mod change;
mod config;
mod fault;
mod harness;
mod inventory;
mod latency;
mod managed;
mod operations;
mod property;
mod release;
mod rules;
mod schedule;
mod state;
mod storage;
mod table;
mod tasks;
mod world;

pub use config::{ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, InventoryConfig, UserConfig, VmConfig, WorldConfig};
pub use harness::{DatastoreFacts, GuestDisk, VmFacts, VolumeFacts};
pub use latency::{LatencyProfile, Range};
pub use operations::is_served;
pub use operations::sessions::session_label;
pub use release::Release;
pub use rules::Rules;
pub use state::PowerState;
pub use world::{CallContext, Reply, World};
