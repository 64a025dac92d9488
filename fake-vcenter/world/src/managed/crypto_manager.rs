//! CryptoManagerKmip: key providers.
//!
//! Modelled: providers of both kinds, the default, whether they answer. Not modelled: their servers beyond one by name,
//! certificates, trust, backups of native keys, registering and removing providers by clients.

use vsphere_types::{KeyProviderId, KmipClusterInfo, KmipClusterInfoKmsManagementType, KmipServerInfo, Value};

use super::value::array;
use crate::config::KeyProviderKind;
use crate::look::Look;
use crate::state::KeyProvider;

/// The port of KMIP.
const KMIP_PORT: i32 = 5_696;

/// Reads one of its properties.
pub fn property(look: &Look, name: &str) -> Option<Value> {
    match name {
        "enabled" => Some(Value::Bool(look.state.key_providers.len() > 0)),
        "kmipServers" => Some(array(look.state.key_providers.iter().map(|(name, provider)| provider_info(name, provider)))),
        _ => None,
    }
}

/// The wire name of a kind.
pub fn kind_name(kind: KeyProviderKind) -> KmipClusterInfoKmsManagementType {
    match kind {
        KeyProviderKind::Standard => KmipClusterInfoKmsManagementType::VCenter,
        KeyProviderKind::Native => KmipClusterInfoKmsManagementType::NativeProvider,
    }
}

/// The servers behind a provider: one for KMIP, none for native keys.
pub fn servers(name: &str, provider: &KeyProvider) -> Vec<KmipServerInfo> {
    match provider.kind {
        KeyProviderKind::Native => Vec::new(),
        KeyProviderKind::Standard => vec![KmipServerInfo {
            name: format!("{name}-1"),
            address: format!("{name}.seatrial.test"),
            port: KMIP_PORT,
            ..KmipServerInfo::default()
        }],
    }
}

/// A provider as clients see it.
pub fn provider_info(name: &str, provider: &KeyProvider) -> KmipClusterInfo {
    let native = provider.kind == KeyProviderKind::Native;
    KmipClusterInfo {
        cluster_id: KeyProviderId { id: name.to_owned() },
        servers: servers(name, provider),
        use_as_default: provider.default,
        management_type: Some(kind_name(provider.kind).wire_name().to_owned()),
        has_backup: native.then_some(true),
        tpm_required: native.then_some(false),
        key_id: provider.keys.first().filter(|_| native).cloned(),
        ..KmipClusterInfo::default()
    }
}
