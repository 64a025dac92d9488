//! Writes elements into memory with quick-xml's writer, which escapes texts and attributes.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document in the making.
pub(crate) struct Document {
    writer: Writer<Vec<u8>>,
    /// Whether its reader knows the types of CNS.
    knows_cns: bool,
}

impl Document {
    pub fn new() -> Self {
        let mut document = Self { writer: Writer::new(Vec::new()), knows_cns: true };
        document.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        document
    }

    fn write(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory does not fail");
    }

    /// From here on, for a reader who does not know the types of CNS.
    pub fn without_cns(&mut self) {
        self.knows_cns = false;
    }

    pub fn knows_cns(&self) -> bool {
        self.knows_cns
    }

    pub fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    pub fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin(name, attributes);
        self.write(Event::Text(BytesText::new(&allowed(text))));
        self.end(name);
    }

    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner()
    }
}

/// XML has no way to write most control characters; what cannot be written becomes U+FFFD, as in vCenter's own texts.
fn allowed(text: &str) -> std::borrow::Cow<'_, str> {
    let forbidden = |letter: char| matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) {
        text.chars().map(|letter| if forbidden(letter) { '\u{fffd}' } else { letter }).collect::<String>().into()
    } else {
        text.into()
    }
}
