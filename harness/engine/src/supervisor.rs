//! Starts processes, and starts them again when they were killed or ended.
//!
//! A process that ends by itself is started again as a kubelet restarts a container: after 10 s, doubled each time, up
//! to five minutes. One that a fault killed comes back when the fault says, or never; one that is held down, because its
//! machine is off or a scenario keeps it away, comes back when it is let go. By the wall's clock the first back-off is a second until
//! the first step begins, because somebody waits to hear why a driver does not come up. Not modelled: the kubelet's forgetting of
//! the backoff after ten good minutes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_wires::{Ended, HowEnded, Network, Process};

const FIRST_BACKOFF: Duration = Duration::from_secs(10);
const HURRIED_BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(300);

/// Fills a fresh process with its tasks and listeners.
type Starter = Arc<dyn Fn(&Process) + Send + Sync>;

/// What is done at the instant at which a process ends.
type Farewell = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct State {
    starters: BTreeMap<String, Starter>,
    farewells: BTreeMap<String, Farewell>,
    ended_by_themselves: BTreeMap<String, u32>,
    held_down: BTreeMap<String, BTreeSet<Why>>,
    coming_back: Vec<String>,
    hurried: bool,
}

impl State {
    /// How long it takes until a process comes back that has ended once more.
    fn backoff(&mut self, name: &str) -> Duration {
        let first = if self.hurried { HURRIED_BACKOFF } else { FIRST_BACKOFF };
        let times = self.ended_by_themselves.entry(name.to_owned()).or_default();
        let backoff = first.saturating_mul(2_u32.saturating_pow(*times)).min(LONGEST_BACKOFF);
        *times += 1;
        backoff
    }
}

/// Why a process is held down; it comes back when no reason is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The machine that it runs on is off.
    MachineOff,
    /// The scenario failed it.
    Failed,
}

/// The supervisor of one run's processes; clones are handles on the same.
#[derive(Clone)]
pub struct Supervisor {
    network: Network,
    state: Arc<Mutex<State>>,
}

impl Supervisor {
    /// A supervisor for this network; [`Supervisor::watch`] must run beside the world.
    pub fn new(network: &Network) -> Self {
        Self { network: network.clone(), state: Arc::default() }
    }

    /// Whether what ends is started again soon; what ended before that changes is forgotten.
    pub fn hurry(&self, hurried: bool) {
        let mut state = self.lock();
        if state.hurried != hurried {
            state.hurried = hurried;
            state.ended_by_themselves.clear();
        }
    }

    /// Starts a process for the first time and remembers how. One that was started before, or runs, only learns how it starts the next time.
    pub fn start(&self, name: &str, starter: impl Fn(&Process) + Send + Sync + 'static) {
        let starter: Starter = Arc::new(starter);
        let before = self.lock().starters.insert(name.to_owned(), Arc::clone(&starter));
        if before.is_none() && self.network.alive(name).is_none() {
            starter(&self.network.process(name));
        }
    }

    /// Forgets how a process is started: when it ends it stays away.
    pub fn retire(&self, name: &str) {
        let starter = self.lock().starters.remove(name);
        // What it owned goes outside the lock.
        drop(starter);
    }

    /// Does something whenever a process of this name has ended, whatever ended it.
    pub fn at_end_of(&self, name: &str, farewell: impl Fn() + Send + Sync + 'static) {
        self.lock().farewells.insert(name.to_owned(), Arc::new(farewell));
    }

    /// Kills a process, and keeps it down until it is let go for the same reason.
    pub fn hold_down(&self, name: &str, why: Why) {
        self.lock().held_down.entry(name.to_owned()).or_default().insert(why);
        self.network.kill(name, None);
    }

    /// Takes back a reason to keep a process down; without another one it starts.
    pub fn let_go(&self, name: &str, why: Why) {
        let mut state = self.lock();
        let Some(reasons) = state.held_down.get_mut(name) else { return };
        reasons.remove(&why);
        if !reasons.is_empty() {
            return;
        }
        state.held_down.remove(name);
        drop(state);
        self.start_now(name);
    }

    /// Whether a process of this name was ever started.
    pub fn knows(&self, name: &str) -> bool {
        self.lock().starters.contains_key(name)
    }

    /// Kills a process; it comes back after `restart`, if given.
    pub fn kill(&self, name: &str, restart: Option<Duration>) {
        self.network.kill(name, restart);
    }

    /// Ends a process that does not answer any more; it comes back as one does that has ended by itself.
    pub fn end(&self, name: &str) {
        let backoff = self.lock().backoff(name);
        self.network.kill(name, Some(backoff));
    }

    /// Forgets how processes are started. What starts them may hold what holds the supervisor; a run that is over must not
    /// hold itself.
    pub fn forget(&self) {
        let mut state = self.lock();
        let forgotten = (std::mem::take(&mut state.starters), std::mem::take(&mut state.farewells));
        drop(state);
        // What they owned goes outside the lock.
        drop(forgotten);
    }

    /// Which processes are down and will come back.
    pub fn coming_back(&self) -> Vec<String> {
        self.lock().coming_back.clone()
    }

    /// Starts again what ends, for as long as the run lasts; `keeper` is the process that waits in between.
    pub async fn watch(self, keeper: Process) {
        let Some(mut ended) = self.network.take_ended() else { return };
        while let Some(ended) = ended.recv().await {
            let farewell = self.lock().farewells.get(&ended.process).cloned();
            if let Some(farewell) = farewell {
                farewell();
            }
            if let Some(after) = self.restart_after(&ended) {
                self.lock().coming_back.push(ended.process.clone());
                let supervisor = self.clone();
                keeper.spawn(&format!("restart {}", ended.process), async move {
                    tokio::time::sleep(after).await;
                    supervisor.start_again(&ended.process);
                });
            }
        }
    }

    fn restart_after(&self, ended: &Ended) -> Option<Duration> {
        let mut state = self.lock();
        if !state.starters.contains_key(&ended.process) || state.held_down.contains_key(&ended.process) {
            return None;
        }
        match &ended.how {
            HowEnded::Killed { restart } => *restart,
            HowEnded::Exited(_) => Some(state.backoff(&ended.process)),
        }
    }

    fn start_again(&self, name: &str) {
        {
            let mut state = self.lock();
            if let Some(place) = state.coming_back.iter().position(|coming| coming == name) {
                state.coming_back.remove(place);
            }
        }
        self.start_now(name);
    }

    fn start_now(&self, name: &str) {
        let starter = {
            let state = self.lock();
            if state.held_down.contains_key(name) {
                return;
            }
            state.starters.get(name).cloned()
        };
        // Somebody else may have started it meanwhile.
        if self.network.alive(name).is_none()
            && let Some(starter) = starter
        {
            starter(&self.network.process(name));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the supervisor is locked")
    }
}
