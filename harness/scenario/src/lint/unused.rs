//! `unused-policy`, `unused-key-provider`, `unused-category`, `unused-matrix`, `unused-each`: what is declared and changes nothing.

use crate::error::ScenarioError;
use crate::model::placeholder::{OF_LOOP, OF_MATRIX};
use crate::model::scenario::Scenario;
use crate::model::steps::Action;
use crate::model::steps::expect::Expect;
use crate::model::steps::expect::volume::{Encrypted, ExpectVolume};
use crate::model::target::Target;
use crate::span::Spanned;

/// What steps look at in volumes.
fn volumes(scenario: &Scenario) -> impl Iterator<Item = &ExpectVolume> {
    scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Expect(Expect::Volume(expect)) => Some(expect),
        _ => None,
    })
}

/// Policies that neither a manifest nor a step names. Manifests are not understood here: the name anywhere in them counts.
pub(super) fn policies(scenario: &Scenario, manifests: &str) -> Vec<ScenarioError> {
    let declared = scenario.world.vcenters.iter().flat_map(|vcenter| &vcenter.policies);
    let named = |name: &str| {
        manifests.contains(name) || volumes(scenario).any(|expect| expect.policy.as_ref().is_some_and(|policy| policy.value == name))
    };
    declared
        .filter(|policy| !named(&policy.name))
        .map(|policy| {
            let message = format!("nothing uses storage policy `{}`", policy.name);
            ScenarioError::at(
                policy.name.span,
                message,
                "name it in a StorageClass (`storagepolicyname`) that the scenario applies, or leave it out",
            )
        })
        .collect()
}

/// Key providers that are no default and that neither a VM, a manifest nor a step names.
pub(super) fn key_providers(scenario: &Scenario, manifests: &str) -> Vec<ScenarioError> {
    let mut named: Vec<&str> =
        scenario.world.kubernetes.nodes.iter().filter_map(|node| Some(node.encrypted_with.as_ref()?.value.as_str())).collect();
    named.extend(volumes(scenario).filter_map(|expect| match expect.key_provider.as_ref().map(|provider| &provider.value) {
        Some(Encrypted::With(name)) => Some(name.as_str()),
        _ => None,
    }));
    named.extend(scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Fail(fail) => match &fail.target {
            Target::KeyProvider { provider, .. } => Some(provider.value.as_str()),
            _ => None,
        },
        _ => None,
    }));
    let declared = scenario.world.vcenters.iter().flat_map(|vcenter| &vcenter.key_providers);
    let unused = declared
        .filter(|provider| !provider.default && !named.contains(&provider.name.as_str()) && !manifests.contains(&provider.name.value));
    unused
        .map(|provider| {
            let message = format!("nothing uses key provider `{}`", provider.name);
            ScenarioError::at(provider.name.span, message, "encrypt a node with it (`encrypted-with`), name it in a class, or leave it out")
        })
        .collect()
}

/// Names of the matrix that stand nowhere: the scenario runs several times and is the same each time.
pub(super) fn dimensions(scenario: &Scenario, manifests: &str) -> Vec<ScenarioError> {
    let is_said = |text: &str, placeholder: &str| {
        // A comment says nothing.
        text.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| line.contains(placeholder))
    };
    let unused = scenario.matrix.iter().filter(|dimension| {
        let placeholder = OF_MATRIX.named(&dimension.name);
        let in_worlds = scenario.included_worlds().any(|(_, text)| is_said(text, &placeholder));
        !is_said(scenario.text(), &placeholder) && !in_worlds && !is_said(manifests, &placeholder)
    });
    unused
        .map(|dimension| {
            let name = &dimension.name;
            let message = format!("nothing uses `{name}` of the matrix: the scenario is the same with each of its values");
            let help =
                format!("write `{}` where its values belong, in the scenario or in a manifest, or leave it out", OF_MATRIX.named(name));
            ScenarioError::at(name.span, message, help)
        })
        .collect()
}

/// Names of loops that stand in none of their steps: each turn is the same.
pub(super) fn in_loops(scenario: &Scenario) -> Vec<ScenarioError> {
    let warning = |name: &Spanned<String>| {
        let message = format!("no step of the loop says `{name}`: each turn is the same");
        let help = format!("write `{}` where its values belong, or say how often with `repeat`", OF_LOOP.named(name));
        ScenarioError::at(name.span, message, help)
    };
    scenario.unused_in_loops.iter().map(warning).collect()
}

/// Categories of the topology that no object of the world carries a tag of, now or after a step.
pub(super) fn categories(scenario: &Scenario) -> Vec<ScenarioError> {
    let topology = &scenario.world.topology;
    let by_steps = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Tag(tag) => Some(&tag.tags),
        _ => None,
    });
    let mut used: Vec<&str> = scenario.world.tags().chain(by_steps.flatten()).map(|tag| tag.category.value.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    let wanted = topology.zone.iter().chain(&topology.region).filter(|category| !used.contains(&category.value.as_str()));
    wanted
        .map(|category| {
            let near = crate::nearest::nearest(category, used.iter().copied());
            let help = near
                .map_or("add tags of it to clusters or datacenters, or leave it out".to_owned(), |near| format!("did you mean `{near}`?"));
            ScenarioError::at(category.span, format!("no tag of category `{category}` is anywhere in this world"), help)
        })
        .collect()
}
