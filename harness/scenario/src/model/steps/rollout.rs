//! `rollout`: a driver's pod is replaced, as its Deployment does it.

use std::fmt;

use crate::model::configuration::{self, DriverName, Variable};
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems, only_entry};

/// Replaces a driver's pod: its containers are asked to end, all of them, and start anew, with other variables or as another program if that
/// is said.
///
/// ```yaml
/// - rollout: csi
/// - rollout: {csi: {environment: {VSPHERE_LABEL_ZONE: k8s-zone}}}
/// - rollout: {csi: {driver: ./newer.yaml}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Whose pod.
    pub driver: Spanned<DriverName>,
    /// Variables that it has from then on, beside those that it had.
    pub environment: Vec<Variable>,
    /// The driver that takes its place, as `--driver` names one: `ours`, a descriptor by its name, or by its path from the scenario's folder.
    pub to: Option<Spanned<String>>,
}

/// What ours is called where a driver is named.
pub const OURS: &str = "ours";

impl Rollout {
    /// The driver from outside that takes its place.
    pub fn to_program(&self) -> Option<&Spanned<String>> {
        self.to.as_ref().filter(|to| to.value != OURS)
    }
}

impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            None => write!(f, "roll {} out anew", self.driver.value)?,
            Some(to) => write!(f, "roll {} out as {to}", self.driver.value)?,
        }
        // No values: one may be a password.
        let names: Vec<&str> = self.environment.iter().map(|variable| variable.name.value.as_str()).collect();
        if names.is_empty() { Ok(()) } else { write!(f, " with {}", names.join(", ")) }
    }
}

pub(crate) const EXAMPLE: &str = "csi";
pub(crate) const OTHER_EXAMPLE: &str = "{csi: {driver: ./newer.yaml}}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Rollout> {
    if let Content::Scalar(name) = &node.content {
        let name = Spanned::new(name.clone(), node.span);
        let driver = configuration::driver(&name, problems)?;
        return Some(Rollout { driver: Spanned::new(driver, node.span), environment: Vec::new(), to: None });
    }
    let (name, value) = only_entry(node, "`rollout`", EXAMPLE, problems)?;
    let driver = configuration::driver(name, problems);
    let mut fields = Fields::of(value, "rollout", "{environment: {VSPHERE_USER: \"${user}\"}}", problems)?;
    let environment = fields.maybe("environment", problems, configuration::variables);
    let to = fields.maybe("driver", problems, |node, problems| node.words("driver", "./newer.yaml", problems));
    if matches!((&environment, &to), (Some(None), Some(None))) {
        let help = "say its `environment` or another `driver`; or write only the driver's name: `rollout: csi`";
        problems.add(crate::ScenarioError::at(value.span, "a rollout with nothing new", help));
    }
    fields.finish(problems);
    Some(Rollout { driver: Spanned::new(driver?, name.span), environment: environment?.unwrap_or_default(), to: to? })
}
