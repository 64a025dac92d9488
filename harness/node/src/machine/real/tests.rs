//! Real devices, where this machine has what they need: otherwise these say what is missing, and test nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use driver_host::{Machine, MachineError, MountRequest};
use seatrial_journal::{Event, Journal, MemorySink};
use seatrial_seed::{ManualClock, stamps};
use tempfile::TempDir;

use super::{DeviceTrouble, loops, missing, ownership};
use crate::disks::Disks;
use crate::machine::{GuestDisk, Hardware, RealPlace, SimulatedMachine, release_loops_below, wwn_of};
use crate::tree::Ownership;

const DISK: &str = "6000c29a-1111-2222-3333-444455556666";
const UUID: &str = "4216aaaa-0000-0000-0000-000000000001";
const TARGET: &str = "/var/lib/kubelet/plugins/data";

/// Disks that a test puts in and takes out.
#[derive(Default)]
struct Slots(Mutex<Vec<GuestDisk>>);

impl Hardware for Slots {
    fn disks(&self) -> Vec<GuestDisk> {
        self.0.lock().unwrap().clone()
    }
}

struct Setting {
    folder: TempDir,
    sink: MemorySink,
    disks: Arc<Disks>,
    journal: Journal,
}

impl Setting {
    /// None where the machine lacks something.
    fn new() -> Option<Self> {
        let missing = missing();
        if !missing.is_empty() {
            eprintln!("SKIPPED: real devices need {}", missing.join(", "));
            return None;
        }
        let (journal, sink) = (Journal::new(stamps(Arc::new(ManualClock::default()))), MemorySink::default());
        journal.add_sink(sink.clone());
        Some(Self { folder: tempfile::tempdir().unwrap(), sink, disks: Disks::new(journal.clone()), journal })
    }

    fn node(&self, name: &str, version: &str) -> (Arc<SimulatedMachine>, Arc<Slots>) {
        let slots = Arc::new(Slots::default());
        let place = RealPlace { node: name.to_owned(), world: self.folder.path().to_owned(), trouble: DeviceTrouble::default() };
        let (hardware, disks) = (Arc::clone(&slots) as Arc<dyn Hardware>, Arc::clone(&self.disks));
        let machine = SimulatedMachine::on_real_devices(place, (UUID, version), hardware, disks, self.journal.clone());
        (machine.unwrap(), slots)
    }

    /// Loop devices with files of this setting behind them.
    fn loops(&self) -> usize {
        let names = std::fs::read_dir("/sys/block").unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter_map(|name| loops::backing(&name)).filter(|file| file.starts_with(self.folder.path())).count()
    }

    /// What the journal was told last of the disk's files.
    fn told(&self) -> String {
        let mut told = serde_json::Value::Null;
        for entry in self.sink.entries() {
            if let Event::Change(change) = entry.event
                && change.object == format!("Disk/{DISK}")
            {
                seatrial_journal::merge_patch(&mut told, &change.patch);
            }
        }
        told.to_string()
    }
}

fn attach(machine: &SimulatedMachine, slots: &Slots, gib: u64) {
    *slots.0.lock().unwrap() = vec![GuestDisk { disk_uuid: DISK.to_owned(), capacity_bytes: gib << 30 }];
    machine.look();
}

fn detach(machine: &SimulatedMachine, slots: &Slots) {
    slots.0.lock().unwrap().clear();
    machine.look();
}

fn run<R>(work: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn device(machine: &SimulatedMachine) -> Option<PathBuf> {
    run(machine.disk_by_wwn(&wwn_of(DISK))).unwrap()
}

/// The disk with a filesystem, mounted.
fn mount(machine: &SimulatedMachine, fs_type: &str) -> Result<(), MachineError> {
    let source = device(machine).unwrap();
    if run(machine.filesystem_on(&source))?.is_none() {
        run(machine.make_filesystem(&source, fs_type))?;
    }
    machine.make_directories(Path::new(TARGET))?;
    run(machine.mount(MountRequest { source, target: TARGET.into(), fs_type: fs_type.to_owned(), options: Vec::new(), bind: false }))
}

/// A program that another test starts at this moment has our files open until it is one: the kernel says busy for so long.
fn unmount(machine: &SimulatedMachine) {
    for _ in 0..200 {
        match run(machine.unmount(Path::new(TARGET))) {
            Err(MachineError::Busy(_)) => std::thread::sleep(std::time::Duration::from_millis(50)),
            done => return done.unwrap(),
        }
    }
    panic!("{TARGET} is busy for ten seconds");
}

fn file(name: &str) -> PathBuf {
    Path::new(TARGET).join(name)
}

#[test]
fn a_disk_comes_and_goes_with_the_names_that_a_vm_gives_it() {
    let Some(setting) = Setting::new() else { return };
    let (machine, slots) = setting.node("worker-1", "vmx-11");
    let serial = machine.read_file(Path::new("/sys/class/dmi/id/product_serial")).unwrap();
    assert_eq!(String::from_utf8(serial).unwrap(), "VMware-42 16 aa aa 00 00 00 00-00 00 00 00 00 00 00 01\n");
    let uuid = machine.read_file(Path::new("/sys/class/dmi/id/product_uuid")).unwrap();
    assert_eq!(String::from_utf8(uuid).unwrap(), "aaaa1642-0000-0000-0000-000000000001\n", "as old hardware shows it");
    assert_eq!(device(&machine), None);
    attach(&machine, &slots, 1);
    let name = device(&machine).unwrap();
    assert_eq!(name, Path::new("/dev/sdb"));
    assert_eq!(run(machine.device_size(&name)).unwrap(), 1 << 30);
    attach(&machine, &slots, 2);
    assert_eq!(run(machine.device_size(&name)).unwrap(), 2 << 30, "it has grown");
    assert!(machine.has(Path::new("/sys/block/sdb/device/rescan")).unwrap());
    assert_eq!(setting.loops(), 1);
    detach(&machine, &slots);
    assert_eq!((device(&machine), machine.has(&name).unwrap()), (None, false));
    // The kernel lets go of a loop device when it has time.
    for _ in 0..200 {
        if setting.loops() == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the loop device is still there after ten seconds");
}

#[test]
fn a_volume_is_given_to_a_group_with_chown_and_chmod() {
    for fs_type in ["ext4", "xfs"] {
        let Some(setting) = Setting::new() else { return };
        let (machine, slots) = setting.node("worker-1", "vmx-19");
        attach(&machine, &slots, 1);
        mount(&machine, fs_type).unwrap();
        machine.make_directories(&file("deep")).unwrap();
        machine.write_file(&file("deep/proof"), b"kept").unwrap();
        assert!(!setting.told().contains("group"), "it is root's: {}", setting.told());
        let give = |group: u32, on_root_mismatch: bool| {
            machine.give_to_group(Path::new(TARGET), Ownership { group, on_root_mismatch }).unwrap();
        };
        let access = |name: &str| {
            let real = machine.real.as_ref().unwrap();
            let found = real.files("look at", &file(name), ownership::access).unwrap();
            (found.group, found.mode)
        };
        give(2000, false);
        assert_eq!((access(""), access("deep"), access("deep/proof")), ((2000, 0o2775), (2000, 0o2775), (2000, 0o664)));
        let told = setting.told();
        assert!(told.contains(r#""group":2000"#) && told.contains(r#""mode":"2775""#), "{told}");
        machine.write_file(&file("deep/new"), b"new").unwrap();
        assert_eq!(access("deep/new").0, 2000, "what is made there is the group's");
        // The root is right, and nothing else is looked at.
        machine.real.as_ref().unwrap().files("change", &file("deep/proof"), |path| std::os::unix::fs::lchown(path, None, Some(7))).unwrap();
        give(2000, true);
        assert_eq!(access("deep/proof").0, 7);
        give(2000, false);
        assert_eq!(access("deep/proof").0, 2000);
        // It is on the disk: whoever mounts it next finds it so.
        unmount(&machine);
        machine.look();
        mount(&machine, fs_type).unwrap();
        assert_eq!(access(""), (2000, 0o2775));
        give(3000, true);
        assert_eq!((access("").0, access("deep/proof").0), (3000, 3000));
    }
}

#[test]
fn power_that_goes_takes_what_was_not_synced_and_nothing_else() {
    for fs_type in ["ext4", "xfs"] {
        let Some(setting) = Setting::new() else { return };
        let (machine, slots) = setting.node("worker-1", "vmx-19");
        attach(&machine, &slots, 1);
        mount(&machine, fs_type).unwrap();
        machine.write_file(&file("kept"), b"kept").unwrap();
        assert!(setting.told().contains("/kept"), "{}", setting.told());
        machine.write_without_sync(&file("lost"), b"lost");
        machine.power_off();
        assert_eq!(setting.loops(), 0, "{fs_type}: nobody holds the disk");
        machine.power_on();
        machine.look();
        mount(&machine, fs_type).unwrap();
        assert_eq!(machine.read_file(&file("kept")).unwrap(), b"kept");
        let lost = machine.read_file(&file("lost"));
        assert!(lost.as_ref().map_or(true, Vec::is_empty), "{fs_type}: {lost:?} was never synced");
    }
}

#[test]
fn a_disk_that_is_pulled_from_under_a_mount_fails_and_leaves_its_name_dead() {
    let Some(setting) = Setting::new() else { return };
    let (machine, slots) = setting.node("worker-1", "vmx-19");
    attach(&machine, &slots, 1);
    mount(&machine, "ext4").unwrap();
    machine.write_file(&file("kept"), b"kept").unwrap();
    detach(&machine, &slots);
    let refused = machine.read_file(&file("kept")).unwrap_err();
    assert!(refused.to_string().contains("Input/output error"), "{refused}");
    attach(&machine, &slots, 1);
    assert_eq!(device(&machine).unwrap(), Path::new("/dev/sdc"), "the old name is still mounted");
    unmount(&machine);
    mount(&machine, "ext4").unwrap();
    assert_eq!(machine.read_file(&file("kept")).unwrap(), b"kept");
}

#[test]
fn nodes_do_not_see_each_others_devices_and_mounts() {
    let Some(setting) = Setting::new() else { return };
    let ((one, its_slots), (other, other_slots)) = (setting.node("worker-1", "vmx-19"), setting.node("worker-2", "vmx-19"));
    attach(&one, &its_slots, 1);
    mount(&one, "ext4").unwrap();
    one.write_file(&file("here"), b"here").unwrap();
    assert_eq!(device(&other), None);
    assert!(!other.has(Path::new(TARGET)).unwrap() && !Path::new(TARGET).exists());
    unmount(&one);
    detach(&one, &its_slots);
    attach(&other, &other_slots, 1);
    mount(&other, "ext4").unwrap();
    assert_eq!(other.read_file(&file("here")).unwrap(), b"here", "the bytes move with the disk");
}

#[test]
fn a_raw_device_that_is_bound_is_listed_as_the_device_and_keeps_its_bytes() {
    let Some(setting) = Setting::new() else { return };
    let (machine, slots) = setting.node("worker-1", "vmx-19");
    attach(&machine, &slots, 1);
    let (source, target) = (device(&machine).unwrap(), PathBuf::from("/var/lib/kubelet/raw"));
    run(machine.make_file(&target)).unwrap();
    let bound = MountRequest { source: source.clone(), target: target.clone(), fs_type: String::new(), options: Vec::new(), bind: true };
    run(machine.mount(bound)).unwrap();
    let mounts = run(machine.mounts()).unwrap();
    assert_eq!(mounts.iter().rfind(|mount| mount.target == target).unwrap().device, source);
    machine.write_file(&target, b"raw bytes").unwrap();
    assert_eq!(machine.read_file(&target).unwrap(), b"raw bytes");
}

#[test]
fn nothing_is_left_of_a_machine_that_is_let_go_of() {
    let Some(setting) = Setting::new() else { return };
    let (machine, slots) = setting.node("worker-1", "vmx-19");
    attach(&machine, &slots, 1);
    mount(&machine, "ext4").unwrap();
    drop(machine);
    for _ in 0..500 {
        if setting.loops() == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(setting.loops(), 0);
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(&setting.folder.path().display().to_string()), "{mounts}");
}

#[test]
fn what_was_left_behind_a_loop_device_is_freed() {
    let Some(setting) = Setting::new() else { return };
    let file = setting.folder.path().join("left.img");
    std::fs::File::create(&file).unwrap().set_len(1 << 20).unwrap();
    // As somebody leaves it who is killed before the mark is set.
    let made = std::process::Command::new("losetup").args(["--find", "--show"]).arg(&file).status().unwrap();
    assert!(made.success());
    assert_eq!(setting.loops(), 1);
    release_loops_below(setting.folder.path());
    assert_eq!(setting.loops(), 0);
}
