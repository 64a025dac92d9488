//! From the informers to the graph.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;

use super::Collector;
use super::graph::Item;
use super::kinds::ResourceKind;
use crate::client::{Cached, Delta, Informer, ObjectKey};

impl Collector {
    /// Feeds the graph from an informer.
    pub(super) fn watch<K: Cached>(&self, informer: &Informer<K>) {
        let (api_version, kind) = (K::api_version(&()), K::kind(&()));
        let Some(kind) = self.kinds().find(&api_version, &kind).map(Arc::new) else {
            self.process.log(&format!("garbage collector: {kind} in {api_version} is not among the kinds"));
            return;
        };
        let collector = self.clone();
        informer.on_change(move |delta| collector.changed(&kind, delta));
    }

    fn changed<K: Resource<DynamicType = ()>>(&self, kind: &Arc<ResourceKind>, delta: &Delta<K>) {
        let before = delta.before.as_ref().map(|object| object.meta());
        let after = delta.after.as_ref().map(|object| object.meta());
        let gone = before.filter(|before| after.is_none_or(|after| after.uid != before.uid));
        if let Some(uid) = gone.and_then(|meta| meta.uid.as_deref()) {
            self.gone(uid);
        }
        // Most changes, heartbeats first of all, are none to the graph.
        if let Some(after) = after
            && before.is_none_or(|before| picture(before) != picture(after))
        {
            self.seen(kind, delta.key.clone(), after);
        }
    }

    /// An object is there.
    pub(super) fn seen(&self, kind: &Arc<ResourceKind>, key: ObjectKey, meta: &ObjectMeta) {
        let Some(uid) = meta.uid.as_deref() else { return };
        let affected = self.graph().observe(uid, Item::new(kind, key, meta));
        affected.into_iter().for_each(|uid| self.queue.add(uid));
    }

    /// An object is gone.
    pub(super) fn gone(&self, uid: &str) {
        let affected = self.graph().forget(uid);
        affected.into_iter().for_each(|uid| self.queue.add(uid));
    }
}

type Picture<'a> =
    (&'a Option<String>, &'a Option<Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference>>, bool, &'a Option<Vec<String>>);

fn picture(meta: &ObjectMeta) -> Picture<'_> {
    (&meta.uid, &meta.owner_references, meta.deletion_timestamp.is_some(), &meta.finalizers)
}
