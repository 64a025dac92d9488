//! What is derived from manifests of our own, and what is said of what cannot be.

use std::collections::BTreeMap;

use super::*;
use crate::external::Sidecar;

/// A driver as users install one, of the shape that vSphere's has.
const DRIVER: &str = r#"
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: csi.vsphere.vmware.com}
spec: {attachRequired: true}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: steerer, namespace: disks}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: switches, namespace: disks}
data: {queue-depth: "8", rules.txt: be quick}
---
apiVersion: example.com/v1
kind: Unheard
metadata: {name: of}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: steerer, namespace: disks}
spec:
  replicas: 2
  selector: {matchLabels: {app: steerer}}
  template:
    metadata: {labels: {app: steerer}}
    spec:
      serviceAccountName: steerer
      initContainers: [{name: sweeper, image: example.com/sweeper}]
      containers:
        - name: attacher
          image: registry.example.com/sig/csi-attacher:v4
          args: ["--timeout=90s", "--csi-address=$(ADDRESS)", --leader-election]
          env: [{name: ADDRESS, value: /csi/csi.sock}]
          volumeMounts: [{name: socket, mountPath: /csi}]
        - name: steerer
          image: registry.example.com:5000/disks/driver:latest@sha256:abc
          args: ["--namespace=$(HOME_OF)", --rules, /etc/rules/rules.txt, "--scratch=/scratch/a", "--price=$$5", "--kubeconfig", "/root/x"]
          env:
            - {name: CSI_ENDPOINT, value: "unix:///csi/csi.sock"}
            - {name: VSPHERE_CSI_CONFIG, value: /etc/cloud/csi-vsphere.conf}
            - {name: HOME_OF, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            - {name: DEPTH, valueFrom: {configMapKeyRef: {name: switches, key: queue-depth}}}
            - {name: MAYBE, valueFrom: {secretKeyRef: {name: nobody, key: nothing, optional: true}}}
          livenessProbe: {httpGet: {path: /healthz, port: healthz}, initialDelaySeconds: 30, timeoutSeconds: 10, periodSeconds: 180}
          volumeMounts:
            - {name: socket, mountPath: /csi}
            - {name: vcenters, mountPath: /etc/cloud, readOnly: true}
            - {name: switches, mountPath: /etc/rules}
            - {name: scratch, mountPath: /scratch}
        - name: watcher
          image: registry.example.com/disks/watcher
          command: [/bin/look, --deep]
          args: ["--config=/etc/cloud/csi-vsphere.conf"]
          volumeMounts:
            - {name: vcenters, mountPath: /etc/cloud}
            - {name: switches, mountPath: /etc/watcher}
        - {name: alive, image: registry.example.com/sig/livenessprobe:v2, args: ["--csi-address=/csi/csi.sock", "--probe-timeout=3s"]}
      volumes:
        - {name: socket, emptyDir: {}}
        - {name: scratch, emptyDir: {}}
        - {name: vcenters, secret: {secretName: vcenters}}
        - {name: switches, configMap: {name: switches}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: hand, namespace: disks}
spec:
  selector: {matchLabels: {app: hand}}
  template:
    metadata: {labels: {app: hand}}
    spec:
      serviceAccountName: hand
      containers:
        - {name: registrar, image: registry.example.com/sig/csi-node-driver-registrar:v2}
        - name: hand
          image: registry.example.com/disks/driver:latest
          args: ["--endpoint=unix:/csi/csi.sock", "--kubelet=/var/lib/kubelet/pods"]
          env: [{name: WHERE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
          volumeMounts:
            - {name: plugin, mountPath: /csi}
            - {name: kubelet, mountPath: /var/lib/kubelet, mountPropagation: Bidirectional}
      volumes:
        - {name: plugin, hostPath: {path: /var/lib/kubelet/plugins/csi.vsphere.vmware.com}}
        - {name: kubelet, hostPath: {path: /var/lib/kubelet}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: hand-of-glass, namespace: disks}
spec:
  template:
    spec:
      nodeSelector: {kubernetes.io/os: windows}
      containers: [{name: hand, image: a}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: webhook, namespace: disks}
spec:
  template:
    spec:
      containers: [{name: hook, image: a}]
"#;

const CCM: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: words, namespace: kube-system}
data: {pass: b3BlbiBzZXNhbWU=}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cloud, namespace: kube-system}
data: {vsphere.conf: "vcenter: {of: {server: your-vcenter-here}}"}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: clouds, namespace: kube-system}
spec:
  template:
    spec:
      serviceAccountName: clouds
      containers:
        - name: clouds
          image: example.com/clouds:v1
          args: [--cloud-provider=vsphere, --cloud-config=/etc/cloud/vsphere.conf]
          env: [{name: PASS, valueFrom: {secretKeyRef: {name: words, key: pass}}}]
          volumeMounts: [{name: config, mountPath: /etc/cloud}]
      volumes: [{name: config, configMap: {name: cloud}}]
"#;

/// What is derived where these programs are there.
fn derive_from(subject: Subject, text: &str, images: &[(&str, &str)], there: &[&str]) -> Result<Derived, ManifestsError> {
    let named: BTreeMap<String, String> = images.iter().map(|(image, program)| ((*image).to_owned(), (*program).to_owned())).collect();
    let there = |name: &str| there.contains(&name);
    derive(subject, &Objects::of(&[("driver.yaml", text)]), &Images { named: &named, there: &there })
}

const PROGRAMS: [&str; 4] = ["csi-attacher", "look", "the-driver", "clouds"];

fn of_driver() -> Derived {
    derive_from(Subject::Csi, DRIVER, &[("driver", "the-driver")], &PROGRAMS).unwrap()
}

fn wrong(text: &str) -> String {
    derive_from(Subject::Csi, text, &[("driver", "the-driver")], &PROGRAMS).unwrap_err().to_string()
}

#[test]
fn containers_become_processes_with_the_places_of_this_machine() {
    insta::assert_debug_snapshot!(of_driver().processes);
}

#[test]
fn what_is_not_kept_is_named() {
    let derived = of_driver();
    insta::assert_snapshot!(derived.notes.join("\n"));
    assert_eq!((derived.replaces, derived.sidecars.len()), (vec![Sidecar::Attacher], 0));
}

#[test]
fn all_but_workloads_is_installed_after_its_namespace() {
    let documents = seatrial_kubernetes::yaml::documents(&of_driver().installed).unwrap();
    let kinds: Vec<&str> = documents.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Namespace", "CSIDriver", "ServiceAccount", "ConfigMap"]);
    assert_eq!(documents[0]["metadata"]["name"], "disks");
}

#[test]
fn the_harness_plays_a_sidecar_that_is_mapped_to_it() {
    let derived = derive_from(Subject::Csi, DRIVER, &[("driver", "the-driver"), ("csi-attacher", "ours")], &PROGRAMS).unwrap();
    assert_eq!(derived.sidecars[&Sidecar::Attacher], ["--timeout=90s", "--leader-election"]);
    assert!(derived.replaces.is_empty() && derived.processes.iter().all(|process| process.process != "attacher"));
}

#[test]
fn an_image_is_mapped_by_its_whole_name_too() {
    let images = [("registry.example.com:5000/disks/driver", "one"), ("registry.example.com/disks/driver", "other")];
    let derived = derive_from(Subject::Csi, DRIVER, &images, &PROGRAMS).unwrap();
    let program = |name: &str| derived.processes.iter().find(|process| process.process == name).unwrap().program.as_str();
    assert_eq!((program("csi-controller"), program("csi-node")), ("one", "other"));
}

#[test]
fn a_cloud_controller_manager_is_told_of_the_scenarios_vcenters() {
    let derived = derive_from(Subject::Ccm, CCM, &[], &PROGRAMS).unwrap();
    let [ccm] = derived.processes.as_slice() else { panic!("there is one process: {:?}", derived.processes) };
    assert_eq!((ccm.process.as_str(), ccm.program.as_str()), ("ccm", "clouds"));
    assert_eq!(ccm.arguments, ["--cloud-provider=vsphere", "--cloud-config=${folder}/vsphere.conf", "--kubeconfig=${kubeconfig}"]);
    assert_eq!((ccm.files["vsphere.conf"].as_str(), ccm.environment["PASS"].as_str()), ("${ccm-configuration}", "open sesame"));
}

#[test]
fn what_cannot_be_derived_is_shown_where_it_stands() {
    let told = [
        wrong(
            &DRIVER
                .replace("mountPath: /var/lib/kubelet, mount", "mountPath: /host, mount")
                .replace("--kubelet=/var/lib/kubelet/pods", "--kubelet=/host/pods"),
        ),
        wrong(&DRIVER.replace("key: queue-depth", "key: queue-length")),
        wrong(&DRIVER.replace("fieldPath: metadata.namespace", "fieldPath: metadata.uid")),
        wrong(&DRIVER.replace("name: scratch, emptyDir: {}", "name: scratch, persistentVolumeClaim: {claimName: a}")),
        wrong(&DRIVER.replace("--scratch=/scratch/a", "--scratch=/csi/a")),
        wrong(&DRIVER.replace("--scratch=/scratch/a", "--scratch=${HOME}")),
        wrong(&DRIVER.replace(
            "image: registry.example.com/disks/watcher\n          command: [/bin/look, --deep]",
            "image: registry.example.com/disks/watcher",
        )),
        wrong(&DRIVER.replace("kind: DaemonSet\nmetadata: {name: hand,", "kind: StatefulSet\nmetadata: {name: hand,")),
        wrong(&DRIVER.replace("CSI_ENDPOINT", "ENDPOINT")),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_sidecar_without_a_program_is_an_error_that_names_both_remedies() {
    let told = derive_from(Subject::Csi, DRIVER, &[("driver", "the-driver")], &["look"]).unwrap_err().to_string();
    assert!(told.contains("--image csi-attacher=PROGRAM") && told.contains("--image csi-attacher=ours"), "{told}");
}

#[test]
fn files_are_read_by_name_and_what_is_no_manifest_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let read =
        || Objects::read(&[folder.path().to_owned()]).map(|objects| objects.iter().map(|object| object.to_string()).collect::<Vec<_>>());
    assert!(matches!(read(), Err(ManifestsError::None { .. })));
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("b.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: b}}");
    write("a.json", r#"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}"#);
    write("README.md", "no manifest");
    assert_eq!(read().unwrap(), ["Namespace a", "Namespace b"]);
    write("c.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: c}\n");
    write("d.yaml", "a: 1\nb: [\n");
    let told = read().unwrap_err().to_string();
    assert!(told.contains("kubectl kustomize") && told.contains("d.yaml:"), "{told}");
}
