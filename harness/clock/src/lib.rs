//! The keeper of time: unmodified programs of others live in the world's clock.

mod cpu;
mod elf;
mod inject;
mod keep;
mod keeper;
mod launch;
mod look;
mod other_timers;
mod page;
mod patience;
mod process;
mod program;
pub mod role;
mod sockets;
mod softirq;
mod stops;
mod touching;
mod vdso;
mod wait;
mod wake;
mod wall;
mod world;

pub use cpu::Scheduling;
pub use keeper::{Keeper, Options, StartError};
pub use launch::LaunchError;
pub use program::{Ending, Event, Program};
pub use touching::Touching;
pub use world::{Child, SignalError, WorldClock};
