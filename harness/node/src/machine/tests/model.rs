//! Random work on a machine: nothing panics, and what a write acknowledged is on its disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driver_host::Machine as _;
use proptest::prelude::*;

use super::{Bench, bind, mount, unmount};

const DISKS: [&str; 3] = ["disk-a", "disk-b", "disk-c"];
const DIRECTORIES: [&str; 4] = ["/a", "/a/b", "/c", "/c/d"];

#[derive(Clone, Debug)]
enum Step {
    Attach(usize),
    Detach(usize),
    Format(usize),
    Mount { disk: usize, at: usize, read_only: bool },
    Bind { from: usize, to: usize },
    Unmount(usize),
    MakeDirectory(usize),
    Write { at: usize, name: u8, byte: u8 },
    Remove { at: usize, name: u8 },
    Reboot,
}

fn step() -> impl Strategy<Value = Step> {
    let (disk, at) = (0..DISKS.len(), 0..DIRECTORIES.len());
    prop_oneof![
        3 => disk.clone().prop_map(Step::Attach),
        1 => disk.clone().prop_map(Step::Detach),
        1 => disk.clone().prop_map(Step::Format),
        4 => (disk, at.clone(), any::<bool>()).prop_map(|(disk, at, read_only)| Step::Mount { disk, at, read_only }),
        2 => (at.clone(), at.clone()).prop_map(|(from, to)| Step::Bind { from, to }),
        2 => at.clone().prop_map(Step::Unmount),
        2 => at.clone().prop_map(Step::MakeDirectory),
        6 => (at.clone(), 0..3_u8, any::<u8>()).prop_map(|(at, name, byte)| Step::Write { at, name, byte }),
        1 => (at, 0..3_u8).prop_map(|(at, name)| Step::Remove { at, name }),
        1 => Just(Step::Reboot),
    ]
}

/// What the disks must hold: a file is expected where the topmost mount of the directory says it went.
type Expected = BTreeMap<(String, String), Vec<u8>>;

async fn device_of(bench: &Bench, disk: &str) -> PathBuf {
    let found = bench.machine.disk_by_wwn(&super::super::wwn_of(disk)).await.unwrap();
    found.unwrap_or_else(|| PathBuf::from("/dev/none"))
}

/// All files on all disks.
fn on_disks(bench: &Bench) -> Expected {
    let mut all = Expected::new();
    for disk in DISKS {
        let files = bench.disks.look(disk, |tree| tree.files().clone()).unwrap_or_default();
        all.extend(files.into_iter().map(|(path, bytes)| ((disk.to_owned(), path), bytes)));
    }
    all
}

async fn perform(bench: &Bench, step: &Step) {
    let machine = &bench.machine;
    let before = on_disks(bench);
    let keeps_files = match *step {
        Step::Attach(disk) => {
            bench.slots.attach(DISKS[disk]);
            true
        }
        Step::Detach(disk) => {
            bench.slots.detach(DISKS[disk]);
            true
        }
        Step::Format(disk) => {
            let device = device_of(bench, DISKS[disk]).await;
            // A filesystem may take the disk's old files with it; it was asked to.
            machine.make_filesystem(&device, "ext4").await.is_err()
        }
        Step::Mount { disk, at, read_only } => {
            let device = device_of(bench, DISKS[disk]).await;
            let options: &[&str] = if read_only { &["ro"] } else { &[] };
            let _ = mount(machine, device.to_str().unwrap(), DIRECTORIES[at], options).await;
            true
        }
        Step::Bind { from, to } => {
            let _ = bind(machine, DIRECTORIES[from], DIRECTORIES[to], &[]).await;
            true
        }
        Step::Unmount(at) => {
            let _ = unmount(machine, DIRECTORIES[at]).await;
            true
        }
        Step::MakeDirectory(at) => {
            let _ = machine.make_directories(Path::new(DIRECTORIES[at]));
            true
        }
        Step::Write { at, name, byte } => {
            let path = PathBuf::from(format!("{}/file-{name}", DIRECTORIES[at]));
            if machine.write_file(&path, &[byte]).is_ok() {
                assert_eq!(machine.read_file(&path).unwrap(), [byte], "a write is read back");
            }
            false
        }
        Step::Remove { at, name } => {
            let _ = machine.remove_path(&PathBuf::from(format!("{}/file-{name}", DIRECTORIES[at])));
            false
        }
        Step::Reboot => {
            machine.reboot();
            true
        }
    };
    let after = on_disks(bench);
    if keeps_files {
        assert_eq!(before, after, "{step:?} must not touch files");
    } else {
        let changed = before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key));
        let limit = if matches!(step, Step::Format(_)) { usize::MAX } else { 2 };
        assert!(changed.count() <= limit, "{step:?} touches one file");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_done_no_acknowledged_data_is_lost(steps in prop::collection::vec(step(), 0..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            for step in &steps {
                perform(&bench, step).await;
            }
            // After a reboot and with all disks attached, each file is read again through a fresh mount.
            let expected = on_disks(&bench);
            bench.machine.reboot();
            DISKS.iter().for_each(|disk| bench.slots.attach(disk));
            for ((disk, path), bytes) in expected {
                let target = PathBuf::from(format!("/fresh/{disk}"));
                bench.machine.make_directories(&target).unwrap();
                let device = device_of(&bench, &disk).await;
                let _ = mount(&bench.machine, device.to_str().unwrap(), target.to_str().unwrap(), &[]).await;
                let full = format!("{}{path}", target.display());
                assert_eq!(bench.machine.read_file(Path::new(&full)).unwrap(), bytes);
            }
        });
    }
}
