//! The controllers run in a world in memory: what they do, in which order, and what goes wrong with one behaviour less.

mod initialising;
mod life_cycle;
mod refreshing;
mod zones;

use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use serde_json::Value;
use vsphere_types::MoRef;

use crate::config::{Config, Environment};
use crate::doubles::{Cluster, DoubleHost, DoubleVCenter, Trace, machine, uuid};
use crate::start::{CcmOptions, RunningCcm, start};
use crate::vcenter::VCenter;
use crate::{Behaviours, Timings};

const TWO: &str = "\
vcenter:
  a: {server: vc-a, user: u, password: p}
  b: {server: vc-b, user: u, password: p}
";

const ZONED: &str = "\
vcenter:
  a: {server: vc-a, user: u, password: p}
labels: {zone: k8s-zone, region: k8s-region}
";

/// The world.
struct TestWorld {
    trace: Trace,
    cluster: Cluster,
    host: Arc<DoubleHost>,
    a: DoubleVCenter,
    b: DoubleVCenter,
    config: Config,
}

impl TestWorld {
    fn new(config: &str) -> Self {
        let trace = Trace::new();
        let cluster = Cluster::new(trace.clone());
        let host = Arc::new(DoubleHost::new(trace.clone(), cluster.clone()));
        let (a, b) = (DoubleVCenter::new("vc-a", trace.clone()), DoubleVCenter::new("vc-b", trace.clone()));
        let config = Config::parse("vsphere.conf", config.as_bytes(), &Environment::default()).expect("it is right");
        Self { trace, cluster, host, a, b, config }
    }

    /// Starts the controllers with these behaviours; a second start is a restart.
    fn start(&self, behaviours: Behaviours) -> RunningCcm {
        let options = CcmOptions { behaviours, timings: Timings::default(), ..CcmOptions::default() };
        let vcenters: [Arc<dyn VCenter>; 2] = [Arc::new(self.a.clone()), Arc::new(self.b.clone())];
        let vcenters = vcenters.into_iter().take(self.config.vcenters.len()).collect();
        let host: Arc<dyn Host> = self.host.clone();
        start(&host, &driver_host::kubernetes_client(self.cluster.service()), &self.config, vcenters, options)
    }

    fn node(&self, name: &str) -> Value {
        self.cluster.node(name).expect("it is there")
    }

    /// Whether the node still waits.
    fn waits(&self, name: &str) -> bool {
        self.node(name)["spec"]["taints"].to_string().contains("uninitialized")
    }

    fn label(&self, name: &str, key: &str) -> Option<String> {
        self.node(name)["metadata"]["labels"][key].as_str().map(str::to_owned)
    }
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A world with one machine of each vCenter registered, initialised and ready.
async fn two_nodes(behaviours: Behaviours) -> TestWorld {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(machine(1, "worker-1"));
    world.b.open().machines.push(machine(2, "worker-2"));
    // Set up by controllers that do everything right; what is under test takes over.
    world.cluster.register("worker-1", &uuid(1));
    world.cluster.register("worker-2", &uuid(2));
    world.start(Behaviours::default());
    pass(1).await;
    world.cluster.ready("worker-1", true);
    world.cluster.ready("worker-2", true);
    pass(6).await;
    assert!(!world.waits("worker-1") && !world.waits("worker-2"));
    world.host.kill();
    world.trace.take();
    world.start(behaviours);
    pass(1).await;
    world
}

fn reference(kind: &'static str, id: &str) -> MoRef {
    MoRef::new(kind, id)
}
