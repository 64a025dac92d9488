//! Wires, processes and virtual time.
//!
//! A *wire* is a border between two processes: the request goes over by a channel, the answer comes back by a
//! channel. A caller that is killed or gives up never cancels the server's work; a server that is killed resets
//! its wires. Every call is recorded as *sent, took effect, answered* (or *caller gone*), and a fault plan is asked
//! at each of these moments. A *process* is a set of tasks and wires with an incarnation number.
//!
//! In virtual time everything runs on one thread under tokio's paused clock, which advances when nothing can run.
//! That runtime is first-in first-out, so variety must come from us: each delivery takes a seeded delay of at least
//! a millisecond (tokio's timer grain), each task begins after a seeded number of yields.
//!
//! Not modelled: bandwidth, packet loss, connection set-up, half-open connections.

mod deadline;
mod delivery;
mod fault;
mod identity;
mod in_flight;
mod livelock;
mod network;
mod outside;
mod process;
mod runtime;
mod virtual_time;
mod wire;

pub use fault::{Action, CannedAnswer, FaultPlan, Firing, Moment};
pub use identity::Identity;
pub use livelock::Livelock;
pub use network::{Ended, HowEnded, Network, Outside};
pub use outside::{
    Authority, Callers, Certificate, ClientCertificate, Dialed, Dialer, Gateway, OUTSIDE, ServeError, TimeError, TlsServer, dial_socket,
    open_socket, serve_tls, wall_time_run, world_time_run,
};
pub use process::Process;
pub use virtual_time::{Progress, VirtualClock, virtual_run, virtual_run_with};
pub use wire::is_not_sent;
