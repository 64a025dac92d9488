//! Pages for the browser: one case that failed, many of which few did, one full of what could be taken for markup, a large one.

use std::collections::BTreeMap;

use seatrial_journal::{Answer, Border, Call, CallId, Elapsed, Entry, Event, Flow};
use seatrial_reports::{CaseProvenance, Verdict, html};
use serde_json::Value;

use crate::common::{failed, journal, passed, report};

fn step(number: usize, what: &str, outcome: &str) -> Event {
    Event::Step { number, what: what.to_owned(), outcome: outcome.to_owned() }
}

/// A case that failed in its second step, and of which no oracle says more.
fn failed_case() -> Verdict {
    Verdict { violations: Vec::new(), ..failed() }
}

/// A journal in which step 2 fails after `between`.
fn story(between: impl Iterator<Item = Event>) -> Vec<Entry> {
    let apply = "apply manifests/web.yaml";
    let wait = "wait for statefulset/web to be ready within 10m";
    let mut entries = Vec::new();
    let mut record = |at: u64, event: Event| entries.push(Entry { seq: entries.len() as u64 + 1, at: Elapsed(at), event });
    record(60_000_000, step(1, apply, "began"));
    record(60_001_250, step(1, apply, "passed"));
    for (number, entry) in (0..).zip(journal().into_iter().skip(1)) {
        record(60_001_250 + number, Event::Log { process: "csi-controller".to_owned(), line: format!("{:?}", entry.event) });
    }
    record(120_000_000, step(2, wait, "began"));
    for (number, event) in (1..).zip(between) {
        record(120_000_000 + number * 4_000, event);
    }
    record(720_000_000, step(2, wait, "not ready after 10m: 2 of 3 pods are ready"));
    record(720_000_000, Event::Log { process: "ccm".to_owned(), line: "the end".to_owned() });
    entries
}

fn log(line: &str) -> Event {
    Event::Log { process: "csi-controller".to_owned(), line: line.to_owned() }
}

/// One case, which failed in its second step.
pub fn one() -> String {
    html(&report(vec![failed_case()]), &BTreeMap::from([(0, story((0..9).map(|number| log(&format!("try {number}")))))]))
}

fn variants(number: u64) -> Vec<Verdict> {
    let case = |number: u64| Verdict {
        scenario: format!("scenarios/generated/case-{number}.yaml"),
        title: Some(format!("Case {number} keeps its volumes, whatever happens to the controller that made them")),
        provenance: CaseProvenance {
            tags: if number.is_multiple_of(2) { vec!["csi".to_owned(), "statefulset".to_owned()] } else { vec!["csi".to_owned()] },
            ..CaseProvenance::default()
        },
        ..passed()
    };
    (0..number).map(case).collect()
}

/// The same when an oracle found before that there is too much.
pub fn found_by_an_oracle() -> String {
    html(&report(vec![failed()]), &BTreeMap::from([(0, story(std::iter::empty()))]))
}

/// Forty cases that passed, and two of one scenario that did not.
pub fn many() -> String {
    let mut cases = variants(40);
    cases.push(Verdict { title: Some("scale and crash".to_owned()), ..failed_case() });
    cases.push(Verdict {
        title: Some("another".to_owned()),
        scenario: "other.yaml".to_owned(),
        case: Some("9.9.9".to_owned()),
        ..failed_case()
    });
    html(&report(cases), &BTreeMap::from([(40, story(std::iter::empty()))]))
}

/// Everything says what would be markup, and is long without a place to break.
pub fn hostile() -> String {
    let text = format!("</script><img src=x onerror=\"window.ran=1\">{}", "long".repeat(200));
    let mut case = failed();
    case.scenario.push_str(&text);
    case.title = Some(text.clone());
    case.provenance.tags = vec![text.clone()];
    case.repeat.push_str(&text);
    case.steps[1].message = Some(text.clone());
    case.steps[1].what.push_str(&text);
    case.expectations[1].found.push_str(&text);
    case.violations[0].message.push_str(&text);
    case.violations[0].excerpt.push(format!("#1       0:00:00.001  {text}"));
    html(&report(vec![case, passed()]), &BTreeMap::from([(0, story(std::iter::repeat_n(log(&text), 20)))]))
}

/// A thousand cases, and a journal of a hundred thousand entries that ends in a failure.
pub fn large() -> String {
    let mut cases = variants(999);
    cases.push(failed_case());
    let call = |number: u64| {
        let sent = Call {
            border: Border::VCenter,
            from: "csi-controller".to_owned(),
            to: "vc-a.seatrial.test:443".to_owned(),
            method: "CnsQueryVolume".to_owned(),
            target: Some(format!("volume-{}", number + 12)),
            flow: Flow::Unary,
            session: Some("session-1".to_owned()),
            args: Value::Null,
        };
        if number.is_multiple_of(2) {
            Event::Sent(sent)
        } else {
            Event::Answered { call: CallId(number + 11), answer: Answer { status: 200, error: None, result: Value::Null } }
        }
    };
    html(&report(cases), &BTreeMap::from([(999, story((0..99_988).map(call)))]))
}
