//! Requests as clients that others wrote send them: recorded from pyVmomi and govc, with dummy credentials.
//!
//! Each file is named `<client>-<method>[-<n>].xml`.

use std::fs;
use std::path::PathBuf;

use vsphere_codec::soap::{decode_request, encode_request};
use vsphere_types::{Method, TypeKind, Value, type_info};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("the corpus lies beside this test")
        .map(|entry| entry.expect("the directory can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .map(|path| {
            let name = path.file_stem().expect("it ended in .xml").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("the file can be read"))
        })
        .collect();
    files.sort();
    files
}

/// Every field that clients send is one that the table has, and every object is of a type of the table.
fn unknowns(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(array) => array.items.iter().for_each(|item| unknowns(item, place, found)),
        Value::Object(object) => {
            let info = type_info(&object.type_name).filter(|info| info.kind == TypeKind::Data);
            for (name, inner) in &object.fields {
                let place = format!("{place}.{name}");
                if info.is_some_and(|info| info.field(name).is_none()) {
                    found.push(place.clone());
                }
                unknowns(inner, &place, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_recorded_request_is_understood() {
    let files = corpus();
    assert!(files.len() > 40, "the corpus is there: {}", files.len());
    let mut found = Vec::new();
    for (name, bytes) in files {
        let request = decode_request(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let method = request.method.as_ref().unwrap_or_else(|unknown| panic!("{name}: {unknown} is not a method of ours"));
        assert!(name.contains(method.wire_name()), "{name} holds {method}");
        for (parameter, value) in &request.arguments.fields {
            if !method.info().parameters.iter().any(|info| info.name == parameter) {
                found.push(format!("{name}: {parameter}"));
            }
            unknowns(value, &format!("{name}: {parameter}"), &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new(), "fields that the table does not have");
}

#[test]
fn a_recorded_request_says_the_same_after_being_written_again() {
    for (name, bytes) in corpus() {
        let request = decode_request(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let method = request.method.clone().unwrap_or_else(|unknown| panic!("{name}: {unknown} is not a method of ours"));
        let again = encode_request(method, &request.this, &request.arguments, &request.header, &request.namespace);
        assert_eq!(decode_request(&again), Ok(request), "{name}");
    }
}

#[test]
fn a_pyvmomi_login_is_read_with_its_escapes() {
    let (_, bytes) = corpus().into_iter().find(|(name, _)| name == "pyvmomi-Login").expect("it was recorded");
    let request = decode_request(&bytes).expect("it is a request");
    assert_eq!(request.method, Ok(Method::Login));
    assert_eq!(request.this.to_string(), "SessionManager:SessionManager");
    assert_eq!(request.arguments.get("password"), Some(&Value::Text("dummy & <pass>".to_owned())));
}
