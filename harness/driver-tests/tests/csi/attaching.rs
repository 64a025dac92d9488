//! Attach and detach, what proves them, and what each behaviour is there for.

use std::time::Duration;

use futures::future::join;
use seatrial_driver_tests::Once;
use seatrial_wires::{Action, Moment};
use vsphere_types::Method;

use crate::{Behaviours, Code, NODE, Setting, creation, fault, pass};

#[test]
fn publishing_twice_is_once() {
    for (behaviours, code) in [
        (Behaviours::default(), None),
        (Behaviours { publish_twice_is_once: false, ..Behaviours::default() }, Some(Code::FailedPrecondition)),
    ] {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.attached().await;
            assert_eq!(setting.publish(&id, NODE).await.err().map(|error| error.code()), code, "csi#580");
        });
    }
}

fn destroy(setting: &Setting) {
    setting.a().on_vm("worker-1", fake_vcenter_world::World::destroy_vm);
}

#[test]
fn detached_is_said_by_proof_only() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.attached().await;
        for (name, code) in [("NotFound", Code::NotFound), ("InvalidState", Code::FailedPrecondition)] {
            setting.fails_next(Method::CnsDetachVolume, fault(name));
            // The disk is on the machine, whatever CNS says.
            assert_eq!(setting.unpublish(&id, NODE).await.expect_err("it is attached").code(), code);
        }
        let detach = |call: &seatrial_journal::Call| call.method == "CnsDetachVolume";
        setting.world.befall(Once::new(Moment::BeforeSending, 1, Action::Reset, detach));
        assert_eq!(setting.unpublish(&id, NODE).await.expect_err("there was no answer").code(), Code::Unavailable);
        assert_eq!(setting.disks("worker-1"), [id.as_str()]);
        destroy(&setting);
        setting.unpublish(&id, NODE).await.expect("the machine is gone");
    });
}

/// vCenter restarts as soon as it has taken the next call of a method, and knows nothing of the task.
async fn restarted<T>(setting: &Setting, method: &'static str, call: impl Future<Output = T>) -> T {
    let restart = async {
        while setting.sent("vc-a", method) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        setting.a().act(|world, now| {
            world.restart(now);
            Ok(())
        });
    };
    setting.world.forget();
    join(call, restart).await.0
}

#[test]
fn an_attach_or_a_detach_whose_task_was_lost_is_looked_for_on_the_machine() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.create(creation()).await.expect("created").volume_id;
        let lost = restarted(&setting, "CnsAttachVolume", setting.publish(&id, NODE)).await;
        assert_eq!(lost.expect_err("it is not there yet").code(), Code::Aborted);
        pass(60).await;
        setting.publish(&id, NODE).await.expect("attached");
        assert_eq!(setting.disks("worker-1"), [id.as_str()]);
        let lost = restarted(&setting, "CnsDetachVolume", setting.unpublish(&id, NODE)).await;
        assert_eq!(lost.expect_err("it is there still").code(), Code::Aborted);
        pass(60).await;
        setting.unpublish(&id, NODE).await.expect("detached");
        assert!(setting.disks("worker-1").is_empty());
    });
}

#[test]
fn a_machine_that_is_gone_holds_nothing() {
    for (behaviours, code) in
        [(Behaviours::default(), None), (Behaviours { absent_vm_is_detached: false, ..Behaviours::default() }, Some(Code::NotFound))]
    {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.attached().await;
            destroy(&setting);
            assert_eq!(setting.unpublish(&id, NODE).await.err().map(|error| error.code()), code);
        });
    }
}

#[test]
fn what_cannot_be_asked_is_not_said_to_be_detached() {
    for (behaviours, code) in
        [(Behaviours::default(), Some(Code::Unavailable)), (Behaviours { unknown_is_not_detached: false, ..Behaviours::default() }, None)]
    {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.attached().await;
            setting.down(setting.a(), true);
            assert_eq!(setting.unpublish(&id, NODE).await.err().map(|error| error.code()), code);
            assert_eq!(setting.disks("worker-1"), [id.as_str()], "the disk is there");
        });
    }
}

#[test]
fn a_volume_that_is_attached_is_not_deleted() {
    Setting::alone(Behaviours::default(), |setting| async move {
        let id = setting.attached().await;
        let refused = setting.delete(&id).await.expect_err("it is in use");
        assert_eq!(refused.code(), Code::FailedPrecondition);
        insta::assert_snapshot!(refused.message());
        assert_eq!(setting.volume(&id).attached_to.len(), 1);
        assert_eq!(setting.disks("worker-1"), [id.as_str()]);
    });
    Setting::alone(Behaviours { delete_waits_for_detach: false, ..Behaviours::default() }, |setting| async move {
        let id = setting.attached().await;
        setting.delete(&id).await.expect("it is torn off");
        assert!(setting.disks("worker-1").is_empty());
    });
}

#[test]
fn an_attach_that_failed_is_told() {
    for (behaviours, code) in [
        (Behaviours::default(), Some(Code::ResourceExhausted)),
        (Behaviours { report_publish_errors: false, ..Behaviours::default() }, None),
    ] {
        Setting::alone(behaviours, |setting| async move {
            let id = setting.create(creation()).await.expect("created").volume_id;
            setting.fails_next(Method::CnsAttachVolume, fault("CnsMissingControllerFault"));
            assert_eq!(setting.publish(&id, NODE).await.err().map(|error| error.code()), code);
        });
    }
}
