//! Watching a real server: a list, then a watch from there, for each resource that is mirrored.
//!
//! It goes past the wires, as an administrator: neither faults nor a killed proxy make the journal blind. After whatever
//! ends a watch it lists again; what has gone in the meantime is told then.

use std::time::Duration;

use bytes::BytesMut;
use driver_host::{BoxError, HttpService, collect_body, empty_body, send};
use http::Request;
use http_body_util::BodyExt;
use seatrial_wires::Process;
use serde_json::Value;

use super::MirroredResource;
use super::mirror::{Mirror, key, mirrored_resources, revision};

/// How long after an error it is tried again.
const PAUSE: Duration = Duration::from_secs(2);
/// How long one watch may last.
const WATCH_SECONDS: u32 = 3000;

/// Mirrors the server for as long as `process` lives.
pub fn watch(process: &Process, service: &HttpService, mirror: &Mirror) {
    for kind in mirrored_resources() {
        start(process, service, mirror, kind);
    }
}

fn start(process: &Process, service: &HttpService, mirror: &Mirror, kind: MirroredResource) {
    let watcher = Watcher { process: process.clone(), service: service.clone(), mirror: mirror.clone(), kind };
    process.spawn(&format!("mirror {}", watcher.kind.plural), watcher.run());
}

struct Watcher {
    process: Process,
    service: HttpService,
    mirror: Mirror,
    kind: MirroredResource,
}

impl Watcher {
    async fn run(self) {
        let mut known = std::collections::BTreeSet::new();
        loop {
            // A definition that has gone ends its watch and its lists: 404 is tried again, it may come back.
            if let Err(error) = self.once(&mut known).await {
                self.process.log(&format!("watch of {} ended: {error}; lists again", self.kind.plural));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lists, then watches until the watch ends.
    async fn once(&self, definitions: &mut std::collections::BTreeSet<MirroredResource>) -> Result<(), BoxError> {
        let list: Value = serde_json::from_slice(&collect_body(self.get(&self.kind.path()).await?).await?)?;
        let mut gone = self.mirror.keys_of(&self.kind.plural);
        for item in list["items"].as_array().into_iter().flatten() {
            let mut item = item.clone();
            // Items of lists do not say what they are.
            item["apiVersion"] = list["apiVersion"].clone();
            item["kind"] = list["kind"].as_str().unwrap_or_default().trim_end_matches("List").into();
            let of = key(&self.kind.plural, &item);
            gone.retain(|known| *known != of);
            self.is(&item, definitions);
        }
        let mut at = revision(&list);
        gone.iter().for_each(|key| self.mirror.is_gone(key, at));
        loop {
            let path = format!("{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}&resourceVersion={at}", self.kind.path());
            let mut body = self.get(&path).await?;
            let mut rest = BytesMut::new();
            while let Some(frame) = body.frame().await {
                let Ok(data) = frame?.into_data() else { continue };
                rest.extend_from_slice(&data);
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    at = self.event(&rest.split_to(end + 1), definitions)?.max(at);
                }
            }
        }
    }

    fn event(&self, line: &[u8], definitions: &mut std::collections::BTreeSet<MirroredResource>) -> Result<u64, BoxError> {
        let event: Value = serde_json::from_slice(line)?;
        let object = &event["object"];
        match event["type"].as_str().unwrap_or_default() {
            "ADDED" | "MODIFIED" => self.is(object, definitions),
            "DELETED" => self.mirror.is_gone(&key(&self.kind.plural, object), revision(object)),
            "BOOKMARK" => {}
            _ => return Err(object["message"].as_str().unwrap_or("an event that says nothing").into()),
        }
        Ok(revision(object))
    }

    /// An object is there; a definition brings a resource of its own.
    fn is(&self, object: &Value, definitions: &mut std::collections::BTreeSet<MirroredResource>) {
        self.mirror.is(&self.kind.plural, object, None);
        if self.kind.plural == "customresourcedefinitions"
            && let Some(kind) = defined(object)
            && definitions.insert(kind.clone())
        {
            start(&self.process, &self.service, &self.mirror, kind);
        }
    }

    async fn get(&self, path: &str) -> Result<driver_host::Body, BoxError> {
        let response = send(self.service.clone(), Request::get(path).body(empty_body())?).await?;
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        Err(format!("GET {path} was answered {}", response.status()).into())
    }
}

/// What a definition defines, once it is served.
fn defined(definition: &Value) -> Option<MirroredResource> {
    let is_true = |name: &str| {
        let mut conditions = definition["status"]["conditions"].as_array()?.iter();
        conditions.find(|condition| condition["type"] == name && condition["status"] == "True")
    };
    is_true("Established")?;
    let spec = &definition["spec"];
    let version = spec["versions"].as_array()?.iter().find(|version| version["storage"] == true && version["served"] == true)?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Some(MirroredResource { group: text(&spec["group"])?, version: text(&version["name"])?, plural: text(&spec["names"]["plural"])? })
}
