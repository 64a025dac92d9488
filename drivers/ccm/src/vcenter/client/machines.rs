//! Reading virtual machines, however many, in one call.

use vsphere_client::{ClientError, ObjectProperties, VsphereClient};
use vsphere_types::{GuestNicInfo, MoRef, ObjectSpec, OptionValue, PropertyFilterSpec, PropertySpec, Value, VirtualMachinePowerState};

use crate::vcenter::{Card, Machine, MachineState};

/// All that a Node needs to know.
pub(super) const WHOLE: &[&str] = &[
    "name",
    "summary.config.uuid",
    "summary.config.numCpu",
    "summary.config.memorySizeMB",
    "summary.config.guestId",
    "guest.hostName",
    "guest.net",
    "config.extraConfig",
    "runtime.host",
    "resourcePool",
];

/// What changes from second to second.
pub(super) const STATE: &[&str] = &["summary.config.uuid", "runtime.powerState"];

/// `deviceConfigId` of an adapter that the guest made up: a bridge, a tunnel.
const NOT_HARDWARE: i32 = -1;

/// Reads those of the machines that are there. vCenter refuses the whole call for one that is gone, and names it; it is
/// then left out, and the others are asked for again.
pub(super) async fn read(
    client: VsphereClient,
    mut machines: Vec<MoRef>,
    paths: &'static [&'static str],
) -> Result<Vec<ObjectProperties>, ClientError> {
    loop {
        if machines.is_empty() {
            return Ok(Vec::new());
        }
        let spec = PropertyFilterSpec {
            prop_set: vec![PropertySpec {
                kind: "VirtualMachine".to_owned(),
                all: None,
                path_set: paths.iter().map(|path| (*path).to_owned()).collect(),
            }],
            object_set: machines.iter().map(|machine| ObjectSpec { obj: machine.clone(), ..ObjectSpec::default() }).collect(),
            ..PropertyFilterSpec::default()
        };
        match client.retrieve(spec).await {
            Err(failure) => {
                let before = machines.len();
                machines.retain(|machine| !failure.says_gone(machine));
                if machines.len() == before {
                    return Err(failure);
                }
            }
            found => return found,
        }
    }
}

/// A machine as it was read.
pub(super) fn machine(found: &ObjectProperties) -> Result<Machine, ClientError> {
    let read = &found.properties;
    let text = |path: &str| read.get::<String>(path).map(Option::unwrap_or_default);
    let number = |path: &str| read.get::<i32>(path).map(Option::unwrap_or_default);
    let cards: Vec<GuestNicInfo> = read.list("guest.net")?;
    let options: Vec<OptionValue> = read.list("config.extraConfig")?;
    let option = |key: &str| {
        let found = options.iter().find(|option| option.key == key);
        found.and_then(|option| option.value.as_ref()).and_then(Value::as_text).map(str::to_owned)
    };
    let metadata = option("guestinfo.metadata").filter(|text| !text.is_empty());
    Ok(Machine {
        reference: found.object.clone(),
        name: text("name")?,
        uuid: text("summary.config.uuid")?,
        host_name: text("guest.hostName")?,
        cards: cards.into_iter().map(card).collect(),
        cpus: number("summary.config.numCpu")?,
        memory_mb: number("summary.config.memorySizeMB")?,
        guest_id: text("summary.config.guestId")?,
        metadata: metadata.map(|text| (text, option("guestinfo.metadata.encoding").unwrap_or_default())),
        host: read.get("runtime.host")?,
        pool: read.get("resourcePool")?,
    })
}

fn card(told: GuestNicInfo) -> Card {
    Card { network: told.network.unwrap_or_default(), virtual_hardware: told.device_config_id != NOT_HARDWARE, addresses: told.ip_address }
}

/// A machine's state as it was read.
pub(super) fn state(found: &ObjectProperties) -> Result<MachineState, ClientError> {
    let power: VirtualMachinePowerState = found.properties.require("runtime.powerState")?;
    Ok(MachineState {
        reference: found.object.clone(),
        uuid: found.properties.get("summary.config.uuid")?.unwrap_or_default(),
        powered_on: power == VirtualMachinePowerState::PoweredOn,
    })
}
