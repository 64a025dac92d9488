//! The cloud controller manager's binary; see [`vsphere_ccm::program`] for its flags and how it ends.

use std::process::ExitCode;

use clap::Parser;
use vsphere_ccm::Environment;
use vsphere_ccm::program::{Arguments, start};

/// The variables of this process; a name or value that is no text says nothing to us.
fn environment() -> Environment {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

fn main() -> ExitCode {
    start(Arguments::parse(), environment())
}
