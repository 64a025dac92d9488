//! The caller's end of a wire.
//!
//! The order of layers, from the caller outwards, is design:
//! 1. *fence*: a killed process sends nothing and learns nothing;
//! 2. *livelock guard*: before anything is recorded, so that a task in a livelock does not fill the journal;
//! 3. *faults before sending*: the server must not know of the call; one that a fault answers was sent all the same, as its
//!    caller sees it, and is recorded with that answer;
//! 4. *record sent*: from here on the call exists;
//! 5. *deadline*: bounds the caller's patience only, never the server's work;
//! 6. *the call in flight*: delay, the server's work, delay (see [`crate::in_flight`]), which records the effect and the answer and
//!    asks for faults there.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use driver_host::{Body, BoxError, collect_body};
use http::{Request, Response, request};
use seatrial_journal::{Answer, Call, Described, Event};
use tokio::sync::oneshot;
use tower::Service;

use crate::deadline;
use crate::fault::{Action, Moment};
use crate::in_flight::{self, InFlightCall};
use crate::network::Reading;
use crate::process::{Process, TASK};

/// Why a wire has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    /// Nobody listens.
    #[error("connection to {0} refused: nobody listens there")]
    Refused(String),
    /// Somebody may listen, but the way there is cut.
    #[error("no route to {0}")]
    Unreachable(String),
    /// The connection broke after the request was sent.
    #[error("connection to {0} reset")]
    Reset(String),
}

/// Whether a wire's error says that nobody was reached: what was to be sent has done nothing.
pub fn is_not_sent(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(WireError::Refused(_) | WireError::Unreachable(_)))
}

/// A process's way to an address.
#[derive(Clone)]
pub(crate) struct Wire {
    process: Process,
    address: Arc<str>,
}

impl Wire {
    pub(crate) fn new(process: Process, address: &str) -> Self {
        Self { process, address: address.into() }
    }

    async fn send(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (head, body) = request.into_parts();
        let body = collect_body(body).await?;
        self.stop_if_dead().await;
        let network = self.process.network();
        let Some(reading) = network.reading(&self.address) else {
            // Nobody has ever listened here, so there are no words to record the call in.
            tokio::time::sleep(network.delay(self.process.name(), &self.address)).await;
            return Err(WireError::Refused(self.address.to_string()).into());
        };
        let described = reading.describe.request(&head, &body);
        let call = self.call(&reading, &described);
        let task = TASK.try_with(Clone::clone).unwrap_or_else(|_| "a library's task".to_owned());
        if network.is_livelocked(self.process.name(), &task, &call.method) {
            std::future::pending::<()>().await;
        }
        if let Some(instead) = self.faults_before_sending(&call).await {
            return self.answer_instead(instead, call, &reading, &described);
        }
        self.carry(head, body, call, reading, described).await
    }

    async fn carry(
        self,
        head: request::Parts,
        body: Bytes,
        call: Call,
        reading: Reading,
        described: Described,
    ) -> Result<Response<Body>, BoxError> {
        let network = self.process.network().clone();
        let deadline = deadline::grpc_timeout(&head.headers);
        let (id, call) = network.journal().record_sent(call);
        let (answer, arrival) = oneshot::channel();
        let call_in_flight = InFlightCall { network, id, call: Arc::new(call), reading, described, caller: self.process.clone(), answer };
        in_flight::start(call_in_flight, Request::from_parts(head, body));
        let lost = |_| Err(WireError::Reset(self.address.to_string()).into());
        match deadline {
            None => arrival.await.unwrap_or_else(lost),
            Some(patience) => match tokio::time::timeout(patience, arrival).await {
                Ok(answer) => answer.unwrap_or_else(lost),
                Err(_) => Ok(deadline::deadline_exceeded()),
            },
        }
    }

    fn call(&self, reading: &Reading, described: &Described) -> Call {
        Call {
            border: reading.border,
            from: self.process.name().to_owned(),
            to: self.address.to_string(),
            method: described.method.clone(),
            target: described.target.clone(),
            flow: described.flow,
            session: described.session.clone(),
            args: described.args.clone(),
        }
    }

    /// What a fault answers in the server's place, if one does.
    async fn faults_before_sending(&self, call: &Call) -> Option<Result<Response<Bytes>, WireError>> {
        let mut instead = None;
        for action in self.process.network().consult(Moment::BeforeSending, call, None) {
            instead = match action {
                Action::Delay(by) => {
                    tokio::time::sleep(by).await;
                    continue;
                }
                Action::Reset => Some(Err(WireError::Reset(self.address.to_string()))),
                Action::Status(status) => Some(Ok(in_flight::bare_status(status))),
                Action::Instead(answer) => Some(Ok(in_flight::canned(&answer))),
                // These were carried out by the network.
                Action::Kill { .. } | Action::Perform { .. } => continue,
            };
            break;
        }
        self.stop_if_dead().await;
        instead
    }

    /// Hands over what a fault answered: the call was sent, as far as its caller can tell.
    fn answer_instead(
        &self,
        instead: Result<Response<Bytes>, WireError>,
        call: Call,
        reading: &Reading,
        described: &Described,
    ) -> Result<Response<Body>, BoxError> {
        let journal = self.process.network().journal();
        let (id, _) = journal.record_sent(call);
        let (answer, response) = match instead {
            Err(error) => (Answer { status: 0, error: Some(error.to_string()), result: serde_json::Value::Null }, Err(error.into())),
            Ok(response) => {
                let (head, body) = response.into_parts();
                let answer = reading.describe.answer(described, &head, &body, None);
                (answer, Ok(Response::from_parts(head, driver_host::body_from(body))))
            }
        };
        journal.record(Event::Answered { call: id, answer });
        response
    }

    /// A killed process's task is aborted at its next await; until then it must not get any further.
    async fn stop_if_dead(&self) {
        if !self.process.is_alive() {
            std::future::pending::<()>().await;
        }
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}
