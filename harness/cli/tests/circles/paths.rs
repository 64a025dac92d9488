//! The paths that a file writes: those of its `use` items, and those that stand in its code.

/// A path, and the name that a `use` item gives to what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `crate`, `state`, `Volume`.
    pub steps: Vec<String>,
    /// The name here; nothing for a path in code.
    pub name: Option<String>,
}

/// The file without comments, texts and its module of tests.
fn code(text: &str) -> String {
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |tests| &text[..tests]);
    let mut code = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                letters.by_ref().find(|letter| *letter == '\n');
                code.push('\n');
            }
            '"' if before == '\'' => code.push(letter),
            '"' => {
                while let Some(inside) = letters.next().filter(|inside| *inside != '"') {
                    if inside == '\\' {
                        letters.next();
                    }
                }
                code.push_str("\"\"");
            }
            _ => code.push(letter),
        }
        before = letter;
    }
    without_visibilities(&code)
}

/// Who may see an item (`pub(in crate::kubelet)`) is no use of what is named there.
fn without_visibilities(code: &str) -> String {
    let mut parts = code.split("pub(in ");
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        found.push_str("pub");
        found.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    found
}

/// All paths of a file.
pub fn written(text: &str) -> Vec<Written> {
    let code = code(text);
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = code.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let Some(start) = item(line) else {
            rest.push_str(line);
            continue;
        };
        let mut whole = start.to_owned();
        while !whole.contains(';') {
            let Some(next) = lines.next() else { break };
            whole.push_str(next);
        }
        expand(whole.split(';').next().unwrap_or_default(), &[], &mut found);
    }
    found.extend(in_code(&rest));
    found
}

/// What stands behind `use`, if the line begins such an item.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = match line.strip_prefix("pub") {
        Some(shown) => shown.trim_start_matches(|letter: char| letter != ' ' && letter != ';').trim_start(),
        None => line,
    };
    line.strip_prefix("use ")
}

/// The paths of a tree: `a::{b, c as d}`.
fn expand(tree: &str, above: &[String], found: &mut Vec<Written>) {
    for part in parts(tree) {
        let (path, inside) = part.split_once('{').map_or((part, None), |(path, inside)| (path, Some(inside)));
        let (path, alias) = path.split_once(" as ").map_or((path, None), |(path, alias)| (path, Some(alias.trim().to_owned())));
        let mut steps = above.to_vec();
        steps.extend(path.split("::").map(|step| step.trim().trim_start_matches("r#").to_owned()).filter(|step| !step.is_empty()));
        match inside {
            Some(inside) => expand(inside.trim_end().strip_suffix('}').unwrap_or(inside), &steps, found),
            None => {
                if steps.len() > 1 && steps.last().is_some_and(|step| step == "self") {
                    steps.pop();
                }
                let name = alias.or_else(|| steps.last().cloned());
                found.push(Written { steps, name });
            }
        }
    }
}

/// The parts of a list, at the commas that stand in no braces.
fn parts(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (place, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Paths of at least two steps. One behind a dollar sign belongs to whoever expands the macro.
fn in_code(code: &str) -> Vec<Written> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let words = code.split(|letter: char| !is_part(letter) && letter != '$');
    let paths = words.filter(|word| word.contains("::") && !word.starts_with(['$', ':'])).map(|word| word.trim_end_matches(':'));
    let steps = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    paths.map(steps).filter(|steps| steps.len() > 1).map(|steps| Written { steps, name: None }).collect()
}
