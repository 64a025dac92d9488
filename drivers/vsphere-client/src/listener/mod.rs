//! The listener for the ends of tasks: one list view, one collector and one filter for all waits of a client.
//!
//! A wait adds its task to the view and sleeps. A loop of its own calls `WaitForUpdatesEx` without a time limit, wakes
//! those whose tasks have ended and takes these tasks out of the view. When a call of the loop fails, all who wait
//! fail with it, and the next wait sets up a new listener.

mod run;
mod setup;

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use tokio::sync::{Mutex, oneshot};
use vsphere_types::request::ModifyListView;
use vsphere_types::{Fault, ManagedObjectNotFound, MoRef, TaskInfo, TypedFault};

use crate::ClientError;
use crate::calls::{CallSettings, Caller};
use crate::session::is_not_authenticated;

/// How a wait ends.
enum WaitOutcome {
    Ended(Box<TaskInfo>),
    Gone(Fault),
    Failed(Arc<ClientError>),
}

/// What vCenter holds for the listener, and who waits.
struct Listener {
    view: MoRef,
    collector: MoRef,
    waits: BTreeMap<MoRef, Vec<oneshot::Sender<WaitOutcome>>>,
    /// The session that they belong to.
    generation: u64,
    /// Dropped with the client; the loop ends then.
    _alive: oneshot::Sender<()>,
}

/// The listener of a client, when it has one. The lock is held while the view is changed, so that a task cannot be
/// taken out of it between being added by one wait and being waited for by another.
#[derive(Default)]
pub(crate) struct Listeners {
    current: Mutex<Option<Listener>>,
}

impl Listeners {
    /// Waits until the task ends, well or not. A session that ends meanwhile costs nothing but a new one: whether a task
    /// has ended may be asked twice.
    pub async fn wait(self: &Arc<Self>, caller: &Arc<Caller>, task: &MoRef) -> Result<TaskInfo, ClientError> {
        match self.wait_once(caller, task).await {
            Err(ClientError::Listener { source, .. }) if caller.transport.options.log_in_again && is_not_authenticated(&source) => {
                self.wait_once(caller, task).await
            }
            outcome => outcome,
        }
    }

    async fn wait_once(self: &Arc<Self>, caller: &Arc<Caller>, task: &MoRef) -> Result<TaskInfo, ClientError> {
        let receiver = self.register(caller, task).await?;
        match receiver.await {
            Ok(WaitOutcome::Ended(info)) => Ok(*info),
            Ok(WaitOutcome::Gone(fault)) => Err(ClientError::TaskGone { task: task.clone(), fault: Box::new(fault) }),
            Ok(WaitOutcome::Failed(source)) => Err(ClientError::Listener { task: task.clone(), source }),
            Err(_) => {
                let source = Arc::new(crate::calls::lacks("WaitForUpdatesEx", "a listener: its task was stopped"));
                Err(ClientError::Listener { task: task.clone(), source })
            }
        }
    }

    async fn register(self: &Arc<Self>, caller: &Arc<Caller>, task: &MoRef) -> Result<oneshot::Receiver<WaitOutcome>, ClientError> {
        let mut current = self.current.lock().await;
        let had_listener = current.is_some();
        match self.add(&mut current, caller, task).await {
            // The session that had the view may have ended without the loop having heard of it yet.
            Err(error) if had_listener => {
                give_up(caller, current.take(), error).await;
                self.add(&mut current, caller, task).await
            }
            outcome => outcome,
        }
    }

    /// Adds a wait to the listener, and its task to the view.
    async fn add(
        self: &Arc<Self>,
        current: &mut Option<Listener>,
        caller: &Arc<Caller>,
        task: &MoRef,
    ) -> Result<oneshot::Receiver<WaitOutcome>, ClientError> {
        let listener = match current {
            Some(listener) => listener,
            None => current.insert(self.set_up(caller).await?),
        };
        let (sender, receiver) = oneshot::channel();
        // A task that somebody waits for already is in the view.
        if let Some(waiting) = listener.waits.get_mut(task) {
            waiting.push(sender);
            return Ok(receiver);
        }
        if !add_to_view(caller, &listener.view, task).await? {
            return Err(ClientError::TaskGone { task: task.clone(), fault: Box::new(gone(task)) });
        }
        listener.waits.insert(task.clone(), vec![sender]);
        Ok(receiver)
    }

    async fn set_up(self: &Arc<Self>, caller: &Arc<Caller>) -> Result<Listener, ClientError> {
        let (view, collector) = setup::set_up(caller).await?;
        let generation = caller.generation().await;
        let (alive, stopped) = oneshot::channel();
        let listeners: Weak<Self> = Arc::downgrade(self);
        let work = run::run(listeners, Arc::clone(caller), collector.clone(), stopped);
        (caller.transport.options.spawn)("vsphere task listener", Box::pin(work));
        Ok(Listener { view, collector, waits: BTreeMap::new(), generation, _alive: alive })
    }
}

/// Adds a task to the view; says whether vCenter knows it.
async fn add_to_view(caller: &Caller, view: &MoRef, task: &MoRef) -> Result<bool, ClientError> {
    let unresolved = modify_view(caller, view, ModifyListView { add: vec![task.clone()], remove: Vec::new() }).await?;
    Ok(!unresolved.contains(task))
}

/// Changes the view; answers the references that vCenter does not know.
async fn modify_view(caller: &Caller, view: &MoRef, change: ModifyListView) -> Result<Vec<MoRef>, ClientError> {
    // The view belongs to a session: logging in anew would not bring it back, so the session is not renewed here.
    caller.call(view, change, &CallSettings::default()).await
}

fn gone(task: &MoRef) -> Fault {
    ManagedObjectNotFound { obj: task.clone(), ..ManagedObjectNotFound::default() }.fault()
}

/// Wakes all who wait for a listener that is no more. When its session has ended, the session is forgotten with it, so that
/// nobody else has to find that out.
async fn give_up(caller: &Caller, listener: Option<Listener>, error: ClientError) {
    if let Some(listener) = listener.as_ref().filter(|_| is_not_authenticated(&error) && caller.transport.options.log_in_again) {
        caller.end_generation(listener.generation).await;
    }
    let source = Arc::new(error);
    let senders = listener.into_iter().flat_map(|listener| listener.waits.into_values().flatten());
    for sender in senders {
        // Who has stopped waiting need not be told.
        let _ = sender.send(WaitOutcome::Failed(Arc::clone(&source)));
    }
}
