//! `/proc/self/mountinfo`, line by line.
//!
//! A bind mount of a device node is listed there as a piece of `/dev`'s filesystem: the device is its root in it.

use std::path::{Path, PathBuf};

use crate::Mount;

/// The mounts of a mountinfo file, in its order.
pub(super) fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let fields: Vec<&str> = before.split(' ').collect();
    let [_, _, _, root, target, options, ..] = fields.as_slice() else { return None };
    let mut tail = after.split(' ');
    let (fs_type, source) = (tail.next()?, tail.next()?);
    let root = unescape(root);
    let device = if fs_type == "devtmpfs" && root != "/" {
        Path::new("/dev").join(root.trim_start_matches('/'))
    } else {
        PathBuf::from(unescape(source))
    };
    Some(Mount {
        device,
        target: PathBuf::from(unescape(target)),
        fs_type: fs_type.to_owned(),
        options: options.split(',').map(str::to_owned).collect(),
    })
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

    proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(text in ".{0,200}") {
            parse(&text);
        }
    }
}
