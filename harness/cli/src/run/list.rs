//! `seatrial run --list`: the scenarios, their versions and their tags.

use crate::select::Candidate;

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
