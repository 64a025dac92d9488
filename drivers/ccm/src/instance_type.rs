//! `node.kubernetes.io/instance-type`: processors, memory and guest operating system in upstream's words.

use crate::vcenter::Machine;

/// Stems of vSphere's guest ids and what upstream calls them, where it calls them otherwise than they are.
const RENAMED: &[(&str, &str)] = &[
    ("genericLinux", "linux"),
    ("other24xLinux", "linux"),
    ("other26xLinux", "linux"),
    ("other3xLinux", "linux"),
    ("otherLinux", "linux"),
    ("redhat", "rhel"),
    ("turboLinux", "turbolinux"),
    ("unixWare7", "unixware7"),
    ("vmwarePhoton", "photon"),
    ("windows7", "win7"),
    ("windows8", "win8"),
    ("windows9", "win10"),
    ("windows7Server", "win7server"),
    ("windows8Server", "win8server"),
    ("windows9Server", "win10server"),
];

/// Families whose ids upstream knows with their release's number; it keeps the stem as it is.
const NUMBERED: &[(&str, &[&str])] = &[
    ("asianux", &["3", "4", "5", "7"]),
    ("centos", &["", "6", "7"]),
    ("debian", &["4", "5", "6", "7", "8", "9", "10"]),
    ("oracleLinux", &["", "6", "7"]),
    ("rhel", &["2", "3", "4", "5", "6", "7"]),
    ("sles", &["", "10", "11", "12"]),
    ("solaris", &["6", "7", "8", "9", "10", "11"]),
    ("vmkernel", &["", "5", "6", "65"]),
    ("coreos", &[""]),
    ("fedora", &[""]),
    ("freebsd", &[""]),
    ("mandriva", &[""]),
    ("opensuse", &[""]),
    ("suse", &[""]),
    ("ubuntu", &[""]),
    ("other", &[""]),
];

/// The instance type of a machine.
pub(crate) fn instance_type(machine: &Machine) -> String {
    let system = guest_system(&machine.guest_id);
    format!("vsphere-vm.cpu-{}.mem-{}gb.os-{system}", machine.cpus, machine.memory_mb / 1024)
}

/// The short name of a guest operating system; `unknown` for those that upstream's table lacks.
fn guest_system(id: &str) -> &str {
    // Two ids whose number upstream keeps although it is the width.
    match id {
        "centos64Guest" => return "centos64",
        "sles64Guest" => return "sles64",
        "otherGuest64" => return "other",
        _ => {}
    }
    let Some(stem) = id.strip_suffix("Guest") else { return "unknown" };
    let narrow = stem.strip_suffix("_64").or_else(|| stem.strip_suffix("64")).unwrap_or(stem);
    if narrow.starts_with("darwin") {
        return "darwin";
    }
    let renamed = |stem: &str| RENAMED.iter().find(|(known, _)| *known == stem).map(|(_, name)| *name);
    let numbered =
        |stem: &str| NUMBERED.iter().any(|(family, releases)| stem.strip_prefix(family).is_some_and(|release| releases.contains(&release)));
    match renamed(narrow) {
        Some(name) => name,
        None if numbered(narrow) => narrow,
        None => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::guest_system;

    #[test]
    fn guest_systems_have_upstream_s_names() {
        let pairs = [
            ("ubuntu64Guest", "ubuntu"),
            ("vmwarePhoton64Guest", "photon"),
            ("rhel7_64Guest", "rhel7"),
            ("other3xLinux64Guest", "linux"),
            ("windows9Server64Guest", "win10server"),
            ("centos64Guest", "centos64"),
            ("centos7_64Guest", "centos7"),
            ("darwin16_64Guest", "darwin"),
            ("debian10_64Guest", "debian10"),
            ("oracleLinux64Guest", "oracleLinux"),
            ("other5xLinux64Guest", "unknown"),
            ("", "unknown"),
        ];
        for (id, name) in pairs {
            assert_eq!(guest_system(id), name, "{id}");
        }
    }
}
