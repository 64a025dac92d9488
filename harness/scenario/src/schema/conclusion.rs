//! The schema of what must be true at the end.

use super::build::{Shape, described, map, reference, text};
use crate::model::expectation::{KINDS, NodeCount, PodCount};

pub(super) fn expectation() -> Shape {
    let mut shape = map("One expectation about the whole run.").one_of(KINDS);
    for kind in KINDS {
        shape = shape.optional(kind, of(kind));
    }
    shape
}

pub(super) fn of(kind: &str) -> Shape {
    match kind {
        "calls" => map("How often methods were called in the whole run, by their names in the journal.")
            .optional("from", text("Only calls of this process."))
            .others(reference("count"))
            .at_least(1)
            .example("{CnsCreateVolume: 3, CnsAttachVolume: at most 4}"),
        "volumes" => map("How many volumes all vCenters hold together at the end.").required("total", reference("count")),
        "snapshots" => map("How many snapshots all volumes have together at the end.").required("total", reference("count")),
        "fired" => described("How often fault rules fired, by their ids.", "counts"),
        "findings" => described("How many findings of these names there were in the whole run.", "counts"),
        "writes-at-rest" => {
            described("How many writes but heartbeats crossed the borders while the world was left alone at the end.", "count")
        }
        "pods" => chosen("How many pods there are at the end.", PodCount::ALL.map(PodCount::word)),
        _ => chosen("How many nodes there are at the end, or were deleted in the whole run.", NodeCount::ALL.map(NodeCount::word)),
    }
}

fn chosen<const N: usize>(about: &str, words: [&str; N]) -> Shape {
    words.into_iter().fold(map(about).at_least(1), |shape, word| shape.optional(word, reference("count")))
}
