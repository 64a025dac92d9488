//! Files of the scenario language, and manifests, as trees that can be changed and written again.
//!
//! Kept: the order of keys, and whether a scalar stands in quotes. Lost: comments, and how the file was laid out. Refused:
//! anchors, aliases and tags, which the language does not have either.

mod print;
mod read;
mod tree;

pub use print::{Layout, print};
pub use read::{DocumentError, read};
pub use tree::Tree;
