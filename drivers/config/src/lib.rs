//! What both drivers' configurations have in common: INI as gcfg reads it, YAML, and the variables of the environment that
//! say the same.
//!
//! A driver brings a [`Schema`] of the sections and keys that upstream's has; [`Settings`] are what a file and the
//! environment say by it. Upstream's files work here unchanged, so what it passes over is passed over here; but it is noted,
//! with what may be meant, because a setting that silently does nothing is found out on the day it was needed. What is of the
//! wrong type is refused with its line. What the values mean together is the driver's business.

mod document;
mod environment;
mod error;
pub mod gcfg;
mod language;
mod reload;
mod schema;
mod secret;
mod settings;
pub mod yaml;

pub use environment::{Environment, Variables, read_file};
pub use error::{ConfigError, FileProblem};
pub use language::Language;
pub use reload::outdated;
pub use schema::{Key, Schema, Section, SettingKind, comma_separated};
pub use secret::Secret;
pub use settings::{Found, Named, Origin, Settings, Values, said};
