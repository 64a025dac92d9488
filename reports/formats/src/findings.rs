//! What did not pass in a case, in the order in which it is told: the reason, the oracles that explain, the steps, the
//! expectations, and last the oracles that only show that something fails.

use crate::model::{AttemptReport, CaseOutcome, StepOutcome, Verdict, ViolationReport};
use crate::why::WhyLine;

/// What kind of thing did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FindingKind {
    /// The case as a whole: wrong input, a livelock, an error.
    Reason,
    /// A step.
    Step,
    /// An expectation at the end.
    Expectation,
    /// An invariant that an oracle watches.
    Oracle,
    /// What an oracle found that fails nothing.
    Finding,
}

impl FindingKind {
    /// As it is told to programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Step => "step",
            Self::Expectation => "expectation",
            Self::Oracle => "oracle",
            Self::Finding => "finding",
        }
    }
}

/// One thing that did not pass.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) kind: FindingKind,
    /// What to say before the headline.
    pub(crate) label: &'static str,
    /// One line, without its kind.
    pub(crate) headline: String,
    /// More lines: what was found, or the excerpt of the journal that shows it.
    pub(crate) body: Vec<String>,
    /// What explains it.
    pub(crate) why: Vec<String>,
}

impl Finding {
    /// All lines below the headline: what was found, what explains it, and last the excerpt.
    pub(crate) fn lines(&self) -> Vec<String> {
        let why: Vec<String> = self.why.iter().map(|line| format!("- {line}")).collect();
        if self.kind == FindingKind::Oracle { [why, self.body.clone()].concat() } else { [self.body.clone(), why].concat() }
    }

    /// The same in one line, as far as one line can tell it: what failed, what was found, what explains it best.
    pub(crate) fn in_a_line(&self) -> String {
        let found = self.body.first().filter(|_| self.kind == FindingKind::Step);
        let parts = [Some(&self.headline), found, self.why.first()];
        format!("{}: {}", self.label, parts.into_iter().flatten().map(String::as_str).collect::<Vec<&str>>().join("; "))
    }
}

/// What is worth knowing though nothing failed.
pub(crate) fn asides(verdict: &Verdict) -> Vec<Finding> {
    let aside = |found: &ViolationReport| of_oracle(FindingKind::Finding, "finding", found);
    verdict.findings.iter().map(aside).collect()
}

fn of_oracle(kind: FindingKind, label: &'static str, found: &ViolationReport) -> Finding {
    Finding {
        kind,
        label,
        headline: format!("{}: {}", found.oracle, found.message),
        body: found.excerpt.clone(),
        why: in_lines(&found.why),
    }
}

fn in_lines(why: &[WhyLine]) -> Vec<String> {
    why.iter().map(ToString::to_string).collect()
}

/// What did not pass; empty only for a case that passed. One that is unsupported says why.
pub(crate) fn findings(verdict: &Verdict) -> Vec<Finding> {
    if verdict.outcome == CaseOutcome::Passed {
        return Vec::new();
    }
    let label = verdict.outcome.word();
    let mut findings: Vec<Finding> = verdict.reason.iter().map(|reason| reason_finding(label, reason)).collect();
    let oracles = |symptom: bool| {
        let found = verdict.violations.iter().filter(move |violation| violation.symptom == symptom);
        found.map(|violation| of_oracle(FindingKind::Oracle, "oracle", violation))
    };
    findings.extend(oracles(false));
    for step in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Failed) {
        let headline = format!("{}:{}: {}", verdict.scenario, step.line, step.what);
        findings.push(Finding {
            kind: FindingKind::Step,
            label: "step failed",
            headline,
            body: lines(step.message.as_deref().unwrap_or_default()),
            why: in_lines(&step.why),
        });
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.passed) {
        let headline = format!("{}:{}: {}; found {}", verdict.scenario, expectation.line, expectation.what, expectation.found);
        let why = in_lines(&expectation.why);
        findings.push(Finding { kind: FindingKind::Expectation, label: "not as expected", headline, body: Vec::new(), why });
    }
    findings.extend(oracles(true));
    if findings.is_empty() {
        findings.push(reason_finding(label, "nothing says why"));
    }
    findings
}

/// The reason's first line says it; a reason of several lines is a drawing and is kept whole.
fn reason_finding(label: &'static str, reason: &str) -> Finding {
    let first = reason.lines().map(|line| line.trim_start_matches(['×', ' ']).trim_end()).find(|line| !line.is_empty()).unwrap_or_default();
    let body = if reason.trim().lines().count() > 1 { lines(reason) } else { Vec::new() };
    Finding { kind: FindingKind::Reason, label, headline: first.to_owned(), body, why: Vec::new() }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl AttemptReport {
    /// A try that did not pass, as the verdict on the one that counts keeps it.
    pub fn of(verdict: &Verdict) -> Self {
        let findings = findings(verdict);
        Self {
            outcome: verdict.outcome,
            message: findings.first().map_or(String::new(), |finding| format!("{}: {}", finding.label, finding.headline)),
            text: told(&findings).lines().map(str::to_owned).collect(),
            volatile: verdict.volatile,
        }
    }
}

/// What did not pass, as plain lines, each with a line end.
pub(crate) fn told(findings: &[Finding]) -> String {
    let lines = |finding: &Finding| {
        let body: String = finding.lines().iter().map(|more| format!("  {more}\n")).collect();
        format!("{}: {}\n{body}", finding.label, finding.headline)
    };
    findings.iter().map(lines).collect()
}
