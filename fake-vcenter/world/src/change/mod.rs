//! Transactions and what they leave behind: a numbered window of changes for readers of property updates, and the
//! journal's changes.

mod affected;
mod commit;
mod journaled;
mod membership;
mod window;

pub use commit::commit;
pub use journaled::Commit;
pub use window::{ObjectChange, Window};
