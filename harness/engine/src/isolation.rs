//! A network of a world's own: programs that others wrote have fixed ports, so two worlds of them can only run at once when each has
//! its own loopback. Linux's network namespaces give it to whoever is root, for one thread and what that starts.

use std::io;
use std::os::fd::AsRawFd;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use nix::sched::{CloneFlags, unshare};
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

/// Held by the one world that may run where worlds cannot be isolated.
static ALONE: Mutex<()> = Mutex::new(());

/// Whether a thread of this process can have a network of its own.
pub(crate) fn is_possible() -> bool {
    static POSSIBLE: OnceLock<bool> = OnceLock::new();
    *POSSIBLE.get_or_init(|| std::thread::spawn(|| enter().is_ok()).join().unwrap_or(false))
}

/// Waits until no other world runs that has to be alone.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    // A world that panicked is over too.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives the calling thread a network of its own, with nothing but a loopback device, which is up.
pub(crate) fn enter() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWNET)?;
    loopback_up()
}

/// Whether the calling thread has another network than the process began with.
pub(crate) fn is_entered() -> bool {
    let of = |whose: &str| std::fs::read_link(format!("/proc/{whose}/ns/net")).ok();
    of("thread-self") != of("self")
}

/// What rtnetlink calls "set the flag UP of device 1": a header (length, RTM_NEWLINK, request with acknowledgement, number, sender)
/// and the device (family, type, index, flags, which flags change).
fn loopback_up() -> io::Result<()> {
    const NEW_LINK: u16 = 16;
    const REQUEST_AND_ACKNOWLEDGE: u16 = 1 | 4;
    const UP: u32 = 1;
    const LOOPBACK: i32 = 1;
    let mut message = Vec::with_capacity(32);
    message.extend(32_u32.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_AND_ACKNOWLEDGE.to_ne_bytes());
    message.extend(1_u32.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    message.extend([0_u8; 4]);
    message.extend(LOOPBACK.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    let socket = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
    sendto(socket.as_raw_fd(), &message, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut answer = [0_u8; 256];
    let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    // An acknowledgement: after its header stands the error, 0 or negative.
    let error = answer.get(16..20).filter(|_| length >= 20).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match error {
        Some(0) => Ok(()),
        Some(error) => Err(io::Error::from_raw_os_error(-error)),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn two_threads_listen_at_the_same_port() {
        if !is_possible() {
            eprintln!("SKIPPED: needs the right to make network namespaces (root)");
            return;
        }
        let bind = || {
            enter().unwrap();
            assert!(is_entered());
            TcpListener::bind("127.0.0.1:2112").unwrap()
        };
        let (first, second) = (std::thread::spawn(bind).join().unwrap(), std::thread::spawn(bind).join().unwrap());
        assert_eq!(first.local_addr().unwrap(), second.local_addr().unwrap());
        assert!(!is_entered(), "this thread stays where it was");
    }
}
