//! One pass: detaches first, then attaches, then the nodes' reports.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Node;
use tokio::time::Instant;

use super::super::support::names::OUT_OF_SERVICE;
use super::super::support::objects::is_ready;
use super::Controller;
use super::desired::Wish;
use super::state::{OperationKind, Place, Volume, operation_key};
use crate::client::EventType;

/// What is to be done with an unwanted volume now.
enum Verdict {
    Detach {
        forced: bool,
    },
    /// Only time will tell, at this instant.
    WaitUntil(Instant),
    /// Only the node can tell.
    Wait,
}

impl Controller {
    /// Looks at everything once; answers when to look again though nothing changes.
    pub(super) fn pass(&self) -> Option<Instant> {
        self.compare_when_due();
        let wishes = self.wishes();
        let mut wake = None;
        self.detach_unwanted(&wishes, &mut wake);
        self.attach_wanted(&wishes, &mut wake);
        self.state().told.retain(|place| wishes.contains_key(place));
        self.report_changes(&mut wake);
        earlier(&mut wake, self.state().compare_at);
        wake
    }

    fn detach_unwanted(&self, wishes: &BTreeMap<Place, Wish>, wake: &mut Option<Instant>) {
        let unwanted: Vec<(Place, Volume)> = {
            let mut state = self.state();
            let places = state.attached.iter_mut().filter(|(place, _)| !wishes.contains_key(place));
            places
                .map(|(place, entry)| {
                    entry.unwanted_since.get_or_insert_with(Instant::now);
                    (place.clone(), entry.volume.clone())
                })
                .collect()
        };
        for (place, volume) in unwanted {
            let forced = match self.judge(&place) {
                Verdict::Detach { forced } => forced,
                Verdict::WaitUntil(at) => {
                    earlier(wake, Some(at));
                    continue;
                }
                Verdict::Wait => continue,
            };
            let begun = self.state().begin(&operation_key(&volume, &place), OperationKind::Detach);
            match begun {
                Ok(()) => self.start_detach(place, volume, forced),
                Err(at) => earlier(wake, at),
            }
        }
    }

    fn judge(&self, place: &Place) -> Verdict {
        let node = self.nodes.named(&place.node);
        let mut state = self.state();
        let Some(entry) = state.attached.get_mut(place) else {
            return Verdict::Wait;
        };
        if let Some(node) = &node {
            entry.in_use = in_use(node, &place.volume);
        }
        if node.as_deref().is_some_and(is_out_of_service) {
            return Verdict::Detach { forced: true };
        }
        if !entry.in_use || !self.rules.detach_after_unmount {
            return Verdict::Detach { forced: !self.rules.detach_after_unmount };
        }
        if node.as_deref().is_some_and(is_ready) {
            return Verdict::Wait;
        }
        if !self.rules.force_detach_after_six_minutes {
            return Verdict::Wait;
        }
        let until = entry.unwanted_since.unwrap_or_else(Instant::now) + self.timings.force_detach_after;
        if Instant::now() >= until { Verdict::Detach { forced: true } } else { Verdict::WaitUntil(until) }
    }

    fn attach_wanted(&self, wishes: &BTreeMap<Place, Wish>, wake: &mut Option<Instant>) {
        for (place, wish) in wishes {
            if self.is_settled(place) {
                continue;
            }
            let key = operation_key(&wish.volume, place);
            if self.state().running.contains(&key) {
                continue;
            }
            if !wish.volume.shared && self.rules.attach_to_one_node_only {
                let elsewhere = self.state().elsewhere(place);
                if !elsewhere.is_empty() {
                    self.report_multi_attach(place, wish, &elsewhere, wishes);
                    continue;
                }
            }
            let begun = self.state().begin(&key, OperationKind::Attach);
            match begun {
                Ok(()) => self.start_attach(place.clone(), wish),
                Err(at) => earlier(wake, at),
            }
        }
    }

    /// Whether a wanted volume is known to be there; then it is wanted again, too.
    fn is_settled(&self, place: &Place) -> bool {
        let mut state = self.state();
        let Some(entry) = state.attached.get_mut(place) else {
            return false;
        };
        entry.unwanted_since = None;
        if !entry.certain {
            return false;
        }
        if !entry.reported {
            entry.reported = true;
            state.unreported.insert(place.node.clone());
        }
        true
    }

    fn report_multi_attach(&self, place: &Place, wish: &Wish, elsewhere: &[String], wishes: &BTreeMap<Place, Wish>) {
        if !self.state().told.insert(place.clone()) {
            return;
        }
        let users = elsewhere.iter().filter_map(|node| wishes.get(&Place { volume: place.volume.clone(), node: node.clone() }));
        let users: Vec<_> = users.flat_map(|wish| wish.pods.iter()).collect();
        for key in &wish.pods {
            let Some(pod) = self.pods.get(key) else { continue };
            let near: Vec<&str> = users.iter().filter(|user| user.namespace == key.namespace).map(|user| user.name.as_str()).collect();
            let far = users.len() - near.len();
            let why = match (near.as_slice(), far) {
                ([], 0) => "Volume is already exclusively attached to one node and can't be attached to another".to_owned(),
                ([], far) => format!("Volume is already used by {far} pod(s) in different namespaces"),
                (near, 0) => format!("Volume is already used by pod(s) {}", near.join(", ")),
                (near, far) => format!("Volume is already used by pod(s) {} and {far} pod(s) in different namespaces", near.join(", ")),
            };
            let message = format!("Multi-Attach error for volume \"{}\" {why}", wish.volume.name);
            self.events.write(pod.as_ref(), EventType::Warning, "FailedAttachVolume", message);
        }
    }
}

/// Whether the node says that it uses the volume.
pub(super) fn in_use(node: &Node, volume: &str) -> bool {
    node.status.as_ref().and_then(|status| status.volumes_in_use.as_ref()).is_some_and(|all| all.iter().any(|name| name == volume))
}

fn is_out_of_service(node: &Node) -> bool {
    node.spec.iter().flat_map(|spec| spec.taints.iter().flatten()).any(|taint| taint.key == OUT_OF_SERVICE)
}

/// Keeps the earlier of two instants.
pub(super) fn earlier(wake: &mut Option<Instant>, at: Option<Instant>) {
    if let Some(at) = at {
        *wake = Some(wake.map_or(at, |before| before.min(at)));
    }
}
