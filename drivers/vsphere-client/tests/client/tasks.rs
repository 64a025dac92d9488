//! Waits for tasks: one listener for all, which fails as one and is made anew.

use std::time::Duration;

use crate::support::{Answer, Scripted, not_authenticated, task_info};
use vsphere_client::{ClientError, attached_disk, volume_result};
use vsphere_types::{
    CnsFault, CnsVolumeAttachResult, CnsVolumeId, CnsVolumeOperationBatchResult, CnsVolumeOperationResult, DataObject,
    ManagedObjectNotFound, Method, MissingObject, MoRef, NotFound, ObjectUpdate, ObjectUpdateKind, PropertyChange, PropertyChangeOp,
    PropertyFilterUpdate, TaskInfo, TaskInfoState, TypedFault, UpdateSet, Value,
};

fn task(number: u32) -> MoRef {
    MoRef::new("Task", format!("task-{number}"))
}

fn updates(version: &str, infos: Vec<TaskInfo>) -> UpdateSet {
    let object_set = infos
        .into_iter()
        .map(|info| ObjectUpdate {
            kind: ObjectUpdateKind::Modify,
            obj: info.task.clone(),
            change_set: vec![PropertyChange { name: "info".to_owned(), op: PropertyChangeOp::Assign, val: Some(Value::from(info)) }],
            missing_set: Vec::new(),
        })
        .collect();
    let filter = PropertyFilterUpdate { filter: MoRef::new("PropertyFilter", "filter"), object_set, missing_set: Vec::new() };
    UpdateSet { version: version.to_owned(), filter_set: vec![filter], truncated: None }
}

fn ended(number: u32) -> TaskInfo {
    task_info(&task(number), TaskInfoState::Success)
}

#[tokio::test(start_paused = true)]
async fn a_task_is_waited_for_until_it_has_ended() {
    let vcenter = Scripted::new();
    vcenter
        .returns(Method::WaitForUpdatesEx, updates("1", vec![task_info(&task(1), TaskInfoState::Running)]))
        .then(Method::WaitForUpdatesEx, Answer::Returns(None))
        .returns(Method::WaitForUpdatesEx, updates("2", vec![ended(1)]));
    let client = vcenter.client();
    let info = client.wait_for_task(&task(1)).await.unwrap();
    assert_eq!(info.state, TaskInfoState::Success);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let versions: Vec<_> =
        vcenter.seen(Method::WaitForUpdatesEx).iter().map(|seen| seen.request.arguments.get("version").cloned()).collect();
    assert_eq!(versions, ["", "1", "1", "2"].map(|version| Some(Value::from(version))));
    let changes = vcenter.seen(Method::ModifyListView);
    assert_eq!(changes[0].request.arguments.get("add"), Some(&Value::array(vec![task(1)])));
    assert_eq!(changes[1].request.arguments.get("remove"), Some(&Value::array(vec![task(1)])));
}

#[tokio::test(start_paused = true)]
async fn waits_share_one_listener_and_one_place_in_the_view() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    // Rounds that bring nothing, until all three wait.
    for _ in 0..20 {
        vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![]));
    }
    vcenter.returns(Method::WaitForUpdatesEx, updates("2", vec![ended(1), ended(2)]));
    let (one, two) = (task(1), task(2));
    let waits = futures_join(client.wait_for_task(&one), client.wait_for_task(&one), client.wait_for_task(&two));
    let (first, again, other) = waits.await;
    assert_eq!((first.unwrap().task, again.unwrap().task, other.unwrap().task), (task(1), task(1), task(2)));
    assert_eq!(vcenter.seen(Method::CreateListView).len(), 1);
    assert_eq!(vcenter.seen(Method::CreateFilter).len(), 1);
    assert_eq!(added(&vcenter), 2);
}

/// How many times tasks were added to the view.
fn added(vcenter: &Scripted) -> usize {
    vcenter.seen(Method::ModifyListView).iter().filter(|seen| seen.request.arguments.get("add").is_some()).count()
}

/// Polls three futures in order until all have ended.
async fn futures_join<A: Future, B: Future, C: Future>(a: A, b: B, c: C) -> (A::Output, B::Output, C::Output) {
    use std::task::Poll;
    let (mut a, mut b, mut c) = (Box::pin(a), Box::pin(b), Box::pin(c));
    let (mut x, mut y, mut z) = (None, None, None);
    std::future::poll_fn(|context| {
        if x.is_none()
            && let Poll::Ready(done) = a.as_mut().poll(context)
        {
            x = Some(done);
        }
        if y.is_none()
            && let Poll::Ready(done) = b.as_mut().poll(context)
        {
            y = Some(done);
        }
        if z.is_none()
            && let Poll::Ready(done) = c.as_mut().poll(context)
        {
            z = Some(done);
        }
        if x.is_some() && y.is_some() && z.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (x.expect("it has ended"), y.expect("it has ended"), z.expect("it has ended"))
}

#[tokio::test(start_paused = true)]
async fn a_task_that_failed_is_an_error_with_its_fault() {
    let vcenter = Scripted::new();
    let mut info = task_info(&task(1), TaskInfoState::Error);
    info.error = Some(CnsFault { reason: "VSLM task failed".to_owned(), ..CnsFault::default() }.localized());
    vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![info]));
    let error = vcenter.client().wait_for_task(&task(1)).await.unwrap_err();
    assert_eq!(error.to_string(), "task Task:task-1 failed with CnsFault: CnsFault error: VSLM task failed");
    assert!(matches!(error, ClientError::Task { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_view_does_not_resolve_is_gone() {
    let vcenter = Scripted::new();
    vcenter.returns(Method::ModifyListView, Value::array(vec![task(1)]));
    let error = vcenter.client().wait_for_task(&task(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::TaskGone { .. }), "{error}");
    assert_eq!(error.fault_type(), Some("ManagedObjectNotFound"));
    assert!(!error.is_not_found(), "nothing is known of how it ended");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_goes_missing_while_it_is_waited_for_is_gone() {
    let vcenter = Scripted::new();
    let fault = ManagedObjectNotFound { obj: task(1), ..ManagedObjectNotFound::default() }.localized();
    let mut set = updates("1", vec![]);
    set.filter_set[0].missing_set = vec![MissingObject { obj: task(1), fault }];
    vcenter.returns(Method::WaitForUpdatesEx, set);
    let error = vcenter.client().wait_for_task(&task(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::TaskGone { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_leaves_the_view_while_it_is_waited_for_is_asked_for_once_more() {
    let vcenter = Scripted::new();
    let mut set = updates("1", vec![ended(1)]);
    set.filter_set[0].object_set[0] =
        ObjectUpdate { kind: ObjectUpdateKind::Leave, obj: task(1), change_set: Vec::new(), missing_set: Vec::new() };
    vcenter.returns(Method::WaitForUpdatesEx, set).returns(Method::WaitForUpdatesEx, updates("2", vec![ended(1)]));
    vcenter.client().wait_for_task(&task(1)).await.unwrap();
    assert_eq!(added(&vcenter), 2);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_fails_fails_its_waits_and_is_made_anew_by_the_next() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    vcenter.then(Method::WaitForUpdatesEx, Answer::Reset);
    let error = client.wait_for_task(&task(1)).await.unwrap_err();
    assert!(matches!(&error, ClientError::Listener { source, .. } if matches!(**source, ClientError::Send { .. })), "{error}");
    assert!(!error.had_no_effect());

    vcenter.then(Method::CreateListView, Answer::Throws(not_authenticated()));
    vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![ended(1)]));
    client.wait_for_task(&task(1)).await.unwrap();
    assert_eq!(vcenter.seen(Method::Login).len(), 2);
    assert_eq!(vcenter.seen(Method::CreateFilter).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_in_a_new_session_when_its_own_ends() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    vcenter.then(Method::WaitForUpdatesEx, Answer::Throws(not_authenticated()));
    vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![ended(1)]));
    client.wait_for_task(&task(1)).await.unwrap();
    assert_eq!(vcenter.seen(Method::Login).len(), 2);
    assert_eq!(vcenter.seen(Method::CreateListView).len(), 2, "the call that found the session ended is the only one that failed");
}

#[tokio::test(start_paused = true)]
async fn a_view_that_is_gone_with_its_session_is_made_anew_at_once() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![ended(1)]));
    client.wait_for_task(&task(1)).await.unwrap();
    // The loop is in its long poll when the session ends.
    tokio::time::sleep(Duration::from_secs(1)).await;
    vcenter.then(Method::ModifyListView, Answer::Throws(not_authenticated()));
    vcenter.returns(Method::WaitForUpdatesEx, updates("1", vec![ended(2)]));
    client.wait_for_task(&task(2)).await.unwrap();
    assert_eq!(vcenter.seen(Method::CreateListView).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_did_not_fare_well_is_an_error_though_its_task_did() {
    let fault = NotFound::default().localized();
    let failed = CnsVolumeOperationResult { volume_id: Some(CnsVolumeId { id: "v".to_owned() }), fault: Some(fault) };
    let mut info = ended(1);
    info.result = Some(CnsVolumeOperationBatchResult { volume_results: vec![failed.into_object()] }.into());
    let error = volume_result::<CnsVolumeOperationResult>(&info).unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "operation on volume v failed in task Task:task-1 with NotFound: The object or item referred to could not be found."
    );

    let attached = CnsVolumeAttachResult { disk_uuid: Some("6000c29".to_owned()), ..CnsVolumeAttachResult::default() };
    info.result = Some(CnsVolumeOperationBatchResult { volume_results: vec![attached.into_object()] }.into());
    assert_eq!(attached_disk(&info).unwrap(), "6000c29");
}
