//! The configuration file's language, and what its errors say.

use driver_host::Trust;
use proptest::prelude::*;

use super::Config;

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

fn error(text: &str) -> String {
    Config::parse("/etc/cloud/csi-vsphere.conf", text.as_bytes()).expect_err("the file is wrong").to_string()
}

#[test]
fn a_file_of_upstream_is_read_with_its_quotes_and_escapes() {
    let config = Config::parse("vsphere.conf", GOOD.as_bytes()).expect("the file is right");
    let vcenter = &config.vcenters[0];
    assert_eq!(config.cluster_id, "prod-1");
    assert_eq!(config.cluster_distribution, "Vanilla");
    assert_eq!(vcenter.host, "vc-a.example.com");
    assert_eq!(vcenter.port, 8443);
    assert_eq!(vcenter.password.reveal(), "pa\"ss#;\\word ");
    assert_eq!(vcenter.trust, Trust::Anything);
    assert_eq!(vcenter.datacenters, ["dc-1", "dc-2"]);
    assert_eq!(config.labels.topology_categories, ["k8s-region", "k8s-zone"]);
}

#[test]
fn a_vcenter_takes_from_global_what_it_does_not_say_itself() {
    let text = "[Global]\ncluster-id = a\nuser = u@d\npassword = global\nport = 444\n[VirtualCenter \"x\"]\npassword = own\n";
    let config = Config::parse("f", text.as_bytes()).expect("the file is right");
    let vcenter = &config.vcenters[0];
    assert_eq!((vcenter.user.as_str(), vcenter.password.reveal(), vcenter.port), ("u@d", "own", 444));
    assert_eq!(vcenter.trust, Trust::System);
}

#[test]
fn a_secret_is_not_printed() {
    let config = Config::parse("vsphere.conf", GOOD.as_bytes()).expect("the file is right");
    let shown = format!("{config:?}");
    assert!(shown.contains("(secret)") && !shown.contains("ss#"));
}

const TWO: &str = "[Global]\ncluster-id=a\nuser=u@d\npassword=p\n[VirtualCenter \"one\"]\n[VirtualCenter \"two\"]\n";

#[test]
fn several_vcenters_are_read_with_the_categories_that_tell_them_apart() {
    let text =
        format!("{TWO}[Labels]\ntopology-categories = k8s-region, k8s-zone\n[TopologyCategory \"k8s-zone\"]\nlabel = example.com/zone\n");
    let config = Config::parse("vsphere.conf", text.as_bytes()).expect("the file is right");
    assert_eq!(config.vcenters.len(), 2);
    let categories: Vec<(String, String)> = config.labels.categories().into_iter().map(|category| (category.name, category.key)).collect();
    let expected = [("k8s-region", "topology.csi.vmware.com/k8s-region"), ("k8s-zone", "example.com/zone")];
    assert_eq!(categories, expected.map(|(name, key)| (name.to_owned(), key.to_owned())));
}

#[test]
fn zone_and_region_are_told_by_the_keys_of_kubernetes() {
    let text = format!("{TWO}[Labels]\nzone = k8s-zone\nregion = k8s-region\n");
    let config = Config::parse("vsphere.conf", text.as_bytes()).expect("the file is right");
    let keys: Vec<String> = config.labels.categories().into_iter().map(|category| category.key).collect();
    assert_eq!(keys, ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"]);
}

#[test]
fn topology_that_cannot_be_meant_is_refused() {
    let six: String = (0..6).map(|number| format!("[VirtualCenter \"vc-{number}\"]\n")).collect();
    let texts = [
        TWO.to_owned(),
        format!("{TWO}[Labels]\nzone = a\ntopology-categories = b\n"),
        format!("{TWO}[Labels]\nzone = a\n[TopologyCategory \"b\"]\nlabel = c\n"),
        format!("[Global]\ncluster-id=a\nuser=u@d\npassword=p\n{six}[Labels]\nzone = a\n"),
    ];
    let errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn an_error_names_the_file_the_line_the_key_and_the_remedy() {
    let start = "[Global]\ncluster-id = a\n";
    let texts = [
        "[Global\n".to_owned(),
        "cluster-id = a\n".to_owned(),
        format!("{start}prot = 1\n"),
        format!("{start}port = many\n"),
        format!("{start}insecure-flag = perhaps\n"),
        format!("{start}password = \"open\n"),
        format!("{start}password = \"a\\b\"\n"),
        format!("{start}user\n"),
        format!("{start}= 3\n"),
        format!("{start}[VirtualCentre \"x\"]\n"),
        format!("{start}[VirtualCenter]\n"),
        format!("{start}[VirtualCenter \"\"]\n"),
        format!("{start}[Labels \"x\"]\n"),
        "[Global]\nuser = u@d\n".to_owned(),
        start.to_owned(),
        format!("{start}[VirtualCenter \"x\"]\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = nobody\npassword = p\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = u@d\n"),
        format!("{start}[VirtualCenter \"x\"]\nuser = u@d\npassword = p\nthumbprint = AA:BB\n"),
        format!("[Global]\ncluster-id = {}\n", "x".repeat(65)),
    ];
    let errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = Config::parse("vsphere.conf", &[0xff, 0xfe]).expect_err("the file is wrong");
    insta::assert_snapshot!(error);
}

#[test]
fn a_backslash_at_the_end_continues_the_value() {
    let text = "[Global]\ncluster-id = a\\\nb\nuser=u@d\npassword=p\n[VirtualCenter \"x\"]\n";
    assert_eq!(Config::parse("f", text.as_bytes()).expect("the file is right").cluster_id, "ab");
}

proptest! {
    #[test]
    fn no_file_makes_the_parser_panic(text in "[\\[\\]\"a-z=#;\\\\ \n]{0,120}") {
        let _ = Config::parse("f", text.as_bytes());
    }

    #[test]
    fn a_quoted_password_is_read_as_it_was_written(password in "[ -~]{1,40}") {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("[Global]\ncluster-id=a\nuser=u@d\npassword=\"{quoted}\"\n[VirtualCenter \"x\"]\n");
        let config = Config::parse("f", text.as_bytes()).expect("the file is right");
        prop_assert_eq!(config.vcenters[0].password.reveal(), password);
    }
}
