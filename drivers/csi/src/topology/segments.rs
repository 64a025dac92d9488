//! Segments: topology keys and their values; and how the tags on a host's lineage become segments.

use std::collections::BTreeMap;

use vsphere_types::MoRef;

use crate::config::Category;
use crate::vcenter::Tag;

/// Values by topology key: `topology.kubernetes.io/zone` → `zone-a`.
pub(crate) type Segments = BTreeMap<String, String>;

/// Why tags do not say where something is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TagProblem {
    /// None of a category.
    #[error("no tag of category {category} is on host {host} or on anything that it lies in; attach one to its cluster or datacenter")]
    Missing { category: String, host: String },
    /// Several of a category in one place.
    #[error("{object} has several tags of category {category} ({tags}); leave one of them, and give the category the cardinality SINGLE")]
    Several { category: String, object: MoRef, tags: String },
}

/// Segments for people: `zone-a/west` would hide which is which, so keys are shown.
pub(crate) fn show(segments: &Segments) -> String {
    let plain = |key: &str| key.rsplit('/').next().unwrap_or(key).to_owned();
    let pairs: Vec<String> = segments.iter().map(|(key, value)| format!("{}={value}", plain(key))).collect();
    if pairs.is_empty() { "the cluster".to_owned() } else { pairs.join(",") }
}

/// The segments of a host. `strict`: of several tags none is taken.
pub(super) fn of_lineage(
    categories: &[Category],
    host: &str,
    lineage: &[MoRef],
    tags: &BTreeMap<MoRef, Vec<Tag>>,
    strict: bool,
) -> Result<Segments, TagProblem> {
    let mut segments = Segments::new();
    for category in categories {
        // The lineage begins at the host: the outermost tag is the last one.
        let found = lineage.iter().rev().find_map(|object| {
            let mut names: Vec<&str> =
                tags.get(object)?.iter().filter(|tag| tag.category == category.name).map(|tag| tag.name.as_str()).collect();
            names.sort_unstable();
            names.first()?;
            Some((object, names))
        });
        match found {
            Some((object, names)) if names.len() > 1 && strict => {
                return Err(TagProblem::Several { category: category.name.clone(), object: object.clone(), tags: names.join(", ") });
            }
            Some((_, names)) => drop(segments.insert(category.key.clone(), names[0].to_owned())),
            None if strict => return Err(TagProblem::Missing { category: category.name.clone(), host: host.to_owned() }),
            None => {}
        }
    }
    Ok(segments)
}
