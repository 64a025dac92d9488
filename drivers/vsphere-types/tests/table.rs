//! The table agrees with itself.

use vsphere_types::{
    CnsVolumeCreateSpec, DataObject, Declared, InvalidArgument, MoRef, NotFound, Object, ParaVirtualSCSIController, TaskInfo,
    TaskReasonUser, TypeError, TypeKind, TypedFault, Value, VirtualDevice, VirtualDisk, all_types, has_subtypes, is_subtype, type_info,
};

#[test]
fn a_type_begins_with_the_fields_of_its_base() {
    for info in all_types() {
        let Some(base) = info.base.and_then(type_info) else { continue };
        assert_eq!(base.kind, info.kind, "{} extends another kind", info.name);
        let names: Vec<_> = info.fields.iter().map(|field| field.name).collect();
        // pyVmomi and vCenter list a property again where a subtype narrows it; the order stays.
        let inherited: Vec<_> = base.fields.iter().map(|field| field.name).collect();
        assert!(names.starts_with(&inherited), "{} does not begin with the fields of {}", info.name, base.name);
    }
}

#[test]
fn every_base_and_every_enumeration_is_in_the_table() {
    for info in all_types() {
        if let Some(base) = info.base {
            assert!(type_info(base).is_some(), "{} extends {base}, which is not there", info.name);
        }
        for field in info.fields {
            if let Declared::Enum(name) = field.declared {
                assert_eq!(type_info(name).map(|info| info.kind), Some(TypeKind::Enum), "{}.{}", info.name, field.name);
            }
        }
    }
}

#[test]
fn a_struct_becomes_an_object_and_comes_back() {
    let reason = TaskReasonUser { user_name: "user".to_owned() };
    let info = TaskInfo { task: MoRef::new("Task", "task-1"), reason: reason.clone().into(), progress: Some(3), ..TaskInfo::default() };
    let object = info.clone().into_object();
    assert_eq!(object.get("progress"), Some(&Value::Int(3)));
    assert_eq!(object.get("error"), None);
    assert_eq!(TaskInfo::from_object(&object), Ok(info.clone()));
    assert_eq!(info.reason.downcast(), Ok(reason));
}

#[test]
fn an_object_can_be_read_as_what_it_extends_and_not_as_its_sibling() {
    let disk = VirtualDisk { key: 2000, capacity_in_kb: 1024, ..VirtualDisk::default() }.into_object();
    assert_eq!(disk.downcast::<VirtualDevice>().map(|device| device.key), Ok(2000));
    let error = disk.downcast::<ParaVirtualSCSIController>().expect_err("it is a disk");
    assert_eq!(error.to_string(), "found VirtualDisk where ParaVirtualSCSIController is expected");
    assert!(is_subtype("VirtualDisk", "VirtualDevice") && !is_subtype("VirtualDevice", "VirtualDisk"));
    assert!(has_subtypes("VirtualDevice") && !has_subtypes("VirtualDisk"));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let error = CnsVolumeCreateSpec::from_object(&Object::new("CnsVolumeCreateSpec")).expect_err("it has no name");
    assert_eq!(error.to_string(), "CnsVolumeCreateSpec lacks its required field name");
    let spec = Object::new("CnsVolumeCreateSpec").with("name", 5);
    assert!(matches!(CnsVolumeCreateSpec::from_object(&spec), Err(TypeError::Mismatch { .. })));
}

#[test]
fn faults_speak_as_vcenter_does() {
    let fault = InvalidArgument { invalid_property: Some("createSpecs.name".to_owned()), ..InvalidArgument::default() }.fault();
    assert_eq!(fault.message, "A specified parameter was not correct: createSpecs.name");
    assert!(fault.is_a("RuntimeFault") && fault.is_a("MethodFault") && !fault.is_a("VimFault"));
    let localized = NotFound::default().localized();
    assert_eq!(localized.localized_message.as_deref(), Some("The object or item referred to could not be found."));
}
