//! What the page says of one case: why it did not pass, how to see it again, its steps, what was expected, what was called.

use super::escape::escape;
use super::why;
use super::{class, line};
use crate::model::{StepOutcome, StepReport, Verdict};
use crate::provenance::CaseProvenance;
use crate::words::{clock, period, steps, wall, word};

/// A case with its name in addresses.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub verdict: &'a Verdict,
    pub name: &'a str,
    /// Whether the page has its journal.
    pub journal: bool,
}

impl<'a> Told<'a> {
    /// Its name, if there is a journal to lead into.
    fn timeline(&self) -> Option<&'a str> {
        self.journal.then_some(self.name)
    }
}

/// The case as it is named: `scenarios/scale.yaml [8.0.3] seed 7`.
pub(super) fn case_name(verdict: &Verdict) -> String {
    let case = verdict.case.as_ref().map_or(String::new(), |case| format!(" [{case}]"));
    format!("{}{case} seed {}", verdict.scenario, verdict.seed)
}

/// What the case is about: its title, or else its file.
pub(super) fn title(verdict: &Verdict) -> &str {
    verdict.title.as_deref().unwrap_or(&verdict.scenario)
}

/// What the case is filed under.
pub(super) fn tags(verdict: &Verdict) -> String {
    let tags: String = verdict.provenance.tags.iter().map(|tag| format!(" <span class=\"tag\">{}</span>", escape(tag))).collect();
    if tags.is_empty() { tags } else { format!("<span class=\"tags\">{tags}</span>") }
}

/// Adds all that is known of one case.
pub(super) fn article(page: &mut String, told: Told<'_>) {
    let Told { verdict, name, .. } = told;
    let moment = if told.journal && !verdict.outcome.is_good() {
        format!(" data-moment=\"{}\"", super::fragment::moment(verdict))
    } else {
        String::new()
    };
    let class = class(verdict);
    line(page, &format!("<article class=\"{class}\" id=\"{name}\" tabindex=\"-1\" aria-labelledby=\"title/{name}\"{moment}>"));
    let (outcome, title) = (word(verdict), escape(title(verdict)));
    line(page, &format!("<h2 id=\"title/{name}\"><span class=\"outcome\">{outcome}</span> {title}</h2>"));
    line(page, &format!("<p class=\"name\">{} {}</p>", escape(&case_name(verdict)), tags(verdict)));
    why::sections(page, verdict, told.timeline());
    attempts(page, verdict);
    line(page, &format!("<p class=\"again\">Run it again: <code>{}</code></p>", escape(&verdict.repeat)));
    for words in &verdict.shortened {
        line(page, &format!("<p class=\"facts\">live: {}</p>", escape(words)));
    }
    if !verdict.steps.is_empty() {
        let spent = format!("{} of virtual time in {}", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms));
        let remedy = if told.journal { "" } else { ", shown with <code>--embed-journals all</code>" };
        line(page, &format!("<p class=\"facts\">{spent} · {} journal entries{remedy}</p>", verdict.journal_entries));
    }
    made_of(page, &verdict.provenance);
    step_list(page, told);
    if told.journal {
        line(page, &format!("<p class=\"slot\"><a href=\"#{name}/timeline\">Open the timeline</a></p>"));
    }
    expectation_list(page, verdict);
    super::calls::tables(page, verdict);
    line(page, "</article>");
}

/// The tries before the one that counts.
fn attempts(page: &mut String, verdict: &Verdict) {
    for (number, attempt) in (1..).zip(&verdict.attempts) {
        let summary = format!("try {number} {}: {}", attempt.outcome.word(), escape(&attempt.message));
        line(page, &format!("<details><summary>{summary}</summary>\n<pre>\n{}</pre></details>", escape(&attempt.text.join("\n"))));
    }
}

/// What the case was made of, and what is left of it.
fn made_of(page: &mut String, provenance: &CaseProvenance) {
    let mut facts = Vec::new();
    if let Some(world) = &provenance.world {
        facts.extend(world.vcenters.iter().map(|(name, version)| format!("vCenter {name} {version}")));
        facts.extend(world.kubernetes.iter().map(|version| format!("Kubernetes {version}")));
        facts.extend(world.plugins.iter().map(|(process, plugin)| format!("{process} says {} {}", plugin.name, plugin.version)));
    }
    facts.extend(provenance.restarts.iter().map(|(process, times)| format!("{process} restarted {times}×")));
    let mut facts: Vec<String> = facts.iter().map(|fact| escape(fact.trim_end())).collect();
    facts.extend(provenance.records.iter().map(|records| format!("<a href=\"{}/\">journal and logs</a>", escape(records))));
    if !facts.is_empty() {
        line(page, &format!("<p class=\"facts\">{}</p>", facts.join(" · ")));
    }
}

/// Adds a list that is opened on demand.
fn folded(page: &mut String, open: bool, summary: &str, items: &str) {
    let open = if open { " open" } else { "" };
    line(page, &format!("<details{open}><summary>{summary}</summary>\n<ul class=\"checks\">"));
    page.push_str(items);
    line(page, "</ul></details>");
}

/// An item with what came of it, in a word that the style shows as a sign.
fn item(items: &mut String, class: &str, word: &str, number: usize, text: &str) {
    let sign = format!("<span class=\"sign\"><span class=\"word\">{word}</span></span>");
    line(items, &format!("<li class=\"{class}\">{sign} <span class=\"number\">{number}</span> {text}</li>"));
}

fn step_list(page: &mut String, told: Told<'_>) {
    let verdict = told.verdict;
    if verdict.steps.is_empty() {
        return;
    }
    let mut items = String::new();
    for step in &verdict.steps {
        let (class, word) = match step.outcome {
            StepOutcome::Passed => ("passed", "passed"),
            StepOutcome::Failed => ("failed", "failed"),
            StepOutcome::NotReached => ("skipped", "not reached"),
        };
        let text =
            format!("<span class=\"what\">{}</span> <span class=\"when\">{}</span>", escape(&step.what), when(step, told.timeline()));
        item(&mut items, class, word, step.number, &text);
    }
    folded(page, !verdict.outcome.is_good(), &steps(verdict), &items);
}

/// When a step began, and how long it took.
fn when(step: &StepReport, case: Option<&str>) -> String {
    let Some(began) = step.began_us else { return "not reached".to_owned() };
    let at = match case {
        Some(case) => format!("<a href=\"#{case}/step-{}\">{}</a>", step.number, clock(began)),
        None => clock(began),
    };
    let took = step.ended_us.map_or(String::new(), |ended| format!(" <span class=\"took\">{}</span>", period(ended.saturating_sub(began))));
    format!("{at}{took}")
}

fn expectation_list(page: &mut String, verdict: &Verdict) {
    if verdict.expectations.is_empty() {
        return;
    }
    let mut items = String::new();
    for expectation in &verdict.expectations {
        let (class, word) = if expectation.passed { ("passed", "passed") } else { ("failed", "failed") };
        let found =
            if expectation.passed { String::new() } else { format!(" <span class=\"when\">found {}</span>", escape(&expectation.found)) };
        let text = format!("<span class=\"what\">{}</span>{found}", escape(&expectation.what));
        item(&mut items, class, word, expectation.line, &text);
    }
    let passed = verdict.expectations.iter().filter(|expectation| expectation.passed).count();
    let summary = format!("{passed} of {} expectations passed", verdict.expectations.len());
    folded(page, passed < verdict.expectations.len(), &summary, &items);
}
