//! The id that Kubernetes knows a snapshot by: `<volume>+<snapshot>`.

use crate::vcenter::SnapshotId;

const BETWEEN: char = '+';

/// As Kubernetes knows it.
pub(super) fn told(id: &SnapshotId) -> String {
    format!("{}{BETWEEN}{}", id.volume, id.snapshot)
}

/// The volume whose snapshot such an id names, or the id itself where it names none: calls about one volume wait for each other.
pub(crate) fn volume_of(told: &str) -> &str {
    told.split_once(BETWEEN).map_or(told, |(volume, _)| volume)
}

/// What such an id means; nothing that this driver has never told.
pub(super) fn read(told: &str) -> Option<SnapshotId> {
    let (volume, snapshot) = told.split_once(BETWEEN)?;
    let parts = !volume.is_empty() && !snapshot.is_empty() && !snapshot.contains(BETWEEN);
    parts.then(|| SnapshotId { volume: volume.to_owned(), snapshot: snapshot.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_told() {
        let id = SnapshotId { volume: "v".into(), snapshot: "s".into() };
        assert_eq!(told(&id), "v+s");
        assert_eq!(read("v+s"), Some(id));
        for other in ["", "v", "v+", "+s", "v+s+t"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
