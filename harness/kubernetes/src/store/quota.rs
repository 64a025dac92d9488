//! ResourceQuota, as far as claims go: what a namespace's quotas leave is looked at when a claim is made and when it grows.
//!
//! Modelled: `persistentvolumeclaims`, `count/persistentvolumeclaims`, `requests.storage`, and the first and the last of one class
//! (`<class>.storageclass.storage.k8s.io/…`); a claim counts with what it asks for, or was given room for while it grows; the words of the
//! refusal. Used is what there is at that moment. Not modelled: other resources, scopes, and a quota's status, which stays empty.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Store;
use super::resource::Resource;
use super::status::Status;
use super::value::{part, quantity, text};

/// Amounts by the names of a quota's, in thousandths.
type Amounts = BTreeMap<String, i128>;

const OF_CLASS: &str = ".storageclass.storage.k8s.io/";
const CLAIMS: &str = "persistentvolumeclaims";
const STORAGE: &str = "requests.storage";
const ONE: i128 = 1_000;

impl Store {
    /// Refuses a claim that a quota of its namespace has no room for; `existing` is the claim before it grows.
    pub(super) fn admit_quota(&self, resource: &Resource, object: &Value, existing: Option<&Value>) -> Result<(), Status> {
        if !resource.name.group.is_empty() || resource.name.plural != CLAIMS {
            return Ok(());
        }
        let mut asked = usage(object);
        for (name, before) in existing.map(usage).unwrap_or_default() {
            asked.entry(name).and_modify(|amount| *amount -= before);
        }
        asked.retain(|_, amount| *amount > 0);
        let namespace = text(object, "/metadata/namespace");
        let here = |object: &&std::sync::Arc<Value>| text(object, "/metadata/namespace") == namespace;
        for quota in self.objects("", "resourcequotas").filter(here) {
            let hard = part(quota, "/spec/hard").as_object().into_iter().flatten();
            let hard: Amounts = hard.filter_map(|(name, value)| Some((name.clone(), quantity(value.as_str()?)?))).collect();
            let mut used = Amounts::new();
            for (name, amount) in self.objects("", CLAIMS).filter(here).flat_map(|claim| usage(claim)) {
                *used.entry(name).or_default() += amount;
            }
            let of = |amounts: &Amounts, name: &String| amounts.get(name).copied().unwrap_or_default();
            let exceeded: Vec<&String> = asked
                .iter()
                .filter(|(name, amount)| hard.get(*name).is_some_and(|hard| of(&used, name) + **amount > *hard))
                .map(|(name, _)| name)
                .collect();
            if exceeded.is_empty() {
                continue;
            }
            let words = |amounts: &Amounts| {
                let words: Vec<String> = exceeded.iter().map(|name| format!("{name}={}", shown(of(amounts, name)))).collect();
                words.join(",")
            };
            let (quota, asked, used, hard) = (text(quota, "/metadata/name"), words(&asked), words(&used), words(&hard));
            let why = format!("exceeded quota: {quota}, requested: {asked}, used: {used}, limited: {hard}");
            return Err(Status::forbidden(resource, text(object, "/metadata/name"), &why));
        }
        Ok(())
    }
}

/// What a claim counts for.
fn usage(claim: &Value) -> Amounts {
    let asked = quantity(text(claim, "/spec/resources/requests/storage")).unwrap_or_default();
    let allocated = quantity(text(claim, "/status/allocatedResources/storage")).unwrap_or_default();
    let storage = asked.max(allocated);
    let mut amounts = Amounts::from([(CLAIMS.to_owned(), ONE), (format!("count/{CLAIMS}"), ONE), (STORAGE.to_owned(), storage)]);
    let class = text(claim, "/spec/storageClassName");
    if !class.is_empty() {
        amounts.insert(format!("{class}{OF_CLASS}{CLAIMS}"), ONE);
        amounts.insert(format!("{class}{OF_CLASS}{STORAGE}"), storage);
    }
    amounts
}

/// An amount as Kubernetes writes it: with the largest suffix of two's powers that it has whole.
fn shown(thousandths: i128) -> String {
    let whole = thousandths.div_euclid(ONE);
    let suffixes = ["Ei", "Pi", "Ti", "Gi", "Mi", "Ki"];
    let fits = (0_u32..)
        .zip(suffixes)
        .map(|(place, suffix)| (1_i128 << (10 * (6 - place)), suffix))
        .find(|(unit, _)| whole != 0 && whole % unit == 0);
    match fits {
        Some((unit, suffix)) => format!("{}{suffix}", whole / unit),
        None => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_as_they_are_written() {
        for text in ["0", "3", "1Ki", "1536Mi", "10Gi", "1Ti"] {
            assert_eq!(shown(quantity(text).unwrap()), text);
        }
        assert_eq!(shown(quantity("2048Mi").unwrap()), "2Gi");
    }
}
