//! Storage policies.

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

use super::cluster;
use crate::model::lists::{different, members};

/// A storage policy of a vCenter.
///
/// ```yaml
/// - {name: gold, datastores: [vsan-a]}
/// - {name: secret, encryption: true}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoragePolicy {
    /// Its name, as a StorageClass says it in `storagepolicyname`.
    pub name: Spanned<String>,
    /// The datastores that it admits, by a tag which they are given; all when empty.
    pub datastores: Vec<Spanned<String>>,
    /// Whether its volumes must be encrypted.
    pub encryption: bool,
}

pub(crate) const EXAMPLE: &str = "{name: gold, datastores: [vsan-a]} or {name: secret, encryption: true}";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<StoragePolicy>> {
    let policies = members(node, "policies", EXAMPLE, problems, one)?;
    different("storage policy", policies.iter().map(|policy| &policy.name), problems);
    Some(policies)
}

fn one(node: &Node, problems: &mut Problems) -> Option<StoragePolicy> {
    let mut fields = Fields::of(node, "storage policy", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node.words("name", "gold", problems));
    let datastores = fields.optional("datastores").map_or(Some(Vec::new()), |node| cluster::datastores(node, problems));
    let encryption = fields.optional("encryption").map_or(Some(false), |node| node.truth("encryption", problems));
    fields.finish(problems);
    let policy = StoragePolicy { name: name?, datastores: datastores?, encryption: encryption? };
    if policy.datastores.is_empty() && !policy.encryption {
        let message = format!("storage policy `{}` asks for nothing", policy.name);
        return problems.at(policy.name.span, message, "add `datastores: […]`, `encryption: true` or both");
    }
    Some(policy)
}
