//! Which tags count, and what views say.

use std::collections::BTreeMap;
use std::time::Duration;

use vsphere_types::MoRef;

use super::segments::of_lineage;
use super::*;
use crate::config::Category;
use crate::controller::doubles::{Crash, TestWorld};
use crate::vcenter::{HostView, Tag};

pub(crate) fn zones() -> Vec<Category> {
    let category = |name: &str, key: &str| Category { name: name.into(), key: format!("topology.kubernetes.io/{key}") };
    vec![category("k8s-region", "region"), category("k8s-zone", "zone")]
}

pub(crate) fn host(number: usize, cluster: &str, datastores: &[usize]) -> HostView {
    let reference = MoRef::new("HostSystem", format!("host-{number}"));
    let lineage = [
        reference.clone(),
        MoRef::new("ClusterComputeResource", cluster),
        MoRef::new("Folder", "group-h"),
        MoRef::new("Datacenter", "datacenter-1"),
        MoRef::new("Folder", "group-d1"),
    ];
    let datastores = datastores.iter().map(|number| MoRef::new("Datastore", format!("datastore-{number}"))).collect();
    HostView { reference, name: format!("esx-{number}"), datastores, usable: true, lineage: lineage.into() }
}

pub(crate) fn tag(category: &str, name: &str) -> Tag {
    Tag { category: category.into(), name: name.into() }
}

pub(crate) fn segments(zone: &str) -> Segments {
    let pair = |key: &str, value: &str| (format!("topology.kubernetes.io/{key}"), value.to_owned());
    Segments::from([pair("region", "west"), pair("zone", zone)])
}

fn of(tags: &BTreeMap<MoRef, Vec<Tag>>, strict: bool) -> Result<Segments, String> {
    let host = host(1, "domain-c1", &[]);
    of_lineage(&zones(), &host.name, &host.lineage, tags, strict).map_err(|problem| problem.to_string())
}

#[test]
fn the_outermost_tag_of_a_category_counts() {
    let lineage = host(1, "domain-c1", &[]).lineage;
    let mut tags = BTreeMap::from([
        (lineage[0].clone(), vec![tag("k8s-zone", "zone-host"), tag("other", "x")]),
        (lineage[1].clone(), vec![tag("k8s-zone", "zone-a")]),
        (lineage[3].clone(), vec![tag("k8s-region", "west")]),
    ]);
    assert_eq!(of(&tags, true), Ok(segments("zone-a")));
    tags.remove(&lineage[1]);
    assert_eq!(of(&tags, true), Ok(segments("zone-host")));
}

#[test]
fn tags_that_say_nothing_or_two_things_are_told_with_the_remedy() {
    let lineage = host(1, "domain-c1", &[]).lineage;
    let mut tags = BTreeMap::from([(lineage[3].clone(), vec![tag("k8s-region", "west")])]);
    let missing = of(&tags, true).expect_err("there is no zone");
    tags.insert(lineage[1].clone(), vec![tag("k8s-zone", "zone-b"), tag("k8s-zone", "zone-a")]);
    let several = of(&tags, true).expect_err("there are two zones");
    insta::assert_snapshot!(format!("{missing}\n{several}"));
    assert_eq!(of(&tags, false), Ok(segments("zone-a")), "whoever does not look closely takes any of them");
}

fn zoned() -> TestWorld {
    let world = TestWorld::new("8.0.3", Crash::Never);
    {
        let mut script = world.script();
        script.hosts = vec![host(1, "domain-c1", &[1, 9]), host(2, "domain-c1", &[1, 2, 9]), host(3, "domain-c2", &[3, 9])];
        let tagged = |kind: &'static str, id: &str, tags: Vec<Tag>| (MoRef::new(kind, id), tags);
        script.tags = BTreeMap::from([
            tagged("Datacenter", "datacenter-1", vec![tag("k8s-region", "west")]),
            tagged("ClusterComputeResource", "domain-c1", vec![tag("k8s-zone", "zone-a")]),
            tagged("ClusterComputeResource", "domain-c2", vec![tag("k8s-zone", "zone-b")]),
        ]);
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_datastore_is_reached_from_the_segments_all_of_whose_hosts_mount_it() {
    let world = zoned();
    let views = TopologyViews::new(zones(), true);
    let view = views.view(&world, KEPT).await.expect("it answers");
    let reached = |number: usize| view.segments_of_datastore(&MoRef::new("Datastore", format!("datastore-{number}")), None);
    assert_eq!(reached(1), [segments("zone-a")]);
    assert!(reached(2).is_empty(), "one host of zone-a alone mounts it");
    assert_eq!(reached(9), [segments("zone-a"), segments("zone-b")]);
}

#[tokio::test(start_paused = true)]
async fn a_view_is_read_by_two_calls_and_kept() {
    let world = zoned();
    let views = TopologyViews::new(zones(), true);
    for _ in 0..5 {
        views.view(&world, KEPT).await.expect("it answers");
    }
    assert_eq!(world.script().calls, BTreeMap::from([("hosts", 1), ("tags", 1)]));
    tokio::time::sleep(KEPT + Duration::from_secs(1)).await;
    views.view(&world, KEPT).await.expect("it answers");
    assert_eq!(world.script().calls["hosts"], 2);
    let without = TopologyViews::new(Vec::new(), true);
    without.view(&world, KEPT).await.expect("it answers");
    assert_eq!(world.script().calls["tags"], 2, "a world without zones reads no tags");
}
