//! Builds a world from a scenario, runs its steps, triggers its faults, asks the oracles.
//!
//! A [`Voyage`] is one sailing of one scenario under one seed; [`Voyage::sail`] runs it in virtual time and answers its
//! [`Outcome`]. [`crash`] enumerates where a process can be killed on a path.

mod berth;
mod capabilities;
mod cluster;
pub mod crash;
mod external;
mod faults;
mod helmsman;
mod live;
mod manifest;
mod methods;
mod news;
mod outcome;
mod settle;
mod steps;
mod supervisor;
mod switches;
mod tally;
mod verdict;
mod voyage;
mod world;

pub use berth::{Berth, BerthError, BerthedVcenter, stay};
pub use cluster::{Binaries, BinariesError, ClusterError, Existing, ExistingError, GuardError, Kubernetes};
pub use external::{External, ExternalError, Search, Subject};
pub use faults::{CallPattern, Rule};
pub use live::{Live, Mode, Subjects};
pub use manifest::Manifests;
pub use news::{StepNews, Watch};
pub use outcome::{ExpectationOutcome, Outcome, StepOutcome, StepResult};
pub use switches::Switches;
pub use verdict::verdict;
pub use voyage::{Faults, Voyage, prepare};
