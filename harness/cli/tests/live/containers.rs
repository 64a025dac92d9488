//! `--driver csi=image:NAME`: a driver of which there is nothing but an image, in a container engine of this machine.

use std::path::Path;
use std::process::Command;

use super::command::{content, said, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a scenario holds with a driver out of an image, in the world's time, and leaves no container", holds),
    ("an image that is not there is the environment's, and named", missing),
];

/// What the image is called while it is tested.
const IMAGE: &str = "seatrial-test-driver";

/// The engine's client.
fn engine(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
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
    let left = engine(&["ps", "--all", "--quiet", "--filter", "label=seatrial"]);
    engine(&["rmi", "--force", &format!("{IMAGE}:latest"), &format!("{IMAGE}:{}", env!("CARGO_PKG_VERSION"))]);
    assert_eq!((code, left.trim()), (Some(0), ""), "{told}");
    assert!(told.contains("1 case: 1 passed") && told.contains(&format!("among the files of image {IMAGE}")), "{told}");
}

fn missing() {
    let (code, told) = run("csi=image:nobody-has-this");
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("image nobody-has-this") && told.contains("load or import it"), "{told}");
}
