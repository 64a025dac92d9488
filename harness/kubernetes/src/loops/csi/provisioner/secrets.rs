//! The secrets of a volume's calls: how a class names them, and what they hold.
//!
//! Modelled: the keys of each call and the older ones without a prefix, the class's default for all calls, the templates in
//! names and namespaces, what external-provisioner refuses and its words, and the Secret itself for CreateVolume and
//! DeleteVolume. The other calls' secrets go into the volume as references; the attacher sends its own, and kubelet none yet.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, SecretReference};
use kube::ResourceExt;

use super::super::credentials::words;
use crate::client::reason_of;

/// Parameters with this prefix are the sidecar's, not the driver's.
pub(super) const PREFIX: &str = "csi.storage.k8s.io/";

/// The calls that secrets are for.
pub(super) struct Purpose {
    /// How messages name it.
    name: &'static str,
    /// What stands between the prefix and `secret-name`.
    key: &'static str,
    /// What stands between `csi` and `SecretName` in the older keys, where there are such.
    old: Option<&'static str>,
}

/// One of the two keys by which a Secret is named: how it ends, and how the older one does.
struct Part {
    new: &'static str,
    old: &'static str,
}

const NAME: Part = Part { new: "name", old: "Name" };
const NAMESPACE: Part = Part { new: "namespace", old: "Namespace" };

const ANY: Purpose = Purpose { name: "Default", key: "", old: None };
/// CreateVolume and DeleteVolume.
pub(super) const PROVISIONER: Purpose = Purpose { name: "Provisioner", key: "provisioner-", old: Some("Provisioner") };
/// ControllerPublishVolume and its contrary.
pub(super) const CONTROLLER_PUBLISH: Purpose =
    Purpose { name: "ControllerPublish", key: "controller-publish-", old: Some("ControllerPublish") };
/// NodeStageVolume.
pub(super) const NODE_STAGE: Purpose = Purpose { name: "NodeStage", key: "node-stage-", old: Some("NodeStage") };
/// NodePublishVolume.
pub(super) const NODE_PUBLISH: Purpose = Purpose { name: "NodePublish", key: "node-publish-", old: Some("NodePublish") };
/// ControllerExpandVolume.
pub(super) const CONTROLLER_EXPAND: Purpose = Purpose { name: "ControllerExpand", key: "controller-expand-", old: None };
/// NodeExpandVolume.
pub(super) const NODE_EXPAND: Purpose = Purpose { name: "NodeExpand", key: "node-expand-", old: None };
/// ControllerModifyVolume.
pub(super) const CONTROLLER_MODIFY: Purpose = Purpose { name: "ControllerModify", key: "controller-modify-", old: None };

const ALL: [&Purpose; 8] =
    [&ANY, &PROVISIONER, &CONTROLLER_PUBLISH, &NODE_STAGE, &NODE_PUBLISH, &CONTROLLER_EXPAND, &NODE_EXPAND, &CONTROLLER_MODIFY];

impl Purpose {
    fn key(&self, part: &Part) -> String {
        format!("{PREFIX}{}secret-{}", self.key, part.new)
    }

    fn template<'a>(&self, parameters: &'a BTreeMap<String, String>, part: &Part) -> Vec<&'a str> {
        let old = self.old.map(|old| format!("csi{old}Secret{}", part.old));
        old.into_iter().chain([self.key(part)]).filter_map(|key| parameters.get(&key)).map(String::as_str).collect()
    }

    /// The templates of name and namespace, when the class has them.
    fn templates<'a>(&self, parameters: &'a BTreeMap<String, String>) -> Result<Option<(&'a str, &'a str)>, String> {
        let name = self.name;
        match (&*self.template(parameters, &NAME), &*self.template(parameters, &NAMESPACE)) {
            ([], []) => Ok(None),
            ([_, _, ..], _) | (_, [_, _, ..]) => {
                Err(format!("{name} secrets specified in parameters with both \"csi\" and \"{PREFIX}\" keys"))
            }
            ([_], []) | ([], [_]) => Err(format!("either name and namespace for {name} secrets specified, Both must be specified")),
            ([""], _) | (_, [""]) => Err(format!("{name} secrets specified in parameters but value of either namespace or name is empty")),
            ([secret], [namespace]) => Ok(Some((secret, namespace))),
        }
    }

    /// The Secret that the class names for this volume and claim, if any; whether it exists is not asked.
    pub(super) fn reference(
        &self,
        parameters: &BTreeMap<String, String>,
        volume: &str,
        claim: &PersistentVolumeClaim,
    ) -> Result<Option<SecretReference>, String> {
        let own = self.templates(parameters).map_err(|why| format!("failed to get name and namespace template from params: {why}"))?;
        let templates = match own {
            Some(templates) => Some(templates),
            None => {
                ANY.templates(parameters).map_err(|why| format!("failed to get default name and namespace template from params: {why}"))?
            }
        };
        let Some((secret, namespace)) = templates else { return Ok(None) };
        let mut known = BTreeMap::from([
            ("pv.name".to_owned(), volume.to_owned()),
            ("pvc.namespace".to_owned(), claim.namespace().unwrap_or_default()),
        ]);
        let namespace = resolved(namespace, &known, "namespace", |text| text.len() < 64 && is_label(text))?;
        known.insert("pvc.name".to_owned(), claim.name_any());
        known.extend(claim.annotations().iter().map(|(key, value)| (format!("pvc.annotations['{key}']"), value.clone())));
        let secret = resolved(secret, &known, "secret", |text| text.len() < 254 && text.split('.').all(is_label))?;
        Ok(Some(SecretReference { name: Some(secret), namespace: Some(namespace) }))
    }
}

/// Whether a key with the prefix is one that the sidecar knows.
pub(super) fn is_known(key: &str) -> bool {
    ALL.iter().any(|purpose| key == purpose.key(&NAME) || key == purpose.key(&NAMESPACE))
}

/// A template with its words filled in.
fn resolved(template: &str, words: &BTreeMap<String, String>, what: &str, is_valid: impl Fn(&str) -> bool) -> Result<String, String> {
    let text = expanded(template, words).map_err(|why| format!("error resolving value {template:?}: {why}"))?;
    match () {
        () if is_valid(&text) => Ok(text),
        () if text == template => Err(format!("{template:?} is not a valid {what} name")),
        () => Err(format!("{template:?} resolved to {text:?} which is not a valid {what} name")),
    }
}

/// Fills `${word}` and `$word` in, as Go's `os.Expand` reads them.
fn expanded(template: &str, words: &BTreeMap<String, String>) -> Result<String, String> {
    let (mut text, mut missing, mut rest) = (String::new(), Vec::new(), template);
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let word;
        (word, rest) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}').unwrap_or((braced, "")),
            None => {
                after.split_at(after.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(after.len()))
            }
        };
        match words.get(word) {
            Some(value) => text.push_str(value),
            None => missing.push(word),
        }
    }
    text.push_str(rest);
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(text);
    }
    let quoted: Vec<String> = missing.iter().map(|word| format!("{word:?}")).collect();
    Err(format!("invalid tokens: [{}]", quoted.join(" ")))
}

/// Whether a text is what RFC 1123 calls a label, of any length.
fn is_label(text: &str) -> bool {
    let alphanumeric = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.starts_with(alphanumeric) && text.ends_with(alphanumeric) && text.chars().all(|letter| alphanumeric(letter) || letter == '-')
}

/// What the Secret holds.
pub(super) async fn credentials(client: &kube::Client, reference: Option<&SecretReference>) -> Result<BTreeMap<String, String>, String> {
    let held = super::super::credentials::credentials(client, reference).await;
    held.map_err(|error| {
        let (name, namespace) = reference.map(words).unwrap_or_default();
        format!("error getting secret {name} in namespace {namespace}: {}", reason_of(&error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim() -> PersistentVolumeClaim {
        serde_json::from_value(serde_json::json!({
            "metadata": {"name": "data", "namespace": "shop", "annotations": {"example.com/key": "ledger"}}
        }))
        .unwrap()
    }

    fn asked(parameters: &[(&str, &str)]) -> Result<Option<(String, String)>, String> {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let reference = PROVISIONER.reference(&parameters, "pvc-1", &claim())?;
        Ok(reference.map(|reference| (reference.name.unwrap(), reference.namespace.unwrap())))
    }

    const KEY: &str = "csi.storage.k8s.io/provisioner-secret-name";
    const WHERE: &str = "csi.storage.k8s.io/provisioner-secret-namespace";

    #[test]
    fn a_secret_is_named_by_templates() {
        let named = |name, namespace| asked(&[(KEY, name), (WHERE, namespace)]).unwrap().unwrap();
        assert_eq!(named("of-${pv.name}", "${pvc.namespace}"), ("of-pvc-1".into(), "shop".into()));
        assert_eq!(named("${pvc.annotations['example.com/key']}-${pvc.name}", "kube"), ("ledger-data".into(), "kube".into()));
        let default = asked(&[("csi.storage.k8s.io/secret-name", "all"), ("csi.storage.k8s.io/secret-namespace", "kube")]);
        assert_eq!(default.unwrap().unwrap(), ("all".into(), "kube".into()));
        let old = asked(&[("csiProvisionerSecretName", "old"), ("csiProvisionerSecretNamespace", "kube")]);
        assert_eq!(old.unwrap().unwrap(), ("old".into(), "kube".into()));
        assert_eq!(asked(&[]), Ok(None));
    }

    #[test]
    fn what_cannot_be_resolved_is_refused_in_the_sidecars_words() {
        let refused = |parameters: &[(&str, &str)]| asked(parameters).unwrap_err();
        let from = "failed to get name and namespace template from params: ";
        assert_eq!(
            refused(&[(KEY, "a")]),
            format!("{from}either name and namespace for Provisioner secrets specified, Both must be specified")
        );
        assert_eq!(
            refused(&[(KEY, ""), (WHERE, "b")]),
            format!("{from}Provisioner secrets specified in parameters but value of either namespace or name is empty")
        );
        assert_eq!(
            refused(&[(KEY, "a"), ("csiProvisionerSecretName", "c"), (WHERE, "b")]),
            format!("{from}Provisioner secrets specified in parameters with both \"csi\" and \"csi.storage.k8s.io/\" keys")
        );
        // A user chooses the claim's name, so the namespace must not depend on it.
        let namespace = "error resolving value \"${pvc.name}\": invalid tokens: [\"pvc.name\"]";
        assert_eq!(refused(&[(KEY, "a"), (WHERE, "${pvc.name}")]), namespace);
        assert_eq!(refused(&[(KEY, "A_B"), (WHERE, "b")]), "\"A_B\" is not a valid secret name");
        let resolved = "\"${pvc.namespace}.x\" resolved to \"shop.x\" which is not a valid namespace name";
        assert_eq!(refused(&[(KEY, "a"), (WHERE, "${pvc.namespace}.x")]), resolved);
    }
}
