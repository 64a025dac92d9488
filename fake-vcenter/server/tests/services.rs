//! What each endpoint answers while a service is stopped, and how clients find the vCenter afterwards.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::to_bytes;
use common::{TestServer, collector};
use fake_vcenter_world::{Service, WorldConfig};
use vsphere_codec::soap::{Header, encode_request};
use vsphere_types::{CnsQueryFilter, Method, MoRef, Object, Value, WaitOptions};

/// Status, type and text of an endpoint's answer; of a typed fault its type and text.
async fn answer(server: &TestServer, path: &str, body: Vec<u8>) -> String {
    let response = server.send(path, body).await;
    let status = response.status();
    let kind = response.headers().get("Content-Type").map_or("nothing", |kind| kind.to_str().unwrap()).to_owned();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let between = |start: &str, end: &str| Some(text.split_once(start)?.1.split_once(end)?.0.to_owned());
    match between("<faultstring>", "</faultstring>") {
        Some(fault) => format!("{status} {kind}: {fault}"),
        None if status.is_success() => format!("{status} {kind}"),
        None => format!("{status} {kind}: {}", text.lines().next().unwrap_or_default()),
    }
}

fn query() -> Vec<u8> {
    let filter = ("filter".into(), Value::of(CnsQueryFilter::default()));
    let arguments = Object { type_name: "".into(), fields: vec![filter] };
    let cns = MoRef::new("CnsVolumeManager", "cns-volume-manager");
    encode_request(Method::CnsQueryVolume, &cns, &arguments, &Header::default(), "urn:vsan")
}

fn time() -> Vec<u8> {
    let instance = MoRef::new("ServiceInstance", "ServiceInstance");
    encode_request(Method::CurrentTime, &instance, &Object::new(""), &Header::default(), "urn:vim25")
}

#[tokio::test(start_paused = true)]
async fn each_endpoint_says_in_its_own_way_that_its_service_is_stopped() {
    let mut lines = String::new();
    for service in Service::ALL {
        let mut server = TestServer::new(WorldConfig::small("vc-a", 1, 1));
        server.login("seatrial").await;
        let now = server.vcenter.now();
        server.vcenter.with_world(|world| world.stop_service(now, service));
        writeln!(lines, "{} stopped", service.name()).unwrap();
        for (path, body) in [("/sdk", time()), ("/vsanHealth", query())] {
            writeln!(lines, "  {path}: {}", answer(&server, path, body).await).unwrap();
        }
        for path in ["/pbm/sdk", "/rest/com/vmware/cis/session", "/api/session"] {
            let told = answer(&server, path, Vec::new()).await;
            writeln!(lines, "  {path}: {}", if told.starts_with("503") { told.as_str() } else { "somebody answers" }).unwrap();
        }
        server.vcenter.with_world(|world| world.start_service(now, service));
        let session = if service == Service::Vpxd { "no longer" } else { "still" };
        writeln!(
            lines,
            "  started again, /vsanHealth with the session that {session} lives: {}",
            answer(&server, "/vsanHealth", query()).await
        )
        .unwrap();
    }
    insta::assert_snapshot!(lines);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_when_vpxd_stops_is_told_by_the_proxy() {
    let mut server = TestServer::new(WorldConfig::small("vc-a", 1, 1));
    server.login("seatrial").await;
    let fields = vec![("options".into(), Value::of(WaitOptions { max_wait_seconds: Some(600), max_object_updates: None }))];
    let arguments = Object { type_name: "".into(), fields };
    let body = encode_request(Method::WaitForUpdatesEx, &collector(), &arguments, &Header::default(), "urn:vim25");
    let stop = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let now = server.vcenter.now();
        server.vcenter.with_world(|world| world.stop_service(now, Service::Vpxd));
    };
    let mut told = std::pin::pin!(answer(&server, "/sdk", body));
    tokio::select! {
        biased;
        told = &mut told => panic!("nothing has happened, and yet: {told}"),
        () = stop => {}
    }
    let told = told.await;
    assert!(told.starts_with("503 Service Unavailable"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_service_is_in_the_journal_and_no_secret_is() {
    let mut config = WorldConfig::small("vc-a", 1, 1);
    config.key_providers =
        vec![fake_vcenter_world::KeyProviderConfig { default: true, ..fake_vcenter_world::KeyProviderConfig::standard("kp-1") }];
    config.inventory.datacenters[0].vms[0].encrypted_with = Some("kp-1".to_owned());
    let mut server = TestServer::new(config);
    server.login("seatrial").await;
    let key = server.cookie.as_ref().unwrap().split('"').nth(1).unwrap().to_owned();
    let now = server.vcenter.now();
    server.vcenter.with_world(|world| world.stop_service(now, Service::Sps));
    let journal = format!("{:?}", server.entries.entries());
    assert!(journal.contains("Service/sps") && journal.contains("KeyProvider/kp-1"));
    assert!(!journal.contains(&key), "the session's key is in the journal");
    assert!(!journal.contains("\"seatrial\""), "the password is in the journal");
}
