//! `expect: {sizes-of: …}`: how large a claim, its volume and what lies on it are, each as its own side tells.

use std::fmt;

use crate::model::size::{self, Size};
use crate::model::steps::claim;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks at the sizes of a claim in the namespace `default`; breaks when one is not as said, or not there.
///
/// ```yaml
/// - expect: {sizes-of: data-web-0, all: 2Gi}
/// - expect: {sizes-of: data-web-0, claim: 1Gi, persistent-volume: 2Gi, disk: 2Gi, filesystem: 1Gi}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectSizes {
    /// The claim.
    pub of: Spanned<String>,
    /// What must have which size.
    pub sizes: Vec<(SizedPart, Spanned<Size>)>,
}

/// What has a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizedPart {
    /// `all`: each of the others that there is.
    All,
    /// `claim`: `status.capacity` of the claim.
    Claim,
    /// `persistent-volume`: `spec.capacity` of its PersistentVolume.
    PersistentVolume,
    /// `disk`: the volume in vCenter, and with it the disk of the VM that it is attached to.
    Disk,
    /// `filesystem`: the file system on it.
    Filesystem,
    /// `device`: the raw device that a pod has, as far as its machine knows.
    Device,
}

impl SizedPart {
    pub(crate) const ALL: [Self; 6] = [Self::All, Self::Claim, Self::PersistentVolume, Self::Disk, Self::Filesystem, Self::Device];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Claim => "claim",
            Self::PersistentVolume => "persistent-volume",
            Self::Disk => "disk",
            Self::Filesystem => "filesystem",
            Self::Device => "device",
        }
    }
}

impl fmt::Display for ExpectSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(|(part, size)| format!("{} {size}", part.word())).collect();
        write!(f, "expect the sizes of {} to be {}", self.of, sizes.join(" and "))
    }
}

pub(crate) const EXAMPLE: &str = "{sizes-of: data-web-0, all: 2Gi}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectSizes> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let of = fields.required("sizes-of", problems).and_then(|node| claim(node, problems));
    let mut sizes = Vec::new();
    for part in SizedPart::ALL {
        let said = fields.maybe(part.word(), problems, |node, problems| size::decode(node, part.word(), problems));
        sizes.push(said.map(|said| said.map(|size| (part, size))));
    }
    fields.finish(problems);
    let sizes: Vec<(SizedPart, Spanned<Size>)> = sizes.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let of = of?;
    if sizes.is_empty() {
        let help = "add `all: 2Gi`, or sizes of `claim`, `persistent-volume`, `disk`, `filesystem` or `device`";
        return problems.at(of.span, format!("nothing is expected of the sizes of {of}"), help);
    }
    Some(ExpectSizes { of, sizes })
}
