//! The client against a scripted vCenter.

mod session;
mod support;
mod tasks;
