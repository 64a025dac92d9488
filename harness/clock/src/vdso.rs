//! Puts the world's clock into a stopped program's vDSO: a blob in the zero tail of its last page, and the symbols of
//! the clock's functions moved to it. The original code stays whole; the blob calls it for what stays real.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::elf::{u16_at, u32_at, u64_at};

/// What `blob/blob.S` gives; a test holds them together.
const BLOB: &[u8] = include_bytes!("../blob/blob.bin");
const PAGE_AT: u64 = 0x168;

/// A function of the blob: its names in the vDSO, its offset in the blob, and where the blob keeps the original.
struct Function {
    names: [&'static str; 2],
    entry: u64,
    original: Option<u64>,
}

const FUNCTIONS: [Function; 4] = [
    Function { names: ["__vdso_clock_gettime", "clock_gettime"], entry: 0x0, original: Some(PAGE_AT + 8) },
    Function { names: ["__vdso_gettimeofday", "gettimeofday"], entry: 0x8b, original: None },
    Function { names: ["__vdso_time", "time"], entry: 0xbb, original: None },
    Function { names: ["__vdso_getrandom", "getrandom"], entry: 0xcc, original: Some(PAGE_AT + 16) },
];

/// Why a vDSO could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum VdsoError {
    /// `/proc/PID/{auxv,maps,mem}` could not be read.
    #[error("cannot read {what}: {source}; the keeper needs the right to trace its own children (ptrace, /proc/PID/mem)")]
    Read {
        /// Which file.
        what: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// The program has no vDSO.
    #[error("the program has no vDSO, so its clock cannot be changed; a kernel booted with vdso=0 does that")]
    Missing,
    /// The image is not one that is understood.
    #[error("the kernel's vDSO has no {what}; this kernel is not supported")]
    Shape {
        /// What was looked for.
        what: &'static str,
    },
    /// The last page has not enough free bytes.
    #[error("the kernel's vDSO has {free} free bytes, {needed} are needed; this kernel is not supported")]
    NoRoom {
        /// Bytes after the image.
        free: u64,
        /// Bytes of the blob.
        needed: u64,
    },
    /// The page could neither be written through `/proc/PID/mem` nor by ptrace.
    #[error("cannot write to the program's vDSO: {0}; the kernel forbids it (proc_mem.force_override, a security module)")]
    Write(nix::Error),
}

/// The vDSO of one stopped program.
pub(crate) struct Vdso {
    base: u64,
    image: Vec<u8>,
    /// Address of the sixteen random bytes that the kernel gave the program.
    pub random: u64,
}

impl Vdso {
    /// Finds and reads the image.
    pub fn find(pid: i32, memory: &File) -> Result<Self, VdsoError> {
        let auxv = std::fs::read(format!("/proc/{pid}/auxv")).map_err(|source| VdsoError::Read { what: "/proc/PID/auxv", source })?;
        let value = |kind| auxv.chunks_exact(16).find(|pair| u64_at(pair, 0) == kind).map(|pair| u64_at(pair, 8));
        let (base, random) = (value(33).ok_or(VdsoError::Missing)?, value(25).unwrap_or(0));
        let maps =
            std::fs::read_to_string(format!("/proc/{pid}/maps")).map_err(|source| VdsoError::Read { what: "/proc/PID/maps", source })?;
        let end = maps.lines().filter(|line| line.ends_with("[vdso]")).find_map(|line| {
            let (low, high) = line.split(' ').next()?.split_once('-')?;
            (u64::from_str_radix(low, 16).ok()? == base).then_some(u64::from_str_radix(high, 16).ok()?)
        });
        let length = end.ok_or(VdsoError::Missing)? - base;
        let mut image = vec![0; usize::try_from(length).unwrap_or(0)];
        memory.read_exact_at(&mut image, base).map_err(|source| VdsoError::Read { what: "/proc/PID/mem", source })?;
        Ok(Self { base, image, random })
    }

    /// An address in the image at which a `syscall` instruction lies.
    pub fn syscall_instruction(&self) -> Result<u64, VdsoError> {
        let at = self.image.windows(2).position(|pair| pair == [0x0f, 0x05]).ok_or(VdsoError::Shape { what: "system call" })?;
        Ok(self.base + at as u64)
    }

    /// Puts the blob in and moves the symbols to it. `getrandom` is moved only where randomness is `seeded`.
    pub fn patch(&self, pid: Pid, memory: &File, page: u64, seeded: bool) -> Result<(), VdsoError> {
        let at = self.room()?;
        let mut blob = BLOB.to_vec();
        put(&mut blob, PAGE_AT, page);
        let mut moved = Vec::new();
        for (symbol, name, value) in self.symbols()? {
            let Some(function) = FUNCTIONS.iter().find(|function| function.names.contains(&name.as_str())) else { continue };
            if let Some(place) = function.original {
                put(&mut blob, place, self.base + value);
            }
            if seeded || function.names[1] != "getrandom" {
                moved.push((symbol + 8, at + function.entry));
            }
        }
        if !moved.iter().any(|(_, value)| *value == at) {
            return Err(VdsoError::Shape { what: "clock_gettime" });
        }
        force(pid, memory, self.base + at, &blob)?;
        for (place, value) in moved {
            force(pid, memory, self.base + place, &value.to_ne_bytes())?;
        }
        Ok(())
    }

    /// The offset of the free bytes behind the image.
    fn room(&self) -> Result<u64, VdsoError> {
        let used = self.image.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let at = used.next_multiple_of(16) as u64;
        let free = (self.image.len() as u64).saturating_sub(at);
        let needed = BLOB.len() as u64;
        if free < needed { Err(VdsoError::NoRoom { free, needed }) } else { Ok(at) }
    }

    /// Offset, name and value of every dynamic symbol.
    fn symbols(&self) -> Result<Vec<(u64, String, u64)>, VdsoError> {
        let image = &self.image;
        let (headers, count) = (index(u64_at(image, 32)), usize::from(u16_at(image, 56)));
        let dynamic = (0..count).map(|n| headers + 56 * n).find(|at| u32_at(image, *at) == 2);
        let mut at = index(u64_at(image, dynamic.ok_or(VdsoError::Shape { what: "dynamic section" })? + 8));
        let (mut table, mut strings, mut hash) = (0, 0, 0);
        while u64_at(image, at) != 0 {
            let value = index(u64_at(image, at + 8));
            match u64_at(image, at) {
                4 => hash = value,
                5 => strings = value,
                6 => table = value,
                _ => {}
            }
            at += 16;
        }
        if table == 0 || strings <= table {
            return Err(VdsoError::Shape { what: "symbol table" });
        }
        let count = if hash == 0 { (strings - table) / 24 } else { u32_at(image, hash + 4) as usize };
        Ok((1..count.min(image.len() / 24))
            .map(|n| table + 24 * n)
            .map(|symbol| {
                let start = strings + u32_at(image, symbol) as usize;
                let name = image.get(start..).unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
                (symbol as u64, String::from_utf8_lossy(name).into_owned(), u64_at(image, symbol + 8))
            })
            .collect())
    }
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX / 2)
}

fn put(blob: &mut [u8], at: u64, value: u64) {
    if let Some(place) = blob.get_mut(index(at)..index(at) + 8) {
        place.copy_from_slice(&value.to_ne_bytes());
    }
}

/// Writes where the program itself may not: through `/proc/PID/mem`, or word by word where the kernel forbids that.
pub(crate) fn force(pid: Pid, memory: &File, address: u64, bytes: &[u8]) -> Result<(), VdsoError> {
    if memory.write_all_at(bytes, address).is_ok() {
        return Ok(());
    }
    for (n, chunk) in bytes.chunks(8).enumerate() {
        let at = address + 8 * n as u64;
        let mut word = ptrace::read(pid, at as ptrace::AddressType).map_err(VdsoError::Write)?.to_ne_bytes();
        word[..chunk.len()].copy_from_slice(chunk);
        ptrace::write(pid, at as ptrace::AddressType, i64::from_ne_bytes(word)).map_err(VdsoError::Write)?;
    }
    Ok(())
}
