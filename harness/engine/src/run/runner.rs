//! What happens in a run: the world comes up, the steps are made, the end is judged.

use std::sync::{Arc, Mutex};

use std::time::Duration;

use seatrial_journal::{AT_REST, Elapsed, Entry, Event, Journal, Sink};
use seatrial_kubernetes::api::RELEASE;
use seatrial_node::Trouble;
use seatrial_oracle::{Labels, OracleSet, Routine, Severity, Violation};
use seatrial_scenario::Step;
use seatrial_wires::Network;

use super::judge::{Evidence, is_judged, judge};
use super::outside::{order_is_free, trouble_outside};
use super::{Faults, RunSpec};
use crate::call_counts::{CallCounter, Counts};
use crate::capabilities::{self, Announced};
use crate::cluster::Cluster;
use crate::faults::{Plan, Rule};
use crate::installation::{InstallError, install};
use crate::mode::Mode;
use crate::outcome::{RunOutcome, StepOutcome, StepResult};
use crate::provenance::observed::Observed;
use crate::steps::{self, FirstSeen, SoFar};
use crate::world::processes::ProcessEnvironmentError;
use crate::world::{self, Watchers, WorldHandle};

/// What watches the journal of one run.
#[derive(Clone)]
pub(super) struct Runner {
    watchers: Watchers,
    counter: CallCounter,
    oracles: SharedOracleSet,
    announced: Announced,
    observed: Observed,
}

#[derive(Clone)]
struct SharedOracleSet(Arc<Mutex<OracleSet>>);

impl Sink for SharedOracleSet {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("oracles never panic").on(entry);
    }
}

impl Runner {
    /// Watches a world in which labels mean this.
    pub(super) fn watching(labels: &Labels, routine: &Routine) -> Self {
        let oracles = SharedOracleSet(Arc::new(Mutex::new(OracleSet::guarding(&world::secrets(), labels).with_routine(routine))));
        Self {
            watchers: Watchers::with_routine(routine),
            counter: CallCounter::default(),
            oracles,
            announced: Announced::default(),
            observed: Observed::default(),
        }
    }

    /// Adds the sinks.
    pub(super) fn watch(&self, journal: &Journal) {
        self.watchers.watch(journal);
        journal.add_sink(self.counter.clone());
        journal.add_sink(self.oracles.clone());
        journal.add_sink(self.announced.clone());
        journal.add_sink(self.observed.clone());
    }

    /// Runs it; what came of it goes into `outcome`.
    pub(super) async fn run(self, spec: &RunSpec, network: Network, cluster: Option<&Cluster>, outcome: &mut RunOutcome) {
        let world = match self.begin(spec, &network, cluster).await {
            Ok(world) => world,
            Err(error) => {
                outcome.environment = Some(error.to_string());
                return;
            }
        };
        let spoilt = Mutex::default();
        tokio::select! {
            biased;
            livelock = network.livelocked() => outcome.livelock = Some(format!("task {} of {} {}", livelock.task, livelock.process, livelock.why)),
            trouble = trouble_outside(&network, &spoilt) => outcome.environment = Some(trouble),
            ended = end_of(cluster) => outcome.environment = Some(ended),
            trouble = device_trouble(&world) => match trouble {
                Trouble::Failed(why) => outcome.environment = Some(why),
                Trouble::Lacking(what) => outcome.unsupported = Some(what),
            },
            () = spec.stop.asked() => outcome.stopped = true,
            () = self.all_steps(spec, &world, outcome) => {}
        }
        if outcome.stopped {
            world.end().await;
            network.end_all();
            return;
        }
        outcome.judged = network.journal().length();
        let counts = self.counter.counts();
        // Beside what the steps have found.
        outcome.violations.extend(self.oracles.0.lock().expect("oracles never panic").findings());
        // What explains stands above what only shows that something fails.
        outcome.violations.sort_by_key(Violation::is_symptom);
        outcome.shortened = spec.mode.shortened();
        outcome.shortened.extend(spoilt.into_inner().expect("nothing panics while the list is locked"));
        if outcome.environment.is_none() {
            outcome.shortened.extend(order_is_free(&network));
        }
        judge_all(spec, &world, &counts, outcome);
        outcome.injection_errors = world.injector.injection_errors();
        outcome.kubernetes = cluster.map_or_else(|| Some(RELEASE.to_owned()), Cluster::version);
        self.tell(counts, outcome);
        outcome.virtual_time = network.clock().elapsed();
        world.end().await;
        drop(world);
        match spec.mode {
            Mode::Virtual if outcome.livelock.is_none() => outcome.internal = leftovers(&network).await,
            Mode::Virtual => {}
            // Sockets have tasks of the library's own, which end when the other end has noticed.
            Mode::Processes(_) => network.end_all(),
        }
        outcome.entries = network.journal().length();
    }

    /// The world begins: first what it has of others, if it has, then the rest.
    async fn begin(&self, spec: &RunSpec, network: &Network, cluster: Option<&Cluster>) -> Result<WorldHandle, ProcessEnvironmentError> {
        if let Some(cluster) = cluster {
            cluster.come_up(network).await?;
        }
        let rules: Vec<Rule> = match &spec.faults {
            Faults::Scenario => spec.scenario.faults.iter().map(Rule::from).collect(),
            Faults::Instead(rules) => rules.clone(),
        };
        let world = WorldHandle::start(network, spec, &self.watchers, cluster)?;
        network.set_fault_plan(Arc::new(Plan::new(rules, Some(world.injector.clone()))));
        Ok(world)
    }

    /// What was counted and seen while it ran.
    fn tell(&self, counts: Counts, outcome: &mut RunOutcome) {
        (outcome.plugins, outcome.restarts) = (self.observed.plugins(), self.observed.restarts());
        outcome.calls = counts.calls();
        outcome.vcenter_calls = counts.to_vcenters();
        outcome.panics = counts.panics;
        outcome.fired = counts.fired;
    }

    async fn all_steps(&self, spec: &RunSpec, world: &WorldHandle, outcome: &mut RunOutcome) {
        let mut seen = FirstSeen::default();
        let clock = world.network.clock();
        let came_up = self.come_up(spec, world).await;
        let mut failed = came_up.is_err();
        if let Err(error) = came_up {
            match &error {
                InstallError::NotReady(why) => outcome.environment = Some(why.to_string()),
                InstallError::Apply(_) | InstallError::Unsettled(_) => {
                    let result = StepResult::Failed(error.to_string());
                    let (span, ended) = (spec.scenario.title.span, Some(clock.elapsed()));
                    outcome.steps.push(StepOutcome {
                        what: "the world comes up".to_owned(),
                        span,
                        result,
                        began: Some(Elapsed(0)),
                        ended,
                        why: Vec::new(),
                    });
                }
            }
        }
        if !failed {
            outcome.unsupported = match self.announced.unsupported(&spec.scenario, &spec.manifests, &spec.mode) {
                None => capabilities::unserved_in(world, &spec.scenario, &spec.manifests, &spec.mode).await,
                why => why,
            };
            if outcome.unsupported.is_some() {
                return;
            }
        }
        for (place, step) in spec.scenario.steps.iter().enumerate() {
            let what = step.to_string();
            let began = (!failed).then(|| clock.elapsed());
            let result = if failed {
                StepResult::NotReached
            } else {
                note(world, place, &what, "began");
                match self.one_step(spec, world, &mut seen, step).await {
                    Ok(found) => {
                        outcome.violations.extend(found);
                        StepResult::Passed
                    }
                    Err(failed) => failed,
                }
            };
            match &result {
                StepResult::Passed => note(world, place, &what, "passed"),
                StepResult::Failed(why) | StepResult::Unsettled(why) => note(world, place, &what, why),
                StepResult::NotReached => {}
            }
            failed |= result != StepResult::Passed;
            let ended = began.map(|_| clock.elapsed());
            outcome.steps.push(StepOutcome { what, span: step.span, result, began, ended, why: Vec::new() });
        }
        if !failed {
            self.end(spec, world, &mut seen, outcome).await;
        }
    }

    /// Lets the world settle at the end, and leaves it alone for a while.
    async fn end(&self, spec: &RunSpec, world: &WorldHandle, seen: &mut FirstSeen, outcome: &mut RunOutcome) {
        let (place, began) = (spec.scenario.steps.len(), world.network.clock().elapsed());
        let settled = self.settle(world, seen).await;
        if settled.is_ok() {
            self.rest(spec.mode.rest(), world, place).await;
        }
        let span = spec.scenario.steps.last().map_or(spec.scenario.title.span, |step| step.span);
        let result = settled.map_or_else(|failed| failed, |()| StepResult::Passed);
        let (what, ended) = ("the world settles and is left alone".to_owned(), Some(world.network.clock().elapsed()));
        outcome.steps.push(StepOutcome { what, span, result, began: Some(began), ended, why: Vec::new() });
    }

    /// Leaves the world alone for a while.
    async fn rest(&self, rest: Duration, world: &WorldHandle, place: usize) {
        note(world, place, AT_REST, "began");
        tokio::time::sleep(rest).await;
        note(world, place, AT_REST, "passed");
    }

    async fn come_up(&self, spec: &RunSpec, world: &WorldHandle) -> Result<(), InstallError> {
        let come_up = async {
            install(world, spec).await?;
            steps::settle(world).await.map_err(InstallError::from)
        };
        tokio::select! {
            biased;
            why = world.hopeless() => Err(why.into()),
            came_up = come_up => came_up.inspect(|()| world.came_up()),
        }
    }

    /// Does what a step says; answers what did not hold, where that is only worth knowing.
    async fn one_step(
        &self,
        spec: &RunSpec,
        world: &WorldHandle,
        seen: &mut FirstSeen,
        step: &Step,
    ) -> Result<Option<Violation>, StepResult> {
        let findings = || self.oracles.0.lock().expect("oracles never panic").findings();
        let so_far = SoFar { findings: &findings, counts: &|| self.counter.counts() };
        let found = match steps::perform(world, &spec.manifests, seen, &so_far, step).await {
            Ok(()) => None,
            Err(failure) => {
                let why = failure.to_string();
                Some(self.excused(spec, step, &why).ok_or(StepResult::Failed(why))?)
            }
        };
        if step.settle {
            self.settle(world, seen).await?;
        }
        Ok(found)
    }

    /// A step that did not hold, as a finding, if it asks for what this driver does not offer.
    fn excused(&self, spec: &RunSpec, step: &Step, why: &str) -> Option<Violation> {
        let lacks = self.announced.lacks(&step.requires, &spec.mode)?;
        let (line, _) = spec.scenario.locate(step.span);
        let message = format!("line {line}, {step}: {why}; this fails nothing, because {lacks}");
        Some(Violation { oracle: "expect".to_owned(), message, severity: Severity::Finding, ..Violation::default() })
    }

    async fn settle(&self, world: &WorldHandle, seen: &mut FirstSeen) -> Result<(), StepResult> {
        let settled = steps::settle(world).await;
        seen.look(&world.view());
        // A world that has not settled after all that time has failed already; what its oracles say tells why.
        self.oracles.0.lock().expect("oracles never panic").settled();
        settled.map_err(|unsettled| StepResult::Unsettled(unsettled.in_short()))
    }
}

fn note(world: &WorldHandle, place: usize, what: &str, outcome: &str) {
    world.network.journal().record(Event::Step { number: place + 1, what: what.to_owned(), outcome: outcome.to_owned() });
}

/// Judges what the scenario expects at its end, and lets what the drivers are known to do otherwise pass.
fn judge_all(spec: &RunSpec, world: &WorldHandle, counts: &Counts, outcome: &mut RunOutcome) {
    let exceptions = spec.mode.exceptions();
    for exception in &exceptions {
        let excused = outcome.violations.iter_mut().filter_map(|violation| exception.excuses(violation).then_some(())).count();
        if excused > 0 {
            outcome.shortened.push(exception.words());
        }
    }
    if outcome.unsupported.is_some() || outcome.environment.is_some() {
        outcome.violations.clear();
        return;
    }
    if outcome.livelock.is_some() || outcome.steps.iter().any(|step| step.result != StepResult::Passed) {
        return;
    }
    let mut expected = spec.scenario.expect.clone();
    for exception in exceptions {
        let eased = expected.iter_mut().filter_map(|expectation| exception.eases(&mut expectation.kind).then_some(())).count();
        if eased > 0 {
            outcome.shortened.push(exception.words());
        }
    }
    let judged = expected.iter().filter(|expectation| is_judged(expectation, &spec.faults));
    let view = world.view();
    let writes_at_rest = world.activity.writes_at_rest();
    let evidence = Evidence { counts, view: &view, findings: &outcome.violations, writes_at_rest };
    let expectations = judged.map(|expectation| judge(expectation, &evidence)).collect();
    outcome.expectations = expectations;
}

/// Waits for the end of a real API server that should not end.
async fn end_of(cluster: Option<&Cluster>) -> String {
    match cluster {
        Some(cluster) => cluster.ended().await,
        None => std::future::pending().await,
    }
}

/// Waits for what the machine could not give the nodes of a world with real devices.
async fn device_trouble(world: &WorldHandle) -> Trouble {
    match &world.environment {
        Some(environment) => environment.device_trouble().await,
        None => std::future::pending().await,
    }
}

/// Ends everything; tasks that live on then belong to nobody, which is our own fault.
async fn leftovers(network: &Network) -> Option<String> {
    network.end_all();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let left = network.live_tasks();
    (left > 0).then(|| format!("{left} tasks outlived the processes that they belonged to"))
}
