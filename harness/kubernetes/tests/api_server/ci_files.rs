//! The files of `docs/ci` that are for a cluster: taken as kubectl sends them, and not a field of them unknown.

use serde_json::Value;

use crate::support::*;

/// The objects of a file.
fn objects(name: &str) -> Vec<Value> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ci").join(name);
    seatrial_kubernetes::yaml::documents(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn path(object: &Value) -> String {
    let name = object["metadata"]["name"].as_str().unwrap();
    let kinds = match object["kind"].as_str().unwrap() {
        "PersistentVolumeClaim" => "/api/v1/namespaces/default/persistentvolumeclaims",
        "Job" => "/apis/batch/v1/namespaces/default/jobs",
        other => panic!("nobody knows where a {other} goes"),
    };
    format!("{kinds}/{name}?fieldManager=kubectl&fieldValidation=Strict")
}

#[tokio::test(start_paused = true)]
async fn the_jobs_of_the_documentation_are_taken() {
    let cluster = Cluster::new();
    for name in ["indexed-job.yaml", "merge-job.yaml"] {
        for object in objects(name) {
            let (code, taken) = cluster.call("PATCH", &path(&object), "application/apply-patch+yaml", &object).await;
            assert_eq!(code, 201, "{name}: {taken}");
            let mut misspelt = object.clone();
            misspelt["spec"]["completion"] = 4.into();
            let (code, refused) = cluster.call("PATCH", &path(&object), "application/apply-patch+yaml", &misspelt).await;
            // The real server's code for a patch that has no type, too.
            assert_eq!(code, 500, "{refused}");
            assert!(refused["message"].as_str().unwrap().ends_with(".spec.completion: field not declared in schema"), "{refused}");
        }
    }
    let (_, job) = cluster.get("/apis/batch/v1/namespaces/default/jobs/seatrial").await;
    assert_eq!((&job["spec"]["completionMode"], &job["spec"]["completions"]), (&"Indexed".into(), &4.into()));
}
