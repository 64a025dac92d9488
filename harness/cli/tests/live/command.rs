//! The command, started for a test in a folder of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How often something that is waited for is looked at, and how often at most.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 600;

/// The command, with a folder for all that it makes.
pub fn seatrial(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seatrial"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    command.args(arguments).current_dir(root).env("TMPDIR", folder).stdin(Stdio::null());
    command
}

/// What a program printed, errors last.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Waits until something is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..LOOKS {
        if is_so() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    panic!("waited in vain: {what}");
}

/// The processes that were told of something in this folder, by what they were started with.
pub fn told_of(folder: &Path) -> Vec<u32> {
    let folder = folder.display().to_string();
    let names = |file: PathBuf| String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()).contains(&folder);
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|number| names(format!("/proc/{number}/cmdline").into()) || names(format!("/proc/{number}/environ").into())).collect()
}

/// What lies in a folder.
pub fn content(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect()
}

/// A world that stays, until it is dropped or ended.
pub struct Up {
    pub folder: TempDir,
    pub variables: BTreeMap<String, String>,
    child: Child,
}

impl Up {
    /// Starts `seatrial up` and waits until it is ready.
    pub fn start(world: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("world.yaml");
        std::fs::write(&file, world).unwrap();
        let arguments = [&["up", file.to_str().unwrap()], more].concat();
        let mut child = seatrial(folder.path(), &arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut variables = BTreeMap::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if line.starts_with("# ready") {
                break;
            }
            let pairs = line.strip_prefix("export ").unwrap_or_default().split(' ').filter_map(|pair| pair.split_once('='));
            variables.extend(pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())));
        }
        Self { folder, variables, child }
    }

    pub fn variable(&self, name: &str) -> &str {
        self.variables.get(name).unwrap_or_else(|| panic!("{name} is not among {:?}", self.variables))
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
