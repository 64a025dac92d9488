//! A machine at the other end of a socket: how a driver that is a process of its own works on a simulated machine.
//!
//! One connection an operation; a line of JSON goes over, a line comes back. The machine is the simulated one, so whatever
//! is modelled there holds here; what a driver does beside [`driver_host::Machine`] touches the real machine.

mod client;
mod serve;
#[cfg(test)]
mod tests;
mod words;

pub use client::RemoteMachine;
pub use serve::{ServeError, serve_machine};
