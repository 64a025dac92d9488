//! REST: sessions and tags, against a service that plays both from a table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use driver_host::{Body, BoxError, HttpService, body_from, collect_body};
use http::{Request, Response, StatusCode};
use tower::util::BoxCloneSyncService;
use vsphere_client::{ClientError, ClientOptions, Credentials, Tag, VsphereClient};
use vsphere_types::MoRef;

/// Answers by verb and path, and what was asked.
#[derive(Clone, Default)]
struct Rest {
    answers: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// How many sessions there have been; the last one lives.
    sessions: Arc<Mutex<usize>>,
}

const ATTACHED: &str = "POST /tagging/tag-association?~action=list-attached-tags-on-objects";

impl Rest {
    fn says(&self, asked: &str, status: u16, body: &str) -> &Self {
        self.answers.lock().expect("no holder panics").insert(asked.to_owned(), (status, body.to_owned()));
        self
    }

    /// All that was asked so far, and nothing of it the next time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("no holder panics"))
    }

    /// Ends the session, as an hour without a call does.
    fn end_sessions(&self) {
        *self.sessions.lock().expect("no holder panics") += 1;
    }

    fn client(&self) -> VsphereClient {
        #[expect(clippy::disallowed_methods, reason = "a test stands where the host does")]
        let spawn = Arc::new(|_: &str, task| drop(tokio::spawn(task)));
        let options = ClientOptions::new("test", Arc::new(|| 7), spawn);
        let credentials = Credentials { user: "user@vsphere.local".to_owned(), password: "secret".to_owned() };
        VsphereClient::new(self.service(), "vc-a.test", credentials, options)
    }

    fn service(&self) -> HttpService {
        let rest = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let rest = rest.clone();
            async move { rest.answer(request).await }
        }))
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let asked = format!("{} {}", head.method, path.strip_prefix("/rest/com/vmware/cis").unwrap_or(&path));
        let body = String::from_utf8(collect_body(body).await?.to_vec())?;
        self.asked.lock().expect("no holder panics").push(if body.is_empty() { asked.clone() } else { format!("{asked} {body}") });
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let mut sessions = self.sessions.lock().expect("no holder panics");
        let (status, answer) = if asked == "POST /session" {
            // user@vsphere.local:secret
            assert_eq!(header("authorization"), "Basic dXNlckB2c3BoZXJlLmxvY2FsOnNlY3JldA==");
            *sessions += 1;
            (200, format!(r#"{{"value": "session-{sessions}"}}"#))
        } else if header("vmware-api-session-id") != format!("session-{sessions}") {
            let kind = "com.vmware.vapi.std.errors.unauthenticated";
            (401, format!(r#"{{"type": "{kind}", "value": {{"messages": [{{"default_message": "log in first"}}]}}}}"#))
        } else {
            let missing = (404, r#"{"type": "com.vmware.vapi.std.errors.not_found", "value": {"messages": []}}"#.to_owned());
            self.answers.lock().expect("no holder panics").get(&asked).cloned().unwrap_or(missing)
        };
        let mut response = Response::new(body_from(answer));
        *response.status_mut() = StatusCode::from_u16(status)?;
        Ok(response)
    }
}

/// Two objects, of which one has a tag that has just been deleted beside two that are there.
fn tagged() -> Rest {
    let rest = Rest::default();
    let rows = r#"{"value": [
        {"object_id": {"type": "HostSystem", "id": "host-9"}, "tag_ids": ["urn:b", "urn:a", "urn:gone"]},
        {"object_id": {"type": "Datacenter", "id": "datacenter-2"}, "tag_ids": ["urn:a"]}
    ]}"#;
    rest.says(ATTACHED, 200, rows)
        .says("GET /tagging/tag/id:urn:a", 200, r#"{"value": {"id": "urn:a", "name": "zone-a", "category_id": "urn:z"}}"#)
        .says("GET /tagging/tag/id:urn:b", 200, r#"{"value": {"id": "urn:b", "name": "west", "category_id": "urn:r"}}"#)
        .says("GET /tagging/category/id:urn:z", 200, r#"{"value": {"id": "urn:z", "name": "k8s-zone"}}"#)
        .says("GET /tagging/category/id:urn:r", 200, r#"{"value": {"id": "urn:r", "name": "k8s-region"}}"#)
        .says("GET /tagging/category", 200, r#"{"value": ["urn:z", "urn:r"]}"#);
    rest
}

fn objects() -> [MoRef; 3] {
    [MoRef::new("HostSystem", "host-9"), MoRef::new("Datacenter", "datacenter-2"), MoRef::new("Folder", "group-d1")]
}

fn tag(category: &str, name: &str) -> Tag {
    Tag { category: category.to_owned(), name: name.to_owned() }
}

#[tokio::test(start_paused = true)]
async fn tags_are_read_in_one_call_and_names_are_believed_for_a_minute() {
    let rest = tagged();
    let client = rest.client();
    let tags = client.tags_on(&objects()).await.expect("it answers");
    assert_eq!(tags[&objects()[0]], [tag("k8s-region", "west"), tag("k8s-zone", "zone-a")]);
    assert_eq!(tags[&objects()[1]], [tag("k8s-zone", "zone-a")]);
    assert_eq!(tags[&objects()[2]], []);
    let ids = r#"{"object_ids":[{"id":"host-9","type":"HostSystem"},{"id":"datacenter-2","type":"Datacenter"},{"id":"group-d1","type":"Folder"}]}"#;
    assert_eq!(
        rest.asked(),
        [
            "POST /session",
            &format!("{ATTACHED} {ids}"),
            "GET /tagging/tag/id:urn:b",
            "GET /tagging/category/id:urn:r",
            "GET /tagging/tag/id:urn:a",
            "GET /tagging/category/id:urn:z",
            "GET /tagging/tag/id:urn:gone",
        ]
    );
    client.tags_on(&objects()).await.expect("it answers");
    assert_eq!(rest.asked().len(), 2, "the association, and the tag that is gone");
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    rest.says("GET /tagging/category/id:urn:z", 200, r#"{"value": {"id": "urn:z", "name": "renamed"}}"#);
    let tags = client.tags_on(&objects()).await.expect("it answers");
    assert_eq!(tags[&objects()[1]], [tag("renamed", "zone-a")]);
    assert_eq!(client.tag_categories().await.expect("it answers").into_iter().collect::<Vec<_>>(), ["k8s-region", "renamed"]);
    assert!(client.tags_on(&[]).await.expect("there is nothing to ask").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_has_ended_is_renewed_once_and_ends_with_the_client_s() {
    let rest = tagged();
    let client = rest.client();
    client.rest().get("/tagging/category").await.expect("it answers");
    rest.end_sessions();
    client.rest().get("/tagging/category").await.expect("it answers in a new session");
    rest.says("DELETE /session", 200, "");
    client.logout().await.expect("there is no other session to end");
    client.logout().await.expect("there is nothing left to do");
    let asked = rest.asked();
    let count = |what: &str| asked.iter().filter(|asked| *asked == what).count();
    assert_eq!((count("POST /session"), count("GET /tagging/category"), count("DELETE /session")), (2, 3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_it_is_and_a_service_that_is_down_gives_its_status() {
    let rest = tagged();
    let client = rest.client();
    let denied = r#"{"type": "com.vmware.vapi.std.errors.unauthorized", "value": {"messages": [{"default_message": "no read access"}]}}"#;
    rest.says(ATTACHED, 403, denied);
    let error = client.tags_on(&objects()).await.expect_err("it may not be seen");
    assert_eq!(
        error.to_string(),
        "POST /rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags-on-objects was refused with 403 Forbidden unauthorized: no read access"
    );
    rest.says(ATTACHED, 503, "no healthy upstream");
    let error = client.tags_on(&objects()).await.expect_err("it is down");
    assert!(matches!(error, ClientError::Status { status, .. } if status == 503), "{error}");
    rest.says(ATTACHED, 200, r#"{"value": 7}"#);
    let error = client.tags_on(&objects()).await.expect_err("it is no list");
    assert!(matches!(error, ClientError::Lacks { .. }), "{error}");
    let missing = client.rest().get("/tagging/tag/id:urn:gone").await.expect_err("it is gone");
    assert!(missing.is_not_found() && missing.had_no_effect(), "{missing}");
}
