//! Watches: a body of JSON lines that awaits the store's changes.
//!
//! Modelled: initial events with their closing bookmark, bookmarks about every minute and about two seconds before
//! the end, 410 as an ERROR event, the end at `timeoutSeconds` or after 30 to 60 minutes. Not modelled: the watch
//! cache's own delays (an event is there as soon as the write is).

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use driver_host::{Body, BoxError};
use futures::{StreamExt, stream};
use http::Response;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::accept::Form;
use super::handle::Asked;
use super::options::{self, WatchOptions};
use super::{ApiServer, respond};
use crate::store::{Place, Resource, Selection, Status, WatchEvent, value::put};

/// How long a watch lasts at least when the client does not say.
const SHORTEST: Duration = Duration::from_secs(1800);
/// Between bookmarks.
const BOOKMARK_INTERVAL: Duration = Duration::from_secs(60);
/// From the last bookmark to the end.
const LAST_BOOKMARK: Duration = Duration::from_secs(2);
/// The most by which a bookmark comes late.
const BOOKMARK_LATE: Duration = Duration::from_millis(1250);

/// One watch.
struct Watching {
    server: Arc<ApiServer>,
    /// Rings when something of the resource has changed.
    notifier: Arc<Notify>,
    at: Place,
    selection: Selection,
    form: Form,
    resource: Arc<Resource>,
    /// `apiVersion` of its objects.
    api_version: String,
    /// Whether the next table needs its column definitions.
    heads: bool,
    /// Everything up to this version has been told.
    cursor: u64,
    lines: VecDeque<Bytes>,
    /// When the next bookmark is due; `None` when there is none.
    bookmark: Option<Instant>,
    deadline: Instant,
    ended: bool,
}

/// Begins a watch.
pub async fn watch(server: &Arc<ApiServer>, resource: &Arc<Resource>, asked: Asked) -> Result<Response<Body>, Status> {
    let options = options::watch(resource, &asked.query)?;
    if let (Some(version), Some(true)) = (options.version, options.initial_events) {
        server.reach(version).await?;
    }
    let mut watching = Watching::new(server, resource, &asked, &options);
    let begins_anew = options.version.is_none_or(|version| version == 0);
    match (options.initial_events, begins_anew) {
        (Some(true), _) | (None, true) => watching.begin_with_what_is_there(options.bookmarks)?,
        (Some(false), true) => watching.cursor = server.revision(),
        (_, false) => watching.take_events(),
    }
    asked.took_effect();
    let frames = stream::unfold(watching, |mut watching| async move {
        let line = watching.next().await?;
        Some((Ok::<_, BoxError>(Frame::data(line)), watching))
    });
    Ok(respond::stream(StreamBody::new(frames.fuse()).boxed_unsync()))
}

impl Watching {
    fn new(server: &Arc<ApiServer>, resource: &Arc<Resource>, asked: &Asked, options: &WatchOptions) -> Self {
        let now = Instant::now();
        let length = options.timeout_seconds.map_or_else(|| server.draw(SHORTEST, SHORTEST * 2), Duration::from_secs);
        // A client's number may be beyond what an instant can hold; a watch of a hundred years is one without end.
        let deadline = now + length.min(Duration::from_secs(3_155_760_000));
        let mut watching = Self {
            server: Arc::clone(server),
            notifier: server.notifiers.of(&resource.name),
            at: asked.target.at.clone(),
            selection: options.selection.clone(),
            form: asked.form,
            resource: Arc::clone(resource),
            api_version: resource.api_version(&asked.target.at.version),
            heads: true,
            cursor: options.version.unwrap_or(0),
            lines: VecDeque::new(),
            bookmark: None,
            deadline,
            ended: false,
        };
        if options.bookmarks {
            watching.schedule_bookmark(now);
        }
        watching
    }

    fn begin_with_what_is_there(&mut self, bookmarks: bool) -> Result<(), Status> {
        let server = Arc::clone(&self.server);
        let store = server.lock();
        let events = store.initial_events(&self.at, &self.selection)?;
        self.cursor = store.revision();
        drop(store);
        for event in &events {
            self.push_event(event);
        }
        if bookmarks {
            self.push_bookmark(true);
        }
        Ok(())
    }

    /// The next line; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        let notifier = Arc::clone(&self.notifier);
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Some(line);
            }
            let now = Instant::now();
            if self.ended || now >= self.deadline {
                return None;
            }
            let mut changed = pin!(notifier.notified());
            changed.as_mut().enable();
            self.take_events();
            if !self.lines.is_empty() {
                continue;
            }
            if self.bookmark.is_some_and(|due| now >= due) {
                self.push_bookmark(false);
                self.schedule_bookmark(now);
                continue;
            }
            let wake = self.bookmark.map_or(self.deadline, |due| due.min(self.deadline));
            tokio::select! {
                biased;
                () = changed => {}
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    /// Takes in what happened since it looked last.
    fn take_events(&mut self) {
        let server = Arc::clone(&self.server);
        let store = server.lock();
        if self.cursor == store.revision() {
            return;
        }
        let events = store.events_since(&self.resource, &self.at.namespace, &self.selection, self.cursor);
        self.cursor = self.cursor.max(store.revision());
        // With its definition a resource goes; what happened to its objects is still told.
        self.ended = store.resource(&self.at).is_err();
        drop(store);
        match events {
            Ok(events) => events.iter().for_each(|event| self.push_event(event)),
            Err(status) => {
                self.push("ERROR", &status.to_value());
                self.ended = true;
            }
        }
    }

    fn push_event(&mut self, event: &WatchEvent) {
        // As it is stored, it is as it is told, unless another version or another form was asked for.
        if self.form == Form::Whole && event.object["apiVersion"] == self.api_version.as_str() {
            return self.push_json(event.kind.word(), &self.server.json_of(&event.object));
        }
        let mut object = event.object.as_ref().clone();
        object["apiVersion"] = self.api_version.as_str().into();
        self.push_in_form(event.kind.word(), &object);
    }

    fn push_bookmark(&mut self, ends_initial_events: bool) {
        let mut object = json!({
            "kind": self.resource.kind, "apiVersion": self.api_version,
            "metadata": {"resourceVersion": self.cursor.to_string(), "creationTimestamp": null},
        });
        if ends_initial_events {
            put(&mut object, &["metadata", "annotations", "k8s.io/initial-events-end"], "true");
        }
        self.push_in_form("BOOKMARK", &object);
    }

    fn push_in_form(&mut self, kind: &str, object: &Value) {
        let object = self.form.object(&self.resource, object, self.server.now(), self.heads);
        self.heads = false;
        self.push(kind, &object);
    }

    fn push(&mut self, kind: &str, object: &Value) {
        let json = serde_json::to_vec(object).expect("a JSON value can be written");
        self.push_json(kind, &json);
    }

    /// The type stands first, as the real server writes it: a client that knows it reads the object in one go.
    fn push_json(&mut self, kind: &str, object: &[u8]) {
        let line = [b"{\"type\":\"", kind.as_bytes(), b"\",\"object\":", object, b"}\n"].concat();
        self.lines.push_back(line.into());
    }

    fn schedule_bookmark(&mut self, now: Instant) {
        let late = self.server.draw(Duration::ZERO, BOOKMARK_LATE);
        let regular = now + BOOKMARK_INTERVAL + late;
        let last = self.deadline.checked_sub(LAST_BOOKMARK).filter(|last| *last > now);
        self.bookmark = match last {
            Some(last) => Some(regular.min(last)),
            None => Some(regular).filter(|regular| *regular < self.deadline),
        };
    }
}
