//! The property collector: reading properties through traversals, and following their changes.
//!
//! Modelled: RetrieveProperties(Ex) with paging; filters with traversal, inheritance, missing objects; updates that
//! survive a lost answer; truncation of large updates. Not modelled: `partialUpdates` (a whole property is always sent, which
//! the API allows), array elements as paths (`config.hardware.device[2000].backing`), filters over collectors themselves.
//! A client could notice that a change from A to B and back is told as a change to A.

mod collector;
mod path;
mod retrieve;
mod select;
mod spec;
mod updates;

pub use collector::{Collector, Collectors, Filter, Reported};
pub use path::read;
pub use retrieve::{Page, retrieve, take_page};
pub use select::select;
pub use spec::FilterSpec;
pub use updates::{UpdateOutcome, wait_for_updates};
