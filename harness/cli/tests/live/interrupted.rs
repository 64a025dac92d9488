//! A run of worlds with processes that is ended from outside, at whatever moment: it reports what was run, and nothing is left running.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use seatrial_journal::read_journal;
use seatrial_reports::{CaseOutcome, RunReport};

use super::command::{content, eventually, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a run that gets SIGTERM, at whatever moment, reports what was run and leaves nothing running", terminated),
    ("a run that is killed leaves what its journals had", killed),
];

const MOMENTS: u64 = 20;
/// The latest moment; by then some cases are over, and others run.
const LATEST_MS: u64 = 3_000;
const SEEDS: usize = 1_000;

fn arguments(out: &Path) -> Vec<String> {
    let fixed = ["run", "statefulset/scale", "--drivers", "processes", "--repeat", "1000", "--records", "all", "--out"];
    fixed.iter().map(ToString::to_string).chain([out.display().to_string()]).collect()
}

/// Moments that no two runs of this test share: the clock chooses them, and nothing else.
#[expect(clippy::disallowed_methods, reason = "the clock chooses the moments")]
pub fn moments(latest_ms: u64) -> Vec<Duration> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let mut state = now.as_secs() ^ (u64::from(now.subsec_nanos()) << 32);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((state >> 33) % latest_ms)
    };
    (0..MOMENTS).map(|_| next()).collect()
}

fn terminated() {
    for moment in moments(LATEST_MS) {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let arguments = arguments(out.path());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut run = seatrial(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        eventually("the run has begun", || out.path().join(".running").exists());
        std::thread::sleep(moment);
        kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
        let status = run.wait().unwrap();
        assert_eq!(status.code(), Some(130), "after {moment:?}");
        assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()), "after {moment:?}");
        reports_are_of_what_was_run(out.path());
    }
}

fn reports_are_of_what_was_run(out: &Path) {
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let report: RunReport = serde_json::from_str(&read("report.json")).unwrap();
    assert!(report.interrupted && report.planned == Some(SEEDS));
    assert!(report.cases.iter().all(|case| case.outcome == CaseOutcome::Passed), "what was cut has no verdict");
    let begun = |scenario: &str, case: &str, seed: u64| (scenario.to_owned(), case.to_owned(), seed);
    let told = report.cases.iter().map(|verdict| begun(&verdict.scenario, verdict.case.as_deref().unwrap_or_default(), verdict.seed));
    let told: Vec<_> = told.chain(report.unfinished.iter().map(|cut| begun(&cut.scenario, &cut.case, cut.seed))).collect();
    let places = told.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(places, told.len(), "a case is over, or it is not: {told:?}");
    for verdict in &report.cases {
        let records = out.join(verdict.provenance.records.as_ref().unwrap());
        let journal = read_journal(&std::fs::read(records.join("journal.jsonl.gz")).unwrap()).unwrap();
        assert_eq!((journal.text.lines().count() as u64, journal.cut), (verdict.journal_entries, false));
        assert!(records.join("csi-controller.1.log").exists());
    }
    assert!(read("report.txt").contains("interrupted: ") && read("summary.md").contains("interrupted: "));
    assert!(read("junit.xml").contains("type=\"interrupted\"") && read("junit.xml").trim_end().ends_with("</testsuites>"));
    assert!(read("report.html").contains("interrupted: ") && read("report.html").trim_end().ends_with("</html>"));
}

/// Nobody can finish anything: what was written while the cases ran is there.
fn killed() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // By the wall's clock a case takes long enough to be in the middle of it.
    let arguments = ["run", "statefulset/scale", "--mode", "live", "--out", out.path().to_str().unwrap()];
    let mut run = seatrial(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let cases = || content(&out.path().join("cases"));
    let journals = || -> Vec<seatrial_journal::ReadJournal> {
        let packed = cases().into_iter().filter_map(|case| std::fs::read(case.join("journal.jsonl.gz")).ok());
        packed.map(|packed| read_journal(&packed).unwrap()).collect()
    };
    eventually("the journals have begun", || {
        out.path().join("cases").exists() && journals().iter().any(|journal| journal.text.contains("csi-controller"))
    });
    run.kill().unwrap();
    run.wait().unwrap();
    eventually("no driver runs", || told_of(folder.path()).is_empty());
    assert!(!out.path().join("report.json").exists(), "there is no report that would be taken for the whole");
    assert!(journals().iter().all(|journal| journal.cut), "they end before their runs did");
    assert!(cases().iter().any(|case| case.join("csi-controller.1.log").exists()));
}
