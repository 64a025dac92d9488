//! Zones: which tags count, and when.

use super::*;

/// A machine below host, cluster and datacenter, in a pool and in a folder.
fn tagged(tags: &[(&str, &str, &str)]) -> TestWorld {
    let world = TestWorld::new(ZONED);
    world.a.open().machines.push(machine(1, "worker-1"));
    let [host, pool, vm, folder] =
        [("HostSystem", "host-1"), ("ResourcePool", "resgroup-8"), ("VirtualMachine", "vm-1"), ("Folder", "group-v3")]
            .map(|(kind, id)| reference(kind, id));
    let [cluster, other, datacenter] =
        [("ClusterComputeResource", "domain-c7"), ("ClusterComputeResource", "domain-c9"), ("Datacenter", "datacenter-2")]
            .map(|(kind, id)| reference(kind, id));
    let parents = [
        (host.clone(), cluster.clone()),
        (pool.clone(), cluster.clone()),
        (cluster.clone(), datacenter.clone()),
        (vm.clone(), folder.clone()),
        (folder.clone(), datacenter.clone()),
        (reference("HostSystem", "host-9"), other.clone()),
        (other.clone(), datacenter.clone()),
    ];
    world.a.open().parents.extend(parents);
    for (id, category, name) in tags {
        let all = [&host, &pool, &vm, &folder, &cluster, &other, &datacenter];
        let object = all.into_iter().find(|object| object.id == *id).expect("it is there");
        world.a.tag(object, category, name);
    }
    world.cluster.register("worker-1", &uuid(1));
    world
}

async fn zones_of(tags: &[(&str, &str, &str)], behaviours: Behaviours) -> Option<(String, String)> {
    let world = tagged(tags);
    world.start(behaviours);
    pass(1).await;
    Some((world.label("worker-1", "topology.kubernetes.io/zone")?, world.label("worker-1", "failure-domain.beta.kubernetes.io/region")?))
}

#[tokio::test(start_paused = true)]
async fn host_pool_and_machine_are_tried_in_this_order_and_outer_tags_rule() {
    let right = Behaviours::default();
    let pair = |zone: &str, region: &str| Some((zone.to_owned(), region.to_owned()));
    let usual = [("domain-c7", "k8s-zone", "z"), ("datacenter-2", "k8s-region", "r")];
    assert_eq!(zones_of(&usual, right).await, pair("z", "r"));
    let inner = [("host-1", "k8s-zone", "inner"), ("domain-c7", "k8s-zone", "outer"), ("datacenter-2", "k8s-region", "r")];
    assert_eq!(zones_of(&inner, right).await, pair("outer", "r"));
    let both_on_host = [("host-1", "k8s-zone", "inner"), ("host-1", "k8s-region", "r"), ("domain-c7", "k8s-zone", "outer")];
    assert_eq!(zones_of(&both_on_host, right).await, pair("inner", "r"), "the walk ends where both are seen");
    let on_pool = [("resgroup-8", "k8s-zone", "p"), ("datacenter-2", "k8s-region", "r")];
    assert_eq!(zones_of(&on_pool, right).await, pair("p", "r"));
    let on_machine = [("vm-1", "k8s-zone", "v"), ("group-v3", "k8s-region", "f"), ("datacenter-2", "k8s-region", "r")];
    assert_eq!(zones_of(&on_machine, right).await, pair("v", "f"));
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_tags_keeps_its_node_waiting_and_says_which() {
    let world = tagged(&[("domain-c7", "k8s-zone", "z")]);
    world.start(Behaviours::default());
    pass(30).await;
    assert!(world.waits("worker-1"));
    world.a.tag(&reference("Datacenter", "datacenter-2"), "k8s-region", "r");
    pass(60).await;
    assert!(!world.waits("worker-1"));
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
}

#[tokio::test(start_paused = true)]
async fn two_zones_on_one_object_are_an_error_that_names_them() {
    let world = tagged(&[("domain-c7", "k8s-zone", "z"), ("domain-c7", "k8s-zone", "y")]);
    world.start(Behaviours::default());
    pass(1).await;
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
}

#[tokio::test(start_paused = true)]
async fn without_ancestors_the_tags_of_cluster_and_datacenter_are_not_seen() {
    let usual = [("domain-c7", "k8s-zone", "z"), ("datacenter-2", "k8s-region", "r")];
    assert_eq!(zones_of(&usual, Behaviours { label_zones_from_ancestors: false, ..Behaviours::default() }).await, None);
}

/// A machine that moves to the other cluster after its node was initialised.
async fn moved(behaviours: Behaviours) -> Option<String> {
    let world = tagged(&[("domain-c7", "k8s-zone", "z"), ("domain-c9", "k8s-zone", "y"), ("datacenter-2", "k8s-region", "r")]);
    world.start(behaviours);
    pass(1).await;
    world.cluster.ready("worker-1", true);
    world.a.open().machines[0].host = Some(reference("HostSystem", "host-9"));
    pass(700).await;
    world.label("worker-1", "topology.kubernetes.io/zone")
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_moves_across_zones_keeps_its_node_s_zone() {
    assert_eq!(moved(Behaviours::default()).await.as_deref(), Some("z"));
}

#[tokio::test(start_paused = true)]
async fn without_keeping_them_zone_labels_follow_the_machine() {
    assert_eq!(moved(Behaviours { keep_zone_labels: false, ..Behaviours::default() }).await.as_deref(), Some("y"));
}
