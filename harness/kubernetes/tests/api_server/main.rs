//! The API server against what was measured on the real one: one table of cases an area.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

mod access;
mod apply;
mod ci_files;
mod creation;
mod custom;
mod deletion;
mod fuzz;
mod http_border;
mod kinds;
mod kube_client;
mod lists;
mod over_wires;
mod patches;
mod properties;
mod status_writes;
mod support;
mod tables;
mod updates;
mod watches;
