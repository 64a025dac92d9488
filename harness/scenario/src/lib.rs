//! The scenario language: what a scenario file may say, read into a model that remembers where it was said.
//!
//! [`parse`] turns the text of one file into a [`Scenario`] or into [`ScenarioErrors`]: every problem that can be
//! found at once, each with its place, the thing and the remedy ([`parse_in`], where its world is in a file of its own: somebody else reads
//! that). The crate does no I/O and depends on no other part,
//! so what it cannot know (whether a manifest exists, which vCenter versions can be played, whether a claim will
//! ever be made) is left to the engine, which reports such things in the same form through [`Scenario::errors`].
//!
//! The language is a part of YAML: no anchors, aliases, tags or second documents, because a scenario is read
//! by people first. A scalar is read as what its key needs (`8.0` stays the text `8.0`), never guessed at.
//!
//! # A whole file
//! ```
//! let text = r#"
//! scenario: A StatefulSet scaled in and out keeps its volumes
//! tags: [csi, statefulset]
//! world:
//!   vcenters:
//!     - {name: vc-a, version: [8.0.3, 9.1.0], clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}
//!   kubernetes: {nodes: 3}
//!   drivers: {csi: ours}
//! steps:
//!   - apply: manifests/web.yaml
//!   - wait: {statefulset/web: ready, within: 2m}
//! expect:
//!   - volumes: {total: 3}
//! "#;
//! let scenario = seatrial_scenario::parse("scale.yaml", text)?;
//! let names: Vec<String> = scenario.cases().into_iter().map(|case| case.name).collect();
//! assert_eq!(names, ["8.0.3", "9.1.0"]);
//! # Ok::<(), seatrial_scenario::ScenarioErrors>(())
//! ```

mod case;
mod error;
mod lint;
mod model;
mod nearest;
mod parse;
mod references;
mod schema;
mod span;
mod yaml;

pub use case::Case;
pub use error::{ScenarioError, ScenarioErrors};
pub use lint::{LINTS, Lint};
pub use model::capability::Capability;
pub use model::configuration::{Configuration, DriverName, KeyValue, OfDrivers, SectionChange, SettingChange, Variable};
pub use model::duration::{from_words, in_words};
pub use model::expectation::count::Count;
pub use model::expectation::{Counts, Expectation, ExpectationKind, NodeCount, PodCount};
pub use model::fault::{Consequence, FaultRule, GRPC_CODES, Moment, Position, TypedFault};
pub use model::glob::matches;
pub use model::matrix::{Dimension, Values};
pub use model::object::{NODE_OF, ObjectKind, ObjectName, Served, VOLUME_OF, derived_from};
pub use model::scenario::Scenario;
pub use model::size::Size;
pub use model::steps::add_host::AddHost;
pub use model::steps::apply::Apply;
pub use model::steps::attach_by_hand::AttachByHand;
pub use model::steps::configure::Configure;
pub use model::steps::cordon::{Cordon, Uncordon};
pub use model::steps::delete::Delete;
pub use model::steps::detach_by_hand::DetachByHand;
pub use model::steps::disk_by_hand::{DiskAction, DiskByHand};
pub use model::steps::drain::Drain;
pub use model::steps::expect::Expect;
pub use model::steps::expect::counts::ExpectCounts;
pub use model::steps::expect::event::ExpectEvent;
pub use model::steps::expect::finding::ExpectFinding;
pub use model::steps::expect::mount::ExpectMount;
pub use model::steps::expect::node::{ExpectNode, Place};
pub use model::steps::expect::object::{ExpectObject, Wanted};
pub use model::steps::expect::pod::{ExpectPod, Where};
pub use model::steps::expect::sizes::{ExpectSizes, SizedPart};
pub use model::steps::expect::volume::{Attached, Encrypted, ExpectVolume, KeyChange};
pub use model::steps::fail::Fail;
pub use model::steps::guest_tells::GuestTells;
pub use model::steps::heal::Heal;
pub use model::steps::kill::Kill;
pub use model::steps::loops::{LOOPS, Turn};
pub use model::steps::patch::Patch;
pub use model::steps::power::{Power, PowerState};
pub use model::steps::read::Read;
pub use model::steps::resize::Resize;
pub use model::steps::rollout::{OURS, Rollout};
pub use model::steps::scale::Scale;
pub use model::steps::sleep::Sleep;
pub use model::steps::snapshot_by_hand::{SnapshotAction, SnapshotByHand};
pub use model::steps::tag::{Tag, TagTarget, Untag};
pub use model::steps::taint::{Taint, TaintEffect, Untaint};
pub use model::steps::vm::{Create, Destroy, Move};
pub use model::steps::wait::{State, Wait};
pub use model::steps::watch::Watch;
pub use model::steps::write::Write;
pub use model::steps::{Action, Step};
pub use model::target::{Service, Target};
pub use model::version::Version;
pub use model::world::WorldSpec;
pub use model::world::cluster::Cluster;
pub use model::world::disk::Disk;
pub use model::world::drivers::{CcmDriver, CsiDriver, Drivers};
pub use model::world::guest::{Nic, NodeIp, SystemUuid};
pub use model::world::habits::{Habits, LockOut};
pub use model::world::include::ReadBeside;
pub use model::world::key_provider::{KeyProvider, KeyProviderKind};
pub use model::world::kubernetes::{Kubernetes, NodeSpec};
pub use model::world::placement::Home;
pub use model::world::policy::StoragePolicy;
pub use model::world::tags::ObjectTag;
pub use model::world::topology::Topology;
pub use model::world::vcenter::{Ids, VCenter};
pub use nearest::{nearest, remedy};
pub use parse::{as_json, parse, parse_in};
pub use schema::json_schema;
pub use span::{Span, Spanned};
