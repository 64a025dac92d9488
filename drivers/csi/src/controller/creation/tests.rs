//! A create ends in one volume, whatever dies in between.

use std::time::Duration;

use proptest::prelude::*;
use vsphere_types::MoRef;

use super::doubles::{Crash, RunningTask, TestWorld, fault};
use super::*;
use crate::vcenter::{Datastore, NewVolume};

const NAME: &str = "pvc-1b4e28ba-2fa1-41d2-883f-0016d3cca427";
const RELEASES: [&str; 2] = ["8.0.3", "9.1.0"];
const CRASHES: [Crash; 10] = [
    Crash::Never,
    Crash::BeforeTheIntentIsWritten,
    Crash::AfterTheIntentIsWritten,
    Crash::BeforeSending,
    Crash::WhileTheRequestIsUnderWay,
    Crash::AfterTheEffect,
    Crash::AfterTheAnswer,
    Crash::AfterTheTaskIsRecorded,
    Crash::AfterTheTaskHasEnded,
    Crash::AfterTheResultIsRecorded,
];

pub(super) fn datastore() -> Datastore {
    Datastore { reference: MoRef::new("Datastore", "datastore-1"), name: "a".into(), url: "ds:///a/".into(), accessible: true }
}

/// Runs something later, independently of whoever asked for it.
#[allow(clippy::disallowed_methods, reason = "the double's own task: it must outlive the controller that dies")]
pub(super) fn later(delay: Duration, work: impl FnOnce() + Send + 'static) {
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        work();
    });
}

fn wanted() -> Wanted {
    Wanted { name: NAME.into(), capacity_mb: 1024, bytes: (1 << 30, 0), key_provider: None, source: None }
}

/// Where it may lie.
fn target() -> BoxFuture<'static, Result<Target, PlacementError>> {
    Box::pin(async { Ok(Target { datastores: vec![datastore()], profile: None }) })
}

/// One incarnation answers one call; `None` when it died.
async fn call(world: &TestWorld, behaviours: Behaviours, in_doubt: &InDoubtCreates) -> Option<Result<Volume, CreateError>> {
    let creation = Creation { vcenter: world, target: &|| target(), operations: world, host: world, behaviours, in_doubt };
    let wanted = wanted();
    tokio::select! {
        biased;
        result = creation.create(&wanted) => Some(result),
        () = world.crashed.notified() => None,
    }
}

/// A sidecar asks every second until it has a volume, or an answer that makes it give up.
async fn provision(world: &TestWorld, behaviours: Behaviours) -> Result<Volume, CreateError> {
    let mut in_doubt = InDoubtCreates::default();
    for _ in 0..100 {
        match call(world, behaviours, &in_doubt).await {
            Some(Ok(volume)) => return Ok(volume),
            Some(Err(error)) => match crate::status::of_create(&error).code() {
                tonic::Code::Aborted | tonic::Code::Unavailable => {}
                _ => return Err(error),
            },
            None => in_doubt = InDoubtCreates::default(),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the volume never came");
}

/// How many volumes there are once everything that was sent has ended.
async fn volumes(world: &TestWorld) -> usize {
    tokio::time::sleep(Duration::from_secs(60)).await;
    world.volumes_by_name(NAME).await.expect("the double answers").len()
}

#[tokio::test(start_paused = true)]
async fn a_create_ends_in_one_volume_wherever_the_controller_dies() {
    let mut table = String::new();
    for version in RELEASES {
        for crash in CRASHES {
            let world = TestWorld::new(version, crash);
            let volume = provision(&world, Behaviours::default()).await.expect("a volume");
            let took = world.calendar().as_second() - 1_767_225_600;
            let count = volumes(&world).await;
            let creates = world.script().creates;
            table += &format!("{version} {crash:?}: {count} volume, {creates} creates sent, {took} s\n");
            assert_eq!(count, 1, "{version} {crash:?}");
            assert_eq!(world.script().volumes[0].id, volume.id, "{version} {crash:?}");
            assert_eq!(world.script().records[0].volume_id.as_ref(), Some(&volume.id), "{version} {crash:?}");
        }
    }
    insta::assert_snapshot!(table);
}

#[tokio::test(start_paused = true)]
async fn without_looking_first_a_lost_create_is_made_twice() {
    let behaviours = Behaviours { look_before_creating_again: false, ..Behaviours::default() };
    let world = TestWorld::new("8.0.3", Crash::AfterTheEffect);
    provision(&world, behaviours).await.expect("a volume");
    assert_eq!(volumes(&world).await, 2);
}

#[tokio::test(start_paused = true)]
async fn without_a_record_a_lost_create_is_made_twice() {
    let behaviours = Behaviours { record_operation_first: false, ..Behaviours::default() };
    let world = TestWorld::new("8.0.3", Crash::AfterTheEffect);
    provision(&world, behaviours).await.expect("a volume");
    assert_eq!(volumes(&world).await, 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_on_the_way_leaves_one_volume() {
    for version in RELEASES {
        let world = TestWorld::new(version, Crash::Never);
        world.script().lose_next_answer = true;
        provision(&world, Behaviours::default()).await.expect("a volume");
        assert_eq!(volumes(&world).await, 1, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_vcenter_forgot_is_found_by_what_it_made() {
    for crash in CRASHES {
        let world = TestWorld::new("8.0.3", crash);
        world.script().forgets_tasks = true;
        provision(&world, Behaviours::default()).await.expect("a volume");
        assert_eq!(volumes(&world).await, 1, "{crash:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_chosen_id_that_lies_on_another_datastore_is_adopted() {
    for crash in CRASHES {
        let world = TestWorld::new("9.1.0", crash);
        world.script().chooses_another_datastore = true;
        provision(&world, Behaviours::default()).await.expect("a volume");
        assert_eq!(volumes(&world).await, 1, "{crash:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_was_found_is_never_deleted() {
    for (behaviours, deletes) in
        [(Behaviours::default(), 0), (Behaviours { never_delete_what_was_found: false, ..Behaviours::default() }, 1)]
    {
        let world = TestWorld::new("9.1.0", Crash::AfterTheEffect);
        world.script().chooses_another_datastore = true;
        assert!(call(&world, behaviours, &InDoubtCreates::default()).await.is_none(), "it has died");
        drop(call(&world, behaviours, &InDoubtCreates::default()).await);
        assert_eq!(world.script().calls.get("CnsDeleteVolume").copied().unwrap_or_default(), deletes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_release_that_refuses_chosen_ids_takes_the_older_way() {
    for crash in CRASHES {
        let world = TestWorld::new("9.1.0", crash);
        world.script().refuses_chosen_ids = true;
        provision(&world, Behaviours::default()).await.expect("a volume");
        assert_eq!(volumes(&world).await, 1, "{crash:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_of_another_volume_is_waited_for_and_not_adopted() {
    let world = TestWorld::new("8.0.3", Crash::AfterTheIntentIsWritten);
    let other = NewVolume {
        name: "other".into(),
        capacity_mb: 1,
        datastores: vec![datastore().reference],
        profile: None,
        key_provider: None,
        chosen_id: None,
        source: None,
        operation_id: String::new(),
    };
    assert!(call(&world, Behaviours::default(), &InDoubtCreates::default()).await.is_none());
    world.accept(&other, tokio::time::Instant::now()).expect("the double accepts");
    let volume = provision(&world, Behaviours::default()).await.expect("a volume");
    assert_eq!((volume.name.as_str(), volumes(&world).await), (NAME, 1));
}

/// Two creates of one name have ended; the one whose id comes first is the younger.
fn two_of_one_name(world: &TestWorld) {
    let volume = |id: &str| Volume { id: id.into(), name: NAME.into(), capacity_mb: 1024, datastore_url: "ds:///a/".into() };
    let task = |id: &str, queued: &str| RunningTask {
        reference: MoRef::new("Task", id),
        ends: tokio::time::Instant::now(),
        queued: queued.parse().expect("a timestamp"),
        user: "k8s@vsphere.local".into(),
        volume: volume(id),
        failure: None,
        ended: false,
    };
    world.script().tasks = vec![task("a-younger", "2026-01-01T00:00:02Z"), task("b-older", "2026-01-01T00:00:01Z")];
}

#[tokio::test(start_paused = true)]
async fn of_two_volumes_the_oldest_is_adopted_and_the_other_is_told() {
    let world = TestWorld::new("8.0.3", Crash::AfterTheIntentIsWritten);
    assert!(call(&world, Behaviours::default(), &InDoubtCreates::default()).await.is_none());
    two_of_one_name(&world);
    let adopted = provision(&world, Behaviours::default()).await.expect("a volume");
    assert_eq!(adopted.id, "b-older");
    assert!(world.script().log.iter().any(|line| line.contains("a-younger is a second one")));
}

#[tokio::test(start_paused = true)]
async fn of_what_a_failed_task_has_left_the_oldest_is_adopted_and_the_other_is_told() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    let begun = Record::new(NAME).intending(world.calendar(), "vc-a", "00000001").with_task(&MoRef::new("Task", "task-7"));
    world.write(&begun.failed("the host was too slow")).await.expect("it is written");
    two_of_one_name(&world);
    let adopted = provision(&world, Behaviours::default()).await.expect("a volume");
    assert_eq!(adopted.id, "b-older");
    assert!(world.script().log.iter().any(|line| line.contains("a-younger is a second one")));
}

#[tokio::test(start_paused = true)]
async fn a_young_intent_without_a_trace_is_not_sent_again_yet() {
    let world = TestWorld::new("8.0.3", Crash::BeforeSending);
    assert!(call(&world, Behaviours::default(), &InDoubtCreates::default()).await.is_none());
    let answer = call(&world, Behaviours::default(), &InDoubtCreates::default()).await.expect("an answer");
    insta::assert_snapshot!(crate::status::of_create(&answer.expect_err("it is too early")));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_by_another_size_is_told_so() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    provision(&world, Behaviours::default()).await.expect("a volume");
    let larger = Wanted { capacity_mb: 2048, bytes: (2 << 30, 0), ..wanted() };
    let in_doubt = InDoubtCreates::default();
    let creation = Creation {
        vcenter: &world,
        target: &|| target(),
        operations: &world,
        host: &world,
        behaviours: Behaviours::default(),
        in_doubt: &in_doubt,
    };
    let error = creation.create(&larger).await.expect_err("it has another size");
    assert_eq!(crate::status::of_create(&error).code(), tonic::Code::AlreadyExists);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_failed_for_certain_is_recorded_and_sent_again() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    let in_doubt = InDoubtCreates::default();
    let creation = Creation {
        vcenter: &world,
        target: &|| target(),
        operations: &world,
        host: &world,
        behaviours: Behaviours::default(),
        in_doubt: &in_doubt,
    };
    let record = world.write(&Record::new(NAME).intending(world.calendar(), "vc-a", "00000001")).await.expect("it is written");
    let after = creation.after_failure(&wanted(), &mut None, record, fault("NoDiskSpace", None), false).await;
    assert!(after.is_err());
    assert_eq!(world.script().records[0].error_count, 1);
    provision(&world, Behaviours::default()).await.expect("a volume");
    assert_eq!(world.script().records[0].latest.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_two_controllers_one_is_sent_away() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    let (first, second) = (InDoubtCreates::default(), InDoubtCreates::default());
    let behaviours = Behaviours::default();
    let both = futures::future::join(call(&world, behaviours, &first), call(&world, behaviours, &second)).await;
    let codes = [both.0, both.1].map(|answer| answer.expect("nobody dies").err().map(|error| crate::status::of_create(&error).code()));
    assert!(codes.contains(&None));
    assert_eq!(volumes(&world).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_begun_elsewhere_is_not_guessed_at() {
    let world = TestWorld::new("8.0.3", Crash::Never);
    world.write(&Record::new(NAME).intending(world.calendar(), "vc-b", "00000001")).await.expect("it is written");
    insta::assert_snapshot!(provision(&world, Behaviours::default()).await.expect_err("it is another vCenter's"));
}

proptest! {
    #[test]
    fn a_name_in_cns_is_the_volume_s_own_or_a_beginning_with_a_digest(name in ".{0,120}", other in ".{60,120}") {
        let made = cns_name(&name);
        prop_assert!(made.len() <= 79);
        prop_assert!(made == name || (name.len() > 79 && name.starts_with(made.rsplit_once('-').map_or("", |(start, _)| start))));
        prop_assert_eq!(made == cns_name(&other), name == other);
        let long = other.repeat(2);
        prop_assert!(cns_name(&(long.clone() + "a")) != cns_name(&(long + "b")));
    }

    #[test]
    fn only_lower_case_uuids_are_ids(text in "[0-9a-fA-F-]{30,40}") {
        prop_assert_eq!(is_uuid(&text), text.parse::<Hyphenated>().is_ok());
    }
}

/// A slow and plain reading of what an id is.
struct Hyphenated;

impl std::str::FromStr for Hyphenated {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let lower = !text.contains(|character: char| character.is_ascii_uppercase());
        if groups == [8, 4, 4, 4, 12] && lower { Ok(Self) } else { Err(()) }
    }
}
