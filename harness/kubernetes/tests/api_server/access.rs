//! Who may do what: identities from the wire, roles, tokens, reviews.

use http::Request;
use seatrial_wires::Identity;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::*;

/// Asks as a user with groups, or with a token.
async fn ask(cluster: &Cluster, who: (&str, &[&str]), method: &str, path: &str, body: &Value) -> (u16, Value) {
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
    let mut request = Request::builder().method(method).uri(path).body(driver_host::body_from(bytes)).unwrap();
    if let Some(token) = who.0.strip_prefix("token ") {
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    } else {
        let groups = who.1.iter().map(|&group| group.to_owned()).collect();
        request.extensions_mut().insert(Identity { name: who.0.to_owned(), groups });
    }
    let response = cluster.server.service().oneshot(request).await.unwrap();
    let code = response.status().as_u16();
    let bytes = driver_host::collect_body(response.into_body()).await.unwrap();
    (code, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test(start_paused = true)]
async fn a_user_may_do_what_their_roles_say_and_nothing_else() {
    let cluster = Cluster::new();
    cluster.server.install_policy();
    let role = json!({"metadata": {"name": "r"}, "rules": [{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"]}]});
    cluster.made("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", &role).await;
    let binding =
        json!({"metadata": {"name": "b"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "bob"}]});
    cluster.made("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", &binding).await;
    let bob: (&str, &[&str]) = ("bob", &[]);
    let node: (&str, &[&str]) = ("system:node:n", &["system:nodes"]);
    let table = [
        (bob, "GET", MAPS, ""),
        (
            bob,
            "POST",
            MAPS,
            "configmaps is forbidden: User \"bob\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"default\"",
        ),
        (bob, "GET", NODES, "nodes is forbidden: User \"bob\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"),
        (
            bob,
            "DELETE",
            "/apis/storage.k8s.io/v1/storageclasses/x",
            "storageclasses.storage.k8s.io \"x\" is forbidden: User \"bob\" cannot delete resource \"storageclasses\" in API group \"storage.k8s.io\" at the cluster scope",
        ),
        (
            bob,
            "PATCH",
            "/api/v1/namespaces/default/pods/p/status",
            "pods \"p\" is forbidden: User \"bob\" cannot patch resource \"pods/status\" in API group \"\" in the namespace \"default\"",
        ),
        (bob, "GET", "/apis", ""),
        (bob, "GET", "/metrics", "forbidden: User \"bob\" cannot get path \"/metrics\""),
        (("root", &["system:masters"]), "GET", NODES, ""),
        (node, "GET", NODES, ""),
        (
            node,
            "GET",
            "/api/v1/namespaces/default/secrets/s",
            "secrets \"s\" is forbidden: User \"system:node:n\" cannot get resource \"secrets\" in API group \"\" in the namespace \"default\"",
        ),
        (
            node,
            "PUT",
            "/apis/storage.k8s.io/v1/csinodes/other",
            "csinodes.storage.k8s.io \"other\" is forbidden: User \"system:node:n\" cannot update resource \"csinodes\" in API group \"storage.k8s.io\" at the cluster scope",
        ),
        (("system:kube-scheduler", &[]), "GET", PODS, ""),
        (("system:anonymous", &["system:unauthenticated"]), "GET", "/version", ""),
        (
            ("system:anonymous", &["system:unauthenticated"]),
            "GET",
            "/apis",
            "forbidden: User \"system:anonymous\" cannot get path \"/apis\"",
        ),
    ];
    for (who, method, path, refusal) in table {
        let (code, answer) = ask(&cluster, who, method, path, &Value::Null).await;
        if refusal.is_empty() {
            assert_eq!(code, 200, "{who:?} {method} {path}: {answer}");
        } else {
            assert_eq!((code, answer["reason"].as_str(), answer["message"].as_str()), (403, Some("Forbidden"), Some(refusal)));
        }
    }
    let mut pod = bound_pod("p", "n");
    pod["spec"]["volumes"] = json!([{"name": "v", "secret": {"secretName": "s"}}]);
    cluster.made(PODS, &pod).await;
    assert_eq!(ask(&cluster, node, "GET", "/api/v1/namespaces/default/secrets/s", &Value::Null).await.0, 404, "its pod needs it");
}

#[tokio::test(start_paused = true)]
async fn a_service_accounts_token_is_it_until_it_ends() {
    let cluster = Cluster::new();
    cluster.server.install_policy();
    let account = "/api/v1/namespaces/default/serviceaccounts/default";
    let (code, issued) = cluster.post(&format!("{account}/token"), &json!({"spec": {"expirationSeconds": 600}})).await;
    assert_eq!(code, 201, "{issued}");
    let token = format!("token {}", issued["status"]["token"].as_str().unwrap());
    let review = |path: &'static str, spec: Value| (path, json!({"spec": spec}));
    let (path, body) = review(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        json!({"resourceAttributes": {"verb": "list", "resource": "pods"}}),
    );
    let (code, answer) = ask(&cluster, (&token, &[]), "POST", path, &body).await;
    assert_eq!((code, &answer["status"]), (201, &json!({"allowed": false})));
    let (_, whoami) = ask(&cluster, (&token, &[]), "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", &json!({})).await;
    assert_eq!(whoami["status"]["userInfo"]["username"], "system:serviceaccount:default:default");
    let (path, body) = review("/apis/authentication.k8s.io/v1/tokenreviews", json!({"token": token.trim_start_matches("token ")}));
    assert_eq!(cluster.post(path, &body).await.1["status"]["authenticated"], true);
    assert_eq!(ask(&cluster, ("token nobodys", &[]), "GET", NODES, &Value::Null).await.0, 401);
    tokio::time::sleep(std::time::Duration::from_secs(601)).await;
    let (code, answer) = ask(&cluster, (&token, &[]), "GET", "/version", &Value::Null).await;
    assert_eq!((code, answer["message"].as_str()), (401, Some("Unauthorized")));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_taken_for_somebody_else() {
    let cluster = Cluster::new();
    cluster.server.install_policy();
    for (header, path) in [("impersonate-user", NODES), ("impersonate-group", "/version"), ("impersonate-extra-scopes", MAPS)] {
        let mut request = Request::get(path).header(header, "bob").body(driver_host::body_from(Vec::new())).unwrap();
        request.extensions_mut().insert(Identity { name: "root".to_owned(), groups: vec!["system:masters".to_owned()] });
        let response = cluster.server.service().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 403, "{header}");
        let answer: Value = serde_json::from_slice(&driver_host::collect_body(response.into_body()).await.unwrap()).unwrap();
        assert_eq!(answer["message"], format!("impersonation is not supported by this API server (header {header})"));
    }
}
