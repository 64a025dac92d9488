//! The cloud controller manager's binary; see [`vsphere_ccm::program`] for its flags and how it ends.

use std::process::ExitCode;

use clap::Parser;
use vsphere_ccm::program::{Arguments, start};

#[allow(clippy::disallowed_methods, reason = "this is the main.rs that reads the environment")]
fn main() -> ExitCode {
    let kubeconfig = std::env::var("KUBECONFIG").ok().filter(|value| !value.is_empty());
    start(Arguments::parse(), kubeconfig.map(Into::into))
}
