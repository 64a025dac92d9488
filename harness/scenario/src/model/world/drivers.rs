//! The drivers under test.

use crate::model::configuration::{self, Configuration, DriverName, OfDrivers, Variable};
use crate::nearest::remedy;
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// The drivers under test.
///
/// ```yaml
/// drivers: {csi: ours, ccm: ours}
/// ```
/// ```yaml
/// drivers: {csi: ours, ccm: ours, replicas: {csi: 2, ccm: 2}}
/// ```
/// ```yaml
/// drivers:
///   csi: ours
///   configuration: {csi: {Global: {query-limit: 100}}}
///   environment: {csi: {VSPHERE_USER: "${user}"}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drivers {
    /// The CSI driver.
    pub csi: Spanned<CsiDriver>,
    /// The cloud controller manager. Without one nodes need no initialisation and get no zones from it.
    pub ccm: Option<Spanned<CcmDriver>>,
    /// How many replicas of a driver's pod are said to be there, of the CSI controller's and of the cloud controller manager's; one leads.
    pub replicas: OfDrivers<Option<Spanned<u32>>>,
    /// What their configuration files say otherwise than the world gives it.
    pub configuration: OfDrivers<Configuration>,
    /// What their environment says.
    pub environment: OfDrivers<Vec<Variable>>,
}

/// A CSI driver that can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsiDriver {
    /// This project's own, in the same process: `ours`.
    Ours,
}

/// A cloud controller manager that can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CcmDriver {
    /// This project's own, in the same process: `ours`.
    Ours,
}

/// Nobody has more.
pub(crate) const REPLICAS_MAX: u32 = 5;

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Drivers> {
    let mut fields = Fields::of(node, "drivers", "{csi: ours, ccm: ours}", problems)?;
    let csi = fields.required("csi", problems).and_then(|node| ours(node, "csi", "CSI driver", CsiDriver::Ours, problems));
    let ccm = fields.optional("ccm").map_or(Some(None), |node| ours(node, "ccm", "CCM", CcmDriver::Ours, problems).map(Some));
    let replicas = fields.maybe("replicas", problems, replicas);
    let configuration = fields.maybe("configuration", problems, |node, problems| {
        configuration::of_drivers(node, "`configuration`", configuration::EXAMPLE, problems, configuration::decode)
    });
    let environment = fields.maybe("environment", problems, |node, problems| {
        configuration::of_drivers(node, "`environment`", configuration::ENVIRONMENT_EXAMPLE, problems, configuration::variables)
    });
    fields.finish(problems);
    let (configuration, environment) = (configuration?.unwrap_or_default(), environment?.unwrap_or_default());
    Some(Drivers { csi: csi?, ccm: ccm?, replicas: replicas?.unwrap_or_default(), configuration, environment })
}

/// Reads a number, which is that of the CSI controller's, or `{csi: …, ccm: …}`.
fn replicas(node: &Node, problems: &mut Problems) -> Option<OfDrivers<Option<Spanned<u32>>>> {
    let count = |node: &Node, problems: &mut Problems| node.number("replicas", 1, REPLICAS_MAX, problems).map(Some);
    if let Content::Map(_) = &node.content {
        return configuration::of_drivers(node, "`replicas`", "{csi: 2, ccm: 2}", problems, count);
    }
    Some(OfDrivers { csi: count(node, problems)?, ccm: None })
}

impl Drivers {
    /// How many replicas a driver's pod has.
    pub fn replicas_of(&self, driver: DriverName) -> u32 {
        self.replicas.of(driver).as_ref().map_or(1, |replicas| replicas.value)
    }
}

fn ours<T>(node: &Node, key: &str, what: &str, driver: T, problems: &mut Problems) -> Option<Spanned<T>> {
    let name = node.words(key, "ours", problems)?;
    match name.as_str() {
        "ours" => Some(name.map(|_| driver)),
        other => {
            let help = remedy(other, &format!("{what}s that can run"), ["ours"]);
            problems.at(name.span, format!("unknown {what} `{other}`"), help)
        }
    }
}
