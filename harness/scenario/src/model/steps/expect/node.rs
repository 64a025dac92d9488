//! `expect: {node: …}`: which zone and region Kubernetes and the CSI driver take a node to be in.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks at a node's zone and region.
///
/// ```yaml
/// - expect: {node: worker-1, zone: zone-a, region: west, csi-zone: zone-a}
/// - expect: {node: worker-1, zone: none}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectNode {
    /// Which node.
    pub node: Spanned<String>,
    /// Its label `topology.kubernetes.io/zone`, which the CCM sets.
    pub zone: Option<Spanned<Place>>,
    /// Its label `topology.kubernetes.io/region`, which the CCM sets.
    pub region: Option<Spanned<Place>>,
    /// The zone that the CSI driver has registered for it.
    pub csi_zone: Option<Spanned<Place>>,
    /// The region that the CSI driver has registered for it.
    pub csi_region: Option<Spanned<Place>>,
}

/// A zone or region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `none`: none is said.
    None,
    /// The one of this name.
    Named(String),
}

impl Place {
    /// Whether what was found is as wanted.
    pub fn holds(&self, found: Option<&str>) -> bool {
        match self {
            Self::None => found.is_none(),
            Self::Named(name) => found == Some(name),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Named(name) => name,
        })
    }
}

impl ExpectNode {
    fn wishes(&self) -> Vec<String> {
        let all = [("zone", &self.zone), ("region", &self.region), ("csi-zone", &self.csi_zone), ("csi-region", &self.csi_region)];
        all.into_iter().filter_map(|(key, place)| Some(format!("{key} {}", place.as_ref()?))).collect()
    }
}

impl fmt::Display for ExpectNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect node {} to have {}", self.node, self.wishes().join(" and "))
    }
}

pub(crate) const EXAMPLE: &str = "{node: worker-1, zone: zone-a, region: west, csi-zone: zone-a}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectNode> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let name = fields.required("node", problems).and_then(|node| node.words("node", "worker-1", problems));
    let zone = fields.maybe("zone", problems, place);
    let region = fields.maybe("region", problems, place);
    let csi_zone = fields.maybe("csi-zone", problems, place);
    let csi_region = fields.maybe("csi-region", problems, place);
    fields.finish(problems);
    let expect = ExpectNode { node: name?, zone: zone?, region: region?, csi_zone: csi_zone?, csi_region: csi_region? };
    if expect.wishes().is_empty() {
        let message = format!("nothing is expected of node {}", expect.node);
        return problems.at(
            expect.node.span,
            message,
            "add `zone:`, `region:`, `csi-zone:` or `csi-region:`; `expect: {object: node/…}` looks at the rest",
        );
    }
    Some(expect)
}

fn place(node: &Node, problems: &mut Problems) -> Option<Spanned<Place>> {
    let word = node.words("zone or region", "zone-a", problems)?;
    Some(word.map(|word| if word == "none" { Place::None } else { Place::Named(word) }))
}
