//! What the engine's tests share: runs of the committed scenarios, and workers to make many of them.

#![allow(dead_code, reason = "each test binary uses a part")]

pub mod workers;

use std::path::Path;

use seatrial_engine::{RunSpec, prepare};

/// The runs of a committed scenario: one for each vCenter version that it names.
pub fn specs(name: &str, seed: u64) -> Vec<RunSpec> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&file).unwrap();
    let scenario = seatrial_scenario::parse_in(name, &text, &|path| std::fs::read_to_string(file.with_file_name(path)))
        .unwrap_or_else(|errors| panic!("{errors}"));
    prepare(&scenario, file.parent().unwrap(), seed).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The runs of a scenario that is not committed; its manifests lie beside those of an area.
pub fn from_text(text: &str, area: &str, seed: u64) -> Vec<RunSpec> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(area);
    let scenario = seatrial_scenario::parse("text", text).unwrap_or_else(|errors| panic!("{errors}"));
    prepare(&scenario, &folder, seed).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The run of a scenario that names one version only.
pub fn spec(name: &str, seed: u64) -> RunSpec {
    let mut specs = specs(name, seed);
    assert_eq!(specs.len(), 1, "{name} has more than one case");
    specs.remove(0)
}

/// The names of all committed scenarios, in order: `zones/placement`.
pub fn all_scenarios() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut names = Vec::new();
    for area in std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&area).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "yaml") {
                let (area, name) = (area.file_name().unwrap().to_string_lossy(), file.file_stem().unwrap().to_string_lossy());
                names.push(format!("{area}/{name}"));
            }
        }
    }
    names.sort_unstable();
    names
}
