//! With which faults a task can end.
//!
//! The API's table does not say it: vSphere documents faults by method, and CNS hardly at all. This is what its documentation and
//! drivers' own code name for each, less what would be a lie: a task that says `NotFound` of a volume that is there tells its
//! caller to forget the volume, and whoever does so is right.

/// Each method that starts a task, and faults that it can end with, whether or not its work was done.
const FAULTS: &[(&str, &[&str])] = &[
    ("CnsAttachVolume", &["CnsFault", "ResourceInUse", "TaskInProgress"]),
    ("CnsCreateSnapshots", &["CnsFault", "ResourceInUse"]),
    ("CnsCreateVolume", &["CnsFault", "Timedout"]),
    ("CnsDeleteSnapshots", &["CnsFault", "ResourceInUse"]),
    ("CnsDeleteVolume", &["CnsFault", "ResourceInUse"]),
    ("CnsDetachVolume", &["CnsFault", "TaskInProgress"]),
    ("CnsExtendVolume", &["CnsFault", "InvalidState"]),
    ("CnsUpdateVolumeCrypto", &["CnsFault", "ResourceInUse"]),
    ("CnsUpdateVolumeMetadata", &["CnsFault"]),
];

/// The faults that a task of a method can end with; none where the method starts no task.
pub(super) fn task_faults(method: &str) -> &'static [&'static str] {
    FAULTS.iter().find(|(known, _)| *known == method).map_or(&[], |(_, faults)| faults)
}
