//! A machine behind a socket is the machine.

use std::path::Path;
use std::sync::Arc;

use driver_host::{Machine, MachineError, MountRequest};
use seatrial_journal::Journal;
use seatrial_wires::{Progress, wall_time_run};

use super::{RemoteMachine, serve_machine};
use crate::disks::Disks;
use crate::machine::{GuestDisk, Hardware, SimulatedMachine, wwn_of};

const DISK: &str = "6000c29a-1111-2222-3333-444455556666";

struct OneDisk;

impl Hardware for OneDisk {
    fn disks(&self) -> Vec<GuestDisk> {
        vec![GuestDisk { disk_uuid: DISK.to_owned(), capacity_bytes: 1 << 30 }]
    }
}

fn machine(journal: &Journal) -> Arc<SimulatedMachine> {
    let disks = Disks::new(journal.clone());
    SimulatedMachine::new("worker-1", "4216aaaa-0000-0000-0000-000000000001", Arc::new(OneDisk), disks, journal.clone())
}

#[test]
fn what_is_done_over_the_socket_is_done_on_the_machine_and_refusals_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("machine.sock");
    wall_time_run(
        1,
        Progress::default(),
        |_| {},
        async |network| {
            let process = network.process("machine");
            let simulated = machine(network.journal());
            serve_machine(&process, Arc::clone(&simulated) as Arc<dyn Machine>, &path).unwrap();
            let remote = RemoteMachine::new(&path);
            assert_eq!(remote.product_uuid().await.unwrap(), simulated.product_uuid().await.unwrap());
            let device = remote.disk_by_wwn(&wwn_of(DISK)).await.unwrap().unwrap();
            assert_eq!(remote.device_size(&device).await.unwrap(), 1 << 30);
            remote.make_filesystem(&device, "ext4").await.unwrap();
            remote.make_directory(Path::new("/mnt/data")).await.unwrap();
            let request = MountRequest {
                source: device,
                target: "/mnt/data".into(),
                fs_type: "ext4".to_owned(),
                options: vec!["noatime".to_owned()],
                bind: false,
            };
            remote.mount(request).await.unwrap();
            assert_eq!(remote.mounts().await.unwrap(), simulated.mounts().await.unwrap());
            let refused = remote.unmount(Path::new("/mnt/other")).await;
            let same = simulated.unmount(Path::new("/mnt/other")).await;
            assert!(
                matches!(
                    (&refused, &same),
                    (Err(MachineError::NotFound(_)), Err(MachineError::NotFound(_)))
                        | (Err(MachineError::Failed { .. }), Err(MachineError::Failed { .. }))
                ),
                "{refused:?} {same:?}"
            );
            process.kill();
            assert!(remote.product_uuid().await.unwrap_err().to_string().contains("machine.sock"), "a machine that is gone is named");
        },
    )
    .unwrap();
}
