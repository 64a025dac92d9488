//! The hidden role: the harness's executable starts itself again, waits until the keeper traces it, and becomes the
//! program. So nothing runs between fork and exec, and no unsafe code is needed.

use std::convert::Infallible;
use std::ffi::{CString, OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;
use nix::sys::personality::{self, Persona};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::execv;

use crate::cpu::{Rank, Scheduling};
use crate::far;

/// The first argument that makes an executable take the role.
pub(crate) const ROLE: &str = "__seatrial-clock-become";

/// The exit status where the program could not be started and the kernel gave no number.
const FAILED: i32 = 127;

/// How long a thread of the world's may compute on its processor without ever sleeping; more than twice of what the harness gives up at.
const BUSY_MICROSECONDS: u64 = 20_000_000;

/// To be called first in `main` with the arguments, the executable's own name included. Returns at once unless the
/// keeper of time started this process to become a program; then it does not return.
pub fn take_over(arguments: impl IntoIterator<Item = OsString>) {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next().is_none_or(|role| role != ROLE) {
        return;
    }
    let status = become_program(arguments);
    #[allow(clippy::disallowed_methods, reason = "this process is no harness but a program that could not be started")]
    std::process::exit(status);
}

/// Without a shell for what is no program: `execvp` would give it to one.
fn exec(path: &OsStr, name: OsString, arguments: impl Iterator<Item = OsString>) -> nix::Result<Infallible> {
    let word = |word: &OsStr| CString::new(word.as_bytes()).map_err(|_| Errno::EINVAL);
    let words = std::iter::once(name).chain(arguments).map(|argument| word(&argument)).collect::<nix::Result<Vec<_>>>()?;
    execv(&word(path)?, &words)
}

/// Returns only on failure, with the error's number.
fn become_program(mut arguments: impl Iterator<Item = OsString>) -> i32 {
    let (Some(scheduling), Some(fixed), Some(path), Some(program)) =
        (arguments.next(), arguments.next(), arguments.next(), arguments.next())
    else {
        return FAILED;
    };
    // The keeper's thread started us: when it ends, so do we.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    // Ends when the keeper traces us. An error means that it is gone.
    if std::io::stdin().read_to_end(&mut Vec::new()).is_err() {
        return FAILED;
    }
    let Ok(nothing) = std::fs::File::open("/dev/null") else { return FAILED };
    if rustix::stdio::dup2_stdin(&nothing).is_err() {
        return FAILED;
    }
    if fixed == "fixed" {
        let _ = personality::set(Persona::ADDR_NO_RANDOMIZE);
    }
    let scheduling = Scheduling::from_word(&scheduling.to_string_lossy());
    scheduling.enter(Rank::World);
    if matches!(scheduling, Scheduling::Fifo { .. }) {
        // A harness that was killed ends when its keeper's thread does, and that one ranks below the world's: a program that spins
        // because nobody moves its clock any more would never let it. The kernel ends such a program by this limit.
        let _ = setrlimit(Resource::RLIMIT_RTTIME, BUSY_MICROSECONDS, BUSY_MICROSECONDS);
        far::stop_before(fixed == "fixed");
    }
    match exec(&path, program, arguments) {
        Ok(never) => match never {},
        Err(error) => error as i32,
    }
}
