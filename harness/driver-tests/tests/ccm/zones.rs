//! Zones: which tags count, and when.

use fake_vcenter_world::TagTarget;

use crate::{Behaviours, Setting, ZONED, machine, pass, uuid};

/// An object on the way from a machine up: `host`, `pool`, `machine`, `folder`, `cluster`, `datacenter`, or the `other` cluster.
fn object(name: &str) -> TagTarget {
    match name {
        "host" => TagTarget::Host { cluster: "prod".into(), index: 0 },
        "pool" => TagTarget::ResourcePool("prod".into()),
        "machine" => TagTarget::Vm("worker-1".into()),
        "folder" => TagTarget::Folder("vm".into()),
        "cluster" => TagTarget::Cluster("prod".into()),
        "other" => TagTarget::Cluster("other".into()),
        "datacenter" => TagTarget::Datacenter("dc-1".into()),
        _ => panic!("nothing is called {name}"),
    }
}

/// A machine below host, cluster and datacenter, in a pool and in a folder, with tags of zone and region on them.
async fn tagged(setting: &Setting, tags: &[(&str, &str, &str)]) {
    setting.a.create_vm(&machine(1, "worker-1"));
    for (on, category, name) in tags {
        setting.a.tag(&object(on), category, name);
    }
    setting.world.cluster.register("worker-1", &uuid(1)).await;
}

fn zones_of(tags: &[(&str, &str, &str)], behaviours: Behaviours) -> Option<(String, String)> {
    Setting::begin(ZONED, |setting| async move {
        tagged(&setting, tags).await;
        setting.start(behaviours).await;
        pass(2).await;
        let zone = setting.label("worker-1", "topology.kubernetes.io/zone").await?;
        Some((zone, setting.label("worker-1", "failure-domain.beta.kubernetes.io/region").await?))
    })
}

#[test]
fn host_pool_and_machine_are_tried_in_this_order_and_outer_tags_rule() {
    let right = Behaviours::default();
    let pair = |zone: &str, region: &str| Some((zone.to_owned(), region.to_owned()));
    let usual = [("cluster", "k8s-zone", "z"), ("datacenter", "k8s-region", "r")];
    assert_eq!(zones_of(&usual, right), pair("z", "r"));
    let inner = [("host", "k8s-zone", "inner"), ("cluster", "k8s-zone", "outer"), ("datacenter", "k8s-region", "r")];
    assert_eq!(zones_of(&inner, right), pair("outer", "r"));
    let both_on_host = [("host", "k8s-zone", "inner"), ("host", "k8s-region", "r"), ("cluster", "k8s-zone", "outer")];
    assert_eq!(zones_of(&both_on_host, right), pair("inner", "r"), "the walk ends where both are seen");
    let on_pool = [("pool", "k8s-zone", "p"), ("datacenter", "k8s-region", "r")];
    assert_eq!(zones_of(&on_pool, right), pair("p", "r"));
    let on_machine = [("machine", "k8s-zone", "v"), ("folder", "k8s-region", "f"), ("datacenter", "k8s-region", "r")];
    assert_eq!(zones_of(&on_machine, right), pair("v", "f"));
}

#[test]
fn a_machine_without_tags_keeps_its_node_waiting_and_says_which() {
    Setting::begin(ZONED, |setting| async move {
        tagged(&setting, &[("cluster", "k8s-zone", "z")]).await;
        setting.start(Behaviours::default()).await;
        pass(30).await;
        assert!(setting.waits("worker-1").await);
        setting.a.tag(&object("datacenter"), "k8s-region", "r");
        pass(60).await;
        assert!(!setting.waits("worker-1").await);
        insta::assert_snapshot!(setting.events("worker-1").await);
    });
}

#[test]
fn two_zones_on_one_object_are_an_error_that_names_them() {
    Setting::begin(ZONED, |setting| async move {
        tagged(&setting, &[("cluster", "k8s-zone", "z"), ("cluster", "k8s-zone", "y")]).await;
        setting.start(Behaviours::default()).await;
        pass(2).await;
        insta::assert_snapshot!(setting.events("worker-1").await);
    });
}

#[test]
fn without_ancestors_the_tags_of_cluster_and_datacenter_are_not_seen() {
    let usual = [("cluster", "k8s-zone", "z"), ("datacenter", "k8s-region", "r")];
    assert_eq!(zones_of(&usual, Behaviours { label_zones_from_ancestors: false, ..Behaviours::default() }), None);
}

/// The zone of a node whose machine moves to the other cluster after it was initialised.
fn moved(behaviours: Behaviours) -> Option<String> {
    Setting::begin(ZONED, |setting| async move {
        tagged(&setting, &[("cluster", "k8s-zone", "z"), ("other", "k8s-zone", "y"), ("datacenter", "k8s-region", "r")]).await;
        setting.start(behaviours).await;
        pass(2).await;
        setting.world.cluster.ready("worker-1", true).await;
        let host = setting.a.look(|world| world.living_hosts_of("other")).remove(0);
        setting.a.on_vm("worker-1", |world, now, vm| world.move_vm(now, vm, &host));
        pass(700).await;
        setting.label("worker-1", "topology.kubernetes.io/zone").await
    })
}

#[test]
fn a_machine_that_moves_across_zones_keeps_its_node_s_zone() {
    assert_eq!(moved(Behaviours::default()).as_deref(), Some("z"));
}

#[test]
fn without_keeping_them_zone_labels_follow_the_machine() {
    assert_eq!(moved(Behaviours { keep_zone_labels: false, ..Behaviours::default() }).as_deref(), Some("y"));
}
