//! The client against a scripted vCenter.

mod logins;
mod rest;
mod session;
mod support;
mod tasks;
