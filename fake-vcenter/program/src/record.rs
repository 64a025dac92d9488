//! What every call goes through, outermost first: counted and recorded as it comes, delayed if so told, answered, counted
//! and recorded again. What is recorded is what the client was told.
//!
//! Not modelled: faults at the border. Those of a scenario belong to the wires of the harness.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fake_vcenter_server::VCenter;
use http::{Request, StatusCode};
use seatrial_journal::{Answer, Border, Call, CallId, Describe, EffectMark, Event, Flow, Journal};

use crate::listen::Client;
use crate::metrics::Metrics;

/// The longest request that is looked at; vCenter takes far less.
const LONGEST_REQUEST: usize = 8 * 1024 * 1024;

/// How long answers are held back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    /// Of every call.
    pub all: Duration,
    /// Of calls of a method, in its stead.
    pub by_method: BTreeMap<String, Duration>,
}

impl Delays {
    fn of(&self, method: &str) -> Duration {
        self.by_method.get(method).copied().unwrap_or(self.all)
    }
}

/// What recording needs.
pub struct Recorder {
    pub(crate) journal: Journal,
    pub(crate) describe: Arc<dyn Describe>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) delays: Delays,
    /// The vCenter's name.
    pub(crate) to: String,
}

impl Recorder {
    /// Records calls to this vCenter.
    pub fn new(vcenter: &VCenter, journal: Journal, metrics: Arc<Metrics>, delays: Delays) -> Self {
        let to = vcenter.with_world(|world| world.config().name.clone());
        Self { journal, describe: vcenter.describe(), metrics, delays, to }
    }
}

/// A call that is open; one that is dropped open had a client that went away.
struct Open<'a> {
    recorder: &'a Recorder,
    id: CallId,
    answered: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.recorder.journal.record(Event::CallerGone { call: self.id });
        }
    }
}

/// The layer.
pub async fn record(State(recorder): State<Arc<Recorder>>, request: Request<Body>, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST_REQUEST).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let heard = recorder.journal.is_heard();
    let described = if heard { recorder.describe.request(&head, &bytes) } else { recorder.describe.brief(&head, &bytes) };
    let from = head.extensions.get::<Client>().map_or_else(|| "unknown".to_owned(), |client| client.0.to_string());
    let call = Call {
        border: Border::VCenter,
        from,
        to: recorder.to.clone(),
        method: described.method.clone(),
        target: described.target.clone(),
        flow: described.flow,
        session: described.session.clone(),
        args: described.args.clone(),
    };
    let mut open = Open { recorder: &recorder, id: recorder.journal.record(Event::Sent(call)), answered: false };
    let (journal, id) = (recorder.journal.clone(), open.id);
    head.extensions.insert(EffectMark::new(move || {
        journal.record(Event::Effect { call: id });
    }));
    let delay = recorder.delays.of(&described.method);
    if !delay.is_zero() {
        // A sleep of no time at all would still last until the timer's next tick, a millisecond for each call.
        tokio::time::sleep(delay).await;
    }
    let response = next.run(Request::from_parts(head, Body::from(bytes))).await;
    let (head, body) = response.into_parts();
    // The server's answers are whole already; one that could not be read would be a bug of its body.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_else(|_| Bytes::new());
    let answer = if heard || !head.status.is_success() {
        recorder.describe.answer(&described, &head, &bytes, None)
    } else {
        Answer { status: head.status.as_u16(), error: None, result: Default::default() }
    };
    recorder.metrics.count(&described.method, answer.error.as_deref().unwrap_or("ok"), described.flow == Flow::LongPoll);
    open.answered = true;
    recorder.journal.record(Event::Answered { call: open.id, answer });
    Response::from_parts(head, Body::from(bytes))
}
