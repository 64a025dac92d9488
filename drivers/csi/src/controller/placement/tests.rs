//! Where volumes go, and what is said when they can go nowhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vsphere_types::MoRef;

use super::*;
use crate::behaviours::Behaviours;
use crate::controller::doubles::{Crash, TestWorld};
use crate::pool::{Member, VCenterPool};
use crate::topology::tests::{host, segments, tag, zones};
use crate::topology::{KEPT, Segments, TopologyViews};
use crate::vcenter::Datastore;

/// A vCenter with one cluster of two hosts in a zone; both mount the datastore of this number.
pub(crate) fn vcenter(name: &'static str, zone: &str, datastore: usize) -> TestWorld {
    let world = TestWorld::named(name, "8.0.3", Crash::Never);
    {
        let mut script = world.script();
        script.hosts = vec![host(1, "domain-c1", &[datastore]), host(2, "domain-c1", &[datastore, 77])];
        script.tags = BTreeMap::from([
            (MoRef::new("Datacenter", "datacenter-1"), vec![tag("k8s-region", "west")]),
            (MoRef::new("ClusterComputeResource", "domain-c1"), vec![tag("k8s-zone", zone)]),
        ]);
        let url = |number: usize| format!("ds:///vmfs/volumes/{name}-{number}/");
        let store = |number: usize| Datastore {
            reference: MoRef::new("Datastore", format!("datastore-{number}")),
            name: format!("store-{number}"),
            url: url(number),
            accessible: true,
        };
        script.datastores = vec![store(datastore), store(77)];
    }
    world
}

fn pool(worlds: &[&TestWorld]) -> VCenterPool {
    let members = worlds.iter().map(|world| Arc::new((*world).clone()) as Member).collect();
    VCenterPool::new(Arc::new(worlds[0].clone()), members, Behaviours::default())
}

fn demand(terms: Vec<Segments>) -> Demand {
    Demand { terms, ..Demand::default() }
}

/// All candidates, as vCenter, datastores and policy; then the error.
async fn places(worlds: &[&TestWorld], views: &TopologyViews, demand: &Demand) -> (Vec<String>, PlacementError) {
    let pool = pool(worlds);
    let mut search = Search::new(&pool, views, Behaviours::default(), demand, None, None);
    let mut found = Vec::new();
    while let Some(candidate) = search.next().await {
        let names: Vec<String> = candidate.target.datastores.into_iter().map(|datastore| datastore.name).collect();
        let policy = candidate.target.profile.map(|id| format!(" under {id}")).unwrap_or_default();
        found.push(format!("{}: {}{policy}", candidate.vcenter.host(), names.join(", ")));
    }
    (found, search.error())
}

fn told(error: &PlacementError) -> String {
    let status = error.status();
    format!("{:?}: {}", status.code(), status.message())
}

#[tokio::test(start_paused = true)]
async fn terms_are_tried_in_their_order_each_in_the_vcenter_that_has_it() {
    // The managed object ids are the same in both.
    let (first, second) = (vcenter("vc-a", "zone-a", 1), vcenter("vc-b", "zone-b", 1));
    let views = TopologyViews::new(zones(), true);
    let both = demand(vec![segments("zone-b"), segments("zone-a")]);
    assert_eq!(places(&[&first, &second], &views, &both).await.0, ["vc-b: store-1", "vc-a: store-1"]);
    let before = first.script().calls.clone();
    let only = demand(vec![segments("zone-b")]);
    let pool = pool(&[&first, &second]);
    let mut search = Search::new(&pool, &views, Behaviours::default(), &only, None, None);
    assert!(search.next().await.is_some());
    assert_eq!(first.script().calls, before, "once views show where zone-b is, the other vCenter is not asked");
}

#[tokio::test(start_paused = true)]
async fn what_no_place_satisfies_is_told_with_zone_and_remedy() {
    let world = vcenter("vc-a", "zone-a", 1);
    world.script().policies = vec![("gold".into(), "policy-1".into(), vec![MoRef::new("Datastore", "datastore-77")])];
    let views = TopologyViews::new(zones(), true);
    let zone_a = || vec![segments("zone-a")];
    let url = |number: usize| Some(format!("ds:///vmfs/volumes/vc-a-{number}"));
    let mut lines = Vec::new();
    let demands = [
        demand(vec![segments("zone-c")]),
        Demand { datastore_url: url(77), ..demand(zone_a()) },
        Demand { datastore_url: url(5), ..demand(zone_a()) },
        Demand { policy: Some("gold".into()), ..demand(zone_a()) },
        Demand { policy: Some("Gold".into()), ..demand(zone_a()) },
        Demand { policy: Some("gold".into()), datastore_url: url(1), ..Demand::default() },
    ];
    for demand in demands {
        let (found, error) = places(&[&world], &views, &demand).await;
        assert!(found.is_empty(), "{demand:?}");
        lines.push(told(&error));
    }
    world.script().datastores[0].accessible = false;
    lines.push(told(&places(&[&world], &views, &demand(zone_a())).await.1));
    world.script().hosts[0].datastores.clear();
    tokio::time::sleep(KEPT).await;
    lines.push(told(&places(&[&world], &views, &demand(zone_a())).await.1));
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn policies_have_an_id_of_their_own_in_each_vcenter() {
    let (first, second) = (vcenter("vc-a", "zone-a", 1), vcenter("vc-b", "zone-b", 1));
    let datastore = || vec![MoRef::new("Datastore", "datastore-1")];
    first.script().policies = vec![("gold".into(), "policy-a".into(), datastore())];
    second.script().policies = vec![("gold".into(), "policy-b".into(), datastore())];
    let demand = Demand { policy: Some("gold".into()), ..demand(vec![segments("zone-a"), segments("zone-b")]) };
    let (found, _) = places(&[&first, &second], &TopologyViews::new(zones(), true), &demand).await;
    assert_eq!(found, ["vc-a: store-1 under policy-a", "vc-b: store-1 under policy-b"]);
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_leaves_the_terms_of_the_others() {
    let (first, second) = (vcenter("vc-a", "zone-a", 1), vcenter("vc-b", "zone-b", 1));
    first.script().down = true;
    let views = TopologyViews::new(zones(), true);
    let both = demand(vec![segments("zone-a"), segments("zone-b")]);
    let (found, _) = places(&[&first, &second], &views, &both).await;
    assert_eq!(found, ["vc-b: store-1"]);
    let (_, among_several) = places(&[&first, &second], &views, &demand(vec![segments("zone-a")])).await;
    let (_, alone) = places(&[&first], &TopologyViews::new(zones(), true), &demand(vec![segments("zone-a")])).await;
    insta::assert_snapshot!(format!("{}\n{}", told(&among_several), told(&alone)));
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_two_vcenters_have_is_refused() {
    let (first, second) = (vcenter("vc-a", "zone-a", 1), vcenter("vc-b", "zone-a", 1));
    let views = TopologyViews::new(zones(), true);
    for world in [&first, &second] {
        views.view(world, KEPT).await.expect("it answers");
    }
    let (found, error) = places(&[&first, &second], &views, &demand(vec![segments("zone-a")])).await;
    assert!(found.is_empty());
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_was_tagged_since_is_found() {
    let world = vcenter("vc-a", "zone-a", 1);
    let views = TopologyViews::new(zones(), true);
    views.view(&world, KEPT).await.expect("it answers");
    world.script().tags.insert(MoRef::new("ClusterComputeResource", "domain-c1"), vec![tag("k8s-zone", "zone-new")]);
    tokio::time::sleep(Duration::from_secs(11)).await;
    let (found, _) = places(&[&world], &views, &demand(vec![segments("zone-new")])).await;
    assert_eq!(found, ["vc-a: store-1"]);
}

#[test]
fn topology_keys_that_are_not_configured_are_refused() {
    let topology = |key: &str| csi_api::v1::Topology { segments: BTreeMap::from([(key.to_owned(), "x".to_owned())]) };
    let requirement = csi_api::v1::TopologyRequirement { requisite: vec![topology("kubernetes.io/hostname")], preferred: Vec::new() };
    let told = |categories: &[_]| terms(Some(&requirement), categories).expect_err("it is not known").message().to_owned();
    insta::assert_snapshot!(format!("{}\n{}", told(&zones()), told(&[])));
}
