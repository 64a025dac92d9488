//! Endpoints for those who look after the program rather than use the vCenter: `/healthz`, `/readyz`, `/metrics`.
//!
//! They need no session and are not in the journal. The program answers as soon as it listens, so it is ready when it is
//! healthy; a vCenter whose services are stopped is still a healthy program.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use fake_vcenter_server::VCenter;
use seatrial_journal::Journal;

use crate::metrics::Metrics;

/// What these endpoints look at.
pub struct Observed {
    pub(crate) vcenter: Arc<VCenter>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) journal: Journal,
}

/// The endpoints.
pub fn router(observed: Observed) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(|| async { "ok\n" }))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(observed))
}

async fn metrics(State(observed): State<Arc<Observed>>) -> impl IntoResponse {
    let text = observed.metrics.text(&observed.vcenter, observed.journal.length());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
