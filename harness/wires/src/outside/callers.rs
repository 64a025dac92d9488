//! Which process is at the other end of a connection on loopback.
//!
//! A world with processes serves everybody at one address, as a real one does; who calls is read from the kernel: the socket at the
//! other end has an inode, and one of the children has that inode open. Linux only (`/proc`); the sockets are those of the
//! thread's own network namespace. A child of a child counts as
//! the child. Whoever is no child is a stranger.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

/// The children of a run, by process id; clones share the list.
#[derive(Clone, Debug, Default)]
pub struct Callers(Arc<Mutex<BTreeMap<u32, String>>>);

impl Callers {
    /// A child of this name lives.
    pub fn began(&self, pid: u32, name: &str) {
        self.lock().insert(pid, name.to_owned());
    }

    /// The child is gone.
    pub fn ended(&self, pid: u32) {
        self.lock().remove(&pid);
    }

    /// The name of the child that has the connection from `peer` to `local` open.
    pub fn at(&self, peer: SocketAddr, local: SocketAddr) -> Option<String> {
        let inode = inode(peer, local)?;
        let children = self.lock().clone();
        children.into_iter().find(|(pid, _)| has_open(*pid, &inode)).map(|(_, name)| name)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, String>> {
        self.0.lock().expect("nothing panics while the list is locked")
    }
}

/// The socket from `peer` to `local`, as file descriptors name it.
fn inode(peer: SocketAddr, local: SocketAddr) -> Option<String> {
    let (table, ends) = match (peer.ip(), local.ip()) {
        (IpAddr::V4(_), IpAddr::V4(_)) => ("/proc/thread-self/net/tcp", [hexadecimal(peer), hexadecimal(local)]),
        _ => ("/proc/thread-self/net/tcp6", [hexadecimal(peer), hexadecimal(local)]),
    };
    let table = std::fs::read_to_string(table).ok()?;
    let wanted = |line: &&str| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        columns.next() == Some(ends[0].as_str()) && columns.next() == Some(ends[1].as_str())
    };
    let inode = table.lines().find(wanted)?.split_ascii_whitespace().nth(9)?;
    Some(format!("socket:[{inode}]"))
}

/// An address as the kernel's table has it: words of the machine's byte order, in hexadecimal.
fn hexadecimal(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let words = octets.as_chunks::<4>().0.iter().map(|word| format!("{:08X}", u32::from_ne_bytes(*word)));
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

fn has_open(pid: u32, socket: &str) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut links = open.filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok());
    links.any(|link| link.as_os_str() == socket) || children_of(pid).into_iter().any(|child| has_open(child, socket))
}

fn children_of(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_ascii_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn this_process_is_found_at_the_other_end_of_its_own_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, peer) = listener.accept().unwrap();
        let callers = Callers::default();
        assert_eq!(callers.at(peer, accepted.local_addr().unwrap()), None, "a stranger");
        callers.began(std::process::id(), "me");
        assert_eq!(callers.at(peer, accepted.local_addr().unwrap()).as_deref(), Some("me"));
        callers.ended(std::process::id());
        assert_eq!(callers.at(peer, accepted.local_addr().unwrap()), None);
    }
}
