//! What vCenter needs to hold so that we hear of the ends of tasks.

use vsphere_types::{Method, MoRef, Object, ObjectSpec, PropertyFilterSpec, TraversalSpec};

use crate::ClientError;
use crate::calls::{CallSettings, Caller, lacks, returned};
use crate::properties::property_spec;

/// Makes the view and the collector, and the filter between them. On failure the session that has them ends them.
pub(super) async fn set_up(caller: &Caller) -> Result<(MoRef, MoRef), ClientError> {
    let settings = CallSettings::default();
    let content = caller.service_content().await?.clone();
    let view_manager = content.view_manager.ok_or_else(|| lacks("RetrieveServiceContent", "viewManager"))?;

    let create = Method::CreateListView;
    let view: MoRef = returned(create, caller.invoke(&view_manager, create, &Object::new(create.wire_name()), &settings).await?)?;

    let create = Method::CreatePropertyCollector;
    let arguments = Object::new(create.wire_name());
    let collector: MoRef = returned(create, caller.call(&content.property_collector, create, &arguments, &settings).await?)?;

    let create = Method::CreateFilter;
    let arguments = Object::new(create.wire_name()).with("spec", task_infos_of(&view)).with("partialUpdates", false);
    caller.call(&collector, create, &arguments, &settings).await?;
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
