//! What the REST endpoint (vAPI) offers: sessions of its own, categories, tags, and what carries which tag.
//!
//! Modelled: login by name and password with the cap on sessions of one user, idle end; categories with cardinality and
//! associable types; tags; attaching and detaching one by one and in batches, which are not atomic; associations that go
//! with their objects. Tags of a parent are not those of its children. A session of vim25 is accepted in place of one of
//! REST, as a client that shares one expects. Not modelled: all other REST services, `used_by`, linked vCenters, tags on
//! what is no inventory object.
//! Calls and answers are plain values here; JSON and the two styles of paths are the server's.

mod associations;
mod call;
mod categories;
mod dispatch;
mod error;
mod found;
pub mod session;
mod setup;
mod tags;

pub use associations::{attach, detach};
pub use call::{CategoryModel, CategorySpec, TagModel, TagSpec, VapiAnswer, VapiCall};
pub use error::{VapiError, VapiErrorKind};
pub use setup::{add_tags, resolve, tag_of};
