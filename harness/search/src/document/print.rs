//! From trees to text, laid out as people lay such files out: what is short stands in one line, prose is folded.

use super::tree::Tree;

/// The longest line that is not a single long word.
const WIDTH: usize = 120;
/// What one level stands further right.
const INDENT: usize = 2;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As scenarios are: steps one below the other, each in a line.
    Scenario,
    /// As manifests are: every key in a line of its own, only lists of words in one.
    Manifest,
}

/// The text of these documents.
pub fn print(documents: &[Tree], layout: Layout) -> String {
    let mut printer = Printer { layout, text: String::new() };
    for (place, document) in documents.iter().enumerate() {
        if place > 0 {
            printer.text.push_str("---\n");
        }
        printer.block(document, 0, 0, false);
    }
    printer.text
}

struct Printer {
    layout: Layout,
    text: String,
}

impl Printer {
    /// A value over several lines; `depth` is how many values it lies in, `in_list` whether the last of them is a list.
    fn block(&mut self, tree: &Tree, indent: usize, depth: usize, in_list: bool) {
        match tree {
            Tree::Map(entries) if !entries.is_empty() => {
                for (place, (key, value)) in entries.iter().enumerate() {
                    // The first key of a member of a list stands behind its dash.
                    if place > 0 || !in_list {
                        self.margin(indent);
                    }
                    self.text.push_str(&word(key, true));
                    self.text.push(':');
                    self.under_key(key, value, indent, depth + 1);
                }
            }
            Tree::List(members) if !members.is_empty() => {
                for member in members {
                    self.margin(indent);
                    self.text.push_str("- ");
                    self.member(member, indent + INDENT, depth + 1);
                }
            }
            other => {
                self.text.push_str(&flow(other));
                self.text.push('\n');
            }
        }
    }

    fn margin(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn under_key(&mut self, key: &str, value: &Tree, indent: usize, depth: usize) {
        if let Tree::Scalar { text, .. } = value
            && self.is_prose(key, text)
        {
            return self.prose(text, indent + INDENT);
        }
        let begun = self.text.rsplit('\n').next().unwrap_or("").chars().count();
        let line = flow(value);
        if self.is_flow(value, depth, false) && begun + 1 + line.chars().count() <= WIDTH || is_leaf(value) {
            self.text.push(' ');
            self.text.push_str(&line);
            self.text.push('\n');
            return;
        }
        self.text.push('\n');
        // Members of a list stand below its key's first letter in manifests, as kubectl prints them, and further right in scenarios.
        let right = if matches!(value, Tree::List(_)) && self.layout == Layout::Manifest { indent } else { indent + INDENT };
        self.block(value, right, depth, false);
    }

    fn member(&mut self, member: &Tree, indent: usize, depth: usize) {
        let line = flow(member);
        if self.is_flow(member, depth, true) && indent + line.chars().count() <= WIDTH || is_leaf(member) {
            self.text.push_str(&line);
            self.text.push('\n');
        } else if matches!(member, Tree::List(_)) {
            // A list within a list, too long for a line, has no other place.
            self.text.push_str(&line);
            self.text.push('\n');
        } else {
            self.block(member, indent, depth, true);
        }
    }

    /// Whether a value may stand in one line.
    fn is_flow(&self, tree: &Tree, depth: usize, in_list: bool) -> bool {
        match self.layout {
            Layout::Manifest => matches!(tree, Tree::List(members) if members.iter().all(is_leaf)),
            Layout::Scenario => match tree {
                Tree::List(members) if depth == 1 => members.iter().all(is_leaf),
                Tree::Map(_) if depth == 1 || depth == 2 && in_list => false,
                _ => true,
            },
        }
    }

    /// Whether a text is what is told about a scenario, too long for a line, and can be folded.
    fn is_prose(&self, key: &str, text: &str) -> bool {
        let words = text.trim_end_matches('\n');
        self.layout == Layout::Scenario
            && key == "about"
            && !words.contains('\n')
            && words.split(' ').all(|word| !word.is_empty())
            && (text.ends_with('\n') || words.chars().count() > WIDTH - 20)
    }

    fn prose(&mut self, text: &str, indent: usize) {
        self.text.push_str(" >\n");
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&line, indent);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&line, indent);
    }

    fn line(&mut self, line: &str, indent: usize) {
        self.margin(indent);
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn is_leaf(tree: &Tree) -> bool {
    match tree {
        Tree::Scalar { .. } => true,
        Tree::List(members) => members.is_empty(),
        Tree::Map(entries) => entries.is_empty(),
    }
}

/// A value in one line.
fn flow(tree: &Tree) -> String {
    match tree {
        Tree::Scalar { text, plain } => word(text, *plain),
        Tree::List(members) => format!("[{}]", members.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{}: {}", word(key, true), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A scalar, in quotes unless it may and can stand without.
fn word(text: &str, plain: bool) -> String {
    if plain && text.is_empty() {
        return "null".to_owned();
    }
    if plain && needs_no_quotes(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() || control == '\u{feff}' || ('\u{2028}'..='\u{2029}').contains(&control) => {
                quoted.push_str(&escape(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn escape(letter: char) -> String {
    let code = u32::from(letter);
    if code <= 0xff { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") }
}

/// Whether a text means itself without quotes, in a line with brackets, too.
fn needs_no_quotes(text: &str) -> bool {
    let begins_well =
        text.chars().next().is_some_and(|first| first.is_alphanumeric() || "/.+~$^(_<".contains(first) || first == '-' && text.len() > 1);
    let inside = text.chars().all(|letter| letter.is_alphanumeric() || " /._-+~$^*()=<>@;|&!?%'#:\\".contains(letter));
    let means_more = text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.starts_with("- ")
        || text.starts_with("---")
        || text.starts_with("...");
    begins_well && inside && !means_more && text.trim() == text
}
