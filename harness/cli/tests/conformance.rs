//! `docs/conformance.md` says which families of upstream's suite which scenarios cover: each name is a scenario's, each scenario stands
//! in a row, and the columns of outcomes are what is counted.
//!
//! With `SEATRIAL_ACCEPT=1` these columns are written.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/conformance.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// `growth/online` for each file in a folder of `scenarios`; manifests lie a folder deeper.
fn scenarios() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in std::fs::read_dir(root().join("scenarios")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")) {
            names.insert(format!("{}/{}", folder.file_name().unwrap().to_str().unwrap(), file.file_stem().unwrap().to_str().unwrap()));
        }
    }
    names
}

/// How often each outcome stands in the table of upstream's drivers, by scenario. One that varies counts as such.
fn upstream() -> BTreeMap<String, BTreeMap<&'static str, usize>> {
    let mut outcomes: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for line in text("drivers/external/outcomes.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (outcome, rest) = line.split_once(' ').unwrap();
        let name = rest.split(' ').next().unwrap();
        let known = ["passed", "failed", "unsupported", "livelock"].into_iter().find(|known| *known == outcome);
        let outcome = known.or(outcome.contains('|').then_some("varies")).unwrap_or_else(|| panic!("{outcome:?} is no outcome: {line}"));
        *outcomes.entry(name.to_owned()).or_default().entry(outcome).or_default() += 1;
    }
    outcomes
}

/// A row of one of the page's tables: its cells, and the place of its scenarios among them.
struct Row {
    cells: Vec<String>,
    covered_by: usize,
}

impl Row {
    /// Rows of data have six cells in the first table, four in the second; nothing else begins with a bar.
    fn of(line: &str) -> Option<Self> {
        let inside = line.strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<String> = inside.split('|').map(|cell| cell.trim().to_owned()).collect();
        let head = ["Family", "What", "---"].iter().any(|word| cells.first().is_some_and(|first| first == word));
        let covered_by = match cells.len() {
            6 => 2,
            4 => 1,
            other => panic!("a row of {other} cells: {line}"),
        };
        (!head).then_some(Self { cells, covered_by })
    }

    fn scenarios(&self) -> Vec<&str> {
        self.cells[self.covered_by].split('`').skip(1).step_by(2).collect()
    }

    /// The row with its outcomes counted.
    fn counted(mut self, upstream: &BTreeMap<String, BTreeMap<&'static str, usize>>) -> String {
        let names: Vec<String> = self.scenarios().into_iter().map(str::to_owned).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            match upstream.get(name) {
                Some(known) => known.iter().for_each(|(outcome, times)| *counts.entry(outcome).or_default() += times),
                None => *counts.entry("unjudged").or_default() += 1,
            }
        }
        let order = ["passed", "failed", "varies", "livelock", "unsupported", "unjudged"];
        let told: Vec<String> = order.iter().filter_map(|word| Some(format!("{} {word}", counts.get(word)?))).collect();
        self.cells[self.covered_by + 1] = if names.is_empty() { String::new() } else { format!("{} passed", names.len()) };
        self.cells[self.covered_by + 2] = told.join(", ");
        self.cells.iter().fold("|".to_owned(), |line, cell| if cell.is_empty() { line + " |" } else { line + " " + cell + " |" })
    }
}

#[test]
fn every_scenario_stands_in_a_row_and_every_name_is_a_scenarios() {
    let (page, there) = (text(PAGE), scenarios());
    let rows: Vec<Row> = page.lines().filter_map(Row::of).collect();
    let named: BTreeSet<String> = rows.iter().flat_map(Row::scenarios).map(str::to_owned).collect();
    let unknown: Vec<&String> = named.difference(&there).collect();
    assert!(unknown.is_empty(), "{PAGE} names scenarios that are not there: {unknown:?}");
    let missing: Vec<&String> = there.difference(&named).collect();
    assert!(missing.is_empty(), "{PAGE} has no row for these scenarios: {missing:?}");
    assert!(there.len() > 80, "only {} scenarios are found", there.len());
}

#[test]
fn the_families_are_upstreams_and_the_uncovered_ones_say_why() {
    let page = text(PAGE);
    let families: Vec<Row> = page.lines().filter_map(Row::of).filter(|row| row.covered_by == 2).collect();
    let cases: usize = families.iter().map(|row| row.cells[1].parse::<usize>().unwrap()).sum();
    assert!(page.contains(&format!("{cases} cases in {} families", families.len())), "{cases} cases in {} families", families.len());
    let silent: Vec<&String> =
        families.iter().filter(|row| row.scenarios().is_empty() && row.cells[5].is_empty()).map(|row| &row.cells[0]).collect();
    assert!(silent.is_empty(), "no scenario, and no word why: {silent:?}");
}

#[test]
fn the_outcomes_are_what_is_counted() {
    let (page, upstream) = (text(PAGE), upstream());
    let counted: String = page
        .lines()
        .map(|line| match Row::of(line) {
            Some(row) => row.counted(&upstream) + "\n",
            None => format!("{line}\n"),
        })
        .collect();
    if std::env::var_os("SEATRIAL_ACCEPT").is_some() {
        std::fs::write(root().join(PAGE), counted).unwrap();
    } else {
        assert!(counted == page, "{PAGE} is not what is counted now; SEATRIAL_ACCEPT=1 writes it:\n{counted}");
    }
}
