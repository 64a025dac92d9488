//! The first thing that the page says: every case on one line, those that need eyes first.

use super::escape::escape;
use super::verdicts::name;
use super::{class, line};
use crate::model::{RunReport, Verdict};
use crate::words::{period, wall, word};

/// Places of the cases in the order in which the page tells of them: what is wrong, what has findings, the rest.
pub(super) fn order(report: &RunReport) -> Vec<usize> {
    let mut places: Vec<usize> = (0..report.cases.len()).collect();
    places.sort_by_key(|place| {
        let verdict = &report.cases[*place];
        std::cmp::Reverse((verdict.outcome, !verdict.findings.is_empty()))
    });
    places
}

/// Whether a case is told in full without being asked.
pub(super) fn needs_eyes(verdict: &Verdict) -> bool {
    !verdict.outcome.is_good() || verdict.is_flaky() || !verdict.findings.is_empty()
}

/// Adds the table of all cases.
pub(super) fn table(page: &mut String, report: &RunReport, order: &[usize], journal: impl Fn(usize) -> bool) {
    line(page, "<section class=\"index\"><div class=\"wide\"><table>");
    line(page, "<tr><th>Outcome</th><th>Scenario</th><th>Seed</th><th>Virtual time</th><th>Wall time</th><th>Entries</th><th></th></tr>");
    for place in order {
        row(page, *place, &report.cases[*place], journal(*place));
    }
    line(page, "</table></div></section>");
}

fn row(page: &mut String, place: usize, verdict: &Verdict, journal: bool) {
    let case = verdict.case.as_ref().map_or(String::new(), |case| format!(" [{case}]"));
    let title = escape(verdict.title.as_deref().unwrap_or_default());
    let found = match verdict.findings.len() {
        0 => String::new(),
        1 => " <span class=\"aside\">1 finding</span>".to_owned(),
        many => format!(" <span class=\"aside\">{many} findings</span>"),
    };
    let scenario = escape(&format!("{}{case}", verdict.scenario));
    let timeline = if journal {
        format!("<a href=\"#{place}\" aria-label=\"timeline of {}\">timeline</a>", escape(&name(verdict)))
    } else {
        String::new()
    };
    let cells = [
        format!("<span class=\"outcome\">{}</span>", word(verdict)),
        format!("<a href=\"#case-{place}\" title=\"{title}\">{scenario}</a>{found}"),
        verdict.seed.to_string(),
        period(verdict.virtual_time_us),
        wall(verdict.volatile.wall_time_ms),
        verdict.journal_entries.to_string(),
        timeline,
    ];
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    line(page, &format!("<tr class=\"{}\">{cells}</tr>", class(verdict.outcome)));
}
