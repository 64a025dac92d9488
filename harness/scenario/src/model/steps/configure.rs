//! `configure`: a driver's configuration file is changed, while the driver runs.

use std::fmt;

use crate::model::configuration::{self, Configuration, DriverName};
use crate::span::Spanned;
use crate::yaml::{Node, Problems, only_entry};

/// Changes what a driver's configuration file says, as kubelet does it when the Secret behind it has been changed: a link is
/// turned to new files. Whether the driver takes notice is its own business.
///
/// ```yaml
/// - configure: {csi: {VirtualCenter/vc-a: {datacenters: dc-1}}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configure {
    /// Whose configuration.
    pub driver: Spanned<DriverName>,
    /// What it says otherwise from now on.
    pub configuration: Configuration,
}

impl fmt::Display for Configure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "configure {}: {}", self.driver.value, self.configuration)
    }
}

pub(crate) const EXAMPLE: &str = "{csi: {VirtualCenter/vc-a: {datacenters: dc-1}}}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Configure> {
    let (name, value) = only_entry(node, "`configure`", EXAMPLE, problems)?;
    let driver = configuration::driver(name, problems);
    let configuration = configuration::decode(value, problems);
    Some(Configure { driver: Spanned::new(driver?, name.span), configuration: configuration? })
}
