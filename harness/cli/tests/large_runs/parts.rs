//! `--partition`, `merge`, `report`.

use std::collections::BTreeSet;

use crate::project::Project;

#[test]
fn four_parts_are_disjoint_together_all_and_merge_into_the_report_of_the_whole_run() {
    let project = Project::new();
    project.ends(1, &["run", "--repeat", "4", "--out", "whole"]);
    let mut runs = BTreeSet::new();
    for part in 1..=4 {
        let (partition, out) = (format!("hash:{part}/4"), format!("parts/{part}"));
        let (code, said) = project.seatrial(&["run", "--repeat", "4", "--partition", &partition, "--out", &out]);
        assert!(code <= 1, "{said}");
        for run in project.runs(&out) {
            assert!(runs.insert(run.clone()), "{run} is in two parts");
        }
    }
    assert_eq!(runs, project.runs("whole"));
    assert_eq!(runs.len(), 16);
    let said = project.ends(1, &["merge", "parts", "--out", "merged"]);
    assert!(said.contains("16 cases: 12 passed, 4 failed"), "{said}");
    assert_eq!(project.report("merged"), project.report("whole"));
    assert_eq!(project.ends(0, &["compare", "whole", "merged"]), "4 cases compared: nothing changed\n");
    // The folder of the merged report may lie among the parts.
    project.ends(1, &["merge", "parts", "--out", "parts/merged"]);
    project.ends(1, &["merge", "parts", "--out", "parts/merged"]);
    std::fs::remove_file(project.path("parts/3/report.json")).unwrap();
    let said = project.ends(2, &["merge", "parts/1", "parts/2", "parts/4", "--out", "merged"]);
    assert!(said.contains("part 3 of 4 missing") && said.contains("--partial"), "{said}");
    project.ends(1, &["merge", "parts/1", "parts/2", "parts/4", "--partial", "--out", "merged"]);
    assert_eq!(project.report("merged")["partition"]["cases"], 16);
}

#[test]
fn a_list_of_a_part_has_the_scenarios_of_which_something_runs_in_it() {
    let project = Project::new();
    let lists: Vec<String> = (0..9).map(|part| project.ends(0, &["run", "--list", "--partition", &format!("index:{part}/9")])).collect();
    let lines: usize = lists.iter().map(|list| list.lines().count()).sum();
    assert!((3..=4).contains(&lines), "four runs of three scenarios: {lists:?}");
    assert!(project.ends(2, &["run", "--partition", "hash:5/4"]).contains("numbered from 1 to 4"));
}

#[test]
fn a_finished_report_is_told_again_to_the_byte() {
    let project = Project::new();
    project.ends(1, &["run", "--repeat", "2", "--out", "out"]);
    for (format, file) in [("text", "report.txt"), ("markdown", "summary.md"), ("junit", "junit.xml"), ("json", "report.json")] {
        assert_eq!(project.ends(0, &["report", "out", "--format", format]), project.read(&format!("out/{file}")), "{format}");
        assert_eq!(project.ends(0, &["report", "out/report.json", "--format", format]), project.read(&format!("out/{file}")), "{format}");
    }
    assert!(project.ends(0, &["report", "out", "--format", "html"]).starts_with("<!DOCTYPE html>"));
}

#[test]
fn what_is_no_report_is_named_with_the_remedy() {
    let project = Project::new();
    project.write("empty/notes.txt", "");
    project.write("foreign.json", "{}");
    project.write("old.json", r#"{"schema_version": 1, "seatrial": "0.0.9"}"#);
    let cases: [&[&str]; 6] = [
        &["report"],
        &["report", "foreign.json"],
        &["report", "old.json"],
        &["compare", "absent", "old.json"],
        &["merge", "empty"],
        &["merge", "old.json"],
    ];
    let told: Vec<String> =
        cases.iter().map(|arguments| format!("$ seatrial {}\n{}", arguments.join(" "), project.ends(2, arguments))).collect();
    insta::assert_snapshot!("no report", told.join("\n"));
}
