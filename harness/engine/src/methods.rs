//! The calls that can cross a border of a world, by name: whoever waits for another one waits for ever.

use prost::Message;
use prost_types::FileDescriptorSet;
use seatrial_scenario::{ExpectationKind, Scenario, ScenarioError, Spanned};
use vsphere_types::Method;

/// What the API server's calls begin with, as the journal has them.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// What calls of a vCenter's REST begin with.
const REST_VERBS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// How alike two names must be for one to be meant by the other.
const ALIKE: f64 = 0.85;

/// Calls that faults or expectations name and that nobody can send, as errors at their places.
pub(crate) fn unknown(scenario: &Scenario) -> Vec<ScenarioError> {
    let expected = scenario.expected().flat_map(|kind| match kind {
        ExpectationKind::Calls { counts, .. } => counts.iter().map(|(method, _)| method).collect(),
        _ => Vec::new(),
    });
    let awaited = scenario.faults.iter().map(|rule| &rule.when.call);
    let known = known();
    let unsent = awaited.chain(expected).filter(|method| !is_known(method, &known)).map(|method| error(method, &known));
    unsent.chain(without_tasks(scenario)).collect()
}

/// Methods whose tasks are to take so long, and which start none, as errors at their places.
fn without_tasks(scenario: &Scenario) -> impl Iterator<Item = ScenarioError> {
    let served = |method: &&Method| method.starts_task() && method.info().served;
    let starting: Vec<String> = Method::ALL.iter().filter(served).map(|method| method.wire_name().to_owned()).collect();
    let timed = scenario.world.vcenters.iter().flat_map(|vcenter| &vcenter.habits.task_times).map(|(method, _)| method);
    let others: Vec<&Spanned<String>> = timed.filter(|method| !starting.contains(&method.value)).collect();
    others.into_iter().map(move |method| {
        let help = did_you_mean(method, &starting).unwrap_or_else(|| "write a method that does, such as `CnsCreateVolume`".to_owned());
        ScenarioError::at(method.span, format!("`{method}` starts no tasks"), help)
    })
}

/// The methods of vCenter and the RPCs of CSI.
fn known() -> Vec<String> {
    let vcenter = Method::ALL.iter().map(|method| method.wire_name().to_owned());
    vcenter.chain(rpcs()).collect()
}

/// The RPCs of CSI.
fn rpcs() -> impl Iterator<Item = String> {
    let descriptors = FileDescriptorSet::decode(csi_api::DESCRIPTORS).expect("the descriptors were written by the build");
    let services = descriptors.file.into_iter().flat_map(|file| file.service);
    services.flat_map(|service| service.method).filter_map(|method| method.name)
}

/// Whether this is the name of one of them.
pub(crate) fn is_rpc(method: &str) -> bool {
    rpcs().any(|name| name == method)
}

fn is_known(method: &str, known: &[String]) -> bool {
    match method.split_once(' ') {
        // Kubernetes' resources come and go with custom resource definitions, and nothing lists the paths of REST.
        Some((verb, resource)) => (VERBS.contains(&verb) || REST_VERBS.contains(&verb)) && !resource.is_empty(),
        None => known.iter().any(|name| name == method),
    }
}

fn error(method: &Spanned<String>, known: &[String]) -> ScenarioError {
    let help = did_you_mean(method, known).unwrap_or_else(|| {
        "write a method of vCenter, an RPC of CSI, or a verb and a resource of Kubernetes such as `patch nodes/status`".to_owned()
    });
    ScenarioError::at(method.span, format!("no call is named `{method}`"), help).labelled("nobody sends it")
}

fn did_you_mean(method: &str, known: &[String]) -> Option<String> {
    let likeness = |name: &String| strsim::jaro_winkler(name, method);
    let nearest = known.iter().max_by(|left, right| likeness(left).total_cmp(&likeness(right))).filter(|name| likeness(name) >= ALIKE);
    nearest.map(|name| format!("did you mean `{name}`?"))
}
