//! What is wrong with a manifest is shown at its line before anything runs; what is lacking is unsupported, and nobody failed.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod said;

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const WORLD: &str = "scenario: A test\ntags: [csi]\nworld:\n  vcenters:\n    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}\n  kubernetes: {nodes: 1}\n  drivers: {csi: ours}\nsteps:\n";
const CLASS: &str = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: csi.vsphere.vmware.com\n";

/// A claim of this class and size.
fn claim(class: &str, size: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: data}}\nspec:\n  accessModes: [ReadWriteOnce]\n  storageClassName: {class}\n  resources:\n    requests: {{storage: {size}}}\n"
    )
}

/// Runs or lints a scenario of these steps that applies this manifest; the code and what was said.
fn seatrial(command: &str, manifest: &str, steps: &str) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "mine.yaml", &format!("{WORLD}  - apply: manifests/it.yaml\n    settle: false\n{steps}"));
    write(folder.path(), "manifests/it.yaml", manifest);
    let arguments: &[&str] = if command == "run" { &["run", "mine.yaml"] } else { &["lint", "mine.yaml"] };
    let mut command = Command::new(env!("CARGO_BIN_EXE_seatrial"));
    said::run(command.current_dir(folder.path()).args(arguments), said::without_wall_time)
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The run does not begin, and lint says the same.
#[track_caller]
fn refused(name: &str, manifest: &str, steps: &str) {
    let (code, said) = seatrial("run", manifest, steps);
    assert_eq!(code, 2, "{said}");
    let linted = seatrial("lint", manifest, steps);
    assert_eq!(linted.0, 2, "{}", linted.1);
    assert!(said.lines().filter(|line| line.contains('×')).all(|line| linted.1.contains(line.trim())), "{said}\n{}", linted.1);
    insta::assert_snapshot!(name, said);
}

/// Nothing is said of it.
#[track_caller]
fn taken(manifest: &str, steps: &str) {
    let (code, said) = seatrial("lint", manifest, &format!("{steps}  - expect: {{object: node/worker-1, has: {{/spec: present}}}}\n"));
    assert!(code == 0 && said.contains("0 errors, 0 warnings"), "{manifest}\n{said}");
}

#[test]
fn a_misspelt_class_is_named_with_the_one_that_was_meant() {
    refused("misspelt class", &format!("{CLASS}{}", claim("fsat", "1Gi")), "");
}

#[test]
fn a_quantity_that_is_none_is_named_with_those_that_may_be_meant() {
    refused("quantity", &format!("{CLASS}{}", claim("fast", "1GB")), "");
}

#[test]
fn what_a_pod_says_of_its_program_and_no_node_can_read_is_told() {
    let pod = "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: once\n  annotations:\n    seatrial.dev/runs-for: \"soon\"\nspec:\n  \
               containers: [{name: app, image: app}]\n";
    let (code, said) = seatrial("run", pod, "");
    let told = ["`seatrial.dev/runs-for` is no time: `soon`", "manifests/it.yaml:7:", "write a time in quotes, such as \"90s\""];
    assert!(code == 2 && told.iter().all(|told| said.contains(told)), "{code} {said}");
}

#[test]
fn an_unknown_field_is_named_with_the_one_that_was_meant() {
    refused("unknown field", &format!("{CLASS}{}", claim("fast", "1Gi").replace("accessModes", "accesModes")), "");
}

#[test]
fn two_objects_without_a_line_between_them_are_told() {
    refused("key twice", &format!("{CLASS}{}", claim("fast", "1Gi").trim_start_matches("---\n")), "");
}

#[test]
fn a_field_that_stands_too_deep_is_told_where_it_belongs() {
    let set = "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      serviceName: web\n      containers: [{name: web, image: nginx}]\n";
    refused("too deep", &format!("{CLASS}{set}"), "");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let class = CLASS.replace("vmware.com", "vmware.co").replace("{name: fast}", "{name: fast, labels: {new: true}}");
    let list = "---\nkind: List\napiVersion: v1\nitems:\n  - apiVersion: apps/v1\n    kind: StatefullSet\n    metadata: {name: web}\n  - {apiVersion: app/v1, kind: StatefulSet, metadata: {name: web}}\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a, namespace: kube-sytem}\n";
    let secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {user: \"no base64\"}\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n";
    let patch = "  - patch: {persistentvolumeclaim/data: {spec: {resource: {}}}}\n  - patch: {persistentvolumeclaim/data: {spec: {volumeAttributesClassName: gold}}}\n";
    refused("all at once", &format!("{class}{}{list}{secret}", claim("\"\"", "0")), patch);
}

#[test]
fn what_is_meant_so_is_taken() {
    let by_hand = "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: by-hand, csi: {driver: csi.vsphere.vmware.com, volumeHandle: x}}\n";
    let defined = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: mine}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}}]\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, namespace: mine}\nsize: 3\n";
    let refused = "  - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/data}\n";
    taken(&format!("{}---\n{CLASS}", claim("fast", "1Gi")), "");
    taken(&claim("\"\"", "1.5Gi"), "");
    taken(&format!("{}{by_hand}", claim("by-hand", "1e9")), "");
    taken(&claim("nowhere", "1Gi"), refused);
    taken(&claim("nowhere", "1Gi"), "  - wait: {persistentvolumeclaim/data: pending}\n");
    taken(&CLASS.replace("csi.vsphere.vmware.com", "kubernetes.io/no-provisioner"), "");
    taken(
        &format!(
            "{}---\napiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {{name: my.driver}}\nspec: {{}}\n",
            CLASS.replace("csi.vsphere.vmware.com", "my.driver")
        ),
        "",
    );
    taken(defined, "");
    taken(&CLASS.replace("kind: StorageClass", "kind: StorageClass\nallowVolumeExpansion: yes"), "");
}

const DEVICES: &str = "---\napiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: gpus}\nspec: {}\n---\napiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: gpu}\nspec: {}\n";

#[test]
fn an_api_that_is_not_served_is_unsupported() {
    let manifest = format!("{CLASS}{}{DEVICES}", claim("fast", "1Gi"));
    let (code, said) = seatrial("run", &manifest, "");
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("unserved in a manifest", said);
    let (code, said) = seatrial("lint", &manifest, "");
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("unserved, linted", said);
}

#[test]
fn what_a_step_needs_of_the_driver_without_saying_so_is_unsupported() {
    let cloned = claim("fast", "1Gi").replace("{name: data}", "{name: copy}") + "  dataSource: {kind: PersistentVolumeClaim, name: data}\n";
    let manifest = format!("{CLASS}{}{cloned}", claim("fast", "1Gi"));
    let grows = "  - patch: {persistentvolumeclaim/data: {spec: {resources: {requests: {storage: 2Gi}}}}}\n";
    let (code, said) = seatrial("run", &manifest, grows);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("implied capabilities", said.split("; ").next().unwrap());
}
