//! `seatrial.toml`.

use crate::project::Project;

const FILE: &str = "
[profile.default]
skip = [\"area/rough\"]

[profile.ci]
repeat = 2
jobs = 1
out = \"reports/ci\"

[profile.all]
skip = []
fail-fast = true
only = [\"area/*\"]
";

#[test]
fn a_profile_gives_flags_and_the_command_line_counts_more() {
    let project = Project::new();
    project.write("seatrial.toml", FILE);
    project.ends(0, &["run", "--out", "out"]);
    assert_eq!(project.runs("out").len(), 3, "the default profile counts always");
    project.ends(0, &["run", "--profile", "ci"]);
    assert_eq!(project.runs("reports/ci").len(), 6);
    project.ends(0, &["run", "--profile", "ci", "--repeat", "1", "--skip", "other/*", "--skip", "area/rough"]);
    assert_eq!(project.runs("reports/ci").len(), 2);
    let said = project.ends(1, &["run", "area/rough", "area/calm", "--profile", "all", "--jobs", "1", "--out", "out"]);
    assert!(said.contains("--fail-fast: 2 of 3 were not run"), "{said}");
    project.ends(1, &["run", "area/rough", "area/calm", "--profile", "all", "--no-fail-fast", "--out", "out"]);
    assert_eq!(project.runs("out").len(), 3);
}

#[test]
fn the_file_is_found_upward_and_its_paths_are_meant_from_its_folder() {
    let project = Project::new();
    project.write("deep/seatrial.toml", FILE);
    std::fs::rename(project.path("scenarios"), project.path("deep/scenarios")).unwrap();
    project.write("deep/er/scenarios/area/calm.yaml", &project.read("deep/scenarios/area/calm.yaml"));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_seatrial"))
        .current_dir(project.path("deep/er"))
        .args(["run", "--profile", "ci"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(project.runs("deep/reports/ci").len(), 4);
}

#[test]
fn what_is_wrong_in_the_file_is_named_with_its_line() {
    let project = Project::new();
    assert!(project.ends(2, &["run", "--profile", "ci"]).contains("there is no seatrial.toml in this folder or above it"));
    project.write("seatrial.toml", "[profile.nightly]\nretires = 2\n");
    let said = project.ends(2, &["run", "--list"]);
    assert!(said.contains("seatrial.toml:2:1: profile nightly has an unknown key `retires`; did you mean `retries`?"), "{said}");
    project.write("seatrial.toml", FILE);
    assert!(project.ends(2, &["run", "--profile", "ic"]).contains("did you mean `ci`? profiles: all, ci, default"));
}
