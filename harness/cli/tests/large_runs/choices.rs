//! `--case`, `--skip`, `--jobs`, `--retries`.

use crate::project::Project;

#[test]
fn one_version_of_a_matrix_is_run_by_its_name_and_repeated_by_it() {
    let project = Project::new();
    project.ends(0, &["run", "area/calm", "--case", "9.1.0", "--out", "out"]);
    let report = project.report("out");
    assert_eq!(report["cases"].as_array().unwrap().len(), 1);
    assert_eq!(report["cases"][0]["repeat"], "seatrial run scenarios/area/calm.yaml --case 9.1.0 --seed 1");
    project.ends(0, &["run", "--case", "9.*", "--out", "out"]);
    assert_eq!(project.runs("out").len(), 1, "scenarios without such a case are left out");
    assert_eq!(project.ends(0, &["run", "--list", "--case", "9.1.0"]), "area/calm  8.0.3 9.1.0\n");
}

#[test]
fn what_is_skipped_does_not_run() {
    let project = Project::new();
    project.ends(0, &["run", "--skip", "area/rough", "--skip", "other/*", "--out", "out"]);
    assert_eq!(project.runs("out").len(), 2);
}

#[test]
fn choices_that_mean_nothing_are_refused_with_what_was_meant() {
    let project = Project::new();
    let cases: [&[&str]; 6] = [
        &["run", "--case", "9.1"],
        &["run", "other", "--case", "9.1.0"],
        &["run", "--skip", "area/rouhg"],
        &["run", "--skip", "*"],
        &["run", "--jobs", "0"],
        &["run", "--partition", "1/4"],
    ];
    let told: Vec<String> =
        cases.iter().map(|arguments| format!("$ seatrial {}\n{}", arguments.join(" "), project.ends(2, arguments))).collect();
    insta::assert_snapshot!("choices", told.join("\n"));
}

#[test]
fn how_many_run_at_a_time_changes_nothing() {
    let project = Project::new();
    project.ends(1, &["run", "--repeat", "3", "--jobs", "1", "--out", "one"]);
    project.ends(1, &["run", "--repeat", "3", "-j", "7", "--out", "seven"]);
    assert_eq!(project.report("one"), project.report("seven"));
}

#[test]
fn in_virtual_time_nothing_is_tried_again_and_the_run_says_so() {
    let project = Project::new();
    let said = project.ends(1, &["run", "--retries", "2", "--out", "out"]);
    assert!(said.contains("--retries: nothing was run again") && !said.contains("try 1"), "{said}");
    let said = project.ends(0, &["run", "area/calm", "--retries", "2", "--out", "out"]);
    assert!(!said.contains("--retries"), "nobody needs to know where nothing failed: {said}");
}
