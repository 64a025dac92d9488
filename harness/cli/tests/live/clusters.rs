//! Real API servers, in the world's time and by the wall's clock, and the guard before a cluster that is there already.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::json;

use super::bare::Bare;
use super::command::{Up, content, eventually, said, seatrial, told_of};
use super::runs::SMALL;
use crate::Test;

/// These need etcd and kube-apiserver.
pub const REAL: &[Test] = &[
    ("a scenario holds on a real API server in the world's time, and nothing is left of it", holds_in_the_worlds_time),
    ("a scenario holds on a real API server, and nothing is left of it", holds),
    ("a run that is killed takes the real API server along", killed),
    ("a real cluster that is there already is left as it was", left_as_it_was),
    ("the jobs of the documentation are taken by a real API server", jobs_are_taken),
];

/// These need nothing.
pub const GUARD: &[Test] = &[("a cluster with Nodes of somebody else's is refused, and named", refused)];

fn run(folder: &Path, what: &str, arguments: &[&str]) -> Output {
    let out = folder.join("out");
    let fixed = ["run", what, "--mode", "live", "--out", out.to_str().unwrap()];
    seatrial(folder, &[&fixed, arguments].concat()).output().unwrap()
}

fn worlds(folder: &Path) -> usize {
    content(folder).iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("seatrial-")).count()
}

/// An hour at least of the world's, in which the API server's tickers tick.
fn holds_in_the_worlds_time() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arguments = ["run", "statefulset/scale", "--kubernetes", "assets", "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &arguments).output().unwrap();
    let said = said(&output);
    assert!(output.status.success() && said.contains("1 case: 1 passed"), "{said}");
    let page = std::fs::read_to_string(out.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&page).unwrap();
    let repeat = report["cases"][0]["repeat"].as_str().unwrap_or(&page);
    assert!(repeat.contains("--kubernetes assets") && !repeat.contains("--mode live"), "the report tells how to repeat it: {repeat}");
    assert_eq!((worlds(folder.path()), told_of(folder.path())), (0, Vec::new()));
}

fn holds() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), "statefulset/scale", &["--kubernetes", "assets"]);
    let said = said(&output);
    assert!(output.status.success() && said.contains("1 case: 1 passed"), "{said}");
    let page = std::fs::read_to_string(folder.path().join("out/report.json")).unwrap();
    assert!(page.contains("--mode live --kubernetes assets"), "the report tells how to repeat it");
    assert_eq!((worlds(folder.path()), told_of(folder.path())), (0, Vec::new()));
}

/// Whether some process of this folder is this program.
fn runs(folder: &Path, program: &str) -> bool {
    told_of(folder).iter().any(|process| std::fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim() == program))
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["run", "statefulset/scale", "--mode", "live", "--kubernetes", "assets"];
    let out = folder.path().join("out");
    let mut run =
        seatrial(folder.path(), &[&arguments[..], &["--out", out.to_str().unwrap()]].concat()).stdout(Stdio::null()).spawn().unwrap();
    eventually("both programs run", || runs(folder.path(), "etcd") && runs(folder.path(), "kube-apiserver"));
    run.kill().unwrap();
    run.wait().unwrap();
    eventually("neither runs", || told_of(folder.path()).is_empty());
    assert!(worlds(folder.path()) > 0, "nobody could tidy up");
    let world = folder.path().join("world.yaml");
    std::fs::write(&world, SMALL).unwrap();
    assert!(
        seatrial(folder.path(), &["run", world.to_str().unwrap(), "--mode", "live", "--out", out.to_str().unwrap()])
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(worlds(folder.path()), 0, "the next run has swept it");
}

fn refused() {
    let up = Up::start(SMALL, &[]);
    let (folder, config) = (tempfile::tempdir().unwrap(), up.variable("KUBECONFIG").to_owned());
    let there = ["--kubernetes", "kubeconfig", "--kubeconfig", &config];
    let output = run(folder.path(), "statefulset/scale", &there);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    for word in ["worker-1", "context seatrial ", "--yes-use-context seatrial ", "no run of seatrial made"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let output = run(folder.path(), "statefulset/scale", &[&there[..], &["--yes-use-context", "another"]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

/// Everything that could be left behind, of the kinds that a run makes.
fn all(bare: &Bare) -> Vec<String> {
    let paths = [
        "/api/v1/nodes",
        "/api/v1/namespaces",
        "/api/v1/pods",
        "/api/v1/persistentvolumes",
        "/api/v1/persistentvolumeclaims",
        "/api/v1/serviceaccounts",
        "/apis/apps/v1/statefulsets",
        "/apis/storage.k8s.io/v1/csinodes",
        "/apis/storage.k8s.io/v1/csidrivers",
        "/apis/storage.k8s.io/v1/volumeattachments",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    ];
    paths.iter().flat_map(|path| bare.names(path).into_iter().map(move |name| format!("{path}/{name}"))).collect()
}

fn left_as_it_was() {
    let bare = Bare::start();
    let folder = tempfile::tempdir().unwrap();
    let there = ["--kubernetes", "kubeconfig", "--kubeconfig", &bare.kubeconfig];
    let before = all(&bare);
    let output = run(folder.path(), "statefulset/scale", &there);
    let told = said(&output);
    assert!(output.status.success() && !told.contains("is not as it was"), "{told}");
    assert_eq!(all(&bare), before);
    bare.make("/api/v1/nodes", &json!({"metadata": {"name": "precious"}}));
    let output = run(folder.path(), "statefulset/scale", &there);
    let told = said(&output);
    assert_eq!((output.status.code(), told.contains("precious")), (Some(3), true), "{told}");
}

fn jobs_are_taken() {
    let bare = Bare::start();
    for name in ["indexed-job.yaml", "merge-job.yaml"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci").join(name);
        let text = std::fs::read_to_string(file).unwrap();
        for object in text.split("\n---\n").map(|part| seatrial_scenario::as_json(part).unwrap()) {
            let kinds = match object["kind"].as_str().unwrap() {
                "Job" => "/apis/batch/v1/namespaces/default/jobs",
                _ => "/api/v1/namespaces/default/persistentvolumeclaims",
            };
            bare.make(&format!("{kinds}?fieldValidation=Strict"), &object);
        }
    }
    assert_eq!(bare.names("/apis/batch/v1/namespaces/default/jobs"), ["seatrial", "seatrial-merge"]);
}
