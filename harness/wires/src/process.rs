//! A process: tasks and wires with an incarnation number, that die together.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use driver_host::HttpService;
use futures::FutureExt;
use futures::future::BoxFuture;
use seatrial_journal::{Border, Describe, Event, Journal};
use seatrial_seed::{Generator, Seed, SharedClock};
use tokio::task::AbortHandle;

use crate::network::{HowEnded, Network};
use crate::wire::Wire;

/// Most yields before a task's first poll.
const MOST_YIELDS: u64 = 3;

tokio::task_local! {
    /// Name of the running task, for the livelock guard.
    pub(crate) static TASK: String;
}

struct Inner {
    name: String,
    incarnation: u32,
    network: Network,
    seed: Seed,
    alive: AtomicBool,
    yields: Mutex<Generator>,
    tasks: Mutex<Tasks>,
}

/// The tasks that have not come to their end, in the order in which they began.
#[derive(Default)]
struct Tasks {
    begun: u64,
    living: BTreeMap<u64, AbortHandle>,
}

/// One incarnation of one process; clones are handles on the same.
#[derive(Clone)]
pub struct Process(Arc<Inner>);

impl Process {
    pub(crate) fn start(network: &Network, name: &str, incarnation: u32, seed: Seed) -> Self {
        let yields = Mutex::new(seed.child("yields").generator());
        let (alive, tasks) = (AtomicBool::new(true), Mutex::default());
        Self(Arc::new(Inner { name: name.to_owned(), incarnation, network: network.clone(), seed, alive, yields, tasks }))
    }

    /// The process's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// How often a process of this name has started, from 1.
    pub fn incarnation(&self) -> u32 {
        self.0.incarnation
    }

    /// Whether it has neither been killed nor ended.
    pub fn is_alive(&self) -> bool {
        self.0.alive.load(Ordering::Relaxed)
    }

    /// The network it lives in.
    pub fn network(&self) -> &Network {
        &self.0.network
    }

    /// The run's clock.
    pub fn clock(&self) -> SharedClock {
        self.0.network.clock()
    }

    /// The run's journal.
    pub fn journal(&self) -> &Journal {
        self.0.network.journal()
    }

    /// A generator of this name, of this incarnation.
    pub fn generator(&self, name: &str) -> Generator {
        self.0.seed.child(name).generator()
    }

    /// Writes a line to the process's log.
    pub fn log(&self, line: &str) {
        self.journal().record(Event::Log { process: self.0.name.clone(), line: line.to_owned() });
    }

    /// Starts a task that dies with the process. A panic in it ends the process, as it would a real one.
    pub fn spawn(&self, name: &str, future: impl Future<Output = ()> + Send + 'static) {
        self.spawn_boxed(name, Box::pin(future));
    }

    /// All tasks are of one type, so that tokio's part of a task is compiled once and not for each future anew.
    fn spawn_boxed(&self, name: &str, future: BoxFuture<'static, ()>) {
        if !self.is_alive() {
            return;
        }
        let yields = self.0.yields.lock().expect("no draw panics").below(MOST_YIELDS);
        let process = self.clone();
        let mut tasks = self.tasks();
        tasks.begun += 1;
        let number = tasks.begun;
        let task = TASK.scope(name.to_owned(), async move {
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            if let Err(panic) = AssertUnwindSafe(future).catch_unwind().await {
                process.exit(&format!("panicked: {}", panic_text(&*panic)));
            }
            process.tasks().living.remove(&number);
        });
        #[expect(clippy::disallowed_methods, reason = "this is the one place where a process's tasks begin")]
        let handle = tokio::spawn(task).abort_handle();
        tasks.living.insert(number, handle);
    }

    /// A service that sends requests to `address`. Each request looks the listener up anew, so a server that has
    /// restarted is found again; while there is none, requests are refused.
    pub fn connect(&self, address: &str) -> HttpService {
        HttpService::new(Wire::new(self.clone(), address))
    }

    /// Serves `address` for as long as the process lives. Each request runs in a task of this process.
    pub fn listen(&self, address: &str, border: Border, service: HttpService, describe: Arc<dyn Describe>) {
        self.0.network.open(address, self, border, service, describe);
    }

    /// Kills the process: its wires are fenced first, then its tasks are aborted.
    pub fn kill(&self) {
        self.end(HowEnded::Killed { restart: None });
    }

    /// The process ends by itself, saying why.
    pub fn exit(&self, why: &str) {
        self.end(HowEnded::Exited(why.to_owned()));
    }

    pub(crate) fn end(&self, how: HowEnded) {
        if !self.0.alive.swap(false, Ordering::Relaxed) {
            return;
        }
        self.0.network.close_all_of(self, how);
        let tasks = std::mem::take(&mut self.tasks().living);
        tasks.values().for_each(AbortHandle::abort);
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.0.tasks.lock().expect("nothing panics while the list of tasks is locked")
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}
