//! The way of one call: delay, the server's work, the effect, delay, the answer.
//!
//! The carrier is a task of the network, not of the caller: a caller that is killed or gives up does not take it
//! along. The server's work is a task of the server's process: when that is killed, the carrier finds its channel
//! closed, and the caller gets a reset.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use driver_host::{Body, BoxError};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, response};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use seatrial_journal::{Answer, Call, CallId, Described, EffectMark, Event, Flow};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::delivery::InOrder;
use crate::fault::{Action, CannedAnswer, Moment};
use crate::network::{Listener, Network, Reading};
use crate::process::Process;
use crate::wire::WireError;

/// A call on its way.
pub(crate) struct InFlightCall {
    pub(crate) network: Network,
    pub(crate) id: CallId,
    pub(crate) call: Arc<Call>,
    pub(crate) reading: Reading,
    pub(crate) described: Described,
    pub(crate) caller: Process,
    pub(crate) answer: oneshot::Sender<Result<Response<Body>, BoxError>>,
}

/// Frames of a stream with the instant at which each arrives; a stream that ends without `End` was cut.
type Frames = mpsc::UnboundedReceiver<(Instant, Piece)>;

enum Piece {
    Frame(Frame<Bytes>),
    End,
}

enum Content {
    Whole(Bytes, Option<HeaderMap>),
    Stream(Frames),
}

struct Served {
    head: response::Parts,
    content: Content,
}

/// What faults at the effect do to the answer.
type AfterEffect = Arc<Mutex<Option<Vec<Action>>>>;

/// Sends the call on its way.
pub(crate) fn start(in_flight_call: InFlightCall, request: Request<Bytes>) {
    #[expect(clippy::disallowed_methods, reason = "carriers belong to the network and outlive the processes at both ends")]
    tokio::spawn(in_flight_call.carry(request));
}

/// An answer with nothing but a status.
pub(crate) fn bare_status(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// The answer that a fault gives in the server's place.
pub(crate) fn canned(answer: &CannedAnswer) -> Response<Bytes> {
    let (mut head, _) = bare_status(answer.status).into_parts();
    if let Ok(content_type) = HeaderValue::from_str(&answer.content_type) {
        head.headers.insert(CONTENT_TYPE, content_type);
    }
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            head.headers.insert(name, value);
        }
    }
    Response::from_parts(head, answer.body.clone())
}

impl InFlightCall {
    async fn carry(self, request: Request<Bytes>) {
        let unary = self.call.flow == Flow::Unary;
        let network = self.network.clone();
        if unary {
            network.call_began();
        }
        tokio::time::sleep(network.delay(&self.call.from, &self.call.to)).await;
        let after_effect = AfterEffect::default();
        let served = self.serve(request, &after_effect).await;
        let served = self.faults_after_effect(&after_effect, served).await;
        tokio::time::sleep(network.delay(&self.call.to, &self.call.from)).await;
        let lost = served.is_ok() && network.is_cut(&self.call.from, &self.call.to);
        let served = if lost { Err(WireError::Reset(self.call.to.clone())) } else { served };
        let call = Arc::clone(&self.call);
        let stream = self.deliver(served).await;
        if unary {
            network.call_ended();
        }
        if let Some((frames, out)) = stream {
            deliver_frames(frames, out, || network.is_cut(&call.from, &call.to)).await;
        }
    }

    async fn serve(&self, request: Request<Bytes>, after_effect: &AfterEffect) -> Result<Served, WireError> {
        if self.network.is_cut(&self.call.from, &self.call.to) {
            return Err(WireError::Unreachable(self.call.to.clone()));
        }
        let Some(Listener { process, service }) = self.network.listener(&self.call.to) else {
            return Err(WireError::Refused(self.call.to.clone()));
        };
        let mark = self.mark(after_effect);
        let mut request = request.map(driver_host::body_from);
        request.extensions_mut().insert(mark.clone());
        // The call's number lets the server name it as the cause of its changes.
        request.extensions_mut().insert(self.id);
        let (sender, receiver) = oneshot::channel();
        let streams = self.call.flow == Flow::Stream;
        let (network, call) = (self.network.clone(), Arc::clone(&self.call));
        let answering = driver_host::send(service, request);
        process.spawn(&format!("serve {}", self.call.method), async move {
            let Ok(response) = answering.await else {
                // The server broke the connection: dropping the sender says so.
                return;
            };
            let (head, body) = response.into_parts();
            if streams && head.status.is_success() {
                mark.took_effect();
                let (frames_in, frames) = mpsc::unbounded_channel();
                let _ = sender.send(Served { head, content: Content::Stream(frames) });
                pump(body, frames_in, || network.delay(&call.to, &call.from)).await;
            } else if let Ok(collected) = body.collect().await {
                let trailers = collected.trailers().cloned();
                mark.took_effect();
                let _ = sender.send(Served { head, content: Content::Whole(collected.to_bytes(), trailers) });
            }
        });
        receiver.await.map_err(|_| WireError::Reset(self.call.to.clone()))
    }

    /// A mark that, the first time, records the effect and asks for faults there.
    fn mark(&self, after_effect: &AfterEffect) -> EffectMark {
        let (network, call, id, slot) = (self.network.clone(), Arc::clone(&self.call), self.id, Arc::clone(after_effect));
        EffectMark::new(move || {
            let mut slot = slot.lock().expect("nothing panics while the slot is locked");
            if slot.is_none() {
                network.journal().record(Event::Effect { call: id });
                *slot = Some(network.consult(Moment::AfterEffect, &call, Some(id)));
            }
        })
    }

    async fn faults_after_effect(&self, after_effect: &AfterEffect, served: Result<Served, WireError>) -> Result<Served, WireError> {
        let actions = after_effect.lock().expect("nothing panics while the slot is locked").clone().unwrap_or_default();
        self.carry_out(actions, served).await
    }

    /// What faults make of the answer on its way.
    async fn carry_out(&self, actions: Vec<Action>, mut served: Result<Served, WireError>) -> Result<Served, WireError> {
        for action in actions {
            match action {
                Action::Delay(by) => tokio::time::sleep(by).await,
                Action::Reset => served = Err(WireError::Reset(self.call.to.clone())),
                Action::Status(status) => {
                    let (head, _) = bare_status(status).into_parts();
                    served = Ok(Served { head, content: Content::Whole(Bytes::new(), None) });
                }
                Action::Instead(answer) => {
                    let (head, _) = canned(&answer).into_parts();
                    served = Ok(Served { head, content: Content::Whole(answer.body, None) });
                }
                // These were carried out by the network.
                Action::Kill { .. } | Action::Perform { .. } => {}
            }
        }
        served
    }

    /// Hands the answer over; gives back what is left to do for a stream.
    async fn deliver(self, served: Result<Served, WireError>) -> Option<(Frames, mpsc::UnboundedSender<Result<Frame<Bytes>, BoxError>>)> {
        if self.answer.is_closed() || !self.caller.is_alive() {
            self.network.journal().record(Event::CallerGone { call: self.id });
            return None;
        }
        let answer = self.describe(&served);
        self.network.journal().record(Event::Answered { call: self.id, answer });
        let actions = self.network.consult(Moment::AfterAnswer, &self.call, Some(self.id));
        let served = self.carry_out(actions, served).await;
        if !self.caller.is_alive() {
            return None;
        }
        let (response, stream) = match served {
            Err(error) => (Err(error.into()), None),
            Ok(Served { head, content: Content::Whole(bytes, trailers) }) => (Ok(Response::from_parts(head, whole(bytes, trailers))), None),
            Ok(Served { head, content: Content::Stream(frames) }) => {
                let (out, body) = mpsc::unbounded_channel();
                (Ok(Response::from_parts(head, streamed(body))), Some((frames, out)))
            }
        };
        // The caller may have given up in this very instant; then nobody is left to tell.
        let _ = self.answer.send(response);
        stream
    }

    fn describe(&self, served: &Result<Served, WireError>) -> Answer {
        match served {
            Err(error) => Answer { status: 0, error: Some(error.to_string()), result: serde_json::Value::Null },
            Ok(served) => {
                let (body, trailers) = match &served.content {
                    Content::Whole(bytes, trailers) => (bytes.as_ref(), trailers.as_ref()),
                    Content::Stream(_) => (&[][..], None),
                };
                self.reading.describe.answer(&self.described, &served.head, body, trailers)
            }
        }
    }
}

/// The server's end of a stream: frames leave as they come, until the caller hangs up.
async fn pump(mut body: Body, out: mpsc::UnboundedSender<(Instant, Piece)>, delay: impl Fn() -> std::time::Duration) {
    let mut order = InOrder::default();
    loop {
        let frame = tokio::select! {
            biased;
            () = out.closed() => return,
            frame = body.frame() => frame,
        };
        let piece = match frame {
            Some(Ok(frame)) => Piece::Frame(frame),
            // The server broke off: dropping the channel cuts the stream.
            Some(Err(_)) => return,
            None => Piece::End,
        };
        let ends = matches!(piece, Piece::End);
        if out.send((order.due(delay()), piece)).is_err() || ends {
            return;
        }
    }
}

/// The carrier's end of a stream: frames arrive when they are due.
async fn deliver_frames(mut frames: Frames, out: mpsc::UnboundedSender<Result<Frame<Bytes>, BoxError>>, is_cut: impl Fn() -> bool) {
    loop {
        let next = tokio::select! {
            biased;
            () = out.closed() => return,
            next = frames.recv() => next,
        };
        let sent = match next {
            Some((due, Piece::Frame(frame))) => {
                tokio::time::sleep_until(due).await;
                if is_cut() {
                    let _ = out.send(Err(WireError::Reset("the stream's server".to_owned()).into()));
                    return;
                }
                out.send(Ok(frame))
            }
            Some((due, Piece::End)) => return tokio::time::sleep_until(due).await,
            None => {
                // Cut; whoever reads it learns that this is no end. It may have gone already.
                let _ = out.send(Err(WireError::Reset("the stream's server".to_owned()).into()));
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn whole(bytes: Bytes, trailers: Option<HeaderMap>) -> Body {
    match trailers {
        None => driver_host::body_from(bytes),
        Some(trailers) => {
            let body = Full::new(bytes).with_trailers(std::future::ready(Some(Ok(trailers))));
            body.map_err(|never: std::convert::Infallible| match never {}).boxed_unsync()
        }
    }
}

fn streamed(body: mpsc::UnboundedReceiver<Result<Frame<Bytes>, BoxError>>) -> Body {
    let frames = futures::stream::unfold(body, |mut body| async move { body.recv().await.map(|frame| (frame, body)) });
    StreamBody::new(frames).boxed_unsync()
}
