//! Key providers.

use crate::error::ScenarioError;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

use crate::model::lists::{different, members};

/// A key provider of a vCenter.
///
/// ```yaml
/// key-providers: [{name: kp-1, default: true}, {name: kp-2, kind: native}]
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProvider {
    /// Its name, which is its id.
    pub name: Spanned<String>,
    /// Where its keys lie.
    pub kind: KeyProviderKind,
    /// Whether it is the vCenter's default; when no provider says so, the first is.
    pub default: bool,
}

/// Where the keys of a provider lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyProviderKind {
    /// `standard`: in a key server outside.
    #[default]
    Standard,
    /// `native`: in vCenter itself.
    Native,
}

impl KeyProviderKind {
    pub(crate) const ALL: [Self; 2] = [Self::Standard, Self::Native];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Native => "native",
        }
    }
}

pub(crate) const EXAMPLE: &str = "{name: kp-1, default: true}";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<KeyProvider>> {
    let written = members(node, "key-providers", EXAMPLE, problems, one)?;
    different("key provider", written.iter().map(|(provider, _)| &provider.name), problems);
    let said: Vec<&Spanned<bool>> = written.iter().filter_map(|(_, default)| default.as_ref()).filter(|default| default.value).collect();
    if let [first, second, ..] = said.as_slice() {
        let error = ScenarioError::at(second.span, "two default key providers", "a vCenter has one default key provider; keep one");
        problems.add(error.labelled("again here").also(first.span, "first here"));
    }
    let nobody = said.is_empty();
    let mut providers: Vec<KeyProvider> = written.into_iter().map(|(provider, _)| provider).collect();
    if let Some(first) = providers.first_mut().filter(|_| nobody) {
        first.default = true;
    }
    Some(providers)
}

fn one(node: &Node, problems: &mut Problems) -> Option<(KeyProvider, Option<Spanned<bool>>)> {
    let mut fields = Fields::of(node, "key provider", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node.words("name", "kp-1", problems));
    let kind = fields.optional("kind").map_or(Some(KeyProviderKind::default()), |node| kind(node, problems));
    let default = match fields.optional("default") {
        None => Some(None),
        Some(node) => node.truth("default", problems).map(|truth| Some(Spanned::new(truth, node.span))),
    };
    fields.finish(problems);
    let default = default?;
    Some((KeyProvider { name: name?, kind: kind?, default: default.as_ref().is_some_and(|default| default.value) }, default))
}

fn kind(node: &Node, problems: &mut Problems) -> Option<KeyProviderKind> {
    let word = node.words("kind", "standard", problems)?;
    match KeyProviderKind::ALL.into_iter().find(|kind| kind.word() == word.value) {
        Some(kind) => Some(kind),
        None => problems.unknown(&word, "kind of key provider", "kinds", KeyProviderKind::ALL.map(KeyProviderKind::word)),
    }
}
