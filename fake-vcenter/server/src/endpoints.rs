//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use crate::VCenter;
use crate::{outage, rest, soap, versions};

/// All endpoints. Whatever else is asked for is not found, as plain HTTP says it.
pub fn router(vcenter: Arc<VCenter>) -> Router {
    Router::new()
        .route("/sdk", post(soap::vim))
        .route("/sdk/", post(soap::vim))
        .route("/vsanHealth", post(soap::cns))
        .route("/pbm", post(soap::pbm))
        .route("/pbm/sdk", post(soap::pbm))
        .route("/rest/{*path}", any(rest::serve))
        .route("/api/{*path}", any(rest::serve))
        .route("/vslm/sdk", post(soap::vslm))
        .route("/sdk/vimServiceVersions.xml", get(versions::vim))
        .route("/sdk/vsanServiceVersions.xml", get(versions::vsan))
        .route("/vsanServiceVersions.xml", get(versions::vsan))
        .layer(from_fn_with_state(Arc::clone(&vcenter), outage::guard))
        .with_state(vcenter)
}
