//! `rollout`: a driver's pod is replaced, as its Deployment does it.

use std::fmt;

use crate::model::configuration::{self, DriverName, Variable};
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems, only_entry};

/// Replaces a driver's pod: its containers are asked to end, all of them, and start anew, with other variables if some are said.
///
/// ```yaml
/// - rollout: csi
/// - rollout: {csi: {environment: {VSPHERE_LABEL_ZONE: k8s-zone}}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Whose pod.
    pub driver: Spanned<DriverName>,
    /// Variables that it has from then on, beside those that it had.
    pub environment: Vec<Variable>,
}

impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "roll {} out anew", self.driver.value)?;
        // No values: one may be a password.
        let names: Vec<&str> = self.environment.iter().map(|variable| variable.name.value.as_str()).collect();
        if names.is_empty() { Ok(()) } else { write!(f, " with {}", names.join(", ")) }
    }
}

pub(crate) const EXAMPLE: &str = "csi";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Rollout> {
    if let Content::Scalar(name) = &node.content {
        let name = Spanned::new(name.clone(), node.span);
        let driver = configuration::driver(&name, problems)?;
        return Some(Rollout { driver: Spanned::new(driver, node.span), environment: Vec::new() });
    }
    let (name, value) = only_entry(node, "`rollout`", EXAMPLE, problems)?;
    let driver = configuration::driver(name, problems);
    let mut fields = Fields::of(value, "rollout", "{environment: {VSPHERE_USER: \"${user}\"}}", problems)?;
    let environment = fields.required("environment", problems).and_then(|node| configuration::variables(node, problems));
    fields.finish(problems);
    Some(Rollout { driver: Spanned::new(driver?, name.span), environment: environment? })
}
