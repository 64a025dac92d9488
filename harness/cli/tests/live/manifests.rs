//! `--driver csi=FOLDER`: a driver of which there is nothing but the manifests that its users apply.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::command::{said, seatrial};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a scenario holds with a driver of which there are only manifests", holds),
    ("what cannot be derived from manifests is shown in them, and is bad input", wrong),
];

/// As vSphere's are: an account with its rights, a controller of two containers, a plugin on each node.
const MANIFESTS: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: {name: csi-controller, namespace: vmware-system-csi}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: elsewhere, namespace: vmware-system-csi}
spec:
  replicas: 3
  selector: {matchLabels: {app: elsewhere}}
  template:
    metadata: {labels: {app: elsewhere}}
    spec:
      serviceAccountName: csi-controller
      containers:
        - name: elsewhere
          image: registry.example.com/disks/driver:latest
          args: ["--config=/etc/cloud/csi-vsphere.conf"]
          env:
            - {name: X_CSI_MODE, value: controller}
            - {name: CSI_ENDPOINT, value: "unix:///csi/csi.sock"}
            - {name: VSPHERE_CSI_CONFIG, value: /etc/cloud/csi-vsphere.conf}
            - {name: CSI_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
          volumeMounts: [{name: socket, mountPath: /csi}, {name: vcenters, mountPath: /etc/cloud}]
        - name: csi-attacher
          image: registry.k8s.io/sig-storage/csi-attacher:v4.9.0
          args: ["--timeout=300s", "--csi-address=/csi/csi.sock", --leader-election]
          volumeMounts: [{name: socket, mountPath: /csi}]
        - {name: liveness-probe, image: "registry.k8s.io/sig-storage/livenessprobe:v2.15.0"}
      volumes:
        - {name: socket, emptyDir: {}}
        - {name: vcenters, secret: {secretName: vcenters}}
"#;

/// The folder of manifests, and one with the program that their image is.
fn write(folder: &Path, manifests: &str) -> [String; 2] {
    let [of_manifests, of_programs] = ["deploy", "bin"].map(|name| folder.join(name));
    std::fs::create_dir_all(&of_manifests).unwrap();
    std::fs::create_dir_all(&of_programs).unwrap();
    std::fs::write(of_manifests.join("driver.yaml"), manifests).unwrap();
    let program = of_programs.join("driver");
    // It is told flags that ours does not know.
    std::fs::write(&program, format!("#!/bin/sh\nexec '{}' driver csi\n", env!("CARGO_BIN_EXE_seatrial"))).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    [of_manifests, of_programs].map(|path| path.display().to_string())
}

fn run(manifests: &str, more: &[&str]) -> (Option<i32>, String) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [deploy, bin] = write(folder.path(), manifests);
    let driver = format!("csi={deploy}");
    let arguments = ["run", "statefulset/scale", "--driver", &driver, "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &[&arguments, more].concat()).env("SEATRIAL_DRIVERS", bin).output().unwrap();
    (output.status.code(), said(&output))
}

fn holds() {
    let (code, told) = run(MANIFESTS, &["--image", "csi-attacher=ours"]);
    assert_eq!(code, Some(0), "{told}");
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in
        ["1 case: 1 passed", "has 3 replicas: one is started", "the harness's own csi-attacher stands", "liveness-probe is not started"]
    {
        assert!(told.contains(line), "{line:?} is not in: {told}");
    }
}

fn wrong() {
    let (code, told) = run(MANIFESTS, &[]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("driver.yaml:27:") && told.contains("--image csi-attacher=PROGRAM"), "{told}");
}
