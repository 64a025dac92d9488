//! What happens on a voyage: the world comes up, the steps are made, the end is judged.

use std::sync::{Arc, Mutex};

use seatrial_journal::{Elapsed, Entry, Event, Journal, Sink};
use seatrial_oracle::{Bench, View};
use seatrial_scenario::{Expectation, ExpectationKind};
use seatrial_wires::Network;

use super::{Faults, Voyage};
use crate::faults::{Plan, Rule};
use crate::outcome::{ExpectationOutcome, Outcome, StepOutcome, StepResult};
use crate::steps::{self, FirstSeen};
use crate::tally::{Counts, Tally};
use crate::world::{self, Watchers, World};

/// What watches the journal of one voyage.
#[derive(Clone, Default)]
pub(super) struct Passage {
    watchers: Watchers,
    tally: Tally,
    bench: SharedBench,
}

#[derive(Clone, Default)]
struct SharedBench(Arc<Mutex<Bench>>);

impl Sink for SharedBench {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("oracles never panic").on(entry);
    }
}

struct ViewSink(Arc<Mutex<View>>);

impl Sink for ViewSink {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().expect("folding the journal never panics").on(entry);
    }
}

impl Passage {
    /// Adds the sinks.
    pub(super) fn watch(&self, journal: &Journal) {
        journal.add_sink(self.watchers.activity.clone());
        journal.add_sink(ViewSink(Arc::clone(&self.watchers.view)));
        journal.add_sink(self.tally.clone());
        journal.add_sink(self.bench.clone());
    }

    /// Makes the voyage; what came of it goes into `outcome`.
    pub(super) async fn make(self, voyage: &Voyage, network: Network, outcome: &mut Outcome) {
        let rules: Vec<Rule> = match &voyage.faults {
            Faults::Scenario => voyage.scenario.faults.iter().filter_map(Rule::of).collect(),
            Faults::Instead(rules) => rules.clone(),
        };
        network.set_fault_plan(Arc::new(Plan::new(rules)));
        let world = World::start(&network, &voyage.scenario, &voyage.sailing, &voyage.switches, &self.watchers);
        tokio::select! {
            biased;
            spin = network.spun() => outcome.spins = Some(format!("task {} of {} {}", spin.task, spin.process, spin.why)),
            () = self.all_steps(voyage, &world, outcome) => {}
        }
        let counts = self.tally.counts();
        if outcome.spins.is_none() && outcome.steps.iter().all(|step| step.result == StepResult::Held) {
            let judged = voyage.scenario.expect.iter().filter(|expectation| is_judged(expectation, &voyage.faults));
            outcome.expectations = judged.map(|expectation| judge(expectation, &counts, &world.view())).collect();
        }
        outcome.violations = self.bench.0.lock().expect("oracles never panic").findings();
        outcome.panics = counts.panics;
        outcome.calls = counts.calls;
        outcome.fired = counts.fired;
        outcome.virtual_time = network.clock().elapsed();
        drop(world);
        if outcome.spins.is_none() {
            outcome.internal = leftovers(&network).await;
        }
        outcome.entries = network.journal().length();
    }

    async fn all_steps(&self, voyage: &Voyage, world: &World, outcome: &mut Outcome) {
        let mut seen = FirstSeen::default();
        let clock = world.network.clock();
        let came_up = self.come_up(world).await;
        let mut failed = came_up.is_err();
        if let Err(why) = came_up {
            let (span, result) = (voyage.scenario.title.span, StepResult::Failed(why));
            let ended = Some(clock.elapsed());
            outcome.steps.push(StepOutcome { what: "the world comes up".to_owned(), span, result, began: Some(Elapsed(0)), ended });
        }
        for (place, step) in voyage.scenario.steps.iter().enumerate() {
            let what = step.to_string();
            let began = (!failed).then(|| clock.elapsed());
            let result = if failed {
                StepResult::NotReached
            } else {
                note(world, place, &what, "began");
                match self.one_step(voyage, world, &mut seen, step).await {
                    Ok(()) => StepResult::Held,
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
    }

    async fn come_up(&self, world: &World) -> Result<(), String> {
        steps::apply_objects(world, &world::driver_manifests()).await.map_err(|failure| failure.0)?;
        steps::settle(world).await.map_err(|failure| failure.0)
    }

    async fn one_step(&self, voyage: &Voyage, world: &World, seen: &mut FirstSeen, step: &seatrial_scenario::Step) -> Result<(), String> {
        steps::perform(world, &voyage.manifests, seen, &step.action).await.map_err(|failure| failure.0)?;
        if !step.settle {
            return Ok(());
        }
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

/// Expectations of calls and firings speak of the scenario's own faults.
fn is_judged(expectation: &Expectation, faults: &Faults) -> bool {
    matches!(faults, Faults::Scenario) || matches!(expectation.kind, ExpectationKind::Volumes { .. })
}

fn judge(expectation: &Expectation, counts: &Counts, view: &View) -> ExpectationOutcome {
    let mut wrong = Vec::new();
    match &expectation.kind {
        ExpectationKind::Calls { from: Some(_), .. }
        | ExpectationKind::Findings(_)
        | ExpectationKind::WritesAtRest(_)
        | ExpectationKind::Pods(_)
        | ExpectationKind::Nodes(_) => wrong.push("this expectation cannot be judged yet".to_owned()),
        ExpectationKind::Calls { from: None, counts: wanted } => {
            for (method, count) in wanted {
                let found = counts.calls.iter().filter(|((_, name), _)| *name == method.value).map(|(_, number)| number).sum();
                if !count.holds(found) {
                    wrong.push(format!("{method}: {found}"));
                }
            }
        }
        ExpectationKind::Fired(wanted) => {
            for (rule, count) in wanted {
                let found = counts.fired.get(&rule.value).copied().unwrap_or(0);
                if !count.holds(found) {
                    wrong.push(format!("{rule}: {found}"));
                }
            }
        }
        ExpectationKind::Volumes { total } => {
            let found = view.in_vcenters("Volume/").count() as u64;
            if !total.holds(found) {
                wrong.push(format!("total: {found}"));
            }
        }
    }
    let found = (!wrong.is_empty()).then(|| wrong.join(", "));
    ExpectationOutcome { what: expectation.to_string(), span: expectation.span, found }
}

/// Ends everything; tasks that live on then belong to nobody, which is our own fault.
async fn leftovers(network: &Network) -> Option<String> {
    network.end_all();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let left = network.live_tasks();
    (left > 0).then(|| format!("{left} tasks outlived the processes that they belonged to"))
}
