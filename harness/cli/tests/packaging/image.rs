//! The container image: made from nothing by `.ci/image`, complete, the same each time, and loaded by an engine where one runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::command::{recipe, shipped, told};
use crate::optional::Test;

pub const TESTS: &[Test] = &[
    ("the image's blobs are what its manifests say, the same each time", consistent),
    ("all that the program needs is in the image", complete),
];
pub const ENGINE: &[Test] = &[("an engine loads the image, and it runs scenarios with nobody's rights", loaded)];

/// A name that is nobody's image.
const NAME: &str = "seatrial-under-test";

fn image(archive: &Path) {
    told(recipe("image", &[shipped(), archive]).env("SEATRIAL_IMAGE", NAME));
}

fn unpacked(folder: &Path) -> PathBuf {
    let (archive, to) = (folder.join("image.tar"), folder.join("image"));
    image(&archive);
    std::fs::create_dir(&to).unwrap();
    told(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&to));
    to
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sum(path: &Path) -> String {
    told(Command::new("sha256sum").arg(path)).split(' ').next().unwrap().to_owned()
}

/// The file of a descriptor, which must have the digest and the size that it says.
fn blob(image: &Path, descriptor: &Value) -> PathBuf {
    let digest = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
    let path = image.join("blobs/sha256").join(digest);
    assert_eq!(sum(&path), digest);
    assert_eq!(Some(path.metadata().unwrap().len()), descriptor["size"].as_u64());
    path
}

fn consistent() {
    let folder = tempfile::tempdir().unwrap();
    let image = unpacked(folder.path());
    let index = json(&image.join("index.json"));
    let manifest = json(&blob(&image, &index["manifests"][0]));
    let (config_file, layer) = (blob(&image, &manifest["config"]), blob(&image, &manifest["layers"][0]));
    let config = json(&config_file);
    // A layer that is not packed is its own diff.
    assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!([manifest["layers"][0]["digest"]]));
    assert_eq!((&config["config"]["Entrypoint"][0], &config["created"]), (&"/usr/bin/seatrial".into(), &"2023-11-14T22:13:20Z".into()));
    assert_ne!(config["config"]["User"].as_str().unwrap().split(':').next(), Some("0"), "it runs as root");
    // What older engines read names the same blobs.
    let older = json(&image.join("manifest.json"));
    let place = |path: &Path| Value::from(path.strip_prefix(&image).unwrap().to_str().unwrap());
    assert_eq!((&older[0]["Config"], &older[0]["Layers"][0]), (&place(&config_file), &place(&layer)));

    let again = tempfile::tempdir().unwrap();
    self::image(&again.path().join("image.tar"));
    assert_eq!(sum(&folder.path().join("image.tar")), sum(&again.path().join("image.tar")));
}

/// The program runs with the image's loader and libraries, and none of this machine's.
fn complete() {
    let folder = tempfile::tempdir().unwrap();
    let image = unpacked(folder.path());
    let manifest = json(&blob(&image, &json(&image.join("index.json"))["manifests"][0]));
    let layer = blob(&image, &manifest["layers"][0]);
    let root = folder.path().join("root");
    std::fs::create_dir(&root).unwrap();
    told(Command::new("tar").arg("-xf").arg(layer).arg("-C").arg(&root));
    let files = told(Command::new("find").arg(&root).args(["-type", "f", "-printf", "%P\n"]));
    let (loader, libraries): (Vec<&str>, Vec<&str>) =
        files.lines().filter(|file| file.contains(".so")).partition(|file| file.contains("/ld-"));
    let folders: Vec<String> = libraries.iter().map(|file| root.join(file).parent().unwrap().display().to_string()).collect();
    let mut program = Command::new(root.join(loader[0]));
    // It finds libraries in these folders or not at all.
    program.args(["--inhibit-cache", "--library-path", &folders.join(":"), "--list"]).arg(root.join("usr/bin/seatrial"));
    let list = told(&mut program);
    let strangers: Vec<&str> = list.lines().filter(|line| line.contains(" => ") && !line.contains(root.to_str().unwrap())).collect();
    assert!(strangers.is_empty(), "the program needs what is not in the image: {strangers:#?}");
}

/// Whether an engine answers.
pub fn has_engine() -> bool {
    Command::new("docker").args(["info", "--format", "{{.ServerVersion}}"]).output().is_ok_and(|output| output.status.success())
}

/// Goes, whatever became of the test.
struct Loaded;

impl Drop for Loaded {
    fn drop(&mut self) {
        let tags = [format!("{NAME}:latest"), format!("{NAME}:{}", env!("CARGO_PKG_VERSION"))];
        let _ = Command::new("docker").arg("rmi").args(tags).output();
    }
}

fn loaded() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("image.tar");
    image(&archive);
    let _loaded = Loaded;
    told(Command::new("docker").args(["load", "-i"]).arg(archive));
    let run = |arguments: &[&str]| {
        let rights = ["run", "--rm", "--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
        told(Command::new("docker").args(rights).arg(NAME).args(arguments))
    };
    assert_eq!(run(&["--version"]), format!("seatrial {}\n", env!("CARGO_PKG_VERSION")));
    assert!(run(&["run", "statefulset/scale"]).contains("1 case: 1 passed"));
    assert!(run(&["run", "statefulset/scale", "--drivers", "processes"]).contains("1 case: 1 passed"));
}
