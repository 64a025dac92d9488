//! `guestinfo.metadata`: what cloud-init was told of the machine's network.
//!
//! Read: `network.ethernets.*.addresses` (netplan's words), the network written in place or as a text of its own with
//! `network.encoding`. Encodings: none, `base64` (`b64`). Not read: `gzip+base64`; such a machine's addresses stay in the
//! guest's order.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use driver_config::yaml::{self, Content, Node};

/// The addresses in it; none when there is nothing, or nothing that can be understood: they only order what the guest
/// tells anyway.
pub(crate) fn configured_addresses(metadata: Option<&(String, String)>) -> Vec<IpAddr> {
    let read = || {
        let (text, encoding) = metadata?;
        let tree = yaml::parse(&decoded(text, encoding)?).ok()??;
        let network = tree.get("network")?;
        let inner = match (network.text(), tree.get("network.encoding").and_then(Node::text)) {
            (Some(text), encoding) => yaml::parse(&decoded(text, encoding.unwrap_or_default())?).ok()??,
            (None, _) => network.clone(),
        };
        // The text of a network may begin with a key `network` of its own.
        Some(addresses_of(inner.get("network").unwrap_or(&inner)))
    };
    read().unwrap_or_default()
}

fn decoded(text: &str, encoding: &str) -> Option<String> {
    let bytes = || BASE64.decode(text.split_ascii_whitespace().collect::<String>()).ok();
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" => Some(text.to_owned()),
        "base64" | "b64" => String::from_utf8(bytes()?).ok(),
        _ => None,
    }
}

fn addresses_of(network: &Node) -> Vec<IpAddr> {
    let Some(Content::Map(cards)) = network.get("ethernets").map(|cards| &cards.content) else { return Vec::new() };
    let lists = cards.iter().filter_map(|(_, card)| match card.get("addresses").map(|list| &list.content) {
        Some(Content::List(members)) => Some(members),
        _ => None,
    });
    lists.flatten().filter_map(|member| member.text()?.split('/').next()?.parse().ok()).collect()
}
