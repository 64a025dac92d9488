//! The files that name the versions of the services.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use vsphere_codec::versions::{ServiceVersions, encode_versions};

use crate::VCenter;

/// `vimServiceVersions.xml`.
pub async fn vim(State(vcenter): State<Arc<VCenter>>) -> impl IntoResponse {
    file("urn:vim25", vcenter.with_world(|world| world.config().release.vim_versions()))
}

/// `vsanServiceVersions.xml`.
pub async fn vsan(State(vcenter): State<Arc<VCenter>>) -> impl IntoResponse {
    file("urn:vsan", vcenter.with_world(|world| world.config().release.vsan_versions()))
}

fn file(namespace: &str, versions: &[&str]) -> impl IntoResponse + use<> {
    let mut versions = versions.iter().map(|version| (*version).to_owned());
    let service =
        ServiceVersions { namespace: namespace.to_owned(), version: versions.next().unwrap_or_default(), prior: versions.collect() };
    ([(CONTENT_TYPE, "text/xml")], encode_versions(&[service]))
}
