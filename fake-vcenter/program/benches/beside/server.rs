//! A server under measure: how it is started and ended, and what its process costs as the kernel counts it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::soap::{Connection, Reference};

/// So long a server may take until it says where it listens: the simulator takes a minute for 10,000 machines.
const START: Duration = Duration::from_secs(300);
/// So long it may take to end.
const END: Duration = Duration::from_secs(20);

/// One of the two, not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// Ours.
    Fake,
    /// govmomi's.
    Vcsim,
}

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it had answered a call.
    pub ready: Duration,
    /// The processor time that it took until then.
    pub ready_cpu: Duration,
}

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures by the wall clock")]
pub fn now() -> Instant {
    Instant::now()
}

impl Server {
    /// Starts one with so many machines; what it takes until the first call is answered is noted.
    pub fn start(kind: ServerKind, program: &Path, machines: usize) -> Result<Self, Failure> {
        let machines = machines.to_string();
        let flags: &[&str] = match kind {
            ServerKind::Fake => &["-vm", &machines, "-l", "127.0.0.1:0", "-tls=false", "--task-time", "0"],
            ServerKind::Vcsim => &["-vm", &machines],
        };
        let begun = now();
        let mut child = Command::new(program)
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Failure::Start { program: program.to_owned(), source })?;
        let said = child.stdout.take().map(first_line).unwrap_or_default();
        let Some(address) = address(&said) else {
            end(&mut child);
            return Err(Failure::NotReady { program: PathBuf::from(program), said });
        };
        let mut server = Self { child, address, ready: Duration::ZERO, ready_cpu: Duration::ZERO };
        Connection::open(address)?.call(&Reference::new("ServiceInstance", "ServiceInstance"), "RetrieveServiceContent", "")?;
        server.ready = begun.elapsed();
        server.ready_cpu = server.cpu()?;
        Ok(server)
    }

    /// The processor time of all of its threads.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        cpu_of(self.child.id())
    }

    /// A line of what the kernel tells of its memory, `VmHWM:` for the most that it ever had; in MiB.
    pub fn memory(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let told = status.lines().find_map(|told| told.strip_prefix(line)).unwrap_or_default();
        told.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// What it says first, if it says anything in time. What it says later is read and dropped, so that it never waits for a reader.
fn first_line(output: ChildStdout) -> String {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(output).lines();
        let _ = tell.send(lines.next().and_then(Result::ok).unwrap_or_default());
        lines.for_each(drop);
    });
    told.recv_timeout(START).unwrap_or_default()
}

/// vcsim removes the files of its datastores when it is asked to end.
fn end(child: &mut Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status();
    let begun = now();
    while asked.as_ref().is_ok_and(std::process::ExitStatus::success) && begun.elapsed() < END {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The processor time of all threads of a process.
fn cpu_of(process: u32) -> Result<Duration, Failure> {
    let mut total = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).map_err(Failure::Kernel)?.flatten() {
        // A thread may have ended since it was listed.
        let Ok(line) = std::fs::read_to_string(thread.path().join("schedstat")) else { continue };
        total += line.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(Duration::from_nanos(total))
}

/// The address in the line that a server says when it is ready: `http://user:pass@127.0.0.1:8989/sdk`.
fn address(said: &str) -> Option<SocketAddr> {
    let rest = said.split("http://").nth(1)?.split("/sdk").next()?;
    rest.rsplit('@').next()?.parse().ok()
}
