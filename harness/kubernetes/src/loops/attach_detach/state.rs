//! What the controller believes, in memory only: which volume may be where, what runs, what has failed.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::client::{BackoffLimits, KeyedBackoff, ObjectKey};

/// A volume, as far as attaching it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Volume {
    /// The PersistentVolume's name.
    pub(super) name: String,
    pub(super) driver: String,
    pub(super) handle: String,
    /// Whether it may be on several nodes.
    pub(super) shared: bool,
}

impl Volume {
    /// The name in node statuses.
    pub(super) fn unique_name(&self) -> String {
        format!("kubernetes.io/csi/{}^{}", self.driver, self.handle)
    }
}

/// A volume on a node: unique name and node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) volume: String,
    pub(super) node: String,
}

/// What is believed of a volume on a node.
#[derive(Clone, Debug)]
pub(super) struct Attached {
    pub(super) volume: Volume,
    /// False while nobody knows whether it is attached: it may be.
    pub(super) certain: bool,
    /// Whether the node last said that it is in use; assumed until the node says otherwise.
    pub(super) in_use: bool,
    /// Whether it belongs on the node's `volumesAttached`.
    pub(super) reported: bool,
    /// When this process first wanted it away.
    pub(super) unwanted_since: Option<Instant>,
}

/// What is serialised: the volume, for shared ones the volume on one node.
pub(super) type OperationKey = (String, String);

/// Attaching or detaching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OperationKind {
    Attach,
    Detach,
}

/// All of it is lost with the process.
pub(super) struct State {
    pub(super) attached: BTreeMap<Place, Attached>,
    /// What each pod was found to want; kept as long as the pod counts.
    pub(super) wanted: BTreeMap<(ObjectKey, String), BTreeMap<String, Volume>>,
    pub(super) running: BTreeSet<OperationKey>,
    pub(super) backoff: KeyedBackoff<(OperationKey, OperationKind)>,
    /// For which places the Multi-Attach event was written.
    pub(super) told: BTreeSet<Place>,
    /// Nodes whose `volumesAttached` may have to be written.
    pub(super) unreported: BTreeSet<String>,
    /// When a failed report may be tried again.
    pub(super) report_again: Option<Instant>,
    /// When the VolumeAttachments are to be compared next.
    pub(super) compare_at: Option<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            attached: BTreeMap::new(),
            wanted: BTreeMap::new(),
            running: BTreeSet::new(),
            backoff: KeyedBackoff::new(BackoffLimits::VOLUME_OPERATION),
            told: BTreeSet::new(),
            unreported: BTreeSet::new(),
            report_again: None,
            compare_at: None,
        }
    }
}

impl State {
    /// Adds a place as it was found or is feared.
    pub(super) fn believe(&mut self, place: Place, volume: Volume, certain: bool, reported: bool) {
        let fresh = Attached { volume, certain, in_use: true, reported, unwanted_since: None };
        let entry = self.attached.entry(place).or_insert(fresh);
        entry.certain = certain;
        entry.reported = reported;
    }

    /// The other nodes that a volume is, or may be, on.
    pub(super) fn elsewhere(&self, place: &Place) -> Vec<String> {
        let others = self.attached.keys().filter(|other| other.volume == place.volume && other.node != place.node);
        others.map(|other| other.node.clone()).collect()
    }

    /// What a node's `volumesAttached` should list.
    pub(super) fn report_of(&self, node: &str) -> Vec<String> {
        self.attached.iter().filter(|(place, entry)| place.node == node && entry.reported).map(|(place, _)| place.volume.clone()).collect()
    }

    /// Starts an operation unless one runs or the last of its kind failed lately.
    ///
    /// Answers when it may be tried instead; `None` inside when a running one has to end first.
    pub(super) fn begin(&mut self, key: &OperationKey, kind: OperationKind) -> Result<(), Option<Instant>> {
        if self.running.contains(key) {
            return Err(None);
        }
        if let Some(at) = self.backoff.blocked_until(&(key.clone(), kind)) {
            return Err(Some(at));
        }
        // The back-off of one kind is forgotten when the other begins.
        let other = if kind == OperationKind::Attach { OperationKind::Detach } else { OperationKind::Attach };
        self.backoff.forget(&(key.clone(), other));
        self.running.insert(key.clone());
        Ok(())
    }

    /// Ends an operation.
    pub(super) fn end(&mut self, key: &OperationKey, kind: OperationKind, succeeded: bool) {
        self.running.remove(key);
        if succeeded {
            self.backoff.forget(&(key.clone(), kind));
        } else {
            self.backoff.failed((key.clone(), kind));
        }
    }
}

/// What operations of this volume at this place exclude.
pub(super) fn operation_key(volume: &Volume, place: &Place) -> OperationKey {
    let node = if volume.shared { place.node.clone() } else { String::new() };
    (place.volume.clone(), node)
}
