//! Every method that we know is either served or in the committed list of those that are not.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use std::fmt::Write as _;

use common::{TestServer, collector};
use fake_vcenter_world::{CallContext, Reply, WorldConfig, is_served};
use vsphere_types::{Fault, Method, MoRef, Object, Value, is_subtype};

/// The committed list; a failure prints what it should be.
const UNSERVED: &str = include_str!("unserved-methods.txt");

#[test]
fn the_list_of_unserved_methods_is_up_to_date() {
    let mut list = String::new();
    for method in Method::ALL.iter().filter(|method| !is_served(**method)) {
        writeln!(list, "{}.{method}", method.info().object).unwrap();
    }
    assert_eq!(list, UNSERVED, "unserved-methods.txt should read:\n{list}");
}

#[tokio::test(start_paused = true)]
async fn served_methods_are_carried_out_and_others_refused_by_a_typed_fault() {
    let mut server = TestServer::new(WorldConfig::small("vc-a", 1, 1));
    server.login("seatrial").await;
    let key = server.cookie.as_ref().and_then(|cookie| cookie.split('"').nth(1)).map(str::to_owned);
    let mut tried = 0;
    for method in Method::ALL {
        let context = CallContext { session: key.clone(), ..CallContext::default() };
        let Some(this) = object_with(&server, *method) else { continue };
        if matches!(method, Method::Logout) {
            continue;
        }
        tried += 1;
        let now = server.vcenter.now();
        let outcome = server.vcenter.with_world(|world| world.call(now, &context, &this, *method, &Object::new("")));
        let refused = matches!(&outcome, Err(Fault { object, .. }) if object.type_name == "NotSupported");
        assert_eq!(refused, !is_served(*method), "{method}: {outcome:?}");
        assert!(!matches!(outcome, Ok(Reply::LoggedIn { .. })), "{method} needs a password");
    }
    assert!(tried > 100, "only {tried} methods have an object here");
}

/// An object that has the method, if this inventory has one.
fn object_with(server: &TestServer, method: Method) -> Option<MoRef> {
    let vm = server.vcenter.with_world(|world| world.vms()[0].clone());
    let mut objects = vec![vm.vm, vm.host, collector(), MoRef::new("Folder", "group-d1")];
    objects.push(server.vcenter.with_world(|world| world.datastores()[0].datastore.clone()));
    let singletons = [
        ("ServiceInstance", "ServiceInstance"),
        ("SessionManager", "SessionManager"),
        ("ViewManager", "ViewManager"),
        ("SearchIndex", "SearchIndex"),
        ("AuthorizationManager", "AuthorizationManager"),
        ("TaskManager", "TaskManager"),
        ("OptionManager", "VpxSettings"),
        ("EventManager", "EventManager"),
        ("FileManager", "FileManager"),
        ("VirtualDiskManager", "virtualDiskManager"),
        ("CustomFieldsManager", "CustomFieldsManager"),
        ("VcenterVStorageObjectManager", "VStorageObjectManager"),
        ("CnsVolumeManager", "cns-volume-manager"),
        ("VslmServiceInstance", "ServiceInstance"),
        ("VslmVStorageObjectManager", "VStorageObjectManager"),
    ];
    objects.extend(singletons.map(|(kind, id)| MoRef::new(kind, id)));
    objects.into_iter().find(|object| is_subtype(&object.kind, method.info().object))
}

#[tokio::test(start_paused = true)]
async fn a_method_that_nobody_knows_is_not_found() {
    let mut server = TestServer::new(WorldConfig::small("vc-a", 1, 1));
    server.login("seatrial").await;
    let body = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><Frobnicate xmlns=\"urn:vim25\">\
                <_this type=\"Folder\">group-d1</_this></Frobnicate></e:Body></e:Envelope>";
    let response = server.send("/sdk", body).await;
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let outcome: Result<Option<Value>, _> = vsphere_codec::soap::decode_response(Method::Reload, &bytes);
    assert_eq!(common::fault(outcome), "MethodNotFound");
}
