//! Several replicas, of which one leads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seatrial_journal::Call;
use seatrial_wires::{Action, FaultPlan, Firing, Moment};
use serde_json::Value;
use vsphere_ccm::{CcmOptions, Election, ElectionError, End, RunningCcm, StartError};

use crate::setting::CONFIG;
use crate::{Behaviours, Setting, TWO, machine, pass, uuid};

/// Starts a replica of this name.
async fn start(setting: &Setting, name: &str, behaviours: Behaviours) -> RunningCcm {
    let options = CcmOptions { config_path: CONFIG.into(), behaviours, election: Some(Election::of(name)), ..CcmOptions::default() };
    vsphere_ccm::run(setting.world.host(name), options).await.unwrap()
}

/// A machine that registers as a node.
async fn node(setting: &Setting, number: u32) {
    let name = format!("worker-{number}");
    setting.a.create_vm(&machine(number, &name));
    setting.world.cluster.register(&name, &uuid(number)).await;
}

/// A world with the namespace of the Lease, two replicas, the first of which leads, and a node that it has initialised.
async fn two_replicas(setting: &Setting, behaviours: Behaviours) -> (RunningCcm, RunningCcm) {
    let first = start(setting, "ccm", behaviours).await;
    pass(1).await;
    let second = start(setting, "ccm-2", behaviours).await;
    node(setting, 1).await;
    pass(30).await;
    assert!(!setting.waits("worker-1").await);
    (first, second)
}

/// How many writes of Nodes a replica has sent.
fn written(setting: &Setting, replica: &str) -> usize {
    setting.world.calls(replica).iter().filter(|call| call.method == "update nodes").count()
}

async fn holder(setting: &Setting) -> String {
    let leases: kube::Api<k8s_openapi::api::coordination::v1::Lease> = kube::Api::namespaced(setting.world.cluster.client(), "kube-system");
    let lease: Value = serde_json::to_value(leases.get("cloud-controller-manager").await.unwrap()).unwrap();
    lease["spec"]["holderIdentity"].as_str().unwrap().split('_').next().unwrap().to_owned()
}

#[test]
fn one_works_and_the_other_takes_over_when_its_lease_has_expired() {
    Setting::begin(TWO, |setting| async move {
        let _replicas = two_replicas(&setting, Behaviours::default()).await;
        assert_eq!(holder(&setting).await, "ccm");
        assert_eq!(setting.world.calls_to("ccm-2", "vc-a"), 0, "who does not lead asks no vCenter");
        setting.world.kill("ccm");
        node(&setting, 2).await;
        pass(13).await;
        assert!(setting.waits("worker-2").await && holder(&setting).await == "ccm", "it may still live");
        pass(7).await;
        assert!(!setting.waits("worker-2").await && holder(&setting).await == "ccm-2");
        assert_eq!((written(&setting, "ccm"), written(&setting, "ccm-2")), (1, 1));
    });
}

#[test]
fn who_starts_again_is_another_and_waits_for_its_own_lease() {
    Setting::begin(TWO, |setting| async move {
        start(&setting, "ccm", Behaviours::default()).await;
        pass(1).await;
        setting.world.kill("ccm");
        node(&setting, 1).await;
        start(&setting, "ccm", Behaviours::default()).await;
        pass(12).await;
        assert!(setting.waits("worker-1").await);
        pass(8).await;
        assert!(!setting.waits("worker-1").await);
    });
}

#[test]
fn without_taking_over_nobody_works_when_the_leader_is_dead() {
    Setting::begin(TWO, |setting| async move {
        let behaviours = Behaviours { take_over_expired_leases: false, ..Behaviours::default() };
        let _replicas = two_replicas(&setting, behaviours).await;
        setting.world.kill("ccm");
        node(&setting, 2).await;
        pass(600).await;
        assert!(setting.waits("worker-2").await);
    });
}

#[test]
fn without_an_election_both_work() {
    Setting::begin(TWO, |setting| async move {
        let behaviours = Behaviours { lead_before_working: false, ..Behaviours::default() };
        let _replicas = two_replicas(&setting, behaviours).await;
        assert!(written(&setting, "ccm") > 0 && setting.world.calls_to("ccm-2", "vc-a") > 0);
    });
}

/// While it strikes, the first replica cannot write its Lease.
struct NotRenewed(Arc<AtomicBool>);

impl FaultPlan for NotRenewed {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        let is_meant = call.from == "ccm" && call.method == "update leases" && moment == Moment::BeforeSending;
        let strikes = is_meant && self.0.load(Ordering::Relaxed);
        strikes.then(|| Firing { rule: "not-renewed".to_owned(), action: Action::Reset }).into_iter().collect()
    }
}

/// The first replica leads and cannot renew; a node is new when the other has taken over.
async fn cut_off(setting: &Setting, behaviours: Behaviours) -> Option<End> {
    let strikes = Arc::new(AtomicBool::new(false));
    setting.world.befall(NotRenewed(Arc::clone(&strikes)));
    let (first, _second) = two_replicas(setting, behaviours).await;
    strikes.store(true, Ordering::Relaxed);
    let end = tokio::time::timeout(std::time::Duration::from_secs(13), first.over()).await.ok();
    assert_eq!(holder(setting).await, "ccm", "nobody else leads yet");
    pass(10).await;
    assert_eq!(holder(setting).await, "ccm-2");
    node(setting, 2).await;
    pass(20).await;
    assert!(!setting.waits("worker-2").await);
    end
}

#[test]
fn a_leader_that_cannot_renew_stops_before_another_leads() {
    Setting::begin(TWO, |setting| async move {
        assert_eq!(cut_off(&setting, Behaviours::default()).await, Some(End::LostLead));
        assert_eq!((written(&setting, "ccm"), written(&setting, "ccm-2")), (1, 1));
    });
}

#[test]
fn one_that_goes_on_without_its_lead_works_beside_the_new_leader() {
    Setting::begin(TWO, |setting| async move {
        let behaviours = Behaviours { end_without_lead: false, ..Behaviours::default() };
        assert_eq!(cut_off(&setting, behaviours).await, None);
        assert!(written(&setting, "ccm") > 1);
    });
}

#[test]
fn times_by_which_two_could_lead_are_refused() {
    Setting::begin(TWO, |setting| async move {
        let mut election = Election::of("ccm");
        election.renew_deadline = election.lease_duration;
        let options = CcmOptions { config_path: CONFIG.into(), election: Some(election), ..CcmOptions::default() };
        let refused = vsphere_ccm::run(setting.world.host("ccm"), options).await.err().unwrap();
        assert!(refused.is_input() && matches!(refused, StartError::Election(ElectionError::LeaseTooShort { .. })), "{refused}");
    });
}
