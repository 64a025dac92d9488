//! One strike: a place, a trouble, and the scenario that brings it about.

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_engine::RunSpec;
use seatrial_scenario::Position;

use super::calm::CalmRun;
use super::ease::eased;
use super::place::Place;
use super::trouble::{Blow, Trouble};
use crate::bundle::{Bundle, BundleError};
use crate::document::Tree;

/// A scenario in which something goes wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Its name among those of its case, which is its fault rule's id, too.
    pub id: String,
    /// Where.
    pub place: Place,
    /// What.
    pub trouble: Trouble,
    /// When on the call's way.
    pub position: Position,
    /// What it does, in a word more: the process that is killed, the fault of the task.
    pub more: Option<String>,
    rule: Tree,
    calm: Arc<CalmRun>,
}

impl Strike {
    /// The strike; its name is one that is not in `taken` yet, and is there afterwards. There is none where the same one is there already.
    pub(super) fn new(place: &Place, trouble: Trouble, blow: Blow, calm: &Arc<CalmRun>, taken: &mut BTreeSet<String>) -> Option<Self> {
        let nth = place.nth_at(blow.position)?;
        let more = blow.more.as_deref().map_or(String::new(), |more| format!(" {more}"));
        let short = format!("{trouble}{more} at {} {nth} {}", place.method, blow.position.word());
        // The same method of two callers may be struck at the same number.
        let names = [words(&short), words(&format!("{short} from {} to {}", place.from, place.to))];
        let id = names.into_iter().find(|name| taken.insert(name.clone()))?;
        let mut when =
            Tree::map([("call", Tree::plain(&place.method)), ("from", Tree::plain(&place.from)), ("to", Tree::plain(&place.to))]);
        if nth > 1 {
            when.set("nth", Tree::plain(nth.to_string()));
        }
        when.set("position", Tree::plain(blow.position.word()));
        let rule = Tree::map([("id", Tree::plain(&id)), ("when", when), ("does", blow.does)]);
        Some(Self { id, place: place.clone(), trouble, position: blow.position, more: blow.more, rule, calm: Arc::clone(calm) })
    }

    /// The scenario that brings it about: the one that was swept, eased, with one fault more, in the version that was swept.
    ///
    /// # Errors
    /// A scenario that cannot be changed.
    pub fn bundle(&self, swept: &Bundle, spec: &RunSpec) -> Result<Bundle, BundleError> {
        let case = swept.of_case(&spec.case)?;
        let mut tree = eased(&case.tree()?, &self.calm.times);
        tree.set("scenario", Tree::plain(format!("{}; {} at {}", spec.scenario.title.value, self.trouble, self.place.method)));
        tree.set_second("about", Tree::plain(self.about(&spec.scenario.title.value)));
        tree.push_to("faults", self.rule.clone());
        tree.push_to("expect", Tree::map([("fired", Tree::map([(&self.id, Tree::plain("1"))]))]));
        self.calm.calls.expectations(self.trouble).into_iter().for_each(|expectation| tree.push_to("expect", expectation));
        Ok(case.with_scenario(&tree))
    }

    fn about(&self, title: &str) -> String {
        let when = match self.place.step {
            0 => "While the world comes up".to_owned(),
            step => format!("During step {step}"),
        };
        let more = self.more.as_deref().map_or(String::new(), |more| format!(" ({more})"));
        format!(
            "Made by a sweep of \"{title}\". {when}, {} calls {} of {}, and {}{more}, {}. What the scenario asks for must be reached all \
             the same, if later and by other ways.",
            self.place.from,
            self.place.method,
            self.place.to,
            self.trouble.about(),
            moment(self.position),
        )
    }
}

fn moment(position: Position) -> &'static str {
    match position {
        Position::BeforeSending => "before the call is sent",
        Position::AfterEffect => "after the call has taken effect and before its answer leaves",
        Position::AfterAnswer => "after the answer has arrived",
    }
}

/// A name that the language takes: lower-case letters, digits, hyphens.
fn words(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}
