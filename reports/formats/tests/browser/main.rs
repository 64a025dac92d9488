//! The page in a browser: it opens where a case failed, its links lead where they say, its list finds cases, nothing in it is
//! wider than a narrow page, and nothing that a journal says becomes markup.
//!
//! Chromium without a window loads the page in a frame as wide as a test asks for. A probe in the page, a script of the test's,
//! does what a reader would do and says what is to be seen; so nothing but the browser is needed. Without one the tests are
//! shown as ignored, unless the environment variable `SEATRIAL_REQUIRE` names `chromium`.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "the golden reports have more cases than a browser looks at")]
mod common;
mod frame;
mod pages;

use std::process::ExitCode;

use frame::{chromium, environment, seen};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

const WIDE: u32 = 1280;
const NARROW: u32 = 390;
const FAILED: &str = "statefulset-scale-crash.9.1.0.seed-7";

fn the_page_opens_where_the_case_failed() {
    let seen = seen(
        &pages::one(),
        WIDE,
        "",
        "return { chosen: chosen(), details: text('#details h3'), article: timeline().closest('article').id, top: scrollY };",
    );
    assert_eq!(seen["chosen"], json!("#21 0:12:00.000 Steps step 2 not ready after 10m: 2 of 3 pods are ready failed"));
    assert_eq!(seen["details"], json!("not ready after 10m: 2 of 3 pods are ready"));
    assert_eq!((&seen["article"], &seen["top"]), (&json!(FAILED), &json!(0)), "it says why first, at its top");
}

fn the_page_opens_at_what_an_oracle_found() {
    let seen = seen(&pages::found_by_an_oracle(), WIDE, "", "return { chosen: chosen() };");
    assert!(seen["chosen"].as_str().unwrap().starts_with("#8 "), "{seen}");
}

fn a_time_leads_to_its_moment() {
    let fragment = format!("{FAILED}/step-2");
    let seen = seen(&pages::one(), WIDE, &fragment, "return { chosen: chosen(), links: all('.checks .when a', 'href') };");
    assert_eq!(seen["chosen"], json!("#11 0:02:00.000 Steps step 2 wait for statefulset/web to be ready within 10m failed 10m0s"));
    let links: Vec<&str> = seen["links"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(links.len() == 2 && links[1].ends_with(&format!("#{fragment}")), "{links:?}");
}

fn the_list_finds_cases_by_words_outcomes_and_tags() {
    let probe = "
        const listed = () => all('#cases > ol > li', 'hidden').filter((hidden) => !hidden).length;
        const seen = { all: listed() };
        key(document.body, '/');
        seen.focus = document.activeElement.id;
        await type('#find', 'scale CRASH');
        seen.words = [listed(), text('#found')];
        await type('#find', '');
        click('[data-outcome=\"passed\"]');
        seen.passed = listed();
        click('[data-tag=\"statefulset\"]');
        seen.both = listed();
        click('#clear');
        seen.cleared = listed();
        key(document.querySelector('#find'), 'ArrowDown');
        key(document.activeElement, 'ArrowDown');
        seen.second = document.activeElement.closest('li').textContent.includes('9.9.9');
        return seen;";
    let seen = seen(&pages::many(), WIDE, "", probe);
    assert_eq!((&seen["all"], &seen["focus"]), (&json!(42), &json!("find")));
    assert_eq!(seen["words"], json!([1, "1 of 42 cases"]));
    assert_eq!((&seen["passed"], &seen["both"], &seen["cleared"]), (&json!(40), &json!(20), &json!(42)));
    assert_eq!(seen["second"], json!(true), "arrows go from the search box into the list");
}

fn a_case_that_passed_opens_below_its_line() {
    let probe = "
        const line = document.querySelectorAll('#cases > ol > li')[5];
        const name = line.querySelector('a').hash.slice(1);
        click(line.querySelector('a'));
        await until(() => document.getElementById(name));
        const article = document.getElementById(name);
        const open = { inside: line.contains(article), says: text(article.querySelector('summary')), hash: location.hash === `#${name}` };
        click(line.querySelector('a'));
        await until(() => article.hidden);
        return open;";
    let seen = seen(&pages::many(), WIDE, "", probe);
    assert_eq!(seen, json!({ "inside": true, "says": "2 steps", "hash": true }));
}

fn nothing_is_wider_than_the_page() {
    for width in [NARROW, 640, WIDE] {
        for page in [pages::one(), pages::many(), pages::hostile()] {
            seen(&page, width, "", "return {};");
        }
    }
}

fn what_a_journal_says_is_text() {
    let probe = "
        await type('#search', 'img');
        return { images: document.images.length, ran: window.ran === undefined, chosen: chosen() };";
    let seen = seen(&pages::hostile(), WIDE, "", probe);
    assert_eq!((&seen["images"], &seen["ran"]), (&json!(0), &json!(true)));
}

fn a_long_journal_and_many_cases_take_few_elements() {
    let probe = "
        const seen = { rows: document.querySelectorAll('#rows > *').length, elements: document.querySelectorAll('*').length, chosen: chosen() };
        await type('#search', 'volume-99998');
        seen.matches = text('#matches');
        return seen;";
    let seen = seen(&pages::large(), WIDE, "", probe);
    assert!(seen["rows"].as_u64().unwrap() < 100, "{seen}");
    assert!(seen["elements"].as_u64().unwrap() < 40_000, "{seen}");
    assert!(seen["chosen"].as_str().unwrap().starts_with("#100000 "), "{seen}");
    assert!(seen["matches"].as_str().unwrap().starts_with("1 of "), "{seen}");
}

const TESTS: &[(&str, fn())] = &[
    ("the_page_opens_where_the_case_failed", the_page_opens_where_the_case_failed),
    ("the_page_opens_at_what_an_oracle_found", the_page_opens_at_what_an_oracle_found),
    ("a_time_leads_to_its_moment", a_time_leads_to_its_moment),
    ("the_list_finds_cases_by_words_outcomes_and_tags", the_list_finds_cases_by_words_outcomes_and_tags),
    ("a_case_that_passed_opens_below_its_line", a_case_that_passed_opens_below_its_line),
    ("nothing_is_wider_than_the_page", nothing_is_wider_than_the_page),
    ("what_a_journal_says_is_text", what_a_journal_says_is_text),
    ("a_long_journal_and_many_cases_take_few_elements", a_long_journal_and_many_cases_take_few_elements),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A browser has processes enough of its own.
    arguments.test_threads = Some(1);
    let found = chromium().is_some();
    let required = environment("SEATRIAL_REQUIRE").split(',').any(|name| name.trim() == "chromium");
    if !found && required {
        let trial = Trial::test("chromium is there", || Err("chromium is required and not found".into()));
        return libtest_mimic::run(&arguments, vec![trial]).exit_code();
    }
    if !found {
        eprintln!("skipped: chromium is not found; {} tests are ignored", TESTS.len());
    }
    let trial = |(name, test): &(&'static str, fn())| {
        let test = *test;
        let run = move || std::panic::catch_unwind(test).map_err(|_| Failed::without_message());
        Trial::test(*name, run).with_kind("chromium").with_ignored_flag(!found)
    };
    libtest_mimic::run(&arguments, TESTS.iter().map(trial).collect()).exit_code()
}
