//! Attach and detach, and what each behaviour is there for.

use super::*;
use crate::vcenter::VCenter as _;

/// A volume that is attached to the first node.
async fn attached(behaviours: Behaviours) -> (TestWorld, Controller, String) {
    let (world, controller) = started(behaviours);
    let id = create(&controller, creation()).await.expect("created").volume_id;
    publish(&controller, &id, NODE).await.expect("attached");
    (world, controller, id)
}

#[tokio::test(start_paused = true)]
async fn publishing_twice_is_once() {
    let (_, controller, id) = attached(Behaviours::default()).await;
    publish(&controller, &id, NODE).await.expect("it is there");
    let (_, controller, id) = attached(Behaviours { publish_twice_is_once: false, ..Behaviours::default() }).await;
    assert_eq!(publish(&controller, &id, NODE).await.expect_err("csi#580").code(), Code::FailedPrecondition);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_gone_holds_nothing() {
    for (behaviours, code) in
        [(Behaviours::default(), None), (Behaviours { absent_vm_is_detached: false, ..Behaviours::default() }, Some(Code::NotFound))]
    {
        let (world, controller, id) = attached(behaviours).await;
        world.script().vms.retain(|vm| vm.uuid != NODE);
        assert_eq!(unpublish(&controller, &id, NODE).await.err().map(|error| error.code()), code);
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_out_of_sight_has_its_disks_still() {
    for (behaviours, code) in
        [(Behaviours::default(), Some(Code::Unavailable)), (Behaviours { unknown_is_not_detached: false, ..Behaviours::default() }, None)]
    {
        let (world, controller, id) = attached(behaviours).await;
        world.script().vms[0].out_of_sight = true;
        world.script().next_end = Some(fault("NotFound", None));
        assert_eq!(unpublish(&controller, &id, NODE).await.err().map(|error| error.code()), code);
        assert_eq!(world.script().vms[0].volumes.len(), 1, "the disk is there");
    }
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_is_attached_is_not_deleted() {
    let (world, controller, id) = attached(Behaviours::default()).await;
    let refused = delete(&controller, &id).await.expect_err("it is in use");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    insta::assert_snapshot!(refused.message());
    assert_eq!(world.script().volumes.len(), 1);
    assert_eq!(world.script().vms[0].volumes.len(), 1);
    let (world, controller, id) = attached(Behaviours { delete_waits_for_detach: false, ..Behaviours::default() }).await;
    delete(&controller, &id).await.expect("it is torn off");
    assert!(world.script().vms[0].volumes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_attach_that_failed_is_told() {
    for (behaviours, told) in [(Behaviours::default(), true), (Behaviours { report_publish_errors: false, ..Behaviours::default() }, false)]
    {
        let (world, controller) = started(behaviours);
        let id = create(&controller, creation()).await.expect("created").volume_id;
        world.script().next_end = Some(fault("CnsMissingControllerFault", None));
        let outcome = publish(&controller, &id, NODE).await;
        assert_eq!(outcome.is_err(), told);
        assert!(outcome.err().is_none_or(|error| error.code() == Code::ResourceExhausted));
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_ends_with_its_caller_where_that_is_not_guarded_against() {
    let (world, controller) = started(Behaviours { changes_outlive_callers: false, ..Behaviours::default() });
    let patience = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, create(&controller, creation())).await.is_err());
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    assert!(world.script().records[0].volume_id.is_none(), "nobody wrote down what became of it");
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_was_found_is_never_deleted() {
    for (behaviours, deletes) in
        [(Behaviours::default(), 0), (Behaviours { never_delete_what_was_found: false, ..Behaviours::default() }, 1)]
    {
        let world = TestWorld::new("9.1.0", Crash::AfterTheEffect);
        world.script().chooses_another_datastore = true;
        let controller = controller(&[&world], Vec::new(), behaviours);
        let died = tokio::time::timeout(std::time::Duration::from_secs(60), create(&controller, creation())).await;
        assert!(died.is_err());
        let controller = super::controller(&[&world], Vec::new(), behaviours);
        let _ = create(&controller, creation()).await;
        assert_eq!(world.script().calls.get("CnsDeleteVolume").copied().unwrap_or_default(), deletes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_task_was_lost_in_a_restart_is_waited_out() {
    for (behaviours, volumes) in [(Behaviours::default(), 1), (Behaviours { wait_for_lost_tasks: false, ..Behaviours::default() }, 2)] {
        let (world, controller) = started(behaviours);
        world.script().lose_tasks_once = true;
        let mut outcome = create(&controller, creation()).await;
        for _ in 0..100 {
            if outcome.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            outcome = create(&controller, creation()).await;
        }
        outcome.expect("created");
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        assert_eq!(world.volumes_by_name(NAME).await.expect("it answers").len(), volumes);
    }
}
