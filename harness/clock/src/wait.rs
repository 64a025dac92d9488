//! What a thread waits for, and until when: its system call and arguments as `/proc` shows them.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// On a CPU or about to be.
    Running,
    /// In a system call that is not known as a wait: a disk, a lock of the kernel's.
    Busy,
    /// Asleep until somebody wakes it.
    Forever,
    /// In a call on this descriptor: for a device, or asleep until somebody wakes it or until the time-out of a socket.
    On(i32, Direction),
    /// Asleep for so many nanoseconds since it fell asleep.
    For(i64),
    /// Asleep until this instant of its monotonic clock.
    UntilMonotonic(i64),
    /// Asleep until this instant of its calendar.
    UntilCalendar(i64),
}

/// Whether a call takes or gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
}

/// A system call and its arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    pub number: i64,
    pub arguments: [u64; 6],
}

/// Numbers of the system calls that are waits, and of the one that draws randomness (x86-64).
pub(crate) mod number {
    pub const READ: i64 = 0;
    pub const WRITE: i64 = 1;
    pub const POLL: i64 = 7;
    pub const READV: i64 = 19;
    pub const WRITEV: i64 = 20;
    pub const SELECT: i64 = 23;
    pub const PAUSE: i64 = 34;
    pub const NANOSLEEP: i64 = 35;
    pub const ACCEPT: i64 = 43;
    pub const SENDTO: i64 = 44;
    pub const RECVFROM: i64 = 45;
    pub const SENDMSG: i64 = 46;
    pub const RECVMSG: i64 = 47;
    pub const WAIT4: i64 = 61;
    pub const FLOCK: i64 = 73;
    pub const RT_SIGTIMEDWAIT: i64 = 128;
    pub const RT_SIGSUSPEND: i64 = 130;
    pub const FUTEX: i64 = 202;
    pub const RESTART_SYSCALL: i64 = 219;
    pub const SEMTIMEDOP: i64 = 220;
    pub const CLOCK_NANOSLEEP: i64 = 230;
    pub const EPOLL_WAIT: i64 = 232;
    pub const WAITID: i64 = 247;
    pub const PSELECT6: i64 = 270;
    pub const PPOLL: i64 = 271;
    pub const EPOLL_PWAIT: i64 = 281;
    pub const ACCEPT4: i64 = 288;
    pub const GETRANDOM: i64 = 318;
    pub const EPOLL_PWAIT2: i64 = 441;
}

/// Reads a line of `/proc/PID/task/TID/syscall`. None: the thread is on a CPU or in no system call.
pub(crate) fn call(line: &[u8]) -> Option<Call> {
    let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    let number = words.next()?.parse().ok().filter(|number| *number >= 0)?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some(Call { number, arguments })
}

/// What a thread in this system call waits for.
pub(crate) fn classify(call: &Call, memory: &File) -> Wait {
    let a = &call.arguments;
    match call.number {
        number::FUTEX => futex(a, memory),
        number::EPOLL_WAIT | number::EPOLL_PWAIT => milliseconds(a[3]),
        number::EPOLL_PWAIT2 | number::SEMTIMEDOP => relative(memory, a[3]),
        number::POLL => milliseconds(a[2]),
        number::PPOLL | number::RT_SIGTIMEDWAIT => relative(memory, a[2]),
        number::PSELECT6 => relative(memory, a[4]),
        number::SELECT => select(memory, a[4]),
        number::NANOSLEEP => nanoseconds(memory, a[0], 1).map_or(Wait::Running, Wait::For),
        number::CLOCK_NANOSLEEP => clock_nanosleep(a, memory),
        number::READ | number::READV | number::RECVFROM | number::RECVMSG | number::ACCEPT | number::ACCEPT4 => {
            Wait::On(descriptor(a[0]), Direction::In)
        }
        number::WRITE | number::WRITEV | number::SENDTO | number::SENDMSG | number::FLOCK => Wait::On(descriptor(a[0]), Direction::Out),
        // Its child is looked at for itself.
        number::WAIT4 | number::WAITID => Wait::Forever,
        number::PAUSE | number::RT_SIGSUSPEND => Wait::Forever,
        _ => Wait::Busy,
    }
}

/// Whether a call of Go's monitor is one in which it naps or waits to be called.
pub(crate) fn is_wait(call: &Call) -> bool {
    match call.number {
        number::NANOSLEEP | number::CLOCK_NANOSLEEP => true,
        number::FUTEX => call.arguments[1] & 0x7f == 0,
        _ => false,
    }
}

/// Whether a futex would not wait, because its word is not what the caller has seen.
pub(crate) fn futex_word_has_changed(call: &Call, memory: &File) -> bool {
    let mut word = [0; 4];
    memory.read_exact_at(&mut word, call.arguments[0]).is_ok() && u32::from_ne_bytes(word) != call.arguments[2] as u32
}

/// A descriptor is an int: its upper half is whatever was in the register.
fn descriptor(argument: u64) -> i32 {
    (argument as u32).cast_signed()
}

fn futex(a: &[u64; 6], memory: &File) -> Wait {
    const CLOCK_REALTIME: u64 = 256;
    let operation = a[1] & 0x7f;
    // WAIT, LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2: the others do not wait.
    if !matches!(operation, 0 | 6 | 9 | 11 | 13) {
        return Wait::Running;
    }
    if a[3] == 0 {
        return Wait::Forever;
    }
    let Some(at) = nanoseconds(memory, a[3], 1) else { return Wait::Running };
    match operation {
        0 => Wait::For(at),
        6 => Wait::UntilCalendar(at),
        _ if a[1] & CLOCK_REALTIME != 0 => Wait::UntilCalendar(at),
        _ => Wait::UntilMonotonic(at),
    }
}

fn clock_nanosleep(a: &[u64; 6], memory: &File) -> Wait {
    const ABSOLUTE: u64 = 1;
    let Some(at) = nanoseconds(memory, a[2], 1) else { return Wait::Running };
    match (a[1] & ABSOLUTE, a[0]) {
        (0, _) => Wait::For(at),
        (_, 0 | 11) => Wait::UntilCalendar(at),
        _ => Wait::UntilMonotonic(at),
    }
}

/// A time-out in milliseconds; negative: none.
fn milliseconds(argument: u64) -> Wait {
    // The argument is an int: its upper half is whatever was in the register.
    match (argument as u32).cast_signed() {
        negative if negative < 0 => Wait::Forever,
        milliseconds => Wait::For(i64::from(milliseconds) * 1_000_000),
    }
}

/// A time-out by a pointer to a timespec; null: none.
fn relative(memory: &File, address: u64) -> Wait {
    if address == 0 { Wait::Forever } else { nanoseconds(memory, address, 1).map_or(Wait::Running, Wait::For) }
}

/// A time-out by a pointer to a timeval; null: none.
fn select(memory: &File, address: u64) -> Wait {
    if address == 0 { Wait::Forever } else { nanoseconds(memory, address, 1000).map_or(Wait::Running, Wait::For) }
}

/// Seconds and a fraction in units of so many nanoseconds.
fn nanoseconds(memory: &File, address: u64, unit: i64) -> Option<i64> {
    let mut bytes = [0; 16];
    memory.read_exact_at(&mut bytes, address).ok()?;
    let (seconds, fraction) = bytes.split_at(8);
    let seconds = i64::from_ne_bytes(seconds.try_into().ok()?);
    let fraction = i64::from_ne_bytes(fraction.try_into().ok()?);
    Some(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit)))
}
