//! `--devices loop`: real filesystems on loop devices, a mount namespace for each node; whatever ends a run, the machine is as it was before.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::command::{content, eventually, seatrial, told_of};
use super::interrupted::moments;
use super::runs::SMALL;
use super::sanity::{csi_sanity, held_against};
use super::upstream::CSI;
use crate::Test;
use crate::optional::environment;

pub const TESTS: &[Test] = &[
    ("scenarios that write and read bytes pass on real devices with our drivers, and leave nothing", ours),
    ("whenever a run with real devices is killed, the machine is as before once the next has run", killed),
];

/// With upstream's node plugin, too.
pub const UPSTREAM: &[Test] = &[("statefulset/scale holds on real devices with upstream's controller and node plugin", upstream)];

/// These need csi-sanity too.
pub const SANITY: &[Test] = &[("csi-sanity passes on real devices, node specs included", sanity)];

/// These need upstream's programs and csi-sanity.
pub const UPSTREAM_SANITY: &[Test] =
    &[("csi-sanity passes on real devices with upstream's controller and node plugin, but for what is known", upstream_sanity)];

/// One that moves bytes from node to node, one whose nodes lose their power, one with a disk that is not mounted.
const SCENARIOS: [&str; 2] = ["statefulset/scale", "node-failure/power-off"];

/// So many runs are killed; an environment variable asks for more.
const KILLS: usize = 10;
/// The latest moment.
const LATEST_MS: u64 = 3_000;

/// What a run could leave: loop devices with files of its folder, mounts and sockets that name it, namespaces that nobody else had.
#[derive(Debug, PartialEq, Eq)]
struct Machine {
    loops: BTreeSet<PathBuf>,
    mounts: usize,
    sockets: usize,
    namespaces: BTreeSet<PathBuf>,
    processes: Vec<u32>,
}

/// The same of the whole machine, whoever has it: what others do meanwhile is in it.
struct Totals {
    loops: usize,
    mounts: usize,
    namespaces: usize,
    cgroups: usize,
    sockets: usize,
}

impl Totals {
    fn count() -> Self {
        let lines = |file: &str| fs::read_to_string(file).unwrap_or_default().lines().count();
        let loops = fs::read_dir("/sys/block").unwrap().flatten().filter(|device| device.path().join("loop/backing_file").exists());
        let processes = || fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path().join("ns"));
        let of_kind = |kind: &str| processes().filter_map(|ns| fs::read_link(ns.join(kind)).ok()).collect::<BTreeSet<_>>().len();
        Self {
            loops: loops.count(),
            mounts: lines("/proc/self/mountinfo"),
            namespaces: of_kind("mnt") + of_kind("net"),
            cgroups: folders_below(Path::new("/sys/fs/cgroup")),
            sockets: ["unix", "tcp", "tcp6", "udp"].iter().map(|kind| lines(&format!("/proc/net/{kind}"))).sum(),
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loops, mounts, namespaces, cgroups, sockets } = self;
        write!(formatter, "{loops} loop devices, {mounts} mounts, {namespaces} namespaces, {cgroups} cgroups, {sockets} sockets")
    }
}

/// How many folders lie below one.
fn folders_below(folder: &Path) -> usize {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    inside.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| 1 + folders_below(&entry.path())).sum()
}

impl Machine {
    /// As it is now, as far as it has to do with a folder.
    fn look(folder: &Path) -> Self {
        let below = |file: &PathBuf| file.starts_with(folder);
        let backing = |device: fs::DirEntry| fs::read_to_string(device.path().join("loop/backing_file")).ok();
        let loops = fs::read_dir("/sys/block").unwrap().flatten().filter_map(backing);
        let name = folder.display().to_string();
        let naming = |file: &str| fs::read_to_string(file).unwrap().lines().filter(|line| line.contains(&name)).count();
        let (mounts, sockets) = (naming("/proc/self/mountinfo"), naming("/proc/net/unix"));
        let processes = told_of(folder);
        let namespace = |process: &u32| fs::read_link(format!("/proc/{process}/ns/mnt")).ok();
        let namespaces = processes.iter().filter_map(namespace).collect();
        Self { loops: loops.map(|text| PathBuf::from(text.trim())).filter(below).collect(), mounts, sockets, namespaces, processes }
    }

    fn is_clean(&self) -> bool {
        self.loops.is_empty() && self.mounts == 0 && self.sockets == 0 && self.namespaces.is_empty() && self.processes.is_empty()
    }
}

fn arguments<'a>(scenario: &'a str, out: &'a Path) -> Vec<&'a str> {
    vec!["run", scenario, "--drivers", "processes", "--devices", "loop", "--out", out.to_str().unwrap()]
}

fn ours() {
    for scenario in SCENARIOS {
        passes(scenario, &["--drivers", "processes"]);
    }
}

fn upstream() {
    passes("statefulset/scale", &["--driver", "csi=upstream-csi"]);
}

fn passes(scenario: &str, drivers: &[&str]) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fixed = ["run", scenario, "--devices", "loop", "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &[&fixed, drivers].concat()).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{scenario}: {told}");
    assert!(told.contains("nodes had real devices"), "{told}");
    let report = fs::read_to_string(out.path().join("report.json")).unwrap();
    assert!(report.contains("--devices loop"), "the report tells how to repeat it");
    eventually("nothing is left", || Machine::look(folder.path()).is_clean());
    assert_eq!(content(folder.path()), Vec::<PathBuf>::new());
}

fn sanity() {
    let told = csi_sanity(&["--devices", "loop"]);
    let summary = told.lines().rfind(|line| line.contains("Passed")).unwrap_or_default();
    eprintln!("csi-sanity, real devices: {}", summary.trim());
    assert!(summary.contains("| 0 Failed"), "{told}");
}

fn upstream_sanity() {
    let told = csi_sanity(&["--driver", CSI, "--devices", "loop"]);
    held_against(&told, include_str!("upstream-sanity-devices.txt"));
    let summary = told.lines().rfind(|line| line.contains(" Passed | ")).unwrap_or_default();
    eprintln!("csi-sanity, upstream on real devices: {}", summary.trim());
    assert!(told.contains("Ran 72 of "), "{summary}");
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    let before = Totals::count();
    let kills = environment("SEATRIAL_KILLS").parse().unwrap_or(KILLS);
    let (mut left_behind, mut moment) = (0, moments(LATEST_MS).into_iter().cycle());
    for _ in 0..kills {
        let mut arguments = arguments("statefulset/scale", folder.path());
        arguments.extend(["--repeat", "1000"]);
        let mut run = seatrial(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment.next().unwrap_or(Duration::from_secs(1)));
        run.kill().unwrap();
        run.wait().unwrap();
        // Drivers die with the run, and with them the last who see a node's mounts.
        eventually("the drivers are gone", || told_of(folder.path()).is_empty());
        eventually("no mounts, loop devices or namespaces are left", || {
            let machine = Machine::look(folder.path());
            left_behind += usize::from(!machine.loops.is_empty());
            machine.is_clean()
        });
    }
    eprintln!("killed {kills} runs; looked {left_behind} times while the kernel tidied up");
    eprintln!("on the machine before: {before}; after: {}", Totals::count());
    let world = folder.path().join("world.yaml");
    fs::write(&world, SMALL).unwrap();
    let again = arguments(world.to_str().unwrap(), folder.path());
    assert!(seatrial(folder.path(), &again).stdout(Stdio::null()).status().unwrap().success());
    let folders = content(folder.path()).into_iter().filter(|path| path.join("ca.pem").exists());
    assert_eq!(folders.count(), 0, "the next run has swept what the killed ones could not");
    assert!(Machine::look(folder.path()).is_clean());
}
