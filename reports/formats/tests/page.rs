//! The golden page, without its style and its script, and whether anything leaves its place in it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod common;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{bad_input, failed, interrupted, journal, passed, report, unsupported, with_finding};
use flate2::read::ZlibDecoder;
use proptest::prelude::*;
use seatrial_journal::{Elapsed, Entry, Event};
use seatrial_reports::html;

/// The page with what stands between `open` and `close` left out.
fn without(page: &str, open: &str, close: &str) -> String {
    let (before, rest) = page.split_once(open).unwrap();
    let (_, after) = rest.split_once(close).unwrap();
    format!("{before}{open}…{close}{after}")
}

#[test]
fn the_page_tells_verdicts_first_and_carries_the_journal() {
    let page = html(&report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()]), &BTreeMap::from([(1, journal())]));
    let page = without(&without(&page, "<style>\n", "</style>"), "<script>\n", "</script>");
    let page = without(&page, "id=\"journal-1\">", "</script>");
    insta::assert_snapshot!("html", page);
}

#[test]
fn the_page_says_that_a_run_was_interrupted_and_what_it_was_made_with() {
    let page = html(&interrupted(), &BTreeMap::new());
    let (_, head) = page.split_once("<header").unwrap();
    insta::assert_snapshot!("html-head-interrupted", head.split_once("</header>").unwrap().0);
}

#[test]
fn a_page_without_journals_has_no_script() {
    let page = html(&report(vec![passed(), failed()]), &BTreeMap::new());
    assert!(!page.contains("<script") && !page.contains("id=\"timeline\"") && !page.contains(">timeline<"), "{page}");
}

#[test]
fn journals_of_no_case_are_left_out() {
    let page = html(&report(vec![passed()]), &BTreeMap::from([(7, journal())]));
    assert!(!page.contains("journal-7"), "{page}");
}

#[test]
fn the_page_loads_nothing() {
    let page = html(&report(vec![failed()]), &BTreeMap::from([(0, journal())]));
    for outside in ["http:", "https:", "src=", "url(", "@import", "fetch(", "innerHTML", "eval("] {
        assert!(!page.contains(outside), "the page contains {outside}");
    }
}

/// How many tags a page opens, and how many script elements it has.
fn shape(page: &str) -> (usize, usize, usize) {
    (page.matches('<').count(), page.matches("<script").count(), page.matches("</script").count())
}

/// The first journal of a page, as a browser reads it.
fn unpacked(page: &str) -> Vec<Entry> {
    let (_, rest) = page.split_once("id=\"journal-0\">").unwrap();
    let (packed, _) = rest.split_once("</script>").unwrap();
    let bytes = STANDARD.decode(packed).unwrap();
    serde_json::from_reader(ZlibDecoder::new(bytes.as_slice())).unwrap()
}

#[test]
fn a_journal_without_entries_is_a_journal() {
    assert_eq!(unpacked(&html(&report(vec![passed()]), &BTreeMap::from([(0, Vec::new())]))), Vec::new());
}

#[test]
fn cases_of_which_there_is_nothing_to_say_are_folded_away_behind_those_that_need_eyes() {
    let mut cases = vec![passed(); 10];
    cases.push(failed());
    cases.push(with_finding());
    let page = html(&report(cases), &BTreeMap::new());
    let place = |text: &str| page.find(text).unwrap();
    assert!(place("id=\"case-10\"") < place("id=\"case-11\""));
    assert!(place("id=\"case-11\"") < place("10 cases of which there is nothing to say"));
    assert!(place("10 cases of which there is nothing to say") < place("id=\"case-0\""));
}

proptest! {
    #[test]
    fn no_text_becomes_markup(text in "(.|</script>|<!--|<b>|\"|')*") {
        let page = |text: &str| {
            let mut verdict = failed();
            verdict.scenario = text.to_owned();
            verdict.title = Some(text.to_owned());
            verdict.repeat = text.to_owned();
            verdict.violations[0].message = text.to_owned();
            verdict.violations[0].excerpt = vec![format!("#1 {text}")];
            verdict.steps[1].message = Some(format!("because {text}"));
            verdict.expectations[0].found = text.to_owned();
            verdict.steps[1].why[0].text = text.to_owned();
            verdict.steps[1].why[0].who = text.to_owned();
            let log = Event::Log { process: text.to_owned(), line: text.to_owned() };
            html(&report(vec![verdict]), &BTreeMap::from([(0, vec![Entry { seq: 1, at: Elapsed(0), event: log }])]))
        };
        prop_assert_eq!(shape(&page(&text)), shape(&page("quiet")));
    }

    #[test]
    fn the_journal_can_be_read_back(text in any::<String>()) {
        let log = Entry { seq: 1, at: Elapsed(7), event: Event::Log { process: "p".to_owned(), line: text } };
        let page = html(&report(vec![passed()]), &BTreeMap::from([(0, vec![log.clone()])]));
        prop_assert_eq!(unpacked(&page), vec![log]);
    }
}
