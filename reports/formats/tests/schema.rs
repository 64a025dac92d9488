//! The committed JSON Schema describes the reports that are written.
//!
//! The validator below knows the keywords that the schema uses and no others; a keyword that it does not know fails the
//! test, so nothing in the schema goes unchecked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod common;

use common::{bad_input, failed, interrupted, passed, report, unsupported, with_finding};
use seatrial_reports::{CaseOutcome, SCHEMA, SCHEMA_VERSION, WhyKind, json};
use serde_json::{Value, json as value};

/// Where and why an instance does not fit.
type Misfits = Vec<String>;

fn validate(root: &Value, schema: &Value, instance: &Value, place: &str, misfits: &mut Misfits) {
    if schema == &Value::Bool(false) {
        misfits.push(format!("{place}: may not be there"));
        return;
    }
    for (keyword, wanted) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "const" => instance == wanted,
            "enum" => wanted.as_array().unwrap().contains(instance),
            "type" => is_type(wanted.as_str().unwrap(), instance),
            "minimum" => instance.as_i64().is_none_or(|number| number >= wanted.as_i64().unwrap()),
            "required" => instance
                .as_object()
                .is_none_or(|members| wanted.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap()))),
            "$ref" => {
                let target = root.pointer(wanted.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                validate(root, target, instance, place, misfits);
                true
            }
            "items" | "properties" | "additionalProperties" | "propertyNames" => {
                children(root, schema, keyword, instance, place, misfits);
                true
            }
            unknown => panic!("the validator does not know the keyword {unknown}"),
        };
        if !fits {
            misfits.push(format!("{place}: {keyword} wants {wanted}"));
        }
    }
}

fn children(root: &Value, schema: &Value, keyword: &str, instance: &Value, place: &str, misfits: &mut Misfits) {
    if keyword == "items" {
        for (number, item) in instance.as_array().into_iter().flatten().enumerate() {
            validate(root, &schema["items"], item, &format!("{place}/{number}"), misfits);
        }
        return;
    }
    let declared = |name: &str| schema.get("properties").and_then(|properties| properties.get(name));
    for (name, member) in instance.as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        match keyword {
            "propertyNames" => validate(root, &schema[keyword], &Value::from(name.as_str()), &place, misfits),
            "properties" => declared(name).into_iter().for_each(|schema| validate(root, schema, member, &place, misfits)),
            _ if declared(name).is_none() => validate(root, &schema[keyword], member, &place, misfits),
            _ => {}
        }
    }
}

fn is_type(name: &str, instance: &Value) -> bool {
    match name {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "integer" => instance.is_i64() || instance.is_u64(),
        "boolean" => instance.is_boolean(),
        other => panic!("the validator does not know the type {other}"),
    }
}

fn misfits(instance: &Value) -> Misfits {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut misfits = Misfits::new();
    validate(&schema, &schema, instance, "", &mut misfits);
    misfits
}

fn golden() -> Value {
    serde_json::from_str(&json(&report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()]))).unwrap()
}

#[test]
fn golden_reports_fit_the_schema() {
    assert_eq!(misfits(&golden()), Misfits::new());
    assert_eq!(misfits(&serde_json::to_value(interrupted()).unwrap()), Misfits::new());
}

#[test]
fn what_the_schema_does_not_describe_does_not_fit() {
    let misfit = |pointer: &str, wrong: Value| {
        let mut report = golden();
        *report.pointer_mut(pointer).unwrap() = wrong;
        misfits(&report)
    };
    assert_eq!(misfit("/schema_version", value!(1)), ["/schema_version: const wants 2"]);
    assert_eq!(misfit("/cases/0/seed", value!(-1)), ["/cases/0/seed: minimum wants 0"]);
    assert_eq!(misfit("/cases/1/steps/0/outcome", value!("lost")).len(), 1);
    assert_eq!(misfit("/cases/0/calls", value!({"nowhere": {}})).len(), 1);
    assert_eq!(misfit("/cases/0/volatile", value!({"wall_time_ms": 1, "mood": "good"})), ["/cases/0/volatile/mood: may not be there"]);
    assert_eq!(misfit("/summary", value!({})).len(), 1);
}

#[test]
fn the_schema_knows_every_outcome_and_the_version() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let outcomes: Vec<Value> = CaseOutcome::ALL.iter().map(|outcome| serde_json::to_value(outcome).unwrap()).collect();
    assert_eq!(schema["$defs"]["outcome"]["enum"], Value::Array(outcomes));
    let kinds: Vec<Value> = WhyKind::ALL.iter().map(|kind| serde_json::to_value(kind).unwrap()).collect();
    assert_eq!(schema["$defs"]["why"]["items"]["properties"]["kind"]["enum"], Value::Array(kinds));
    assert_eq!(schema["properties"]["schema_version"]["const"], value!(SCHEMA_VERSION));
}
