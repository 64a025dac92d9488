//! The report as JUnit XML, as continuous integration reads it: a suite for each scenario, a test case for each case.
//!
//! Readers disagree about everything beyond the common core, so only that is written: one `failure` or `error` a case,
//! whose message is the first thing that did not hold and whose text has all of them; `skipped` with the reason for a
//! feature that the subject lacks; findings, which fail nothing, in `system-out`; times in seconds of wall time.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::time::Duration;

use crate::findings::{Finding, asides, findings};
use crate::model::{CaseOutcome, RunReport, Verdict};

/// The report as JUnit XML.
pub fn junit(report: &RunReport) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all: Vec<&Verdict> = report.cases.iter().collect();
    line(&mut xml, &format!("<testsuites name=\"seatrial\" {}>", numbers(&all, report.volatile.wall_time_ms)));
    for (scenario, cases) in suites(&report.cases) {
        let took = cases.iter().fold(0u64, |sum, verdict| sum.saturating_add(verdict.volatile.wall_time_ms));
        line(&mut xml, &format!("  <testsuite name=\"{}\" {}>", attribute(scenario), numbers(&cases, took)));
        for verdict in cases {
            case(&mut xml, verdict);
        }
        line(&mut xml, "  </testsuite>");
    }
    line(&mut xml, "</testsuites>");
    xml
}

fn line(xml: &mut String, text: &(impl Display + ?Sized)) {
    writeln!(xml, "{text}").expect("a string takes every line");
}

/// The cases by scenario, scenarios in the order in which they first ran.
fn suites(cases: &[Verdict]) -> Vec<(&str, Vec<&Verdict>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut suites: Vec<(&str, Vec<&Verdict>)> = Vec::new();
    for verdict in cases {
        let scenario = verdict.scenario.as_str();
        let place = *places.entry(scenario).or_insert(suites.len());
        if place == suites.len() {
            suites.push((scenario, Vec::new()));
        }
        suites[place].1.push(verdict);
    }
    suites
}

fn numbers(cases: &[&Verdict], took: u64) -> String {
    let count = |tag: &str| cases.iter().filter(|verdict| element(verdict.outcome) == Some(tag)).count();
    let (failures, errors, skipped) = (count("failure"), count("error"), count("skipped"));
    let (tests, time) = (cases.len(), seconds(took));
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time}\"")
}

/// A failure is the driver's, an error is the input's, the environment's or ours.
fn element(outcome: CaseOutcome) -> Option<&'static str> {
    match outcome {
        CaseOutcome::Passed => None,
        CaseOutcome::Unsupported => Some("skipped"),
        CaseOutcome::Failed | CaseOutcome::Livelock => Some("failure"),
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => Some("error"),
    }
}

fn case(xml: &mut String, verdict: &Verdict) {
    let name = match &verdict.case {
        Some(case) => format!("{case} seed {}", verdict.seed),
        None => format!("seed {}", verdict.seed),
    };
    let head = format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{}\"",
        attribute(&name),
        attribute(&class(&verdict.scenario)),
        attribute(&verdict.scenario),
        seconds(verdict.volatile.wall_time_ms)
    );
    let asides = asides(verdict);
    let tag = element(verdict.outcome);
    if tag.is_none() && asides.is_empty() {
        return line(xml, &format!("{head}/>"));
    }
    line(xml, &format!("{head}>"));
    if let Some(tag) = tag {
        line(xml, &format!("      {}", element_of(tag, verdict)));
    }
    if !asides.is_empty() {
        let mut text = String::new();
        told(&mut text, &asides);
        line(xml, &format!("      <system-out>{}</system-out>", content(text.trim_end())));
    }
    line(xml, "    </testcase>");
}

/// The element that says what is wrong with a case, or why it was left out.
fn element_of(tag: &str, verdict: &Verdict) -> String {
    let findings = findings(verdict);
    let message = findings.first().map_or(String::new(), words);
    if tag == "skipped" {
        return format!("<skipped message=\"{}\"/>", attribute(&message));
    }
    let kind = match verdict.outcome {
        CaseOutcome::Failed => findings.first().map_or("failed", |finding| finding.kind.name()),
        outcome => outcome.word(),
    };
    let mut text = String::new();
    if let Some(title) = &verdict.title {
        line(&mut text, title);
    }
    told(&mut text, &findings);
    text.push_str("again: ");
    text.push_str(&verdict.repeat);
    format!("<{tag} type=\"{}\" message=\"{}\">{}</{tag}>", attribute(kind), attribute(&message), content(&text))
}

/// `scenarios/statefulset/scale.yaml` as readers group classes: `scenarios.statefulset.scale`.
fn class(scenario: &str) -> String {
    let stem = scenario.strip_suffix(".yaml").or_else(|| scenario.strip_suffix(".yml")).unwrap_or(scenario);
    stem.trim_start_matches(['.', '/']).replace('/', ".")
}

fn words(finding: &Finding) -> String {
    format!("{}: {}", finding.label, finding.headline)
}

fn told(text: &mut String, findings: &[Finding]) {
    for finding in findings {
        line(text, &words(finding));
        for more in &finding.body {
            line(text, &format!("  {more}"));
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{:.3}", Duration::from_millis(milliseconds).as_secs_f64())
}

/// Text between tags.
fn content(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            // XML 1.0 has no way to write these, not even as a reference.
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
        escaped
    })
}

/// Text in an attribute, where a bare line end would be read as a space.
fn attribute(text: &str) -> String {
    content(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_a_class() {
        assert_eq!(class("./scenarios/statefulset/scale.yaml"), "scenarios.statefulset.scale");
        assert_eq!(class("mine"), "mine");
    }

    #[test]
    fn what_xml_cannot_write_is_replaced() {
        assert_eq!(content("\u{1b}[31m<&>\u{0}\r"), "\u{fffd}[31m&lt;&amp;&gt;\u{fffd}&#13;");
        assert_eq!(attribute("a\nb\t\"c\""), "a&#10;b&#9;&quot;c&quot;");
    }
}
