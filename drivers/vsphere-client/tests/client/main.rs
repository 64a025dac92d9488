//! The client against a scripted vCenter.

mod rest;
mod session;
mod support;
mod tasks;
