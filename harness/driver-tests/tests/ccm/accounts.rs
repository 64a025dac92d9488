//! Sessions with vCenter, and accounts that lie in Secrets.

use std::time::Duration;

use fake_vcenter_world::UserConfig;

use crate::setting::{CONFIG, PASSWORD, USER, vcenter};
use crate::{Behaviours, Setting, TWO, machine, pass, uuid};

/// An account that lies in the Secret `kube-system/vc`.
const IN_SECRET: &str = "global: {server: vc-a, secretName: vc}\n";

/// A controller whose account is in the Secret.
async fn begun(setting: &Setting, behaviours: Behaviours) -> vsphere_ccm::RunningCcm {
    setting.world.cluster.secret("kube-system", "vc", &[("vc-a.username", USER), ("vc-a.password", PASSWORD)]).await;
    setting.start(behaviours).await
}

/// A new node, which makes the controller ask vCenter.
async fn node(setting: &Setting, number: u32) {
    let name = format!("worker-{number}");
    setting.a.create_vm(&machine(number, &name));
    setting.world.cluster.register(&name, &uuid(number)).await;
    pass(5).await;
}

fn count(setting: &Setting, method: &str) -> usize {
    setting.world.calls("ccm").iter().filter(|call| call.method == method).count()
}

#[test]
fn all_calls_share_one_session_which_ends_at_the_end() {
    Setting::begin(IN_SECRET, |setting| async move {
        let running = begun(&setting, Behaviours::default()).await;
        for number in 1..=5 {
            node(&setting, number).await;
            assert!(!setting.waits(&format!("worker-{number}")).await);
        }
        assert_eq!((count(&setting, "Login"), count(&setting, "FindAllByUuid")), (1, 5));
        assert!(running.shut_down().await.is_empty());
        assert!(running.shut_down().await.is_empty(), "there is nothing left to do");
        assert_eq!((count(&setting, "Logout"), setting.a.look(fake_vcenter_world::World::session_count)), (1, 0));
    });
}

#[test]
fn without_keeping_one_session_each_call_leaves_one_behind() {
    Setting::begin(IN_SECRET, |setting| async move {
        let running = begun(&setting, Behaviours { keep_one_session: false, ..Behaviours::default() }).await;
        for number in 1..=5 {
            node(&setting, number).await;
        }
        assert!(running.shut_down().await.is_empty(), "it has nothing to do");
        let logins = count(&setting, "Login");
        assert!(logins >= 5, "{logins} logins");
        assert_eq!((count(&setting, "Logout"), setting.a.look(fake_vcenter_world::World::session_count)), (0, logins));
    });
}

#[test]
fn a_refused_account_is_read_again_and_one_that_did_not_change_is_not_tried_again() {
    Setting::begin(IN_SECRET, |mut setting| async move {
        begun(&setting, Behaviours::default()).await;
        node(&setting, 1).await;
        assert!(!setting.waits("worker-1").await);
        // The appliance knows the account by another password, and no session of before.
        let mut rotated = vcenter("vc-a", 1);
        rotated.users = vec![UserConfig::administrator(USER, "second")];
        setting.a = setting.world.vcenter(rotated);
        setting.world.forget();
        node(&setting, 2).await;
        pass(60).await;
        assert!(setting.waits("worker-2").await, "the password has changed");
        assert_eq!(count(&setting, "Login"), 1, "the refused password is not tried again");
        setting.world.cluster.secret("kube-system", "vc", &[("vc-a.username", USER), ("vc-a.password", "second")]).await;
        pass(120).await;
        assert!(!setting.waits("worker-2").await, "the Secret has changed too");
        assert_eq!(count(&setting, "Login"), 2);
        // What is known stays when the Secret goes.
        setting.world.cluster.remove_secret("kube-system", "vc").await;
        node(&setting, 3).await;
        assert!(!setting.waits("worker-3").await, "the session lives");
    });
}

#[test]
fn a_missing_secret_is_named() {
    Setting::begin(IN_SECRET, |setting| async move {
        setting.world.cluster.secret("kube-system", "vc", &[("vc-b.username", USER)]).await;
        setting.start(Behaviours::default()).await;
        node(&setting, 1).await;
        setting.world.cluster.remove_secret("kube-system", "vc").await;
        pass(120).await;
        insta::assert_snapshot!(setting.events("worker-1").await);
        assert_eq!(count(&setting, "Login"), 0);
    });
}

/// Whether the controller is to end when its file is replaced by this.
async fn ends(setting: &Setting, running: &vsphere_ccm::RunningCcm, text: &str) -> bool {
    let replaced = async {
        pass(1).await;
        setting.world.files.write(CONFIG, text);
    };
    let outdated = tokio::time::timeout(Duration::from_secs(60), running.over());
    futures::future::join(outdated, replaced).await.0.is_ok()
}

#[test]
fn a_file_that_says_something_else_ends_the_controller_and_one_that_is_wrong_does_not() {
    Setting::begin(TWO, |setting| async move {
        let running = setting.start(Behaviours::default()).await;
        assert!(!ends(&setting, &running, &format!("{TWO}# the same\n")).await);
        assert!(!ends(&setting, &running, "vcenter: [nonsense").await);
        assert!(!ends(&setting, &running, "vcenter: [nonsense").await);
        assert_eq!(setting.logged("what was known stays"), 2, "once each time that it is waited for");
        assert!(ends(&setting, &running, &TWO.replace("first", "second")).await);
        let running = setting.start(Behaviours { follow_configuration: false, ..Behaviours::default() }).await;
        assert!(!ends(&setting, &running, TWO).await);
    });
}
