//! Bodies that client-go's encoder made, against its own JSON of the same objects.
//!
//! `recorded.tsv` holds randomly filled objects of every kind, one a line: what the protobuf encoder of k8s.io/api v0.36.2
//! wrote, in base64, and what its JSON encoder wrote.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seatrial_kubernetes::api::protobuf::decode;
use serde_json::Value;

/// Without nulls and empty lists, which count as absent: protobuf has neither.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null() && *value != Value::Array(Vec::new()))
                .map(|(key, value)| (key, plain(value)))
                .collect(),
        ),
        Value::Array(elements) => elements.into_iter().map(plain).collect(),
        Value::Number(number) if number.as_f64().is_some_and(|value| value.fract() == 0.0) => {
            number.as_f64().map(|value| format!("{value}")).into()
        }
        other => other,
    }
}

#[test]
fn what_client_go_encodes_is_decoded_as_its_json() {
    let recorded = include_str!("recorded.tsv");
    let mut kinds = std::collections::BTreeSet::new();
    for (number, line) in recorded.lines().enumerate() {
        let (body, expected) = line.split_once('\t').unwrap();
        let decoded = decode(&STANDARD.decode(body).unwrap()).unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(decoded.warnings, Vec::<String>::new(), "line {}", number + 1);
        assert_eq!(plain(decoded.object), plain(expected.clone()), "line {}", number + 1);
        kinds.insert(expected["kind"].as_str().unwrap().to_owned());
    }
    assert!(kinds.len() > 38, "only {} kinds were recorded", kinds.len());
}

#[test]
fn cut_bodies_are_refused_or_read_but_never_more() {
    let line = include_str!("recorded.tsv").lines().next().unwrap();
    let body = STANDARD.decode(line.split_once('\t').unwrap().0).unwrap();
    for length in 0..body.len() {
        let _ = decode(&body[..length]);
        let mut turned = body.clone();
        turned[length] ^= 0xff;
        let _ = decode(&turned);
    }
}
