//! Completions as somebody sees them who presses Tab: real shells at a terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::command::{PROGRAM, seatrial};
use crate::optional::{Test, environment};

pub const BASH: &[Test] = &[
    ("bash completes what a user types", || {
        completes("bash --norc --noprofile -i", "source <(seatrial completions bash)");
    }),
    ("bash completes a word with the cursor in it", bash_within_a_word),
];
pub const ZSH: &[Test] = &[("zsh completes what a user types", || {
    completes("zsh -f -i", "autoload -U compinit; compinit -u -D; source <(seatrial completions zsh)");
})];
pub const FISH: &[Test] = &[("fish completes what a user types", || {
    completes("fish --no-config -i", "seatrial completions fish | source");
})];

/// What is typed before Tab, and the line after it.
const LINES: &[(&str, &str)] = &[
    ("seatrial compl", "seatrial completions"),
    ("seatrial run --journ", "seatrial run --journal"),
    ("seatrial run --mode l", "seatrial run --mode live"),
    // Names of the scenarios that are part of the command, and files.
    ("seatrial run statefulset/scale-c", "seatrial run statefulset/scale-crash"),
    ("seatrial lint mi", "seatrial lint mine.yaml"),
    ("seatrial run --only bug-reports/ccm-38", "seatrial run --only bug-reports/ccm-381"),
    ("seatrial run --tag mult", "seatrial run --tag multi-vcenter"),
    // To bash `=` ends a word.
    ("seatrial run --driver csi=up", "seatrial run --driver csi=upstream-csi"),
    ("seatrial up mine.yaml --driver=ccm=up", "seatrial up mine.yaml --driver=ccm=upstream-ccm"),
    ("seatrial run --driver csi=./mi", "seatrial run --driver csi=./mine.yaml"),
    // The one under which something failed in the last run.
    ("seatrial run --seed ", "seatrial run --seed 4711"),
];

const FAILS: &str = "scenario: A machine that stays
world:
  vcenters:
    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}
  kubernetes: {nodes: 3}
  drivers: {csi: ours}
steps:
  - wait: {node/worker-1: gone, within: 1s}
";

fn completes(shell: &str, setup: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.yaml"), FAILS).unwrap();
    let failed = seatrial(folder.path(), &["run", "mine.yaml", "--seed", "4711"]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "{}", String::from_utf8_lossy(&failed.stdout));
    let wrong: Vec<_> = LINES
        .iter()
        .map(|(typed, wanted)| (typed, wanted, line(folder.path(), shell, setup, &format!("{typed}\t"))))
        .filter(|(_, wanted, line)| line != *wanted)
        .collect();
    assert!(wrong.is_empty(), "typed, wanted, got: {wrong:#?}");
}

/// Ctrl-B goes back by a letter; what stands behind the cursor is no part of the word that is asked for.
fn bash_within_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let line =
        line(folder.path(), "bash --norc --noprofile -i", "source <(seatrial completions bash)", "seatrial run --driver csi=upX\x02\t");
    assert_eq!(line, "seatrial run --driver csi=upstream-csiX");
}

/// The line that stands there after these keys. The shell is made to tell: Ctrl-A goes to the line's begin, where an `echo` is put
/// before it, and Enter runs that.
fn line(folder: &Path, shell: &str, setup: &str, keys: &str) -> String {
    let (bin, told) = (folder.join("bin"), folder.join("line"));
    std::fs::create_dir_all(&bin).unwrap();
    // A second time it is there.
    let _ = std::os::unix::fs::symlink(PROGRAM, bin.join("seatrial"));
    let mut terminal = Command::new("script")
        .args(["-qfec", shell, "/dev/null"])
        .current_dir(folder)
        .env("PATH", format!("{}:{}", bin.display(), environment("PATH")))
        .env("TERM", "xterm")
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let typed = format!("{setup}\n{keys}\x01echo >{} \nexit\n", told.display());
    terminal.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    let line = std::fs::read_to_string(&told);
    let line = line.unwrap_or_else(|error| panic!("{shell} told no line ({error}): {}", String::from_utf8_lossy(&output.stdout)));
    std::fs::remove_file(&told).unwrap();
    line.trim().to_owned()
}
