//! What the page carries packed (zlib, base64), for its script to unpack when somebody looks: journals, and what there is to
//! say of cases of which nobody may ask.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use seatrial_journal::Entry;
use serde::Serialize;

use super::line;

/// Adds the journal of the case of this name.
pub(super) fn journal(page: &mut String, name: &str, entries: &[Entry]) {
    embed(page, &format!("journal/{name}"), entries);
}

/// Adds the articles that are shown on demand, by the names of their cases.
pub(super) fn articles(page: &mut String, articles: &[(&str, String)]) {
    embed(page, "articles", articles);
}

fn embed<T: Serialize + ?Sized>(page: &mut String, id: &str, data: &T) {
    line(page, &format!("<script type=\"application/octet-stream\" id=\"{id}\">{}</script>", packed(data)));
}

fn packed<T: Serialize + ?Sized>(data: &T) -> String {
    let json = serde_json::to_vec(data).expect("it is plain data with text keys");
    // Journals repeat themselves so much that the fastest way packs them well. In one piece: a call for each entry costs more.
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&json).expect("writing to memory does not fail");
    STANDARD.encode(packer.finish().expect("writing to memory does not fail"))
}
