//! Bytes to types and back: SOAP. Nothing but that.
