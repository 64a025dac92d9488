//! A journal as the page carries it: an array of its lines, once.

use seatrial_journal::Entry;

use super::escape::escape_json;
use super::line;

/// Adds the journal of the sailing at this place.
pub(super) fn embed(page: &mut String, place: usize, entries: &[Entry]) {
    line(page, &format!("<script type=\"application/json\" id=\"journal-{place}\">["));
    for (number, entry) in entries.iter().enumerate() {
        let json = serde_json::to_string(entry).expect("an entry is plain data with text keys");
        let comma = if number + 1 == entries.len() { "" } else { "," };
        line(page, &format!("{}{comma}", escape_json(&json)));
    }
    line(page, "]</script>");
}
