//! A scenario's name, however its file was named on the command line.

/// `statefulset/scale` of `scenarios/statefulset/scale.yaml`, `./scenarios/…` and `/somewhere/scenarios/…`; another file is
/// named by its path.
pub(super) fn scenario_name(file: &str) -> &str {
    let stem = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml")).unwrap_or(file);
    let stem = stem.strip_prefix("./").unwrap_or(stem);
    const FOLDER: &str = "scenarios/";
    let folder = stem.rmatch_indices(FOLDER).find(|(place, _)| *place == 0 || stem[..*place].ends_with('/'));
    match folder {
        Some((place, _)) if stem.len() > place + FOLDER.len() => &stem[place + FOLDER.len()..],
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::scenario_name;

    #[test]
    fn a_scenario_has_one_name_wherever_it_lies() {
        for file in ["scenarios/zones/outage.yaml", "./scenarios/zones/outage.yaml", "/a/scenarios/zones/outage.yaml", "zones/outage"] {
            assert_eq!(scenario_name(file), "zones/outage", "{file}");
        }
        assert_eq!(scenario_name("my-scenarios/mine.yml"), "my-scenarios/mine");
        assert_eq!(scenario_name("mine.yaml"), "mine");
        assert_eq!(scenario_name("scenarios/"), "scenarios/");
    }
}
