//! Growth: once, twice, late, with snapshots, without room.

use vsphere_types::Method;

use crate::{Behaviours, Code, NODE, Setting, creation, fault};

#[test]
fn a_volume_grows_attached_or_not_and_one_that_is_as_large_is_success() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        setting.world.forget();
        assert_eq!(setting.expand(&id, 2048, 0).await.expect("grown"), (2048, true));
        assert_eq!(setting.asked(), "CnsExtendVolume, CnsQueryVolume, 2 x ModifyListView");
        assert_eq!(setting.expand(&id, 2048, 0).await.expect("it is as large"), (2048, true));
        assert_eq!(setting.expand(&id, 1500, 0).await.expect("it is larger"), (2048, true));
        assert_eq!(setting.asked(), "2 x CnsQueryVolume");
        setting.publish(&id, NODE).await.expect("attached");
        assert_eq!(setting.expand(&id, 3000, 3000).await.expect("grown"), (3000, true));
        assert_eq!(setting.volume(&id).capacity_mb, 3000);
        let disks = setting.a().look(|world| world.guest_disks("worker-1"));
        assert_eq!(disks[0].capacity_bytes >> 20, 3000, "the disk of the machine has grown, too");
    });
}

#[test]
fn what_cannot_be_is_refused_by_its_reason() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        let mut told = Vec::new();
        let absent = "1b4e28ba-2fa1-41d2-883f-0016d3cca428";
        for (volume, mebibytes, limit) in
            [("", 2048, 0), ("vol-1", 2048, 0), (absent, 2048, 0), (&*id, 0, 0), (&*id, 2, 1), (&*id, 512, 600)]
        {
            let refused = setting.expand(volume, mebibytes, limit).await.expect_err("refused");
            told.push(format!("{:?}: {}", refused.code(), refused.message().replace(&id, "ID")));
        }
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!(setting.volume(&id).capacity_mb, 1024);
    });
}

#[test]
fn snapshots_forbid_it_and_are_named() {
    for attached in [false, true] {
        Setting::alone(Behaviours::default(), |setting| async move {
            let id = setting.create(creation()).await.expect("created").volume_id;
            if attached {
                setting.publish(&id, NODE).await.expect("attached");
            }
            setting.a().act(|world, now| world.take_snapshot_out_of_band(now, &id));
            let refused = setting.expand(&id, 2048, 0).await.expect_err("refused");
            assert_eq!(refused.code(), Code::FailedPrecondition);
            assert!(refused.message().contains("it has snapshots ("), "{refused:?}");
            setting.a().act(|world, now| world.delete_snapshots_out_of_band(now, &id));
            assert_eq!(setting.expand(&id, 2048, 0).await.expect("grown").0, 2048);
        });
    }
}

#[test]
fn a_datastore_without_room_is_told_with_a_code_that_is_final() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        let refused = setting.expand(&id, 900 << 20, 0).await.expect_err("refused");
        assert_eq!(refused.code(), Code::Internal, "the user may ask for less");
        assert!(refused.message().contains("stays at 1024 MiB") && refused.message().contains("NoDiskSpace"), "{refused:?}");
    });
}

#[test]
fn a_task_that_failed_after_its_effect_is_found_out() {
    let outcome = |behaviours| {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.create(creation()).await.expect("created").volume_id;
            setting.fails_next_after_effect(Method::CnsExtendVolume, fault("CnsFault"));
            let outcome = setting.expand(&id, 2048, 0).await.map_err(|error| error.code());
            (outcome, setting.volume(&id).capacity_mb)
        })
    };
    assert_eq!(outcome(Behaviours::default()), (Ok((2048, true)), 2048));
    let (refused, size) = outcome(Behaviours { look_after_failed_extends: false, ..Behaviours::default() });
    assert_eq!((refused, size), (Err(Code::Internal), 2048));
}

#[test]
fn with_one_behaviour_less_growth_is_said_and_not_done_or_done_and_not_said() {
    let expanded = |behaviours| {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.create(creation()).await.expect("created").volume_id;
            let first = setting.expand(&id, 2048, 0).await.map_err(|error| error.code());
            let second = setting.expand(&id, 2048, 0).await.map_err(|error| error.code());
            (first, second, setting.volume(&id).capacity_mb)
        })
    };
    let all = Behaviours::default();
    assert_eq!(expanded(Behaviours { extend_before_answering: false, ..all }), (Ok((2048, true)), Ok((2048, true)), 1024));
    assert_eq!(expanded(Behaviours { nodes_take_part_in_growth: false, ..all }), (Ok((2048, false)), Ok((2048, false)), 2048));
    assert_eq!(expanded(Behaviours { grown_already_is_success: false, ..all }), (Ok((2048, true)), Err(Code::InvalidArgument), 2048));
}
