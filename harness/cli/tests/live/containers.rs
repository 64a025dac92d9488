//! `--driver csi=image:NAME`: a driver of which there is nothing but an image, in a container engine of this machine.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use super::command::{content, eventually, said, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a scenario holds with a driver out of an image, in the world's time, and leaves no container", holds),
    ("an image that is not there is the environment's, and named", missing),
    ("an engine that is not there is the environment's, and named", no_engine),
    ("whenever a run with images is killed, its containers end, and what it had not started goes with the next run", killed),
];

/// With real devices, too.
pub const DEVICES: &[Test] = &[("a node plugin out of an image formats and mounts on real devices", node_plugin)];

/// What the image is called while it is tested.
const IMAGE: &str = "seatrial-test-driver";

/// The engine's client.
fn engine(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The containers of ours, running or not.
fn containers() -> String {
    engine(&["ps", "--all", "--quiet", "--filter", "label=seatrial"])
}

fn running() -> String {
    engine(&["ps", "--quiet", "--filter", "label=seatrial"])
}

/// Our driver as an image from nothing, by the recipe that is shipped.
fn load(folder: &Path) {
    let (recipe, archive) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/image"), folder.join("image.tar"));
    let mut made = Command::new(recipe);
    made.arg(env!("CARGO_BIN_EXE_seatrial")).arg(&archive).env("SEATRIAL_IMAGE", IMAGE).env("SEATRIAL_COMMAND", r#"["driver","csi"]"#);
    let made = made.output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    engine(&["load", "--input", archive.to_str().unwrap()]);
}

fn run(driver: &str) -> (Option<i32>, String) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arguments = ["run", "statefulset/scale", "--driver", driver, "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &arguments).output().unwrap();
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
    (output.status.code(), said(&output))
}

fn holds() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path());
    let (code, told) = run(&format!("csi=image:{IMAGE}"));
    let left = containers();
    unload();
    assert_eq!((code, left.trim()), (Some(0), ""), "{told}");
    assert!(told.contains("1 case: 1 passed") && told.contains(&format!("among the files of image {IMAGE}")), "{told}");
}

fn unload() {
    engine(&["rmi", "--force", &format!("{IMAGE}:latest"), &format!("{IMAGE}:{}", env!("CARGO_PKG_VERSION"))]);
}

fn missing() {
    let (code, told) = run("csi=image:nobody-has-this");
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("image nobody-has-this") && told.contains("load or import it"), "{told}");
}

fn no_engine() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arguments = ["run", "statefulset/scale", "--driver", "csi=image:any", "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &arguments).env("DOCKER_HOST", "unix:///nowhere/engine.sock").output().unwrap();
    let told = said(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("no container engine answers"), "{told}");
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path());
    let driver = format!("csi=image:{IMAGE}");
    let arguments = ["run", "statefulset/scale", "--repeat", "1000", "--driver", &driver, "--out", folder.path().to_str().unwrap()];
    let mut run = seatrial(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    eventually("a container is made", || !containers().trim().is_empty());
    run.kill().unwrap();
    run.wait().unwrap();
    eventually("no container runs", || running().trim().is_empty());
    let (code, told) = self::run(&driver);
    assert_eq!(code, Some(0), "{told}");
    eventually("no container is left", || containers().trim().is_empty());
    unload();
}

/// What an image of a node plugin has beside it.
const TOOLS: [&str; 7] = ["mkfs.ext4", "mount", "umount", "blkid", "resize2fs", "blockdev", "sh"];

/// Our driver as an image with the programs that it calls on nodes, each with the libraries that it is linked with.
fn load_with_tools(folder: &Path) {
    let root = folder.join("root");
    let here = |path: &str| root.join(path.trim_start_matches('/'));
    let copy = |from: &str, to: &Path| {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    };
    std::fs::create_dir_all(here("usr/bin")).unwrap();
    symlink("usr/bin", here("bin")).unwrap();
    let found = |name: &str| {
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(|place| format!("{place}/{name}")).into_iter().find(|path| Path::new(path).exists())
    };
    let programs = TOOLS.map(|name| (found(name).unwrap_or_else(|| panic!("{name} is not there")), format!("usr/bin/{name}")));
    let ours = (env!("CARGO_BIN_EXE_seatrial").to_owned(), "usr/bin/seatrial".to_owned());
    for (from, to) in programs.into_iter().chain([ours]) {
        copy(&from, &here(&to));
        let told = Command::new("ldd").arg(&from).output().unwrap();
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        for library in told.split_whitespace().filter(|word| word.starts_with('/')) {
            copy(library, &here(library));
        }
    }
    let archive = folder.join("tools.tar");
    let packed = Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&archive).arg(".").status().unwrap();
    assert!(packed.success());
    let program = r#"ENTRYPOINT ["/usr/bin/seatrial", "driver", "csi"]"#;
    engine(&["import", "--change", program, "--change", "ENV PATH=/usr/bin", archive.to_str().unwrap(), IMAGE]);
}

/// A driver of which everything is in an image.
const DESCRIPTOR: &str = r#"
driver: of-image
subject: csi
about: Ours, out of an image.
processes:
  - process: csi-controller
    image: seatrial-test-driver
    account: {namespace: vmware-system-csi, name: csi-controller}
    environment:
      X_CSI_MODE: controller
      CSI_ENDPOINT: unix://${socket}
      CSI_NAMESPACE: vmware-system-csi
      KUBECONFIG: ${kubeconfig}
      VSPHERE_CSI_CONFIG: ${folder}/csi-vsphere.conf
    files: {csi-vsphere.conf: "${csi-configuration}"}
  - process: csi-node
    image: seatrial-test-driver
    account: {namespace: vmware-system-csi, name: csi-node}
    environment:
      X_CSI_MODE: node
      CSI_ENDPOINT: unix://${socket}
      CSI_NAMESPACE: vmware-system-csi
      KUBECONFIG: ${kubeconfig}
      NODE_NAME: ${node}
"#;

fn node_plugin() {
    let folder = tempfile::tempdir().unwrap();
    load_with_tools(folder.path());
    let descriptor = folder.path().join("driver.yaml");
    std::fs::write(&descriptor, DESCRIPTOR).unwrap();
    let (temporary, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let driver = format!("csi={}", descriptor.display());
    for scenario in ["statefulset/scale", "node-failure/power-off"] {
        let arguments = ["run", scenario, "--driver", &driver, "--devices", "loop", "--out", out.path().to_str().unwrap()];
        let output = seatrial(temporary.path(), &arguments).output().unwrap();
        let told = said(&output);
        assert!(output.status.success() && told.contains("nodes had real devices"), "{told}");
        assert!(told.contains("csi-node was started among the files of image"), "{told}");
    }
    assert_eq!(containers().trim(), "");
    engine(&["rmi", "--force", IMAGE]);
}
