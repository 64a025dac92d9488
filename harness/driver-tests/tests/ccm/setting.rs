//! The controller between two vCenters and an API server.

use std::future::Future;

use fake_vcenter_world::{
    CategoryConfig, ClusterConfig, DatacenterConfig, DatastoreConfig, Release, TagsConfig, UserConfig, VmConfig, WorldConfig,
};
use seatrial_driver_tests::{FakeVCenter, World, pass};
use serde_json::Value;
use vsphere_ccm::{Behaviours, CcmOptions, RunningCcm};

/// The controller's process.
const PROCESS: &str = "ccm";
/// Where its configuration is.
pub const CONFIG: &str = "/etc/cloud/vsphere.conf";
/// Its account, in every vCenter.
pub const USER: &str = "ccm@vsphere.local";
/// Its password there.
pub const PASSWORD: &str = "first";

/// Two vCenters.
pub const TWO: &str = "\
vcenter:
  a: {server: vc-a, user: ccm@vsphere.local, password: first}
  b: {server: vc-b, user: ccm@vsphere.local, password: first}
";

/// One vCenter, and zones.
pub const ZONED: &str = "\
vcenter:
  a: {server: vc-a, user: ccm@vsphere.local, password: first}
labels: {zone: k8s-zone, region: k8s-region}
";

/// The world, and the vCenters in it. Each has one datacenter `dc-1` with the clusters `prod` and `other`, of one host each.
pub struct Setting {
    /// The world.
    pub world: World,
    /// `vc-a`.
    pub a: FakeVCenter,
    /// `vc-b`.
    pub b: FakeVCenter,
}

/// What a vCenter of this name is.
pub fn vcenter(name: &str, first_number: u64) -> WorldConfig {
    let mut config = WorldConfig::new(name, Release::V8_0U3);
    config.first_number = first_number;
    config.users.push(UserConfig::administrator(USER, PASSWORD));
    let categories = ["k8s-zone", "k8s-region"].map(CategoryConfig::multiple).into();
    config.tags = TagsConfig { categories, tags: Vec::new() };
    config.inventory.datacenters.push(DatacenterConfig {
        name: "dc-1".to_owned(),
        clusters: ["prod", "other"].map(|name| ClusterConfig::new(name, 1, &["vsan-a"])).into(),
        datastores: vec![DatastoreConfig::vsan("vsan-a", 1024)],
        networks: vec!["VM Network".to_owned()],
        vms: Vec::new(),
    });
    config
}

/// A uuid that ends in this number.
pub fn uuid(number: u32) -> String {
    format!("4216511d-2233-4455-6677-{number:012}")
}

/// A machine of cluster `prod` that runs, with its tools.
pub fn machine(number: u32, name: &str) -> VmConfig {
    let addresses = vec![format!("10.0.0.{number}")];
    VmConfig { bios_uuid: Some(uuid(number)), addresses, ..VmConfig::node(name, number as usize) }
}

impl Setting {
    /// Does `body` in a world in which the controller's configuration is this.
    pub fn begin<F: Future>(config: &str, body: impl FnOnce(Self) -> F) -> F::Output {
        World::begin(|world| {
            world.files.write(CONFIG, config);
            let (a, b) = (world.vcenter(vcenter("vc-a", 1)), world.vcenter(vcenter("vc-b", 1)));
            body(Self { world, a, b })
        })
    }

    /// Starts the controller with these behaviours; a second start is a restart.
    pub async fn start(&self, behaviours: Behaviours) -> RunningCcm {
        let options = CcmOptions { config_path: CONFIG.into(), behaviours, ..CcmOptions::default() };
        vsphere_ccm::run(self.world.host(PROCESS), options).await.unwrap()
    }

    /// Kills the controller.
    pub fn kill(&self) {
        self.world.kill(PROCESS);
    }

    /// A vCenter goes out of the controller's reach, or comes back into it.
    pub fn down(&self, vcenter: &FakeVCenter, down: bool) {
        vcenter.reachable_by(PROCESS, !down);
    }

    /// How often the controller has called a vCenter.
    pub fn called(&self, vcenter: &str) -> usize {
        self.world.calls_to(PROCESS, vcenter)
    }

    /// How many writes the controller has sent to the API server.
    pub fn writes(&self) -> usize {
        let calls = self.world.calls(PROCESS);
        let writes = |method: &str| ["create ", "update ", "patch ", "delete "].iter().any(|verb| method.starts_with(verb));
        calls.iter().filter(|call| writes(&call.method)).count()
    }

    /// How many lines of the controller's log hold a text.
    pub fn logged(&self, text: &str) -> usize {
        self.world.logged(PROCESS, text)
    }

    /// What the controller has done.
    pub fn trace(&self) -> String {
        self.world.trace(PROCESS)
    }

    /// A node that is there.
    pub async fn node(&self, name: &str) -> Value {
        self.world.cluster.node(name).await
    }

    /// Whether a node is there.
    pub async fn has(&self, name: &str) -> bool {
        self.world.cluster.find_node(name).await.is_some()
    }

    /// Whether the node still waits.
    pub async fn waits(&self, name: &str) -> bool {
        self.node(name).await["spec"]["taints"].to_string().contains("uninitialized")
    }

    /// What a label of a node says.
    pub async fn label(&self, name: &str, key: &str) -> Option<String> {
        self.node(name).await["metadata"]["labels"][key].as_str().map(str::to_owned)
    }

    /// The events about a node, line by line.
    pub async fn events(&self, name: &str) -> String {
        self.world.cluster.events(name).await.join("\n")
    }
}

/// One machine of each vCenter registered, initialised and ready.
pub async fn two_nodes(setting: &Setting, behaviours: Behaviours) {
    setting.a.create_vm(&machine(1, "worker-1"));
    setting.b.create_vm(&machine(2, "worker-2"));
    // Set up by controllers that do everything right; what is under test takes over.
    for (name, number) in [("worker-1", 1), ("worker-2", 2)] {
        setting.world.cluster.register(name, &uuid(number)).await;
    }
    setting.start(Behaviours::default()).await;
    pass(2).await;
    for name in ["worker-1", "worker-2"] {
        setting.world.cluster.ready(name, true).await;
    }
    pass(6).await;
    assert!(!setting.waits("worker-1").await && !setting.waits("worker-2").await);
    setting.kill();
    setting.world.forget();
    setting.start(behaviours).await;
    pass(1).await;
}
