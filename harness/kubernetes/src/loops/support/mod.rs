//! What several loops need: names, readings of objects, selectors, quantities.

pub(super) mod disruption;
pub(super) mod error;
pub(super) mod names;
pub(super) mod objects;
pub(super) mod owned;
pub(super) mod quantity;
pub(super) mod selectors;

pub(super) use error::{During, LoopError};
