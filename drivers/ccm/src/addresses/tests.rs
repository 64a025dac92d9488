//! Which addresses a Node gets.

use base64::Engine;

use vsphere_types::MoRef;

use super::{addresses, prefer};
use crate::config::{Config, Family, NodesConfig};
use crate::vcenter::{Card, Machine};

fn nodes(keys: &str) -> NodesConfig {
    let text = format!("global: {{server: vc-a, user: u, password: p}}\nnodes: {{{keys}}}\n");
    Config::parse("vsphere.conf", text.as_bytes(), &crate::Environment::default()).expect("it is right").nodes
}

fn with(cards: &[(&str, &[&str])]) -> Machine {
    let card = |(network, addresses): &(&str, &[&str])| Card {
        network: (*network).to_owned(),
        virtual_hardware: true,
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
    };
    Machine {
        reference: MoRef::new("VirtualMachine", "vm-1"),
        name: "worker-1".to_owned(),
        uuid: "4216511d-2233-4455-6677-000000000001".to_owned(),
        host_name: "worker-1".to_owned(),
        cards: cards.iter().map(card).collect(),
        cpus: 4,
        memory_mb: 16_384,
        guest_id: "ubuntu64Guest".to_owned(),
        metadata: None,
        host: None,
        pool: None,
    }
}

/// `Internal/External` of each family, or the error.
fn chosen(machine: &Machine, families: &[Family], keys: &str) -> String {
    match addresses(machine, families, &nodes(keys), true) {
        Ok(found) => {
            assert_eq!((found[0].type_.as_str(), found[0].address.as_str()), ("Hostname", "worker-1"));
            let text = |address: &k8s_openapi::api::core::v1::NodeAddress| format!("{} {}", address.type_, address.address);
            found[1..].iter().map(text).collect::<Vec<_>>().join(", ")
        }
        Err(error) => error.to_string(),
    }
}

const BOTH: &[Family] = &[Family::V4, Family::V6];
const V4: &[Family] = &[Family::V4];

#[test]
fn without_configuration_the_first_address_that_others_can_reach_is_both() {
    let machine = with(&[("lan", &["fe80::1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "10.0.0.1", "10.0.0.2", "fd00::1"])]);
    assert_eq!(chosen(&machine, V4, ""), "InternalIP 10.0.0.1, ExternalIP 10.0.0.1");
    assert_eq!(chosen(&machine, BOTH, ""), "InternalIP 10.0.0.1, ExternalIP 10.0.0.1, InternalIP fd00::1, ExternalIP fd00::1");
}

#[test]
fn subnets_come_before_networks_and_networks_before_the_first() {
    let machine = with(&[("LAN", &["10.0.0.1", "10.9.0.1"]), ("Internet", &["198.51.100.7", "203.0.113.9"])]);
    assert_eq!(
        chosen(&machine, V4, "internalNetworkSubnetCidr: 10.9.0.0/16, externalNetworkSubnetCidr: 203.0.113.0/24"),
        "InternalIP 10.9.0.1, ExternalIP 203.0.113.9"
    );
    assert_eq!(
        chosen(&machine, V4, "internalVmNetworkName: lan, externalVmNetworkName: INTERNET"),
        "InternalIP 10.0.0.1, ExternalIP 198.51.100.7"
    );
    let both = "internalVmNetworkName: internet, internalNetworkSubnetCidr: 10.9.0.0/16, externalVmNetworkName: internet";
    assert_eq!(chosen(&machine, V4, both), "InternalIP 10.9.0.1, ExternalIP 198.51.100.7");
    // One side is enough, and the other is then not guessed at.
    assert_eq!(chosen(&machine, V4, "internalVmNetworkName: lan"), "InternalIP 10.0.0.1");
    assert_eq!(chosen(&machine, V4, "internalNetworkSubnetCidr: 192.168.0.0/16"), "InternalIP 10.0.0.1, ExternalIP 10.0.0.1");
}

#[test]
fn excluded_addresses_are_left_out_of_their_side_however_they_were_found() {
    let machine = with(&[("lan", &["10.0.0.1", "10.9.0.1"])]);
    let exclusion = "excludeInternalNetworkSubnetCidr: 10.0.0.1/32";
    assert_eq!(chosen(&machine, V4, exclusion), "InternalIP 10.9.0.1, ExternalIP 10.0.0.1");
    assert_eq!(chosen(&machine, V4, &format!("{exclusion}, internalNetworkSubnetCidr: 10.0.0.0/8")), "InternalIP 10.9.0.1");
    assert_eq!(chosen(&machine, V4, &format!("{exclusion}, internalVmNetworkName: lan")), "InternalIP 10.9.0.1");
}

#[test]
fn adapters_that_the_guest_made_up_do_not_count() {
    let mut machine = with(&[("", &["172.17.0.1"]), ("lan", &["10.0.0.1"])]);
    machine.cards[0].virtual_hardware = false;
    assert_eq!(chosen(&machine, V4, ""), "InternalIP 10.0.0.1, ExternalIP 10.0.0.1");
}

#[test]
fn what_is_missing_is_named_with_what_there_is() {
    let machine = with(&[("lan", &["10.0.0.1"]), ("san", &["10.1.0.1"])]);
    let errors = [
        chosen(&machine, BOTH, ""),
        chosen(&machine, V4, "internalVmNetworkName: a, externalVmNetworkName: b"),
        chosen(&with(&[("lan", &[])]), V4, ""),
        chosen(&machine, V4, "excludeInternalNetworkSubnetCidr: 0.0.0.0/0, excludeExternalNetworkSubnetCidr: 0.0.0.0/0"),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn what_cloud_init_was_told_to_set_up_comes_first() {
    let plain = "network:\n  version: 2\n  ethernets:\n    id0: {addresses: [10.9.0.1/24, 'fd00::9/64']}\n";
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let inner = format!("instance-id: x\nnetwork: {}\nnetwork.encoding: base64\n", encode(plain));
    for (text, encoding) in [(plain.to_owned(), ""), (encode(plain), "base64"), (encode(&inner), "b64"), (inner.clone(), "")] {
        let machine = Machine { metadata: Some((text, encoding.into())), ..with(&[("lan", &["10.0.0.1", "10.9.0.1"])]) };
        assert_eq!(chosen(&machine, V4, ""), "InternalIP 10.9.0.1, ExternalIP 10.9.0.1", "{encoding}");
    }
    // What cannot be understood orders nothing.
    for (text, encoding) in [("{", ""), ("network: 1", ""), ("%%", "base64"), ("x", "rot13"), ("network: {ethernets: [1]}", "")] {
        let machine = Machine { metadata: Some((text.into(), encoding.into())), ..with(&[("lan", &["10.0.0.1", "10.9.0.1"])]) };
        assert_eq!(chosen(&machine, V4, ""), "InternalIP 10.0.0.1, ExternalIP 10.0.0.1", "{text}");
    }
}

#[test]
fn an_address_that_kubelet_was_told_is_the_only_one_of_its_types() {
    let machine = with(&[("lan", &["10.0.0.1"]), ("out", &["198.51.100.7"])]);
    let found = addresses(&machine, V4, &nodes("internalVmNetworkName: lan, externalVmNetworkName: out"), true).expect("it has some");
    let told = |provided: &str| {
        let kept = prefer(provided, found.clone())?;
        Some(kept.iter().map(|address| address.address.clone()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(told("10.0.0.1").as_deref(), Some("10.0.0.1 worker-1 198.51.100.7"));
    assert_eq!(told("").as_deref(), Some("worker-1 10.0.0.1 198.51.100.7"));
    assert_eq!((told("10.0.0.2"), told("nonsense"), told("10.0.0.1,10.0.0.2")), (None, None, None));
}
