//! Which tag categories mean zone and region.

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// The tag categories that both drivers are configured to read zones and regions from.
///
/// ```yaml
/// topology: {zone: k8s-zone, region: k8s-region}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// The category whose tags are zones; no zones when not said.
    pub zone: Option<Spanned<String>>,
    /// The category whose tags are regions; no regions when not said.
    pub region: Option<Spanned<String>>,
}

pub(crate) const EXAMPLE: &str = "{zone: k8s-zone, region: k8s-region}";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Topology> {
    let mut fields = Fields::of(node, "topology", EXAMPLE, problems)?;
    let zone = fields.optional("zone").map_or(Some(None), |node| node.words("zone", "k8s-zone", problems).map(Some));
    let region = fields.optional("region").map_or(Some(None), |node| node.words("region", "k8s-region", problems).map(Some));
    let empty = node.map("topology", EXAMPLE, problems).is_some_and(<[_]>::is_empty);
    fields.finish(problems);
    let topology = Topology { zone: zone?, region: region? };
    if empty {
        return problems.at(node.span, "`topology` names no category", format!("write it like this: {EXAMPLE}"));
    }
    if let (Some(zone), Some(region)) = (&topology.zone, &topology.region)
        && zone.value == region.value
    {
        let message = format!("zone and region are both read from category `{zone}`");
        return problems.at(region.span, message, "name two categories");
    }
    Some(topology)
}
