//! `seatrial run --list`: the scenarios, their versions and their tags.

use std::ops::RangeInclusive;

use super::partition::Partition;
use super::work;
use crate::select::Candidate;

/// The scenarios of which something runs in this part.
pub fn in_part(candidates: Vec<Candidate>, partition: Option<Partition>, seeds: &RangeInclusive<u64>) -> Vec<Candidate> {
    let runs = |part: Partition, candidate: &Candidate| work::labels(candidate, seeds.clone()).iter().any(|label| part.takes(label));
    candidates.into_iter().filter(|candidate| partition.is_none_or(|part| runs(part, candidate))).collect()
}

/// A line for each scenario: name, versions of its vCenters, tags.
pub fn list(candidates: &[Candidate]) -> String {
    let rows: Vec<[String; 3]> = candidates.iter().map(row).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, versions) = (width(0), width(1));
    let lines = rows.iter().map(|[name, version, tags]| format!("{name:names$}  {version:versions$}  {tags}").trim_end().to_owned() + "\n");
    lines.collect()
}

fn row(candidate: &Candidate) -> [String; 3] {
    let name = candidate.name();
    let Ok(scenario) = &candidate.read else {
        let remedy = format!("cannot be read; `seatrial lint {}` tells why", candidate.file.display());
        return [name, String::new(), remedy];
    };
    let versions: Vec<String> = match scenario.world.vcenters.as_slice() {
        [only] => only.versions.iter().map(ToString::to_string).collect(),
        several => several
            .iter()
            .map(|vcenter| {
                let versions: Vec<String> = vcenter.versions.iter().map(ToString::to_string).collect();
                format!("{}={}", vcenter.name, versions.join("|"))
            })
            .collect(),
    };
    let tags: Vec<&str> = scenario.tags.iter().map(|tag| tag.value.as_str()).collect();
    [name, versions.join(" "), tags.join(", ")]
}
