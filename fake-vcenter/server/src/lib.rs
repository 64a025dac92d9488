//! The fake vCenter's shell: HTTP endpoints in front of a world.
//!
//! A [`VCenter`] holds one [`World`](fake_vcenter_world::World) behind a mutex, records what changes in it, lets its tasks
//! end in time, and answers SOAP at `/sdk` (vim25), `/vsanHealth` (CNS), `/pbm` (storage policies) and `/vslm/sdk` (first class
//! disks), REST at `/rest` and `/api`, and the files that name versions.
//!
//! Not modelled: STS, the web interface, TLS, compression, keep-alive.

mod describe;
mod endpoints;
mod long_poll;
mod notifier;
mod outage;
mod rest;
mod session;
mod soap;
mod vcenter;
mod versions;

pub use vcenter::{HttpService, VCenter};
