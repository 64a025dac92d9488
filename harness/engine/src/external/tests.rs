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
            wrong(&SMALL.replace("about: x", "about: x, pace: 0")),
            wrong(&SMALL.replace("processes: [", "processes: [{process: csi-node, program: a, account: {namespace: n, name: m}}, ")),
            wrong(&SMALL.replace("program: a", "program: a, files: {../x: y}")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [name-holder]")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [modify-volume]")),
            wrong(&SMALL.replace("about: x", "about: x, offers: [names-holder]")),
        ]
        .join("\n---\n")
    );
}

#[test]
fn a_name_that_is_none_and_a_program_that_is_missing_are_named() {
    let search = Search { folders: vec!["/nowhere".into()] };
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
    let words = Words::from([(CALM, "32".to_owned())]);
    assert_eq!(fill("--period=${300s/world} --at-once=${0s/world}", &words), "--period=9375ms --at-once=1ms");
}
