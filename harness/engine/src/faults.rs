//! The plan of faults: which rule fires at which moment of which call.
//!
//! Rules are placed by call, not by time: "the first CnsCreateVolume, after its effect". A rule counts the calls that
//! match it at its moment, and fires from the `nth` on, `times` times.

use std::sync::Mutex;
use std::time::Duration;

use fake_vcenter_world::TaskFault;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use seatrial_journal::{Call, Flow};
use seatrial_scenario::{Consequence, FaultRule, GRPC_CODES, Position, Scenario, ScenarioError, Target, TypedFault};
use seatrial_wires::{Action, CannedAnswer, FaultPlan, Firing, Moment};
use vsphere_codec::soap::encode_fault;
use vsphere_types::{Fault, Method, Name, Object, is_subtype, type_info};

use crate::call_pattern::{CallPattern, server_of};
use crate::methods::is_rpc;
use crate::world::{FaultInjector, InjectionError};

/// What is percent-encoded in a message of gRPC, beside what is no ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

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
    /// What happens in the world when `action` says that something happens.
    pub fault_action: Option<FaultAction>,
}

/// What a rule lets happen in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultAction {
    /// Something is taken away, and comes back by itself, if said.
    Fail {
        /// What.
        target: Target,
        /// After how long it comes back.
        heal_after: Option<Duration>,
    },
    /// The task that the call starts fails with this fault.
    FailTask {
        /// The fault's type.
        fault: String,
        /// Its message; vCenter's own when not said.
        text: Option<String>,
        /// Whether what the task was to do is done all the same.
        after_effect: bool,
    },
    /// The task that the call starts takes so much longer.
    SlowTask {
        /// By how much.
        by: Duration,
    },
}

/// Faults that the engine cannot bring about, as errors at their places.
pub(crate) fn impossible(scenario: &Scenario) -> Vec<ScenarioError> {
    let mut errors = Vec::new();
    for rule in &scenario.faults {
        if let Consequence::Grpc { code, .. } = &rule.does
            && !is_rpc(&rule.when.call)
        {
            let help = "a status of gRPC is a driver's answer: name one of CSI's RPCs in `call`, such as `CreateVolume`";
            errors.push(ScenarioError::at(code.span, format!("`{}` is no RPC of CSI", rule.when.call), help));
        }
        if matches!(rule.does, Consequence::SlowTask(_)) && Method::from_wire(&rule.when.call).is_none() {
            let help = "tasks are vCenter's: name one of its methods in `call`, such as `CnsAttachVolume`";
            errors.push(ScenarioError::at(rule.when.call.span, format!("`{}` is no method of vCenter", rule.when.call), help));
        }
        let (Consequence::Fault(typed) | Consequence::FailTask(typed)) = &rule.does else { continue };
        if !is_fault(&typed.fault) {
            let help = "write the name of a fault of vSphere's API, such as `ResourceInUse`, `NotFound` or `NotAuthenticated`";
            errors.push(ScenarioError::at(typed.fault.span, format!("no fault of vCenter's API is named `{}`", typed.fault), help));
        }
        if Method::from_wire(&rule.when.call).is_none() {
            let help = "typed faults are vCenter's: name one of its methods in `call`, such as `CnsAttachVolume`";
            errors.push(ScenarioError::at(rule.when.call.span, format!("`{}` is no method of vCenter", rule.when.call), help));
        }
    }
    errors
}

fn is_fault(name: &str) -> bool {
    type_info(name).is_some() && is_subtype(name, "MethodFault") || is_subtype(name, "RuntimeFault")
}

/// A fault of this type with what a client can read of it.
fn fault(name: &str, text: Option<&str>) -> Fault {
    let message = text.map_or_else(|| format!("A fault of type {name} was injected."), str::to_owned);
    Fault { object: Object::new(Name::of_type(name)), message }
}

fn canned(typed: &TypedFault) -> Action {
    let fault = fault(&typed.fault, typed.text.as_ref().map(|text| text.value.as_str()));
    Action::Instead(CannedAnswer {
        status: 500,
        content_type: "text/xml; charset=utf-8".to_owned(),
        headers: Vec::new(),
        body: encode_fault(&fault).into(),
        what: format!("fault {typed}"),
    })
}

/// A status of gRPC that stands alone: the head of the answer has it, as servers send it that have nothing else to say.
fn grpc(code: &str, text: Option<&str>) -> Action {
    let number = GRPC_CODES.iter().position(|known| *known == code).map_or(2, |place| place + 1);
    let text = text.map_or_else(|| format!("a status {code} was injected"), str::to_owned);
    let encoded = utf8_percent_encode(&text, ESCAPED).to_string();
    Action::Instead(CannedAnswer {
        status: 200,
        content_type: "application/grpc".to_owned(),
        headers: vec![("grpc-status".to_owned(), number.to_string()), ("grpc-message".to_owned(), encoded)],
        body: Vec::new().into(),
        what: format!("gRPC {code} ({text:?})"),
    })
}

fn fail_task(typed: &TypedFault, moment: Moment) -> (Action, Option<FaultAction>) {
    let after_effect = moment == Moment::AfterEffect;
    let what = if after_effect { "its task does its work and fails" } else { "its task fails without effect" };
    let text = typed.text.as_ref().map(|text| text.value.clone());
    let fault_action = FaultAction::FailTask { fault: typed.fault.value.clone(), text, after_effect };
    (Action::Perform { what: format!("{what} with {typed}") }, Some(fault_action))
}

impl From<&FaultRule> for Rule {
    fn from(written: &FaultRule) -> Self {
        let moment = match written.when.position.value {
            Position::BeforeSending => Moment::BeforeSending,
            Position::AfterEffect => Moment::AfterEffect,
            Position::AfterAnswer => Moment::AfterAnswer,
        };
        let (action, fault_action) = match &written.does {
            Consequence::Kill { process, restart } => (Action::Kill { process: process.value.clone(), restart: Some(restart.value) }, None),
            Consequence::Delay(by) => (Action::Delay(by.value), None),
            Consequence::Reset => (Action::Reset, None),
            Consequence::Status(status) => (Action::Status(status.value), None),
            Consequence::Fault(typed) => (canned(typed), None),
            Consequence::Grpc { code, text } => (grpc(code, text.as_ref().map(|text| text.value.as_str())), None),
            Consequence::FailTask(typed) => fail_task(typed, moment),
            Consequence::SlowTask(by) => {
                let what = format!("its task takes {} longer", seatrial_scenario::in_words(by.value));
                (Action::Perform { what }, Some(FaultAction::SlowTask { by: by.value }))
            }
            Consequence::Fail { target, heal_after } => {
                let fault_action = FaultAction::Fail { target: target.clone(), heal_after: heal_after.as_ref().map(|after| after.value) };
                (Action::Perform { what: format!("fails {target}") }, Some(fault_action))
            }
        };
        let call = CallPattern::from(written);
        let (nth, times) = (u64::from(written.when.nth), u64::from(written.times));
        Self { id: written.id.value.clone(), call, moment, nth, times, action, fault_action }
    }
}

/// All rules of a run, with their counts.
pub struct Plan {
    rules: Mutex<Vec<(Rule, u64)>>,
    injector: Option<FaultInjector>,
}

impl Plan {
    /// A plan of these rules; what they let happen in the world needs the injector.
    pub(crate) fn new(rules: Vec<Rule>, injector: Option<FaultInjector>) -> Self {
        Self { rules: Mutex::new(rules.into_iter().map(|rule| (rule, 0)).collect()), injector }
    }
}

impl FaultPlan for Plan {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        let mut firings = Vec::new();
        for (rule, matched) in self.rules.lock().expect("matching never panics").iter_mut() {
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

    fn perform(&self, rule: &str, call: &Call) {
        let fault_action = {
            let rules = self.rules.lock().expect("matching never panics");
            rules.iter().find(|(known, _)| known.id == rule).and_then(|(known, _)| known.fault_action.clone())
        };
        let (Some(injector), Some(fault_action)) = (&self.injector, fault_action) else { return };
        let done = match fault_action {
            FaultAction::Fail { target, heal_after } => injector.fail_for(&target, heal_after),
            FaultAction::FailTask { fault: name, text, after_effect } => match Method::from_wire(&call.method) {
                Some(method) => {
                    let planned = TaskFault { method, fault: fault(&name, text.as_deref()), times: 1, after_effect };
                    injector.fail_next_tasks(server_of(&call.to), planned)
                }
                None => Err(InjectionError::NoMethod { method: call.method.clone() }),
            },
            FaultAction::SlowTask { by } => match Method::from_wire(&call.method) {
                Some(method) => injector.slow_next_task(server_of(&call.to), method, by),
                None => Err(InjectionError::NoMethod { method: call.method.clone() }),
            },
        };
        if let Err(error) = done {
            injector.note_error(rule, &error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::Border;

    fn call(method: &str, from: &str) -> Call {
        Call {
            border: Border::VCenter,
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
        let rule = Rule {
            id: "lost".to_owned(),
            call: pattern,
            moment: Moment::AfterEffect,
            nth: 2,
            times: 2,
            action: Action::Reset,
            fault_action: None,
        };
        let plan = Plan::new(vec![rule], None);
        let fires = |from| plan.at(Moment::AfterEffect, &call("CnsCreateVolume", from)).len();
        assert_eq!((fires("csi-controller"), fires("somebody"), fires("csi-controller")), (0, 0, 1));
        assert_eq!((fires("csi-controller"), fires("csi-controller")), (1, 0));
        assert!(plan.at(Moment::BeforeSending, &call("CnsCreateVolume", "csi-controller")).is_empty());
    }
}
