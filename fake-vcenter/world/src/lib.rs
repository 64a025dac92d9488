//! What a vCenter *is*: a plain value that calls and time change. No sockets, no XML, no clock of its own, no order by hash.
//!
//! `World::call` carries out a method, `World::advance` lets time pass, `World::take_changes` tells the journal what came
//! of it. State is small records in ordered tables (`state`); what clients see is projected from them when it is read
//! (`managed`). Every change goes through a transaction whose end finds out what it changed (`change`), so that those who
//! follow property updates (`property`) never hold anything stale.
//!
//! Calls of the REST endpoint go another way in, `World::vapi`, and meet the same transactions and privileges.
//!
//! Not modelled, beyond what each file says: alarms, REST services but sessions and tags, snapshots, file
//! volumes, DRS at work. Methods that are known and not served answer NotSupported; the server's tests keep the list.

mod call;
mod change;
mod config;
mod credentials;
mod crypto;
mod dispatch;
mod fault;
mod harness;
mod hosts;
mod identity;
mod inventory;
mod latency;
mod look;
mod machines;
mod managed;
mod operations;
mod policy;
mod privileges;
mod property;
mod release;
mod rules;
mod schedule;
mod services;
mod state;
mod storage;
mod table;
mod tasks;
mod time;
mod vapi;
mod work;
mod world;

pub use call::{CallContext, Reply};
pub use config::{
    Cardinality, CategoryConfig, ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, DiskConfig, InventoryConfig,
    KeyProviderConfig, KeyProviderKind, LockOut, PolicyConfig, PolicyRule, TagConfig, TagTarget, TagsConfig, UserConfig, VmConfig,
    WorldConfig,
};
pub use dispatch::is_served;
pub use harness::{Counts, DatastoreFacts, GuestDisk, VmFacts, VolumeFacts};
pub use identity::session_label;
pub use latency::{LatencyProfile, Range};
pub use release::Release;
pub use rules::Rules;
pub use services::{Endpoint, Outage};
pub use state::{GuestAdapter, GuestState, HostConnection, KeyRef, MadeOf, PowerState, Service, TaskFault, is_privilege};
pub use vapi::{CategoryModel, CategorySpec, TagModel, TagSpec, VapiAnswer, VapiCall, VapiError, VapiErrorKind};
pub use world::World;
