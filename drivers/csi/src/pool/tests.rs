//! Whose is it, and who says so.

use std::sync::Arc;

use vsphere_types::MoRef;

use super::*;
use crate::controller::doubles::{Crash, TestWorld};
use crate::vcenter::Volume;

const VOLUME: &str = "00000001-0000-4000-8000-000000000001";
const NODE: &str = "4216511d-2233-4455-6677-8899aabbccdd";

fn pool(behaviours: Behaviours) -> (TestWorld, TestWorld, VCenterPool) {
    let (first, second) = (TestWorld::named("vc-a", "8.0.3", Crash::Never), TestWorld::named("vc-b", "8.0.3", Crash::Never));
    let volume = Volume { id: VOLUME.into(), name: "pvc-1".into(), capacity_mb: 1, datastore_url: "ds:///b/".into() };
    second.script().volumes.push(volume);
    second.script().vms.insert(NODE, MoRef::new("VirtualMachine", "vm-worker-1"));
    let members: Vec<Member> = vec![Arc::new(first.clone()), Arc::new(second.clone())];
    let pool = VCenterPool::new(Arc::new(first.clone()), members, behaviours);
    (first, second, pool)
}

fn host(owner: &Option<Member>) -> Option<&str> {
    owner.as_ref().map(|member| member.host())
}

#[tokio::test(start_paused = true)]
async fn a_volume_s_vcenter_is_asked_for_once() {
    let (first, second, pool) = pool(Behaviours::default());
    for _ in 0..3 {
        assert_eq!(host(&pool.owner(VOLUME).await.expect("all answer")), Some("vc-b"));
    }
    assert_eq!(first.script().calls["CnsQueryVolume(id)"], 1);
    assert_eq!(second.script().calls["CnsQueryVolume(id)"], 1);
    pool.forget(VOLUME);
    second.script().volumes.clear();
    assert!(pool.owner(VOLUME).await.expect("all answer").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_hides_only_what_it_may_have() {
    let (first, second, pool) = pool(Behaviours::default());
    first.script().down = true;
    assert_eq!(host(&pool.owner(VOLUME).await.expect("vc-b has it")), Some("vc-b"));
    let (member, vm) = pool.machine(&NODE.to_uppercase()).await.expect("vc-b has it").expect("it is there");
    assert_eq!((member.host(), vm), ("vc-b", MoRef::new("VirtualMachine", "vm-worker-1")));
    second.script().volumes.clear();
    pool.forget(VOLUME);
    let Err(unknown) = pool.owner(VOLUME).await else { panic!("vc-a might have it") };
    insta::assert_snapshot!(unknown);
}

#[tokio::test(start_paused = true)]
async fn without_these_behaviours_one_vcenter_speaks_for_all() {
    let (first, second, pool) = pool(Behaviours { one_vcenter_down_is_not_all: false, ..Behaviours::default() });
    first.script().down = true;
    assert!(pool.owner(VOLUME).await.is_err(), "although vc-b has it");
    second.script().volumes.clear();
    let (first, second, pool) = self::pool(Behaviours { unanswered_is_not_absent: false, ..Behaviours::default() });
    second.script().down = true;
    assert!(pool.owner(VOLUME).await.expect("it is taken for gone").is_none());
    drop(first);
}

#[tokio::test(start_paused = true)]
async fn one_vcenter_alone_is_not_asked_whether_it_has_a_volume() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    let pool = VCenterPool::new(Arc::new(world.clone()), vec![Arc::new(world.clone())], Behaviours::default());
    assert_eq!(host(&pool.owner(VOLUME).await.expect("nobody is asked")), Some("vc-a"));
    assert!(world.script().calls.is_empty());
}
