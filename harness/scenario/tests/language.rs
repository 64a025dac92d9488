//! The language, its documentation and its schema say the same: every example of the page is read and valid, everything that
//! the model can hold has an example, and the schema knows the parser's keys.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use seatrial_scenario::{Scenario, as_json, json_schema, parse_in};
use serde_json::Value;

use support::{Example, examples, file};

fn read(example: &Example) -> Scenario {
    parse_in(&format!("line-{}.yaml", example.line), &example.text, &file)
        .unwrap_or_else(|errors| panic!("line {}: {errors}\n{}", example.line, example.text))
}

fn validator() -> Validator {
    let schema = json_schema();
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).unwrap()
}

fn complaints(validator: &Validator, text: &str) -> Vec<String> {
    let json = as_json(text).expect("it is YAML of the language");
    validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("manifests") && !path.ends_with("worlds") {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_example_of_the_page_is_read_and_valid() {
    let validator = validator();
    for example in examples() {
        read(&example);
        let wrong = complaints(&validator, &example.text);
        assert!(wrong.is_empty(), "line {}: {wrong:#?}\n{}", example.line, example.text);
    }
}

#[test]
fn every_scenario_of_the_project_is_valid() {
    let (validator, mut files) = (validator(), Vec::new());
    yaml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        if parse_in("any.yaml", &text, &|path| fs::read_to_string(file.with_file_name(path))).is_ok() {
            let wrong = complaints(&validator, &text);
            assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
        }
    }
}

/// Errors that a schema cannot see: of names, of values together, of YAML itself.
const BEYOND_THE_SCHEMA: [&str; 18] = [
    "loop-names",
    "too-many-steps",
    "matrix-names",
    "matrix-unknown",
    "no-ccm-to-configure",
    "disk-names",
    "unknown-vcenter",
    "unknown-node",
    "unknown-process",
    "unknown-fault-rule",
    "same-names",
    "same-fault-id",
    "bad-fault",
    "too-many-cases",
    "name-of-another-process",
    "world-names",
    "nothing-expected-of-volume",
    "default-providers",
];

#[test]
fn what_is_refused_for_its_structure_is_invalid_too() {
    let (validator, mut files, mut seen) = (validator(), Vec::new(), 0);
    yaml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let beyond = BEYOND_THE_SCHEMA.iter().any(|name| file.file_stem().unwrap() == *name);
        let Some(json) = as_json(&text) else { continue };
        let valid = validator.is_valid(&json);
        seen += usize::from(!valid);
        assert!(!valid || beyond || file.ends_with("no-zones.yaml") || file.ends_with("bad-path.yaml"), "{} is valid", file.display());
    }
    assert!(seen > 20, "only {seen} files were invalid");
}

/// Each variant of an enum that `Debug` prints with its name: those that the examples show.
fn shown() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for example in examples() {
        let debug = format!("{:?}", read(&example));
        words.extend(debug.split(|character: char| !character.is_ascii_alphanumeric()).map(str::to_owned));
    }
    words
}

/// The variants of the model's enums, read from its source.
fn variants() -> Vec<(String, String)> {
    let (mut sources, mut found) = (Vec::new(), Vec::new());
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model"), &mut sources);
    for source in sources {
        let mut inside: Option<String> = None;
        for line in fs::read_to_string(&source).unwrap().lines() {
            if let Some(name) = line.strip_prefix("pub enum ") {
                inside = Some(name.trim_end_matches(" {").to_owned());
            } else if line == "}" {
                inside = None;
            } else if let Some(name) = &inside
                && let Some(rest) = line.strip_prefix("    ").filter(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
            {
                let variant: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
                found.push((name.clone(), variant));
            }
        }
    }
    found
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn every_variant_of_the_model_has_an_example() {
    let (shown, variants) = (shown(), variants());
    assert!(variants.len() > 90, "only {} variants were found", variants.len());
    let missing: Vec<_> = variants.into_iter().filter(|(_, variant)| !shown.contains(variant)).collect();
    assert!(missing.is_empty(), "docs/scenarios.md has no example of {missing:?}");
}

/// All maps of a value, as JSON pointers.
fn maps(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.push(at.to_owned());
            entries.iter().for_each(|(key, value)| maps(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found));
        }
        Value::Array(members) => members.iter().enumerate().for_each(|(place, value)| maps(value, &format!("{at}/{place}"), found)),
        _ => {}
    }
}

/// What the parser says of a key `zzz` in a map: the map's name and the keys that may stand there.
fn keys_of(json: &Value) -> Option<(String, BTreeSet<String>)> {
    let errors = parse_in("any.yaml", &json.to_string(), &file).err()?;
    errors.errors().iter().find_map(|error| {
        // What fails and what is healed is read in the same place.
        let what = error.message.strip_prefix("unknown key `zzz` in ")?.replace("heal", "fail");
        let (_, keys) = error.help.split_once("keys that may stand here: ")?;
        Some((what, keys.split(", ").map(str::to_owned).collect()))
    })
}

#[test]
fn every_key_that_the_parser_knows_has_an_example() {
    let (mut known, mut used): (BTreeMap<String, BTreeSet<String>>, BTreeMap<String, BTreeSet<String>>) = Default::default();
    let validator = validator();
    for example in examples() {
        let json = as_json(&example.text).unwrap();
        let mut places = Vec::new();
        maps(&json, "", &mut places);
        for place in places {
            let mut changed = json.clone();
            let map = changed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            let own: Vec<String> = map.keys().cloned().collect();
            map.insert("zzz".to_owned(), Value::from(1));
            let Some((what, keys)) = keys_of(&changed) else { continue };
            assert!(!validator.is_valid(&changed), "the schema lets an unknown key stand in {what} of line {}", example.line);
            used.entry(what.clone()).or_default().extend(own);
            known.entry(what).or_default().extend(keys);
        }
    }
    assert!(known.len() > 25, "only {} kinds of map were found: {:?}", known.len(), known.keys());
    for (what, keys) in known {
        let missing: Vec<&String> = keys.difference(&used[&what]).collect();
        assert!(missing.is_empty(), "docs/scenarios.md has no example of {missing:?} in {what}");
    }
}

/// All keys that a schema names.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                if key == "properties" {
                    found.extend(value.as_object().unwrap().keys().cloned());
                }
                if key != "examples" {
                    properties(value, found);
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| properties(member, found)),
        _ => {}
    }
}

#[test]
fn the_schema_names_no_key_that_no_example_has() {
    let (mut named, mut used) = (BTreeSet::new(), BTreeSet::new());
    properties(&json_schema(), &mut named);
    for example in examples() {
        let json = as_json(&example.text).unwrap();
        let mut places = Vec::new();
        maps(&json, "", &mut places);
        places.iter().for_each(|place| used.extend(json.pointer(place).unwrap().as_object().unwrap().keys().cloned()));
    }
    let unused: Vec<_> = named.difference(&used).collect();
    assert!(unused.is_empty(), "no example has {unused:?}");
}

#[test]
fn examples_in_the_schema_are_valid_where_they_stand() {
    fn check(root: &Value, schema: &Value) {
        if let Some(examples) = schema.get("examples").and_then(Value::as_array) {
            let mut here = schema.clone();
            here["$defs"] = root["$defs"].clone();
            let validator = jsonschema::validator_for(&here).unwrap();
            examples.iter().for_each(|example| assert!(validator.is_valid(example), "{example} is no example of {schema}"));
        }
        match schema {
            Value::Object(entries) => entries.iter().filter(|(key, _)| *key != "examples").for_each(|(_, value)| check(root, value)),
            Value::Array(members) => members.iter().for_each(|member| check(root, member)),
            _ => {}
        }
    }
    let schema = json_schema();
    check(&schema, &schema);
}
