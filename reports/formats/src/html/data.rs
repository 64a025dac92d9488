//! A journal as the page carries it: its lines as one array of JSON, packed (zlib, base64), for browsers unpack by themselves.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use seatrial_journal::Entry;

use super::line;

/// Adds the journal of the case at this place.
pub(super) fn embed(page: &mut String, place: usize, entries: &[Entry]) {
    line(page, &format!("<script type=\"application/octet-stream\" id=\"journal-{place}\">{}</script>", packed(entries)));
}

fn packed(entries: &[Entry]) -> String {
    let json = serde_json::to_vec(entries).expect("entries are plain data with text keys");
    // Journals repeat themselves so much that the fastest way packs them well. In one piece: a call for each entry costs more.
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&json).expect("writing to memory does not fail");
    STANDARD.encode(packer.finish().expect("writing to memory does not fail"))
}
