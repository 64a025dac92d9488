//! The time-outs of a child's sockets (SO_RCVTIMEO, SO_SNDTIMEO), which the kernel would measure by its own clock.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, socket_timeout};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use crate::wait::Direction;

/// The time-out of a process's descriptor in nanoseconds; None where it has none or is no socket.
pub(crate) fn time_out(pid: i32, descriptor: i32, direction: Direction) -> Option<i64> {
    let socket = borrow(pid, descriptor)?;
    let which = match direction {
        Direction::In => Timeout::Recv,
        Direction::Out => Timeout::Send,
    };
    let time: Duration = socket_timeout(socket.as_fd(), which).ok().flatten()?;
    i64::try_from(time.as_nanos()).ok()
}

/// Our own descriptor of what the child's stands for.
fn borrow(pid: i32, descriptor: i32) -> Option<OwnedFd> {
    let process = pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()?;
    pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty()).ok()
}
