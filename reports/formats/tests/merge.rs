//! Parts of a run, put together, and reports taken up again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod common;

use common::{bad_input, failed, passed, report, unsupported, with_finding};
use proptest::prelude::*;
use seatrial_reports::{AttemptReport, PartitionReport, RunReport, Verdict, json, merge, read};

/// The part of a run whose cases lie at these places.
fn part(whole: &[Verdict], shard: u64, of: u64, places: Vec<usize>) -> RunReport {
    let cases = places.iter().map(|place| whole[*place].clone()).collect();
    RunReport { partition: Some(PartitionReport { shard, of, cases: whole.len(), places }), ..report(cases) }
}

fn several(number: u64) -> Vec<Verdict> {
    let kinds = [passed(), failed(), with_finding(), unsupported(), bad_input()];
    (0..number).zip(kinds.iter().cycle()).map(|(seed, verdict)| Verdict { seed, ..verdict.clone() }).collect()
}

proptest! {
    #[test]
    fn parts_make_the_whole_in_any_order(shards in proptest::collection::vec(1..=4_u64, 0..30), turn in 0..4_usize) {
        let whole = several(shards.len() as u64);
        let places = |shard| (0..whole.len()).filter(|place| shards[*place] == shard).collect();
        let mut parts: Vec<RunReport> = (1..=4).map(|shard| part(&whole, shard, 4, places(shard))).collect();
        parts.rotate_left(turn);
        prop_assert_eq!(json(&merge(parts, false).unwrap()), json(&report(whole)));
    }
}

#[test]
fn what_does_not_make_a_whole_is_refused_with_the_remedy() {
    let whole = several(6);
    let one = || part(&whole, 1, 3, vec![0, 3]);
    let two = || part(&whole, 2, 3, vec![1, 4]);
    let three = || part(&whole, 3, 3, vec![2, 5]);
    let other_version = RunReport { seatrial: "0.2.0".to_owned(), ..two() };
    let other_run = part(&several(7), 2, 3, vec![1]);
    let cut = RunReport {
        partition: three().partition.map(|part| PartitionReport { places: vec![2], ..part }),
        ..report(vec![whole[2].clone()])
    };
    let wrong = RunReport { partition: three().partition.map(|part| PartitionReport { places: vec![2], ..part }), ..three() };
    let cases: [(&str, Vec<RunReport>); 8] = [
        ("nothing", vec![]),
        ("a part is missing", vec![one(), three()]),
        ("a part is there twice", vec![one(), two(), three(), two()]),
        ("a part of another version", vec![one(), other_version, three()]),
        ("a part of another run", vec![one(), other_run, three()]),
        ("a part and a whole run", vec![one(), report(vec![passed()])]),
        ("a part that was ended", vec![one(), two(), cut]),
        ("a part that is not as it says", vec![one(), two(), wrong]),
    ];
    let told: String = cases.into_iter().map(|(what, reports)| format!("{what}: {}\n", merge(reports, false).unwrap_err())).collect();
    insta::assert_snapshot!("merge-refusals", told);
}

#[test]
fn a_part_of_the_parts_still_says_so_and_takes_the_rest_later() {
    let whole = several(6);
    let partial = merge(vec![part(&whole, 3, 3, vec![2, 5]), part(&whole, 1, 3, vec![0, 3])], true).unwrap();
    assert_eq!(partial.partition.as_ref().map(|part| part.places.clone()), Some(vec![0, 2, 3, 5]));
    let full = merge(vec![partial, part(&whole, 2, 3, vec![1, 4])], false).unwrap();
    assert_eq!(json(&full), json(&report(whole)));
}

#[test]
fn whole_runs_are_put_one_after_the_other_and_no_run_twice() {
    let merged = merge(vec![report(vec![failed()]), report(vec![passed()])], false).unwrap();
    assert_eq!(merged, report(vec![failed(), passed()]));
    let twice = merge(vec![report(vec![passed()]), report(vec![failed(), passed()])], false).unwrap_err().to_string();
    assert_eq!(twice, "it has scenarios/statefulset/scale.yaml [8.0.3] seed 7, which report 1 has, too; leave one out");
}

#[test]
fn a_finished_report_is_read_again_to_the_byte() {
    let flaky = Verdict { attempts: vec![AttemptReport::of(&failed())], ..passed() };
    let whole = report(vec![passed(), flaky, bad_input(), with_finding()]);
    assert_eq!(json(&read(&json(&whole)).unwrap()), json(&whole));
    assert_eq!(read(&json(&whole)).unwrap(), whole);
}

#[test]
fn what_is_no_report_is_refused_with_the_remedy() {
    let old = json(&report(vec![])).replace("\"schema_version\": 2", "\"schema_version\": 1");
    let broken = json(&report(vec![passed()])).replace("\"cases\": [", "\"kases\": [");
    let told: Vec<String> =
        ["{\"schema_version\"", "[]", "{\"name\": \"x\"}", &old, &broken].iter().map(|text| read(text).unwrap_err().to_string()).collect();
    insta::assert_snapshot!("read-refusals", told.join("\n"));
}
