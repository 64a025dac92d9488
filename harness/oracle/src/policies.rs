//! Policies: when settled, a volume that was made for a claim carries the storage policy that its StorageClass names.
//!
//! A volume without its policy is placed, encrypted and billed as whatever was at hand, and nothing in Kubernetes shows it. Judged by the
//! parameter `storagepolicyname`, written however, of classes that are still there; the policy by its name in the vCenter that has the
//! volume. Not judged: volumes that somebody took over by hand, policies that are gone, whether a datastore still fulfils one (its tags
//! may have changed since).
//!
//! No report names it: whom it has hurt found it by their bills.

use serde_json::Value;

use crate::findings::Findings;
use crate::homes;
use crate::moment::Moment;
use crate::oracle::{DRIVER, Oracle, Violation, When};
use crate::view::{KUBERNETES, Seen, View};
use crate::words;

/// The parameter of a StorageClass that names a policy, in small letters: drivers take it written however.
const PARAMETER: &str = "storagepolicyname";
/// Who has made a PersistentVolume, where a provisioner has.
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

/// See the module.
#[derive(Default)]
pub struct Policies {
    findings: Findings,
}

impl Oracle for Policies {
    fn name(&self) -> &'static str {
        "policies"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, _moment: &Moment) {}

    fn settled(&mut self, view: &View) {
        for (name, handle, owner) in homes::persistent_volumes(view) {
            let provisioned = owner.text(&["metadata", "annotations", PROVISIONED_BY]) == Some(DRIVER);
            let Some((vcenter, volume)) = homes::home_of(view, name, handle).filter(|_| provisioned) else { continue };
            let Some((class, policy)) = asked(view, owner) else { continue };
            let Some(id) = id_of(view, vcenter, policy) else { continue };
            if volume.text(&["policy"]) == Some(id) {
                continue;
            }
            let found = volume.text(&["policy"]).map_or_else(|| "no policy".to_owned(), |found| name_of(view, vcenter, found));
            let what = words::volume(view, vcenter, handle);
            let message = format!("{what} carries {found}, but its StorageClass {class} asks for storage policy {policy}");
            self.findings.add(message, vec![owner.added, volume.added, volume.changed]);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

/// The class of a PersistentVolume, and the policy that it names.
fn asked<'a>(view: &'a View, owner: &'a Seen) -> Option<(&'a str, &'a str)> {
    let class = owner.text(&["spec", "storageClassName"])?;
    let parameters = view.find(KUBERNETES, "storageclasses/", class)?.state.get("parameters")?.as_object()?;
    let policy = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(PARAMETER)).and_then(|(_, policy)| policy.as_str())?;
    (!policy.is_empty()).then_some((class, policy))
}

/// The id of a policy.
fn id_of<'a>(view: &'a View, vcenter: &str, name: &str) -> Option<&'a str> {
    let named = |seen: &Seen| seen.state.get("name").and_then(Value::as_str) == Some(name);
    view.objects(vcenter, "Policy/").find(|(_, seen)| named(seen)).map(|(id, _)| id)
}

fn name_of(view: &View, vcenter: &str, id: &str) -> String {
    let name = view.find(vcenter, "Policy/", id).and_then(|seen| seen.text(&["name"]));
    name.map_or_else(|| format!("policy {id}"), |name| format!("policy {name}"))
}
