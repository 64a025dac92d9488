//! SearchDatastore_Task, SearchDatastoreSubFolders_Task.

use vsphere_types::request::{SearchDatastoreSubFoldersTask, SearchDatastoreTask};
use vsphere_types::{Fault, MoRef, Object, Value};

use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::managed::browsed_datastore;
use crate::state::Work;
use crate::storage::files;
use crate::tasks::{self, Order};
use crate::world::World;

impl Operation for SearchDatastoreTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        start(world, call, &self.datastore_path, self.search_spec.as_ref(), false).map(Reply::Done)
    }
}

impl Operation for SearchDatastoreSubFoldersTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        start(world, call, &self.datastore_path, self.search_spec.as_ref(), true).map(Reply::Done)
    }
}

/// Starts the task; what is there is looked at when its turn has come.
fn start(world: &mut World, call: &Call, path: &str, spec: Option<&Object>, below: bool) -> Result<MoRef, Fault> {
    let datastore = browsed_datastore(call.this).ok_or_else(|| fault::not_found(call.this))?;
    let name = world.parts.state.name_of(&datastore).unwrap_or_default().to_owned();
    let folder = files::within(path, &name).ok_or_else(|| fault::invalid_argument("datastorePath"))?;
    let patterns = spec.and_then(|spec| spec.get("matchPattern")).map_or(&[][..], Value::items);
    let patterns = patterns.iter().filter_map(Value::as_text).map(str::to_owned).collect();
    let order = Order {
        description: if below { "host.DatastoreBrowser.searchSubFolders" } else { "host.DatastoreBrowser.search" },
        entity: datastore.clone(),
        takes: world.config.latency.query,
        lane: None,
        work: Work::SearchDatastore { datastore, folder, patterns, below },
    };
    tasks::create(world, call, order)
}
