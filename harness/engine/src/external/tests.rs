//! The committed descriptors are good, and what is wrong in one is told.

use super::*;

fn wrong(text: &str) -> String {
    Descriptor::read("mine", text).unwrap_err().to_string()
}

const SMALL: &str =
    "{driver: mine, subject: ccm, about: x, processes: [{process: ccm, program: a, account: {namespace: n, name: m}, arguments: [A]}]}";

#[test]
fn the_committed_descriptors_are_good() {
    for (name, subject) in [("upstream-csi", Subject::Csi), ("upstream-ccm", Subject::Ccm)] {
        let descriptor = Descriptor::read(name, builtin::descriptor(name).unwrap()).unwrap();
        assert_eq!((descriptor.driver.as_str(), descriptor.subject), (name, subject));
        for manifest in &descriptor.manifests {
            place::manifest(name, manifest, None).unwrap();
        }
    }
}

/// The rows of the table of programs that others wrote: program, built, folder, module, version, package, experiment.
fn table() -> Vec<Vec<&'static str>> {
    let table = include_str!("../../../../drivers/external/programs/versions.txt");
    let rows: Vec<Vec<_>> = table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_whitespace().collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 7), "{rows:#?}");
    rows
}

/// What the descriptor says was tried is what `.ci/external` builds, each of its programs unasked.
#[test]
fn the_committed_descriptors_name_the_versions_that_are_built() {
    for name in ["upstream-csi", "upstream-ccm"] {
        let descriptor = Descriptor::read(name, builtin::descriptor(name).unwrap()).unwrap();
        for process in &descriptor.processes {
            let row = table().into_iter().find(|row| row[0] == process.program).unwrap();
            assert_eq!(row[1], "always", "{} is needed by {name}", process.program);
            let of_the_driver = descriptor.source.as_ref().unwrap().starts_with(row[3]);
            assert!(!of_the_driver || descriptor.version.as_deref() == Some(row[4]), "{name} is not {row:?}");
        }
    }
}

#[test]
fn each_module_of_programs_requires_the_version_of_the_table() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../drivers/external/programs");
    for row in table() {
        let text = std::fs::read_to_string(programs.join(row[2]).join("go.mod")).unwrap();
        let required = format!("{} {}", row[3], row[4]);
        let is_there = text.lines().any(|line| line.trim_start_matches("require").trim().trim_end_matches(" // indirect") == required);
        assert!(is_there, "{}/go.mod does not require {required}: run .ci/external --update {}", row[2], row[2]);
    }
}

#[test]
fn what_is_wrong_is_named_with_the_remedy() {
    assert!(Descriptor::read("mine", SMALL).is_ok());
    insta::assert_snapshot!(
        [
            wrong(&SMALL.replace("process: ccm", "process: other")),
            wrong(&SMALL.replace("[A]", "['${socket}']")),
            wrong(&SMALL.replace("[A]", "['${folder']")),
            wrong(&SMALL.replace("program: a", "programme: a")),
            wrong(&SMALL.replace("subject: ccm", "subject: cni")),
            wrong(&SMALL.replace("about: x", "about: x, polls: [{calls: [Login], because: it does, cites: somebody}]")),
            wrong(&SMALL.replace("processes: [", "processes: [{process: csi-node, program: a, account: {namespace: n, name: m}}, ")),
            wrong(&SMALL.replace("program: a", "program: a, files: {../x: y}")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [name-holder]")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [modify-volume]")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [names-holder]")),
        ]
        .join("\n---\n")
    );
}

const DRIVER: &str = "{driver: mine, subject: csi, about: x, processes: [{process: csi-controller, program: a, account: {namespace: n, name: m}}], \
     sidecars: {csi-provisioner: [--timeout=300s, '--strict-topology=${zones}']}}";

#[test]
fn our_sidecars_are_started_with_the_flags_of_the_descriptor() {
    let descriptor = Descriptor::read("mine", DRIVER).unwrap();
    let of = |zones: &str| Sidecars::of(&descriptor, "a", &Words::from([("zones", zones.to_owned())])).unwrap();
    let (zoned, plain) = (of("true").provisioner, of("false").provisioner);
    assert_eq!((zoned.strict_topology, plain.strict_topology, zoned.timeout.as_secs()), (true, false, 300));
    assert!(!zoned.extra_create_metadata, "nobody asked for it");
    let silent =
        Descriptor::read("mine", &DRIVER.replace(", sidecars: {csi-provisioner: [--timeout=300s, '--strict-topology=${zones}']}", ""));
    let usual = Sidecars::of(&silent.unwrap(), "a", &Words::from([("zones", "false".to_owned())])).unwrap();
    let provisioner = usual.provisioner;
    assert_eq!((provisioner.topology, provisioner.extra_create_metadata, provisioner.default_fs_type.as_str()), (false, false, "ext4"));
    assert_eq!(usual.attacher.timeout.as_secs(), 300);
    insta::assert_snapshot!(
        [
            wrong(&DRIVER.replace("about: x", "about: x, replaces: [csi-provisioner]")),
            wrong(&DRIVER.replace("--timeout=300s", "--timeout=300")),
            wrong(&DRIVER.replace("${zones}", "${folder}")),
            wrong(&SMALL.replace("about: x", "about: x, sidecars: {csi-attacher: []}")),
        ]
        .join("\n---\n")
    );
}

#[test]
fn a_name_that_is_none_and_a_program_that_is_missing_are_named() {
    let search = Search { folders: vec!["/nowhere".into()], ..Search::default() };
    let find = |subject, name| External::find(subject, name, &search).unwrap_err();
    let unknown = find(Subject::Csi, "upstream");
    assert!(unknown.to_string().contains("upstream-ccm, upstream-csi") && !unknown.is_environment());
    let missing = find(Subject::Ccm, "upstream-ccm");
    assert!(missing.to_string().contains("`vsphere-cloud-controller-manager`") && missing.is_environment());
    assert!(matches!(find(Subject::Csi, "upstream-ccm"), ExternalError::OtherSubject { .. }));
    assert!(matches!(find(Subject::Csi, "/nowhere/mine.yaml"), ExternalError::Read { .. }));
}

#[test]
fn placeholders_are_filled() {
    let words = Words::from([("folder", "/run/x".to_owned())]);
    assert_eq!(fill("--config=${folder}/a:${folder}", &words), "--config=/run/x/a:/run/x");
}
