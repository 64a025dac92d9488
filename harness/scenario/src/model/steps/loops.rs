//! Loops of steps: `repeat` and `for-each`. They are unrolled before their steps are read, so a scenario's steps are one list to whoever
//! numbers, runs, reports or changes them. Each step keeps the place that it was written at, and an error in any turn shows that line.
//!
//! Not said: loops that end when something is so, names for the rounds of a `repeat`, values that differ from turn to turn in a manifest.

use std::fmt;

use crate::error::ScenarioError;
use crate::model::matrix::Values;
use crate::model::object::is_name;
use crate::model::placeholder::OF_LOOP;
use crate::span::{Span, Spanned};
use crate::yaml::{Content, Fields, Node, Problems};

/// How a step came out of the loops that it is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Where it is written: its number, from 0, among the scenario's steps; in a loop that of the loop, then its own among the loop's steps,
    /// and so on.
    pub place: Vec<usize>,
    /// The value of each name in this turn, those of the outermost loop first.
    pub values: Values,
    /// For each `repeat` around it, from the outermost, the how manieth round this is, and of how many.
    pub rounds: Vec<(u32, u32)>,
}

impl Turn {
    /// A text of the step with the values of this turn in their places.
    pub fn filled(&self, text: &str) -> String {
        OF_LOOP.filled(text, &self.values)
    }

    fn at(&self, number: usize) -> Self {
        let mut turn = self.clone();
        turn.place.push(number);
        turn
    }

    fn with(&self, name: &str, value: String) -> Self {
        let mut turn = self.clone();
        turn.values.retain(|(known, _)| known != name);
        turn.values.push((name.to_owned(), value));
        turn
    }

    fn in_round(&self, round: u32, of: u32) -> Self {
        let mut turn = self.with(ROUND, round.to_string());
        turn.rounds.push((round, of));
        turn
    }
}

/// The rounds, behind what a step does: what a `for-each` puts in stands in the step's own words.
impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounds: Vec<String> = self.rounds.iter().map(|(round, of)| format!("round {round} of {of}")).collect();
        if rounds.is_empty() { Ok(()) } else { write!(f, " ({})", rounds.join(", ")) }
    }
}

/// A list of steps without loops, and what is seldom meant in the loops that it came of.
#[derive(Debug, Default)]
pub(crate) struct Unrolled {
    /// The steps, each with its values in their places.
    pub(crate) steps: Vec<(Node, Turn)>,
    /// Names of loops that no step in them says.
    pub(crate) unused: Vec<Spanned<String>>,
}

/// The words of loops.
pub const LOOPS: [&str; 2] = [REPEAT, FOR_EACH];
/// Steps that are done so many times.
pub(crate) const REPEAT: &str = "repeat";
/// Steps that are done once for each of some values.
pub(crate) const FOR_EACH: &str = "for-each";
/// The name that counts the rounds of a `repeat`.
const ROUND: &str = "round";

pub(crate) const REPEAT_EXAMPLE: &str = "{times: 3, steps: [{delete: pod/web-0}]}";
pub(crate) const FOR_EACH_EXAMPLE: &str = "{node: [worker-1, worker-2], steps: [{cordon: \"${each.node}\"}]}";

/// The most rounds of one `repeat`.
pub(crate) const TIMES_MAX: u32 = 1000;
/// How many loops may lie in each other.
const DEPTH_MAX: usize = 3;
/// The most steps that the loops of a scenario come to: each takes virtual minutes, and a line in the report.
const STEPS_MAX: usize = 1000;

/// Unrolls the loops of a list of steps.
pub(crate) fn unrolled(members: &[Node], problems: &mut Problems) -> Unrolled {
    let mut unroller = Unroller { unrolled: Unrolled::default(), left: STEPS_MAX, outermost: None, problems };
    unroller.members(members, &Turn::default());
    unroller.unrolled
}

struct Unroller<'p> {
    unrolled: Unrolled,
    /// How many steps loops may come to yet.
    left: usize,
    /// The word of the outermost loop that is being unrolled.
    outermost: Option<Span>,
    problems: &'p mut Problems,
}

impl Unroller<'_> {
    fn members(&mut self, members: &[Node], turn: &Turn) {
        for (number, member) in members.iter().enumerate() {
            let turn = turn.at(number);
            match loop_of(member) {
                Some(entry) => self.unroll(entry, member, &turn),
                None => self.step(member, turn),
            }
        }
    }

    fn step(&mut self, node: &Node, turn: Turn) {
        if let Some(span) = self.outermost {
            match self.left.checked_sub(1) {
                Some(left) => self.left = left,
                None => return self.too_many(span),
            }
        }
        let (mut node, told) = (node.clone(), self.problems.len());
        OF_LOOP.fill(&mut node, &turn.values, self.problems);
        if self.nothing_since(told).is_some() {
            self.unrolled.steps.push((node, turn));
        }
    }

    fn too_many(&mut self, span: Span) {
        let message = format!("the loops of this scenario come to more than {STEPS_MAX} steps");
        self.problems.add(ScenarioError::at(span, message, "repeat fewer times: each step takes minutes of the world's time"));
    }

    fn unroll(&mut self, (word, value): (&Spanned<String>, &Node), whole: &Node, turn: &Turn) {
        if let Some(other) = beside(whole, word) {
            let message = format!("`{}` beside `{}`: a loop stands alone", other.value, word.value);
            let help = "write it at the steps in the loop, or begin a new step with `- `";
            self.problems.add(ScenarioError::at(other.span, message, help));
        } else if turn.place.len() > DEPTH_MAX {
            let message = format!("a loop in {DEPTH_MAX} others");
            self.problems.add(ScenarioError::at(word.span, message, format!("loops may lie in each other {DEPTH_MAX} deep")));
        } else {
            let outermost = self.outermost;
            self.outermost = outermost.or(Some(word.span));
            if word.value == REPEAT {
                self.repeat(value, turn)
            } else {
                self.for_each(value, turn)
            };
            self.outermost = outermost;
        }
    }

    fn repeat(&mut self, value: &Node, turn: &Turn) -> Option<()> {
        let mut fields = Fields::of(value, REPEAT, REPEAT_EXAMPLE, self.problems)?;
        let times = fields.required("times", self.problems).cloned().and_then(|mut times| {
            OF_LOOP.fill(&mut times, &turn.values, self.problems);
            times.number("times", 1, TIMES_MAX, self.problems)
        });
        let steps = fields.required("steps", self.problems);
        fields.finish(self.problems);
        let (times, steps) = (times?.value, steps?.some("steps", "- delete: pod/web-0", self.problems)?);
        let told = self.problems.len();
        for round in 1..=times {
            self.members(steps, &turn.in_round(round, times));
            self.nothing_since(told)?;
        }
        Some(())
    }

    fn for_each(&mut self, value: &Node, turn: &Turn) -> Option<()> {
        let mut fields = Fields::of(value, FOR_EACH, FOR_EACH_EXAMPLE, self.problems)?;
        let Some(steps) = fields.optional("steps") else {
            return self.problems.at(value.span, "`for-each` has no `steps`", format!("write it like this: {FOR_EACH_EXAMPLE}"));
        };
        let named: Vec<Option<Named>> = fields.rest().into_iter().map(|(name, values)| self.named(name, values, turn)).collect();
        let named = named.into_iter().collect::<Option<Vec<_>>>()?;
        let turns = self.turns(&named, value)?;
        let steps_in = steps.some("steps", "- cordon: \"${each.node}\"", self.problems)?;
        let said = |name: &str| OF_LOOP.is_in(steps, name);
        self.unrolled.unused.extend(named.iter().map(|named| named.name.clone()).filter(|name| !said(name)));
        let told = self.problems.len();
        for number in 0..turns {
            let with = |turn: Turn, named: &Named| turn.with(&named.name, named.values[number].clone());
            self.members(steps_in, &named.iter().fold(turn.clone(), with));
            self.nothing_since(told)?;
        }
        Some(())
    }

    /// Whether nothing was found wrong since so many problems were told. A loop ends at the first turn with which something is wrong: the same
    /// is wrong with all, or there are too many steps already.
    fn nothing_since(&self, told: usize) -> Option<()> {
        (self.problems.len() == told).then_some(())
    }

    /// A name of a loop, and its values.
    fn named(&mut self, name: &Spanned<String>, values: &Node, turn: &Turn) -> Option<Named> {
        if name.value == ROUND {
            return self.problems.at(name.span, "`round` counts the rounds of a `repeat`", "give the values another name");
        }
        if !is_name(name) {
            let help = "names are lower-case letters, digits, `-` and `.`, such as `node`";
            return self.problems.at(name.span, format!("`{}` cannot be a name of a loop", name.value), help);
        }
        if turn.values.iter().any(|(known, _)| *known == name.value) {
            let message = format!("`{}` is a name of a loop around this one", name.value);
            return self.problems.at(name.span, message, "give the values of each loop a name of their own");
        }
        let mut values = values.clone();
        OF_LOOP.fill(&mut values, &turn.values, self.problems);
        let members = values.some(&name.value, "[worker-1, worker-2]", self.problems)?;
        let values = members.iter().map(|member| member.words("a value", "worker-1", self.problems).map(|value| value.value));
        Some(Named { name: name.clone(), values: values.collect::<Option<Vec<_>>>()? })
    }

    /// How many turns a `for-each` has: its names go hand in hand.
    fn turns(&mut self, named: &[Named], whole: &Node) -> Option<usize> {
        let Some(first) = named.first() else {
            return self.problems.at(whole.span, "`for-each` has no values", format!("write it like this: {FOR_EACH_EXAMPLE}"));
        };
        let turns = first.values.len();
        if let Some(other) = named.iter().find(|named| named.values.len() != turns) {
            let message = format!("`{}` has not as many values as `{}`: {} and {turns}", other.name, first.name, other.values.len());
            let help = "the names of a loop go hand in hand: give each as many values, or write a loop in a loop for every combination";
            return self.problems.at(other.name.span, message, help);
        }
        Some(turns)
    }
}

/// A name of a `for-each`, and its values.
struct Named {
    name: Spanned<String>,
    values: Vec<String>,
}

/// The entry that makes a member of a list of steps a loop.
fn loop_of(member: &Node) -> Option<(&Spanned<String>, &Node)> {
    let Content::Map(entries) = &member.content else { return None };
    entries.iter().find(|(word, _)| LOOPS.contains(&word.value.as_str())).map(|(word, value)| (word, value))
}

/// What stands beside the word of a loop.
fn beside<'a>(member: &'a Node, word: &Spanned<String>) -> Option<&'a Spanned<String>> {
    let Content::Map(entries) = &member.content else { return None };
    entries.iter().map(|(other, _)| other).find(|other| other.value != word.value)
}

/// Puts the values of the first turn into the steps of all loops and leaves the loops as they are, as a schema wants to see them.
pub(crate) fn fill_first_turns(steps: &mut Node, values: &Values) {
    let Content::List(members) = &mut steps.content else { return };
    for member in members {
        if loop_of(member).is_none() {
            // What is wrong with names is told where loops are unrolled.
            OF_LOOP.fill(member, values, &mut Problems::default());
            continue;
        }
        let Content::Map(entries) = &mut member.content else { continue };
        for (_, value) in entries {
            fill_first_turn(value, values);
        }
    }
}

fn fill_first_turn(value: &mut Node, values: &Values) {
    let Content::Map(entries) = &mut value.content else { return };
    let mut values = values.clone();
    values.push((ROUND.to_owned(), "1".to_owned()));
    for (name, node) in entries.iter_mut().filter(|(name, _)| name.value != "steps") {
        OF_LOOP.fill(node, &values, &mut Problems::default());
        if let Content::List(members) = &node.content
            && let Some(Content::Scalar(first)) = members.first().map(|first| &first.content)
        {
            values.push((name.value.clone(), first.clone()));
        }
    }
    if let Some((_, steps)) = entries.iter_mut().find(|(name, _)| name.value == "steps") {
        fill_first_turns(steps, &values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step, its place, and its turn.
    type Unrolled = (String, Vec<usize>, String);

    fn unroll(text: &str) -> (Vec<Unrolled>, Vec<String>) {
        let mut problems = Problems::default();
        let tree = crate::yaml::read(text, &mut problems).unwrap();
        let Content::List(members) = &tree.content else { panic!("it is a list") };
        let unrolled = unrolled(members, &mut problems);
        let steps = unrolled.steps.into_iter().map(|(node, turn)| (node.json().to_string(), turn.place.clone(), turn.to_string()));
        (steps.collect(), problems.into_errors().into_iter().map(|error| error.message).collect())
    }

    #[test]
    fn loops_in_loops_come_to_one_list() {
        let text = "
- sleep: 1s
- repeat:
    times: 2
    steps:
      - for-each: {pod: [web-0, web-1], replicas: [1, 2], steps: [{scale: {\"statefulset/${each.pod}\": \"${each.replicas}\"}}]}
      - sleep: ${each.round}m
";
        let (steps, problems) = unroll(text);
        assert_eq!(problems, [""; 0]);
        let step = |text: &str, place: &[usize], turn: &str| (text.to_owned(), place.to_vec(), turn.to_owned());
        assert_eq!(
            steps,
            [
                step(r#"{"sleep":"1s"}"#, &[0], ""),
                step(r#"{"scale":{"statefulset/web-0":1}}"#, &[1, 0, 0], " (round 1 of 2)"),
                step(r#"{"scale":{"statefulset/web-1":2}}"#, &[1, 0, 0], " (round 1 of 2)"),
                step(r#"{"sleep":"1m"}"#, &[1, 1], " (round 1 of 2)"),
                step(r#"{"scale":{"statefulset/web-0":1}}"#, &[1, 0, 0], " (round 2 of 2)"),
                step(r#"{"scale":{"statefulset/web-1":2}}"#, &[1, 0, 0], " (round 2 of 2)"),
                step(r#"{"sleep":"2m"}"#, &[1, 1], " (round 2 of 2)"),
            ]
        );
    }

    #[test]
    fn too_many_steps_are_told_once_and_not_made() {
        let inner = "{repeat: {times: 1000, steps: [{repeat: {times: 1000, steps: [{sleep: 1s}]}}]}}";
        let (steps, problems) = unroll(&format!("- repeat: {{times: 1000, steps: [{inner}]}}\n"));
        assert_eq!(steps.len(), STEPS_MAX);
        assert_eq!(problems, ["the loops of this scenario come to more than 1000 steps"]);
    }
}
