//! The CSI driver's binary; see [`vsphere_csi::program`] for what it reads and how it ends.

use std::process::ExitCode;
use std::sync::Arc;

use driver_host::os::OperatingSystem;
use vsphere_csi::program::{refuse, run, surroundings};

#[allow(clippy::disallowed_methods, reason = "this is the main.rs that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn main() -> ExitCode {
    match surroundings(variable) {
        Ok(around) => {
            let host = OperatingSystem { kubeconfig: around.kubeconfig, ..OperatingSystem::default() };
            run(around.mode, Arc::new(host))
        }
        Err(error) => refuse(&error),
    }
}
