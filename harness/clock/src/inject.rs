//! One system call in a stopped program's name, and the end of a sleep: what needs the machine's registers.

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::unistd::Pid;

use crate::stops::{self, Stop};
use crate::wait::{Call, number};

/// Maps a private page for reading and writing into a program that stands at its exec stop; its address.
/// `instruction` is the address of a `syscall` instruction in the program.
#[cfg(target_arch = "x86_64")]
pub(crate) fn map_page(pid: Pid, instruction: u64) -> nix::Result<u64> {
    const MMAP: u64 = 9;
    const READ_WRITE: u64 = 3;
    const PRIVATE_ANONYMOUS: u64 = 0x22;
    // Out of the exec, whose end sets a register.
    step(pid)?;
    let saved = ptrace::getregs(pid)?;
    let mut registers = saved;
    registers.rip = instruction;
    registers.rax = MMAP;
    registers.orig_rax = u64::MAX;
    (registers.rdi, registers.rsi, registers.rdx) = (0, 4096, READ_WRITE);
    (registers.r10, registers.r8, registers.r9) = (PRIVATE_ANONYMOUS, u64::MAX, 0);
    ptrace::setregs(pid, registers)?;
    let mut address = 0;
    for _ in 0..4 {
        step(pid)?;
        let after = ptrace::getregs(pid)?;
        if after.rip == instruction + 2 {
            address = after.rax;
            break;
        }
    }
    ptrace::setregs(pid, saved)?;
    match address.cast_signed() {
        error @ -4095..0 => Err(Errno::from_raw(i32::try_from(-error).unwrap_or(0))),
        0 => Err(Errno::EIO),
        _ => Ok(address),
    }
}

#[cfg(target_arch = "x86_64")]
fn step(pid: Pid) -> nix::Result<()> {
    ptrace::step(pid, None)?;
    match stops::wait_for(pid.as_raw())? {
        Stop::Signal { .. } | Stop::Event { .. } => Ok(()),
        _ => Err(Errno::ESRCH),
    }
}

/// Whether an interrupted thread stands in a sleep, which would go on.
#[cfg(target_arch = "x86_64")]
pub(crate) fn is_asleep(tid: Pid) -> bool {
    const RESTART_BLOCK: i64 = -516;
    ptrace::getregs(tid).is_ok_and(|registers| registers.rax.cast_signed() == RESTART_BLOCK)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn is_asleep(_: Pid) -> bool {
    false
}

/// Makes an interrupted thread return from its wait (the number of its system call) as its time-out would. A thread that is in no wait any more is
/// left alone.
#[cfg(target_arch = "x86_64")]
pub(crate) fn time_out(tid: Pid, wait: i64) -> nix::Result<()> {
    // RESTARTSYS, RESTARTNOINTR, RESTARTNOHAND, RESTART_RESTARTBLOCK, EINTR
    const INTERRUPTED: [i64; 5] = [-512, -513, -514, -516, -4];
    let mut registers = ptrace::getregs(tid)?;
    if !INTERRUPTED.contains(&registers.rax.cast_signed()) {
        return Ok(());
    }
    registers.rax = match wait {
        number::FUTEX => -(Errno::ETIMEDOUT as i64),
        number::RT_SIGTIMEDWAIT | number::SEMTIMEDOP => -(Errno::EAGAIN as i64),
        number::READ | number::READV | number::RECVFROM | number::RECVMSG | number::ACCEPT | number::ACCEPT4 => -(Errno::EAGAIN as i64),
        number::WRITE | number::WRITEV | number::SENDTO | number::SENDMSG => -(Errno::EAGAIN as i64),
        number::SELECT | number::PSELECT6 => {
            clear_sets(tid, registers.rdi, [registers.rsi, registers.rdx, registers.r10]);
            0
        }
        _ => 0,
    }
    .cast_unsigned();
    ptrace::setregs(tid, registers)
}

/// The system call before which a thread stands; None: it has made it.
#[cfg(target_arch = "x86_64")]
pub(crate) fn call_at_entry(tid: Pid) -> Option<Call> {
    const NOT_MADE: i64 = -(Errno::ENOSYS as i64);
    let registers = ptrace::getregs(tid).ok()?;
    (registers.rax.cast_signed() == NOT_MADE).then(|| call_in(&registers))
}

/// The system call before which, or in which, a thread stands.
#[cfg(target_arch = "x86_64")]
pub(crate) fn call(tid: Pid) -> nix::Result<Call> {
    ptrace::getregs(tid).map(|registers| call_in(&registers))
}

#[cfg(target_arch = "x86_64")]
fn call_in(registers: &nix::libc::user_regs_struct) -> Call {
    let arguments = [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9];
    Call { number: registers.orig_rax.cast_signed(), arguments }
}

/// Makes a thread that stands before a wait (the number of its system call) return from it at once, as its time-out would.
#[cfg(target_arch = "x86_64")]
pub(crate) fn skip_call(tid: Pid, wait: i64) -> nix::Result<()> {
    answer_call(tid, if wait == number::FUTEX { -(Errno::ETIMEDOUT as i64) } else { 0 }.cast_unsigned())
}

/// Makes a thread that stands before a system call return from it at once, with this answer.
#[cfg(target_arch = "x86_64")]
pub(crate) fn answer_call(tid: Pid, answer: u64) -> nix::Result<()> {
    let mut registers = ptrace::getregs(tid)?;
    registers.orig_rax = u64::MAX;
    registers.rax = answer;
    ptrace::setregs(tid, registers)
}

/// What a select that times out leaves: no descriptor is ready.
#[cfg(target_arch = "x86_64")]
fn clear_sets(tid: Pid, descriptors: u64, sets: [u64; 3]) {
    for set in sets.into_iter().filter(|set| *set != 0) {
        for word in 0..descriptors.min(1024).div_ceil(64) {
            let _ = ptrace::write(tid, (set + 8 * word) as ptrace::AddressType, 0);
        }
    }
}

/// Whether the process that a thread just made has the maker's memory, as after vfork. The thread stands at the stop
/// that tells of it.
#[cfg(target_arch = "x86_64")]
pub(crate) fn shares_memory(maker: Pid) -> bool {
    const CLONE: u64 = 56;
    const VFORK: u64 = 58;
    const CLONE3: u64 = 435;
    const CLONE_VM: u64 = 0x100;
    let Ok(registers) = ptrace::getregs(maker) else { return false };
    let flags = match registers.orig_rax {
        CLONE => registers.rdi,
        VFORK => CLONE_VM,
        CLONE3 => ptrace::read(maker, registers.rdi as ptrace::AddressType).map_or(0, i64::cast_unsigned),
        _ => 0,
    };
    flags & CLONE_VM != 0
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn shares_memory(_: Pid) -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn map_page(_: Pid, _: u64) -> nix::Result<u64> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn call_at_entry(_: Pid) -> Option<Call> {
    None
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn call(_: Pid) -> nix::Result<Call> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn answer_call(_: Pid, _: u64) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn skip_call(_: Pid, _: i64) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn time_out(_: Pid, _: i64) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}
