//! `guest-tells`: what VMware Tools tell of a node's guest becomes something else.

use std::fmt;

use crate::model::world::guest::{self, Nic};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Changes what VMware Tools tell of a guest: its name, or its adapters, which are then these and in this order.
///
/// ```yaml
/// - guest-tells: {vm: worker-1, nics: [{network: outside, addresses: [203.0.113.5]}, {network: inside, addresses: [10.0.0.5]}]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestTells {
    /// The node whose VM it is.
    pub vm: Spanned<String>,
    /// What it calls itself from now on.
    pub host_name: Option<Spanned<String>>,
    /// The adapters that it has from now on.
    pub nics: Option<Vec<Nic>>,
}

impl fmt::Display for GuestTells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the guest of {} tells", self.vm)?;
        let name = self.host_name.as_ref().map(|name| format!(" that it is {name}"));
        let nics = self.nics.as_ref().map(|nics| format!(" of {}", nics.iter().map(Nic::to_string).collect::<Vec<_>>().join(", ")));
        f.write_str(&name.into_iter().chain(nics).collect::<Vec<_>>().join(" and"))
    }
}

pub(crate) const EXAMPLE: &str = "{vm: worker-1, nics: [{network: inside, addresses: [10.0.0.5]}]}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<GuestTells> {
    let mut fields = Fields::of(node, "guest-tells", EXAMPLE, problems)?;
    let vm = fields.required("vm", problems).and_then(|node| node.words("vm", "worker-1", problems));
    let host_name = fields.maybe("host-name", problems, guest::host_name);
    let nics = fields.maybe("nics", problems, guest::nics);
    fields.finish(problems);
    let step = GuestTells { vm: vm?, host_name: host_name?, nics: nics? };
    if step.host_name.is_none() && step.nics.is_none() {
        return problems.at(
            step.vm.span,
            format!("the guest of {} tells nothing else than before", step.vm),
            "add `nics:` or `host-name:`",
        );
    }
    Some(step)
}
