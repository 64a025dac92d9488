//! The calls themselves, against a vCenter that speaks as little SOAP as will do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use driver_host::{Body, BoxError, Host, HttpService, body_from, collect_body, kubernetes_client};
use http::{Request, Response, StatusCode};
use tower::util::BoxCloneSyncService;

use super::*;
use crate::config::Config;
use crate::doubles::{Cluster, DoubleHost, Trace, uuid};

/// What the scripted vCenter accepts and has seen.
#[derive(Clone, Default)]
struct Script {
    password: Arc<Mutex<String>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn count(&self, method: &str) -> usize {
        self.seen.lock().expect("nobody panicked").iter().filter(|seen| *seen == method).count()
    }

    fn service(&self) -> HttpService {
        let script = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let script = script.clone();
            async move { script.answer(request).await }
        }))
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let body = String::from_utf8(collect_body(request.into_body()).await?.to_vec())?;
        let known = ["RetrieveServiceContent", "Login", "Logout", "FindAllByUuid", "FindAllByDnsName"];
        let method = known.into_iter().find(|method| body.contains(&format!("<{method} "))).ok_or("an unknown method")?;
        self.seen.lock().expect("nobody panicked").push(method.to_owned());
        let right = body.contains(self.password.lock().expect("nobody panicked").as_str());
        let (status, inner) = match method {
            "RetrieveServiceContent" => (StatusCode::OK, content()),
            "Login" if !right => return Ok(refused()),
            "Login" => (StatusCode::OK, session()),
            "Logout" => (StatusCode::OK, String::new()),
            _ => (StatusCode::OK, r#"<returnval type="VirtualMachine">vm-1</returnval>"#.to_owned()),
        };
        let mut response =
            Response::new(body_from(envelope(&format!(r#"<{method}Response xmlns="urn:vim25">{inner}</{method}Response>"#))));
        *response.status_mut() = status;
        if method == "Login" {
            response.headers_mut().insert("set-cookie", "vmware_soap_session=\"one\"".parse()?);
        }
        Ok(response)
    }
}

fn envelope(inner: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"#
    )
}

fn refused() -> Response<Body> {
    let detail = r#"<InvalidLoginFault xmlns="urn:vim25" xsi:type="InvalidLogin"/>"#;
    let fault = format!(
        "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Cannot complete login.</faultstring><detail>{detail}</detail></soapenv:Fault>"
    );
    let mut response = Response::new(body_from(envelope(&fault)));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn content() -> String {
    r#"<returnval><rootFolder type="Folder">group-d1</rootFolder><propertyCollector type="PropertyCollector">pc</propertyCollector><about><name>n</name><fullName>f</fullName><vendor>v</vendor><version>8.0.3</version><build>1</build><osType>o</osType><productLineId>vpx</productLineId><apiType>VirtualCenter</apiType><apiVersion>8.0.3.0</apiVersion></about><sessionManager type="SessionManager">sm</sessionManager><searchIndex type="SearchIndex">si</searchIndex></returnval>"#.to_owned()
}

fn session() -> String {
    let time = "2026-01-01T00:00:00Z";
    format!(
        "<returnval><key>k</key><userName>u</userName><fullName>u</fullName><loginTime>{time}</loginTime><lastActiveTime>{time}</lastActiveTime><locale>en</locale><messageLocale>en</messageLocale><extensionSession>false</extensionSession><ipAddress>10.0.0.9</ipAddress><userAgent>a</userAgent><callCount>0</callCount></returnval>"
    )
}

/// A vCenter whose account is in the Secret `kube-system/vc`.
async fn connected(script: &Script, behaviours: Behaviours) -> (ClientVCenter, Cluster) {
    *script.password.lock().expect("nobody panicked") = "first".to_owned();
    let trace = Trace::new();
    let cluster = Cluster::new(trace.clone());
    cluster.secret("kube-system", "vc", &[("vc-a.username", "u"), ("vc-a.password", "first")]);
    let mut host = DoubleHost::new(trace, cluster.clone());
    host.vcenters.insert("vc-a".to_owned(), script.service());
    let host: Arc<dyn Host> = Arc::new(host);
    let config = Config::parse("f", b"global: {server: vc-a, secretName: vc}", &crate::Environment::default()).expect("it is right");
    let accounts = Accounts::new(Arc::clone(&host), kubernetes_client(cluster.service()), &config.vcenters[0], "kube-system");
    let limit = Duration::from_secs(30);
    let vcenter = ClientVCenter::connect(&host, &config.vcenters[0], Arc::new(accounts), limit, behaviours).await;
    (vcenter.unwrap_or_else(|error| panic!("{error}")), cluster)
}

#[tokio::test(start_paused = true)]
async fn all_calls_share_one_session_which_ends_at_the_end() {
    let script = Script::default();
    let (vcenter, _) = connected(&script, Behaviours::default()).await;
    for _ in 0..5 {
        assert_eq!(vcenter.by_uuid(&uuid(1)).await.expect("it answers"), [MoRef::new("VirtualMachine", "vm-1")]);
        vcenter.by_host_name("worker-1").await.expect("it answers");
    }
    vcenter.logout().await.expect("it answers");
    vcenter.logout().await.expect("there is nothing left to do");
    assert_eq!((script.count("Login"), script.count("FindAllByUuid"), script.count("Logout")), (1, 5, 1));
}

#[tokio::test(start_paused = true)]
async fn without_keeping_one_session_each_call_leaves_one_behind() {
    let script = Script::default();
    let (vcenter, _) = connected(&script, Behaviours { keep_one_session: false, ..Behaviours::default() }).await;
    for _ in 0..5 {
        vcenter.by_uuid(&uuid(1)).await.expect("it answers");
    }
    vcenter.logout().await.expect("it has nothing to do");
    assert_eq!((script.count("Login"), script.count("Logout")), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refused_account_is_read_again_and_one_that_did_not_change_is_not_tried_again() {
    let script = Script::default();
    let (vcenter, cluster) = connected(&script, Behaviours::default()).await;
    *script.password.lock().expect("nobody panicked") = "second".to_owned();
    let refused = vcenter.by_uuid(&uuid(1)).await.expect_err("the password has changed");
    assert!(matches!(refused, VCenterError::Login { .. }), "{refused}");
    assert_eq!(script.count("Login"), 1);
    cluster.secret("kube-system", "vc", &[("vc-a.username", "u"), ("vc-a.password", "second")]);
    vcenter.by_uuid(&uuid(1)).await.expect("the Secret has changed too");
    assert_eq!(script.count("Login"), 2, "the refused password is not tried again");
    // What is known stays when the Secret goes.
    cluster.remove_secret("kube-system", "vc");
    vcenter.by_uuid(&uuid(1)).await.expect("the session lives");
}

#[tokio::test(start_paused = true)]
async fn a_missing_secret_is_named() {
    let script = Script::default();
    let (vcenter, cluster) = connected(&script, Behaviours::default()).await;
    cluster.secret("kube-system", "vc", &[("vc-b.username", "u")]);
    let lacks = vcenter.by_uuid(&uuid(1)).await.expect_err("there is no account");
    cluster.remove_secret("kube-system", "vc");
    let missing = vcenter.by_uuid(&uuid(1)).await.expect_err("there is no Secret");
    insta::assert_snapshot!(format!("{lacks}\n{missing}"));
    assert_eq!(script.count("Login"), 0);
}
