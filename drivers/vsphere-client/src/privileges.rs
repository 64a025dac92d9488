//! What a fault says of privileges that are missing: vCenter's own text rarely names them, the fault's fields do.
//!
//! | Fault | Where it says so |
//! | --- | --- |
//! | `NoPermission` | `privilegeId` on `object`; since 7.0 U3 all of them in `missingPrivileges`, by entity |
//! | `PbmFaultNoPermission` | `missingPrivileges`, by profile |
//! | `CnsMissingPrivilegeFault` | `privileges` |
//! | any of CNS's with a `faultCause` | the fault below |

use vsphere_types::{Fault, MoRef, Object, Value};

/// A fault's text, with the privileges that it says are missing, and on what.
pub fn describe(fault: &Fault) -> String {
    describe_fault(&fault.object, &fault.message)
}

/// The same of a fault inside another, and its text.
pub fn describe_fault(fault: &Object, message: &str) -> String {
    let missing = missing(fault);
    if missing.is_empty() {
        return message.to_owned();
    }
    let lacks = missing.iter().map(|(privilege, place)| match place {
        Some(place) => format!("{privilege} on {place}"),
        None => privilege.clone(),
    });
    format!("{message} (the account lacks {}: grant it there)", lacks.collect::<Vec<_>>().join(", "))
}

/// Privileges and what each is missing on, each pair once.
fn missing(fault: &Object) -> Vec<(String, Option<String>)> {
    // An ended session is a NoPermission to vCenter, and none to people.
    if fault.is_a("NotAuthenticated") {
        return Vec::new();
    }
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let mut add = |ids: Option<&Value>, place: Option<String>| {
        for id in ids.map_or(&[][..], Value::items).iter().filter_map(Value::as_text) {
            let pair = (id.to_owned(), place.clone());
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    };
    let reference = |object: &Object, field: &str| object.get(field).and_then(Value::as_ref_value).map(MoRef::to_string);
    add(fault.get("privilegeId"), reference(fault, "object"));
    for part in fault.get("missingPrivileges").map_or(&[][..], Value::items).iter().filter_map(Value::as_object) {
        let profile = part.get("profileId").and_then(Value::as_object).and_then(|id| id.get("uniqueId")).and_then(Value::as_text);
        let place = reference(part, "entity").or_else(|| profile.map(|id| format!("storage policy {id}")));
        add(part.get("privilegeIds"), place);
    }
    add(fault.get("privileges").filter(|_| fault.is_a("CnsMissingPrivilegeFault")), None);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(object: Object) -> Fault {
        Fault { object, message: "Permission to perform this operation was denied.".to_owned() }
    }

    #[test]
    fn what_is_missing_is_told_with_its_place() {
        let folder = MoRef::new("Folder", "group-d1");
        let datastore = MoRef::new("Datastore", "datastore-12");
        let ids = |ids: &[&str]| Value::array(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        let part = Object::new("NoPermissionEntityPrivileges")
            .with("entity", datastore)
            .with("privilegeIds", ids(&["Datastore.FileManagement", "Datastore.Browse"]));
        let one = Object::new("NoPermission").with("object", folder).with("privilegeId", "Cns.Searchable");
        let all = one.clone().with("missingPrivileges", Value::array(vec![part]));
        let cns = Object::new("CnsMissingPrivilegeFault").with("privileges", ids(&["Datastore.FileManagement"]));
        let ended = Object::new("NotAuthenticated").with("privilegeId", "System.View");
        let texts = [one, all, cns, ended, Object::new("NotFound"), Object::new("NoPermission")].map(|object| describe(&fault(object)));
        insta::assert_snapshot!(texts.join("\n"));
    }
}
