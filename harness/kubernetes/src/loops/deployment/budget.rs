//! How many pods a deployment may have too many or too few while it rolls out.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The numbers of one deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) wanted: i32,
    pub(super) surge: i32,
    pub(super) unavailable: i32,
    /// Old pods go before new ones come.
    pub(super) recreate: bool,
}

impl Budget {
    pub(super) fn of(deployment: &Deployment) -> Self {
        let spec = deployment.spec.as_ref();
        let wanted = spec.and_then(|spec| spec.replicas).unwrap_or(1);
        let strategy = spec.and_then(|spec| spec.strategy.as_ref());
        let recreate = strategy.and_then(|strategy| strategy.type_.as_deref()) == Some("Recreate");
        let rolling = strategy.and_then(|strategy| strategy.rolling_update.as_ref());
        let surge = part(rolling.and_then(|rolling| rolling.max_surge.as_ref()), wanted, true);
        let unavailable = part(rolling.and_then(|rolling| rolling.max_unavailable.as_ref()), wanted, false);
        // Without either nothing could ever move.
        let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
        Self { wanted, surge, unavailable: unavailable.min(wanted), recreate }
    }
}

/// A number, or a part of the wanted pods; surge is rounded up, unavailability down.
fn part(value: Option<&IntOrString>, wanted: i32, up: bool) -> i32 {
    match value {
        Some(IntOrString::Int(number)) => (*number).max(0),
        Some(IntOrString::String(text)) => {
            let percent: i32 = text.trim_end_matches('%').parse().unwrap_or(0);
            let product = wanted.saturating_mul(percent.max(0));
            if up { product.saturating_add(99) / 100 } else { product / 100 }
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_quarter_is_rounded_so_that_something_can_move() {
        let budget = |replicas: i32, rolling: serde_json::Value| {
            let spec = json!({"replicas": replicas, "selector": {}, "template": {}, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}});
            let budget = Budget::of(&serde_json::from_value(json!({"spec": spec})).unwrap());
            (budget.surge, budget.unavailable)
        };
        let quarter = || json!({"maxSurge": "25%", "maxUnavailable": "25%"});
        assert_eq!(budget(1, quarter()), (1, 0));
        assert_eq!(budget(4, quarter()), (1, 1));
        assert_eq!(budget(10, quarter()), (3, 2));
        assert_eq!(budget(3, json!({"maxSurge": 0, "maxUnavailable": 0})), (0, 1));
    }
}
