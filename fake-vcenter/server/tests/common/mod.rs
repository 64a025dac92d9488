//! A vCenter under a paused clock, and a client that speaks SOAP to its endpoints.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::future::Future;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use fake_vcenter_server::VCenter;
use fake_vcenter_world::WorldConfig;
use http::{Request, Response};
use seatrial_journal::{Elapsed, Journal, MemorySink};
use seatrial_seed::{Clock, Seed, stamps};
use tokio::time::Instant;
use tower::ServiceExt;
use vsphere_codec::soap::{Header, ResponseError, decode_response, encode_request};
use vsphere_types::{DataObject, Method, MoRef, Object, Value};

struct PausedClock(Instant);

impl Clock for PausedClock {
    fn elapsed(&self) -> Elapsed {
        self.0.elapsed().into()
    }
}

pub struct TestServer {
    pub vcenter: Arc<VCenter>,
    pub entries: MemorySink,
    pub cookie: Option<String>,
}

impl TestServer {
    pub fn new(config: WorldConfig) -> Self {
        let clock = Arc::new(PausedClock(Instant::now()));
        let (journal, entries) = (Journal::new(stamps(clock.clone())), MemorySink::default());
        journal.add_sink(entries.clone());
        Self { vcenter: VCenter::new(config, Seed::new(1), clock, journal), entries, cookie: None }
    }

    /// Runs a test beside the vCenter's own loop.
    pub async fn run(&self, test: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            () = Arc::clone(&self.vcenter).run() => unreachable!("a vCenter runs for ever"),
            () = test => {}
        }
    }

    pub async fn send(&self, path: &str, body: impl Into<Body>) -> Response<Body> {
        self.send_as(path, body, "urn:vim25/8.0.3.0").await
    }

    /// The same with another `SOAPAction`.
    pub async fn send_as(&self, path: &str, body: impl Into<Body>, action: &str) -> Response<Body> {
        let mut request = Request::post(path).header("Content-Type", "text/xml").header("SOAPAction", action);
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        self.vcenter.service().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    pub async fn call(&self, this: &MoRef, method: Method, fields: Vec<(&'static str, Value)>) -> Result<Option<Value>, ResponseError> {
        let arguments = Object { type_name: "".into(), fields: fields.into_iter().map(|(name, value)| (name.into(), value)).collect() };
        let path = match method.namespace() {
            "urn:vsan" => "/vsanHealth",
            "urn:pbm" => "/pbm",
            _ => "/sdk",
        };
        let response = self.send(path, encode_request(method, this, &arguments, &Header::default(), method.namespace())).await;
        decode_response(method, &to_bytes(response.into_body(), usize::MAX).await.unwrap())
    }

    pub async fn login(&mut self, password: &str) -> Response<Body> {
        let arguments = [("userName", "administrator@vsphere.local"), ("password", password)];
        let fields = arguments.into_iter().map(|(name, value)| (name.into(), Value::Text(value.to_owned()))).collect();
        let login = Object { type_name: "".into(), fields };
        let manager = MoRef::new("SessionManager", "SessionManager");
        let response = self.send("/sdk", encode_request(Method::Login, &manager, &login, &Header::default(), "urn:vim25")).await;
        let cookie = response.headers().get("Set-Cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        if let Some(cookie) = cookie {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        response
    }
}

pub fn collector() -> MoRef {
    MoRef::new("PropertyCollector", "propertyCollector")
}

pub fn list<T: DataObject>(items: Vec<T>) -> Value {
    let items = items.into_iter().map(|item| Value::Object(item.into_object())).collect();
    Value::Array(vsphere_types::Array { item_type: T::TYPE.into(), items })
}

/// The type of the fault of a call that failed.
pub fn fault<T: std::fmt::Debug>(outcome: Result<T, ResponseError>) -> String {
    match outcome {
        Err(ResponseError::Soap(fault)) => fault.object.type_name.into(),
        other => panic!("no fault: {other:?}"),
    }
}
