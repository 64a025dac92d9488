//! Kinds that are kept as any server keeps them, and on which nothing here acts: what Helm charts bring along.
//!
//! Modelled: decoding, defaults, the fields that may not change, the few demands below. Not modelled: most validation, and
//! every effect: no traffic is stopped by a NetworkPolicy or led by an Ingress, no quota counts anything but claims (`store::quota`), no LimitRange fills in, no
//! autoscaler scales, no webhook is asked, no Job of a CronJob and no pod of a DaemonSet or ReplicationController is made. A
//! client that waits for one of these waits for ever. Jobs have a controller.

mod batch;
mod limits;
mod network;
mod webhooks;

use std::marker::PhantomData;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use batch::{cron_jobs, daemon_sets, jobs, replication_controllers};
pub use limits::{autoscalers, limit_ranges, priority_classes};
pub use network::{endpoint_slices, endpoints, ingress_classes, ingresses, network_policies};
pub use webhooks::{mutating, validating};

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::at;

/// A kind of type `T`; each part of it may be left out.
pub struct Stored<T> {
    default: fn(&mut Value),
    create: fn(&mut Value),
    validate: fn(&Value) -> Vec<FieldError>,
    immutable: &'static [&'static [&'static str]],
    of: PhantomData<fn() -> T>,
}

impl<T> Default for Stored<T> {
    fn default() -> Self {
        Self { default: |_| (), create: |_| (), validate: |_| Vec::new(), immutable: &[], of: PhantomData }
    }
}

impl<T: Serialize + DeserializeOwned> Strategy for Stored<T> {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<T>(object)
    }

    fn default(&self, object: &mut Value) {
        (self.default)(object);
    }

    fn prepare_create(&self, object: &mut Value, _now: Timestamp) {
        (self.create)(object);
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        (self.validate)(object)
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let changed = self.immutable.iter().filter(|path| at(object, path) != at(old, path));
        changed.map(|path| FieldError::immutable(path.join("."), at(object, path))).collect()
    }
}
