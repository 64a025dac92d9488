//! What a scenario may still ask when something has gone wrong that its author did not think of.
//!
//! One transient trouble may change how often something is called, what is told on the way and when something is reached. It may
//! not change where it ends. So of the scenario stays what it does and what it asks of a world at rest; oracles are asked as always:
//!
//! - `calls`, `fired`, `findings` and `writes-at-rest` at the end go: they count what happens on the way.
//! - Steps that expect an event or a finding go: they ask what was told on the way. Steps that count calls or firings go, too, but for those
//!   that wait for them (`within`).
//! - Steps that look (`expect`, `read`) at a world that has not settled since something was done or time was let pass go: what they see is
//!   a matter of time.
//! - Steps that say how something is for a while (`always-for`, `never-for`) go: a strike may fall into that while.
//! - A step that goes leaves the time that it took in the calm run, so that this run is the same up to the strike.
//! - Whoever waits (`wait`, `drain`, `within`) waits an hour at least.
//! - Six minutes pass before the end: what a driver looks at from time to time, it has looked at again. A session that has ended is noticed
//!   by then, and the login in its place is no unrest in a world that is left alone.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{AT_REST, Entry, Event};
use seatrial_scenario::{from_words, in_words};

use crate::document::Tree;

/// How long a wait lasts at least.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Longer than a driver leaves anything unwatched: the CCM reads its machines every five minutes.
pub(crate) const BEFORE_THE_END: &str = "6m";

/// Expectations at the end that count what happens on the way.
const COUNTS: [&str; 4] = ["calls", "fired", "findings", "writes-at-rest"];

/// How long each step of a calm run took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepTimes(BTreeMap<usize, Duration>);

impl StepTimes {
    /// As the journal has it.
    pub fn of(journal: &[Entry]) -> Self {
        let mut began: BTreeMap<usize, Duration> = BTreeMap::new();
        let mut times = BTreeMap::new();
        for entry in journal {
            let Event::Step { number, what, outcome } = &entry.event else { continue };
            let at = entry.at.duration();
            match outcome.as_str() {
                _ if what == AT_REST => {}
                "began" => drop(began.insert(*number, at)),
                _ => drop(began.remove(number).map(|from| times.insert(*number, at.saturating_sub(from)))),
            }
        }
        Self(times)
    }

    /// How long the step at this place, from 0, took.
    fn at(&self, place: usize) -> Duration {
        self.0.get(&(place + 1)).copied().unwrap_or_default()
    }
}

/// The scenario as it may be asked under a strike, when its steps take so long in the calm run.
pub fn eased(scenario: &Tree, times: &StepTimes) -> Tree {
    let mut eased = scenario.clone();
    if let Some(Tree::List(steps)) = eased.get_mut("steps") {
        let mut settled = true;
        let mut left = Vec::new();
        for (place, mut step) in std::mem::take(steps).into_iter().enumerate() {
            let keeps = keeps(&step, settled);
            settled = settles(&step, settled);
            if keeps {
                wait_longer(&mut step);
                left.push(step);
            } else if times.at(place) >= Duration::from_millis(1) {
                left.push(Tree::map([("sleep", Tree::plain(in_words(times.at(place))))]));
            }
        }
        *steps = left;
        steps.push(Tree::map([("sleep", Tree::plain(BEFORE_THE_END))]));
    }
    if let Some(Tree::List(expectations)) = eased.get_mut("expect") {
        expectations.retain(|expectation| !COUNTS.iter().any(|count| expectation.get(count).is_some()));
        if expectations.is_empty() {
            eased.remove("expect");
        }
    }
    eased
}

/// Whether a step asks for nothing that is a matter of time, in a world that has settled or not.
fn keeps(step: &Tree, settled: bool) -> bool {
    if let Some(expected) = step.get("expect") {
        let for_a_while = step.get("always-for").is_some() || step.get("never-for").is_some();
        let counts = COUNTS.iter().any(|count| expected.get(count).is_some()) && step.get("within").is_none();
        return settled && !for_a_while && !counts && expected.get("event").is_none() && expected.get("finding").is_none();
    }
    settled || step.get("read").is_none()
}

/// Whether the world has settled after a step, when it had or had not before.
fn settles(step: &Tree, settled: bool) -> bool {
    let said = step.get("settle").and_then(Tree::text).map(|text| text == "true");
    let looks = step.get("expect").is_some() || step.get("read").is_some();
    if looks { said.unwrap_or(settled) } else { said.unwrap_or(step.get("sleep").is_none()) }
}

fn wait_longer(step: &mut Tree) {
    let is_short = |waits: &Tree| waits.get("within").and_then(Tree::text).and_then(from_words).is_none_or(|within| within < PATIENCE);
    for word in ["wait", "drain"] {
        if let Some(waits) = step.get_mut(word).filter(|waits| is_short(waits)) {
            waits.set("within", Tree::plain(in_words(PATIENCE)));
        }
    }
    if step.get("within").is_some() && is_short(step) {
        step.set("within", Tree::plain(in_words(PATIENCE)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Layout, print, read};

    #[test]
    fn what_counts_or_looks_on_the_way_goes_and_the_rest_stays() {
        let text = "
scenario: A title
world: {vcenters: [], kubernetes: {nodes: 1}, drivers: {csi: ours}}
steps:
  - apply: manifests/web.yaml
  - wait: {statefulset/web: ready, within: 2h}
  - expect: {vcenter: vc-a, volume: data-web-0, attached: anywhere}
  - expect: {event: FailedMount, of: pod/web-0}
  - scale: {statefulset/web: 2}
    settle: false
  - expect: {pod: web-2, on: none}
  - wait: {pod/web-2: gone, within: 90s}
  - read: {pod: web-0, path: /data/proof, text: kept}
  - expect: {pod: web-2, on: none}
    within: 2m
  - expect: {pod: web-2, on: none}
    always-for: 2m
  - sleep: 5m
  - expect: {pod: web-2, on: none}
expect:
  - calls: {CnsCreateVolume: 3}
  - volumes: {total: 3}
";
        let times = StepTimes([(4, 1500), (10, 120_000)].map(|(step, took)| (step, Duration::from_millis(took))).into());
        let tree = eased(&read(text).unwrap()[0], &times);
        insta::assert_snapshot!(print(&[tree], Layout::Scenario), @r"
        scenario: A title
        world:
          vcenters: []
          kubernetes: {nodes: 1}
          drivers: {csi: ours}
        steps:
          - apply: manifests/web.yaml
          - wait: {statefulset/web: ready, within: 2h}
          - expect: {vcenter: vc-a, volume: data-web-0, attached: anywhere}
          - sleep: 1s500ms
          - scale: {statefulset/web: 2}
            settle: false
          - wait: {pod/web-2: gone, within: 1h}
          - read: {pod: web-0, path: /data/proof, text: kept}
          - expect: {pod: web-2, on: none}
            within: 1h
          - sleep: 2m
          - sleep: 5m
          - sleep: 6m
        expect:
          - volumes: {total: 3}
        ");
    }
}
