//! Faults as methods answer them: an object of a fault type and a text.

use crate::table::DataObject;
use crate::{LocalizedMethodFault, Object, Value};

/// A fault: what a method answers instead of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The fault as data, of its most specific type.
    pub object: Object,
    /// What people read.
    pub message: String,
}

/// A struct that is a fault.
pub trait TypedFault: DataObject {
    /// As a method answers it, with vCenter's own text where we know it.
    fn fault(self) -> Fault {
        let object = self.into_object();
        let message = text_of(&object);
        Fault { object, message }
    }

    /// As a method answers it, with this text.
    fn fault_with(self, message: impl Into<String>) -> Fault {
        Fault { object: self.into_object(), message: message.into() }
    }

    /// As data, for results and missing properties.
    fn localized(self) -> LocalizedMethodFault {
        self.fault().into_localized()
    }
}

impl Fault {
    /// As data, for results and missing properties.
    pub fn into_localized(self) -> LocalizedMethodFault {
        LocalizedMethodFault { fault: self.object, localized_message: Some(self.message) }
    }

    /// Wire name of the most specific type.
    pub fn type_name(&self) -> &str {
        &self.object.type_name
    }

    /// Whether it is of this type or one that extends it.
    pub fn is_a(&self, type_name: &str) -> bool {
        self.object.is_a(type_name)
    }
}

impl From<LocalizedMethodFault> for Fault {
    fn from(localized: LocalizedMethodFault) -> Self {
        let message = localized.localized_message.unwrap_or_else(|| text_of(&localized.fault));
        Self { object: localized.fault, message }
    }
}

/// The English text of a fault; that of a type without a known text is the type's name.
fn text_of(fault: &Object) -> String {
    let field = |name: &str| match fault.get(name) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Ref(reference)) => format!("vim.{reference}"),
        Some(Value::Enum(member)) => member.member.to_string(),
        _ => String::new(),
    };
    match fault.type_name.as_str() {
        "InvalidArgument" => format!("A specified parameter was not correct: {}", field("invalidProperty")),
        "ManagedObjectNotFound" => {
            format!("The object '{}' has already been deleted or has not been completely created", field("obj"))
        }
        "ResourceInUse" => format!("The resource '{}' is in use.", field("name")),
        "NoDiskSpace" => format!("Insufficient disk space on datastore '{}'.", field("datastore")),
        "InvalidPowerState" => {
            format!("The attempted operation cannot be performed in the current state ({}).", capitalised(&field("existingState")))
        }
        "DuplicateName" => format!("The name '{}' already exists.", field("name")),
        "SystemError" => format!("A general system error occurred: {}", field("reason")),
        "CnsFault" => format!("CnsFault error: {}", field("reason")),
        other => fixed_text(other).map_or_else(|| other.to_owned(), str::to_owned),
    }
}

fn fixed_text(type_name: &str) -> Option<&'static str> {
    Some(match type_name {
        "InvalidLogin" => "Cannot complete login due to an incorrect user name or password.",
        "NotAuthenticated" => "The session is not authenticated.",
        "NoPermission" => "Permission to perform this operation was denied.",
        "NotFound" => "The object or item referred to could not be found.",
        "InvalidState" => "The operation is not allowed in the current state.",
        "ConcurrentAccess" => "Cannot complete operation due to concurrent modification by another operation.",
        "TaskInProgress" => "Another task is already in progress.",
        "HostNotConnected" => "Unable to communicate with the remote host, since it is disconnected.",
        "NotSupported" => "The operation is not supported on the object.",
        "TooManySnapshotLevels" => "The maximum number of snapshot levels has been exceeded.",
        "RequestCanceled" => "The task was canceled by a user.",
        _ => return None,
    })
}

/// `poweredOff` as people read it: `Powered off`.
fn capitalised(member: &str) -> String {
    let mut text = String::new();
    for (index, letter) in member.chars().enumerate() {
        match (index, letter.is_ascii_uppercase()) {
            (0, _) => text.push(letter.to_ascii_uppercase()),
            (_, true) => text.extend([' ', letter.to_ascii_lowercase()]),
            (_, false) => text.push(letter),
        }
    }
    text
}
