//! `--baseline` and `compare`.

use serde_json::Value;

use crate::project::Project;

#[test]
fn what_failed_before_fails_no_run_with_a_baseline_and_what_is_worse_does() {
    let project = Project::new();
    project.ends(1, &["run", "--out", "before"]);
    let said = project.ends(0, &["run", "--baseline", "before", "--out", "after"]);
    assert!(said.ends_with("4 cases compared: nothing changed\n"), "{said}");
    project.change("scenarios/area/calm.yaml", "sleep: 1s", "wait: {node/worker-1: gone, within: 1s}");
    let said = project.ends(1, &["run", "--baseline", "before/report.json", "--out", "after"]);
    assert!(said.contains("regressed area/calm [8.0.3]: passed → failed"), "{said}");
    assert!(said.ends_with("4 cases compared: 2 regressed\n"), "{said}");
    assert_eq!(project.ends(1, &["compare", "before", "after"]), project.read("after/comparison.txt"));
    assert_eq!(project.ends(1, &["compare", "before", "after", "--format", "markdown"]), project.read("after/comparison.md"));
    let json: Value = serde_json::from_str(&project.ends(1, &["compare", "before", "after", "--format", "json"])).unwrap();
    assert_eq!((&json["schema_version"], &json["summary"]["regressions"]), (&1.into(), &2.into()));
    project.ends(0, &["compare", "after", "before"]);
}

#[test]
fn a_baseline_that_cannot_be_compared_is_refused_before_anything_runs() {
    let project = Project::new();
    project.ends(0, &["run", "other", "--out", "before"]);
    let other = project.read("before/report.json").replace(concat!("\"seatrial\": \"", env!("CARGO_PKG_VERSION")), "\"seatrial\": \"0.0.9");
    project.write("old/report.json", &other);
    for (baseline, words) in [("absent", "failed to read absent"), ("old", "--across-versions")] {
        let said = project.ends(2, &["run", "other", "--baseline", baseline, "--out", "after"]);
        assert!(said.contains("--baseline: ") && said.contains(words) && !project.path("after").exists(), "{said}");
    }
    project.ends(0, &["run", "other", "--baseline", "old", "--across-versions", "--out", "after"]);
    assert!(project.ends(2, &["compare", "old", "before"]).contains("make the base again"));
}

#[test]
fn wrong_input_stays_wrong_whatever_the_baseline_says() {
    let project = Project::new();
    project.write("scenarios/area/broken.yaml", "scenario: [\n");
    project.ends(2, &["run", "--out", "before"]);
    project.ends(2, &["run", "--baseline", "before", "--out", "after"]);
}

#[test]
fn a_case_that_is_missing_counts_when_asked() {
    let project = Project::new();
    project.ends(1, &["run", "--out", "before"]);
    project.ends(0, &["run", "area/calm", "--out", "after"]);
    assert!(project.ends(0, &["compare", "before", "after"]).contains("missing other/still [8.0.3]: passed before"));
    project.ends(1, &["compare", "before", "after", "--strict"]);
}
