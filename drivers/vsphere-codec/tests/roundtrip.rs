//! What is written is read back as it was, for values of every type of the table.

use jiff::Timestamp;
use proptest::prelude::*;
use vsphere_codec::soap::{Header, ResponseError, decode_request, decode_response, encode_fault, encode_request, encode_response};
use vsphere_types::{
    Array, Declared, EnumValue, Fault, FieldInfo, InvalidArgument, Method, MoRef, Name, NotAuthenticated, Object, TypeKind, TypedFault,
    Value, all_types, is_subtype, type_info,
};

/// Texts that XML can hold.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[ -~\u{a0}-\u{d7ff}\t\r\n\u{10000}-\u{1ffff}]{0,12}").expect("a regular expression")
}

fn name() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-zA-Z][a-zA-Z0-9_-]{0,8}").expect("a regular expression")
}

fn scalar(declared: Declared) -> BoxedStrategy<Value> {
    match declared {
        Declared::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Declared::Byte => any::<i8>().prop_map(Value::Byte).boxed(),
        Declared::Short => any::<i16>().prop_map(Value::Short).boxed(),
        Declared::Int => any::<i32>().prop_map(Value::Int).boxed(),
        Declared::Long => any::<i64>().prop_map(Value::Long).boxed(),
        Declared::Float => any::<f32>().prop_filter("NaN is not itself", |n| !n.is_nan()).prop_map(Value::Float).boxed(),
        Declared::Double => any::<f64>().prop_filter("NaN is not itself", |n| !n.is_nan()).prop_map(Value::Double).boxed(),
        Declared::Time => (-62_135_596_800_000_000i64..253_000_000_000_000_000)
            .prop_map(|micros| Value::Time(Timestamp::from_microsecond(micros).expect("in range")))
            .boxed(),
        Declared::Binary => proptest::collection::vec(any::<u8>(), 0..9).prop_map(Value::Binary).boxed(),
        Declared::Reference(kind) => (name(), text()).prop_map(move |(_, id)| Value::Ref(MoRef::new(kind, id))).boxed(),
        Declared::Enum(type_name) => {
            let members = type_info(type_name).map_or(&[][..], |info| info.members);
            proptest::sample::select(members)
                .prop_map(move |member| Value::Enum(EnumValue { type_name: type_name.into(), member: member.into() }))
                .boxed()
        }
        Declared::Text | Declared::Any | Declared::Object(_) => text().prop_map(Value::Text).boxed(),
    }
}

fn item(declared: Declared, depth: u32) -> BoxedStrategy<Value> {
    match declared {
        Declared::Object(base) => {
            let fitting: Vec<_> = all_types().filter(|info| info.kind == TypeKind::Data && is_subtype(info.name, base)).collect();
            if fitting.is_empty() {
                // A type that the table does not have.
                return text().prop_map(move |inner| Value::Object(Object::new(base).with("inner", inner))).boxed();
            }
            proptest::sample::select(fitting)
                .prop_flat_map(move |info| object(info.name, info.fields, depth))
                .prop_map(Value::Object)
                .boxed()
        }
        Declared::Any if depth > 0 => {
            let references = proptest::collection::vec(name(), 0..3)
                .prop_map(|ids| Value::array(ids.into_iter().map(|id| MoRef::new("Task", id)).collect()));
            let disk = type_info("VirtualDisk").expect("it is in the table");
            prop_oneof![
                scalar(Declared::Int),
                scalar(Declared::Text),
                scalar(Declared::Time),
                scalar(Declared::Reference("VirtualMachine")),
                scalar(Declared::Enum("TaskInfoState")),
                references,
                proptest::collection::vec(item(Declared::Object("VirtualDevice"), 0), 0..3)
                    .prop_map(|items| Value::Array(Array { item_type: "VirtualDevice".into(), items })),
                object(disk.name, disk.fields, 0).prop_map(Value::Object),
            ]
            .boxed()
        }
        other => scalar(other),
    }
}

fn field(info: FieldInfo, depth: u32) -> BoxedStrategy<Option<(Name, Value)>> {
    let nested = matches!(info.declared, Declared::Object(_));
    if nested && depth == 0 {
        return Just(None).boxed();
    }
    let single = item(info.declared, depth.saturating_sub(1));
    let value = if info.array {
        let item_type = Name::fixed(info.declared.item_type());
        proptest::collection::vec(single, 1..3).prop_map(move |items| Value::Array(Array { item_type: item_type.clone(), items })).boxed()
    } else {
        single
    };
    prop_oneof![Just(None), value.prop_map(move |value| Some((info.name.into(), value)))].boxed()
}

fn object(type_name: &'static str, fields: &'static [FieldInfo], depth: u32) -> BoxedStrategy<Object> {
    let fields: Vec<_> = fields.iter().map(|info| field(*info, depth)).collect();
    fields.prop_map(move |fields| Object { type_name: type_name.into(), fields: fields.into_iter().flatten().collect() }).boxed()
}

fn any_object() -> impl Strategy<Value = Object> {
    let types: Vec<_> = all_types().filter(|info| info.kind == TypeKind::Data).collect();
    proptest::sample::select(types).prop_flat_map(|info| object(info.name, info.fields, 2))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_object_of_any_type_comes_back_as_it_was(object in any_object()) {
        // `Fetch` answers anything.
        let value = Value::Object(object);
        let bytes = encode_response(Method::Fetch, Some(&value));
        prop_assert_eq!(decode_response(Method::Fetch, &bytes), Ok(Some(value)));
    }

    #[test]
    fn a_request_comes_back_as_it_was(spec in item(Declared::Object("PropertyFilterSpec"), 3), id in text(), operation in name()) {
        let arguments = Object::new("CreateFilter").with("spec", spec).with("partialUpdates", true);
        let header = Header { operation_id: Some(operation), session_cookie: None };
        let this = MoRef::new("PropertyCollector", id);
        let bytes = encode_request(Method::CreateFilter, &this, &arguments, &header, "urn:vim25");
        let request = decode_request(&bytes).expect("it is a request");
        prop_assert_eq!(request.arguments, arguments);
        prop_assert_eq!((request.this, request.header), (this, header));
    }

    #[test]
    fn a_fault_comes_back_as_it_was(message in text(), property in text()) {
        let fault = InvalidArgument { invalid_property: Some(property), ..InvalidArgument::default() }.fault_with(message);
        let answer = decode_response(Method::Login, &encode_fault(&fault));
        prop_assert_eq!(answer, Err(ResponseError::Soap(fault)));
    }
}

#[test]
fn an_array_that_is_empty_is_read_as_one() {
    let bytes = encode_response(Method::ModifyListView, None);
    assert_eq!(decode_response(Method::ModifyListView, &bytes), Ok(Some(Value::array(Vec::<MoRef>::new()))));
}

#[test]
fn an_array_in_a_property_is_an_array_of_its_type() {
    let bytes = encode_response(Method::Fetch, Some(&Value::array(vec!["a".to_owned()])));
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    assert!(text.contains(r#"<returnval xsi:type="ArrayOfString"><string>a</string></returnval>"#), "{text}");
    let bytes = encode_response(Method::Fetch, Some(&Value::array(vec![MoRef::new("Task", "task-1")])));
    let text = String::from_utf8(bytes).expect("it is UTF-8");
    let expected = r#"<returnval xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference xsi:type="ManagedObjectReference" type="Task">task-1</ManagedObjectReference></returnval>"#;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_fault_names_its_type_where_clients_look_for_it() {
    let fault = NotAuthenticated {
        object: Some(MoRef::new("Folder", "group-d1")),
        privilege_id: Some("System.View".to_owned()),
        ..NotAuthenticated::default()
    }
    .fault();
    let text = String::from_utf8(encode_fault(&fault)).expect("it is UTF-8");
    let expected = r#"<detail><NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated"><object type="Folder">group-d1</object><privilegeId>System.View</privilegeId></NotAuthenticatedFault></detail>"#;
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_fault_without_a_detail_is_a_fault_of_the_runtime() {
    let bytes = br#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>c</faultcode><faultstring>lost</faultstring></e:Fault></e:Body></e:Envelope>"#;
    let expected = Fault { object: Object::new("RuntimeFault"), message: "lost".to_owned() };
    assert_eq!(decode_response(Method::Logout, bytes), Err(ResponseError::Soap(expected)));
}

#[test]
fn types_and_fields_that_are_not_in_the_table_are_kept() {
    let inner = Object::new("FutureInfo")
        .with("colour", "blue")
        .with("shades", Value::Array(Array { item_type: "anyType".into(), items: vec!["a".into(), "b".into()] }));
    let value = Value::Object(Object::new("ResourceInUse").with("name", "volume").with("future", inner));
    let bytes = encode_response(Method::Fetch, Some(&value));
    assert_eq!(decode_response(Method::Fetch, &bytes), Ok(Some(value)));
}
