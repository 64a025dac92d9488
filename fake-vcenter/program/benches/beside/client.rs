//! One client of a server: a session, its view of all machines, and how it waits for tasks.

use std::net::SocketAddr;
use std::time::Duration;

use crate::failure::Failure;
use crate::server::now;
use crate::soap::{Connection, Reference, reference, references, text};

/// What lists of machines show.
const SEVEN: [&str; 7] =
    ["name", "parent", "runtime.host", "runtime.powerState", "config.uuid", "guest.hostName", "summary.config.vmPathName"];

/// So long one waits for news before the server is asked whether there should have been any.
const NEWS: Duration = Duration::from_secs(2);
/// So long a task may take; none here takes time of its own.
const TASK: Duration = Duration::from_secs(30);

/// A client with a session.
pub struct Client {
    connection: Connection,
    collector: Reference,
    view: Reference,
    /// The version that was told last.
    version: String,
    /// So many changes the server has made and not told of.
    pub lost: usize,
}

/// A property filter over objects that a view shows, or over one object.
fn filter(start: &Reference, kind: &str, paths: &[&str], through_view: bool) -> String {
    let paths: String = paths.iter().map(|path| format!("<pathSet>{path}</pathSet>")).collect();
    let object = start.element("obj");
    let (skip, selection) = if through_view {
        let selection = "<selectSet xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView</type><path>view</path>\
                         <skip>false</skip></selectSet>";
        (true, selection)
    } else {
        (false, "")
    };
    format!("<propSet><type>{kind}</type>{paths}</propSet><objectSet>{object}<skip>{skip}</skip>{selection}</objectSet>")
}

impl Client {
    /// Logs in and makes a view.
    pub fn open(address: SocketAddr) -> Result<Self, Failure> {
        let mut connection = Connection::open(address)?;
        let content = connection.call(&Reference::new("ServiceInstance", "ServiceInstance"), "RetrieveServiceContent", "")?;
        let (root, views) = (reference(&content, "rootFolder")?, reference(&content, "viewManager")?);
        let collector = reference(&content, "propertyCollector")?;
        connection.login()?;
        let arguments = format!("{}<type>VirtualMachine</type><recursive>true</recursive>", root.element("container"));
        let view = reference(&connection.call(&views, "CreateContainerView", &arguments)?, "returnval")?;
        // A collector of its own, for its filters are its own too.
        let collector = reference(&connection.call(&collector, "CreatePropertyCollector", "")?, "returnval")?;
        Ok(Self { connection, collector, view, version: String::new(), lost: 0 })
    }

    /// So many calls it has made.
    pub fn calls(&self) -> usize {
        self.connection.calls
    }

    /// Asks for the time: what any call costs at least.
    pub fn nothing(&mut self) -> Result<(), Failure> {
        self.connection.call(&Reference::new("ServiceInstance", "ServiceInstance"), "CurrentTime", "").map(drop)
    }

    fn retrieve(&mut self, filter: &str) -> Result<String, Failure> {
        let arguments = format!("<specSet>{filter}</specSet><options></options>");
        self.connection.call(&Reference::new("PropertyCollector", "propertyCollector"), "RetrievePropertiesEx", &arguments)
    }

    /// Reads seven properties of all machines.
    pub fn seven_of_all(&mut self) -> Result<String, Failure> {
        self.retrieve(&filter(&self.view.clone(), "VirtualMachine", &SEVEN, true))
    }

    /// All machines and their uuids.
    pub fn machines(&mut self) -> Result<Vec<(Reference, String)>, Failure> {
        let answer = self.retrieve(&filter(&self.view.clone(), "VirtualMachine", &["config.uuid"], true))?;
        let machine = |part: &str| Ok((reference(part, "obj")?, uuid(part)?));
        answer.split("<objects>").skip(1).map(machine).collect()
    }

    /// A datastore.
    pub fn datastore(&mut self, machine: &Reference) -> Result<Reference, Failure> {
        let answer = self.retrieve(&filter(machine, "VirtualMachine", &["datastore"], false))?;
        let found = references(&answer, "ManagedObjectReference").next();
        found.ok_or_else(|| Failure::Unlike { wanted: "datastore".to_owned(), answer })
    }

    /// Reads a machine's configuration.
    pub fn configuration(&mut self, machine: &Reference) -> Result<String, Failure> {
        self.retrieve(&filter(machine, "VirtualMachine", &["config"], false))
    }

    /// Looks for a machine.
    pub fn find(&mut self, uuid: &str) -> Result<Reference, Failure> {
        let arguments = format!("<uuid>{uuid}</uuid><vmSearch>true</vmSearch><instanceUuid>false</instanceUuid>");
        let answer = self.connection.call(&Reference::new("SearchIndex", "SearchIndex"), "FindByUuid", &arguments)?;
        reference(&answer, "returnval")
    }

    /// Gives a machine a name and waits until it has it.
    pub fn rename(&mut self, machine: &Reference, name: &str) -> Result<(), Failure> {
        let answer = self.connection.call(machine, "ReconfigVM_Task", &format!("<spec><name>{name}</name></spec>"))?;
        self.wait(&answer).map(drop)
    }

    /// Asks for a machine's power to go on or off and does not wait.
    pub fn begin_power(&mut self, machine: &Reference, on: bool) -> Result<(), Failure> {
        self.connection.call(machine, if on { "PowerOnVM_Task" } else { "PowerOffVM_Task" }, "").map(drop)
    }

    /// Makes a volume of 100 MiB; its id.
    pub fn create(&mut self, name: &str, datastore: &Reference) -> Result<String, Failure> {
        let datastore = datastore.element("datastores");
        let cluster = "<clusterType>KUBERNETES</clusterType><clusterId>cluster-1</clusterId>\
                       <vSphereUser>administrator@vsphere.local</vSphereUser><clusterFlavor>VANILLA</clusterFlavor>";
        let arguments = format!(
            "<createSpecs><name>{name}</name><volumeType>BLOCK</volumeType>{datastore}\
             <metadata><containerCluster>{cluster}</containerCluster>\
             <entityMetadata xsi:type=\"CnsKubernetesEntityMetadata\"><entityName>{name}</entityName>\
             <entityType>PERSISTENT_VOLUME</entityType><clusterID>cluster-1</clusterID></entityMetadata>\
             <containerClusterArray>{cluster}</containerClusterArray></metadata>\
             <backingObjectDetails xsi:type=\"CnsBlockBackingDetails\"><capacityInMb>100</capacityInMb></backingObjectDetails></createSpecs>"
        );
        let answer = self.connection.cns("CnsCreateVolume", &arguments)?;
        let info = self.wait(&answer)?;
        let volume = info.split("<volumeId>").nth(1).unwrap_or_default();
        text(volume, "id").map(str::to_owned)
    }

    /// Asks for one volume.
    pub fn query(&mut self, volume: &str) -> Result<String, Failure> {
        self.connection
            .cns("CnsQueryVolume", &format!("<filter xsi:type=\"CnsQueryFilter\"><volumeIds><id>{volume}</id></volumeIds></filter>"))
    }

    /// Asks for as many volumes as go into one answer.
    pub fn query_all(&mut self) -> Result<String, Failure> {
        let filter =
            "<filter xsi:type=\"CnsQueryFilter\"><cursor><offset>0</offset><limit>1000</limit></cursor></filter><selection></selection>";
        self.connection.cns("CnsQueryAllVolume", filter)
    }

    /// Attaches a volume.
    pub fn attach(&mut self, volume: &str, machine: &Reference) -> Result<(), Failure> {
        let arguments = format!("<attachSpecs><volumeId><id>{volume}</id></volumeId>{}</attachSpecs>", machine.element("vm"));
        let answer = self.connection.cns("CnsAttachVolume", &arguments)?;
        self.wait(&answer).map(drop)
    }

    /// Detaches it.
    pub fn detach(&mut self, volume: &str, machine: &Reference) -> Result<(), Failure> {
        let arguments = format!("<detachSpecs><volumeId><id>{volume}</id></volumeId>{}</detachSpecs>", machine.element("vm"));
        let answer = self.connection.cns("CnsDetachVolume", &arguments)?;
        self.wait(&answer).map(drop)
    }

    /// Deletes it with its disk.
    pub fn delete(&mut self, volume: &str) -> Result<(), Failure> {
        let arguments = format!("<volumeIds><id>{volume}</id></volumeIds><deleteDisk>true</deleteDisk>");
        let answer = self.connection.cns("CnsDeleteVolume", &arguments)?;
        self.wait(&answer).map(drop)
    }

    /// Waits for a task as govmomi does: a filter on its `info`, updates until it has ended, the filter gone. What the last update says.
    /// A server that forgets to tell of the end is asked, and that is counted.
    fn wait(&mut self, answer: &str) -> Result<String, Failure> {
        let (task, begun) = (reference(answer, "returnval")?, now());
        let filter = self.follow(&task, "Task", "info")?;
        let mut ended = None;
        while ended.is_none() {
            ended = ending(self.updates(NEWS)?);
            if ended.is_none() && begun.elapsed() >= NEWS {
                ended = ending(self.retrieve(&self::filter(&task, "Task", &["info"], false))?);
                self.lost += usize::from(ended.is_some());
            }
            if ended.is_none() && begun.elapsed() >= TASK {
                self.forget(&filter)?;
                return Err(Failure::Unended { waited: TASK });
            }
        }
        self.forget(&filter)?;
        ended.unwrap_or(Err(Failure::Unended { waited: TASK }))
    }

    /// Begins to follow a property of an object; the filter.
    pub fn follow(&mut self, object: &Reference, kind: &str, path: &str) -> Result<Reference, Failure> {
        let spec = format!("<spec>{}</spec><partialUpdates>false</partialUpdates>", filter(object, kind, &[path], false));
        let answer = self.connection.call(&self.collector.clone(), "CreateFilter", &spec)?;
        reference(&answer, "returnval")
    }

    /// Ends to follow.
    pub fn forget(&mut self, filter: &Reference) -> Result<(), Failure> {
        self.connection.call(filter, "DestroyPropertyFilter", "").map(drop)
    }

    /// Waits for what is new, in whole seconds at most; an answer without anything comes when there was nothing.
    pub fn updates(&mut self, longest: Duration) -> Result<String, Failure> {
        let (version, seconds) = (&self.version, longest.as_secs());
        let arguments = format!("<version>{version}</version><options><maxWaitSeconds>{seconds}</maxWaitSeconds></options>");
        let answer = self.connection.call(&self.collector.clone(), "WaitForUpdatesEx", &arguments)?;
        if let Ok(version) = text(&answer, "version") {
            version.clone_into(&mut self.version);
        }
        Ok(answer)
    }
}

/// How a task has ended, if what is told of it says so.
fn ending(told: String) -> Option<Result<String, Failure>> {
    let is = |state: &str| told.contains(&format!(">{state}</state>")) || told.contains(&format!(">{state}</val>"));
    if is("error") || is("success") && told.contains("<fault") {
        return Some(Err(Failure::Task { answer: told }));
    }
    is("success").then_some(Ok(told))
}

/// The text of an answer's only value.
fn uuid(part: &str) -> Result<String, Failure> {
    let value = part.split("<val ").nth(1).and_then(|rest| rest.split('>').nth(1)).and_then(|rest| rest.split('<').next());
    value.map(str::to_owned).ok_or_else(|| Failure::Unlike { wanted: "uuid".to_owned(), answer: part.to_owned() })
}
