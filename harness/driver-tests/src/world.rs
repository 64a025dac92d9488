//! The world around one driver: its network, its API server, its journal.

use std::fmt::Write;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use driver_host::HttpService;
use fake_vcenter_world::WorldConfig;
use seatrial_journal::{Call, Entry, Event, Flow, MemorySink};
use seatrial_node::{ConfigurationFiles, SimulatedHost};
use seatrial_wires::{FaultPlan, Network, Process, virtual_run};

use crate::cluster::Cluster;
use crate::vcenter::FakeVCenter;

/// All tests grow from it.
const SEED: u64 = 1;

/// A world without vCenters; `begin` begins one.
pub struct World {
    /// The API server, and what a user does there.
    pub cluster: Cluster,
    /// What the driver's configuration files are.
    pub files: ConfigurationFiles,
    network: Network,
    /// Who calls the driver.
    caller: Process,
    journal: MemorySink,
    /// How many entries were looked at.
    seen: AtomicUsize,
}

impl World {
    /// Begins a world in virtual time, and does `body` in it.
    pub fn begin<F: Future>(body: impl FnOnce(Self) -> F) -> F::Output {
        virtual_run(SEED, |network| {
            let journal = MemorySink::default();
            network.journal().add_sink(journal.clone());
            let (cluster, caller) = (Cluster::start(&network), network.process("caller"));
            body(Self { cluster, files: ConfigurationFiles::default(), network, caller, journal, seen: AtomicUsize::new(0) })
        })
    }

    /// Starts a vCenter.
    pub fn vcenter(&self, config: WorldConfig) -> FakeVCenter {
        FakeVCenter::start(&self.network, config)
    }

    /// A new incarnation of a driver's process, and its host; an earlier one is killed.
    pub fn host(&self, name: &str) -> Arc<SimulatedHost> {
        SimulatedHost::new(self.process(name), None, self.files.clone())
    }

    /// A new incarnation of a process; an earlier one is killed.
    pub fn process(&self, name: &str) -> Process {
        self.network.process(name)
    }

    /// What calls a driver at an address: `csi-controller:/csi/csi.sock`.
    pub fn connect(&self, address: &str) -> HttpService {
        self.caller.connect(address)
    }

    /// Kills a process.
    pub fn kill(&self, name: &str) {
        self.network.kill(name, None);
    }

    /// Whether a process lives.
    pub fn lives(&self, name: &str) -> bool {
        self.network.alive(name).is_some()
    }

    /// From now on calls are asked whether something befalls them.
    pub fn befall(&self, plan: impl FaultPlan + 'static) {
        self.network.set_fault_plan(Arc::new(plan));
    }

    /// What is looked for from now on happens from now on.
    pub fn forget(&self) {
        self.seen.store(self.journal.entries().len(), Ordering::Relaxed);
    }

    /// What a process has called since the last [`World::forget`], long polls and watches apart.
    pub fn calls(&self, process: &str) -> Vec<Call> {
        let sent = |entry: Entry| if let Event::Sent(call) = entry.event { Some(call) } else { None };
        self.news().into_iter().filter_map(sent).filter(|call| call.from == process && call.flow == Flow::Unary).collect()
    }

    /// How many calls to an address, `vc-a`, a process has sent since then.
    pub fn calls_to(&self, process: &str, to: &str) -> usize {
        self.calls(process).iter().filter(|call| server(call) == to).count()
    }

    /// How many lines of a process's log hold a text since then.
    pub fn logged(&self, process: &str, text: &str) -> usize {
        let holds = |entry: &Entry| matches!(&entry.event, Event::Log { process: by, line } if by == process && line.contains(text));
        self.news().iter().filter(|entry| holds(entry)).count()
    }

    /// What a process has called and logged since then, in order: the second, and what.
    pub fn trace(&self, process: &str) -> String {
        let mut lines = String::new();
        for entry in self.news() {
            let line = match &entry.event {
                Event::Sent(call) if call.from == process && call.flow == Flow::Unary => {
                    format!("{}: {} {}", server(call), call.method, call.target.as_deref().unwrap_or_default())
                }
                Event::Log { process: by, line } if by == process => format!("log: {line}"),
                _ => continue,
            };
            writeln!(lines, "{:>5} {}", entry.at.duration().as_secs(), line.trim_end()).unwrap();
        }
        lines
    }

    fn news(&self) -> Vec<Entry> {
        self.journal.entries().split_off(self.seen.load(Ordering::Relaxed))
    }
}

/// Who is called: an address without its port.
fn server(call: &Call) -> &str {
    call.to.split(':').next().unwrap_or(&call.to)
}

/// Time passes.
pub async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
