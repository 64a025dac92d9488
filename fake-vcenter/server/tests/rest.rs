//! The REST endpoints as clients meet them: sessions, tagging in both styles, errors, malformed input, the journal.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use axum::body::{Body, to_bytes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::TestServer;
use fake_vcenter_world::{CategoryConfig, TagConfig, TagTarget, UserConfig, WorldConfig};
use http::{Request, Response};
use serde_json::{Value, json};
use tower::ServiceExt;

const CIS: &str = "/rest/com/vmware/cis";
const TAGGING: &str = "/rest/com/vmware/cis/tagging";

fn config() -> WorldConfig {
    let mut config = WorldConfig::small("vc-a", 2, 1);
    config.tags.categories = vec![CategoryConfig::single("k8s-zone"), CategoryConfig::multiple("tier")];
    config.tags.tags = vec![
        TagConfig::new("k8s-zone", "zone-a", vec![TagTarget::Cluster("prod".to_owned())]),
        TagConfig::new("k8s-zone", "zone-b", Vec::new()),
        TagConfig::new("tier", "gold", vec![TagTarget::Datastore("vsan-a".to_owned())]),
    ];
    let lacks = vec!["System.Read@prod".to_owned(), "InventoryService.Tagging.CreateTag".to_owned()];
    config.users.push(UserConfig { lacks, ..UserConfig::administrator("viewer@vsphere.local", "seatrial") });
    config
}

async fn raw(server: &TestServer, request: Request<Body>) -> Response<Body> {
    server.vcenter.service().oneshot(request).await.unwrap()
}

async fn read(response: Response<Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn log_in(server: &TestServer, user: &str, password: &str) -> (u16, Value) {
    let request = Request::post(format!("{CIS}/session")).header("Authorization", basic(user, password)).body(Body::empty()).unwrap();
    read(raw(server, request).await).await
}

/// A client with a session.
struct Client {
    server: TestServer,
    key: String,
}

impl Client {
    async fn new(user: &str) -> Self {
        let server = TestServer::new(config());
        let (status, answer) = log_in(&server, user, "seatrial").await;
        assert_eq!(status, 200);
        Self { key: answer["value"].as_str().unwrap().to_owned(), server }
    }

    async fn send(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = Request::builder().method(verb).uri(path).header("vmware-api-session-id", &self.key);
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        read(raw(&self.server, request.body(body).unwrap()).await).await
    }

    async fn associate(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", &format!("{TAGGING}/tag-association{path}"), Some(body)).await
    }

    /// The URN of the tag of this name.
    async fn tag(&self, name: &str) -> String {
        let (_, tags) = self.send("GET", &format!("{TAGGING}/tag"), None).await;
        for id in tags["value"].as_array().unwrap() {
            let id = id.as_str().unwrap();
            let (_, tag) = self.send("GET", &format!("{TAGGING}/tag/id:{id}"), None).await;
            if tag["value"]["name"] == name {
                return id.to_owned();
            }
        }
        panic!("no tag {name}");
    }

    fn object(&self, id: &str, kind: &str) -> Value {
        json!({ "id": id, "type": kind })
    }

    fn vm(&self) -> Value {
        let vm = self.server.vcenter.with_world(|world| world.vms()[0].vm.clone());
        self.object(&vm.id, &vm.kind)
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_opened_by_name_and_password_and_told_of_and_ended() {
    let server = TestServer::new(config());
    assert_eq!(log_in(&server, "administrator@vsphere.local", "wrong").await.0, 401);
    let (status, _) = read(raw(&server, Request::post("/api/session").body(Body::empty()).unwrap()).await).await;
    assert_eq!(status, 401);
    let client = Client::new("administrator@vsphere.local").await;
    for (verb, path) in [("POST", "/rest/com/vmware/cis/session?~action=get"), ("GET", "/rest/com/vmware/cis/session")] {
        let (status, session) = client.send(verb, path, None).await;
        assert_eq!((status, &session["value"]["user"]), (200, &json!("administrator@vsphere.local")));
    }
    let (_, session) = client.send("GET", "/api/session", None).await;
    insta::assert_json_snapshot!(session, @r#"
    {
      "created_time": "2030-01-01T00:00:00Z",
      "last_accessed_time": "2030-01-01T00:00:00Z",
      "user": "administrator@vsphere.local"
    }
    "#);
    assert_eq!(client.server.vcenter.with_world(|world| world.rest_session_count()), 1);
    assert_eq!(client.send("DELETE", "/rest/com/vmware/cis/session", None).await, (200, Value::Null));
    assert_eq!(client.send("GET", "/rest/com/vmware/cis/session", None).await.0, 401);
    assert_eq!(client.server.vcenter.with_world(|world| world.rest_session_count()), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_comes_as_a_cookie_unless_the_client_wants_none() {
    let server = TestServer::new(config());
    let request = |header: Option<&str>| {
        let request =
            Request::post("/rest/com/vmware/cis/session").header("Authorization", basic("administrator@vsphere.local", "seatrial"));
        let request = if let Some(value) = header { request.header("vmware-use-header-authn", value) } else { request };
        request.body(Body::empty()).unwrap()
    };
    assert!(raw(&server, request(Some("true"))).await.headers().get("Set-Cookie").is_none());
    let response = raw(&server, request(None)).await;
    let cookie = response.headers()["Set-Cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (status, _) =
        read(raw(&server, Request::get(format!("{TAGGING}/category")).header("Cookie", cookie).body(Body::empty()).unwrap()).await).await;
    assert_eq!(status, 200);
}

#[tokio::test(start_paused = true)]
async fn one_user_may_have_so_many_sessions_and_idle_ones_end() {
    let mut limited = config();
    limited.rest_session_limit = 2;
    let server = TestServer::new(limited);
    let admin = "administrator@vsphere.local";
    assert_eq!((log_in(&server, admin, "seatrial").await.0, log_in(&server, admin, "seatrial").await.0), (200, 200));
    let (status, error) = log_in(&server, admin, "seatrial").await;
    assert_eq!(status, 503);
    insta::assert_json_snapshot!(error, @r#"
    {
      "type": "com.vmware.vapi.std.errors.service_unavailable",
      "value": {
        "messages": [
          {
            "args": [
              "2",
              "2",
              "administrator@vsphere.local"
            ],
            "default_message": "User session count is limited to 2. Existing session count is 2 for user administrator@vsphere.local.",
            "id": "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached"
          }
        ]
      }
    }
    "#);
    assert_eq!(log_in(&server, "viewer@vsphere.local", "seatrial").await.0, 200);
    server
        .run(async {
            tokio::time::sleep(std::time::Duration::from_mins(61)).await;
            assert_eq!(log_in(&server, admin, "seatrial").await.0, 200);
            assert_eq!(server.vcenter.with_world(|world| world.rest_session_count()), 1);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_session_of_vim25_opens_rest_too() {
    let mut server = TestServer::new(config());
    server.login("seatrial").await;
    let key = server.cookie.as_ref().unwrap().split('"').nth(1).unwrap().to_owned();
    let request = Request::get(format!("{TAGGING}/category")).header("vmware-api-session-id", key).body(Body::empty()).unwrap();
    assert_eq!(read(raw(&server, request).await).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn tags_are_told_in_both_styles() {
    let client = Client::new("administrator@vsphere.local").await;
    let gold = client.tag("gold").await;
    let (_, tag) = client.send("GET", &format!("{TAGGING}/tag/id:{gold}"), None).await;
    let category = tag["value"]["category_id"].as_str().unwrap().to_owned();
    let (_, old) = client.send("GET", &format!("{TAGGING}/category/id:{category}"), None).await;
    let (_, new) = client.send("GET", &format!("/api/cis/tagging/category/{category}"), None).await;
    assert_eq!(old["value"], new);
    let mut models = json!([tag["value"], new]);
    for (place, member) in [(0, "id"), (0, "category_id"), (1, "id")] {
        models[place][member] = json!(models[place][member].as_str().unwrap().starts_with("urn:vmomi:InventoryService"));
    }
    insta::assert_json_snapshot!(models, @r#"
    [
      {
        "category_id": true,
        "description": "",
        "id": true,
        "name": "gold",
        "used_by": []
      },
      {
        "associable_types": [],
        "cardinality": "MULTIPLE",
        "description": "",
        "id": true,
        "name": "tier",
        "used_by": []
      }
    ]
    "#);
    let datastore = client.server.vcenter.with_world(|world| world.datastores()[0].datastore.clone());
    let object = client.object(&datastore.id, &datastore.kind);
    let (_, tags) = client.associate("?~action=list-attached-tags", json!({ "object_id": object })).await;
    assert_eq!(tags["value"], json!([gold]));
    let (_, rows) = client.associate("?~action=list-attached-tags-on-objects", json!({ "object_ids": [object, client.vm()] })).await;
    assert_eq!(rows["value"], json!([{ "object_id": object, "tag_ids": [gold] }]));
    let (_, rows) = client.associate("?~action=list-attached-objects-on-tags", json!({ "tag_ids": [gold] })).await;
    assert_eq!(rows["value"], json!([{ "tag_id": gold, "object_ids": [object] }]));
    let (_, objects) = client.associate(&format!("/id:{gold}?~action=list-attached-objects"), Value::Null).await;
    assert_eq!(objects["value"], json!([object]), "govmomi sends null where there is nothing to say");
    let (status, objects) =
        client.send("POST", &format!("/api/cis/tagging/tag-association/{gold}?action=list-attached-objects"), None).await;
    assert_eq!((status, objects), (200, json!([object])));
}

#[tokio::test(start_paused = true)]
async fn an_object_carries_one_tag_of_a_single_category() {
    let client = Client::new("administrator@vsphere.local").await;
    let (a, b) = (client.tag("zone-a").await, client.tag("zone-b").await);
    let attach = |tag: &str| format!("/id:{tag}?~action=attach");
    let vm = json!({ "object_id": client.vm() });
    assert_eq!(client.associate(&attach(&a), vm.clone()).await, (200, Value::Null));
    assert_eq!(client.associate(&attach(&a), vm.clone()).await, (200, Value::Null));
    let (status, error) = client.associate(&attach(&b), vm.clone()).await;
    assert_eq!((status, &error["value"]["messages"][0]["default_message"]), (400, &json!("Tagging cardinality violation")));
    let batch = json!({ "object_ids": [client.vm(), { "id": "host-99", "type": "HostSystem" }] });
    let (status, outcome) = client.associate(&format!("/id:{b}?~action=attach-tag-to-multiple-objects"), batch).await;
    assert_eq!((status, &outcome["value"]["success"]), (200, &json!(false)));
    assert_eq!(outcome["value"]["error_messages"].as_array().unwrap().len(), 2);
    let detach = format!("/id:{a}?~action=detach");
    assert_eq!(client.associate(&detach, vm.clone()).await, (200, Value::Null));
    assert_eq!(client.associate(&detach, vm.clone()).await, (200, Value::Null));
    assert_eq!(client.associate(&attach(&b), vm).await, (200, Value::Null));
}

#[tokio::test(start_paused = true)]
async fn categories_and_tags_are_made_changed_and_deleted() {
    let client = Client::new("administrator@vsphere.local").await;
    let spec = json!({ "name": "backup", "description": "", "cardinality": "SINGLE", "associable_types": ["VirtualMachine"] });
    let (status, made) = client.send("POST", &format!("{TAGGING}/category"), Some(json!({ "create_spec": spec }))).await;
    assert_eq!(status, 200);
    let category = made["value"].as_str().unwrap().to_owned();
    assert_eq!(client.send("POST", "/api/cis/tagging/category", Some(spec)).await.0, 400);
    let tag = json!({ "name": "daily", "category_id": category, "description": "" });
    let (status, made) = client.send("POST", "/api/cis/tagging/tag", Some(tag)).await;
    assert_eq!(status, 201);
    let tag = made.as_str().unwrap().to_owned();
    let datastore = client.server.vcenter.with_world(|world| world.datastores()[0].datastore.clone());
    let wrong = json!({ "object_id": client.object(&datastore.id, &datastore.kind) });
    assert_eq!(client.associate(&format!("/id:{tag}?~action=attach"), wrong).await.0, 400);
    let right = json!({ "object_id": client.vm() });
    assert_eq!(client.associate(&format!("/id:{tag}?~action=attach"), right.clone()).await.0, 200);
    let renamed = json!({ "update_spec": { "name": "nightly" } });
    assert_eq!(client.send("PATCH", &format!("{TAGGING}/tag/id:{tag}"), Some(renamed)).await.0, 200);
    assert_eq!(client.tag("nightly").await, tag);
    let narrowed = json!({ "associable_types": ["Datastore"] });
    assert_eq!(client.send("PATCH", &format!("/api/cis/tagging/category/{category}"), Some(narrowed)).await.0, 400);
    assert_eq!(client.send("DELETE", &format!("/api/cis/tagging/category/{category}"), None).await, (204, Value::Null));
    let (_, tags) = client.associate("?~action=list-attached-tags", right).await;
    assert_eq!(tags["value"], json!([]));
    let (status, error) = client.send("GET", &format!("/api/cis/tagging/tag/{tag}"), None).await;
    assert_eq!(status, 404);
    let error: Value = serde_json::from_str(&error.to_string().replace(&tag, "[urn]")).unwrap();
    insta::assert_json_snapshot!(error, @r#"
    {
      "error_type": "NOT_FOUND",
      "messages": [
        {
          "args": [
            "[urn]"
          ],
          "default_message": "Tagging object [urn] not found",
          "id": "cis.tagging.objectNotFound.error"
        }
      ]
    }
    "#);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_an_object_is_refused_its_tags() {
    let client = Client::new("viewer@vsphere.local").await;
    let zone = client.tag("zone-a").await;
    let (_, admin) = log_in(&client.server, "administrator@vsphere.local", "seatrial").await;
    let request = Request::post(format!("{TAGGING}/tag-association/id:{zone}?~action=list-attached-objects"));
    let request = request.header("vmware-api-session-id", admin["value"].as_str().unwrap()).body(Body::empty()).unwrap();
    let (_, objects) = read(raw(&client.server, request).await).await;
    let cluster = objects["value"][0].clone();
    assert_eq!(cluster["type"], "ClusterComputeResource");
    assert_eq!(client.associate("?~action=list-attached-tags", json!({ "object_id": cluster })).await.0, 403);
    let (_, objects) = client.associate(&format!("/id:{zone}?~action=list-attached-objects"), json!({})).await;
    assert_eq!(objects["value"], json!([]));
    let (_, tag) = client.send("GET", &format!("{TAGGING}/tag/id:{zone}"), None).await;
    let spec = json!({ "create_spec": { "name": "new", "category_id": tag["value"]["category_id"] } });
    assert_eq!(client.send("POST", &format!("{TAGGING}/tag"), Some(spec)).await.0, 403);
}

#[tokio::test(start_paused = true)]
async fn whatever_is_sent_gets_an_error_body_of_the_field() {
    let client = Client::new("administrator@vsphere.local").await;
    let zone = client.tag("zone-a").await;
    let bodies = [
        "",
        "{",
        "[]",
        "null",
        "{\"object_id\": 5}",
        "{\"object_id\": {\"id\": 5}}",
        "{\"tag_ids\": [1]}",
        "\u{0}",
        "{\"object_ids\": [{}]}",
    ];
    let paths = [
        "/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags".to_owned(),
        "/rest/com/vmware/cis/tagging/tag-association?~action=frobnicate".to_owned(),
        "/rest/com/vmware/cis/tagging/tag-association".to_owned(),
        format!("/rest/com/vmware/cis/tagging/tag-association/id:{zone}?~action=attach"),
        "/rest/com/vmware/cis/tagging/tag-association/id:%zz%?~action=attach".to_owned(),
        "/api/cis/tagging/tag-association?action=attach-multiple-tags-to-object".to_owned(),
        "/api/cis/tagging/category".to_owned(),
        "/api/cis/tagging/tag/urn:nobody?action=list-tags-for-category".to_owned(),
        "/api/nothing/of/the/kind".to_owned(),
    ];
    for path in &paths {
        for body in bodies {
            for verb in ["POST", "PATCH", "PUT"] {
                let request = Request::builder().method(verb).uri(path).header("vmware-api-session-id", &client.key);
                let (status, answer) = read(raw(&client.server, request.body(Body::from(body)).unwrap()).await).await;
                assert!((400..500).contains(&status), "{verb} {path} {body}: {status}");
                let kind = if path.starts_with("/api") { &answer["error_type"] } else { &answer["type"] };
                assert!(kind.is_string(), "{verb} {path} {body}: {answer}");
            }
        }
    }
    let long = Request::post(&paths[0]).body(Body::from(vec![b' '; 2 * 1024 * 1024])).unwrap();
    assert_eq!(raw(&client.server, long).await.status().as_u16(), 413);
    for header in ["Basic", "Basic !!!", "Basic eDp5", "SIGN token=", "Bearer x"] {
        let request = Request::post("/api/session").header("Authorization", header).body(Body::empty()).unwrap();
        assert_eq!(raw(&client.server, request).await.status().as_u16(), 401, "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_journal_names_calls_alike_in_both_styles_and_keeps_no_secret() {
    let client = Client::new("administrator@vsphere.local").await;
    let body = json!({ "object_id": client.vm() }).to_string();
    let describe = client.server.vcenter.describe();
    let described = |uri: &str| {
        let (head, ()) = Request::post(uri).header("vmware-api-session-id", &client.key).body(()).unwrap().into_parts();
        describe.request(&head, body.as_bytes())
    };
    let old = described("/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags");
    assert_eq!(old.method, "POST cis/tagging/tag-association?~action=list-attached-tags");
    assert_eq!(old, described("/api/cis/tagging/tag-association?action=list-attached-tags"));
    assert_eq!(old.target.as_deref(), client.vm()["id"].as_str());
    let with_id = described("/rest/com/vmware/cis/tagging/tag-association/id:urn:1?~action=attach");
    assert_eq!(
        (with_id.method.as_str(), with_id.target.as_deref()),
        ("POST cis/tagging/tag-association/{id}?~action=attach", Some("urn:1"))
    );
    assert_eq!(described("/api/session").method, "POST cis/session");

    let (head, answered) = raw(&client.server, Request::get("/api/cis/tagging/tag/urn:1").body(Body::empty()).unwrap()).await.into_parts();
    let answer = describe.answer(&old, &head, &to_bytes(answered, usize::MAX).await.unwrap(), None);
    assert_eq!((answer.status, answer.error.as_deref()), (401, Some("unauthenticated")));

    let entries = format!("{:?}", client.server.entries.entries());
    let label = old.session.unwrap();
    assert!(entries.contains(&format!("Session/{label}")) && entries.contains("rest"));
    assert!(!entries.contains(&client.key));
}
