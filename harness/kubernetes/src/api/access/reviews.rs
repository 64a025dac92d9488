//! Reviews: clients ask who somebody is and what they may do. Nothing of them is stored.
//!
//! Modelled: TokenReview, SelfSubjectReview, SubjectAccessReview in its three forms, SelfSubjectRulesReview.

use std::sync::Arc;

use seatrial_wires::Identity;
use serde_json::{Value, json};

use super::{Attributes, Caller, MASTERS, allowed, rbac};
use crate::api::ApiServer;
use crate::store::value::{list, part, text};
use crate::store::{FieldError, Place, Status};

/// Group, plural, kind, whether in namespaces.
pub const RESOURCES: [(&str, &str, &str, bool); 6] = [
    ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false),
    ("authentication.k8s.io", "tokenreviews", "TokenReview", false),
    ("authorization.k8s.io", "localsubjectaccessreviews", "LocalSubjectAccessReview", true),
    ("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false),
    ("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false),
    ("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false),
];

/// Answers a review; `None` when the place is none for reviews.
///
/// # Errors
/// 422 when it asks about nothing.
pub fn review(server: &Arc<ApiServer>, caller: &Caller, at: &Place, mut review: Value) -> Option<Result<Value, Status>> {
    let (_, plural, kind, _) = RESOURCES
        .iter()
        .find(|(group, plural, _, namespaced)| {
            *group == at.resource.group && *plural == at.resource.plural && at.version == "v1" && *namespaced != at.namespace.is_empty()
        })?
        .to_owned();
    let status = match plural {
        "selfsubjectreviews" => Ok(json!({"userInfo": user_info(&caller.identity(), "")})),
        "tokenreviews" => Ok(token_status(server, text(&review, "/spec/token"))),
        "selfsubjectrulesreviews" => Ok(rules_status(server, caller, text(&review, "/spec/namespace"))),
        "selfsubjectaccessreviews" => access_status(server, kind, caller, &review),
        _ => {
            let groups = list(&review, "/spec/groups").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let user = Identity { name: text(&review, "/spec/user").to_owned(), groups };
            access_status(server, kind, &Caller::User(user), &review)
        }
    };
    Some(status.map(|status| {
        review["kind"] = kind.into();
        review["apiVersion"] = format!("{}/v1", at.resource.group).into();
        review["status"] = status;
        if !review["metadata"].is_object() {
            review["metadata"] = json!({});
        }
        review
    }))
}

fn user_info(user: &Identity, uid: &str) -> Value {
    let mut info = json!({"username": user.name, "groups": user.groups});
    if !uid.is_empty() {
        info["uid"] = uid.into();
    }
    info
}

fn token_status(server: &ApiServer, token: &str) -> Value {
    match server.tokens.user(&server.lock(), token, server.now()) {
        Some(token) => json!({"authenticated": true, "user": user_info(&token.identity(), token.uid()), "audiences": token.audiences}),
        None => json!({"user": {}, "error": "invalid bearer token"}),
    }
}

fn access_status(server: &ApiServer, kind: &str, caller: &Caller, review: &Value) -> Result<Value, Status> {
    let objects = part(review, "/spec/resourceAttributes");
    let paths = part(review, "/spec/nonResourceAttributes");
    if objects.is_null() == paths.is_null() {
        let detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
        let error = FieldError::invalid("spec.resourceAttributes", objects, detail);
        return Err(Status::invalid_kind("authorization.k8s.io", kind, "", &[error]));
    }
    let of = |field: &str| text(objects, field).to_owned();
    let asked = if objects.is_null() {
        Attributes { verb: text(paths, "/verb").to_owned(), path: text(paths, "/path").to_owned(), ..Attributes::default() }
    } else {
        Attributes {
            verb: of("/verb"),
            group: of("/group"),
            resource: of("/resource"),
            subresource: of("/subresource"),
            name: of("/name"),
            namespace: of("/namespace"),
            path: String::new(),
        }
    };
    let allowed = match caller {
        Caller::Inside => true,
        Caller::User(user) => allowed(&server.lock(), user, &asked),
    };
    Ok(json!({"allowed": allowed}))
}

fn rules_status(server: &ApiServer, caller: &Caller, namespace: &str) -> Value {
    let user = caller.identity();
    let mut rules = rbac::rules(&server.lock(), &user, namespace);
    if user.groups.iter().any(|group| group == MASTERS) {
        rules = vec![json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}), json!({"verbs": ["*"], "nonResourceURLs": ["*"]})];
    }
    let (paths, objects): (Vec<Value>, Vec<Value>) = rules.into_iter().partition(|rule| !list(rule, "/nonResourceURLs").is_empty());
    json!({"resourceRules": objects, "nonResourceRules": paths, "incomplete": false})
}
