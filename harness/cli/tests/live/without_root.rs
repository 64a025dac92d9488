//! What only root can have, asked for by somebody else: it is said what is missing, and nothing is half done.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::command::{content, said, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("real devices without root are the environment's, and what is missing is named", devices),
    ("an image without root is the environment's, and what is missing is named", image),
];

/// Nobody in particular.
const SOMEBODY: &str = "65534";

/// The command with these arguments as an ordinary user's; answers its exit code, what it said, and that it left nothing.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let out = folder.path().join("out");
    let command = seatrial(folder.path(), &[arguments, &["--out", out.to_str().unwrap()]].concat());
    let mut command = if rustix::process::geteuid().is_root() { demoted(&command, folder.path()) } else { command };
    let output = command.output().unwrap();
    let left = content(folder.path()).into_iter().filter(|path| *path != out).collect::<Vec<_>>();
    assert_eq!((left, told_of(folder.path())), (Vec::new(), Vec::new()));
    // It is broken into lines for people.
    (output.status.code(), said(&output).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The same command, started by root for somebody else.
fn demoted(command: &Command, folder: &Path) -> Command {
    let mut demoted = Command::new("setpriv");
    demoted.args(["--reuid", SOMEBODY, "--regid", SOMEBODY, "--clear-groups", "--bounding-set=-all", "--"]);
    demoted.arg(command.get_program()).args(command.get_args()).current_dir("/").env("TMPDIR", folder);
    demoted
}

fn devices() {
    let (code, told) = run(&["run", "statefulset/scale", "--drivers", "processes", "--devices", "loop"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("--devices loop needs what this machine lacks: the right to make mount namespaces (root)"), "{told}");
}

fn image() {
    let (code, told) = run(&["run", "statefulset/scale", "--driver", "csi=image:any"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("image any") && told.contains("the right to enter a container's mount namespace (root)"), "{told}");
}
