//! kubectl against a world that stays.

use std::process::Command;

use serde_json::Value;

use super::command::{Up, eventually, said};
use super::runs::{CLAIM_AND_CLASS, SMALL};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("kubectl applies a claim, the driver makes its volume, and kubectl deletes it again", claim),
    ("kubectl goes over from its own apply to the server's, and nothing is lost of any kind", goes_over),
];

fn kubectl(up: &Up, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("kubectl").args(arguments).env("KUBECONFIG", up.variable("KUBECONFIG")).output().unwrap();
    (output.status.success(), said(&output))
}

/// What of these objects is the user's: all but their status and what servers write into metadata.
fn stated(up: &Up, manifest: &str) -> Vec<Value> {
    let (success, told) = kubectl(up, &["get", "-f", manifest, "-o", "json"]);
    assert!(success, "{told}");
    let mut list: Value = serde_json::from_str(&told).unwrap();
    let objects = list["items"].as_array_mut().unwrap();
    for object in objects.iter_mut() {
        object.as_object_mut().unwrap().remove("status");
        object["metadata"] = serde_json::json!({"name": object["metadata"]["name"], "labels": object["metadata"]["labels"]});
    }
    std::mem::take(objects)
}

fn goes_over() {
    let mut up = Up::start(SMALL, &[]);
    let manifest = up.folder.path().join("kinds.yaml");
    std::fs::write(&manifest, include_str!("kinds.yaml")).unwrap();
    let manifest = manifest.to_str().unwrap();
    let applied = kubectl(&up, &["apply", "-f", manifest]);
    assert!(applied.0, "{}", applied.1);
    let before = stated(&up, manifest);
    assert!(before.len() > 20, "{}", before.len());
    for _ in 0..2 {
        let applied = kubectl(&up, &["apply", "--server-side", "-f", manifest]);
        assert!(applied.0 && !applied.1.contains("Warning"), "{}", applied.1);
        assert_eq!(stated(&up, manifest), before);
    }
    assert!(up.interrupt().success());
}

fn claim() {
    let mut up = Up::start(SMALL, &[]);
    eventually("the node is ready", || kubectl(&up, &["get", "nodes"]).1.contains(" Ready "));
    let manifest = up.folder.path().join("claim.yaml");
    std::fs::write(&manifest, CLAIM_AND_CLASS).unwrap();
    let applied = kubectl(&up, &["apply", "-f", manifest.to_str().unwrap()]);
    assert!(applied.0 && applied.1.contains("persistentvolumeclaim/data created"), "{}", applied.1);
    let bound = kubectl(&up, &["wait", "--for=jsonpath={.status.phase}=Bound", "pvc/data", "--timeout=180s"]);
    assert!(bound.0, "{}", bound.1);
    let events = kubectl(&up, &["describe", "pvc", "data"]).1;
    assert!(events.contains("ProvisioningSucceeded"), "{events}");
    let deleted = kubectl(&up, &["delete", "pvc", "data", "--timeout=180s"]);
    assert!(deleted.0, "{}", deleted.1);
    eventually("the volume is gone", || kubectl(&up, &["get", "pv"]).1.contains("No resources found"));
    assert!(up.interrupt().success());
}
