//! Ids that somebody drew, replaced by the order of their first appearance: two runs that differ in nothing but these went the same way.
//!
//! This is the whole list:
//!
//! | What | Who draws it |
//! | --- | --- |
//! | UUIDs, also in the midst of a word (`pvc-…`, `worker-1_…`) | vCenters and API servers for what they make; programs for leases' holders, operations, traces |
//! | sixteen hexadecimal digits after a full stop, to a word's end (`web-0.17bd2f9a3c1e4d5f`) | client-go, for the names of Events |

use std::collections::BTreeMap;

/// What has appeared so far in one journal.
#[derive(Debug, Default)]
pub(crate) struct Ids(BTreeMap<String, usize>);

/// The lengths of a UUID's groups.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// The digits at the end of an Event's name.
const EVENT: usize = 16;

impl Ids {
    /// The line with each id replaced by its number.
    pub(crate) fn replace(&mut self, line: &str) -> String {
        let bytes = line.as_bytes();
        let (mut replaced, mut copied, mut at) = (String::with_capacity(line.len()), 0, 0);
        while at < bytes.len() {
            let Some(length) = uuid(&bytes[at..]).or_else(|| event(bytes, at)) else {
                at += 1;
                continue;
            };
            let next = self.0.len() + 1;
            let number = *self.0.entry(line[at..at + length].to_owned()).or_insert(next);
            // Ids are ASCII, so these are whole characters.
            replaced.push_str(&line[copied..at]);
            replaced.push_str(&format!("#{number}"));
            (at, copied) = (at + length, at + length);
        }
        replaced.push_str(&line[copied..]);
        replaced
    }
}

/// The length of the UUID that begins here.
fn uuid(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (n, group) in UUID.into_iter().enumerate() {
        if n > 0 {
            (bytes.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        bytes.get(at..at + group)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
        at += group;
    }
    Some(at)
}

/// The length of the end of an Event's name that begins here.
fn event(bytes: &[u8], at: usize) -> Option<usize> {
    (at > 0 && bytes[at - 1] == b'.').then_some(())?;
    bytes.get(at..at + EVENT)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
    bytes.get(at + EVENT).is_none_or(|next| !next.is_ascii_alphanumeric()).then_some(EVENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_by_their_first_appearance() {
        let (one, other) = ("0b6e9a4e-1f52-4d5b-9f6c-0d6b2a8f3c11", "7d7c1f4a-6a55-4a0e-8a39-2a1d6f0e9b22");
        let mut ids = Ids::default();
        assert_eq!(ids.replace(&format!("ä {one} pvc-{other} {one}-x")), "ä #1 pvc-#2 #1-x");
        assert_eq!(
            ids.replace(&format!("{other}; web-0.17bd2f9a3c1e4d5f\"; 1.2345; deadbeef-0000")),
            "#2; web-0.#3\"; 1.2345; deadbeef-0000"
        );
    }
}
