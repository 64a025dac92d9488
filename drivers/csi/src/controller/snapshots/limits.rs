//! How many snapshots a volume may have.

use crate::config::SnapshotLimits;

impl SnapshotLimits {
    /// The limit of a volume on a datastore, which its URL tells the kind of.
    pub(super) fn of_datastore(&self, url: &str) -> usize {
        let own = match () {
            () if url.contains("vsan") => self.vsan,
            () if url.contains("vvol") => self.vvol,
            () => None,
        };
        own.unwrap_or(self.global)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_datastore_may_have_a_limit_of_its_own() {
        let limits = SnapshotLimits { vsan: Some(8), ..SnapshotLimits::default() };
        assert_eq!(limits.of_datastore("ds:///vmfs/volumes/vsan:52/"), 8);
        assert_eq!(limits.of_datastore("ds:///vmfs/volumes/vvol:52/"), 3);
        assert_eq!(limits.of_datastore("ds:///vmfs/volumes/5f/"), 3);
    }
}
