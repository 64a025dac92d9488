//! YAML as a tree with places: what the model is read from.

mod build;
mod fields;
mod node;
mod problems;

pub(crate) use build::read;
pub(crate) use fields::{Fields, only_entry};
pub(crate) use node::{Content, Node};
pub(crate) use problems::Problems;
