//! The same seed gives the same journal: a hundred seeds, each once alone in a fresh process and once in this process,
//! where other tests and other worlds run at the same time.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use seatrial_engine::{RunSpec, prepare};
use seatrial_journal::first_difference;

const SCENARIO: &str = "scenarios/statefulset/scale-crash.yaml";
const SEEDS: u64 = 100;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The cases of the crash scenario: both of its versions.
fn specs(seed: u64) -> Vec<RunSpec> {
    let file = root().join(SCENARIO);
    let scenario = seatrial_scenario::parse(SCENARIO, &std::fs::read_to_string(&file).unwrap()).unwrap();
    prepare(&scenario, file.parent().unwrap(), seed).unwrap()
}

/// Digests by case, as a fresh process reports them.
fn in_a_fresh_process(seed: u64, folder: &Path) -> BTreeMap<String, String> {
    let out = folder.join(format!("seed-{seed}"));
    let command = Command::new(env!("CARGO_BIN_EXE_seatrial"))
        .current_dir(root())
        .args(["run", SCENARIO, "--seed", &seed.to_string(), "--out"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(command.status.success(), "seed {seed}:\n{}", String::from_utf8_lossy(&command.stdout));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(out.join("report.json")).unwrap()).unwrap();
    let cases = report["cases"].as_array().unwrap().iter();
    cases.map(|case| (case["case"].as_str().unwrap().to_owned(), case["journal_digest"].as_str().unwrap().to_owned())).collect()
}

fn in_this_process(seed: u64) -> BTreeMap<String, String> {
    specs(seed).into_iter().map(|spec| (spec.case.name.clone(), spec.run().digest.unwrap().0)).collect()
}

/// The first line in which two journals of this seed differ, if they still do.
fn show_difference(seed: u64, folder: &Path) -> String {
    for spec in specs(seed) {
        let journals = ["left", "right"].map(|side| {
            let file = folder.join(format!("{seed}-{side}.jsonl"));
            RunSpec { journal: Some(file.clone()), ..spec.clone() }.run();
            std::fs::read_to_string(file).unwrap()
        });
        if let Some(difference) = first_difference(&journals[0], &journals[1]) {
            return difference.to_string();
        }
    }
    "two more runs in this process were equal: the difference lies between processes".to_owned()
}

#[test]
fn a_hundred_seeds_write_the_same_journal_alone_and_in_company() {
    let folder = std::env::temp_dir().join(format!("seatrial-repeatability-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (next, different) = (Mutex::new(1..=SEEDS), Mutex::new(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from).max(2);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.lock().unwrap().next();
                    let Some(seed) = seed else { return };
                    if in_a_fresh_process(seed, &folder) != in_this_process(seed) {
                        different.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    let different = different.into_inner().unwrap();
    let shown = different.first().map(|seed| show_difference(*seed, &folder));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(different.is_empty(), "seeds {different:?} wrote different journals:\n{}", shown.unwrap_or_default());
}
