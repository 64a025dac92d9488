//! The mount table: which filesystem a path leads into.
//!
//! Mounts form a tree, as in the kernel: each remembers the mount on which its target lay, so a mount upon a mount
//! hides what is below, and a mount inside a directory is not seen through a bind mount of that directory (all
//! mounts are private; propagation is not modelled, and there is one mount namespace).

/// A filesystem of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The machine's own.
    Root,
    /// `/dev`.
    Devices,
    /// The one on the disk behind the device with this name.
    Disk(String),
}

/// A path within one filesystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub place: Place,
    pub path: String,
}

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub number: u64,
    /// The mount on which the target lay; `None` for the machine's root.
    pub parent: Option<u64>,
    pub target: String,
    /// Where the target lay: what the mount hides.
    pub covered: Location,
    pub source: Location,
    pub fs_type: String,
    pub options: Vec<String>,
    pub read_only: bool,
}

impl Entry {
    /// The name of the device that the mount needs.
    pub fn device_name(&self) -> Option<&str> {
        match &self.source.place {
            Place::Root => None,
            Place::Devices => self.source.path.strip_prefix('/'),
            Place::Disk(name) => Some(name),
        }
    }

    /// The device as the kernel lists it.
    pub fn device_path(&self) -> String {
        format!("/dev/{}", self.device_name().unwrap_or("sda1"))
    }
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The mount in which it ends.
    pub mount: Option<u64>,
    pub location: Location,
    pub read_only: bool,
}

/// All mounts, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct MountTable {
    entries: Vec<Entry>,
    last_number: u64,
}

impl MountTable {
    /// Follows a normal path through the mounts.
    pub fn find(&self, path: &str) -> Found {
        let mut current: Option<&Entry> = None;
        for prefix in prefixes_of(path) {
            while let Some(next) =
                self.entries.iter().find(|entry| entry.parent == current.map(|entry| entry.number) && entry.target == prefix)
            {
                current = Some(next);
            }
        }
        match current {
            None => Found { mount: None, location: location_without_mounts(path), read_only: false },
            Some(entry) => {
                let rest = path.strip_prefix(entry.target.as_str()).unwrap_or("");
                let location = Location { place: entry.source.place.clone(), path: join(&entry.source.path, rest) };
                Found { mount: Some(entry.number), location, read_only: entry.read_only }
            }
        }
    }

    /// The topmost mount whose target is exactly this path.
    pub fn mounted_at(&self, target: &str) -> Option<&Entry> {
        let number = self.find(target).mount?;
        self.entries.iter().find(|entry| entry.number == number && entry.target == target)
    }

    /// Adds a mount; its number is given here.
    pub fn add(&mut self, mut entry: Entry) {
        self.last_number += 1;
        entry.number = self.last_number;
        self.entries.push(entry);
    }

    /// Removes a mount by its number.
    pub fn remove(&mut self, number: u64) {
        self.entries.retain(|entry| entry.number != number);
    }

    /// Removes all mounts, as a reboot does.
    pub fn take_all(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// Whether another mount lies on this one.
    pub fn carries_mounts(&self, number: u64) -> bool {
        self.entries.iter().any(|entry| entry.parent == Some(number))
    }

    /// Whether a mount hides this place.
    pub fn covers(&self, location: &Location) -> bool {
        self.entries.iter().any(|entry| entry.covered == *location)
    }

    /// Whether a mount needs the device with this name.
    pub fn uses_device(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.device_name() == Some(name))
    }

    /// All mounts, in the order in which they were made.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// `/`, `/a`, `/a/b` for `/a/b`.
pub(super) fn prefixes_of(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.char_indices().filter(|(at, letter)| *letter == '/' && *at > 0).map(|(at, _)| at);
    let inner = ends.map(|end| &path[..end]).chain((path != "/").then_some(path));
    std::iter::once("/").chain(inner)
}

fn location_without_mounts(path: &str) -> Location {
    match path.strip_prefix("/dev") {
        Some("") => Location { place: Place::Devices, path: "/".to_owned() },
        Some(rest) if rest.starts_with('/') => Location { place: Place::Devices, path: rest.to_owned() },
        _ => Location { place: Place::Root, path: path.to_owned() },
    }
}

fn join(base: &str, rest: &str) -> String {
    let rest = rest.trim_start_matches('/');
    match (base, rest) {
        (base, "") => base.to_owned(),
        ("/", rest) => format!("/{rest}"),
        (base, rest) => format!("{base}/{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_go_from_the_root_down() {
        assert_eq!(prefixes_of("/a/bc/d").collect::<Vec<_>>(), ["/", "/a", "/a/bc", "/a/bc/d"]);
        assert_eq!(prefixes_of("/").collect::<Vec<_>>(), ["/"]);
    }

    fn mount(table: &mut MountTable, source: Location, target: &str) {
        let found = table.find(target);
        table.add(Entry {
            number: 0,
            parent: found.mount,
            target: target.to_owned(),
            covered: found.location,
            source,
            fs_type: "ext4".to_owned(),
            options: Vec::new(),
            read_only: false,
        });
    }

    #[test]
    fn a_mount_upon_a_parent_hides_what_was_mounted_inside() {
        let disk = |name: &str| Location { place: Place::Disk(name.to_owned()), path: "/".to_owned() };
        let mut table = MountTable::default();
        mount(&mut table, disk("sdb"), "/a/b");
        assert_eq!(table.find("/a/b/c").location, Location { place: Place::Disk("sdb".to_owned()), path: "/c".to_owned() });
        mount(&mut table, disk("sdc"), "/a");
        assert_eq!(table.find("/a/b/c").location, Location { place: Place::Disk("sdc".to_owned()), path: "/b/c".to_owned() });
        assert!(table.mounted_at("/a/b").is_none());
        table.remove(table.mounted_at("/a").unwrap().number);
        assert!(table.mounted_at("/a/b").is_some());
    }

    #[test]
    fn dev_is_a_place_of_its_own() {
        let table = MountTable::default();
        assert_eq!(table.find("/dev/sdb").location, Location { place: Place::Devices, path: "/sdb".to_owned() });
        assert_eq!(table.find("/devices").location.place, Place::Root);
    }
}
