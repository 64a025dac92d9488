//! Events, and EventManager.
//!
//! Modelled: logins of the sessions that are open, the start of each task that is remembered, and what became of a VM's power and
//! being. They are read off sessions and tasks, so they are gone when those are. Not modelled: events of anything else, alarms, posting,
//! descriptions; a client could notice that the history is short.

use jiff::Timestamp;
use vsphere_types::{
    ComputeResourceEventArgument, DataObject, DatacenterEventArgument, HostEventArgument, Method, MoRef, Object, TaskEvent,
    UserLoginSessionEvent, Value, VmEventArgument, VmPoweredOffEvent, VmPoweredOnEvent, VmRemovedEvent, VmResettingEvent,
};

use super::task::info;
use crate::look::Look;
use crate::state::{Task, TaskState};

/// An event, and what it is sorted and chosen by.
pub struct PastEvent {
    /// When.
    pub at: Timestamp,
    /// What it is about, if that is an entity.
    pub entity: Option<MoRef>,
    /// The event.
    pub event: Object,
}

/// Reads one of the event manager's properties.
pub fn manager_property(name: &str) -> Option<Value> {
    (name == "maxCollector").then_some(Value::Int(32))
}

/// All events that are remembered, oldest first.
pub fn all(look: &Look) -> Vec<PastEvent> {
    let mut events = Vec::new();
    for session in look.state.sessions.values() {
        let event = UserLoginSessionEvent {
            created_time: session.login_time,
            user_name: session.user.clone(),
            full_formatted_message: Some(format!("User {}@127.0.0.1 logged in as {}", session.user, session.user_agent)),
            ip_address: "127.0.0.1".to_owned(),
            user_agent: Some(session.user_agent.clone()),
            locale: session.locale.clone(),
            // Not the key: whoever has that has the session.
            session_id: session.label.clone(),
            ..UserLoginSessionEvent::default()
        };
        events.push(PastEvent { at: session.login_time, entity: None, event: event.into_object() });
    }
    for task in look.state.tasks.values() {
        let visible = look.sees(&task.entity);
        events.extend(visible.then(|| asked(look, task)));
        events.extend(became(look, task).filter(|_| visible));
    }
    events.sort_by_key(|told| told.at);
    for (place, told) in events.iter_mut().enumerate() {
        let key = i32::try_from(place + 1).unwrap_or(i32::MAX);
        for (name, value) in &mut told.event.fields {
            if name == "key" || (name == "chainId" && *value == Value::Int(0)) {
                *value = Value::Int(key);
            }
        }
    }
    events
}

fn asked(look: &Look, task: &Task) -> PastEvent {
    let place = Place::of(look, task);
    let event = TaskEvent {
        chain_id: task.chain,
        created_time: task.queued,
        user_name: task.user.clone(),
        datacenter: place.datacenter,
        compute_resource: place.cluster,
        host: place.host,
        vm: place.vm,
        full_formatted_message: Some(format!("Task: {}", task.description)),
        info: info(task),
        ..TaskEvent::default()
    };
    PastEvent { at: task.queued, entity: Some(task.entity.clone()), event: event.into_object() }
}

/// What became of a VM by a task that ended well.
fn became(look: &Look, task: &Task) -> Option<PastEvent> {
    let at = task.completed.filter(|_| task.state == TaskState::Success)?;
    let place = Place::of(look, task);
    let name = &task.entity_name;
    let at_host = place.host.as_ref().map(|host| format!(" on {}", host.name)).unwrap_or_default();
    macro_rules! event {
        ($kind:ident, $text:expr) => {
            $kind {
                chain_id: task.chain,
                created_time: at,
                user_name: task.user.clone(),
                datacenter: place.datacenter,
                compute_resource: place.cluster,
                host: place.host,
                vm: place.vm,
                full_formatted_message: Some($text),
                ..$kind::default()
            }
            .into_object()
        };
    }
    let event = match task.method {
        Method::PowerOnVmTask => event!(VmPoweredOnEvent, format!("{name}{at_host} is powered on")),
        Method::PowerOffVmTask => event!(VmPoweredOffEvent, format!("{name}{at_host} is powered off")),
        Method::ResetVmTask => event!(VmResettingEvent, format!("{name}{at_host} is reset")),
        Method::DestroyTask => event!(VmRemovedEvent, format!("Removed {name}")),
        _ => return None,
    };
    Some(PastEvent { at, entity: Some(task.entity.clone()), event })
}

/// Where what a task works on is.
#[derive(Default)]
struct Place {
    datacenter: Option<DatacenterEventArgument>,
    cluster: Option<ComputeResourceEventArgument>,
    host: Option<HostEventArgument>,
    vm: Option<VmEventArgument>,
}

impl Place {
    fn of(look: &Look, task: &Task) -> Self {
        let mut place = Self::default();
        if task.entity.kind == "VirtualMachine" {
            place.vm = Some(VmEventArgument { name: task.entity_name.clone(), vm: task.entity.clone() });
        }
        let Some(vm) = look.state.vms.get(&task.entity) else { return place };
        let named = |entity: &MoRef| look.state.name_of(entity).unwrap_or_default().to_owned();
        place.host = Some(HostEventArgument { name: named(&vm.host), host: vm.host.clone() });
        let mut above = Some(&vm.host).and_then(|host| look.state.parent_of(host));
        while let Some(entity) = above {
            match entity.kind.as_str() {
                "Datacenter" => place.datacenter = Some(DatacenterEventArgument { name: named(entity), datacenter: entity.clone() }),
                "ClusterComputeResource" => {
                    place.cluster = Some(ComputeResourceEventArgument { name: named(entity), compute_resource: entity.clone() });
                }
                _ => {}
            }
            above = look.state.parent_of(entity);
        }
        place
    }
}
