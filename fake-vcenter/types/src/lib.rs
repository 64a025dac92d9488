//! The data types of vim25 and CNS that are spoken here: hierarchy, fields, enums, faults, in one table.

mod data;
mod fault;
mod managed;
mod method;
mod moref;
mod table;
mod value;

pub use data::{
    about::*, cns_result::*, cns_snapshot::*, cns_spec::*, cns_volume::*, common::*, compute::*, datastore::*, device::*, disk::*,
    enums::*, fault_base::*, fault_cns::*, fault_vim::*, host::*, network_card::*, property::*, session::*, task::*, vm_config::*,
    vm_state::*,
};
pub use fault::{Fault, TypedFault};
pub use managed::{PathError, PropertyType, property_type};
pub use method::{Method, MethodInfo};
pub use moref::MoRef;
pub use table::{
    Binary, DataObject, Declared, FieldInfo, Item, TypeError, TypeInfo, TypeKind, all_types, has_subtypes, is_subtype, namespace_of,
    type_info,
};
pub use value::{Array, EnumValue, Object, Value};
