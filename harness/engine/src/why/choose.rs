//! Which troubles are told: few, the most telling first, and the same thing once.

use seatrial_reports::{WhyKind, WhyLine};

use super::trouble::Trouble;

/// More lines than this explain nothing.
const TOLD: usize = 4;

/// The lines that explain a failure whose own words are `told`.
pub(super) fn choose(mut troubles: Vec<Trouble>, told: &str) -> Vec<WhyLine> {
    let order = |trouble: &Trouble| (trouble.rank, usize::MAX - trouble.distance, u64::MAX - trouble.line.times, trouble.line.entry);
    troubles.sort_by_cached_key(order);
    let mut chosen: Vec<Group> = Vec::new();
    for trouble in troubles {
        let trouble = if is_told(&trouble, told, &chosen) { without_message(trouble) } else { Some(trouble) };
        let Some(trouble) = trouble else { continue };
        let shape = shape(&trouble.line.text);
        if let Some(group) = chosen.iter_mut().find(|group| group.line.kind == trouble.line.kind && group.shape == shape) {
            group.add(&trouble.line);
        } else {
            chosen.push(Group { shape, others: Vec::new(), line: trouble.line });
        }
    }
    chosen.into_iter().take(TOLD).map(Group::line).collect()
}

/// Lines that are equal but for names and numbers.
struct Group {
    shape: String,
    line: WhyLine,
    others: Vec<String>,
}

impl Group {
    fn add(&mut self, line: &WhyLine) {
        self.line.times += line.times;
        if self.line.at_us < line.at_us {
            (self.line.at_us, self.line.entry) = (line.at_us, line.entry);
        }
        if self.line.who != line.who && !self.others.contains(&line.who) {
            self.others.push(line.who.clone());
        }
    }

    fn line(self) -> WhyLine {
        let Self { mut line, others, .. } = self;
        if !others.is_empty() {
            line.who = format!("{} and {} more", line.who, others.len());
        }
        line
    }
}

/// A text without what tells equal things apart: words with digits in them.
fn shape(text: &str) -> String {
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
    let message = trouble.message.trim();
    !message.is_empty() && (told.contains(message) || chosen.iter().any(|group| group.line.text.contains(message)))
}
