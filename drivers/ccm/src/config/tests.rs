//! The configuration file's two languages, and what their errors say.

use driver_host::Trust;
use proptest::prelude::*;

use super::{Cidr, Config, CredentialSource, Family};

const YAML: &str = r#"
# Written by the installer.
global:
  port: 8443
  user: ccm@vsphere.local
  password: "pa: ss#;\\word "
  insecureFlag: true
  ipFamily: [ipv6, ipv4]
vcenter:
  tenant-1:
    server: vc-a.example.com
    datacenters:
      - dc-1
      - /prod/dc-2
  tenant-2:
    server: fd00::1
    port: 443
    insecureFlag: false
    thumbprint: AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA
    secretName: vc-b
    secretNamespace: vmware
    ipFamily: ipv4
labels:
  zone: k8s-zone
  region: k8s-region
nodes:
  internalNetworkSubnetCidr: 10.0.0.0/8, fd00::/8
  externalVmNetworkName: Internet
  excludeExternalNetworkSubnetCidr: 172.16.0.0/12
"#;

/// The same in the other language.
const INI: &str = r#"
; Written by the installer.
[Global]
port = 8443
user = ccm@vsphere.local
password = "pa: ss#;\\word "
insecure-flag
ip-family = ipv6, ipv4
[VirtualCenter "vc-a.example.com"]
datacenters = "dc-1, /prod/dc-2"
[VirtualCenter "tenant-2"]
server = fd00::1
port = "443"
insecure-flag = 0
thumbprint = AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA
secret-name = vc-b
secret-namespace = vmware
ip-family = ipv4
[Labels]
zone = k8s-zone
region = k8s-region
[Nodes]
internal-network-subnet-cidr = "10.0.0.0/8, fd00::/8"
external-vm-network-name = Internet
exclude-external-network-subnet-cidr = 172.16.0.0/12
"#;

fn read(text: &str) -> Config {
    Config::parse("/etc/cloud/vsphere.conf", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str) -> String {
    Config::parse("/etc/cloud/vsphere.conf", text.as_bytes()).expect_err(text).to_string()
}

#[test]
fn yaml_is_read() {
    let config = read(YAML);
    let [first, second] = config.vcenters.as_slice() else { panic!("there are two") };
    assert_eq!((first.name.as_str(), first.server.as_str(), first.port), ("tenant-1", "vc-a.example.com", 8443));
    assert_eq!((second.server.as_str(), second.port), ("fd00::1", 443));
    assert_eq!((&first.trust, matches!(second.trust, Trust::Thumbprint(_))), (&Trust::Anything, true));
    assert_eq!(first.datacenters, ["dc-1", "/prod/dc-2"]);
    assert_eq!((first.families.as_slice(), second.families.as_slice()), (&[Family::V6, Family::V4][..], &[Family::V4][..]));
    let CredentialSource::File { user, password } = &first.credentials else { panic!("it is in the file") };
    assert_eq!((user.as_str(), password.reveal()), ("ccm@vsphere.local", "pa: ss#;\\word "));
    assert_eq!(second.credentials, CredentialSource::Secret { namespace: Some("vmware".into()), name: "vc-b".into() });
    assert_eq!(config.nodes.internal.subnets, [Cidr::parse("10.0.0.0/8").unwrap(), Cidr::parse("fd00::/8").unwrap()]);
    assert_eq!(config.nodes.external.network.as_deref(), Some("Internet"));
    assert_eq!((config.labels.zone.as_deref(), config.labels.region.as_deref()), (Some("k8s-zone"), Some("k8s-region")));
    assert_eq!(config.notices, [""; 0]);
}

#[test]
fn ini_says_the_same() {
    let (yaml, mut ini) = (read(YAML), read(INI));
    assert_ne!(yaml.language, ini.language);
    // In INI a vCenter's section is its server's name, as a rule.
    assert_eq!(ini.vcenters[0].name, "vc-a.example.com");
    (ini.vcenters[0].name, ini.language) = ("tenant-1".to_owned(), yaml.language);
    assert_eq!(yaml, ini);
}

#[test]
fn one_vcenter_may_stand_in_global() {
    let config = read("global:\n  server: vc-a\n  secretName: vc\n");
    assert_eq!((config.vcenters[0].name.as_str(), config.vcenters[0].port), ("vc-a", 443));
    assert_eq!(config.vcenters[0].credentials, CredentialSource::Secret { namespace: None, name: "vc".into() });
    assert_eq!(config.vcenters[0].trust, Trust::System);
    let config = read("[Global]\nserver=vc-a\nsecrets-directory=/etc/cloud/secrets\n");
    assert_eq!(config.vcenters[0].credentials, CredentialSource::Directory("/etc/cloud/secrets".into()));
}

#[test]
fn what_changes_nothing_is_named() {
    let config = read("[Global]\nserver=vc-a\nuser=u\npassword=p\n[Disk]\nscsicontrollertype=pvscsi\n[Labels]\nzone=z\n");
    insta::assert_snapshot!(config.notices.join("\n"));
    let config = read("global: {server: vc-a, user: u, password: p}\nnsxt:\n  host: x\nloadBalancerClass:\n  big: {ipPoolName: y}\n");
    assert_eq!(config.notices.len(), 2);
}

#[test]
fn an_ipv6_address_may_stand_in_brackets_or_not() {
    for written in ["2001:db8::11", "[2001:db8::11]"] {
        let yaml = read(&format!("global: {{user: u, password: p}}\nvcenter:\n  site:\n    server: \"{written}\"\n"));
        let ini = read(&format!("[Global]\nuser = u\npassword = p\n[VirtualCenter \"{written}\"]\n"));
        assert_eq!([&yaml, &ini].map(|config| config.vcenters[0].server.as_str()), ["2001:db8::11"; 2], "{written}");
    }
}

/// Each key by its name in the other language: what is meant is named.
#[test]
fn a_name_of_the_other_language_is_told_with_the_one_that_is_meant() {
    let mut told = Vec::new();
    for section in super::schema::SECTIONS {
        for key in section.keys.unwrap_or_default().iter().filter(|key| key.yaml != key.ini) {
            let inner = if section.named { "  site:\n    " } else { "  " };
            let yaml = error(&format!("{}:\n{inner}{}: x\n", section.yaml, key.ini));
            let name = if section.named { " \"site\"" } else { "" };
            let ini = error(&format!("[{}{name}]\n{} = x\n", section.ini, key.yaml));
            assert!(yaml.contains(&format!("`{}` is the name in INI; in YAML write `{}`", key.ini, key.yaml)), "{yaml}");
            assert!(ini.contains(&format!("`{}` is the name in YAML; in INI write `{}`", key.yaml, key.ini)), "{ini}");
            told.push(key.yaml);
        }
        if !section.yaml.eq_ignore_ascii_case(section.ini) {
            let yaml = error(&format!("{}:\n  a: b\n", section.ini));
            assert!(yaml.contains(&format!("in YAML write `{}`", section.yaml)), "{yaml}");
        }
    }
    assert!(told.contains(&"excludeInternalNetworkSubnetCidr") && told.len() > 20, "{told:?}");
}

#[test]
fn a_secret_is_not_printed() {
    let shown = format!("{:?}", read(YAML));
    assert!(shown.contains("(secret)") && !shown.contains("ss#"));
}

#[test]
fn an_error_in_yaml_is_told_as_one_with_its_line_and_its_remedy() {
    let start = "global:\n  server: vc-a\n  user: u\n  password: p\n";
    let texts = [
        "global:\n\tserver: x\n".to_owned(),
        "global:\n  server: [vc-a\n".to_owned(),
        format!("{start}  prot: 1\n"),
        format!("{start}  insecure_flag: true\n"),
        format!("{start}  insecure-flag: true\n"),
        format!("{start}  port: many\n"),
        format!("{start}  port: [1, 2]\n"),
        format!("{start}  insecureFlag: perhaps\n"),
        format!("{start}  datacenters: {{a: b}}\n"),
        format!("{start}  datacenters: [{{a: b}}]\n"),
        format!("{start}  user: again\n"),
        format!("{start}  ipFamily: [ipv5]\n"),
        format!("{start}  thumbprint: AA:BB\n"),
        format!("{start}vcentre:\n  a: {{server: x}}\n"),
        format!("{start}vcenter: [a]\n"),
        format!("{start}vcenter:\n  a: vc-a\n"),
        format!("{start}vcenter:\n  a: {{port: 1}}\n"),
        format!("{start}vcenter:\n  a: {{server: \"vc-a:8443\"}}\n"),
        format!("{start}vcenter:\n  a: {{server: x}}\n  a: {{server: y}}\n"),
        format!("{start}vcenter:\n  a: {{server: x}}\n  b: {{server: X}}\n"),
        format!("{start}nodes:\n  internalNetworkSubnetCidr: 10.0.0.0\n"),
        format!("{start}labels: k8s-zone\n"),
        "global:\n  server: vc-a\n".to_owned(),
        "global:\n  server: vc-a\n  user: u\n".to_owned(),
        "vcenter:\n  a:\n    server: vc-a\n".to_owned(),
        "labels: {zone: a}\n".to_owned(),
        "global:\n  server: &x vc-a\n  user: *x\n".to_owned(),
        "- global\n".to_owned(),
        "# nothing\n".to_owned(),
    ];
    let errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn an_error_in_ini_is_told_as_one_with_its_line_and_its_remedy() {
    let start = "[Global]\nserver = vc-a\nuser = u\npassword = p\n";
    let texts = [
        "[Global\n".to_owned(),
        "server = vc-a\n".to_owned(),
        "; a comment\nserver: vc-a\n".to_owned(),
        format!("{start}prot = 1\n"),
        format!("{start}insecureFlag = 1\n"),
        format!("{start}port = 0\n"),
        format!("{start}insecure-flag = perhaps\n"),
        format!("{start}password = \"open\n"),
        format!("{start}password = \"a\\b\"\n"),
        format!("{start}user\n"),
        format!("{start}user: u\n"),
        format!("{start}[VirtualCentre \"x\"]\n"),
        format!("{start}[VirtualCenter]\n"),
        format!("{start}[VirtualCenter \"\"]\n"),
        format!("{start}[Labels \"x\"]\n"),
        format!("{start}ip-family = ipv5\n"),
        format!("{start}[Nodes]\nexternal-network-subnet-cidr = a/8\n"),
        format!("{start}[VirtualCenter \"vc-a\"]\n[VirtualCenter \"b\"]\nserver = VC-A\n"),
        "[Global]\nuser = u\npassword = p\n".to_owned(),
        "[VirtualCenter \"vc-a\"]\nuser = u\n".to_owned(),
        "[VirtualCenter \"vc-a\"]\nuser = -----BEGIN CERTIFICATE-----\npassword = k\n".to_owned(),
    ];
    let errors: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    insta::assert_snapshot!(Config::parse("vsphere.conf", &[0xff, 0xfe]).expect_err("the file is wrong"));
}

proptest! {
    #[test]
    fn no_ini_makes_the_parser_panic(text in "[\\[\\]\"a-z=#;\\\\ \n]{0,120}") {
        let _ = Config::parse("f", format!("[Global]\n{text}").as_bytes());
    }

    #[test]
    fn no_yaml_makes_the_parser_panic(text in "[-\\[\\]{}\"':,a-z#&*!|> \n]{0,120}") {
        let _ = Config::parse("f", format!("global:\n{text}").as_bytes());
    }

    #[test]
    fn a_quoted_password_is_read_as_it_was_written(password in "[ -~]{1,40}") {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        for text in [
            format!("[Global]\nserver=a\nuser=u\npassword=\"{quoted}\"\n"),
            format!("global:\n  server: a\n  user: u\n  password: \"{quoted}\"\n"),
        ] {
            let config = read(&text);
            let CredentialSource::File { password: read, .. } = &config.vcenters[0].credentials else { panic!("it is in the file") };
            prop_assert_eq!(read.reveal(), &password);
        }
    }
}
