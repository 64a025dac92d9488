//! A thread that lives in a mount namespace of its own and does there what it is asked. Nothing else of this process is moved.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

use driver_host::MachineError;
use driver_host::os::OperatingSystemMachine;
use nix::sched::{CloneFlags, unshare};

use super::error::RealDevicesError;

type Job = Box<dyn FnOnce() + Send>;

/// The namespace, which ends with this and with the last program that was started in it.
pub(super) struct Inside {
    /// Taken at the end: the thread ends when nobody can ask it any more.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    namespace: PathBuf,
}

impl Inside {
    /// Makes the namespace and furnishes it.
    pub(super) fn enter(
        node: &str,
        furnish: impl FnOnce() -> Result<(), RealDevicesError> + Send + 'static,
    ) -> Result<Self, RealDevicesError> {
        let failed = |source| RealDevicesError::Thread { node: node.to_owned(), source };
        let ((jobs, asked), (told, ready)) = (channel::<Job>(), channel());
        let work = move || {
            let entered = unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_NEWNS).map_err(RealDevicesError::Namespace);
            let entered = entered.and_then(|()| furnish());
            let name = std::fs::read_link("/proc/thread-self").map(|link| Path::new("/proc").join(link).join("ns/mnt"));
            let is_in = entered.is_ok();
            // Whoever asked is waiting.
            let _ = told.send((entered, name));
            if is_in {
                asked.into_iter().for_each(|job| job());
            }
        };
        let thread = Builder::new().name(format!("node {node}")).spawn(work).map_err(failed)?;
        let (entered, name) = ready.recv().map_err(|_| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        entered?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), namespace: name.map_err(failed)? })
    }

    /// The namespace as a path that `nsenter` takes.
    pub(super) fn namespace(&self) -> &Path {
        &self.namespace
    }

    /// Does something in the namespace, and waits for it.
    pub(super) fn run<R: Send + 'static>(&self, job: impl FnOnce() -> R + Send + 'static) -> R {
        let (told, answer) = channel();
        let job: Job = Box::new(move || drop(told.send(job())));
        let asked = self.jobs.as_ref().map(|jobs| jobs.send(job));
        assert!(matches!(asked, Some(Ok(()))), "the thread in the namespace ended");
        answer.recv().expect("what is done in a namespace does not panic")
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // One that panicked is over too.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The machine as a driver in the namespace sees it.
pub(super) fn machine() -> OperatingSystemMachine {
    // `self` would be the process's first thread, which lives elsewhere.
    OperatingSystemMachine { mountinfo: "/proc/thread-self/mountinfo".into(), ..OperatingSystemMachine::default() }
}

/// Waits for work of the operating system's, on a thread without a runtime.
pub(super) fn block_on<R>(work: impl Future<Output = Result<R, MachineError>>) -> Result<R, MachineError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let failed = |error: std::io::Error| MachineError::Failed { action: "work on", path: "/".into(), reason: error.to_string() };
    runtime.map_err(failed)?.block_on(work)
}
