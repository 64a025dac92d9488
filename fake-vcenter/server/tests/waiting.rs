//! Waiting for updates over HTTP: time-outs, cancelling, tasks that end while a client waits, clients that go away.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use common::{TestServer, collector, fault, list};
use fake_vcenter_world::WorldConfig;
use tokio::time::{Instant, timeout};
use vsphere_types::{
    CnsBlockBackingDetails, CnsVolumeCreateSpec, DataObject, Method, MoRef, ObjectSpec, PropertyFilterSpec, PropertySpec, TaskInfo,
    TaskInfoState, TraversalSpec, UpdateSet, Value, WaitOptions,
};

async fn server() -> TestServer {
    let mut server = TestServer::new(WorldConfig::small("vc-a", 2, 1));
    server.login("seatrial").await;
    server
}

async fn create(server: &TestServer) -> MoRef {
    let spec = CnsVolumeCreateSpec {
        name: "pvc-1".to_owned(),
        volume_type: "BLOCK".to_owned(),
        datastores: server.vcenter.with_world(|world| vec![world.datastores()[0].datastore.clone()]),
        metadata: Some(vsphere_types::CnsVolumeMetadata::default()),
        backing_object_details: CnsBlockBackingDetails { capacity_in_mb: Some(10), ..Default::default() }.into_object(),
        ..Default::default()
    };
    let cns = MoRef::new("CnsVolumeManager", "cns-volume-manager");
    match server.call(&cns, Method::CnsCreateVolume, vec![("createSpecs", list(vec![spec]))]).await.unwrap() {
        Some(Value::Ref(task)) => task,
        other => panic!("no task: {other:?}"),
    }
}

/// A list view and a filter over it, as the CSI driver has them.
async fn monitor(server: &TestServer) -> MoRef {
    let manager = MoRef::new("ViewManager", "ViewManager");
    let Some(Value::Ref(view)) = server.call(&manager, Method::CreateListView, vec![]).await.unwrap() else { panic!("no view") };
    let traversal =
        TraversalSpec { kind: "ListView".to_owned(), path: "view".to_owned(), skip: Some(false), ..TraversalSpec::default() }.into_object();
    let spec = PropertyFilterSpec {
        prop_set: vec![PropertySpec { kind: "Task".to_owned(), path_set: vec!["info".to_owned()], all: None }],
        object_set: vec![ObjectSpec { obj: view.clone(), skip: Some(true), select_set: vec![traversal] }],
        report_missing_objects_in_results: Some(true),
    };
    let fields = vec![("spec", Value::of(spec)), ("partialUpdates", Value::Bool(false))];
    server.call(&collector(), Method::CreateFilter, fields).await.unwrap();
    view
}

async fn wait(server: &TestServer, version: &str, seconds: Option<i32>) -> Result<Option<UpdateSet>, vsphere_codec::soap::ResponseError> {
    let options = WaitOptions { max_wait_seconds: seconds, ..WaitOptions::default() };
    let fields = vec![("version", Value::Text(version.to_owned())), ("options", Value::of(options))];
    let answer = server.call(&collector(), Method::WaitForUpdatesEx, fields).await?;
    Ok(answer.map(|value| if let Value::Object(update) = value { update.downcast().unwrap() } else { panic!("no update") }))
}

fn states(update: &UpdateSet) -> Vec<TaskInfoState> {
    let changes = update.filter_set.iter().flat_map(|set| &set.object_set).flat_map(|object| &object.change_set);
    changes
        .map(|change| match &change.val {
            Some(Value::Object(info)) => info.downcast::<TaskInfo>().unwrap().state,
            other => panic!("no info: {other:?}"),
        })
        .collect()
}

async fn add(server: &TestServer, view: &MoRef, task: &MoRef) {
    let tasks = Value::Array(vsphere_types::Array { item_type: "ManagedObjectReference".into(), items: vec![Value::Ref(task.clone())] });
    server.call(view, Method::ModifyListView, vec![("add", tasks)]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_waiting_client_hears_of_each_step_of_a_task() {
    let server = server().await;
    server
        .run(async {
            let view = monitor(&server).await;
            let task = create(&server).await;
            add(&server, &view, &task).await;
            let (mut version, mut seen) = (String::new(), Vec::new());
            while seen.last() != Some(&TaskInfoState::Success) {
                let update = wait(&server, &version, None).await.unwrap().unwrap();
                seen.extend(states(&update));
                version = update.version;
            }
            assert_eq!(seen, [TaskInfoState::Queued, TaskInfoState::Running, TaskInfoState::Success]);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_nothing_when_its_time_is_over() {
    let server = server().await;
    server
        .run(async {
            let began = Instant::now();
            assert_eq!(wait(&server, "", Some(30)).await.unwrap(), None);
            assert_eq!(began.elapsed(), Duration::from_secs(30));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_while_it_waits_misses_nothing() {
    let server = server().await;
    server
        .run(async {
            let view = monitor(&server).await;
            assert!(timeout(Duration::from_secs(5), wait(&server, "", None)).await.is_err(), "there is nothing to tell");
            let task = create(&server).await;
            add(&server, &view, &task).await;
            let first = wait(&server, "", None).await.unwrap().unwrap();
            let lost = wait(&server, &first.version, None).await.unwrap();
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(wait(&server, &first.version, None).await.unwrap(), lost, "an answer that was not acknowledged comes again");
            let last = wait(&server, &lost.unwrap().version, None).await.unwrap().unwrap();
            assert_eq!(states(&last), [TaskInfoState::Success]);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_cancelled_and_dies_with_its_session() {
    let server = server().await;
    server
        .run(async {
            let cancel = async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                server.call(&collector(), Method::CancelWaitForUpdates, vec![]).await.unwrap();
            };
            let wait_on = wait(&server, "", None);
            tokio::pin!(wait_on, cancel);
            let outcome = tokio::select! { biased; outcome = &mut wait_on => outcome, () = &mut cancel => wait_on.await };
            assert_eq!(fault(outcome), "RequestCanceled");
            let restart = async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let now = server.vcenter.now();
                server.vcenter.with_world(|world| world.end_all_sessions(now));
            };
            let wait_on = wait(&server, "", None);
            tokio::pin!(wait_on, restart);
            let outcome = tokio::select! { biased; outcome = &mut wait_on => outcome, () = &mut restart => wait_on.await };
            assert_eq!(fault(outcome), "NotAuthenticated");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_session_is_not_idle_while_a_call_of_it_waits() {
    let server = server().await;
    server
        .run(async {
            assert!(timeout(Duration::from_hours(2), wait(&server, "", None)).await.is_err(), "there is nothing to tell");
            assert_eq!(server.vcenter.with_world(|world| world.session_count()), 1);
            tokio::time::sleep(Duration::from_mins(31)).await;
            assert_eq!(server.vcenter.with_world(|world| world.session_count()), 0);
        })
        .await;
}
