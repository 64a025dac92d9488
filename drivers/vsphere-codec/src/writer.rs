//! Writes elements into memory. Texts and attributes that need it are escaped by quick-xml's writer.

use quick_xml::Writer;
use quick_xml::events::{BytesStart, BytesText, Event};

/// A document in the making.
pub(crate) struct Document {
    bytes: Vec<u8>,
    /// Whether its reader knows the types of CNS.
    knows_cns: bool,
}

impl Document {
    pub fn new() -> Self {
        Self { bytes: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_vec(), knows_cns: true }
    }

    fn put(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part.as_bytes()));
    }

    fn escape(&mut self, event: Event<'_>) {
        Writer::new(&mut self.bytes).write_event(event).expect("writing to memory does not fail");
    }

    /// From here on, for a reader who does not know the types of CNS.
    pub fn without_cns(&mut self) {
        self.knows_cns = false;
    }

    pub fn knows_cns(&self) -> bool {
        self.knows_cns
    }

    pub fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        if attributes.iter().any(|(_, value)| needs_care(value)) {
            return self.escape(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        }
        self.put(&["<", name]);
        for (name, value) in attributes {
            self.put(&[" ", name, "=\"", value, "\""]);
        }
        self.bytes.push(b'>');
    }

    pub fn end(&mut self, name: &str) {
        self.put(&["</", name, ">"]);
    }

    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.bytes.reserve(2 * name.len() + text.len() + "<></>".len());
        self.begin(name, attributes);
        if needs_care(text) {
            self.escape(Event::Text(BytesText::new(&allowed(text))));
        } else {
            self.put(&[text]);
        }
        self.end(name);
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Whether a text is anything but letters that stand for themselves wherever they are.
fn needs_care(text: &str) -> bool {
    // Texts are short and few need care, so all letters are looked at without asking after each whether to go on.
    text.bytes().fold(false, |care, byte| care | CARE[usize::from(byte)])
}

/// Letters that do not stand for themselves, or begin one that does not.
const CARE: [bool; 256] = {
    let mut care = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        care[byte] = matches!(byte, 0..=0x1f | 0x22 | 0x26 | 0x27 | 0x3c | 0x3e | 0x7f | 0xef);
        byte += 1;
    }
    care
};

/// XML has no way to write most control characters; what cannot be written becomes U+FFFD, as in vCenter's own texts.
fn allowed(text: &str) -> std::borrow::Cow<'_, str> {
    let forbidden = |letter: char| matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) {
        text.chars().map(|letter| if forbidden(letter) { '\u{fffd}' } else { letter }).collect::<String>().into()
    } else {
        text.into()
    }
}
