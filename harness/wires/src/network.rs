//! The network of one run: who listens where, who lives, and what every wire needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use driver_host::HttpService;
use seatrial_clock::{Touching, WorldClock};
use seatrial_journal::{Border, Call, CallId, Describe, Event, Journal, ProcessEvent};
use seatrial_seed::{Seed, SharedClock};
use tokio::sync::{Notify, mpsc};
use tokio_util::either::Either;

use crate::delivery::Delays;
use crate::fault::{Action, FaultPlan, Firing, Moment};
use crate::livelock::{Livelock, LivelockGuard};
use crate::process::Process;

/// A process that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its name.
    pub process: String,
    /// Which incarnation.
    pub incarnation: u32,
    /// How it came about.
    pub how: HowEnded,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HowEnded {
    /// It was killed; whoever supervises it starts it again after `restart`, if given.
    Killed {
        /// After how long it shall come back.
        restart: Option<Duration>,
    },
    /// It ended by itself.
    Exited(String),
}

#[derive(Clone)]
pub(crate) struct Listener {
    pub(crate) process: Process,
    pub(crate) service: HttpService,
}

/// How an address is read; stays when the listener goes, so that refused calls are recorded in its words.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) border: Border,
    pub(crate) describe: Arc<dyn Describe>,
}

struct State {
    delays: Delays,
    livelocks: LivelockGuard,
    listeners: BTreeMap<String, Listener>,
    readings: BTreeMap<String, Reading>,
    incarnations: BTreeMap<String, u32>,
    alive: BTreeMap<String, Process>,
    plan: Option<Arc<dyn FaultPlan>>,
    cuts: BTreeSet<(String, String)>,
    in_flight: u64,
    ended_receiver: Option<mpsc::UnboundedReceiver<Ended>>,
}

struct Inner {
    journal: Journal,
    clock: SharedClock,
    seed: Seed,
    state: Mutex<State>,
    ended: mpsc::UnboundedSender<Ended>,
    livelocked: Mutex<Option<Livelock>>,
    livelocks: Notify,
    others: Option<WorldClock>,
}

/// A connection to a program outside: told to the clock that it lives in, if that is the world's.
pub type Outside<S> = Either<Touching<S>, S>;

/// The network of one run; clones are handles on the same.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

impl Network {
    /// An empty network.
    pub fn new(journal: Journal, clock: SharedClock, seed: Seed) -> Self {
        Self::beside(None, journal, clock, seed)
    }

    /// An empty network of a world in which programs of others live, in its clock.
    pub(crate) fn beside(others: Option<WorldClock>, journal: Journal, clock: SharedClock, seed: Seed) -> Self {
        let (ended, ended_receiver) = mpsc::unbounded_channel();
        let state = Mutex::new(State {
            delays: Delays::new(&seed),
            livelocks: LivelockGuard::default(),
            listeners: BTreeMap::new(),
            readings: BTreeMap::new(),
            incarnations: BTreeMap::new(),
            alive: BTreeMap::new(),
            plan: None,
            cuts: BTreeSet::new(),
            in_flight: 0,
            ended_receiver: Some(ended_receiver),
        });
        Self(Arc::new(Inner { journal, clock, seed, state, ended, livelocked: Mutex::default(), livelocks: Notify::new(), others }))
    }

    /// Starts the next incarnation of a process. One that still lives under this name is killed first.
    pub fn process(&self, name: &str) -> Process {
        if let Some(previous) = self.alive(name) {
            previous.kill();
        }
        let mut state = self.lock();
        let incarnation = state.incarnations.entry(name.to_owned()).or_default();
        *incarnation += 1;
        let incarnation = *incarnation;
        let seed = self.0.seed.child("process").child(name).child(&incarnation.to_string());
        let process = Process::start(self, name, incarnation, seed);
        state.alive.insert(name.to_owned(), process.clone());
        drop(state);
        self.record_process(name, incarnation, ProcessEvent::Started);
        process
    }

    /// The living process of this name.
    pub fn alive(&self, name: &str) -> Option<Process> {
        self.lock().alive.get(name).cloned()
    }

    /// The names of all living processes, in order.
    pub fn names(&self) -> Vec<String> {
        self.lock().alive.keys().cloned().collect()
    }

    /// Kills the living process of this name; it shall come back after `restart`, if given.
    pub fn kill(&self, name: &str, restart: Option<Duration>) {
        if let Some(process) = self.alive(name) {
            process.end(HowEnded::Killed { restart });
        }
    }

    /// Ends every living process, as a run that is over does.
    pub fn end_all(&self) {
        let all: Vec<Process> = self.lock().alive.values().cloned().collect();
        for process in all {
            process.exit("the run is over");
        }
    }

    /// Cuts the way from a process to an address: its calls find no route, answers on their way are lost, a stream
    /// breaks when its next frame would arrive. A stream that has nothing to tell outlives a short cut, as a TCP
    /// connection does. Not modelled: packets that vanish without a word, which would only take the caller's time-out longer.
    pub fn cut(&self, process: &str, address: &str) {
        self.lock().cuts.insert((process.to_owned(), address.to_owned()));
    }

    /// Mends what [`Network::cut`] cut.
    pub fn mend(&self, process: &str, address: &str) {
        self.lock().cuts.remove(&(process.to_owned(), address.to_owned()));
    }

    pub(crate) fn is_cut(&self, process: &str, address: &str) -> bool {
        let cuts = &self.lock().cuts;
        !cuts.is_empty() && cuts.contains(&(process.to_owned(), address.to_owned()))
    }

    /// Sets the plan of faults; wires ask it from now on.
    pub fn set_fault_plan(&self, plan: Arc<dyn FaultPlan>) {
        self.lock().plan = Some(plan);
    }

    /// Takes the plan of faults away. A plan may hold what holds the network; a run that is over must not hold itself.
    pub fn forget_fault_plan(&self) {
        let forgotten = self.lock().plan.take();
        // What it owned goes outside the lock.
        drop(forgotten);
    }

    /// Processes that end, in order; for the one who supervises them. `None` when it was taken already.
    pub fn take_ended(&self) -> Option<mpsc::UnboundedReceiver<Ended>> {
        self.lock().ended_receiver.take()
    }

    /// Waits for the first livelock that is noticed; for the one who runs the world.
    pub async fn livelocked(&self) -> Livelock {
        loop {
            if let Some(livelock) = self.0.livelocked.lock().expect("nothing panics while the livelock is locked").clone() {
                return livelock;
            }
            self.0.livelocks.notified().await;
        }
    }

    /// How many calls are on their way or being answered, long polls and streams apart.
    pub fn calls_in_flight(&self) -> u64 {
        self.lock().in_flight
    }

    /// How many tasks live in the runtime, the caller's own not counted: what a killed process must give back.
    pub fn live_tasks(&self) -> usize {
        tokio::runtime::Handle::current().metrics().num_alive_tasks()
    }

    /// The run's journal.
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// The run's clock.
    pub fn clock(&self) -> SharedClock {
        Arc::clone(&self.0.clock)
    }

    /// The clock that programs of others are started in; `None` where they live by the wall's, or there are none.
    pub fn world_clock(&self) -> Option<&WorldClock> {
        self.0.others.as_ref()
    }

    /// To be called before whatever may wake a program outside: it must find the world's time when it does.
    pub fn touch(&self) {
        if let Some(others) = &self.0.others {
            others.touch();
        }
    }

    /// A connection to a program outside, which is touched by whatever is done to it.
    pub fn outside<S>(&self, stream: S) -> Outside<S> {
        match &self.0.others {
            Some(others) => Either::Left(Touching::new(others.clone(), stream)),
            None => Either::Right(stream),
        }
    }

    /// The run's seed.
    pub fn seed(&self) -> Seed {
        self.0.seed
    }

    pub(crate) fn open(&self, address: &str, process: &Process, border: Border, service: HttpService, describe: Arc<dyn Describe>) {
        let mut state = self.lock();
        state.readings.insert(address.to_owned(), Reading { border, describe });
        if process.is_alive() {
            state.listeners.insert(address.to_owned(), Listener { process: process.clone(), service });
        }
    }

    pub(crate) fn close_all_of(&self, process: &Process, how: HowEnded) {
        let mut state = self.lock();
        let closed: Vec<Listener> =
            state.listeners.extract_if(.., |_, listener| listener.process.is_same(process)).map(|(_, listener)| listener).collect();
        if state.alive.get(process.name()).is_some_and(|alive| alive.is_same(process)) {
            state.alive.remove(process.name());
        }
        drop(state);
        // A listener's service may own whatever its server owned; it goes outside the lock.
        drop(closed);
        let event = match &how {
            HowEnded::Killed { .. } => ProcessEvent::Killed,
            HowEnded::Exited(why) => ProcessEvent::Exited(why.clone()),
        };
        self.record_process(process.name(), process.incarnation(), event);
        // Nobody supervises in small tests; then nothing comes back.
        let _ = self.0.ended.send(Ended { process: process.name().to_owned(), incarnation: process.incarnation(), how });
    }

    pub(crate) fn listener(&self, address: &str) -> Option<Listener> {
        self.lock().listeners.get(address).cloned()
    }

    pub(crate) fn reading(&self, address: &str) -> Option<Reading> {
        self.lock().readings.get(address).cloned()
    }

    pub(crate) fn delay(&self, from: &str, to: &str) -> Duration {
        self.lock().delays.next(from, to)
    }

    pub(crate) fn call_began(&self) {
        self.lock().in_flight += 1;
    }

    pub(crate) fn call_ended(&self) {
        self.lock().in_flight -= 1;
    }

    /// Counts a call of the running task; true when the run must end.
    pub(crate) fn is_livelocked(&self, process: &str, task: &str, method: &str) -> bool {
        let now = self.0.clock.elapsed();
        let livelock = self.lock().livelocks.count(now, process, task, method);
        let Some(livelock) = livelock else { return false };
        self.0.livelocked.lock().expect("nothing panics while the livelock is locked").get_or_insert(livelock);
        self.0.livelocks.notify_one();
        true
    }

    /// Asks the plan and writes down what fires; kills are carried out here, the rest is the wire's to do.
    pub(crate) fn consult(&self, moment: Moment, call: &Call, id: Option<CallId>) -> Vec<Action> {
        let Some(plan) = self.lock().plan.clone() else { return Vec::new() };
        let mut actions = Vec::new();
        for Firing { rule, action } in plan.at(moment, call) {
            self.0.journal.record(Event::Fault { rule: rule.clone(), call: id, does: action.describe() });
            match action {
                Action::Kill { process, restart } => self.kill(&process, restart),
                Action::Perform { .. } => plan.perform(&rule, call),
                other => actions.push(other),
            }
        }
        actions
    }

    fn record_process(&self, name: &str, incarnation: u32, event: ProcessEvent) {
        self.0.journal.record(Event::Process { name: name.to_owned(), incarnation, event });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().expect("nothing panics while the network is locked")
    }
}
