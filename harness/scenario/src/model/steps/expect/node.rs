//! `expect: {node: …}`: which zone and region Kubernetes and the CSI driver take a node to be in, and by which addresses it is known.

use std::fmt;
use std::net::IpAddr;

use crate::model::lists::members;
use crate::model::world::guest;
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// Looks at a node's zone, region and addresses.
///
/// ```yaml
/// - expect: {node: worker-1, zone: zone-a, region: west, csi-zone: zone-a}
/// - expect: {node: worker-1, zone: none}
/// - expect: {node: worker-1, internal-ip: [10.0.0.5, "fd00::5"], external-ip: none, host-name: worker-1}
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
    /// Its addresses of type InternalIP, all of them, in any order.
    pub internal_ip: Option<Vec<IpAddr>>,
    /// Its addresses of type ExternalIP.
    pub external_ip: Option<Vec<IpAddr>>,
    /// Its address of type Hostname.
    pub host_name: Option<Spanned<String>>,
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
        let places = all.into_iter().filter_map(|(key, place)| Some(format!("{key} {}", place.as_ref()?)));
        let addresses = [("internal-ip", &self.internal_ip), ("external-ip", &self.external_ip)];
        let addresses = addresses.into_iter().filter_map(|(key, wanted)| Some(format!("{key} {}", in_words(wanted.as_ref()?))));
        let host_name = self.host_name.as_ref().map(|name| format!("host-name {name}"));
        places.chain(addresses).chain(host_name).collect()
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
    let internal_ip = fields.maybe("internal-ip", problems, addresses);
    let external_ip = fields.maybe("external-ip", problems, addresses);
    let host_name = fields.maybe("host-name", problems, guest::host_name);
    fields.finish(problems);
    let expect = ExpectNode {
        node: name?,
        zone: zone?,
        region: region?,
        csi_zone: csi_zone?,
        csi_region: csi_region?,
        internal_ip: internal_ip?,
        external_ip: external_ip?,
        host_name: host_name?,
    };
    if expect.wishes().is_empty() {
        let message = format!("nothing is expected of node {}", expect.node);
        return problems.at(
            expect.node.span,
            message,
            "add `zone:`, `region:`, `csi-zone:`, `csi-region:`, `internal-ip:`, `external-ip:` or `host-name:`; `expect: {object: node/…}` looks at the rest",
        );
    }
    Some(expect)
}

/// One address, a list of them, or `none`.
fn addresses(node: &Node, problems: &mut Problems) -> Option<Vec<IpAddr>> {
    match &node.content {
        Content::Scalar(text) if text == "none" => Some(Vec::new()),
        Content::List(_) => {
            members(node, "addresses", "[10.0.0.5]", problems, |node, problems| Some(guest::address(node, problems)?.value))
        }
        _ => Some(vec![guest::address(node, problems)?.value]),
    }
}

/// Addresses as they are written in a scenario.
fn in_words(addresses: &[IpAddr]) -> String {
    match addresses {
        [] => "none".to_owned(),
        some => some.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" and "),
    }
}

fn place(node: &Node, problems: &mut Problems) -> Option<Spanned<Place>> {
    let word = node.words("zone or region", "zone-a", problems)?;
    Some(word.map(|word| if word == "none" { Place::None } else { Place::Named(word) }))
}
