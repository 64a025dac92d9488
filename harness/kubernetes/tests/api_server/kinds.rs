//! Every kind that is served: stored with its defaults, merged by strategic patches, kept whole when kubectl goes over from
//! its own apply to the server's.

use serde_json::{Value, json};

use crate::support::*;

/// Version, kind and body of an object.
type Sample = (&'static str, &'static str, Value);

/// An object of each built-in kind, with maps and lists in the places that ownership and merging are about.
fn samples() -> Vec<Sample> {
    [of_core(), of_workloads(), of_networks(), of_access(), of_storage()].concat()
}

fn pod() -> Value {
    json!({"restartPolicy": "Never", "containers": [{"name": "c", "image": "i:1", "args": ["a"],
        "env": [{"name": "A", "value": "1"}, {"name": "B"}], "ports": [{"containerPort": 80}],
        "resources": {"requests": {"cpu": "1"}}, "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
        "volumes": [{"name": "v", "emptyDir": {}}], "tolerations": [{"key": "k", "operator": "Exists"}], "nodeSelector": {"a": "b"}})
}

fn template() -> Value {
    let mut serving = pod();
    serving["restartPolicy"] = "Always".into();
    json!({"metadata": {"labels": {"app": "a"}}, "spec": serving})
}

fn selector() -> Value {
    json!({"matchLabels": {"app": "a"}})
}

fn claim() -> Value {
    json!({"accessModes": ["ReadWriteOnce"], "storageClassName": "gold", "resources": {"requests": {"storage": "1Gi"}}})
}

fn of_core() -> Vec<Sample> {
    let (template, claim) = (template(), claim());
    let mut alone = pod();
    alone.as_object_mut().unwrap().remove("tolerations");
    vec![
        ("v1", "ConfigMap", json!({"data": {"a": "1", "b": "2"}})),
        ("v1", "Secret", json!({"data": {"a": "MQ=="}, "type": "Opaque"})),
        ("v1", "ServiceAccount", json!({"imagePullSecrets": [{"name": "p"}]})),
        ("v1", "Service", json!({"spec": {"selector": {"app": "a"}, "ports": [{"port": 80, "name": "http"}]}})),
        ("v1", "Endpoints", json!({"subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80, "protocol": "TCP"}]}]})),
        (
            "v1",
            "Event",
            json!({"involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}, "reason": "R", "message": "m", "type": "Normal"}),
        ),
        ("v1", "LimitRange", json!({"spec": {"limits": [{"type": "Pod", "max": {"cpu": "2"}}]}})),
        ("v1", "ResourceQuota", json!({"spec": {"hard": {"pods": "10", "requests.cpu": "4"}}})),
        ("v1", "Namespace", json!({})),
        ("v1", "Node", json!({"spec": {"podCIDRs": ["10.1.0.0/24"], "podCIDR": "10.1.0.0/24"}})),
        ("v1", "Pod", json!({"spec": alone})),
        ("v1", "ReplicationController", json!({"spec": {"template": template}})),
        ("v1", "PersistentVolumeClaim", json!({"spec": claim})),
        (
            "v1",
            "PersistentVolume",
            json!({"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "csi": {"driver": "d", "volumeHandle": "h", "volumeAttributes": {"a": "b"}}}}),
        ),
    ]
}

fn of_workloads() -> Vec<Sample> {
    let (selector, template) = (selector(), template());
    let task = json!({"template": {"metadata": {"labels": {"x": "y"}}, "spec": pod()}});
    // Lists that are owned as a whole stand here with their defaults: without them the real server sees a conflict, too.
    let mut whole_claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "v"}, "spec": claim(), "status": {"phase": "Pending"}});
    whole_claim["spec"]["volumeMode"] = "Filesystem".into();
    vec![
        ("apps/v1", "Deployment", json!({"spec": {"selector": selector, "template": template, "replicas": 2}})),
        ("apps/v1", "ReplicaSet", json!({"spec": {"selector": selector, "template": template}})),
        (
            "apps/v1",
            "StatefulSet",
            json!({"spec": {"selector": selector, "template": template, "serviceName": "s", "volumeClaimTemplates": [whole_claim]}}),
        ),
        ("apps/v1", "DaemonSet", json!({"spec": {"selector": selector, "template": template}})),
        ("apps/v1", "ControllerRevision", json!({"revision": 1, "data": {"a": {"b": 1}}})),
        ("batch/v1", "Job", json!({"spec": task})),
        ("batch/v1", "CronJob", json!({"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": task}}})),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, "maxReplicas": 3}}),
        ),
    ]
}

fn of_networks() -> Vec<Sample> {
    let selector = selector();
    let backend = json!({"service": {"name": "s", "port": {"number": 80}}});
    vec![
        (
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({"spec": {"podSelector": {"matchLabels": {"app": "a"}}, "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 80, "protocol": "TCP"}]}]}}),
        ),
        (
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"rules": [{"host": "a.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}], "tls": [{"hosts": ["a.example.com"]}]}}),
        ),
        ("networking.k8s.io/v1", "IngressClass", json!({"spec": {"controller": "example.com/c"}})),
        ("policy/v1", "PodDisruptionBudget", json!({"spec": {"selector": selector, "minAvailable": 1}})),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"name": "", "port": 80, "protocol": "TCP"}]}),
        ),
    ]
}

fn of_access() -> Vec<Sample> {
    let webhook = json!([{"name": "w.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"], "clientConfig": {"service": {"namespace": "n", "name": "s"}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"], "scope": "*"}]}]);
    let role = json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]);
    let (subjects, bound) = (
        json!([{"kind": "ServiceAccount", "name": "a", "namespace": "default"}]),
        json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"}),
    );
    vec![
        ("node.k8s.io/v1", "RuntimeClass", json!({"handler": "h", "scheduling": {"nodeSelector": {"a": "b"}}})),
        ("scheduling.k8s.io/v1", "PriorityClass", json!({"value": 10})),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", json!({"webhooks": webhook})),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", json!({"webhooks": webhook})),
        ("coordination.k8s.io/v1", "Lease", json!({"spec": {"holderIdentity": "h", "leaseDurationSeconds": 40}})),
        ("rbac.authorization.k8s.io/v1", "Role", json!({"rules": role})),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", json!({"rules": role})),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", json!({"subjects": subjects, "roleRef": bound})),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", json!({"subjects": subjects, "roleRef": bound})),
    ]
}

fn of_storage() -> Vec<Sample> {
    vec![
        ("storage.k8s.io/v1", "StorageClass", json!({"provisioner": "d", "parameters": {"a": "b"}, "mountOptions": ["ro"]})),
        (
            "storage.k8s.io/v1",
            "VolumeAttachment",
            json!({"spec": {"attacher": "d", "nodeName": "n", "source": {"persistentVolumeName": "v"}}}),
        ),
        ("storage.k8s.io/v1", "CSIDriver", json!({"spec": {"volumeLifecycleModes": ["Persistent"], "tokenRequests": [{"audience": "a"}]}})),
        ("storage.k8s.io/v1", "CSINode", json!({"spec": {"drivers": [{"name": "d", "nodeID": "i", "topologyKeys": ["z"]}]}})),
        (
            "storage.k8s.io/v1",
            "CSIStorageCapacity",
            json!({"storageClassName": "gold", "capacity": "1Gi", "nodeTopology": {"matchLabels": {"z": "a"}}}),
        ),
        ("storage.k8s.io/v1", "VolumeAttributesClass", json!({"driverName": "d", "parameters": {"a": "b"}})),
    ]
}

/// The samples as objects, each with the path of its collection.
async fn objects(cluster: &Cluster) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (version, kind, body) in samples() {
        let root = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
        let (code, resources) = cluster.get(&root).await;
        assert_eq!(code, 200, "{version}");
        let all = resources["resources"].as_array().unwrap();
        let resource = all.iter().find(|entry| entry["kind"] == kind && !entry["name"].as_str().unwrap().contains('/')).unwrap();
        let inside = if resource["namespaced"] == true { "/namespaces/default" } else { "" };
        let mut object =
            json!({"apiVersion": version, "kind": kind, "metadata": {"name": "two", "labels": {"app": "shop"}, "annotations": {"n": "1"}}});
        seatrial_journal::merge_patch(&mut object, &body);
        found.push((format!("{root}{inside}/{}", resource["name"].as_str().unwrap()), object));
    }
    found
}

/// Without what each write changes.
fn lasting(object: &Value) -> Value {
    let mut object = object.clone();
    for field in ["managedFields", "resourceVersion"] {
        object["metadata"].as_object_mut().unwrap().remove(field);
    }
    object
}

#[tokio::test(start_paused = true)]
async fn every_built_in_kind_has_a_sample() {
    let cluster = Cluster::new();
    let mut served = Vec::new();
    let (_, groups) = cluster.get("/apis").await;
    let versions = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| format!("/apis/{}", group["preferredVersion"]["groupVersion"].as_str().unwrap()));
    for root in std::iter::once("/api/v1".to_owned()).chain(versions) {
        let (_, document) = cluster.get(&root).await;
        let listed = |entry: &&Value| entry["verbs"].as_array().unwrap().contains(&json!("list"));
        served.extend(
            document["resources"].as_array().unwrap().iter().filter(listed).map(|entry| entry["kind"].as_str().unwrap().to_owned()),
        );
    }
    served.retain(|kind| !samples().iter().any(|(_, sample, _)| sample == kind));
    assert_eq!(served, ["CustomResourceDefinition"], "custom.rs is about that one");
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_what_the_defaults_make_of_it() {
    let cluster = Cluster::new();
    let mut stored = Vec::new();
    for (path, object) in objects(&cluster).await {
        let mut made = cluster.made(&path, &object).await;
        let metadata = made["metadata"].as_object_mut().unwrap();
        metadata.retain(|field, _| {
            !["uid", "creationTimestamp", "resourceVersion", "name", "namespace", "annotations"].contains(&field.as_str())
        });
        stored.push(serde_json::to_string(&made).unwrap().replace("\\\"", "'"));
    }
    let stored: Vec<String> = stored.iter().map(|line| without_uids(line)).collect();
    insta::assert_snapshot!(stored.join("\n"));
}

/// Uids are drawn: not what this is about.
fn without_uids(text: &str) -> String {
    let is_uid = |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    text.split('"').map(|word| if is_uid(word) { "UID" } else { word }).collect::<Vec<_>>().join("\"")
}

/// What kubectl does: its own apply, then the server's; then it moves the ownership of its first manager over, a map
/// together with its members, and applies again what it applied before.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_kubectl_goes_over_to_apply_on_the_server() {
    const LAST: &str = "kubectl.kubernetes.io/last-applied-configuration";
    let cluster = Cluster::new();
    for (path, object) in objects(&cluster).await {
        let mut sent = object.clone();
        sent["metadata"]["annotations"][LAST] = object.to_string().into();
        let made = cluster.made(&format!("{path}?fieldManager=kubectl-client-side-apply"), &sent).await;
        let one = format!("{path}/two?fieldManager=kubectl");
        let apply = "application/apply-patch+yaml";
        let (code, applied) = cluster.call("PATCH", &one, apply, &object).await;
        assert_eq!((code, lasting(&applied)), (200, lasting(&made)), "{path}: the same said by another manager");
        let entries = applied["metadata"]["managedFields"].as_array().unwrap();
        let of = |manager: &str| entries.iter().find(|entry| entry["manager"] == manager).cloned();
        let (Some(before), Some(mut now)) = (of("kubectl-client-side-apply"), of("kubectl")) else { panic!("{path}: {entries:?}") };
        seatrial_journal::merge_patch(&mut now["fieldsV1"], &before["fieldsV1"]);
        let moved = json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": [now]},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": applied["metadata"]["resourceVersion"]}]);
        let (code, moved) = cluster.call("PATCH", &one, "application/json-patch+json", &moved).await;
        assert_eq!((code, lasting(&moved)), (200, lasting(&made)), "{path}");
        let (code, again) = cluster.call("PATCH", &one, apply, &object).await;
        let mut expected = lasting(&made);
        expected["metadata"]["annotations"].as_object_mut().unwrap().remove(LAST);
        assert_eq!((code, lasting(&again)), (200, expected), "{path}: what is still stated stays");
        let entries = again["metadata"]["managedFields"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_charts_get_wrong_is_refused_in_the_real_servers_words() {
    let cluster = Cluster::new();
    let all = objects(&cluster).await;
    let of = |kind: &str| all.iter().find(|(_, object)| object["kind"] == kind).cloned().unwrap();
    let table = [
        (
            "Job",
            "/spec/template/spec/restartPolicy",
            json!("Always"),
            "Job.batch \"two\" is invalid: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
        ),
        ("CronJob", "/spec/schedule", json!(""), "CronJob.batch \"two\" is invalid: spec.schedule: Required value"),
        ("Ingress", "/spec/rules/0/http/paths/0/pathType", json!(null), "pathType"),
        ("HorizontalPodAutoscaler", "/spec/maxReplicas", json!(0), "must be greater than 0"),
    ];
    for (kind, pointer, value, told) in table {
        let (path, mut object) = of(kind);
        *object.pointer_mut(pointer).unwrap() = value;
        let (code, refused) = cluster.post(&path, &object).await;
        assert!((400..=422).contains(&code) && refused["message"].as_str().unwrap().contains(told), "{kind}: {refused}");
    }
    let (path, job) = of("Job");
    cluster.made(&path, &job).await;
    let (code, refused) = cluster.merge(&format!("{path}/two"), &json!({"spec": {"template": {"metadata": {"labels": {"z": "z"}}}}})).await;
    assert_eq!(code, 422, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_in_the_foreground_waits_only_where_somebody_collects() {
    let cluster = Cluster::new();
    let foreground = json!({"propagationPolicy": "Foreground"});
    for (path, object) in objects(&cluster).await {
        let kind = object["kind"].as_str().unwrap();
        if matches!(kind, "Namespace" | "Pod" | "PersistentVolume" | "PersistentVolumeClaim") {
            continue;
        }
        cluster.made(&path, &object).await;
        assert_eq!(cluster.delete(&format!("{path}/two"), &foreground).await.0, 200, "{kind}");
        let waits = [
            "ConfigMap",
            "Secret",
            "Service",
            "ServiceAccount",
            "Node",
            "ControllerRevision",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
            "Job",
            "Lease",
            "CSIDriver",
            "CSINode",
        ]
        .contains(&kind);
        assert_eq!(cluster.get(&format!("{path}/two")).await.0, if waits { 200 } else { 404 }, "{kind}");
    }
}
