//! The configuration file's two languages, and what their errors say.

use driver_host::Trust;
use proptest::prelude::*;

use super::schema::SCHEMA;
use super::{Cidr, Config, CredentialSource, Environment, Family};

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
    with(text, &[])
}

fn with(text: &str, variables: &[(&str, &str)]) -> Config {
    parse(text, variables).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, super::ConfigError> {
    let environment: Environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::parse("/etc/cloud/vsphere.conf", text.as_bytes(), &environment)
}

fn error(text: &str) -> String {
    parse(text, &[]).expect_err(text).to_string()
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

/// Upstream takes these files and passes over what it does not know; here it is named, with what may be meant.
#[test]
fn what_is_misspelt_changes_nothing_and_is_named() {
    let yaml = "global:\n  server: vc-a\n  user: u\n  password: p\n";
    let ini = "[Global]\nserver = vc-a\nuser = u\npassword = p\n";
    let texts = [
        format!("{yaml}  prot: 1\n"),
        format!("{yaml}  insecure_flag: true\n"),
        format!("{yaml}  insecure-flag: true\n"),
        format!("{yaml}  extra: {{of: [any, shape]}}\n"),
        format!("{yaml}vcentre:\n  a: {{server: x}}\n"),
        format!("{yaml}VirtualCenter:\n  a: {{server: x}}\n"),
        format!("{ini}prot = 1\n"),
        format!("{ini}insecureFlag = 1\n"),
        format!("{ini}[VirtualCentre \"x\"]\n"),
        format!("{ini}[Labels \"x\"]\nzone = a\n"),
    ];
    let notices = texts.iter().map(|text| {
        let config = read(text);
        assert_eq!((config.vcenters[0].server.as_str(), &config.vcenters[0].trust), ("vc-a", &Trust::System), "{text}");
        assert_eq!(config.notices.len(), 1, "{text}");
        config.notices[0].clone()
    });
    insta::assert_snapshot!(notices.collect::<Vec<_>>().join("\n"));
    // Where something is missing, what is misspelt may be it.
    insta::assert_snapshot!(error("global:\n  sever: vc-a\n  user: u\n  password: p\n"));
}

#[test]
fn yaml_has_upstream_s_words_for_true_and_false() {
    let read = |word: &str| read(&format!("global: {{server: a, user: u, password: p, insecureFlag: {word}}}\n")).vcenters[0].trust.clone();
    assert_eq!(["y", "YES", "on", "true"].map(read), [const { Trust::Anything }; 4]);
    assert_eq!(["n", "No", "off", "~"].map(read), [const { Trust::System }; 4]);
    assert!(error("[Global]\nserver = a\ninsecure-flag = y\n").contains("must be true or false"), "gcfg knows no y");
}

#[test]
fn the_environment_fills_what_the_file_leaves_out_and_counts_before_global() {
    let text = "global: {port: 1, user: g, password: g, insecureFlag: true}\nvcenter:\n  a: {server: vc-a, password: own}\n";
    let variables = [
        ("VSPHERE_USER", "u"),
        ("VSPHERE_PASSWORD", "a=b"),
        ("VSPHERE_VCENTER_PORT", "8443"),
        ("VSPHERE_DATACENTER", "dc-1, dc-2"),
        ("VSPHERE_INSECURE", "F"),
        ("VSPHERE_CAFILE", "/ca.pem"),
        ("VSPHERE_LABEL_ZONE", "z"),
        ("VSPHERE_LABEL_REGION", "r"),
        ("VSPHERE_NODES_INTERNAL_NETWORK_SUBNET_CIDR", "10.0.0.0/8"),
        ("VSPHERE_NODES_EXTERNAL_VM_NETWORK_NAME", "Internet"),
    ];
    for text in [text, "[Global]\nport=1\nuser=g\npassword=g\ninsecure-flag\n[VirtualCenter \"vc-a\"]\npassword=own\n"] {
        let config = with(text, &variables);
        let [vcenter] = config.vcenters.as_slice() else { panic!("there is one") };
        let CredentialSource::File { user, password } = &vcenter.credentials else { panic!("it is given") };
        assert_eq!((user.as_str(), password.reveal(), vcenter.port), ("u", "own", 8443));
        assert_eq!((vcenter.datacenters.join("+").as_str(), &vcenter.trust), ("dc-1+dc-2", &Trust::CaFile("/ca.pem".into())));
        assert_eq!((config.labels.zone.as_deref(), config.labels.region.as_deref()), (Some("z"), Some("r")));
        assert_eq!(config.nodes.internal.subnets, [Cidr::parse("10.0.0.0/8").unwrap()]);
        assert_eq!((config.nodes.external.network.as_deref(), config.notices.as_slice()), (Some("Internet"), &[][..]));
    }
    let empty = with(text, &[("VSPHERE_USER", ""), ("VSPHERE_INSECURE", "perhaps"), ("VSPHERE_ROUNDTRIP_COUNT", "-1")]);
    assert_eq!((empty.vcenters[0].port, &empty.vcenters[0].trust), (1, &Trust::Anything));
    insta::assert_snapshot!(empty.notices.join("\n"));
    insta::assert_snapshot!(parse(text, &[("VSPHERE_VCENTER_PORT", "many")]).expect_err("it is no port"));
}

#[test]
fn the_environment_may_name_all_of_it() {
    let account = [("VSPHERE_VCENTER", "vc.shop.test"), ("VSPHERE_SECRET_NAME", "vc"), ("VSPHERE_SECRET_NAMESPACE", "vmware")];
    let config = with("", &account);
    assert_eq!((config.vcenters[0].server.as_str(), config.vcenters[0].port), ("vc.shop.test", 443));
    assert_eq!(config.vcenters[0].credentials, CredentialSource::Secret { namespace: Some("vmware".into()), name: "vc".into() });
    let several = [
        ("VSPHERE_USER", "u"),
        ("VSPHERE_PASSWORD", "p"),
        ("VSPHERE_VCENTER_A", "vc-a"),
        ("VCENTER_A_USERNAME", "a"),
        ("VCENTER_A_PASSWORD", "a"),
        ("VCENTER_A_PORT", "8443"),
        ("VCENTER_A_INSECURE", "true"),
        ("VCENTER_A_DATACENTERS", "dc-a"),
        ("VCENTER_A_IP_FAMILY", "ipv6, ipv4"),
        ("VSPHERE_VCENTER_B", "tenant-b"),
        ("VCENTER_B_SERVER", "vc-b"),
    ];
    let config = with("vcenter:\n  vc-a: {server: elsewhere, datacenters: dc-z, ipFamily: ipv4}\n", &several);
    let [first, second] = config.vcenters.as_slice() else { panic!("there are two") };
    assert_eq!((first.server.as_str(), first.port, first.datacenters.join("+").as_str()), ("vc-a", 8443, "dc-a"));
    assert_eq!((&first.trust, first.families.as_slice()), (&Trust::Anything, &[Family::V6, Family::V4][..]));
    assert_eq!((second.name.as_str(), second.server.as_str(), &second.trust), ("tenant-b", "vc-b", &Trust::System));
    let CredentialSource::File { user, .. } = &second.credentials else { panic!("it is given for all") };
    assert_eq!(user, "u");
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
    for section in SCHEMA.sections {
        for key in section.keys().filter(|key| key.name != key.ini) {
            let inner = if section.named { "  site:\n    " } else { "  " };
            let yaml = error(&format!("{}:\n{inner}{}: x\n", section.name, key.ini));
            let name = if section.named { " \"site\"" } else { "" };
            let ini = error(&format!("[{}{name}]\n{} = x\n", section.ini, key.name));
            assert!(yaml.contains(&format!("`{}` is the name in INI; in YAML write `{}`", key.ini, key.name)), "{yaml}");
            assert!(ini.contains(&format!("`{}` is the name in YAML; in INI write `{}`", key.name, key.ini)), "{ini}");
            told.push(key.name);
        }
        if !section.name.eq_ignore_ascii_case(section.ini) {
            let yaml = error(&format!("{}:\n  a: b\n", section.ini));
            assert!(yaml.contains(&format!("in YAML write `{}`", section.name)), "{yaml}");
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
        format!("{start}  port: many\n"),
        format!("{start}  port: [1, 2]\n"),
        format!("{start}  insecureFlag: perhaps\n"),
        format!("{start}  datacenters: {{a: b}}\n"),
        format!("{start}  datacenters: [{{a: b}}]\n"),
        format!("{start}  user: again\n"),
        format!("{start}  ipFamily: [ipv5]\n"),
        format!("{start}  thumbprint: AA:BB\n"),
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
        format!("{start}port = 0\n"),
        format!("{start}insecure-flag = perhaps\n"),
        format!("{start}password = \"open\n"),
        format!("{start}password = \"a\\b\"\n"),
        format!("{start}user\n"),
        format!("{start}user: u\n"),
        format!("{start}[VirtualCenter]\n"),
        format!("{start}[VirtualCenter \"\"]\n"),
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
    insta::assert_snapshot!(Config::parse("vsphere.conf", &[0xff, 0xfe], &Environment::default()).expect_err("the file is wrong"));
}

#[test]
fn a_password_of_blanks_is_one_where_a_name_of_blanks_is_none() {
    let config = read("[Global]\nserver = a\nuser = u\npassword = \" \"\n");
    let CredentialSource::File { password, .. } = &config.vcenters[0].credentials else { panic!("it is in the file") };
    assert_eq!(password.reveal(), " ");
    assert!(error("[Global]\nserver = a\nuser = \" \"\npassword = p\n").contains("`user` is missing"));
}

proptest! {
    #[test]
    fn no_ini_makes_the_parser_panic(text in "[\\[\\]\"a-z=#;\\\\ \n]{0,120}") {
        let _ = parse(&format!("[Global]\n{text}"), &[]);
    }

    #[test]
    fn no_yaml_makes_the_parser_panic(text in "[-\\[\\]{}\"':,a-z#&*!|> \n]{0,120}") {
        let _ = parse(&format!("global:\n{text}"), &[]);
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
