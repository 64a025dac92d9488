//! What a scenario asks of a driver beyond what every driver for vSphere does: a closed list of names.
//!
//! A capability is offered by a driver's descriptor (ours offers all), or announced by the driver itself over CSI. A word is
//! added here when a scenario needs it, with what it means, so that whoever writes a descriptor knows what is promised.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

use super::lists::different;

/// Something that not every driver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// `recrypt-before-attach`: the StorageClass parameter of that name.
    RecryptBeforeAttach,
    /// `key-provider-class`: the VolumeAttributesClass parameter `seatrial.dev/key-provider`.
    KeyProviderClass,
    /// `refuses-mixed-tags`: a node below two tags of one category is told so, and gets no zone until one is taken off.
    RefusesMixedTags,
    /// `names-holder`: an attach that fails because another machine holds the disk names that machine.
    NamesHolder,
    /// `names-privilege`: a create that fails because the account lacks a privilege names the privilege, and where it lacks it.
    NamesPrivilege,
    /// `spreads-to-hosts`: without zones, a volume goes where every host of the inventory reaches it, if today's nodes reach that.
    SpreadsToHosts,
    /// `modify-volume`: CSI's ControllerModifyVolume.
    ModifyVolume,
    /// `expand-volume`: CSI's ControllerExpandVolume.
    ExpandVolume,
    /// `snapshots`: CSI's CreateSnapshot and DeleteSnapshot.
    Snapshots,
    /// `clone-volume`: CSI's CreateVolume from another volume.
    CloneVolume,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::RecryptBeforeAttach,
        Self::KeyProviderClass,
        Self::RefusesMixedTags,
        Self::NamesHolder,
        Self::NamesPrivilege,
        Self::SpreadsToHosts,
        Self::ModifyVolume,
        Self::ExpandVolume,
        Self::Snapshots,
        Self::CloneVolume,
    ];

    /// As it is written in scenarios and descriptors.
    pub fn word(self) -> &'static str {
        match self {
            Self::RecryptBeforeAttach => "recrypt-before-attach",
            Self::KeyProviderClass => "key-provider-class",
            Self::RefusesMixedTags => "refuses-mixed-tags",
            Self::NamesHolder => "names-holder",
            Self::NamesPrivilege => "names-privilege",
            Self::SpreadsToHosts => "spreads-to-hosts",
            Self::ModifyVolume => "modify-volume",
            Self::ExpandVolume => "expand-volume",
            Self::Snapshots => "snapshots",
            Self::CloneVolume => "clone-volume",
        }
    }

    /// The capability of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.word() == word)
    }

    /// What a driver of CSI announces when it has it, in its ControllerGetCapabilities; no descriptor offers these.
    pub fn announced_as(self) -> Option<&'static str> {
        match self {
            Self::ModifyVolume => Some("MODIFY_VOLUME"),
            Self::ExpandVolume => Some("EXPAND_VOLUME"),
            Self::Snapshots => Some("CREATE_DELETE_SNAPSHOT"),
            Self::CloneVolume => Some("CLONE_VOLUME"),
            Self::RecryptBeforeAttach
            | Self::KeyProviderClass
            | Self::RefusesMixedTags
            | Self::NamesHolder
            | Self::NamesPrivilege
            | Self::SpreadsToHosts => None,
        }
    }

    /// The parameter of a class in a manifest that asks for it.
    pub fn parameter(self) -> Option<&'static str> {
        match self {
            Self::RecryptBeforeAttach => Some("seatrial.dev/recrypt-before-attach"),
            Self::KeyProviderClass => Some("seatrial.dev/key-provider"),
            _ => None,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

pub(crate) const EXAMPLE: &str = "[recrypt-before-attach]";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<Capability>>> {
    let members = node.some("requires", EXAMPLE, problems)?;
    let decoded: Vec<Option<Spanned<Capability>>> = members.iter().map(|member| one(member, problems)).collect();
    let decoded = decoded.into_iter().collect::<Option<Vec<_>>>()?;
    let words: Vec<Spanned<String>> = decoded.iter().map(|one| Spanned::new(one.value.word().to_owned(), one.span)).collect();
    different("capability", words.iter(), problems);
    Some(decoded)
}

fn one(node: &Node, problems: &mut Problems) -> Option<Spanned<Capability>> {
    let word = node.words("capability", "recrypt-before-attach", problems)?;
    match Capability::named(&word) {
        Some(capability) => Some(Spanned::new(capability, word.span)),
        None => problems.unknown(&word, "capability", "capabilities", Capability::ALL.map(Capability::word)),
    }
}
