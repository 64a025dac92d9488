//! What a client sees that does not know the types of CNS, and one that does.

use vsphere_codec::soap::{decode_response, encode_response_to};
use vsphere_types::{
    CnsFault, CnsVolumeOperationBatchResult, CnsVolumeOperationResult, DataObject, DynamicProperty, LocalizedMethodFault, Method, MoRef,
    ObjectContent, TaskInfo, TypedFault, Value,
};

/// A task's info as RetrieveProperties answers it, and its result as a property of its own.
fn contents() -> Vec<ObjectContent> {
    let result = CnsVolumeOperationBatchResult { volume_results: vec![CnsVolumeOperationResult::default().into_object()] };
    let error: LocalizedMethodFault = CnsFault { reason: "no room".to_owned(), ..CnsFault::default() }.localized();
    let info = TaskInfo { key: "task-1".to_owned(), result: Some(Value::of(result.clone())), error: Some(error), ..TaskInfo::default() };
    let property = |name: &str, val: Value| DynamicProperty { name: name.to_owned(), val };
    let prop_set = vec![property("info", Value::of(info)), property("info.result", Value::of(result))];
    vec![ObjectContent { obj: MoRef::new("Task", "task-1"), prop_set, ..ObjectContent::default() }]
}

/// What comes of the contents for somebody who asks in this namespace: the names of the properties, and the info.
fn told(asked_in: &str) -> (Vec<String>, TaskInfo) {
    let bytes = encode_response_to(Method::RetrieveProperties, Some(&Value::array(contents())), asked_in);
    let answer = decode_response(Method::RetrieveProperties, &bytes).expect("it can be read").expect("it is something");
    let content: ObjectContent = answer.items()[0].as_object().expect("an object").downcast().expect("a content");
    let names = content.prop_set.iter().map(|property| property.name.clone()).collect();
    let info = content.prop_set[0].val.as_object().expect("an object").downcast().expect("an info");
    (names, info)
}

#[test]
fn who_asks_in_the_namespace_of_cns_reads_its_types() {
    let (names, info) = told("urn:vsan");
    assert_eq!(names, ["info", "info.result"]);
    assert_eq!(info.result.expect("a result").type_name(), "CnsVolumeOperationBatchResult");
    assert_eq!(info.error.expect("an error").fault.type_name, "CnsFault");
}

#[test]
fn who_asks_in_vim25_reads_the_rest() {
    let (names, info) = told("urn:vim25");
    assert_eq!(names, ["info"], "a property of which nothing is left is not told");
    assert_eq!((info.key.as_str(), info.result), ("task-1", None));
    let error = info.error.expect("an error");
    assert_eq!((error.fault.type_name.as_str(), error.fault.get("reason")), ("VimFault", None));
    assert_eq!(error.localized_message.as_deref(), Some("CnsFault error: no room"));
}
