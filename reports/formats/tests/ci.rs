//! Golden reports for continuous integration, and whether any text survives them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod common;

use common::{bad_input, failed, interrupted, passed, report, unsupported, with_finding};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use seatrial_reports::{annotations, junit, markdown};

#[test]
fn junit_has_a_suite_for_each_scenario_and_a_test_case_for_each_case() {
    let mut again = passed();
    again.seed = 8;
    insta::assert_snapshot!("junit", junit(&report(vec![passed(), failed(), bad_input(), again, with_finding(), unsupported()])));
    insta::assert_snapshot!("junit-nothing", junit(&report(Vec::new())));
}

#[test]
fn markdown_lists_the_cases_and_tells_what_did_not_pass() {
    insta::assert_snapshot!("markdown", markdown(&report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()])));
}

#[test]
fn annotations_name_file_and_line_of_what_did_not_pass() {
    insta::assert_snapshot!("annotations", annotations(&report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()])));
    assert_eq!(annotations(&report(vec![passed(), unsupported()])), "");
}

/// A runner shows ten of a step, so there are never more, and the last says what is left out.
#[test]
fn annotations_count_what_a_runner_would_drop() {
    let lines = |number| annotations(&report(vec![failed(); number])).lines().map(str::to_owned).collect::<Vec<String>>();
    assert_eq!(lines(10).len(), 10);
    let (eleven, many) = (lines(11), lines(300));
    assert_eq!((eleven.len(), many.len()), (10, 10));
    assert!(eleven[9].contains("::2 more did not pass") && many[9].contains("::291 more did not pass"), "{eleven:#?}");
}

/// A title or message that looks like a command of the runner's is text.
#[test]
fn annotations_are_one_line_each_whatever_the_text() {
    let mut odd = bad_input();
    odd.title = Some("a: b, c\n::warning::100%".to_owned());
    odd.reason = Some("first\r\n::error::second".to_owned());
    let text = annotations(&report(vec![odd]));
    assert!(text.lines().count() == 1 && text.matches("::").count() == 2, "{text}");
    assert!(text.contains("title=a%3A b%2C c%0A%3A%3Awarning%3A%3A100%25"), "{text}");
}

#[test]
fn a_run_that_was_interrupted_is_an_error_and_says_what_it_was_made_with() {
    insta::assert_snapshot!("junit-interrupted", junit(&interrupted()));
    insta::assert_snapshot!("markdown-interrupted", markdown(&interrupted()));
    insta::assert_snapshot!("annotations-interrupted", annotations(&interrupted()));
}

#[test]
fn markdown_counts_what_passed_when_it_is_much() {
    let text = markdown(&report(vec![passed(); 250]));
    assert!(text.contains("\n… and 150 more that passed\n") && text.lines().count() < 120, "{text}");
}

/// What readers know of an element: the schema of Jenkins' xUnit plugin (`junit-10.xsd`), and beside it what others show of a case.
fn known(element: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match element {
        "testsuites" => (&["name", "tests", "skipped", "failures", "errors", "time"], &["testsuite"]),
        "testsuite" => (&["name", "tests", "skipped", "failures", "errors", "time"], &["properties", "testcase"]),
        "testcase" => (
            &["name", "classname", "time", "file", "line"],
            &["properties", "failure", "error", "skipped", "flakyFailure", "flakyError", "rerunFailure", "rerunError", "system-out"],
        ),
        "properties" => (&[], &["property"]),
        "property" => (&["name", "value"], &[]),
        "failure" | "error" | "skipped" => (&["message", "type"], &[]),
        "system-out" => (&[], &[]),
        other => panic!("nobody knows the element {other}"),
    }
}

#[test]
fn junit_has_nothing_that_its_readers_do_not_know() {
    let xml = junit(&report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()]));
    let mut reader = Reader::from_str(&xml);
    let mut above: Vec<String> = Vec::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                if let Some(parent) = above.last() {
                    assert!(known(parent).1.contains(&name.as_str()), "{name} in {parent}");
                }
                for attribute in tag.attributes() {
                    let key = attribute.unwrap().key.as_ref().to_owned();
                    assert!(known(&name).0.contains(&key.as_str()), "{key} of {name}");
                }
                if matches!(event, Event::Start(_)) {
                    above.push(name);
                }
            }
            Event::End(_) => drop(above.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
}

/// GitLab reads the first of several cases that have the same name and class.
#[test]
fn no_two_cases_have_the_same_name() {
    let mut again = failed();
    again.case = Some("8.0.3".to_owned());
    let mut seed = failed();
    seed.seed = 8;
    let xml = junit(&report(vec![failed(), again, seed]));
    let names: std::collections::BTreeSet<&str> = xml.lines().filter(|line| line.contains("<testcase ")).collect();
    assert_eq!(names.len(), 3, "{xml}");
}

/// The `message` of each failure or error, read back; fails when the text is no well-formed XML.
fn messages(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut messages, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                depth += 1;
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let value = unescape(&attribute.value).unwrap().into_owned();
                    if attribute.key.as_ref() == "message" {
                        messages.push(value);
                    }
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(xml.chars().all(|c| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)));
    messages
}

/// XML 1.0 has no way to write most control characters, not even as a reference; the rest of the text survives.
#[test]
fn what_xml_cannot_write_is_shown_as_what_it_is() {
    let mut wrong = bad_input();
    wrong.reason = Some("\u{1b}[1;31mred\u{1b}[0m <&>\u{0} \"text\"\tand\u{ffff}\u{9b}\u{7f}more".to_owned());
    assert_eq!(messages(&junit(&report(vec![wrong]))), ["bad input: red <&>\u{fffd} \"text\"    and\u{fffd}\u{fffd}\u{fffd}more"]);
}

/// Texts with what XML and terminals make difficult.
fn difficult() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => any::<char>(),
        1 => prop::sample::select(vec!['\0', '\u{8}', '\t', '\u{b}', '\r', '\u{1b}', '[', 'm', '\u{7f}', '\u{85}', '\u{9b}', '\u{fffe}', '\u{ffff}', '<', '&', '>', ']', '"']),
    ];
    prop::collection::vec(character, 0..40).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    /// Nothing is lost but line ends and whole escape sequences, and nothing is left that an XML reader refuses.
    #[test]
    fn what_can_be_shown_survives_junit(text in difficult().prop_filter("escape sequences go as a whole", |text| !text.contains('\u{1b}'))) {
        let mut wrong = bad_input();
        wrong.reason = Some(format!("<{}>", text.replace(['\n', '\r'], "")));
        let shown = text.chars().filter(|c| !matches!(c, '\n' | '\r')).map(|c| match c {
            '\t' => "    ".to_owned(),
            '\u{fffe}' | '\u{ffff}' => "\u{fffd}".to_owned(),
            c if c.is_control() => "\u{fffd}".to_owned(),
            c => c.to_string(),
        });
        let shown: String = shown.collect();
        // A reason is told by the first of what `lines` takes for its lines.
        prop_assert_eq!(messages(&junit(&report(vec![wrong]))), [format!("bad input: <{shown}>")]);
    }

    #[test]
    fn any_text_is_well_formed_in_junit(text in difficult(), case in difficult(), scenario in difficult()) {
        let (mut oracle, mut wrong) = (failed(), bad_input());
        oracle.scenario = scenario;
        oracle.title = Some(text.clone());
        oracle.provenance.tags = vec![text.clone()];
        oracle.case = Some(case);
        oracle.violations[0].message.clone_from(&text);
        oracle.violations[0].excerpt = vec![text.clone(), "]]>".to_owned(), "<!--".to_owned()];
        oracle.steps[1].message = Some(text.clone());
        oracle.violations[0].why[0].text.clone_from(&text);
        wrong.reason = Some(format!("wrong <{text}"));
        let messages = messages(&junit(&report(vec![oracle, wrong])));
        prop_assert_eq!(messages.len(), 2);
        prop_assert!(messages[1].starts_with("bad input: wrong <"));
    }

    #[test]
    fn no_text_leaves_its_cell_in_markdown(text in any::<String>()) {
        let mut verdict = passed();
        verdict.scenario.clone_from(&text);
        let markdown = markdown(&report(vec![verdict]));
        let row = markdown.lines().nth(4).unwrap();
        prop_assert_eq!(row.matches('|').count(), 8, "{}", row);
    }
}
