//! Nodes: a machine on a VM, a kubelet, the driver's node plugin.
//!
//! A node's machine follows its VM: when the VM goes off, whatever ran on it is gone at once; when it is on again, by
//! whomever and on whatever host, the guest boots and its services start.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use driver_host::{HttpService, Machine};
use fake_vcenter_server::VCenter;
use seatrial_journal::{Border, Event};
use seatrial_node::{
    ConfigurationFiles, CsiPlugin, DescribeCsi, Disks, Kubelet, KubeletConfig, RealDevicesError, RealPlace, SimulatedHost,
    SimulatedMachine, product_uuid, serve_machine,
};
use seatrial_scenario::{NodeIp, SystemUuid};
use seatrial_wires::{Network, Process, dial_socket};
use tower::ServiceExt;
use vsphere_csi::{NodeOptions, run_node};

use super::context::{VCenters, WorldContext};
use super::csi;
use super::external::{self, NodePlugin};
use super::hardware::VmHardware;
use super::names::{DRIVER, ENDPOINT, kubelet, plugin, plugin_address};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, endpoint, run_child};
use crate::supervisor::{Supervisor, Why};
use crate::switches::Switches;

/// From power-on until the guest's services start.
const BOOT: Duration = Duration::from_secs(30);

/// Of the VMs of the fake vCenter; where the firmware turns bytes round, the last that did, though vCenter does not say so.
fn hardware_version(form: SystemUuid) -> &'static str {
    match form {
        SystemUuid::AsWritten | SystemUuid::UpperCase => "vmx-19",
        SystemUuid::ByteSwapped => "vmx-12",
    }
}

/// A node and the machine that it is at this time: one that is created anew is another machine of the same name.
pub(crate) struct NodeSlot {
    pub(crate) name: String,
    pub(crate) vcenter: Arc<VCenter>,
    disks: Arc<Disks>,
    place: Option<RealPlace>,
    /// How its firmware writes its uuid.
    form: SystemUuid,
    machine: Mutex<Arc<SimulatedMachine>>,
}

/// The nodes of a world, by name.
pub(crate) type Nodes = BTreeMap<String, Arc<NodeSlot>>;

impl NodeSlot {
    fn new(
        network: &Network,
        name: &str,
        vcenter: &Arc<VCenter>,
        disks: &Arc<Disks>,
        (place, form): (Option<RealPlace>, SystemUuid),
    ) -> Result<Self, RealDevicesError> {
        let machine = Mutex::new(machine(network, name, vcenter, disks, (place.clone(), form))?);
        Ok(Self { name: name.to_owned(), vcenter: Arc::clone(vcenter), disks: Arc::clone(disks), place, form, machine })
    }

    /// The machine that the node is now.
    pub(crate) fn machine(&self) -> Arc<SimulatedMachine> {
        Arc::clone(&self.machine.lock().expect("nothing panics while the machine is locked"))
    }

    /// Whether its devices and mounts are the kernel's.
    pub(super) fn has_real_devices(&self) -> bool {
        self.place.is_some()
    }

    /// Puts a new machine in the place of one whose VM was destroyed.
    fn replace_machine(&self, network: &Network) {
        match machine(network, &self.name, &self.vcenter, &self.disks, (self.place.clone(), self.form)) {
            Ok(fresh) => *self.machine.lock().expect("nothing panics while the machine is locked") = fresh,
            // The node stays what it was, and off.
            Err(error) => {
                network.journal().record(Event::Log { process: format!("node/{}", self.name), line: error.to_string() });
            }
        }
    }

    /// Its VM's uuid, as its firmware writes it.
    fn system_uuid(&self) -> String {
        let uuid = product_uuid(&self.machine().bios_uuid(), hardware_version(self.form));
        if self.form == SystemUuid::UpperCase { uuid.to_ascii_uppercase() } else { uuid }
    }

    /// What runs on the node.
    fn processes(&self) -> [String; 2] {
        [kubelet(&self.name), plugin(&self.name)]
    }
}

/// The machine of a node; `place` is where its devices are, if they are the kernel's.
fn machine(
    network: &Network,
    name: &str,
    vcenter: &Arc<VCenter>,
    disks: &Arc<Disks>,
    (place, form): (Option<RealPlace>, SystemUuid),
) -> Result<Arc<SimulatedMachine>, RealDevicesError> {
    let vm = vcenter.with_world(|world| world.vm_named(name)).expect("the node's VM is in the inventory");
    let hardware = Arc::new(VmHardware { vcenter: Arc::clone(vcenter), vm: name.to_owned() });
    let (disks, journal) = (Arc::clone(disks), network.journal().clone());
    match place {
        Some(place) => SimulatedMachine::on_real_devices(place, (&vm.bios_uuid, hardware_version(form)), hardware, disks, journal),
        None => Ok(SimulatedMachine::new(name, &vm.bios_uuid, hardware, disks, journal)),
    }
}

pub(super) fn start_all(context: &WorldContext<'_>, vcenters: &VCenters) -> Result<Nodes, ProcessEnvironmentError> {
    let WorldContext { network, supervisor, scenario, switches, .. } = *context;
    let journal = network.journal();
    let disks = context.environment.map_or_else(|| Disks::new(journal.clone()), |environment| environment.disks(journal));
    let mut nodes = Nodes::new();
    for home in scenario.world.homes() {
        let Some(vcenter) = vcenters.get(&home.vcenter.name.value) else { continue };
        let name = &home.node.name.value;
        let place = context.environment.and_then(|environment| environment.place_of_devices(name));
        let slot = Arc::new(NodeSlot::new(network, name, vcenter, &disks, (place, home.node.system_uuid))?);
        match context.environment {
            Some(environment) => start_plugin_program(context, &slot, environment)?,
            None => start_plugin(supervisor, &slot, switches),
        }
        start_kubelet(supervisor, &slot, (scenario.world.drivers.ccm.is_some(), home.node.node_ip.clone()), switches);
        nodes.insert(name.clone(), slot);
    }
    Ok(nodes)
}

fn start_kubelet(supervisor: &Supervisor, slot: &Arc<NodeSlot>, (external_cloud_provider, node_ip): (bool, NodeIp), switches: &Switches) {
    let (slot, rules) = (Arc::clone(slot), switches.kubernetes);
    supervisor.start(&kubelet(&slot.name.clone()), move |process: &Process| {
        let vm = slot.vcenter.with_world(|world| world.vm_named(&slot.name));
        let first = vm.and_then(|vm| vm.addresses.first().cloned()).unwrap_or_default();
        let address = match &node_ip {
            NodeIp::Told(address) => address.to_string(),
            NodeIp::First | NodeIp::Untold => first,
        };
        let mut config = KubeletConfig::new(slot.machine(), &address);
        config.told_node_ip = node_ip != NodeIp::Untold;
        config.system_uuid = slot.system_uuid();
        config.external_cloud_provider = external_cloud_provider;
        config.rules = rules;
        config.csi.push(CsiPlugin { driver: DRIVER.to_owned(), address: plugin_address(&slot.name) });
        drop(Kubelet::start(process, config));
    });
}

fn start_plugin(supervisor: &Supervisor, slot: &Arc<NodeSlot>, switches: &Switches) {
    let (slot, behaviours) = (Arc::clone(slot), switches.csi);
    supervisor.start(&plugin(&slot.name.clone()), move |process: &Process| {
        let host = SimulatedHost::new(process.clone(), Some(slot.machine()), ConfigurationFiles::default());
        let options = NodeOptions { node_name: slot.name.clone(), endpoint: ENDPOINT.to_owned(), behaviours, topology: true };
        let subject = process.clone();
        process.spawn("main", async move {
            if let Err(error) = run_node(host, options).await {
                subject.exit(&error.to_string());
            }
        });
    });
}

/// The node plugin as a process of the machine, on the node's guest: the simulated one by a socket, the real one by being inside.
fn start_plugin_program(
    context: &WorldContext<'_>,
    slot: &Arc<NodeSlot>,
    environment: &Arc<ProcessEnvironment>,
) -> Result<(), ProcessEnvironmentError> {
    let name = plugin(&slot.name);
    let folder = environment.folder_of(&name)?;
    let machine_socket = folder.join("machine.sock");
    environment.write_script_for(&name, CHECK_PATH, &check_path(&environment.program, &machine_socket))?;
    let path = environment.driver_socket(&name)?;
    let theirs = if slot.place.is_some() { external::node_plugin(context, environment, &slot.name, &path)? } else { None };
    let NodePlugin { child, files } = match theirs {
        Some(theirs) => theirs,
        None => NodePlugin { child: our_plugin(environment, slot, &machine_socket)?, files: None },
    };
    let (slot, environment) = (Arc::clone(slot), Arc::clone(environment));
    context.supervisor.start(&name, move |process: &Process| {
        let machine = slot.machine();
        if let Err(error) = serve_machine(process, Arc::clone(&machine) as Arc<dyn Machine>, &machine_socket) {
            return process.exit(&error.to_string());
        }
        process.listen(&plugin_address(&slot.name), Border::Csi, looking(dial_socket(process, &path), &slot), Arc::new(DescribeCsi));
        let namespace = match &files {
            Some(container) => machine.namespace_of_image(container),
            None => Ok(machine.namespace()),
        };
        let child = match namespace {
            Ok(Some(namespace)) => child.clone().inside(&namespace),
            Ok(None) => child.clone(),
            Err(error) => return process.exit(&error.to_string()),
        };
        run_child(&environment, process, child);
    });
    Ok(())
}

/// Our node plugin on a node.
fn our_plugin(environment: &ProcessEnvironment, slot: &NodeSlot, machine_socket: &Path) -> Result<Child, ProcessEnvironmentError> {
    let mut variables = csi::shared_variables(environment, &plugin(&slot.name))?;
    let machine = match slot.place {
        // It is inside, and calls programs of the system's.
        Some(_) => ("PATH", external::SYSTEM_PATH.into()),
        None => ("SEATRIAL_MACHINE", endpoint(machine_socket)),
    };
    let told = [("X_CSI_MODE", "node".into()), ("NODE_NAME", slot.name.clone().into()), machine];
    variables.extend(told.map(|(name, value)| (name.to_owned(), value)));
    Ok(Child {
        driver: csi::OURS.to_owned(),
        program: environment.program.clone(),
        arguments: csi::ARGUMENTS.map(OsString::from).to_vec(),
        variables,
        namespace: None,
    })
}

/// The service, and a look at the node's real mounts before and after each call.
fn looking(service: HttpService, slot: &Arc<NodeSlot>) -> HttpService {
    let (before, after) = (Arc::clone(slot), Arc::clone(slot));
    let looked = service
        .map_request(move |request: http::Request<driver_host::Body>| {
            before.machine().look();
            request
        })
        .map_response(move |response: http::Response<driver_host::Body>| {
            after.machine().look();
            response
        });
    HttpService::new(looked)
}

/// Lets a node's real devices come and go with its VM's disks; never ends.
pub(super) async fn follow_disks(slot: Arc<NodeSlot>) {
    loop {
        let version = slot.vcenter.version();
        slot.machine().follow_hardware();
        slot.vcenter.changed_since(version).await;
    }
}

/// What tells a client that calls the node plugin whether a path is there on the node's machine.
pub(crate) const CHECK_PATH: &str = "check-path";

/// A script in the form that csi-sanity calls, with a path.
fn check_path(program: &Path, machine: &Path) -> String {
    format!("#!/bin/sh\nexec '{}' driver path-kind --machine '{}' \"$1\"\n", program.display(), machine.display())
}

/// What is known of a VM's power: whether it runs, and which boot and which identity it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Power {
    identity: String,
    boot: Option<u64>,
}

fn power(slot: &NodeSlot) -> Power {
    let vm = slot.vcenter.with_world(|world| world.vm_named(&slot.name));
    vm.map_or_else(Power::default, |vm| Power { identity: vm.bios_uuid, boot: vm.running.then_some(vm.boot_id) })
}

/// Lets a node's machine follow its VM; never ends.
pub(super) async fn follow(slot: Arc<NodeSlot>, network: Network, supervisor: Supervisor) {
    let mut known = power(&slot);
    let mut running_identity = known.identity.clone();
    loop {
        let version = slot.vcenter.version();
        let now = power(&slot);
        if now == known {
            slot.vcenter.changed_since(version).await;
            continue;
        }
        if known.boot.is_some() {
            switch_off(&slot, &supervisor);
        }
        known = now;
        if known.boot.is_none() {
            continue;
        }
        if known.identity != running_identity {
            slot.replace_machine(&network);
            running_identity.clone_from(&known.identity);
        }
        tokio::time::sleep(BOOT).await;
        if power(&slot) == known {
            slot.machine().power_on();
            slot.machine().follow_hardware();
            for process in slot.processes() {
                supervisor.let_go(&process, Why::MachineOff);
            }
        }
    }
}

fn switch_off(slot: &NodeSlot, supervisor: &Supervisor) {
    for process in slot.processes() {
        supervisor.hold_down(&process, Why::MachineOff);
    }
    slot.machine().power_off();
}
