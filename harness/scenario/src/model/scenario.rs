//! The scenario as a whole.

use crate::error::{ScenarioError, ScenarioErrors};
use crate::span::{Source, Span, Spanned};
use crate::yaml::{Content, Fields, Node, Problems};

use super::capability::{self, Capability};
use super::expectation::{self, Expectation, ExpectationKind};
use super::fault::{self, FaultRule};
use super::lists;
use super::matrix::{self, Dimension, Values};
use super::placeholder::OF_MATRIX;
use super::steps::expect::Expect;
use super::steps::{self, Action, Step, loops};
use super::world::include::Texts;
use super::world::{self, WorldSpec};

/// A scenario: a world, steps in it, faults that befall it, and what must be true at the end.
///
/// ```yaml
/// scenario: A StatefulSet scaled in and out keeps its volumes   # the title
/// about: Why anybody should care, in a sentence or two.         # optional
/// tags: [csi, statefulset]                                      # optional
/// requires: [recrypt-before-attach]                             # optional, see Capability
/// matrix: {file-system: [ext4, xfs]}                           # optional, see Dimension
/// world: …                                                      # see WorldSpec; or the path of a file that holds it
/// steps: […]                                                    # see Action; at least one
/// expect: […]                                                   # optional, see ExpectationKind
/// faults: […]                                                   # optional, see FaultRule
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    source: Source,
    /// The texts of the worlds that it includes in any of its cases, by their paths.
    pub(crate) included: Texts,
    /// What it shows, in a line.
    pub title: Spanned<String>,
    /// Why, in prose.
    pub about: Option<Spanned<String>>,
    /// What it is filed under.
    pub tags: Vec<Spanned<String>>,
    /// What it asks of the drivers beyond what all do; a driver without it does not run.
    pub requires: Vec<Spanned<Capability>>,
    /// Named values; it runs with each combination of them.
    pub matrix: Vec<Dimension>,
    /// What is there before the first step.
    pub world: WorldSpec,
    /// What is done, in order, loops unrolled.
    pub steps: Vec<Step>,
    /// Names of loops that no step in them says.
    pub(crate) unused_in_loops: Vec<Spanned<String>>,
    /// What must be true at the end, beside the oracles.
    pub expect: Vec<Expectation>,
    /// The faults.
    pub faults: Vec<FaultRule>,
}

impl Scenario {
    /// What is expected at the end, and what is counted on the way, in the same words.
    pub fn expected(&self) -> impl Iterator<Item = &ExpectationKind> {
        let in_steps = self.steps.iter().filter_map(|step| match &step.action {
            Action::Expect(Expect::Counts(counts)) => Some(&counts.kind),
            _ => None,
        });
        self.expect.iter().map(|expectation| &expectation.kind).chain(in_steps)
    }

    /// How the file was named to the parser.
    pub fn file_name(&self) -> &str {
        &self.source.name
    }

    /// The file's text, as it was parsed.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The worlds that it includes in any of its cases: their paths as it names them, and their texts.
    pub fn included_worlds(&self) -> impl Iterator<Item = (&str, &str)> {
        self.included.iter().map(|(path, text)| (path.as_str(), &**text))
    }

    /// Whether a place lies in an included world.
    pub(crate) fn is_included(&self, span: Span) -> bool {
        self.source.in_world(span).is_some()
    }

    /// Line and column of a place, both from 1.
    pub fn locate(&self, span: Span) -> (usize, usize) {
        self.source.locate(span)
    }

    /// Problems that only the engine could find, ready to be shown with this file's lines.
    pub fn errors(&self, errors: Vec<ScenarioError>) -> ScenarioErrors {
        ScenarioErrors::new(self.source.clone(), errors)
    }
}

const EXAMPLE: &str = "`scenario: A title`, then `world:` and `steps:`";

/// Puts the values of the matrix in their places; the first of each, unless others are said. Answers them.
pub(crate) fn fill(tree: &mut Node, values: Option<&Values>, problems: &mut Problems) -> Values {
    let Content::Map(entries) = &mut tree.content else { return Values::new() };
    // What is wrong with the matrix is told when it is decoded.
    let matrix = entries.iter().find(|(name, _)| name.value == "matrix").map(|(_, matrix)| matrix);
    let matrix = matrix.and_then(|matrix| matrix::decode(matrix, &mut Problems::default())).unwrap_or_default();
    let first = || matrix::combinations(&matrix).into_iter().next().unwrap_or_default();
    let values = values.cloned().unwrap_or_else(first);
    entries.iter_mut().filter(|(name, _)| name.value != "matrix").for_each(|(_, value)| OF_MATRIX.fill(value, &values, problems));
    values
}

/// Leaves loops as they are, and puts the values of their first turns into their steps.
pub(crate) fn fill_first_turns(tree: &mut Node) {
    if let Content::Map(entries) = &mut tree.content
        && let Some((_, steps)) = entries.iter_mut().find(|(name, _)| name.value == "steps")
    {
        loops::fill_first_turns(steps, &Values::new());
    }
}

pub(crate) fn decode(source: &Source, node: &Node, problems: &mut Problems) -> Option<Scenario> {
    let mut fields = Fields::of(node, "the scenario", EXAMPLE, problems)?;
    let title = fields.required("scenario", problems).and_then(|node| node.words("scenario", "A pod keeps its volume", problems));
    let about = fields.optional("about").map(|node| node.words("about", "Why it matters.", problems));
    let tags = fields.optional("tags").map_or(Some(Vec::new()), |node| tags(node, problems));
    let requires = fields.optional("requires").map_or(Some(Vec::new()), |node| capability::decode(node, problems));
    let matrix = fields.optional("matrix").map_or(Some(Vec::new()), |node| matrix::decode(node, problems));
    let world = fields.required("world", problems).and_then(|node| world::decode(node, problems));
    let steps = fields.required("steps", problems).and_then(|node| steps::decode(node, problems));
    let expect = fields.optional("expect").map_or(Some(Vec::new()), |node| expectation::decode(node, problems));
    let faults = fields.optional("faults").map_or(Some(Vec::new()), |node| fault::decode(node, problems));
    fields.finish(problems);
    let (steps, unused_in_loops) = steps?;
    Some(Scenario {
        source: source.clone(),
        included: Texts::new(),
        title: title?,
        about: about.flatten(),
        tags: tags?,
        requires: requires?,
        matrix: matrix?,
        world: world?,
        steps,
        unused_in_loops,
        expect: expect?,
        faults: faults?,
    })
}

fn tags(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    let members = node.list("tags", "[csi, statefulset]", problems)?;
    let tags: Vec<Option<Spanned<String>>> = members.iter().map(|member| tag(member, problems)).collect();
    let tags = tags.into_iter().collect::<Option<Vec<_>>>()?;
    lists::different("tag", tags.iter(), problems);
    Some(tags)
}

fn tag(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let tag = node.words("tag", "statefulset", problems)?;
    if !super::object::is_name(&tag) || tag.contains('.') {
        let message = format!("`{}` cannot be a tag", tag.value);
        return problems.at(tag.span, message, "tags are lower-case letters, digits and `-`");
    }
    Some(tag)
}
