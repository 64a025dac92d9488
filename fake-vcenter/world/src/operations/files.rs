//! SearchDatastore_Task, SearchDatastoreSubFolders_Task.

use vsphere_types::{Fault, Method, Object, Value};

use super::Call;
use crate::fault;
use crate::managed::browsed_datastore;
use crate::state::Work;
use crate::storage::files;
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// Starts the task; what is there is looked at when its turn has come.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let datastore = browsed_datastore(call.this).ok_or_else(|| fault::not_found(call.this))?;
    let path = call.arguments.text("datastorePath")?;
    let name = world.parts.state.name_of(&datastore).unwrap_or_default().to_owned();
    let folder = files::within(&path, &name).ok_or_else(|| fault::invalid_argument("datastorePath"))?;
    let patterns = patterns(call.arguments.object("searchSpec").ok());
    let below = method == Method::SearchDatastoreSubFoldersTask;
    let order = Order {
        method,
        description: if below { "host.DatastoreBrowser.searchSubFolders" } else { "host.DatastoreBrowser.search" },
        entity: datastore.clone(),
        takes: world.config.latency.query,
        lane: None,
        work: Work::SearchDatastore { datastore, folder, patterns, below },
    };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}

fn patterns(spec: Option<&Object>) -> Vec<String> {
    let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
    match spec.and_then(|spec| spec.get("matchPattern")) {
        Some(Value::Array(array)) => array.items.iter().filter_map(text).collect(),
        Some(single) => text(single).into_iter().collect(),
        None => Vec::new(),
    }
}
