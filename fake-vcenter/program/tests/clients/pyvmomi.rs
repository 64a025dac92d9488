//! pyVmomi, by a script that prints what it finds.

use std::process::{Command, Stdio};

use super::program::{Program, scratch};
use crate::environment;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[("pyvmomi_connects_walks_waits_and_catches_faults", pyvmomi_connects_walks_waits_and_catches_faults)];

fn python() -> String {
    Some(environment("PYTHON")).filter(|python| !python.is_empty()).unwrap_or_else(|| "python3".to_owned())
}

/// Whether there is a Python with pyVmomi.
pub fn found() -> bool {
    let works = Command::new(python()).args(["-c", "import pyVmomi"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    works.is_ok_and(|status| status.success())
}

fn pyvmomi_connects_walks_waits_and_catches_faults() {
    let authority = scratch("pyvmomi-ca.pem");
    let inventory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/site.yaml");
    let program = Program::start(&["--inventory", inventory, "--task-time", "2", "--ca-file", authority.to_str().unwrap()]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/visit.py");
    let (host, port) = program.address().rsplit_once(':').unwrap();
    let output = Command::new(python()).args([script, host, port]).arg(&authority).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    insta::assert_snapshot!("pyvmomi", String::from_utf8_lossy(&output.stdout));
}
