//! Where what a report says comes from: which drivers ran, by what their binaries and they themselves say; what each world was made of.

mod binary;
pub(crate) mod case;
pub mod drivers;
pub(crate) mod go;
pub(crate) mod observed;
