//! How long a pod bears its node's taints, and since when it does.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Pod, Taint, Toleration};
use tokio::time::Instant;

use super::super::support::selectors::tolerates;
use crate::client::ObjectKey;

/// How long a pod stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// For ever: nothing troubles it, or it tolerates all of it without a limit.
    Endless,
    /// This long.
    Seconds(Duration),
}

/// What the tolerations come to.
pub(super) fn patience(pod: &Pod, taints: &[Taint]) -> Patience {
    let tolerations: &[Toleration] = pod.spec.as_ref().and_then(|spec| spec.tolerations.as_deref()).unwrap_or_default();
    let mut shortest = None;
    for taint in taints {
        // The first toleration that fits counts, as in the real one.
        let Some(toleration) = tolerations.iter().find(|toleration| tolerates(toleration, taint)) else {
            return Patience::Seconds(Duration::ZERO);
        };
        if let Some(seconds) = toleration.toleration_seconds {
            let time = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
            shortest = Some(shortest.map_or(time, |before: Duration| before.min(time)));
        }
    }
    shortest.map_or(Patience::Endless, Patience::Seconds)
}

/// Timers of pods, each of one life of its pod.
#[derive(Default)]
pub(super) struct Timers(BTreeMap<ObjectKey, (String, Instant, Duration)>);

impl Timers {
    /// When the pod's time is over. A timer that runs is kept, unless there is no time left at all.
    pub(super) fn start(&mut self, key: &ObjectKey, uid: &str, time: Duration) -> Instant {
        let now = Instant::now();
        let entry = self.0.entry(key.clone()).or_insert_with(|| (uid.to_owned(), now, time));
        if entry.0 != uid || time.is_zero() {
            *entry = (uid.to_owned(), now, time);
        }
        entry.1 + entry.2
    }

    /// Ends a timer; answers whether there was one.
    pub(super) fn cancel(&mut self, key: &ObjectKey) -> bool {
        self.0.remove(key).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taint(key: &str) -> Taint {
        Taint { key: key.into(), effect: "NoExecute".into(), ..Taint::default() }
    }

    fn pod(tolerations: &serde_json::Value) -> Pod {
        serde_json::from_value(json!({"spec": {"containers": [], "tolerations": tolerations}})).unwrap()
    }

    #[test]
    fn the_shortest_time_counts_and_what_is_not_tolerated_has_none() {
        let seconds =
            |key: &str, seconds: i64| json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds});
        let both = pod(&json!([seconds("a", 300), seconds("b", 60), {"key": "c", "operator": "Exists"}]));
        let after = |seconds| Patience::Seconds(Duration::from_secs(seconds));
        assert_eq!(patience(&both, &[taint("a"), taint("b")]), after(60));
        assert_eq!(patience(&both, &[taint("a"), taint("c")]), after(300));
        assert_eq!(patience(&both, &[taint("c")]), Patience::Endless);
        assert_eq!(patience(&both, &[taint("a"), taint("d")]), after(0));
        assert_eq!(patience(&both, &[]), Patience::Endless);
        assert_eq!(patience(&pod(&json!([seconds("a", -5)])), &[taint("a")]), after(0));
    }
}
