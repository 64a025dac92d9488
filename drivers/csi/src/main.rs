//! The CSI driver's binary; see [`vsphere_csi::program`] for what it reads and how it ends.

use std::process::ExitCode;
use std::sync::Arc;

use driver_host::os::OperatingSystem;
use vsphere_csi::Environment;
use vsphere_csi::program::{refuse, run, surroundings};

/// The variables of this process; a name or value that is no text says nothing to us.
fn environment() -> Environment {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

fn main() -> ExitCode {
    match surroundings(environment()) {
        Ok(around) => {
            let host = OperatingSystem { kubeconfig: around.kubeconfig, ..OperatingSystem::default() };
            run(around.mode, Arc::new(host))
        }
        Err(error) => refuse(&error),
    }
}
