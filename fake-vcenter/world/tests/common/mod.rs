//! A small client of a world, for tests: logs in, calls methods, lets time pass.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use fake_vcenter_world::{CallContext, Reply, World, WorldConfig};
use jiff::Timestamp;
use seatrial_journal::epoch;
use seatrial_seed::Seed;
use vsphere_types::{
    CnsBlockBackingDetails, CnsContainerCluster, CnsQueryFilter, CnsQueryResult, CnsVolumeAttachDetachSpec, CnsVolumeCreateSpec,
    CnsVolumeId, CnsVolumeMetadata, CnsVolumeOperationBatchResult, DataObject, Fault, Method, MoRef, Object, ObjectSpec,
    PropertyFilterSpec, PropertySpec, RetrieveOptions, RetrieveResult, TaskInfo, UserSession, Value,
};

/// A world, the time in it, and a session.
pub struct Client {
    pub world: World,
    pub now: Timestamp,
    pub session: Option<String>,
}

/// Arguments by name.
pub fn arguments(fields: Vec<(&'static str, Value)>) -> Object {
    Object { type_name: "".into(), fields: fields.into_iter().map(|(name, value)| (name.into(), value)).collect() }
}

/// An array of data objects.
pub fn list<T: DataObject>(items: Vec<T>) -> Value {
    Value::Array(vsphere_types::Array {
        item_type: T::TYPE.into(),
        items: items.into_iter().map(|item| Value::Object(item.into_object())).collect(),
    })
}

/// An array of references.
pub fn references(items: Vec<MoRef>) -> Value {
    Value::Array(vsphere_types::Array { item_type: "ManagedObjectReference".into(), items: items.into_iter().map(Value::Ref).collect() })
}

/// An array of texts.
pub fn texts(items: &[&str]) -> Value {
    Value::Array(vsphere_types::Array { item_type: "string".into(), items: items.iter().map(|item| text(item)).collect() })
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl Client {
    /// A client that has logged in.
    pub fn new(config: WorldConfig) -> Self {
        let mut client = Self { world: World::new(config, Seed::new(7)), now: epoch(), session: None };
        client.login().expect("the administrator may log in");
        client
    }

    pub fn login(&mut self) -> Result<UserSession, Fault> {
        let login = arguments(vec![("userName", text("administrator@vsphere.local")), ("password", text("seatrial"))]);
        match self.reply(&MoRef::new("SessionManager", "SessionManager"), Method::Login, &login, false)? {
            Reply::LoggedIn { session, value: Some(Value::Object(user)) } => {
                self.session = Some(session);
                Ok(user.downcast().expect("Login answers a session"))
            }
            other => panic!("Login answered {other:?}"),
        }
    }

    pub fn reply(&mut self, this: &MoRef, method: Method, arguments: &Object, resumed: bool) -> Result<Reply, Fault> {
        let context = CallContext { session: self.session.clone(), resumed, ..CallContext::default() };
        self.world.call(self.now, &context, this, method, arguments)
    }

    pub fn call(&mut self, this: &MoRef, method: Method, fields: Vec<(&'static str, Value)>) -> Result<Option<Value>, Fault> {
        match self.reply(this, method, &arguments(fields), false)? {
            Reply::Done(value) => Ok(value),
            other => panic!("{method} answered {other:?}"),
        }
    }

    pub fn pass(&mut self, duration: Duration) {
        self.now += duration;
        self.world.advance(self.now);
    }

    pub fn cns(&self) -> MoRef {
        MoRef::new("CnsVolumeManager", "cns-volume-manager")
    }

    pub fn collector(&self) -> MoRef {
        MoRef::new("PropertyCollector", "propertyCollector")
    }

    pub fn task(&mut self, method: Method, fields: Vec<(&'static str, Value)>) -> Result<MoRef, Fault> {
        match self.call(&self.cns(), method, fields)? {
            Some(Value::Ref(task)) => Ok(task),
            other => panic!("{method} answered {other:?}"),
        }
    }

    /// Waits until the task has ended.
    pub fn info(&mut self, task: &MoRef) -> TaskInfo {
        self.pass(Duration::from_secs(60));
        let Value::Object(info) = self.property(task, "info").expect("the task is there").expect("a task has info") else {
            panic!("no info")
        };
        info.downcast().expect("info is a TaskInfo")
    }

    /// The one entry of a CNS task's result.
    pub fn result(&mut self, task: &MoRef) -> Object {
        let Some(Value::Object(result)) = self.info(task).result else { panic!("the task has no result") };
        let mut batch: CnsVolumeOperationBatchResult = result.downcast().expect("a batch result");
        batch.volume_results.pop().expect("one entry")
    }

    pub fn property(&mut self, object: &MoRef, path: &str) -> Result<Option<Value>, Fault> {
        let mut contents = self.retrieve(plain(object, &[path]))?;
        let content = contents.pop().expect("one object");
        Ok(content.prop_set.into_iter().next().map(|property| property.val))
    }

    pub fn retrieve(&mut self, spec: PropertyFilterSpec) -> Result<Vec<vsphere_types::ObjectContent>, Fault> {
        let options = Value::of(RetrieveOptions::default());
        let found =
            self.call(&self.collector(), Method::RetrievePropertiesEx, vec![("specSet", list(vec![spec])), ("options", options)])?;
        let Some(Value::Object(result)) = found else { return Ok(Vec::new()) };
        Ok(result.downcast::<RetrieveResult>().expect("a result").objects)
    }

    pub fn create_task(&mut self, spec: CnsVolumeCreateSpec) -> MoRef {
        self.task(Method::CnsCreateVolume, vec![("createSpecs", list(vec![spec]))]).expect("the call is well formed")
    }

    pub fn create(&mut self, name: &str, mb: i64) -> String {
        let spec = self.spec(name, mb);
        let task = self.create_task(spec);
        let result = self.result(&task);
        let created: vsphere_types::CnsVolumeCreateResult = result.downcast().expect("a create result");
        assert_eq!(created.fault, None);
        created.volume_id.expect("an id").id
    }

    pub fn spec(&self, name: &str, mb: i64) -> CnsVolumeCreateSpec {
        let cluster =
            CnsContainerCluster { cluster_type: "KUBERNETES".to_owned(), cluster_id: "cluster-a".to_owned(), ..Default::default() };
        CnsVolumeCreateSpec {
            name: name.to_owned(),
            volume_type: "BLOCK".to_owned(),
            datastores: self.world.datastores().into_iter().map(|datastore| datastore.datastore).collect(),
            metadata: Some(CnsVolumeMetadata { container_cluster: cluster, ..Default::default() }),
            backing_object_details: CnsBlockBackingDetails { capacity_in_mb: Some(mb), ..Default::default() }.into_object(),
            ..Default::default()
        }
    }

    pub fn attach_task(&mut self, volume: &str, vm: &MoRef) -> MoRef {
        self.task(Method::CnsAttachVolume, vec![("attachSpecs", list(vec![place(volume, vm)]))]).expect("the call is well formed")
    }

    pub fn detach_task(&mut self, volume: &str, vm: &MoRef) -> MoRef {
        self.task(Method::CnsDetachVolume, vec![("detachSpecs", list(vec![place(volume, vm)]))]).expect("the call is well formed")
    }

    pub fn delete_task(&mut self, volume: &str, delete_disk: bool) -> MoRef {
        let id = CnsVolumeId { id: volume.to_owned() };
        self.task(Method::CnsDeleteVolume, vec![("volumeIds", list(vec![id])), ("deleteDisk", Value::Bool(delete_disk))])
            .expect("well formed")
    }

    pub fn query(&mut self, filter: CnsQueryFilter) -> CnsQueryResult {
        let filter = Value::of(filter);
        match self.call(&self.cns(), Method::CnsQueryVolume, vec![("filter", filter)]) {
            Ok(Some(Value::Object(result))) => result.downcast().expect("a query result"),
            other => panic!("CnsQueryVolume answered {other:?}"),
        }
    }

    pub fn vm(&self, name: &str) -> MoRef {
        self.world.vm_named(name).expect("the VM is there").vm
    }
}

pub fn place(volume: &str, vm: &MoRef) -> CnsVolumeAttachDetachSpec {
    CnsVolumeAttachDetachSpec { volume_id: CnsVolumeId { id: volume.to_owned() }, vm: vm.clone(), ..Default::default() }
}

/// One object and some of its properties.
pub fn plain(object: &MoRef, paths: &[&str]) -> PropertyFilterSpec {
    PropertyFilterSpec {
        prop_set: vec![PropertySpec {
            kind: object.kind.to_string(),
            path_set: paths.iter().map(|path| (*path).to_owned()).collect(),
            all: None,
        }],
        object_set: vec![ObjectSpec { obj: object.clone(), ..Default::default() }],
        report_missing_objects_in_results: None,
    }
}

/// The type of the fault in an entry of a CNS result.
pub fn fault_of(entry: &Object) -> Option<String> {
    let Some(Value::Object(localized)) = entry.get("fault") else { return None };
    let Some(Value::Object(fault)) = localized.get("fault") else { return None };
    Some(fault.type_name.to_string())
}
