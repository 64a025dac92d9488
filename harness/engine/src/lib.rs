//! Builds a world from a scenario, runs its steps, triggers its faults, asks the oracles.
//!
//! A [`RunSpec`] says what is to be run: one case of one scenario under one seed. [`RunSpec::run`] runs it in virtual time and answers its
//! [`RunOutcome`]. [`crash`] enumerates where a process can be killed on a path.

mod call_counts;
mod call_pattern;
mod capabilities;
mod cluster;
mod containers;
pub mod crash;
mod devices;
mod external;
mod faults;
mod folders;
mod installation;
mod isolation;
mod listener;
mod manifest;
mod methods;
mod mode;
mod outcome;
mod processors;
mod provenance;
mod run;
mod running_world;
mod settle;
mod step_progress;
mod steps;
mod stop;
mod successors;
mod supervisor;
mod switches;
mod verdict;
mod why;
mod world;

pub use call_pattern::{CallPattern, server_of};
pub use cluster::{Binaries, BinariesError, ClusterError, Existing, ExistingError, GuardError, Kubernetes};
pub use containers::{ContainerError, missing as missing_for_images};
pub use devices::Devices;
pub use external::{DescriptorError, External, ExternalError, ManifestsError, Search, Subject, builtin_drivers};
pub use faults::Rule;
pub use listener::Listener;
pub use manifest::{Manifests, ReadFile};
pub use mode::{Mode, Processes, Subjects, Successor, Time};
pub use outcome::{ExpectationOutcome, RunOutcome, StepOutcome, StepResult};
pub use processors::Processors;
pub use provenance::drivers::{driver_answers, drivers};
pub use run::records::clear as clear_records;
pub use run::{Faults, KeepJournal, RunSpec, prepare, prepare_in};
pub use running_world::{RunningVCenter, RunningWorld, RunningWorldError, run_client, stay};
pub use step_progress::{StepProgress, Watch};
pub use stop::Stop;
pub use switches::Switches;
pub use verdict::{mode_flags, verdict};
