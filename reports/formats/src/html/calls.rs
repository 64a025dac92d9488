//! How often a case called what, as tables that are opened on demand.

use std::collections::BTreeSet;

use seatrial_journal::Border;

use super::escape::escape;
use super::line;
use crate::model::Verdict;

/// Adds what each process asked of the vCenters, and below it what was called besides.
pub(super) fn tables(page: &mut String, verdict: &Verdict) {
    of_vcenters(page, verdict);
    of_others(page, verdict);
}

fn folded(page: &mut String, summary: &str, heads: &[&str], rows: &str) {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    line(page, &format!("<details><summary>{summary}</summary>\n<div class=\"wide\"><table class=\"calls\">\n<tr>{heads}</tr>"));
    page.push_str(rows);
    line(page, "</table></div></details>");
}

/// A row for each method, a column for each process.
fn of_vcenters(page: &mut String, verdict: &Verdict) {
    let processes: BTreeSet<&str> = verdict.vcenter_calls.values().flat_map(|counts| counts.keys()).map(String::as_str).collect();
    if processes.is_empty() {
        return;
    }
    let mut rows = String::new();
    for (method, counts) in &verdict.vcenter_calls {
        let cell = |process: &&str| format!("<td>{}</td>", counts.get(*process).map_or(String::new(), u64::to_string));
        let cells: String = processes.iter().map(cell).collect();
        let all: u64 = counts.values().sum();
        line(&mut rows, &format!("<tr><td>{}</td>{cells}<td>{all}</td></tr>", escape(method)));
    }
    let names: Vec<String> = processes.iter().map(|process| escape(process)).collect();
    let heads: Vec<&str> = std::iter::once("Method").chain(names.iter().map(String::as_str)).chain(["all"]).collect();
    let all: u64 = verdict.vcenter_calls.values().flat_map(|counts| counts.values()).sum();
    folded(page, &format!("{all} calls to vCenters, by process"), &heads, &rows);
}

/// The calls that the table of vCenters' calls has not told.
fn of_others(page: &mut String, verdict: &Verdict) {
    let told = |border: &Border| *border == Border::VCenter && !verdict.vcenter_calls.is_empty();
    let calls = || verdict.calls.iter().filter(|(border, _)| !told(border));
    let all: u64 = calls().flat_map(|(_, methods)| methods.values()).sum();
    if all == 0 {
        return;
    }
    let mut rows = String::new();
    for (border, methods) in calls() {
        let border = match border {
            Border::VCenter => "vCenter",
            Border::Kubernetes => "Kubernetes",
            Border::Csi => "CSI",
        };
        for (method, count) in methods {
            line(&mut rows, &format!("<tr><td>{}</td><td>{border}</td><td>{count}</td></tr>", escape(method)));
        }
    }
    folded(page, &format!("{all} other calls"), &["Method", "Border", "Calls"], &rows);
}
