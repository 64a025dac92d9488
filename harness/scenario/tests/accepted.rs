//! What the language accepts, and how the project's own scenario files are read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use seatrial_scenario::{
    Action, Attached, Consequence, Count, Expect, ExpectationKind, Position, Scenario, ScenarioError, State, parse, parse_in,
};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn read(path: &str) -> Scenario {
    let text = fs::read_to_string(scenarios().join(path)).unwrap();
    parse_in(path, &text, &beside(&scenarios().join(path))).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Reads what a scenario names.
fn beside(scenario: &Path) -> impl Fn(&str) -> std::io::Result<String> + '_ {
    |path| fs::read_to_string(scenario.with_file_name(path))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("manifests") && !path.ends_with("worlds") {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_scenario_of_the_project_is_accepted_and_its_manifests_exist() {
    let mut found = Vec::new();
    files(&scenarios(), &mut found);
    assert!(found.len() >= 2);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let scenario = parse_in(&path.display().to_string(), &text, &beside(&path)).unwrap_or_else(|errors| panic!("{errors}"));
        for step in &scenario.steps {
            if let Action::Apply(apply) = &step.action {
                assert!(path.parent().unwrap().join(&apply.manifest.value).exists(), "{} applies {}", path.display(), apply.manifest);
            }
        }
    }
}

#[test]
fn the_scale_scenario_says_what_it_means() {
    let scenario = read("statefulset/scale.yaml");
    assert_eq!(scenario.world.kubernetes.node_names(), ["worker-1", "worker-2", "worker-3"]);
    let waits = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Wait(wait) => Some((wait.object.to_string(), wait.state.value)),
        _ => None,
    });
    assert!(waits.clone().any(|wait| wait == ("statefulset/web".to_owned(), State::Ready)));
    assert!(waits.clone().any(|wait| wait == ("pod/web-2".to_owned(), State::Gone)));
    let attached: Vec<Attached> = scenario
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Expect(Expect::Volume(expect)) => expect.attached.as_ref().map(|attached| attached.value.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(attached, [Attached::Anywhere, Attached::None, Attached::Anywhere]);
    let ExpectationKind::Calls { counts: calls, .. } = &scenario.expect[0].kind else { panic!("calls come first") };
    let attach = calls.iter().find(|(method, _)| method.value == "CnsAttachVolume").unwrap();
    assert_eq!(attach.1.value, Count::Exactly(4));
}

#[test]
fn the_crash_scenario_runs_once_for_each_version() {
    let scenario = read("statefulset/scale-crash.yaml");
    let names: Vec<String> = scenario.cases().into_iter().map(|case| case.name).collect();
    assert_eq!(names, ["8.0.3", "9.1.0"]);
    let rule = &scenario.faults[0];
    assert_eq!(rule.when.position.value, Position::AfterEffect);
    assert_eq!((rule.when.nth, rule.times), (1, 1));
    let Consequence::Kill { process, restart } = &rule.does else { panic!("the rule kills") };
    assert_eq!((process.as_str(), restart.value), ("csi-controller", Duration::from_secs(5)));
}

const TWO_VCENTERS: &str = r#"
scenario: Two vCenters
world:
  vcenters:
    - {name: vc-a, version: [8.0.3, 9.1.0], clusters: [{name: one, hosts: 1, datastores: [disk]}]}
    - {name: vc-b, version: [7.0.3, 8.0.3], clusters: [{name: one, hosts: 1, datastores: [disk]}]}
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - kill: {process: csi-node/worker-2, restart: 500ms}
    settle: false
  - {settle: false, sleep: 1h30m}
  - wait: {persistentvolumeclaim/data: bound}
"#;

#[test]
fn versions_of_several_vcenters_are_combined() {
    let cases = parse("two.yaml", TWO_VCENTERS).unwrap().cases();
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["vc-a=8.0.3,vc-b=7.0.3", "vc-a=8.0.3,vc-b=8.0.3", "vc-a=9.1.0,vc-b=7.0.3", "vc-a=9.1.0,vc-b=8.0.3"]);
    assert_eq!(cases[1].version("vc-b").unwrap().to_string(), "8.0.3");
}

#[test]
fn steps_settle_unless_they_say_otherwise() {
    let scenario = parse("two.yaml", TWO_VCENTERS).unwrap();
    let settling: Vec<(String, bool)> = scenario.steps.iter().map(|step| (step.to_string(), step.settle)).collect();
    assert_eq!(settling[0], ("kill csi-node/worker-2, restart after 500ms".to_owned(), false));
    assert_eq!(settling[1], ("sleep 1h30m".to_owned(), false));
    assert_eq!(settling[2], ("wait for persistentvolumeclaim/data to be bound within 5m".to_owned(), true));
}

const LOOPS: &str = r#"
scenario: Loops
matrix: {pod: [web-0, db-0]}
world:
  vcenters:
    - {name: vc-a, version: 8.0.3, clusters: [{name: one, hosts: 1, datastores: [disk]}]}
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - apply: manifests/web.yaml
  - repeat:
      times: 2
      steps:
        - for-each:
            node: [worker-1, worker-2]
            steps:
              - cordon: ${each.node}
              - delete: pod/${matrix.pod}
        - write: {pod: "${matrix.pod}", path: /data/proof, text: "round ${each.round}"}
"#;

#[test]
fn loops_come_to_one_list_of_steps_each_with_its_line() {
    let scenario = parse("loops.yaml", LOOPS).unwrap();
    let second = &scenario.cases()[1];
    let scenario = scenario.of_case(second).unwrap();
    let steps: Vec<(String, usize)> = scenario.steps.iter().map(|step| (step.to_string(), scenario.locate(step.span).0)).collect();
    let in_round = |round: u32| {
        let write = format!("write /data/proof in pod db-0 (round {round} of 2)");
        [("cordon worker-1", 17), ("delete pod/db-0", 18), ("cordon worker-2", 17), ("delete pod/db-0", 18)]
            .map(|(what, line)| (format!("{what} (round {round} of 2)"), line))
            .into_iter()
            .chain([(write, 19)])
    };
    let expected: Vec<_> = [("apply manifests/web.yaml".to_owned(), 10)].into_iter().chain(in_round(1)).chain(in_round(2)).collect();
    assert_eq!(steps, expected);
    assert_eq!(scenario.steps[3].turn.place, [1, 0, 0]);
    assert_eq!(
        scenario.steps[3].turn.values,
        [("round", "1"), ("node", "worker-2")].map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

const INCLUDING: &str = r#"
scenario: A world in a file of its own
matrix: {world: [small, large], version: [8.0.3]}
world: {include: "worlds/${matrix.world}.yaml", kubernetes: {nodes: 2}}
steps:
  - kill: {process: csi-node/worker-2, restart: 5s}
"#;

/// Worlds of one and two vCenters, of one node.
fn worlds(path: &str) -> std::io::Result<String> {
    let vcenter = |name: &str| {
        format!("  - {{name: {name}, version: \"${{matrix.version}}\", clusters: [{{name: one, hosts: 1, datastores: [disk]}}]}}\n")
    };
    let vcenters = match path {
        "worlds/small.yaml" => vcenter("vc-a"),
        "worlds/large.yaml" => vcenter("vc-a") + &vcenter("vc-b"),
        _ => return Err(std::io::ErrorKind::NotFound.into()),
    };
    Ok(format!("vcenters:\n{vcenters}kubernetes: {{nodes: 1}}\ndrivers: {{csi: ours}}\n"))
}

#[test]
fn an_included_world_takes_its_place_and_own_keys_take_that_of_its_keys() {
    let scenario = parse_in("area/including.yaml", INCLUDING, &worlds).unwrap_or_else(|errors| panic!("{errors}"));
    let of = |number: usize| scenario.of_case(&scenario.cases()[number]).unwrap();
    assert_eq!(of(0).world.vcenters.len(), 1);
    assert_eq!(of(1).world.vcenters.len(), 2);
    assert_eq!(of(1).world.kubernetes.node_names(), ["worker-1", "worker-2"]);
    assert_eq!(scenario.locate(scenario.world.vcenters[0].name.span), (2, 12));
    let paths: Vec<&str> = scenario.included_worlds().map(|(path, _)| path).collect();
    assert_eq!(paths, ["worlds/large.yaml", "worlds/small.yaml"]);
}

/// What is said of a scenario with this world, where another file holds this.
fn of_included(world: &str, included: &str) -> String {
    let text = format!("scenario: A title\nworld: {world}\nsteps:\n  - sleep: 1s\n");
    let read = |path: &str| if path == "worlds/a.yaml" { Ok(included.to_owned()) } else { Err(std::io::ErrorKind::NotFound.into()) };
    parse_in("area/including.yaml", &text, &read).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_in_an_included_world_is_shown_there() {
    let vcenter = "vcenters:\n  - {name: vc-a, version: 8.0.3, clusters: [{name: one, hosts: 1, datastores: [disk]}]}\n";
    let unknown = of_included("worlds/a.yaml", &format!("{vcenter}kubernetes: {{nodes: 1}}\ndrivers: {{csi: ours}}\nzones: none\n"));
    assert!(unknown.contains("area/worlds/a.yaml:5:1"), "{unknown}");
    assert!(unknown.contains("zones: none"), "{unknown}");
    let name = of_included(
        "worlds/a.yaml",
        &format!("{vcenter}kubernetes: {{nodes: [{{name: worker-1, cluster: two}}]}}\ndrivers: {{csi: ours}}\n"),
    );
    assert!(name.contains("unknown cluster `two`") && name.contains("area/worlds/a.yaml:3:48"), "{name}");
    let yaml = of_included("worlds/a.yaml", "vcenters: [\n");
    assert!(yaml.contains("this is not YAML") && yaml.contains("area/worlds/a.yaml"), "{yaml}");
    let list = of_included("worlds/a.yaml", "- vcenters\n");
    assert!(list.contains("an included world must be a map, not a list"), "{list}");
    let again = of_included("worlds/a.yaml", "include: worlds/b.yaml\n");
    assert!(again.contains("an included world includes another") && again.contains("area/worlds/a.yaml:1:1"), "{again}");
    let missing = of_included("{include: worlds/a.yaml, topology: {zone: k8s-zone}}", "drivers: {csi: ours}\n");
    assert!(missing.contains("`world` has no `vcenters`") && missing.contains("area/including.yaml:2:8"), "{missing}");
    let absent = of_included("worlds/b.yaml", "");
    assert!(absent.contains("world `worlds/b.yaml` cannot be read") && absent.contains("area/including.yaml:2:8"), "{absent}");
}

#[test]
fn the_engine_reports_its_own_problems_with_the_same_lines() {
    let scenario = parse("two.yaml", TWO_VCENTERS).unwrap();
    let step = &scenario.steps[2];
    assert_eq!(scenario.locate(step.span), (13, 5));
    let error =
        ScenarioError::at(step.span, "claim `data` was never made", "apply a manifest that makes it").labelled("waited for in vain");
    let shown = scenario.errors(vec![error]).to_string();
    assert!(shown.contains("two.yaml:13:5"), "{shown}");
    assert!(shown.contains("persistentvolumeclaim/data: bound"), "{shown}");
    assert!(shown.contains("waited for in vain"), "{shown}");
}

#[test]
fn foreign_spans_do_not_break_the_renderer() {
    let scenario = parse("two.yaml", TWO_VCENTERS).unwrap();
    let span = seatrial_scenario::Span { start: 10_000, end: 5 };
    assert!(scenario.errors(vec![ScenarioError::at(span, "lost", "look elsewhere")]).render(true).contains("lost"));
}

/// A valid file with one piece of it replaced.
fn mutated() -> impl Strategy<Value = String> {
    let text = fs::read_to_string(scenarios().join("statefulset/scale-crash.yaml")).unwrap();
    let length = text.len();
    let noise = prop_oneof!["[\\PC\n]{0,12}", "[-\\[\\]{}:,&*!|>'\"%@`#? \n\t\r~0-9a-z]{0,12}"];
    (0..length, 0..40_usize, noise).prop_map(move |(start, cut, noise)| {
        let floor = |offset: usize| (0..=offset.min(length)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        format!("{}{noise}{}", &text[..floor(start)], &text[floor(start + cut)..])
    })
}

/// Parses and renders; every problem has a place within the text.
fn judge(text: &str) {
    if let Err(errors) = parse("any.yaml", text) {
        assert!(!errors.errors().is_empty());
        assert!(!errors.to_string().is_empty());
        for error in errors.errors() {
            assert!(error.span.start <= error.span.end && error.span.end <= text.len());
            assert!(text.get(error.span.start..error.span.end).is_some());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        judge(&text);
    }

    #[test]
    fn no_yaml_like_text_makes_the_parser_panic(text in "[-\\[\\]{}:,&*!|>'\"%@`#? \n\t\r~0-9a-zäß]{0,80}") {
        judge(&text);
    }

    #[test]
    fn no_damage_to_a_scenario_makes_the_parser_panic(text in mutated()) {
        judge(&text);
    }
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    judge(&"[".repeat(100_000));
    judge(&"- ".repeat(100_000));
    judge(&"a: {".repeat(100_000));
}
