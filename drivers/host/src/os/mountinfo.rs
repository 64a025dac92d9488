//! `/proc/self/mountinfo`, line by line.
//!
//! A bind mount of a device node is listed there as a piece of `/dev`'s filesystem: the device is its root in it. That
//! filesystem is devtmpfs on a machine, and often a tmpfs where somebody has made a `/dev` of its own, as in a container.

use std::path::{Path, PathBuf};

use crate::Mount;

/// The mounts of a mountinfo file, in its order.
pub(super) fn parse(text: &str) -> Vec<Mount> {
    let lines: Vec<Line<'_>> = text.lines().filter_map(line).collect();
    let dev = lines.iter().rfind(|line| line.target == "/dev" && line.root == "/").map(|line| line.filesystem);
    lines.iter().map(|line| line.mount(dev)).collect()
}

/// What a line tells.
struct Line<'a> {
    /// The filesystem's number, major and minor.
    filesystem: &'a str,
    root: String,
    target: String,
    options: &'a str,
    fs_type: &'a str,
    source: String,
}

fn line(line: &str) -> Option<Line<'_>> {
    let (before, after) = line.split_once(" - ")?;
    let fields: Vec<&str> = before.split(' ').collect();
    let [_, _, filesystem, root, target, options, ..] = fields.as_slice() else { return None };
    let mut tail = after.split(' ');
    let (fs_type, source) = (tail.next()?, tail.next()?);
    Some(Line { filesystem, root: unescape(root), target: unescape(target), options, fs_type, source: unescape(source) })
}

impl Line<'_> {
    /// The mount; `dev` is the number of the filesystem that `/dev` is.
    fn mount(&self, dev: Option<&str>) -> Mount {
        let is_piece_of_dev = self.root != "/" && (self.fs_type == "devtmpfs" || Some(self.filesystem) == dev);
        let device = if is_piece_of_dev { Path::new("/dev").join(self.root.trim_start_matches('/')) } else { PathBuf::from(&self.source) };
        Mount {
            device,
            target: PathBuf::from(&self.target),
            fs_type: self.fs_type.to_owned(),
            options: self.options.split(',').map(str::to_owned).collect(),
        }
    }
}

/// Undoes `\040` for a blank, and the like.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'\\').then(|| tail.get(..3)).flatten().and_then(octal);
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn octal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n\
                        40 22 0:5 /sdb /var/lib/kubelet/publish/pod ro,nosuid - devtmpfs udev rw,size=1k\n\
                        broken\n";

    #[test]
    fn mounts_are_read_with_their_escapes_and_device_nodes() {
        let mounts = parse(TEXT);
        assert_eq!(mounts.len(), 2);
        assert_eq!((mounts[0].target.as_path(), mounts[0].device.as_path()), (Path::new("/mnt 2"), Path::new("/dev/root")));
        assert_eq!(mounts[0].options, ["rw", "noatime"]);
        assert_eq!(mounts[1].device, Path::new("/dev/sdb"));
    }

    #[test]
    fn a_device_of_a_dev_of_ones_own_is_a_device_too() {
        let text = "128 65 0:40 / /dev rw - tmpfs tmpfs rw\n\
                    46 127 0:40 /sdb /var/lib/kubelet/publish/pod rw - tmpfs tmpfs rw\n\
                    47 127 0:41 /sdb /elsewhere rw - tmpfs tmpfs rw\n";
        let devices: Vec<_> = parse(text).into_iter().map(|mount| mount.device).collect();
        assert_eq!(devices, [Path::new("tmpfs"), Path::new("/dev/sdb"), Path::new("tmpfs")]);
    }

    proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(text in ".{0,200}") {
            parse(&text);
        }
    }
}
