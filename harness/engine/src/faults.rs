//! The plan of faults: which rule fires at which moment of which call.
//!
//! Rules are placed by call, not by time: "the first CnsCreateVolume, after its effect". A rule counts the calls that
//! match it at its moment, and fires from the `nth` on, `times` times.

use std::sync::Mutex;

use seatrial_journal::{Call, Flow};
use seatrial_kubernetes::client::API_SERVER;
use seatrial_scenario::{Consequence, FaultRule, Position, Scenario, ScenarioError};
use seatrial_wires::{Action, FaultPlan, Firing, Moment};

/// A call that a rule waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPattern {
    /// The method, in the border's own words.
    pub method: String,
    /// Only from this process.
    pub from: Option<String>,
    /// Only to this address or process.
    pub to: Option<String>,
}

impl CallPattern {
    fn matches(&self, call: &Call) -> bool {
        let to = |to: &String| call.to == *to || server_of(&call.to) == to;
        call.method == self.method && self.from.as_ref().is_none_or(|from| *from == call.from) && self.to.as_ref().is_none_or(to)
    }
}

/// The process behind an address: most addresses begin with its name.
fn server_of(address: &str) -> &str {
    if address == API_SERVER { "kube-apiserver" } else { address.split([':', '.']).next().unwrap_or(address) }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in the scenario.
    pub id: String,
    /// The calls it waits for.
    pub call: CallPattern,
    /// The moment.
    pub moment: Moment,
    /// The first match that it fires at, from 1.
    pub nth: u64,
    /// How often it fires.
    pub times: u64,
    /// What it does.
    pub action: Action,
}

/// Faults that the engine cannot bring about, as errors at their places.
pub(crate) fn impossible(scenario: &Scenario) -> Vec<ScenarioError> {
    let rules = scenario.faults.iter().filter(|rule| Rule::of(rule).is_none());
    rules.map(|rule| ScenarioError::at(rule.id.span, format!("`{}` cannot be sailed yet", rule.does), "use a step instead")).collect()
}

impl Rule {
    /// A rule of a scenario; none when it is beyond the engine.
    pub(crate) fn of(written: &FaultRule) -> Option<Self> {
        let moment = match written.when.position.value {
            Position::BeforeSending => Moment::BeforeSending,
            Position::AfterEffect => Moment::AfterEffect,
            Position::AfterAnswer => Moment::AfterAnswer,
        };
        let action = match &written.does {
            Consequence::Kill { process, restart } => Action::Kill { process: process.value.clone(), restart: Some(restart.value) },
            Consequence::Delay(by) => Action::Delay(by.value),
            Consequence::Reset => Action::Reset,
            Consequence::Status(status) => Action::Status(status.value),
            Consequence::Fault(_) | Consequence::FailTask(_) | Consequence::Fail { .. } => return None,
        };
        let words = |word: &Option<seatrial_scenario::Spanned<String>>| word.as_ref().map(|word| word.value.clone());
        let call = CallPattern { method: written.when.call.value.clone(), from: words(&written.when.from), to: words(&written.when.to) };
        let (nth, times) = (u64::from(written.when.nth), u64::from(written.times));
        Some(Self { id: written.id.value.clone(), call, moment, nth, times, action })
    }
}

/// All rules of a run, with their counts.
#[derive(Default)]
pub struct Plan(Mutex<Vec<(Rule, u64)>>);

impl Plan {
    /// A plan of these rules.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(Mutex::new(rules.into_iter().map(|rule| (rule, 0)).collect()))
    }
}

impl FaultPlan for Plan {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        let mut firings = Vec::new();
        for (rule, matched) in self.0.lock().expect("matching never panics").iter_mut() {
            // Long polls and watches are re-opened at will; counting them would make `nth` mean nothing.
            if rule.moment != moment || call.flow != Flow::Unary || !rule.call.matches(call) {
                continue;
            }
            *matched += 1;
            if (rule.nth..rule.nth + rule.times).contains(matched) {
                firings.push(Firing { rule: rule.id.clone(), action: rule.action.clone() });
            }
        }
        firings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::Border;

    fn call(method: &str, from: &str) -> Call {
        Call {
            border: Border::Vcenter,
            from: from.to_owned(),
            to: "vc-a.seatrial.test:443".to_owned(),
            method: method.to_owned(),
            target: None,
            flow: Flow::Unary,
            session: None,
            args: serde_json::Value::Null,
        }
    }

    #[test]
    fn an_address_leads_to_its_process() {
        let addresses = ["kubernetes:6443", "vc-a.seatrial.test:443", "csi-controller:/csi/csi.sock", "csi-node/worker-1:/csi/csi.sock"];
        assert_eq!(addresses.map(server_of), ["kube-apiserver", "vc-a", "csi-controller", "csi-node/worker-1"]);
    }

    #[test]
    fn a_rule_fires_from_the_nth_match_on_and_so_often() {
        let pattern =
            CallPattern { method: "CnsCreateVolume".to_owned(), from: Some("csi-controller".to_owned()), to: Some("vc-a".to_owned()) };
        let rule = Rule { id: "lost".to_owned(), call: pattern, moment: Moment::AfterEffect, nth: 2, times: 2, action: Action::Reset };
        let plan = Plan::new(vec![rule]);
        let fires = |from| plan.at(Moment::AfterEffect, &call("CnsCreateVolume", from)).len();
        assert_eq!((fires("csi-controller"), fires("somebody"), fires("csi-controller")), (0, 0, 1));
        assert_eq!((fires("csi-controller"), fires("csi-controller")), (1, 0));
        assert!(plan.at(Moment::BeforeSending, &call("CnsCreateVolume", "csi-controller")).is_empty());
    }
}
