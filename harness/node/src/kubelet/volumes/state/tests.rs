//! Each rule of the volume manager by itself.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_kubernetes::client::{BackoffLimits, ObjectKey};

use super::super::identity::{Identity, VolumeSpec, attachment_name};
use super::{Mounted, Operation, State};

fn identity() -> Identity {
    Identity {
        pv_name: "pv".into(),
        volume_handle: "h".into(),
        driver: "d".into(),
        node_name: "worker-1".into(),
        attachment: attachment_name("h", "d", "worker-1"),
        block: false,
    }
}

fn spec() -> VolumeSpec {
    VolumeSpec {
        identity: identity(),
        claim: ObjectKey::new("default", "data"),
        capacity: 1 << 30,
        fs_type: "ext4".into(),
        mount_options: Vec::new(),
        access_modes: vec!["ReadWriteOnce".into()],
        attributes: BTreeMap::new(),
        stage_secret: None,
        publish_secret: None,
        read_only: false,
        pod_info: BTreeMap::new(),
        fs_group: None,
        on_root_mismatch: false,
    }
}

fn names() -> BTreeSet<String> {
    BTreeSet::from([identity().unique_name()])
}

fn state() -> State {
    let mut state = State::new(BackoffLimits::VOLUME_OPERATION);
    state.know_all_pods();
    state
}

/// Plans and finishes at once, so that nothing counts as running.
fn planned(state: &mut State) -> Vec<&'static str> {
    let operations = state.plan();
    for operation in &operations {
        state.finished(operation, None);
    }
    operations
        .iter()
        .map(|operation| match operation {
            Operation::VerifyAttached(_) => "verify",
            Operation::Mount { staged: false, .. } => "stage and publish",
            Operation::Mount { .. } => "publish",
            Operation::Expand { .. } => "expand",
            Operation::Unpublish { .. } => "unpublish",
            Operation::Unstage { mounted: true, .. } => "unstage",
            Operation::Unstage { .. } => "forget",
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_mounted_before_the_status_lists_it_as_in_use_and_attached() {
    let mut state = state();
    state.want("pod", vec![spec()]);
    assert_eq!(state.in_use(), names());
    state.status_lists_attached(names());
    assert!(planned(&mut state).is_empty(), "in use is not reported yet");
    state.reported_in_use(&names());
    assert_eq!(planned(&mut state), ["verify"]);
    state.attached(&identity());
    assert_eq!(planned(&mut state), ["stage and publish"]);
    state.staged(&identity(), Mounted::Yes);
    assert_eq!(planned(&mut state), ["publish"]);
    state.published(&identity(), "pod", Mounted::Yes);
    assert!(planned(&mut state).is_empty() && state.is_mounted_for("pod"));
}

#[tokio::test(start_paused = true)]
async fn a_volume_without_attachment_waits_for_nothing_and_is_never_in_use() {
    let mut state = state();
    let mut free = spec();
    free.identity.attachment = String::new();
    state.want("pod", vec![free]);
    assert!(state.in_use().is_empty());
    assert_eq!(planned(&mut state), ["stage and publish"]);
}

#[tokio::test(start_paused = true)]
async fn a_volume_is_unstaged_only_when_no_pod_has_it() {
    let mut state = state();
    state.attached(&identity());
    state.staged(&identity(), Mounted::Yes);
    state.published(&identity(), "one", Mounted::Yes);
    state.published(&identity(), "two", Mounted::Uncertain);
    assert_eq!(planned(&mut state), ["unpublish"], "one operation at a time");
    state.unpublished(&identity(), "one");
    assert_eq!(planned(&mut state), ["unpublish"], "what is uncertain is unpublished too");
    state.unpublished(&identity(), "two");
    assert_eq!(planned(&mut state), ["unstage"]);
    assert_eq!(state.in_use(), names(), "in use until it is unstaged");
    state.unstaged(&identity());
    assert!(state.in_use().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_was_attached_only_is_forgotten_without_a_call() {
    let mut state = state();
    state.attached(&identity());
    assert_eq!(planned(&mut state), ["forget"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_nothing_is_unmounted_before_all_pods_are_known() {
    let mut state = State::new(BackoffLimits::VOLUME_OPERATION);
    state.found(&identity(), Some("kept"));
    state.found(&identity(), Some("gone"));
    state.expect_pod("kept");
    assert!(planned(&mut state).is_empty());
    state.know_all_pods();
    assert_eq!(planned(&mut state), ["unpublish"]);
    state.unpublished(&identity(), "gone");
    assert!(planned(&mut state).is_empty(), "the volumes of the other are not known yet");
    state.want("kept", vec![spec()]);
    state.reported_in_use(&names());
    state.status_lists_attached(names());
    assert_eq!(planned(&mut state), ["verify"]);
    state.attached(&identity());
    assert_eq!(planned(&mut state), ["stage and publish"], "what is uncertain is staged again");
}

#[tokio::test(start_paused = true)]
async fn a_failure_puts_off_its_key_twice_as_long_each_time() {
    let mut state = state();
    state.want("pod", vec![spec()]);
    state.attached(&identity());
    let begin = tokio::time::Instant::now();
    let mut at = Vec::new();
    for _ in 0..4 {
        let operations = state.plan();
        assert_eq!(operations.len(), 1);
        assert!(state.plan().is_empty(), "it runs already");
        state.finished(&operations[0], Some((identity().unique_name(), None)));
        at.push(begin.elapsed().as_millis());
        assert!(state.plan().is_empty());
        tokio::time::sleep_until(state.next_due().unwrap()).await;
    }
    assert_eq!(at, [0, 500, 1500, 3500]);
}
