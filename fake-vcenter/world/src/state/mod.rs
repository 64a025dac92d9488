//! The state of a vCenter: small records of our own, in ordered tables.
//!
//! A record holds only what nothing else says. What a client sees is projected from it on request (`managed`), so
//! that a derived property (a datastore's free space, a host's VMs) cannot disagree with what it is derived from.

mod found;
mod guest_adapter;
mod index;
mod inventory;
mod key;
mod keys;
mod policy;
mod privilege;
mod refusals;
mod relations;
mod rest_session;
mod rights;
mod service;
mod session;
mod tables;
mod tag;
mod tagged;
mod task;
mod user;
mod view;
mod vm;
mod volume;
mod work;

pub use guest_adapter::GuestAdapter;
pub use index::{VmMark, VolumeMark};
pub use inventory::{Cluster, Datacenter, Datastore, Folder, FolderKind, Host, HostConnection, Network, ResourcePool, number_of};
pub use key::{KeyProvider, KeyRef};
pub use policy::{Policy, Rule, RuleSet};
pub use privilege::{PRIVILEGES, is_privilege};
pub use refusals::Refusals;
pub use rest_session::RestSession;
pub use service::Service;
pub use session::Session;
pub use tables::State;
pub use tag::{Category, Tag};
pub use task::{Task, TaskFault, TaskState};
pub use user::{Lack, READ, User, VIEW};
pub use view::View;
pub use vm::{BootDisk, CONTROLLER_SLOTS, Controller, GuestState, MAX_CONTROLLERS, PowerState, VirtualMachine};
pub use volume::{Attachment, ContainerCluster, Entity, EntityKey, MadeOf, Snapshot, Volume};
pub use work::{DiskEdit, DiskWork, KeyChange, KeyStep, Lock, NewDisk, PolicyChange, PowerChange, Reconfiguration, WantedKey, Work};
