//! The endpoints as clients meet them: sessions, faults, malformed input, versions.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use axum::body::to_bytes;
use common::{TestServer, collector, fault};
use fake_vcenter_world::WorldConfig;
use http::{Request, StatusCode};
use seatrial_journal::Flow;
use tower::ServiceExt;
use vsphere_types::{Method, MoRef, Value};

fn server() -> TestServer {
    TestServer::new(WorldConfig::small("vc-a", 2, 1))
}

fn time() -> (MoRef, Method) {
    (MoRef::new("ServiceInstance", "ServiceInstance"), Method::CurrentTime)
}

#[tokio::test(start_paused = true)]
async fn a_session_lives_in_a_cookie_from_login_to_logout() {
    let mut server = server();
    let manager = MoRef::new("SessionManager", "SessionManager");
    assert_eq!(server.login("wrong").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(server.cookie, None);
    assert_eq!(fault(server.call(&manager, Method::Logout, vec![]).await), "NotAuthenticated");
    assert_eq!(server.login("seatrial").await.status(), StatusCode::OK);
    assert!(server.cookie.as_ref().unwrap().starts_with("vmware_soap_session=\"52"));
    let again = server.login("seatrial").await;
    assert_eq!(again.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let text = String::from_utf8(to_bytes(again.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    assert!(text.contains("Cannot complete login due to an incorrect user name or password."), "{text}");
    server.call(&manager, Method::Logout, vec![]).await.unwrap();
    assert_eq!(fault(server.call(&manager, Method::Logout, vec![]).await), "NotAuthenticated");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_uses_ends_after_half_an_hour() {
    let mut server = server();
    server.login("seatrial").await;
    server
        .run(async {
            for _ in 0..3 {
                tokio::time::sleep(std::time::Duration::from_mins(25)).await;
                let (this, method) = time();
                server.call(&this, method, vec![]).await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_mins(31)).await;
            assert_eq!(server.vcenter.with_world(|world| world.session_count()), 0);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_gets_a_typed_answer() {
    let server = server();
    for body in ["", "<", "<a/>", "not xml at all", "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"/>"] {
        for path in ["/sdk", "/vsanHealth", "/pbm", "/vslm/sdk"] {
            let response = server.send(path, body).await;
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{body}");
            let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
            assert!(text.contains("InvalidRequest"), "{text}");
        }
    }
    assert_eq!(server.send("/sdk", vec![b' '; 5 * 1024 * 1024]).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(server.send("/nowhere", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_not_there_is_named_and_a_method_must_fit_its_object() {
    let mut server = server();
    server.login("seatrial").await;
    let gone = MoRef::new("VirtualMachine", "vm-4711");
    assert_eq!(fault(server.call(&gone, Method::PowerOffVmTask, vec![]).await), "ManagedObjectNotFound");
    assert_eq!(fault(server.call(&collector(), Method::PowerOffVmTask, vec![]).await), "MethodNotFound");
}

#[tokio::test(start_paused = true)]
async fn the_versions_are_those_of_the_release() {
    let server = server();
    for (path, version) in [("/sdk/vimServiceVersions.xml", "8.0.3.0"), ("/sdk/vsanServiceVersions.xml", "8.0.3.0")] {
        let response = server.vcenter.service().oneshot(Request::get(path).body(axum::body::Body::empty()).unwrap()).await.unwrap();
        let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
        let first = text.find("<version>").map(|place| &text[place + 9..]).unwrap();
        assert!(first.starts_with(version), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_journal_reads_a_call_without_its_secrets() {
    let mut server = server();
    server.login("seatrial").await;
    let vm = server.vcenter.with_world(|world| world.vm_named("worker-1").unwrap().vm);
    let spec = vsphere_types::CnsVolumeAttachDetachSpec {
        volume_id: vsphere_types::CnsVolumeId { id: "a-volume".to_owned() },
        vm: vm.clone(),
        ..Default::default()
    };
    let arguments = vsphere_types::Object { type_name: "".into(), fields: vec![("attachSpecs".into(), common::list(vec![spec]))] };
    let cns = MoRef::new("CnsVolumeManager", "cns-volume-manager");
    let body =
        vsphere_codec::soap::encode_request(Method::CnsAttachVolume, &cns, &arguments, &vsphere_codec::soap::Header::default(), "urn:vsan");
    let (head, ()) = Request::post("/vsanHealth").header("Cookie", server.cookie.clone().unwrap()).body(()).unwrap().into_parts();
    let described = server.vcenter.describe().request(&head, &body);
    assert_eq!((described.method.as_str(), described.target.as_deref()), ("CnsAttachVolume", Some("a-volume")));
    assert_eq!((described.flow, &described.args), (Flow::Unary, &serde_json::json!({ "volume": "a-volume", "vm": vm.id })));
    let label = described.session.clone().unwrap();
    assert_eq!(label.len(), 8);
    assert!(!server.cookie.as_ref().unwrap().contains(&label));

    let response = server.send("/vsanHealth", body).await;
    let (head, body) = response.into_parts();
    let answer = server.vcenter.describe().answer(&described, &head, &to_bytes(body, usize::MAX).await.unwrap(), None);
    assert_eq!((answer.status, answer.error), (200, None));
    assert!(answer.result["task"].as_str().unwrap().starts_with("task-"));

    let (head, body) = server.login("wrong").await.into_parts();
    let answer = server.vcenter.describe().answer(&described, &head, &to_bytes(body, usize::MAX).await.unwrap(), None);
    assert_eq!((answer.status, answer.error.as_deref()), (500, Some("InvalidLogin")));

    let wait = vsphere_codec::soap::encode_request(
        Method::WaitForUpdatesEx,
        &collector(),
        &vsphere_types::Object { type_name: "".into(), fields: vec![("version".into(), Value::Text(String::new()))] },
        &vsphere_codec::soap::Header::default(),
        "urn:vim25",
    );
    let (head, ()) = Request::post("/sdk").body(()).unwrap().into_parts();
    let described = server.vcenter.describe().request(&head, &wait);
    assert_eq!((described.flow, described.target.as_deref(), described.session), (Flow::LongPoll, Some("propertyCollector"), None));
}

#[tokio::test(start_paused = true)]
async fn a_call_marks_its_effect_when_it_has_one() {
    let server = server();
    let marked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    for (method, this, expected) in [
        (Method::CurrentTime, time().0, 1),
        (Method::Logout, MoRef::new("SessionManager", "SessionManager"), 1),
        (Method::CurrentTime, time().0, 2),
    ] {
        let counter = std::sync::Arc::clone(&marked);
        let mark = seatrial_journal::EffectMark::new(move || {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
        let nothing = vsphere_types::Object::new("");
        let header = vsphere_codec::soap::Header::default();
        let body = vsphere_codec::soap::encode_request(method, &this, &nothing, &header, "urn:vim25");
        let body = http_body_util::BodyExt::boxed_unsync(http_body_util::BodyExt::map_err(
            http_body_util::Full::new(bytes::Bytes::from(body)),
            |never| match never {},
        ));
        let request = Request::post("/sdk").extension(mark).body(body).unwrap();
        server.vcenter.http_service().oneshot(request).await.unwrap();
        assert_eq!(marked.load(std::sync::atomic::Ordering::Relaxed), expected);
    }
}
