//! The drivers under test.

use crate::nearest::remedy;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// The drivers under test.
///
/// ```yaml
/// drivers: {csi: ours, ccm: ours}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drivers {
    /// The CSI driver.
    pub csi: Spanned<CsiDriver>,
    /// The cloud controller manager. Without one nodes need no initialisation and get no zones from it.
    pub ccm: Option<Spanned<CcmDriver>>,
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

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Drivers> {
    let mut fields = Fields::of(node, "drivers", "{csi: ours, ccm: ours}", problems)?;
    let csi = fields.required("csi", problems).and_then(|node| ours(node, "csi", "CSI driver", CsiDriver::Ours, problems));
    let ccm = fields.optional("ccm").map_or(Some(None), |node| ours(node, "ccm", "CCM", CcmDriver::Ours, problems).map(Some));
    fields.finish(problems);
    Some(Drivers { csi: csi?, ccm: ccm? })
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
