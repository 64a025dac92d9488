//! Who is told of types that only some clients know.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::time::Duration;

use axum::body::to_bytes;
use common::{TestServer, collector, list};
use fake_vcenter_world::WorldConfig;
use vsphere_codec::soap::{Header, decode_response, encode_request};
use vsphere_types::{
    CnsBlockBackingDetails, CnsVolumeCreateSpec, DataObject, Method, MoRef, Object, ObjectContent, ObjectSpec, PropertyFilterSpec,
    PropertySpec, TaskInfo, TaskInfoState, Value,
};

/// A task's info, as who asks with this header reads it.
async fn info(server: &TestServer, task: &MoRef, action: &str) -> TaskInfo {
    let spec = PropertyFilterSpec {
        prop_set: vec![PropertySpec { kind: "Task".to_owned(), path_set: vec!["info".to_owned()], all: None }],
        object_set: vec![ObjectSpec { obj: task.clone(), ..ObjectSpec::default() }],
        report_missing_objects_in_results: None,
    };
    let arguments = Object { type_name: "".into(), fields: vec![("specSet".into(), list(vec![spec]))] };
    let body = encode_request(Method::RetrieveProperties, &collector(), &arguments, &Header::default(), "urn:vim25");
    let response = server.send_as("/sdk", body, action).await;
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let answer = decode_response(Method::RetrieveProperties, &bytes).unwrap().unwrap();
    let content: ObjectContent = answer.items()[0].as_object().unwrap().downcast().unwrap();
    content.prop_set[0].val.as_object().unwrap().downcast().unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_result_of_a_cns_task_is_told_to_who_asks_in_its_namespace() {
    let mut server = TestServer::new(WorldConfig::small("vc-a", 1, 1));
    server.login("seatrial").await;
    let spec = CnsVolumeCreateSpec {
        name: "pvc-1".to_owned(),
        volume_type: "BLOCK".to_owned(),
        datastores: vec![server.vcenter.with_world(|world| world.datastores()[0].datastore.clone())],
        backing_object_details: CnsBlockBackingDetails { capacity_in_mb: Some(1024), ..Default::default() }.into_object(),
        ..CnsVolumeCreateSpec::default()
    };
    let manager = MoRef::new("CnsVolumeManager", "cns-volume-manager");
    let made = server.call(&manager, Method::CnsCreateVolume, vec![("createSpecs", list(vec![spec]))]).await;
    let Ok(Some(Value::Ref(task))) = made else { panic!("no task: {made:?}") };
    tokio::time::sleep(Duration::from_secs(10)).await;
    // govmomi writes the method in vim25's namespace and says in this header only what it knows.
    for action in ["urn:vsan/8.0.3.0", "\"urn:vsan/8.0.3.0\""] {
        let info = info(&server, &task, action).await;
        assert_eq!(info.result.map(|result| result.type_name()), Some("CnsVolumeOperationBatchResult".to_owned()));
    }
    let info = info(&server, &task, "urn:vim25/8.0.3.0").await;
    assert_eq!((info.state, info.result), (TaskInfoState::Success, None));
}
