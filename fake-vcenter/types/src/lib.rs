//! The data types of vim25 and CNS that are spoken here: hierarchy, fields, enums, faults, in one table.

mod moref;
mod value;

pub use moref::MoRef;
pub use value::{Array, EnumValue, Object, Value};
