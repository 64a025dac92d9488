//! Storage policies: which datastores satisfy them now, and what CNS makes of them.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use common::{Client, fault_of, list};
use fake_vcenter_world::{
    CategoryConfig, DatastoreConfig, DatastoreKind, KeyProviderConfig, PolicyConfig, PolicyRule, TagConfig, TagTarget, WorldConfig,
};
use vsphere_types::{
    CnsVolumeCreateResult, CnsVolumeCreateSpec, DataObject, Fault, Method, MoRef, Object, PbmPlacementCapabilityProfileRequirement,
    PbmPlacementCompatibilityResult, PbmPlacementHub, PbmProfile, PbmProfileDetails, PbmProfileId, PbmProfileResourceType, Value,
    VirtualMachineDefinedProfileSpec,
};

fn client() -> Client {
    let mut config = WorldConfig::small("vc-a", 2, 1);
    let datacenter = &mut config.inventory.datacenters[0];
    datacenter.datastores.push(DatastoreConfig { kind: DatastoreKind::Vmfs, ..DatastoreConfig::vsan("vmfs-a", 4096) });
    datacenter.clusters[0].datastores.push("vmfs-a".to_owned());
    config.tags.categories = vec![CategoryConfig::multiple("tier")];
    config.tags.tags = vec![TagConfig::new("tier", "gold", vec![TagTarget::Datastore("vsan-a".to_owned())])];
    config.policies = vec![
        PolicyConfig::tagged("gold", "tier", &["gold"]),
        PolicyConfig::encrypting("secret"),
        PolicyConfig { name: "two".to_owned(), rules: vec![PolicyRule::Encryption, PolicyRule::VsanFailuresToTolerate(1)] },
    ];
    config.key_providers = vec![KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") }];
    Client::new(config)
}

fn manager() -> MoRef {
    MoRef::new("PbmProfileProfileManager", "ProfileManager")
}

fn solver() -> MoRef {
    MoRef::new("PbmPlacementSolver", "placementSolver")
}

fn objects(value: Option<Value>) -> Vec<Object> {
    let Some(Value::Array(array)) = value else { panic!("no array: {value:?}") };
    array.items.into_iter().map(|item| if let Value::Object(object) = item { object } else { panic!("{item:?}") }).collect()
}

fn policy(client: &mut Client, name: &str) -> PbmProfileId {
    let kind = Value::of(PbmProfileResourceType { resource_type: "STORAGE".to_owned() });
    let ids = objects(client.call(&manager(), Method::PbmQueryProfile, vec![("resourceType", kind)]).unwrap());
    let ids: Vec<PbmProfileId> = ids.iter().map(|id| id.downcast().unwrap()).collect();
    let profiles = objects(client.call(&manager(), Method::PbmRetrieveContent, vec![("profileIds", list(ids))]).unwrap());
    let profiles = profiles.iter().map(|profile| profile.downcast::<PbmProfile>().unwrap());
    profiles.into_iter().find(|profile| profile.name == name).unwrap().profile_id
}

/// The names of the datastores that satisfy a policy.
fn compatible(client: &mut Client, id: &PbmProfileId) -> Vec<String> {
    let requirement = PbmPlacementCapabilityProfileRequirement { profile_id: id.clone() };
    let fields = vec![("placementSubjectRequirement", list(vec![requirement]))];
    let results = objects(client.call(&solver(), Method::PbmCheckRequirements, fields).unwrap());
    let results: Vec<PbmPlacementCompatibilityResult> = results.iter().map(|result| result.downcast().unwrap()).collect();
    assert_eq!(results.len(), 2);
    let good = results.into_iter().filter(|result| result.error.is_empty()).map(|result| result.hub.hub_id);
    let stores = client.world.datastores();
    good.map(|id| stores.iter().find(|store| store.datastore.id == id).unwrap().name.clone()).collect()
}

fn with_policy(client: &Client, name: &str, id: &str) -> CnsVolumeCreateSpec {
    let profile = VirtualMachineDefinedProfileSpec { profile_id: id.to_owned(), ..Default::default() };
    CnsVolumeCreateSpec { profile: vec![profile.into_object()], ..client.spec(name, 1024) }
}

fn compliance(client: &mut Client, id: &str) -> (Option<String>, Option<String>) {
    let volumes = client.query(vsphere_types::CnsQueryFilter::default()).volumes;
    let volume = volumes.into_iter().find(|volume| volume.volume_id.id == id).unwrap();
    (volume.storage_policy_id, volume.compliance_status)
}

#[test]
fn a_tag_policy_means_the_datastores_that_carry_the_tag_now() {
    let mut client = client();
    let gold = policy(&mut client, "gold");
    assert_eq!(compatible(&mut client, &gold), ["vsan-a"]);
    let (vsan, vmfs) = (TagTarget::Datastore("vsan-a".to_owned()), TagTarget::Datastore("vmfs-a".to_owned()));
    client.world.attach_tag(client.now, "tier", "gold", &vmfs).unwrap();
    assert_eq!(compatible(&mut client, &gold), ["vsan-a", "vmfs-a"]);
    client.world.detach_tag(client.now, "tier", "gold", &vsan).unwrap();
    assert_eq!(compatible(&mut client, &gold), ["vmfs-a"]);
    let secret = policy(&mut client, "secret");
    assert_eq!(compatible(&mut client, &secret), ["vsan-a", "vmfs-a"]);
    let both = policy(&mut client, "two");
    assert_eq!(compatible(&mut client, &both), ["vsan-a"]);
    let default = policy(&mut client, "vSAN Default Storage Policy");
    assert_eq!(compatible(&mut client, &default), ["vsan-a"]);
}

#[test]
fn a_volume_goes_where_its_policy_allows_and_stays_known_by_it() {
    let mut client = client();
    let gold = policy(&mut client, "gold").unique_id;
    // The other datastore has more room.
    let task = client.create_task(with_policy(&client, "pvc-1", &gold));
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    let id = result.volume_id.unwrap().id;
    let faults: Vec<Vec<String>> = result
        .placement_results
        .iter()
        .map(|place| place.placement_faults.iter().map(|fault| fault.fault.type_name.to_string()).collect())
        .collect();
    assert_eq!(faults, [vec![], vec!["CnsInCompatibleFault".to_owned()]]);
    assert_eq!(compliance(&mut client, &id), (Some(gold.clone()), Some("compliant".to_owned())));
    client.world.detach_tag(client.now, "tier", "gold", &TagTarget::Datastore("vsan-a".to_owned())).unwrap();
    assert_eq!(compliance(&mut client, &id), (Some(gold.clone()), Some("nonCompliant".to_owned())));

    let task = client.create_task(with_policy(&client, "pvc-2", &gold));
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    let fault = Fault::from(result.fault.unwrap());
    assert_eq!(
        (fault.type_name(), fault.message.as_str()),
        ("CnsFault", "CnsFault error: No compatible datastore found for storagePolicy")
    );
    let task = client.create_task(with_policy(&client, "pvc-3", "of-another-vcenter"));
    assert_eq!(fault_of(&client.result(&task)), Some("InvalidArgument".to_owned()));
}

#[test]
fn a_policy_that_encrypts_says_so_and_its_volumes_have_a_key() {
    let mut client = client();
    let fields = vec![("profileCategory", Value::Text("REQUIREMENT".to_owned())), ("fetchAllFields", Value::Bool(true))];
    let details = objects(client.call(&manager(), Method::PbmQueryProfileDetails, fields).unwrap());
    let details: Vec<PbmProfileDetails> = details.iter().map(|details| details.downcast().unwrap()).collect();
    let encrypting = details.iter().filter(|details| !details.iof_infos.is_empty()).map(|details| details.profile.get("name").cloned());
    let names: Vec<_> = encrypting.flatten().map(|name| if let Value::Text(name) = name { name } else { panic!("{name:?}") }).collect();
    assert_eq!(names, ["VM Encryption Policy", "secret", "two"]);
    let secret = policy(&mut client, "secret").unique_id;
    let task = client.create_task(with_policy(&client, "pvc-1", &secret));
    let result: CnsVolumeCreateResult = client.result(&task).downcast().unwrap();
    let id = result.volume_id.unwrap().id;
    assert_eq!(compliance(&mut client, &id).1.as_deref(), Some("compliant"));
}

#[test]
fn questions_about_what_is_not_there_are_refused() {
    let mut client = client();
    let unknown = list(vec![PbmProfileId { unique_id: "nothing".to_owned() }]);
    let fault = client.call(&manager(), Method::PbmRetrieveContent, vec![("profileIds", unknown)]).unwrap_err();
    assert_eq!(fault.type_name(), "InvalidArgument");
    let hub = PbmPlacementHub { hub_type: "Datastore".to_owned(), hub_id: "datastore-4711".to_owned() };
    let profile = Value::of(policy(&mut client, "gold"));
    let fields = vec![("hubsToSearch", list(vec![hub])), ("profile", profile)];
    let fault = client.call(&solver(), Method::PbmCheckCompatibility, fields).unwrap_err();
    assert_eq!(fault.type_name(), "PbmNonExistentHubs");
}
