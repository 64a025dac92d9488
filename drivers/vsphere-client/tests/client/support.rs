//! A vCenter made of a script: each method has a queue of answers, and what was asked is kept.
//!
//! It knows nothing of vSphere: that is what the tests against the fake vCenter are for.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use driver_host::{Body, BoxError, HttpService, body_from, collect_body};
use http::{Response, StatusCode};
use tower::util::BoxCloneSyncService;
use vsphere_client::{ClientOptions, Credentials, RetryBudget, VsphereClient};
use vsphere_codec::soap::{Request, decode_request, encode_fault, encode_response};
use vsphere_codec::versions::{ServiceVersions, encode_versions};
use vsphere_types::{
    AboutInfo, Fault, Method, MoRef, NotAuthenticated, ServiceContent, TaskInfo, TaskInfoState, TypedFault, UserSession, Value,
};

/// One scripted answer.
pub enum Answer {
    /// The method returns this.
    Returns(Option<Value>),
    /// The method throws this.
    Throws(Fault),
    /// The server answers with this status and no SOAP.
    Status(u16),
    /// The connection is reset.
    Reset,
    /// There is never an answer.
    Silence,
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub action: String,
    pub cookie: Option<String>,
    pub request: Request,
}

#[derive(Default)]
struct Script {
    answers: BTreeMap<Method, VecDeque<Answer>>,
    seen: Vec<Seen>,
}

/// The scripted vCenter.
#[derive(Clone, Default)]
pub struct Scripted(Arc<Mutex<Script>>);

impl Scripted {
    /// A vCenter that logs everybody in.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer for a method; they are given in this order.
    pub fn then(&self, method: Method, answer: Answer) -> &Self {
        self.0.lock().expect("no holder panics").answers.entry(method).or_default().push_back(answer);
        self
    }

    /// Adds what a method returns.
    pub fn returns(&self, method: Method, value: impl Into<Value>) -> &Self {
        self.then(method, Answer::Returns(Some(value.into())))
    }

    /// The requests for a method so far.
    pub fn seen(&self, method: Method) -> Vec<Seen> {
        self.0.lock().expect("no holder panics").seen.iter().filter(|seen| seen.request.method == Ok(method)).cloned().collect()
    }

    /// A client of it.
    pub fn client(&self) -> VsphereClient {
        self.client_with(|_| {})
    }

    /// A client of it with other options.
    pub fn client_with(&self, change: impl FnOnce(&mut ClientOptions)) -> VsphereClient {
        let random = Arc::new(|| 0x0123_4567_89ab_cdef);
        #[expect(clippy::disallowed_methods, reason = "a test stands where the host does")]
        let spawn = Arc::new(|_: &str, task| drop(tokio::spawn(task)));
        let mut options = ClientOptions::new("test", random, spawn);
        options.call_timeout = Duration::from_secs(10);
        options.retry = RetryBudget { retries: 2, ..RetryBudget::default() };
        change(&mut options);
        let credentials = Credentials { user: "user@vsphere.local".to_owned(), password: "secret".to_owned() };
        VsphereClient::new(self.service(), "vc-a.test", credentials, options)
    }

    fn service(&self) -> HttpService {
        let script = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let script = script.clone();
            async move { script.answer(request).await }
        }))
    }

    async fn answer(&self, request: http::Request<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        if head.method == http::Method::GET {
            let versions = [ServiceVersions { namespace: "urn:vsan".to_owned(), version: "8.0.0.4".to_owned(), prior: Vec::new() }];
            return Ok(Response::new(body_from(encode_versions(&versions))));
        }
        let header = |name: &str| head.headers.get(name).map(|value| value.to_str().expect("headers are ASCII").to_owned());
        let request = decode_request(&collect_body(body).await?)?;
        let method = request.method.clone().map_err(|unknown| format!("unknown method {unknown}"))?;
        let answer = {
            let mut script = self.0.lock().expect("no holder panics");
            let (path, action) = (head.uri.path().to_owned(), header("SOAPAction").unwrap_or_default());
            script.seen.push(Seen { path, action, cookie: header("cookie"), request });
            let logins = script.seen.iter().filter(|seen| seen.request.method == Ok(Method::Login)).count();
            script.answers.get_mut(&method).and_then(VecDeque::pop_front).unwrap_or_else(|| unscripted(method, logins))
        };
        // A server takes its time, so that callers at the same time do meet.
        tokio::time::sleep(Duration::from_millis(5)).await;
        match answer {
            Answer::Returns(value) => {
                let mut response = Response::new(body_from(encode_response(method, value.as_ref())));
                if method == Method::Login {
                    let count = self.seen(Method::Login).len();
                    let cookie = format!("vmware_soap_session=\"key-{count}\"; Path=/; HttpOnly; Secure").parse()?;
                    response.headers_mut().insert("set-cookie", cookie);
                }
                Ok(response)
            }
            Answer::Throws(fault) => {
                let mut response = Response::new(body_from(encode_fault(&fault)));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                Ok(response)
            }
            Answer::Status(status) => {
                let mut response = Response::new(body_from("down"));
                *response.status_mut() = StatusCode::from_u16(status)?;
                Ok(response)
            }
            Answer::Reset => Err("connection reset".into()),
            Answer::Silence => match std::future::pending::<Infallible>().await {},
        }
    }
}

fn unscripted(method: Method, logins: usize) -> Answer {
    let value: Option<Value> = match method {
        Method::RetrieveServiceContent => Some(service_content().into()),
        Method::Login => {
            Some(UserSession { key: format!("key-{logins}"), user_name: "VSPHERE.LOCAL\\user".to_owned(), ..UserSession::default() }.into())
        }
        Method::CreateListView => Some(MoRef::new("ListView", "view").into()),
        Method::CreatePropertyCollector => Some(MoRef::new("PropertyCollector", "collector").into()),
        Method::CreateFilter => Some(MoRef::new("PropertyFilter", "filter").into()),
        Method::WaitForUpdatesEx => return Answer::Silence,
        _ => None,
    };
    Answer::Returns(value)
}

fn service_content() -> ServiceContent {
    let singleton = |kind: &'static str| Some(MoRef::new(kind, kind));
    ServiceContent {
        root_folder: MoRef::new("Folder", "group-d1"),
        property_collector: MoRef::new("PropertyCollector", "propertyCollector"),
        view_manager: singleton("ViewManager"),
        about: AboutInfo { version: "8.0.3".to_owned(), ..AboutInfo::default() },
        session_manager: singleton("SessionManager"),
        task_manager: singleton("TaskManager"),
        search_index: singleton("SearchIndex"),
        ..ServiceContent::default()
    }
}

/// The fault of a session that has ended.
pub fn not_authenticated() -> Fault {
    NotAuthenticated::default().fault()
}

/// A task in a state.
pub fn task_info(task: &MoRef, state: TaskInfoState) -> TaskInfo {
    let reason = vsphere_types::TaskReasonUser { user_name: "user".to_owned() }.into();
    TaskInfo { key: task.id.clone(), task: task.clone(), state, reason, ..TaskInfo::default() }
}
