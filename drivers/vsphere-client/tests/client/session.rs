//! Sessions and HTTP: who logs in when, what is sent again, and what is not.

use crate::support::{Answer, Scripted, not_authenticated};
use vsphere_client::ClientError;
use vsphere_types::request::CurrentTime;
use vsphere_types::{InvalidLogin, Method, MoRef, TypedFault, Value};

fn vm() -> MoRef {
    MoRef::new("VirtualMachine", "vm-1")
}

#[tokio::test(start_paused = true)]
async fn the_first_call_logs_in_and_later_ones_carry_the_cookie() {
    let vcenter = Scripted::new();
    vcenter.returns(Method::FindByUuid, vm());
    let client = vcenter.client();
    assert_eq!(client.find_vm_by_uuid("42").await.unwrap(), Some(vm()));
    assert_eq!(client.find_vm_by_uuid("43").await.unwrap(), None);
    assert_eq!(vcenter.seen(Method::Login).len(), 1);
    assert_eq!(vcenter.seen(Method::RetrieveServiceContent).len(), 1);
    let calls = vcenter.seen(Method::FindByUuid);
    assert_eq!(calls[1].cookie.as_deref(), Some("vmware_soap_session=\"key-1\""));
    assert_eq!((calls[0].path.as_str(), calls[0].action.as_str()), ("/sdk", "urn:vim25/8.0.3.0"));
    assert!(calls[0].request.header.operation_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn callers_at_the_same_time_share_one_login() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    let calls = (0..5).map(|_| client.find_vm_by_uuid("42"));
    for outcome in futures_in_order(calls).await {
        outcome.unwrap();
    }
    assert_eq!(vcenter.seen(Method::Login).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_has_ended_is_renewed_once_for_all() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    assert_eq!(client.session_key().await.unwrap(), "key-1");
    for _ in 0..2 {
        vcenter.then(Method::FindByUuid, Answer::Throws(not_authenticated()));
    }
    vcenter.returns(Method::FindByUuid, vm()).returns(Method::FindByUuid, vm());
    let calls = (0..2).map(|_| client.find_vm_by_uuid("42"));
    for outcome in futures_in_order(calls).await {
        assert_eq!(outcome.unwrap(), Some(vm()));
    }
    assert_eq!(vcenter.seen(Method::Login).len(), 2);
    assert_eq!(client.session_key().await.unwrap(), "key-2");
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_after_the_new_login_is_the_answer() {
    let vcenter = Scripted::new();
    for _ in 0..2 {
        vcenter.then(Method::FindByUuid, Answer::Throws(not_authenticated()));
    }
    let error = vcenter.client().find_vm_by_uuid("42").await.unwrap_err();
    assert_eq!(error.fault_type(), Some("NotAuthenticated"));
    assert_eq!(vcenter.seen(Method::FindByUuid).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_said_without_repeating_it() {
    let vcenter = Scripted::new();
    vcenter.then(Method::Login, Answer::Throws(InvalidLogin::default().fault()));
    let error = vcenter.client().session_key().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to log in as user@vsphere.local: Cannot complete login due to an incorrect user name or password."
    );
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_is_asked_again_within_the_budget() {
    let vcenter = Scripted::new();
    vcenter.then(Method::FindByUuid, Answer::Status(503)).then(Method::FindByUuid, Answer::Status(503)).returns(Method::FindByUuid, vm());
    assert_eq!(vcenter.client().find_vm_by_uuid("42").await.unwrap(), Some(vm()));

    for _ in 0..9 {
        vcenter.then(Method::FindByUuid, Answer::Status(503));
    }
    let error = vcenter.client().find_vm_by_uuid("42").await.unwrap_err();
    assert!(matches!(&error, ClientError::Status { status, .. } if status.as_u16() == 503), "{error}");
    assert_eq!(vcenter.seen(Method::FindByUuid).len(), 3 + 3);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_have_arrived_is_not_sent_again() {
    for lost in [Answer::Status(502), Answer::Status(503), Answer::Reset, Answer::Silence] {
        let vcenter = Scripted::new();
        vcenter.then(Method::CnsDeleteVolume, lost);
        let error = vcenter.client().cns_delete_volume("v", true).await.unwrap_err();
        assert!(!error.had_no_effect(), "{error}");
        assert_eq!(vcenter.seen(Method::CnsDeleteVolume).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn logging_out_ends_the_session_and_the_next_call_logs_in_anew() {
    let vcenter = Scripted::new();
    let client = vcenter.client();
    client.logout().await.unwrap();
    assert!(vcenter.seen(Method::Logout).is_empty(), "there was nothing to end");
    client.session_key().await.unwrap();
    client.logout().await.unwrap();
    assert_eq!(vcenter.seen(Method::Logout).len(), 1);
    assert_eq!(client.session_user().await.unwrap(), "VSPHERE.LOCAL\\user");
    assert_eq!(vcenter.seen(Method::Login).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_operation_id_can_be_given() {
    let vcenter = Scripted::new();
    let client = vcenter.client().with_operation_id("pvc-1");
    client.invoke(&vm(), CurrentTime {}).await.unwrap_err();
    assert_eq!(vcenter.seen(Method::CurrentTime)[0].request.header.operation_id.as_deref(), Some("pvc-1"));
}

#[tokio::test(start_paused = true)]
async fn volumes_are_read_page_by_page_at_the_service_of_cns() {
    use vsphere_types::{CnsCursor, CnsQueryFilter, CnsQueryResult, CnsVolume};
    let vcenter = Scripted::new();
    let page = |offset, total| {
        let cursor = CnsCursor { offset, limit: 1000, total_records: Some(total) };
        Value::from(CnsQueryResult { volumes: vec![CnsVolume::default()], cursor })
    };
    vcenter.returns(Method::CnsQueryVolume, page(1, 2)).returns(Method::CnsQueryVolume, page(2, 2));
    let volumes = vcenter.client().cns_query_volumes(CnsQueryFilter::default()).await.unwrap();
    assert_eq!(volumes.len(), 2);
    let calls = vcenter.seen(Method::CnsQueryVolume);
    assert_eq!((calls[0].path.as_str(), calls[0].action.as_str()), ("/vsanHealth", "urn:vsan/8.0.0.4"));
    assert_eq!(calls[0].request.namespace, "urn:vsan");
}

/// Runs futures at the same time, polling them in order.
async fn futures_in_order<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut pending {
            if output.is_none()
                && let std::task::Poll::Ready(done) = future.as_mut().poll(context)
            {
                *output = Some(done);
            }
        }
        if pending.iter().all(|(_, output)| output.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    pending.into_iter().map(|(_, output)| output.expect("all have ended")).collect()
}
