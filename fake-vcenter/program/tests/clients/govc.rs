//! govc, verb by verb.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::program::Program;
use crate::environment;

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("govc_reads_what_there_is", govc_reads_what_there_is),
    ("govc_works_with_volumes_disks_and_tags", govc_works_with_volumes_disks_and_tags),
    ("govc_is_told_what_is_wrong", govc_is_told_what_is_wrong),
    ("govc_takes_snapshots_of_volumes", govc_takes_snapshots_of_volumes),
    ("govc_keeps_first_class_disks", govc_keeps_first_class_disks),
    ("govc_asks_managers_that_have_nothing", govc_asks_managers_that_have_nothing),
];

/// The inventory of these tests.
const INVENTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/site.yaml");

/// Where govc is.
pub fn binary() -> Option<PathBuf> {
    let named = environment("GOVC_BINARY");
    let path = if named.is_empty() { PathBuf::from("govc") } else { PathBuf::from(named) };
    let works = Command::new(&path).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    works.is_ok_and(|status| status.success()).then_some(path)
}

/// Runs govc; what was asked, what it printed, and how it ended.
fn govc(program: &Program, words: &[&str]) -> String {
    let output = Command::new(binary().unwrap())
        .args(words)
        .env("GOVC_URL", program.variable("GOVC_URL"))
        .env("GOVC_INSECURE", "true")
        .env("GOVC_PERSIST_SESSION", "false")
        // `volume.create` is there, and not shown.
        .env("GOVC_SHOW_UNRELEASED", "true")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let code = output.status.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
    // Errors name the binary by its path.
    let said = said.split_once(": ").map_or(said.as_ref(), |(_, text)| text);
    format!("$ govc {}\n{printed}{said}[{code}]\n", words.join(" "))
}

/// Asks one thing after the other.
fn dialogue(program: &Program, asked: &[&[&str]]) -> String {
    let port = program.address().rsplit(':').next().unwrap_or_default();
    masked(&asked.iter().map(|words| govc(program, words)).collect::<String>().replace(&format!(":{port}"), ":PORT"))
}

/// Without what differs from run to run: instants, durations, keys of sessions, ids that are drawn. Lines keep their blanks.
fn masked(text: &str) -> String {
    text.lines().map(|line| masked_line(line) + "\n").collect()
}

fn masked_line(line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(masked_word).collect();
    let masked = words.join(" ").trim_end().to_owned();
    // Columns are as wide as what stands in them, which differs with it; so does the line that begins with a date.
    let masked = if masked.contains("DURATION") { masked.split_whitespace().collect::<Vec<_>>().join(" ") } else { masked };
    match masked.split_once("] [") {
        Some((date, rest)) if date.contains("TIME") => format!("[DATE] [{rest}"),
        _ => masked,
    }
}

fn masked_word(word: &str) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let duration = digits > 0
        && ["s]", "s"].iter().any(|unit| word.ends_with(unit))
        && word.trim_start_matches('[').starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || "[].msµ".contains(c));
    match shape.as_str() {
        "0000-00-00" => "DATE".to_owned(),
        "00:00:00" | "00:00:00]" | "00:00" | "[00:00:00]" => "TIME".to_owned(),
        _ if duration => "DURATION".to_owned(),
        _ if word.starts_with("govc/") => "govc/VERSION".to_owned(),
        _ if shape.starts_with("00:00:00.0") => "TIME".to_owned(),
        _ => word.to_owned(),
    }
}

fn govc_reads_what_there_is() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let asked: &[&[&str]] = &[
        &["about"],
        &["ls"],
        &["ls", "-l", "/dc-1/*"],
        &["find"],
        &["tree"],
        &["vm.info", "worker-1"],
        &["device.ls", "-vm", "worker-1"],
        &["device.info", "-vm", "worker-1", "disk-*"],
        &["tags.category.ls"],
        &["tags.ls"],
        &["tags.attached.ls", "zone-a"],
        &["volume.ls"],
        &["datacenter.info"],
        &["datastore.info"],
        &["datastore.ls", "-ds", "vsan-a"],
        &["datastore.ls", "-ds", "vsan-a", "worker-1"],
        &["disk.ls"],
        &["disk.ls", "-ds", "vsan-a"],
        &["storage.policy.ls"],
        &["storage.policy.info", "gold"],
        &["host.info", "-host", "esx-1.prod.seatrial.test"],
        &["cluster.usage", "prod"],
        &["pool.info", "*"],
        &["kms.ls"],
        &["role.ls"],
        &["role.ls", "ReadOnly"],
        &["permissions.ls"],
        &["option.ls", "config.vpxd.hostnameUrl"],
        &["collect", "-s", "vm/worker-1", "runtime.powerState"],
        &["events"],
        &["license.ls"],
    ];
    insta::assert_snapshot!("govc_reads", dialogue(&program, asked));
}

fn govc_works_with_volumes_disks_and_tags() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let asked: &[&[&str]] = &[
        &["vm.power", "-off", "worker-2"],
        &["vm.power", "-on", "worker-2"],
        &["tags.category.create", "-m", "tier"],
        &["tags.create", "-c", "tier", "fast"],
        &["tags.attach", "fast", "/dc-1/datastore/vsan-a"],
        &["tags.attached.ls", "-r", "/dc-1/datastore/vsan-a"],
        &["disk.create", "-ds", "vsan-a", "-size", "1G", "disk-1"],
        &["disk.ls", "-ds", "vsan-a"],
        &["datastore.ls", "-ds", "vsan-a", "fcd"],
        &["events"],
        &["vm.destroy", "worker-2"],
        &["ls", "vm"],
    ];
    let text = dialogue(&program, asked);
    insta::assert_snapshot!("govc_works", text);
    // Of two alike that end at once, govc's list was seen to show one or both, so it is no snapshot.
    let tasks = govc(&program, &["tasks"]);
    assert!(tasks.contains("VirtualMachine.powerOff") && tasks.contains("worker-2") && tasks.ends_with("[0]\n"), "{tasks}");
    let sessions = govc(&program, &["session.ls"]);
    assert!(sessions.contains("VSPHERE.LOCAL\\Administrator") && sessions.ends_with("[0]\n"), "{sessions}");
}

fn govc_is_told_what_is_wrong() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let asked: &[&[&str]] = &[
        &["vm.power", "-on", "worker-1"],
        &["vm.info", "-vm.uuid", "00000000-0000-0000-0000-000000000000"],
        &["snapshot.create", "-vm", "worker-1", "before"],
        &["volume.rm", "00000000-0000-0000-0000-000000000000"],
        &["tags.attached.ls", "no-such-tag"],
        &["datastore.ls", "-ds", "vsan-a", "no-such-folder"],
    ];
    insta::assert_snapshot!("govc_errors", dialogue(&program, asked));
}

/// A volume's id and its snapshots' are drawn, so this is no snapshot of what is printed.
fn govc_takes_snapshots_of_volumes() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let made = govc(&program, &["volume.create", "-ds", "vsan-a", "-size", "1G", "data"]);
    let volume = made.lines().nth(1).unwrap();
    let taken = govc(&program, &["volume.snapshot.create", volume, "first"]);
    let snapshot = taken.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(taken.contains("first") && taken.ends_with("[0]\n"), "{taken}");
    let listed = govc(&program, &["volume.snapshot.ls", volume]);
    assert!(listed.contains(snapshot) && listed.ends_with("[0]\n"), "{listed}");
    let kept = govc(&program, &["volume.rm", volume]);
    assert!(kept.contains("is in use") && kept.ends_with("[1]\n"), "{kept}");
    let gone = govc(&program, &["volume.snapshot.rm", snapshot, volume]);
    assert!(gone.ends_with("[0]\n"), "{gone}");
    let removed = govc(&program, &["volume.rm", volume]);
    assert!(removed.ends_with("[0]\n"), "{removed}");
    let missing = govc(&program, &["volume.snapshot.ls", volume]);
    assert!(missing.contains("not found") && missing.ends_with("[1]\n"), "{missing}");
    let refused = govc(&program, &["volume.create", "-ds", "vsan-a", "-disk-id", "my-disk", "data"]);
    assert!(refused.contains("backingDiskId") && refused.ends_with("[1]\n"), "{refused}");
}

/// Without a datastore govc asks the service that knows disks by their ids alone. These are drawn, so this is no snapshot either.
fn govc_keeps_first_class_disks() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let made = govc(&program, &["disk.create", "-ds", "vsan-a", "-size", "1G", "disk-1"]);
    let disk = made.lines().nth(1).unwrap();
    govc(&program, &["disk.create", "-ds", "vsan-a", "-size", "2G", "disk-2"]);
    let both = govc(&program, &["disk.ls"]);
    assert!(both.contains("disk-1") && both.contains("disk-2") && both.ends_with("[0]\n"), "{both}");
    let large = govc(&program, &["disk.ls", "-q", "capacity.gt=1024"]);
    assert!(!large.contains("disk-1") && large.contains("disk-2") && large.ends_with("[0]\n"), "{large}");
    let taken = govc(&program, &["disk.snapshot.create", disk, "before"]);
    let snapshot = taken.lines().nth(1).unwrap();
    let kept = govc(&program, &["disk.rm", disk]);
    assert!(kept.contains("InvalidState") && kept.ends_with("[1]\n"), "{kept}");
    let gone = govc(&program, &["disk.snapshot.rm", disk, snapshot]);
    assert!(gone.ends_with("[0]\n"), "{gone}");
    let removed = govc(&program, &["disk.rm", disk]);
    assert!(removed.ends_with("[0]\n"), "{removed}");
    let missing = govc(&program, &["disk.ls", disk]);
    assert!(missing.contains("could not be found") && missing.ends_with("[1]\n"), "{missing}");
    let none = govc(&program, &["disk.register", "-ds", "vsan-a", "kubevols/none.vmdk", "none"]);
    assert!(none.contains("was not found") && none.ends_with("[1]\n"), "{none}");
}

fn govc_asks_managers_that_have_nothing() {
    let program = Program::start(&["--inventory", INVENTORY, "--task-time", "0"]);
    let host = ["-host", "esx-1.prod.seatrial.test"];
    let asked: &[&[&str]] = &[
        &["metric.ls", "vm/worker-1"],
        &["metric.interval.info"],
        &["logs.ls"],
        &["logs"],
        &["extension.info"],
        &["gpu.host.info", host[0], host[1]],
        &["host.autostart.info", host[0], host[1]],
        &["guest.ls", "-vm", "worker-1", "-l", "a:b", "/"],
    ];
    insta::assert_snapshot!("govc_nothing", dialogue(&program, asked));
}
