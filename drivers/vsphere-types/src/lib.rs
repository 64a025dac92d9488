//! The data types of vim25, CNS, the policy service and VSLM that are spoken here: hierarchy, fields, enums, faults, in one table.

mod data;
mod fault;
mod managed;
mod method;
mod moref;
mod name;
mod table;
mod value;

pub use data::{
    about::*, authorization::*, cns_result::*, cns_snapshot::*, cns_spec::*, cns_volume::*, common::*, compute::*, crypto::*, datastore::*,
    device::*, disk::*, enums::*, event::*, fault_base::*, fault_cns::*, fault_pbm::parts::*, fault_pbm::*, fault_vim::*, files::*,
    first_class_disk::*, host::*, host_hardware::*, network_card::*, pbm::internal::*, pbm::*, pbm_placement::*, performance::*,
    property::*, session::*, task::*, vm_config::*, vm_spec::*, vm_state::*, vsan::*, vslm::*,
};
pub use fault::{Fault, TypedFault};
pub use managed::{PathError, PropertyType, property_type};
pub use method::{Method, MethodInfo, Request, Returned, request};
pub use moref::MoRef;
pub use name::Name;
pub use table::{
    Binary, DataObject, Declared, FieldInfo, Item, TypeError, TypeInfo, TypeKind, all_types, has_subtypes, is_subtype, namespace_of,
    type_info,
};
pub use value::{Array, EnumValue, Object, Value};
