//! Which troubles are told: few, the most telling first, and the same thing once.

use std::collections::BTreeSet;

use seatrial_reports::{WhyKind, WhyLine};

use super::trouble::{Rank, Trouble};

/// More lines than this explain nothing.
const TOLD: usize = 4;

/// So many bytes tell one message from another.
const MESSAGE: usize = 120;

/// A shorter message is compared with its numbers: without them little is left.
const SHORT: usize = 16;

/// The lines that explain a failure whose own words are `told`.
pub(super) fn choose(mut troubles: Vec<Trouble>, told: &str) -> Vec<WhyLine> {
    let order = |trouble: &Trouble| (trouble.rank, usize::MAX - trouble.distance, u64::MAX - trouble.line.times, trouble.line.entry);
    troubles.sort_by_cached_key(order);
    let mut chosen: Vec<Group> = Vec::new();
    for trouble in troubles {
        // What only follows from something says nothing beside it.
        let follows = trouble.rank == Rank::Symptom && !chosen.is_empty();
        if follows || joins(&trouble.line, &mut chosen) {
            continue;
        }
        let trouble = if is_told(&trouble, told, &chosen) { without_message(trouble) } else { Some(trouble) };
        let Some(Trouble { line, .. }) = trouble else { continue };
        if !joins(&line, &mut chosen) {
            chosen.push(Group { shape: shape(&line), line, others: BTreeSet::new(), alike: BTreeSet::new() });
        }
    }
    chosen.into_iter().take(TOLD).map(Group::line).collect()
}

/// Adds a line to one that is equal but for names and numbers, if there is one.
fn joins(line: &WhyLine, chosen: &mut [Group]) -> bool {
    let shape = shape(line);
    let group = chosen.iter_mut().find(|group| group.shape == shape);
    if let Some(group) = group {
        group.add(line);
        return true;
    }
    false
}

/// Lines that are equal but for names and numbers.
struct Group {
    shape: String,
    line: WhyLine,
    /// Whom else it befell; where that is one and the same, what else was said.
    others: BTreeSet<String>,
    alike: BTreeSet<String>,
}

impl Group {
    fn add(&mut self, line: &WhyLine) {
        self.line.times += line.times;
        if self.line.at_us < line.at_us {
            (self.line.at_us, self.line.entry) = (line.at_us, line.entry);
        }
        if self.line.who != line.who {
            self.others.insert(line.who.clone());
        } else if self.line.text != line.text {
            self.alike.insert(line.text.clone());
        }
    }

    fn line(self) -> WhyLine {
        let Self { mut line, others, alike, .. } = self;
        if !others.is_empty() {
            line.who = format!("{} and {} more", line.who, others.len());
        } else if !alike.is_empty() {
            line.text = format!("{} (and {} like it)", line.text.trim_end_matches('.'), alike.len());
        }
        line
    }
}

/// A line without what tells equal things apart, and without which claim or pod it is about.
fn shape(line: &WhyLine) -> String {
    let whose = match line.kind {
        // Processes that end together end for one reason; what is out of service is told by its name.
        WhyKind::Restart => "",
        WhyKind::Outage => &line.who,
        _ => line.who.split_once(' ').map_or(line.who.as_str(), |(kind, _)| kind),
    };
    format!("{} {whose} {}", line.kind.word(), plain(&line.text))
}

/// A text without what tells equal things apart: words with digits in them.
fn plain(text: &str) -> String {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '-';
    let words = text.split_inclusive(|letter: char| !is_word(letter));
    words.map(|word| if word.contains(|letter: char| letter.is_ascii_digit()) { "#" } else { word }).collect()
}

/// What is left of a trouble whose message is told already: which call of which vCenter it came from; of all else nothing.
fn without_message(mut trouble: Trouble) -> Option<Trouble> {
    let is_of_vcenter = matches!(trouble.line.kind, WhyKind::Call | WhyKind::Task);
    if let Some(text) = trouble.line.text.strip_suffix(&trouble.message) {
        trouble.line.text = text.trim_end_matches([':', ' ']).to_owned();
    }
    is_of_vcenter.then_some(trouble)
}

/// Whether the failure's own words or a line above say the same.
fn is_told(trouble: &Trouble, told: &str, chosen: &[Group]) -> bool {
    let message = trouble.message.split_whitespace().collect::<Vec<&str>>().join(" ");
    // Long lines are cut: their beginning is enough.
    let beginning = message.get(..MESSAGE).and_then(|beginning| beginning.rsplit_once(' ')).map_or(message.as_str(), |(words, _)| words);
    if beginning.len() < SHORT {
        let says = |text: &str| !beginning.is_empty() && text.contains(beginning);
        return says(told) || chosen.iter().any(|group| says(&group.line.text));
    }
    let message = plain(beginning);
    plain(told).contains(&message) || chosen.iter().any(|group| group.shape.contains(&message))
}
