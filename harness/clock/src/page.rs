//! The clock page: what the functions in a program's vDSO read, and how the keeper sets it.
//!
//! One page a memory image, private to the program, which counts its own looks in it. Shown is
//! `base + (looks >> shift) * quantum`, monotonic, and the same plus `calendar` and a nanosecond for each read for the calendar. The layout is known
//! to `blob/blob.S`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::far::FAR_MILLISECONDS;

/// What the monotonic clock of every child shows when the world begins, in nanoseconds: far above the machine's own,
/// so that an absolute wait of a child never ends by the machine's clock.
pub(crate) const MONOTONIC_BASE: i64 = 100_000_000 * 1_000_000_000;

/// How the clock of one program moves by itself, and how it differs from the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dial {
    /// The world's second 0 in the calendar of this program, in nanoseconds since 1970.
    pub calendar: i64,
    /// `1 << shift` looks at the clock move it by one quantum.
    pub shift: u32,
    /// Nanoseconds.
    pub quantum: i64,
    /// What the bytes of `getrandom` are grown from.
    pub seed: u64,
}

/// The clock page of one memory image.
#[derive(Clone, Debug)]
pub(crate) struct ClockPage {
    memory: Arc<File>,
    address: u64,
    dial: Dial,
}

/// What the page shows: the world's time in nanoseconds and how many looks there were since it was last set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub shown: i64,
    pub looks: u64,
}

const CALENDAR: u64 = 16;
/// Behind what the functions in the vDSO read.
const FAR_TIME_OUT: u64 = 128;
const DRAWN: u64 = 144;
const RANDOM: u64 = 40;

impl ClockPage {
    pub fn new(memory: Arc<File>, address: u64, dial: Dial) -> Self {
        Self { memory, address, dial }
    }

    /// Fills a fresh page.
    pub fn fill(&self, world: i64) -> io::Result<()> {
        let words = [
            MONOTONIC_BASE + world,
            0,
            self.dial.calendar - MONOTONIC_BASE,
            i64::from(self.dial.shift),
            self.dial.quantum,
            self.dial.seed.cast_signed(),
            0,
        ];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        self.memory.write_all_at(&bytes, self.address)
    }

    /// The same page in a forked image, with randomness of its own.
    pub fn forked(&self, memory: Arc<File>, seed: u64) -> io::Result<Self> {
        let page = Self { memory, address: self.address, dial: Dial { seed, ..self.dial } };
        page.memory.write_all_at(&seed.to_ne_bytes(), page.address + RANDOM)?;
        Ok(page)
    }

    /// The address of a time-out that is never reached, of seconds and micro- or nanoseconds. Written each time: some calls
    /// write what is left.
    pub fn far_time_out(&self, micro: bool) -> io::Result<u64> {
        let (far, unit) = (i64::from(FAR_MILLISECONDS), if micro { 1_000 } else { 1_000_000 });
        let words = [far / 1_000, far % 1_000 * unit];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let address = self.address + FAR_TIME_OUT;
        self.memory.write_all_at(&bytes, address)?;
        Ok(address)
    }

    /// Counts eight bytes that the keeper draws for the image; answers how many times it has before. A forked image goes on from
    /// there with a seed of its own.
    pub fn count_draw(&self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.memory.read_exact_at(&mut bytes, self.address + DRAWN)?;
        let before = u64::from_ne_bytes(bytes);
        self.memory.write_all_at(&(before + 1).to_ne_bytes(), self.address + DRAWN)?;
        Ok(before)
    }

    /// Sets the clock. Only while every thread of the image sleeps: base and looks are two words.
    pub fn set(&self, world: i64) -> io::Result<()> {
        let mut bytes = [0; CALENDAR as usize];
        bytes[..8].copy_from_slice(&(MONOTONIC_BASE + world).to_ne_bytes());
        self.memory.write_all_at(&bytes, self.address)
    }

    /// What the image would see if it looked now.
    pub fn read(&self) -> io::Result<Reading> {
        let mut bytes = [0; CALENDAR as usize];
        self.memory.read_exact_at(&mut bytes, self.address)?;
        let (base, looks) = bytes.split_at(8);
        let base = i64::from_ne_bytes(base.try_into().unwrap_or_default());
        let looks = u64::from_ne_bytes(looks.try_into().unwrap_or_default());
        let crept = i64::try_from(looks >> self.dial.shift).unwrap_or(i64::MAX).saturating_mul(self.dial.quantum);
        Ok(Reading { shown: (base - MONOTONIC_BASE).saturating_add(crept), looks })
    }

    pub fn dial(&self) -> Dial {
        self.dial
    }
}

/// The clock pages of all children, shared by the keeper, who adds and reads, and the world's thread, which sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(Arc<Mutex<BTreeMap<u64, (ClockPage, i64)>>>);

impl Pages {
    fn table(&self) -> MutexGuard<'_, BTreeMap<u64, (ClockPage, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn insert(&self, process: u64, page: ClockPage, shown: i64) {
        self.table().insert(process, (page, shown));
    }

    pub fn remove(&self, process: u64) {
        self.table().remove(&process);
    }

    pub fn get(&self, process: u64) -> Option<ClockPage> {
        self.table().get(&process).map(|(page, _)| page.clone())
    }

    /// What the process's clock showed at the last look.
    pub fn shown(&self, process: u64) -> Option<i64> {
        self.table().get(&process).map(|(_, shown)| *shown)
    }

    /// Reads the process's clock anew. None where the process has no page of its own or is gone.
    pub fn refresh(&self, process: u64) -> Option<Reading> {
        let mut table = self.table();
        let (page, shown) = table.get_mut(&process)?;
        let reading = page.read().ok()?;
        *shown = reading.shown;
        Some(reading)
    }

    /// Brings one clock that is behind to `world`.
    pub fn advance_one(&self, process: u64, world: i64) {
        if let Some((page, shown)) = self.table().get_mut(&process)
            && *shown < world
            && page.set(world).is_ok()
        {
            *shown = world;
        }
    }

    /// Brings every clock that is behind to `world`. A process that just died is passed over: its death is on its way.
    pub fn advance(&self, world: i64) {
        for (page, shown) in self.table().values_mut().filter(|(_, shown)| *shown < world) {
            if page.set(world).is_ok() {
                *shown = world;
            }
        }
    }
}
