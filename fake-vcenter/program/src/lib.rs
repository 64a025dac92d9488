//! The fake vCenter as a program of its own, and as a library for whoever puts one on a socket.
//!
//! [`inventory::parse`] reads an inventory file, [`Counts`] makes one by numbers; both end in a
//! [`WorldConfig`](fake_vcenter_world::WorldConfig). [`RunningVCenter::start`] serves it until it is dropped. The command line is
//! in [`arguments`], the way from there to the end of the program in [`command`].
//!
//! Not modelled: saving and loading the state, more than one vCenter in one program, client certificates, STS.

pub mod arguments;
mod certificate;
mod clock;
pub mod command;
mod counts;
mod error;
pub mod inventory;
mod listen;
mod metrics;
mod observe;
mod ready;
mod record;
mod running;

pub use certificate::Certificate;
pub use clock::WallClock;
pub use counts::Counts;
pub use error::{Exit, ProgramError};
pub use listen::{Listening, listen};
pub use ready::shell_lines;
pub use record::Delays;
pub use running::{RunningVCenter, ServeOptions};
