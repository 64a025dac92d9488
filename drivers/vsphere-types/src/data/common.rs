//! Small types that many others hold: localised texts, key and value pairs, descriptions.

use crate::table::data_objects;
use crate::{Object, Value};

data_objects! {
    /// The root of all data objects.
    DynamicData {}

    /// A text by its key in a message catalogue, with arguments.
    LocalizableMessage: DynamicData {
        key: String = "key",
        arg: Vec<KeyAnyValue> = "arg",
        message: Option<String> = "message",
    }

    /// A fault as data, beside the text that it has in the session's language.
    LocalizedMethodFault: DynamicData {
        fault: Object = "fault" -> "MethodFault",
        localized_message: Option<String> = "localizedMessage",
    }

    /// A key and a value of any type.
    KeyAnyValue: DynamicData {
        key: String = "key",
        value: Value = "value",
    }

    /// A key and a text.
    KeyValue: DynamicData {
        key: String = "key",
        value: String = "value",
    }

    /// A setting: dotted key and value of any type.
    OptionValue: DynamicData {
        key: String = "key",
        value: Option<Value> = "value",
    }

    /// A label and a summary for people.
    Description: DynamicData {
        label: String = "label",
        summary: String = "summary",
    }

    /// A description with a key.
    ElementDescription: Description {
        key: String = "key",
    }

    /// A tag of the old vim25 kind, which is not a tag of the tagging service.
    Tag: DynamicData {
        key: String = "key",
    }

    /// A custom attribute that entities may carry.
    CustomFieldDef: DynamicData {
        key: i32 = "key",
        name: String = "name",
        kind: String = "type",
        managed_object_type: Option<String> = "managedObjectType",
        field_def_privileges: Option<Object> = "fieldDefPrivileges" -> "PrivilegePolicyDef",
        field_instance_privileges: Option<Object> = "fieldInstancePrivileges" -> "PrivilegePolicyDef",
    }

    /// The value of a custom attribute; its subtypes hold the value itself.
    CustomFieldValue: DynamicData {
        key: i32 = "key",
    }

    /// The text value of a custom attribute.
    CustomFieldStringValue: CustomFieldValue {
        value: String = "value",
    }
}
