//! What a scenario says, one file for each of its parts; each knows how it is read from the tree.

pub(crate) mod capability;
pub(crate) mod configuration;
pub(crate) mod duration;
pub(crate) mod expectation;
pub(crate) mod fault;
pub(crate) mod glob;
pub(crate) mod lists;
pub(crate) mod matrix;
pub(crate) mod object;
pub(crate) mod path;
pub(crate) mod placeholder;
pub(crate) mod scenario;
pub(crate) mod size;
pub(crate) mod steps;
pub(crate) mod target;
pub(crate) mod version;
pub(crate) mod world;
