//! `seatrial record`: stands between a client and a vCenter and writes down what they say; `seatrial replay --to` asks another vCenter the
//! same, and lists where its answers differ.

mod arguments;
mod proxy;
mod replay;

pub use arguments::{RecordArguments, ToArguments};
pub use proxy::record;
pub use replay::replay;
