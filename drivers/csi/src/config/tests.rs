//! The configuration file's language, and what its errors say.

use std::collections::BTreeMap;

use driver_host::Trust;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use driver_config::Settings;

use super::schema::SCHEMA;
use super::{Config, Environment};

const GOOD: &str = r#"
# Written by the installer.
[Global]
cluster-id = "prod-1"          ; not to be shared
cluster-distribution = Vanilla
insecure-flag

[VirtualCenter "vc-a.example.com"]
user = "k8s@vsphere.local"
password = "pa\"ss#;\\word "
port = "8443"
datacenters = "dc-1, dc-2"

[Labels]
topology-categories = "k8s-region, k8s-zone"
"#;

fn parse(text: &str) -> Config {
    with(text, &[])
}

fn with(text: &str, variables: &[(&str, &str)]) -> Config {
    Config::parse("vsphere.conf", text.as_bytes(), &environment(variables)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn error(text: &str) -> String {
    Config::parse("/etc/cloud/csi-vsphere.conf", text.as_bytes(), &Environment::default()).expect_err(text).to_string()
}

/// A file, and what gcfg itself made of it.
#[derive(Deserialize)]
struct Golden {
    text: String,
    #[serde(default)]
    read: BTreeMap<String, BTreeMap<String, Value>>,
    refused: Option<String>,
}

/// What a file sets, as the golden table has it: without what is empty, false or 0.
fn set(settings: &Settings) -> BTreeMap<String, BTreeMap<String, String>> {
    let named =
        settings.named.iter().flat_map(|(section, all)| all.iter().map(move |named| (format!("{section} {}", named.name), &named.values)));
    let all = settings.plain.iter().map(|(section, values)| ((*section).to_owned(), values)).chain(named);
    let all = all.map(|(section, values)| {
        let there = values.iter().filter(|(_, found)| !matches!(found.text(), "" | "false" | "0"));
        (section, there.map(|(key, found)| ((*key).to_owned(), found.text().to_owned())).collect::<BTreeMap<_, _>>())
    });
    all.filter(|(_, values)| !values.is_empty()).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn every_file_of_the_table_is_read_as_gcfg_reads_it() {
    let lines: Vec<&str> = include_str!("golden/read.jsonl").lines().collect();
    assert!(lines.len() > 200, "the table has {} files", lines.len());
    for line in lines {
        let golden: Golden = serde_json::from_str(line).expect("the table is written by our own program");
        let ours = Settings::read("f", golden.text.as_bytes(), SCHEMA);
        match (ours, golden.refused) {
            // Upstream reads the file by a way of gcfg's that knows no mark at the beginning; nobody sees the mark.
            (Ok(_), Some(reason)) => assert!(golden.text.starts_with('\u{feff}'), "{:?} is refused by gcfg: {reason}", golden.text),
            (Err(_), Some(_)) => {}
            (Err(error), None) => panic!("{:?} is refused: {error}", golden.text),
            (Ok(settings), None) => {
                let expected: BTreeMap<String, BTreeMap<String, String>> = golden
                    .read
                    .iter()
                    .map(|(section, values)| (section.clone(), values.iter().map(|(key, value)| (key.clone(), plain(value))).collect()))
                    .collect();
                assert_eq!(set(&settings), expected, "{:?}", golden.text);
            }
        }
    }
}

#[test]
fn a_file_of_upstream_is_read_with_its_quotes_and_escapes() {
    let config = parse(GOOD);
    let vcenter = &config.vcenters[0];
    assert_eq!(config.cluster_id.as_deref(), Some("prod-1"));
    assert_eq!(config.cluster_distribution, "Vanilla");
    assert_eq!(vcenter.host, "vc-a.example.com");
    assert_eq!(vcenter.port, 8443);
    assert_eq!(vcenter.password.reveal(), "pa\"ss#;\\word ");
    assert_eq!(vcenter.trust, Trust::Anything);
    assert_eq!(vcenter.datacenters, ["dc-1", "dc-2"]);
    assert_eq!(config.labels.topology_categories, ["k8s-region", "k8s-zone"]);
    assert_eq!(config.notices, [""; 0]);
}

#[test]
fn a_vcenter_takes_from_global_what_it_does_not_say_itself() {
    let config =
        parse("[Global]\ncluster-id = a\nuser = u@d\npassword = global\nport = 444\n[VirtualCenter \"x\"]\npassword = own\nport =\n");
    let vcenter = &config.vcenters[0];
    assert_eq!((vcenter.user.as_str(), vcenter.password.reveal(), vcenter.port), ("u@d", "own", 444));
    assert_eq!(vcenter.trust, Trust::System);
}

#[test]
fn an_ipv6_address_may_stand_in_brackets_or_not() {
    for (written, host) in [("2001:db8::11", "2001:db8::11"), ("[2001:db8::11]", "2001:db8::11"), ("::1", "::1"), ("[::1]", "::1")] {
        let config = parse(&format!("[Global]\nuser = u@d\npassword = p\n[VirtualCenter \"{written}\"]\nport = \"443\"\n"));
        assert_eq!((config.vcenters[0].host.as_str(), config.vcenters[0].port), (host, 443), "{written}");
    }
    let twice = "[Global]\nuser = u@d\npassword = p\n[VirtualCenter \"[::1]\"]\nport = 1\n[VirtualCenter \"::1\"]\ndatacenters = d\n";
    let config = parse(twice);
    assert_eq!((config.vcenters.len(), config.vcenters[0].port), (1, 1));
    assert_eq!(config.vcenters[0].datacenters, ["d"]);
}

#[test]
fn a_cluster_id_may_be_left_out() {
    let config = parse("[Global]\n[VirtualCenter \"vc.shop.test\"]\nuser = \"k8s@shop.test\"\npassword = \"x\"\n");
    assert_eq!(config.cluster_id, None);
}

const BARE: &str = "[Global]\ncluster-id = \"shop-1\"\n[VirtualCenter \"vc.shop.test\"]\nport = \"443\"\ndatacenters = \"dc-1\"\n";

#[test]
fn the_environment_fills_what_the_file_leaves_out() {
    let account = [("VSPHERE_USER", "k8s@shop.test"), ("VSPHERE_PASSWORD", "a=b")];
    let vcenter = &with(BARE, &account).vcenters[0];
    assert_eq!((vcenter.user.as_str(), vcenter.password.reveal()), ("k8s@shop.test", "a=b"));
    // What [Global] says gives way; what a vCenter says itself does not.
    let text = "[Global]\nuser = g@d\npassword = g\nport = 1\n[VirtualCenter \"vc\"]\npassword = own\n";
    let more = [("VSPHERE_PORT", "8443"), ("VSPHERE_DATACENTER", "a, b"), ("VSPHERE_INSECURE", "T"), ("VSPHERE_LABEL_ZONE", "z")];
    let config = with(text, &[&account[..], &more].concat());
    let vcenter = &config.vcenters[0];
    assert_eq!((vcenter.user.as_str(), vcenter.password.reveal(), vcenter.port), ("k8s@shop.test", "own", 8443));
    assert_eq!((vcenter.datacenters.join("+").as_str(), &vcenter.trust), ("a+b", &Trust::Anything));
    assert_eq!(config.labels.zone.as_deref(), Some("z"));
    let empty = with(text, &[("VSPHERE_USER", ""), ("VSPHERE_INSECURE", "perhaps")]);
    assert_eq!((empty.vcenters[0].user.as_str(), &empty.vcenters[0].trust), ("g@d", &Trust::System));
    assert_eq!(empty.notices, ["VSPHERE_INSECURE is neither true nor false, and nothing is done with it"]);
}

#[test]
fn the_environment_may_name_all_of_it() {
    let account = [("VSPHERE_VCENTER", "vc.shop.test"), ("VSPHERE_USER", "u@d"), ("VSPHERE_PASSWORD", "p")];
    let config = with("", &account);
    assert_eq!((config.vcenters[0].host.as_str(), config.vcenters[0].port, config.cluster_id), ("vc.shop.test", 443, None));
    let several = [
        ("VSPHERE_USER", "u@d"),
        ("VSPHERE_PASSWORD", "p"),
        ("VSPHERE_LABEL_ZONE", "z"),
        ("VSPHERE_VCENTER_A", "vc-a"),
        ("VCENTER_A_USERNAME", "a@d"),
        ("VCENTER_A_PASSWORD", "a"),
        ("VCENTER_A_PORT", "8443"),
        ("VCENTER_A_INSECURE", "true"),
        ("VCENTER_A_DATACENTERS", "dc-a"),
        ("VSPHERE_VCENTER_B", "vc-b"),
    ];
    let config = with("[VirtualCenter \"vc-a\"]\ndatacenters = dc-z\n", &several);
    let [first, second] = config.vcenters.as_slice() else { panic!("there are two") };
    assert_eq!((first.user.as_str(), first.password.reveal(), first.port), ("a@d", "a", 8443));
    assert_eq!((first.datacenters.join("+").as_str(), &first.trust), ("dc-a", &Trust::Anything));
    assert_eq!((second.host.as_str(), second.user.as_str(), &second.trust), ("vc-b", "u@d", &Trust::System));
}

#[test]
fn neither_a_secret_nor_a_variable_is_printed() {
    let shown = format!("{:?}", parse(GOOD));
    assert!(shown.contains("(secret)") && !shown.contains("ss#"));
    let shown = format!("{:?}", environment(&[("VSPHERE_PASSWORD", "hunter2")]));
    assert!(shown.contains("VSPHERE_PASSWORD") && !shown.contains("hunter2"));
}

const TWO: &str = "[Global]\ncluster-id=a\nuser=u@d\npassword=p\n[VirtualCenter \"one\"]\n[VirtualCenter \"two\"]\n";

#[test]
fn several_vcenters_are_read_with_the_categories_that_tell_them_apart() {
    let config = parse(&format!(
        "{TWO}[Labels]\ntopology-categories = k8s-region, k8s-zone\n[TopologyCategory \"k8s-zone\"]\nlabel = example.com/zone\n"
    ));
    assert_eq!(config.vcenters.len(), 2);
    let categories: Vec<(String, String)> = config.labels.categories().into_iter().map(|category| (category.name, category.key)).collect();
    let expected = [("k8s-region", "topology.csi.vmware.com/k8s-region"), ("k8s-zone", "example.com/zone")];
    assert_eq!(categories, expected.map(|(name, key)| (name.to_owned(), key.to_owned())));
}

#[test]
fn zone_and_region_are_told_by_the_keys_of_kubernetes() {
    let config = parse(&format!("{TWO}[Labels]\nzone = k8s-zone\nregion = k8s-region\n"));
    let keys: Vec<String> = config.labels.categories().into_iter().map(|category| category.key).collect();
    assert_eq!(keys, ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"]);
}

#[test]
fn topology_that_cannot_be_meant_is_refused() {
    let six: String = (0..6).map(|number| format!("[VirtualCenter \"vc-{number}\"]\n")).collect();
    let texts = [
        TWO.to_owned(),
        format!("{TWO}[Labels]\nzone = a\ntopology-categories = b\n"),
        format!("[Global]\ncluster-id=a\nuser=u@d\npassword=p\n{six}[Labels]\nzone = a\n"),
    ];
    let errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn what_changes_nothing_is_noted() {
    let text = "[Global]\nprot = 1\ncluster_id\n";
    assert!(error(text).contains("a key is letters"), "gcfg takes no underscore, so neither is this noted");
    let text = "[Global]\ninsecure-flag\nprot = 1\nuser = u@d\npassword = p\n[VirtualCentre \"x\"]\nuser = y\n[Workspace]\nserver = z\n\
                [VirtualCenter \"x\"]\ninsecure-flag = no\nverbosity\n[Labels \"x\"]\nzone = a\n[Labels]\nzone = a\n\
                [TopologyCategory \"b\"]\nlabel = c\n";
    insta::assert_snapshot!(parse(text).notices.join("\n"));
}

#[test]
fn an_error_names_the_file_the_line_the_key_and_the_remedy() {
    let start = "[Global]\ncluster-id = a\n";
    let texts = [
        "[Global\n".to_owned(),
        "cluster-id = a\n".to_owned(),
        format!("{start}insecure-flag = perhaps\n"),
        format!("{start}query-limit = many\n"),
        format!("{start}password = \"open\n"),
        format!("{start}password = \"a\\b\"\n"),
        format!("{start}user = SHOP\\k8s\n"),
        format!("{start}user\n"),
        format!("{start}= 3\n"),
        format!("{start}[VirtualCenter]\n"),
        format!("{start}[VirtualCenter \"\"]\n"),
        format!("{start}[VirtualCenter \"vc.shop.test:8443\"]\n"),
        format!("{start}[VirtualCenter \"[2001:db8::11]:8443\"]\n"),
        format!("{start}[VirtualCenter \"https://vc.shop.test/sdk\"]\n"),
        format!("{start}[VirtualCenter \"vc shop\"]\n"),
        start.to_owned(),
        format!("{start}[VirtualCenter \"x\"]\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = nobody\npassword = p\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = u@d\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = u@d\npassword = p\nport = many\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = u@d\npassword = p\nthumbprint = AA:BB\n"),
        format!("[Global]\ncluster-id = {}\n", "x".repeat(65)),
    ];
    let mut errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    let variable = Config::parse("f", BARE.as_bytes(), &environment(&[("VSPHERE_USER", "nobody")]));
    errors.push(variable.expect_err("the account has no domain").to_string());
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = Config::parse("vsphere.conf", &[0xff, 0xfe], &Environment::default()).expect_err("the file is wrong");
    insta::assert_snapshot!(error);
}

proptest! {
    #[test]
    fn no_file_makes_the_parser_panic(text in "[\\[\\]\"a-z=#;:\\\\ \n]{0,120}") {
        let _ = Config::parse("f", text.as_bytes(), &Environment::default());
        let _ = Config::parse("f", format!("[VirtualCenter \"{text}\"]").as_bytes(), &Environment::default());
    }

    #[test]
    fn a_quoted_password_is_read_as_it_was_written(password in "[ -~]{1,41}") {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let config = parse(&format!("[Global]\ncluster-id=a\nuser=u@d\npassword=\"{quoted}\"\n[VirtualCenter \"x\"]\n"));
        prop_assert_eq!(config.vcenters[0].password.reveal(), password);
    }
}
