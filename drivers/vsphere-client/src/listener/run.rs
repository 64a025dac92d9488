//! The loop that hears of the ends of tasks.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use tokio::sync::oneshot;
use vsphere_types::request::{ModifyListView, WaitForUpdatesEx};
use vsphere_types::{Fault, MoRef, ObjectUpdate, ObjectUpdateKind, TaskInfo, UpdateSet, Value};

use super::{Listener, Listeners, WaitOutcome, add_to_view, give_up, gone, modify_view};
use crate::ClientError;
use crate::calls::{CallSettings, Caller};
use crate::tasks::has_ended;

/// Listens until a call fails or the client is no more.
pub(super) async fn run(listeners: Weak<Listeners>, caller: Arc<Caller>, collector: MoRef, mut stopped: oneshot::Receiver<()>) {
    let mut version = String::new();
    loop {
        let round = tokio::select! {
            biased;
            _ = &mut stopped => return,
            round = next_updates(&caller, &collector, &version) => round,
        };
        let Some(listeners) = listeners.upgrade() else {
            return;
        };
        let mut current = listeners.current.lock().await;
        // A wait that found the view gone has ended this listener; there may be a new one already.
        let Some(listener) = current.as_mut().filter(|listener| listener.collector == collector) else {
            return;
        };
        let outcome = match round {
            Ok(None) => Ok(()),
            Ok(Some(updates)) => {
                version.clone_from(&updates.version);
                wake(&caller, listener, updates).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            give_up(&caller, current.take(), error).await;
            return;
        }
    }
}

async fn next_updates(caller: &Caller, collector: &MoRef, version: &str) -> Result<Option<UpdateSet>, ClientError> {
    let settings = CallSettings { long_poll: true, ..CallSettings::default() };
    caller.call(collector, WaitForUpdatesEx { version: Some(version.to_owned()), options: None }, &settings).await
}

/// Wakes those whose tasks have ended or are gone, and takes these tasks out of the view.
async fn wake(caller: &Caller, listener: &mut Listener, updates: UpdateSet) -> Result<(), ClientError> {
    let mut ended: BTreeMap<MoRef, Result<TaskInfo, Fault>> = BTreeMap::new();
    for filter in updates.filter_set {
        for missing in filter.missing_set {
            ended.insert(missing.obj, Err(missing.fault.into()));
        }
        for update in filter.object_set {
            if update.kind == ObjectUpdateKind::Leave {
                ask_again(caller, listener, &update.obj, &mut ended).await?;
            } else if let Some(info) = info_of(&update)?.filter(has_ended) {
                ended.insert(update.obj, Ok(info));
            }
        }
    }
    let mut out_of_view = Vec::new();
    for (task, outcome) in ended {
        for sender in listener.waits.remove(&task).into_iter().flatten() {
            let outcome = match &outcome {
                Ok(info) => WaitOutcome::Ended(Box::new(info.clone())),
                Err(fault) => WaitOutcome::Gone(fault.clone()),
            };
            // Who has stopped waiting need not be told.
            let _ = sender.send(outcome);
        }
        if outcome.is_ok() {
            out_of_view.push(task);
        }
    }
    if !out_of_view.is_empty() {
        modify_view(caller, &listener.view, ModifyListView { add: Vec::new(), remove: out_of_view }).await?;
    }
    Ok(())
}

/// A task that left the view while somebody waits for it: either it is gone, or it was taken out for an earlier wait
/// and has been added again since. Adding it once more tells which.
async fn ask_again(
    caller: &Caller,
    listener: &Listener,
    task: &MoRef,
    ended: &mut BTreeMap<MoRef, Result<TaskInfo, Fault>>,
) -> Result<(), ClientError> {
    if listener.waits.contains_key(task) && !add_to_view(caller, &listener.view, task).await? {
        ended.insert(task.clone(), Err(gone(task)));
    }
    Ok(())
}

fn info_of(update: &ObjectUpdate) -> Result<Option<TaskInfo>, ClientError> {
    let Some(change) = update.change_set.iter().find(|change| change.name == "info") else {
        return Ok(None);
    };
    match change.val.as_ref().map(Value::read) {
        None => Ok(None),
        Some(Ok(info)) => Ok(info),
        Some(Err(source)) => Err(ClientError::Type { operation: "WaitForUpdatesEx".to_owned(), source }),
    }
}
