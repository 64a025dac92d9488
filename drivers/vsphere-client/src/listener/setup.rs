//! What vCenter needs to hold so that we hear of the ends of tasks.

use vsphere_types::request::{CreateFilter, CreateListView, CreatePropertyCollector};
use vsphere_types::{MoRef, ObjectSpec, PropertyFilterSpec, TraversalSpec};

use crate::ClientError;
use crate::calls::{CallSettings, Caller, lacks};
use crate::properties::property_spec;

/// Makes the view and the collector, and the filter between them. On failure the session that has them ends them.
pub(super) async fn set_up(caller: &Caller) -> Result<(MoRef, MoRef), ClientError> {
    let settings = CallSettings::default();
    let content = caller.service_content().await?.clone();
    let view_manager = content.view_manager.ok_or_else(|| lacks("RetrieveServiceContent", "viewManager"))?;
    let view = caller.invoke(&view_manager, CreateListView::default(), &settings).await?;
    let collector = caller.call(&content.property_collector, CreatePropertyCollector {}, &settings).await?;
    caller.call(&collector, CreateFilter { spec: task_infos_of(&view), partial_updates: false }, &settings).await?;
    Ok((view, collector))
}

/// The whole `info` of each task in the view: without partial updates, each change brings all of it.
fn task_infos_of(view: &MoRef) -> PropertyFilterSpec {
    let to_tasks = TraversalSpec { kind: "ListView".to_owned(), path: "view".to_owned(), skip: Some(false), ..TraversalSpec::default() };
    PropertyFilterSpec {
        prop_set: vec![property_spec("Task", &["info"])],
        object_set: vec![ObjectSpec { obj: view.clone(), skip: Some(true), select_set: vec![to_tasks.into()] }],
        report_missing_objects_in_results: Some(true),
    }
}
