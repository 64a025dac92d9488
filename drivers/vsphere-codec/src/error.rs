//! What can be wrong with bytes that come from outside.

/// Why bytes could not be read. `place` is the offset in bytes at which the element ends its opening tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// More bytes than anyone sends.
    #[error("{size} bytes are more than the limit of {limit}")]
    TooLarge {
        /// What was sent.
        size: usize,
        /// What is accepted.
        limit: usize,
    },
    /// Elements are nested too deeply.
    #[error("elements are nested more than {limit} deep at byte {place}")]
    TooDeep {
        /// What is accepted.
        limit: usize,
        /// Where.
        place: u64,
    },
    /// Too many elements or attributes.
    #[error("more than {limit} {what} at byte {place}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// What is accepted.
        limit: usize,
        /// Where.
        place: u64,
    },
    /// Not UTF-8.
    #[error("not UTF-8 at byte {place}")]
    NotUtf8 {
        /// Where.
        place: u64,
    },
    /// Not well-formed XML.
    #[error("malformed XML at byte {place}: {reason}")]
    Malformed {
        /// What the parser says.
        reason: String,
        /// Where.
        place: u64,
    },
    /// Document types are not accepted: nobody sends them but to do harm.
    #[error("document type declaration at byte {place}")]
    DocumentType {
        /// Where.
        place: u64,
    },
    /// An element or attribute is missing.
    #[error("missing {element} in {within} at byte {place}")]
    Missing {
        /// What is missing.
        element: String,
        /// Where it should be.
        within: String,
        /// Where that is.
        place: u64,
    },
    /// An element stands where another is expected.
    #[error("unexpected {element} in {within} at byte {place}")]
    Unexpected {
        /// What stands there.
        element: String,
        /// In what.
        within: String,
        /// Where.
        place: u64,
    },
    /// An element stands twice that may stand once.
    #[error("repeated {element} in {within} at byte {place}")]
    Repeated {
        /// What stands there again.
        element: String,
        /// In what.
        within: String,
        /// Where.
        place: u64,
    },
    /// The namespace of a method is none of ours.
    #[error("unknown namespace {namespace} of {element} at byte {place}")]
    Namespace {
        /// The namespace.
        namespace: String,
        /// Whose it is.
        element: String,
        /// Where.
        place: u64,
    },
    /// A text is not a value of the declared type. The text itself is not repeated: it may be a secret.
    #[error("{element} at byte {place} is not of type {expected}")]
    Value {
        /// The element.
        element: String,
        /// The declared type.
        expected: String,
        /// Where.
        place: u64,
    },
    /// An element says that it is of a type that does not fit.
    #[error("{element} at byte {place} is {found} instead of {expected}")]
    Type {
        /// The element.
        element: String,
        /// The declared type.
        expected: String,
        /// What it says it is.
        found: String,
        /// Where.
        place: u64,
    },
}
