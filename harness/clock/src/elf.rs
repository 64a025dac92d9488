//! What an executable's own headers say: the machine it is for, and whether Go made it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

const X86_64: u16 = 62;
const HEADER: usize = 64;
const SECTION: usize = 64;

/// What the keeper needs to know of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Image {
    /// For this machine; `go` where Go's linker made it.
    Ours { go: bool },
    /// For another machine, by its number in the header, or of 32 bits.
    Foreign { machine: u16 },
    /// No ELF file.
    Other,
}

/// Reads the headers of an executable.
pub(crate) fn inspect(file: &File) -> io::Result<Image> {
    let mut header = [0; HEADER];
    if let Err(error) = file.read_exact_at(&mut header, 0) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(Image::Other) } else { Err(error) };
    }
    if header[..4] != *b"\x7fELF" {
        return Ok(Image::Other);
    }
    let machine = u16_at(&header, 18);
    if header[4] != 2 || machine != X86_64 {
        return Ok(Image::Foreign { machine });
    }
    Ok(Image::Ours { go: has_go_section(file, &header)? })
}

/// Go's linker writes a section that says how the program was built; `-s -w` keeps it.
fn has_go_section(file: &File, header: &[u8]) -> io::Result<bool> {
    let (offset, size, count, names) = (u64_at(header, 40), u16_at(header, 58), u16_at(header, 60), u16_at(header, 62));
    if offset == 0 || usize::from(size) != SECTION || names >= count {
        return Ok(false);
    }
    let mut table = vec![0; SECTION * usize::from(count)];
    file.read_exact_at(&mut table, offset)?;
    let entry = SECTION * usize::from(names);
    let (start, length) = (u64_at(&table, entry + 24), u64_at(&table, entry + 32));
    let mut names = vec![0; usize::try_from(length.min(1 << 20)).unwrap_or(0)];
    file.read_exact_at(&mut names, start)?;
    Ok(names.split(|byte| *byte == 0).any(|name| name == b".go.buildinfo"))
}

/// A half word at an offset; 0 beyond the end.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_ne_bytes)
}

/// A word of 32 bits at an offset; 0 beyond the end.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

/// A word of 64 bits at an offset; 0 beyond the end.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_ne_bytes)
}
