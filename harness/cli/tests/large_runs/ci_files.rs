//! The files of `docs/ci`: what they run is run here, with fewer seeds.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::Project;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci").join(name)).unwrap()
}

/// The objects of a file.
fn objects(name: &str) -> Vec<Value> {
    let parts: Vec<Value> = text(name).split("\n---\n").map(|part| seatrial_scenario::as_json(part).unwrap()).collect();
    assert!(parts.iter().all(|part| part["kind"].is_string()), "{parts:?}");
    parts
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// What the container of a job is told, with the folder of the volume in the place where it is mounted.
fn arguments(job: &Value, reports: &Path) -> Vec<String> {
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let mount = container["volumeMounts"].as_array().unwrap().iter().find(|mount| mount["name"] == "reports").unwrap();
    let place = mount["mountPath"].as_str().unwrap();
    texts(&container["args"]).into_iter().map(|word| word.replace(place, reports.to_str().unwrap())).collect()
}

#[test]
fn an_indexed_job_runs_every_case_once_and_its_parts_merge() {
    let project = Project::new();
    let [claim, job]: [Value; 2] = objects("indexed-job.yaml").try_into().unwrap();
    let [merge]: [Value; 1] = objects("merge-job.yaml").try_into().unwrap();
    for job in [&job, &merge] {
        let volumes = job["spec"]["template"]["spec"]["volumes"].as_array().unwrap();
        let reports = volumes.iter().find(|volume| volume["name"] == "reports").unwrap();
        assert_eq!(reports["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"]);
    }
    let completions = job["spec"]["completions"].as_u64().unwrap();
    assert_eq!((&job["spec"]["completionMode"], &job["spec"]["parallelism"]), (&"Indexed".into(), &completions.into()));
    let reports = project.path("reports");
    for index in 0..completions {
        let words = arguments(&job, &reports).into_iter().map(|word| word.replace("$(JOB_COMPLETION_INDEX)", &index.to_string()));
        let words: Vec<String> = words.map(|word| word.replace("--repeat=100", "--repeat=3")).collect();
        let (code, said) = project.seatrial(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(code <= 1, "{said}");
    }
    let words = arguments(&merge, &reports);
    let said = project.ends(1, &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("12 cases: 9 passed, 3 failed"), "{said}");
    project.ends(1, &["run", "--repeat", "3", "--out", "whole"]);
    assert_eq!(project.report("reports/merged"), project.report("whole"));
}

/// The scripts of a workflow's job that call the command, in their order.
fn scripts(workflow: &Value, job: &str) -> Vec<String> {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap().iter();
    let scripts = steps.filter_map(|step| step["run"].as_str());
    scripts.filter(|script| script.contains("seatrial ") || script.contains("before/")).map(str::to_owned).collect()
}

/// Runs scripts as GitHub's runners run them: by bash, which ends at the first command that fails.
fn bash(project: &Project, scripts: &[String], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let programs = project.path("bin");
    std::fs::create_dir_all(&programs).unwrap();
    // It may be there already.
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_seatrial"), programs.join("seatrial"));
    let mut all = String::new();
    for script in scripts {
        let script = format!("export PATH=\"{}:$PATH\"\n{}", programs.display(), script.replace("--repeat 100", "--repeat 3"));
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script]).current_dir(project.folder());
        let output = bash.envs(environment.iter().copied()).env("GITHUB_STEP_SUMMARY", project.path("summary.md")).output().unwrap();
        all.push_str(&String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
        if !output.status.success() {
            return (output.status.code(), all);
        }
    }
    (Some(0), all)
}

#[test]
fn a_workflow_in_parts_judges_each_night_by_the_one_before() {
    let project = Project::new();
    let workflow = seatrial_scenario::as_json(&text("github-matrix.yaml")).unwrap();
    let (part, judge) = (scripts(&workflow, "part"), scripts(&workflow, "judge"));
    assert_eq!((part.len(), judge.len()), (1, 3), "{part:?} {judge:?}");
    let numbers = workflow["jobs"]["part"]["strategy"]["matrix"]["part"].as_array().unwrap().clone();
    let night = || {
        for number in &numbers {
            let (code, said) = bash(&project, &part, &[("PART", &number.to_string())]);
            assert_eq!(code, Some(0), "a part is judged by the last job: {said}");
            // As artifacts travel.
            let (from, to) = (project.path(&format!("part-{number}")), project.path(&format!("parts/part-{number}")));
            std::fs::create_dir_all(project.path("parts")).unwrap();
            let _ = std::fs::remove_dir_all(&to);
            std::fs::rename(from, to).unwrap();
        }
        bash(&project, &judge, &[])
    };
    assert_eq!(night().0, Some(0), "the first night has nothing to be held against");
    let (code, said) = night();
    assert!(code == Some(0) && said.contains("4 cases compared: nothing changed"), "{said}");
    project.change("scenarios/other/still.yaml", "sleep: 2s", "wait: {node/worker-1: gone, within: 1s}");
    let (code, said) = night();
    assert!(code == Some(1) && said.contains("1 regressed"), "{said}");
    assert!(project.read("summary.md").contains("| ❌ regressed | other/still"), "{}", project.read("summary.md"));
}
