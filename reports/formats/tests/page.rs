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
use seatrial_reports::{CaseProvenance, Verdict, html};

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
    let page = without(&page, "id=\"journal/statefulset-scale-crash.9.1.0.seed-7\">", "</script>");
    insta::assert_snapshot!("html", page);
}

#[test]
fn the_page_says_that_a_run_was_interrupted_and_what_it_was_made_with() {
    let page = html(&interrupted(), &BTreeMap::new());
    let (_, head) = page.split_once("<header").unwrap();
    insta::assert_snapshot!("html-head-interrupted", head.split_once("</header>").unwrap().0);
}

#[test]
fn a_page_of_one_case_without_a_journal_has_no_script_and_leads_to_no_timeline() {
    let page = html(&report(vec![failed()]), &BTreeMap::new());
    let beyond_itself = page.matches("href=\"#").count() - page.matches("href=\"#main\"").count();
    assert!(!page.contains("<script") && !page.contains("id=\"timeline\"") && beyond_itself == 0, "{page}");
}

#[test]
fn a_case_that_failed_is_told_without_any_script() {
    let page = html(&report(vec![passed(), failed()]), &BTreeMap::from([(1, journal())]));
    let (before, _) = page.split_once("<script").unwrap();
    for told in [
        "step 2 failed</b> wait for statefulset/web",
        "2 of 3 pods are ready",
        "found 4",
        "claim pvc-6f2a has 2 volumes",
        "--seed 7</code>",
    ] {
        assert!(before.contains(told), "{told}");
    }
}

#[test]
fn every_link_leads_to_something_or_into_a_timeline() {
    let mut again = failed();
    again.scenario = "scenarios/statefulset_scale crash.yaml".to_owned();
    let page = html(&report(vec![passed(), failed(), bad_input(), failed(), again]), &BTreeMap::from([(1, journal()), (4, journal())]));
    let links: Vec<&str> = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for link in &links {
        let (case, place) = link.split_once('/').unwrap_or((link, ""));
        assert!(page.contains(&format!("id=\"{case}\"")), "{link}");
        assert!(place.is_empty() || page.contains(&format!("id=\"journal/{case}\"")), "{link}");
    }
    let articles: std::collections::BTreeSet<&str> =
        page.split("<article ").skip(1).map(|rest| rest.split("id=\"").nth(1).unwrap().split('"').next().unwrap()).collect();
    assert_eq!(articles.len(), 5, "two cases have one name: {articles:?}");
}

#[test]
fn journals_of_no_case_are_left_out() {
    let page = html(&report(vec![passed()]), &BTreeMap::from([(7, journal())]));
    assert!(!page.contains("id=\"journal/"), "{page}");
}

#[test]
fn the_page_loads_nothing() {
    let page = html(&report(vec![failed()]), &BTreeMap::from([(0, journal())]));
    for outside in
        ["http:", "https:", "src=", "url(", "@import", "fetch(", "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("]
    {
        assert!(!page.contains(outside), "the page contains {outside}");
    }
}

/// How many tags a page opens, and how many script elements it has.
fn shape(page: &str) -> (usize, usize, usize) {
    (page.matches('<').count(), page.matches("<script").count(), page.matches("</script").count())
}

/// What a page carries packed, as a browser reads it.
fn unpacked<T: serde::de::DeserializeOwned>(page: &str, id: &str) -> T {
    let (_, rest) = page.split_once(&format!(" id=\"{id}")).unwrap();
    let (_, rest) = rest.split_once("\">").unwrap();
    let (packed, _) = rest.split_once("</script>").unwrap();
    let bytes = STANDARD.decode(packed).unwrap();
    serde_json::from_reader(ZlibDecoder::new(bytes.as_slice())).unwrap()
}

#[test]
fn a_journal_without_entries_is_a_journal() {
    assert_eq!(unpacked::<Vec<Entry>>(&html(&report(vec![passed()]), &BTreeMap::from([(0, Vec::new())])), "journal/"), Vec::new());
}

#[test]
fn cases_of_which_there_is_nothing_to_say_have_a_line_and_are_packed() {
    let mut cases = vec![passed(); 10];
    cases.push(failed());
    cases.push(with_finding());
    let page = html(&report(cases), &BTreeMap::new());
    let place = |text: &str| page.find(text).unwrap();
    assert!(place("id=\"statefulset-scale-crash.9.1.0.seed-7\"") < place("id=\"zones-outage.8.0.3.seed-7\""), "what failed is first");
    assert!(place("id=\"zones-outage.8.0.3.seed-7\"") < place("id=\"cases\""), "the list is behind what needs eyes");
    let articles: Vec<(String, String)> = unpacked(&page, "articles");
    assert_eq!(articles.len(), 10);
    for (name, article) in articles {
        assert!(page.contains(&format!("<a href=\"#{name}\">")) && !page.contains(&format!("id=\"{name}\"")), "{name}");
        assert!(
            article.starts_with("<article ") && article.contains(&format!("id=\"{name}\"")) && article.ends_with("</article>\n"),
            "{article}"
        );
    }
}

#[test]
fn a_page_of_many_cases_that_passed_is_small() {
    let cases: Vec<_> = (0..1_000).map(|seed| Verdict { seed, ..passed() }).collect();
    let page = html(&report(cases), &BTreeMap::new());
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

proptest! {
    #[test]
    fn no_text_becomes_markup(text in "(.|</script>|<!--|<b>|\"|')*") {
        let page = |text: &str| {
            let mut verdict = failed();
            verdict.scenario = text.to_owned();
            verdict.title = Some(text.to_owned());
            verdict.provenance.tags = vec![text.to_owned()];
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
    fn no_text_becomes_markup_in_what_is_packed(text in "(.|</script>|<!--|<b>|\"|')*") {
        let shapes = |text: &str| {
            let case = Verdict { title: Some(text.to_owned()), provenance: CaseProvenance { tags: vec![text.to_owned()], ..CaseProvenance::default() }, repeat: text.to_owned(), ..passed() };
            let page = html(&report(vec![case; 4]), &BTreeMap::new());
            let articles: Vec<(String, String)> = unpacked(&page, "articles");
            articles.iter().map(|(_, article)| shape(article)).chain([shape(&page)]).collect::<Vec<_>>()
        };
        prop_assert_eq!(shapes(&text), shapes("quiet"));
    }

    #[test]
    fn the_journal_can_be_read_back(text in any::<String>()) {
        let log = Entry { seq: 1, at: Elapsed(7), event: Event::Log { process: "p".to_owned(), line: text } };
        let page = html(&report(vec![passed()]), &BTreeMap::from([(0, vec![log.clone()])]));
        prop_assert_eq!(unpacked::<Vec<Entry>>(&page, "journal/"), vec![log]);
    }
}
