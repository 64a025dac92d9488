//! GetPluginInfo.

use csi_api::v1::GetPluginInfoResponse;

use crate::names::DRIVER_NAME;

/// Name and version.
pub(super) fn info() -> GetPluginInfoResponse {
    GetPluginInfoResponse { name: DRIVER_NAME.to_owned(), vendor_version: env!("CARGO_PKG_VERSION").to_owned(), ..Default::default() }
}
