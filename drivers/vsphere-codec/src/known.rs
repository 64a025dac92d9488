//! Types that a reader does not know. Who speaks `urn:vim25` does not know those of CNS: a vCenter leaves them out where a slot takes
//! anything, as a task's result does, and elsewhere shows the nearest ancestor that is known, as an error's fault. Clients that want the
//! results of CNS tasks read them in `urn:vsan`, as govmomi and pyVmomi's vSAN stubs do.

use vsphere_types::{Object, Value, namespace_of, type_info};

/// The namespace of types that only some readers know.
const CNS: &str = "urn:vsan";

/// How a value is shown to a reader who does not know the types of CNS.
#[derive(Debug, PartialEq)]
pub(crate) enum Shown {
    /// As it is.
    AsItIs,
    /// As an object of an ancestor's type.
    As(Object),
    /// Not at all.
    Not,
}

/// What of a value is shown; `typed` says that the slot is declared as a data type, whose ancestors fit too.
pub(crate) fn shown(value: &Value, typed: bool) -> Shown {
    match value {
        Value::Object(object) if object.type_name == "DynamicProperty" => match object.get("val").map(|inner| shown(inner, false)) {
            Some(Shown::Not) => Shown::Not,
            _ => Shown::AsItIs,
        },
        Value::Object(object) if namespace_of(&object.type_name) == CNS => {
            if typed {
                ancestor(object).map_or(Shown::Not, Shown::As)
            } else {
                Shown::Not
            }
        }
        Value::Array(array) if namespace_of(&array.item_type) == CNS => Shown::Not,
        _ => Shown::AsItIs,
    }
}

/// The object as one of the nearest ancestor that is known, with the fields that this one has.
fn ancestor(object: &Object) -> Option<Object> {
    let mut info = type_info(&object.type_name)?;
    while info.namespace() == CNS {
        info = type_info(info.base?)?;
    }
    let fields = object.fields.iter().filter(|(name, _)| info.field(name).is_some()).cloned().collect();
    (info.name != "DynamicData").then(|| Object { type_name: info.name.into(), fields })
}
