//! Bytes to types and back: SOAP. Nothing but that.
//!
//! The type table of `vsphere-types` drives both directions; a type or field that it does not have is kept as it
//! came. Input from outside is bounded in size, depth and number of elements, and whatever is wrong with it is a
//! [`CodecError`] that names the element and where it stands.
//!
//! Not modelled: SOAP 1.2, attachments, WS-Security headers, `serverGuid` of references, XML encodings but UTF-8.

mod decode;
mod element;
mod encode;
mod error;
mod known;
pub mod soap;
pub mod versions;
mod writer;

pub use element::{Element, read_elements};
pub use error::CodecError;
