//! Reads bytes into a small tree of elements, within limits, out of quick-xml's events.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::CodecError;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// No element of vim25 has more than a handful; quadratic checks stay cheap.
const MAX_ATTRIBUTES: usize = 32;

/// Envelope, body, call.
const CALL_DEPTH: usize = 2;

/// How much is accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub bytes: usize,
    pub depth: usize,
    pub elements: usize,
}

impl Limits {
    /// Requests are small; the longest lists are of a thousand volumes.
    pub const REQUEST: Self = Self { bytes: 8 << 20, depth: 64, elements: 200_000 };
    /// Answers hold whole inventories; snapshot trees are the deepest.
    pub const RESPONSE: Self = Self { bytes: 128 << 20, depth: 256, elements: 4_000_000 };
}

/// An element, without what vim25 does not use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its local name.
    pub name: String,
    /// Of the envelope, its parts and the call; whatever is inside of the call is known by its name.
    pub namespace: String,
    /// `xsi:type` without its prefix: type names are unique across the namespaces that are served.
    pub xsi_type: Option<String>,
    /// Whether it says that there is nothing.
    pub nil: bool,
    /// The `type` attribute of references.
    pub reference_type: Option<String>,
    /// What is inside of it.
    pub children: Vec<Self>,
    /// Its text, that of its children left out.
    pub text: String,
    /// Where it stands, in bytes from the beginning.
    pub place: u64,
}

impl Element {
    /// The first child of this local name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this local name, or an error that says where it is missing.
    pub(crate) fn require(&self, name: &str) -> Result<&Self, CodecError> {
        self.child(name).ok_or_else(|| self.missing(name))
    }

    pub(crate) fn missing(&self, name: &str) -> CodecError {
        CodecError::Missing { element: name.to_owned(), within: self.name.clone(), place: self.place }
    }
}

/// Reads an answer of a vCenter for whoever wants nothing but to look at it.
///
/// # Errors
/// As for any answer: what is no XML, or too much.
pub fn read_elements(bytes: &[u8]) -> Result<Element, CodecError> {
    parse(bytes, Limits::RESPONSE)
}

/// Reads one document.
pub(crate) fn parse(bytes: &[u8], limits: Limits) -> Result<Element, CodecError> {
    if bytes.len() > limits.bytes {
        return Err(CodecError::TooLarge { size: bytes.len(), limit: limits.bytes });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| CodecError::NotUtf8 { place: error.valid_up_to() as u64 })?;
    Parser { reader: NsReader::from_str(text), limits, open: Vec::new(), elements: 0, root: None }.run()
}

struct Parser<'i> {
    reader: NsReader<&'i [u8]>,
    limits: Limits,
    open: Vec<Element>,
    elements: usize,
    root: Option<Element>,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Element, CodecError> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.malformed(&error.to_string()))?;
            match event {
                Event::Start(start) => self.begin(&start)?,
                Event::Empty(start) => {
                    self.begin(&start)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let letter = self.resolve(&reference)?;
                    self.text(letter.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(CodecError::DocumentType { place: self.place() }),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() {
            return Err(self.malformed("the document ends inside of an element"));
        }
        let place = self.place();
        self.root.ok_or(CodecError::Malformed { reason: "no element".to_owned(), place })
    }

    fn place(&self) -> u64 {
        self.reader.buffer_position()
    }

    fn malformed(&self, reason: &str) -> CodecError {
        CodecError::Malformed { reason: reason.to_owned(), place: self.reader.error_position().max(self.place()) }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), CodecError> {
        let place = self.place();
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(CodecError::TooMany { what: "elements", limit: self.limits.elements, place });
        }
        if self.open.len() >= self.limits.depth {
            return Err(CodecError::TooDeep { limit: self.limits.depth, place });
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.malformed("a second root element"));
        }
        let (namespace, local) = self.reader.resolver().resolve_element(start.name());
        let namespace = match namespace {
            ResolveResult::Bound(namespace) if self.open.len() <= CALL_DEPTH => namespace.0.to_owned(),
            ResolveResult::Bound(_) | ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => return Err(self.malformed(&format!("unbound prefix {prefix}"))),
        };
        let mut element = Element { name: local.into_inner().to_owned(), namespace, place, ..Element::default() };
        self.attributes(start, &mut element)?;
        self.open.push(element);
        Ok(())
    }

    fn attributes(&self, start: &BytesStart<'_>, element: &mut Element) -> Result<(), CodecError> {
        for (index, attribute) in start.attributes().with_checks(false).enumerate() {
            if index >= MAX_ATTRIBUTES {
                return Err(CodecError::TooMany { what: "attributes", limit: MAX_ATTRIBUTES, place: element.place });
            }
            let attribute = attribute.map_err(|error| self.malformed(&error.to_string()))?;
            let (namespace, local) = self.reader.resolver().resolve_attribute(attribute.key);
            let is_xsi = matches!(namespace, ResolveResult::Bound(namespace) if namespace.0 == XSI);
            let is_bare = matches!(namespace, ResolveResult::Unbound);
            let name = local.into_inner();
            if !(is_xsi && matches!(name, "type" | "nil") || is_bare && name == "type") {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| self.malformed(&error.to_string()))?;
            match (is_xsi, name) {
                (true, "nil") => element.nil = matches!(value.trim(), "true" | "1"),
                (true, _) => element.xsi_type = Some(local_part(&value).to_owned()),
                (false, _) => element.reference_type = Some(local_part(&value).to_owned()),
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), CodecError> {
        let Some(element) = self.open.pop() else {
            return Err(self.malformed("an end tag without a start tag"));
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), CodecError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.malformed("text outside of the root element")),
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, CodecError> {
        if let Some(letter) = reference.resolve_char_ref().map_err(|error| self.malformed(&error.to_string()))? {
            return Ok(letter);
        }
        let name = reference.xml10_content();
        match name.as_ref() {
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "amp" => Ok('&'),
            "apos" => Ok('\''),
            "quot" => Ok('"'),
            other => Err(self.malformed(&format!("unknown entity {other}"))),
        }
    }
}

fn local_part(qualified: &str) -> &str {
    let qualified = qualified.trim();
    qualified.rsplit_once(':').map_or(qualified, |(_, local)| local)
}
