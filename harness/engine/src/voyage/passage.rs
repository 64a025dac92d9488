//! What happens on a voyage: the world comes up, the steps are made, the end is judged.

use std::sync::{Arc, Mutex};

use std::time::Duration;

use seatrial_journal::{AT_REST, Elapsed, Entry, Event, Journal, Sink};
use seatrial_oracle::{Bench, Labels, Severity, Violation};
use seatrial_scenario::Step;
use seatrial_wires::{Network, Pace, Throttle};

use super::judge::{Evidence, is_judged, judge};
use super::{Faults, Voyage};
use crate::capabilities::Announced;
use crate::cluster::Cluster;
use crate::faults::{Plan, Rule};
use crate::helmsman::Helmsman;
use crate::live::Mode;
use crate::outcome::{Outcome, StepOutcome, StepResult};
use crate::steps::{self, FirstSeen};
use crate::tally::Tally;
use crate::world::{self, InstallError, Watchers, World};

/// What watches the journal of one voyage.
#[derive(Clone)]
pub(super) struct Passage {
    watchers: Watchers,
    tally: Tally,
    bench: SharedBench,
    announced: Announced,
}

/// What a live world has around it.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    pub(super) throttle: Option<Throttle>,
    pub(super) cluster: Option<&'a Cluster>,
}

#[derive(Clone)]
struct SharedBench(Arc<Mutex<Bench>>);

impl Sink for SharedBench {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("oracles never panic").on(entry);
    }
}

impl Passage {
    /// Watches a world in which labels mean this.
    pub(super) fn watching(labels: &Labels) -> Self {
        let bench = SharedBench(Arc::new(Mutex::new(Bench::guarding(&world::secrets(), labels))));
        Self { watchers: Watchers::default(), tally: Tally::default(), bench, announced: Announced::default() }
    }

    /// Adds the sinks.
    pub(super) fn watch(&self, journal: &Journal) {
        self.watchers.watch(journal);
        journal.add_sink(self.tally.clone());
        journal.add_sink(self.bench.clone());
        journal.add_sink(self.announced.clone());
    }

    /// Makes the voyage; what came of it goes into `outcome`.
    pub(super) async fn make(self, voyage: &Voyage, network: Network, around: Surroundings<'_>, outcome: &mut Outcome) {
        let rules: Vec<Rule> = match &voyage.faults {
            Faults::Scenario => voyage.scenario.faults.iter().map(Rule::from).collect(),
            Faults::Instead(rules) => rules.clone(),
        };
        let world = match World::start(&network, voyage, &self.watchers, around.cluster) {
            Ok(world) => world,
            Err(error) => {
                outcome.environment = Some(error.to_string());
                return;
            }
        };
        if let (Some(throttle), Some(live)) = (around.throttle, voyage.mode.paced()) {
            let helmsman = Helmsman { world: world.clone(), throttle, pace: live.pace, calm: Pace::times(live.calm()) };
            network.process("helmsman").spawn("pace", helmsman.steer());
        }
        network.set_fault_plan(Arc::new(Plan::new(rules, Some(world.powers.clone()))));
        tokio::select! {
            biased;
            spin = network.spun() => outcome.spins = Some(format!("task {} of {} {}", spin.task, spin.process, spin.why)),
            () = self.all_steps(voyage, &world, outcome) => {}
        }
        let counts = self.tally.counts();
        // Beside what the steps have found.
        outcome.violations.extend(self.bench.0.lock().expect("oracles never panic").findings());
        outcome.violations.retain(|violation| voyage.mode.judges(&violation.oracle));
        outcome.shortened = voyage.mode.shortened();
        let exceptions = voyage.mode.exceptions();
        for exception in &exceptions {
            let excused = outcome.violations.iter_mut().filter_map(|violation| exception.excuses(violation).then_some(())).count();
            if excused > 0 {
                outcome.shortened.push(exception.words());
            }
        }
        if outcome.unsupported.is_some() {
            outcome.violations.clear();
        } else if outcome.spins.is_none() && outcome.steps.iter().all(|step| step.result == StepResult::Held) {
            let mut expected = voyage.scenario.expect.clone();
            for exception in exceptions {
                let eased = expected.iter_mut().filter_map(|expectation| exception.eases(&mut expectation.kind).then_some(())).count();
                if eased > 0 {
                    outcome.shortened.push(exception.words());
                }
            }
            let judged = expected.iter().filter(|expectation| is_judged(expectation, &voyage.faults));
            let view = world.view();
            let writes_at_rest = world.activity.writes_at_rest();
            let evidence = Evidence { counts: &counts, view: &view, findings: &outcome.violations, writes_at_rest };
            let expectations = judged.map(|expectation| judge(expectation, &evidence)).collect();
            outcome.expectations = expectations;
        }
        outcome.objections = world.powers.objections();
        outcome.calls = counts.calls();
        outcome.vcenter_calls = counts.to_vcenters();
        outcome.panics = counts.panics;
        outcome.fired = counts.fired;
        outcome.virtual_time = network.clock().elapsed();
        world.end().await;
        drop(world);
        match voyage.mode {
            Mode::Virtual if outcome.spins.is_none() => outcome.internal = leftovers(&network).await,
            Mode::Virtual => {}
            // Sockets have tasks of the library's own, which end when the other end has noticed.
            Mode::Live(_) => network.end_all(),
        }
        outcome.entries = network.journal().length();
    }

    async fn all_steps(&self, voyage: &Voyage, world: &World, outcome: &mut Outcome) {
        let mut seen = FirstSeen::default();
        let clock = world.network.clock();
        let came_up = self.come_up(voyage, world).await;
        let mut failed = came_up.is_err();
        if let Err(error) = came_up {
            if let InstallError::NotReady(why) = &error {
                outcome.environment = Some(why.clone());
            }
            let why = error.to_string();
            let (span, result) = (voyage.scenario.title.span, StepResult::Failed(why));
            let ended = Some(clock.elapsed());
            outcome.steps.push(StepOutcome { what: "the world comes up".to_owned(), span, result, began: Some(Elapsed(0)), ended });
        }
        if !failed {
            outcome.unsupported = self.announced.unsupported(&voyage.scenario, &voyage.mode);
            if outcome.unsupported.is_some() {
                return;
            }
        }
        for (place, step) in voyage.scenario.steps.iter().enumerate() {
            let what = step.to_string();
            let began = (!failed).then(|| clock.elapsed());
            let result = if failed {
                StepResult::NotReached
            } else {
                note(world, place, &what, "began");
                match self.one_step(voyage, world, &mut seen, step).await {
                    Ok(found) => {
                        outcome.violations.extend(found);
                        StepResult::Held
                    }
                    Err(why) => StepResult::Failed(why),
                }
            };
            match &result {
                StepResult::Held => note(world, place, &what, "held"),
                StepResult::Failed(why) => note(world, place, &what, why),
                StepResult::NotReached => {}
            }
            failed |= result != StepResult::Held;
            let ended = began.map(|_| clock.elapsed());
            outcome.steps.push(StepOutcome { what, span: step.span, result, began, ended });
        }
        if !failed {
            self.end(voyage, world, &mut seen, outcome).await;
        }
    }

    /// Lets the world settle at the end, and leaves it alone for a while.
    async fn end(&self, voyage: &Voyage, world: &World, seen: &mut FirstSeen, outcome: &mut Outcome) {
        let (place, began) = (voyage.scenario.steps.len(), world.network.clock().elapsed());
        let settled = self.settle(world, seen).await;
        if settled.is_ok() {
            self.rest(voyage.mode.rest(), world, place).await;
        }
        let span = voyage.scenario.steps.last().map_or(voyage.scenario.title.span, |step| step.span);
        let result = settled.map_or_else(StepResult::Failed, |()| StepResult::Held);
        let (began, ended) = (Some(began), Some(world.network.clock().elapsed()));
        outcome.steps.push(StepOutcome { what: "the world settles and is left alone".to_owned(), span, result, began, ended });
    }

    /// Leaves the world alone for a while.
    async fn rest(&self, rest: Duration, world: &World, place: usize) {
        note(world, place, AT_REST, "began");
        tokio::time::sleep(rest).await;
        note(world, place, AT_REST, "held");
    }

    async fn come_up(&self, voyage: &Voyage, world: &World) -> Result<(), InstallError> {
        world.install(&voyage.scenario).await?;
        steps::settle(world).await.map_err(|failure| InstallError::Apply(failure.0))
    }

    /// Does what a step says; answers what did not hold, where that is only worth knowing.
    async fn one_step(&self, voyage: &Voyage, world: &World, seen: &mut FirstSeen, step: &Step) -> Result<Option<Violation>, String> {
        let findings = || self.bench.0.lock().expect("oracles never panic").findings();
        let found = match steps::perform(world, &voyage.manifests, seen, findings, &step.action).await {
            Ok(()) => None,
            Err(why) => Some(self.excused(voyage, step, &why.0).ok_or(why.0)?),
        };
        if step.settle {
            self.settle(world, seen).await?;
        }
        Ok(found)
    }

    /// A step that did not hold, as a finding, if it asks for what this driver does not offer.
    fn excused(&self, voyage: &Voyage, step: &Step, why: &str) -> Option<Violation> {
        let lacks = self.announced.lacks(&step.requires, &voyage.mode)?;
        let (line, _) = voyage.scenario.locate(step.span);
        let message = format!("line {line}, {step}: {why}; this fails nothing, because {lacks}");
        Some(Violation { oracle: "expect".to_owned(), message, severity: Severity::Finding, ..Violation::default() })
    }

    async fn settle(&self, world: &World, seen: &mut FirstSeen) -> Result<(), String> {
        let settled = steps::settle(world).await;
        seen.look(&world.view());
        // A world that has not settled after all that time has failed already; what its oracles say tells why.
        self.bench.0.lock().expect("oracles never panic").settled();
        settled.map_err(|failure| failure.0)
    }
}

fn note(world: &World, place: usize, what: &str, outcome: &str) {
    world.network.journal().record(Event::Step { number: place + 1, what: what.to_owned(), outcome: outcome.to_owned() });
}

/// Ends everything; tasks that live on then belong to nobody, which is our own fault.
async fn leftovers(network: &Network) -> Option<String> {
    network.end_all();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let left = network.live_tasks();
    (left > 0).then(|| format!("{left} tasks outlived the processes that they belonged to"))
}
