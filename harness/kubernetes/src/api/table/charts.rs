//! The cells of what Helm charts bring along: workloads that end, traffic, quotas, roles.

use jiff::Timestamp;
use serde_json::Value;

use super::cells::{age, joined, or, yes};
use crate::store::Resource;
use crate::store::value::{list, part, text};

/// The cell of an object in a column; `None` where the kind has nothing of its own to say.
pub fn cell(resource: &Resource, object: &Value, column: &str, now: Timestamp) -> Option<Value> {
    let count = |pointer: &str| part(object, pointer).as_i64().unwrap_or(0);
    Some(match (resource.name.plural.as_str(), column) {
        (_, "Created At") => text(object, "/metadata/creationTimestamp").into(),
        (_, "Selector") => selector(part(object, "/spec/selector")),
        ("jobs", column) => return job(object, column, now),
        ("cronjobs", column) => return cron_job(object, column, now),
        ("daemonsets", "Desired") => count("/status/desiredNumberScheduled").into(),
        ("daemonsets", "Current") => count("/status/currentNumberScheduled").into(),
        ("daemonsets", "Ready") => count("/status/numberReady").into(),
        ("daemonsets", "Up-to-date") => count("/status/updatedNumberScheduled").into(),
        ("daemonsets", "Available") => count("/status/numberAvailable").into(),
        ("daemonsets", "Node Selector") => or(&pairs(part(object, "/spec/template/spec/nodeSelector")), "<none>"),
        ("horizontalpodautoscalers", column) => autoscaler(object, column),
        ("networkpolicies", _) => selector(part(object, "/spec/podSelector")),
        ("ingresses", column) => ingress(object, column),
        ("ingressclasses", "Controller") => text(object, "/spec/controller").into(),
        ("ingressclasses", _) => match part(object, "/spec/parameters") {
            Value::Null => "<none>".into(),
            reference => format!("{}/{}", dotted(text(reference, "/kind"), text(reference, "/apiGroup")), text(reference, "/name")).into(),
        },
        ("poddisruptionbudgets", "Min Available") => amount(part(object, "/spec/minAvailable"), "N/A"),
        ("poddisruptionbudgets", "Max Unavailable") => amount(part(object, "/spec/maxUnavailable"), "N/A"),
        ("poddisruptionbudgets", _) => count("/status/disruptionsAllowed").into(),
        ("resourcequotas", column) => quota(object, column == "Limit"),
        ("priorityclasses", "Value") => count("/value").into(),
        ("priorityclasses", "Global-Default") => (part(object, "/globalDefault") == true).into(),
        ("priorityclasses", _) => text(object, "/preemptionPolicy").into(),
        ("runtimeclasses", _) => text(object, "/handler").into(),
        ("services", column) => service(object, column),
        ("endpoints", _) => or(&endpoints(object), "<none>"),
        ("endpointslices", "AddressType") => text(object, "/addressType").into(),
        ("endpointslices", "Ports") => or(&numbers(list(object, "/ports"), "port"), "<unset>"),
        ("endpointslices", _) => {
            let addresses = list(object, "/endpoints").iter().flat_map(|endpoint| list(endpoint, "/addresses"));
            or(&joined(addresses, ""), "<unset>")
        }
        ("configmaps", _) => (members(object, "/data") + members(object, "/binaryData")).into(),
        ("secrets", "Type") => text(object, "/type").into(),
        ("secrets", _) => members(object, "/data").into(),
        ("mutatingwebhookconfigurations" | "validatingwebhookconfigurations", _) => list(object, "/webhooks").len().into(),
        ("rolebindings" | "clusterrolebindings", column) => binding(object, column),
        ("controllerrevisions", "Controller") => controller(object),
        ("controllerrevisions", _) => count("/revision").into(),
        _ => return None,
    })
}

fn members(object: &Value, pointer: &str) -> usize {
    part(object, pointer).as_object().map_or(0, serde_json::Map::len)
}

fn dotted(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}

fn amount(value: &Value, otherwise: &str) -> Value {
    match value {
        Value::Null => otherwise.into(),
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

fn pairs(labels: &Value) -> String {
    let pair = |(key, value): (&String, &Value)| format!("{key}={}", value.as_str().unwrap_or_default());
    labels.as_object().into_iter().flatten().map(pair).collect::<Vec<String>>().join(",")
}

/// A selector in words; of a service it is a plain map.
fn selector(selector: &Value) -> Value {
    let labels =
        if selector["matchLabels"].is_object() || selector["matchExpressions"].is_array() { &selector["matchLabels"] } else { selector };
    let mut words = pairs(labels);
    for term in list(selector, "/matchExpressions") {
        let (key, values) = (text(term, "/key"), joined(list(term, "/values").iter(), ""));
        let term = match text(term, "/operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            _ => format!("!{key}"),
        };
        words = if words.is_empty() { term } else { format!("{words},{term}") };
    }
    or(&words, "<none>")
}

fn job(job: &Value, column: &str, now: Timestamp) -> Option<Value> {
    let condition = |kind: &str| list(job, "/status/conditions").iter().any(|there| there["type"] == kind && there["status"] == "True");
    Some(match column {
        "Status" => {
            let deleting = !part(job, "/metadata/deletionTimestamp").is_null();
            let said = [("Complete", "Complete"), ("Failed", "Failed")].into_iter().find(|(kind, _)| condition(kind));
            let later = || [("Suspended", "Suspended"), ("FailureTarget", "FailureTarget")].into_iter().find(|(kind, _)| condition(kind));
            match (said, deleting) {
                (Some((_, word)), _) => word.into(),
                (None, true) => "Terminating".into(),
                (None, false) => later().map_or("Running", |(_, word)| word).into(),
            }
        }
        "Completions" => {
            let succeeded = part(job, "/status/succeeded").as_i64().unwrap_or(0);
            let parallel = part(job, "/spec/parallelism").as_i64().unwrap_or(0);
            match part(job, "/spec/completions").as_i64() {
                Some(wanted) => format!("{succeeded}/{wanted}").into(),
                None if parallel > 1 => format!("{succeeded}/1 of {parallel}").into(),
                None => format!("{succeeded}/1").into(),
            }
        }
        "Duration" => {
            let started = text(job, "/status/startTime");
            let ended = text(job, "/status/completionTime").parse().unwrap_or(now);
            if started.is_empty() { "".into() } else { age(started, ended).into() }
        }
        _ => return None,
    })
}

fn cron_job(cron: &Value, column: &str, now: Timestamp) -> Option<Value> {
    let containers = || list(cron, "/spec/jobTemplate/spec/template/spec/containers").iter();
    Some(match column {
        "Schedule" => text(cron, "/spec/schedule").into(),
        "Timezone" => or(text(cron, "/spec/timeZone"), "<none>"),
        "Suspend" => if part(cron, "/spec/suspend") == true { "True" } else { "False" }.into(),
        "Active" => list(cron, "/status/active").len().into(),
        "Last Schedule" => match text(cron, "/status/lastScheduleTime") {
            "" => "<none>".into(),
            time => age(time, now).into(),
        },
        "Containers" => joined(containers(), "name").into(),
        "Images" => joined(containers(), "image").into(),
        _ => return None,
    })
}

fn autoscaler(scaler: &Value, column: &str) -> Value {
    match column {
        "Reference" => format!("{}/{}", text(scaler, "/spec/scaleTargetRef/kind"), text(scaler, "/spec/scaleTargetRef/name")).into(),
        // Nothing measures here, so the first half of each target stays unknown.
        "Targets" => {
            let target = |metric: &Value| {
                let (name, target) = (text(metric, "/resource/name"), part(metric, "/resource/target"));
                match (target["averageUtilization"].as_i64(), target["averageValue"].as_str()) {
                    (Some(percent), _) => format!("{name}: <unknown>/{percent}%"),
                    (None, Some(value)) => format!("{name}: <unknown>/{value}"),
                    (None, None) => "<unknown>".to_owned(),
                }
            };
            or(&list(scaler, "/spec/metrics").iter().map(target).collect::<Vec<String>>().join(", "), "<none>")
        }
        "MinPods" => amount(part(scaler, "/spec/minReplicas"), "<unset>"),
        "MaxPods" => part(scaler, "/spec/maxReplicas").as_i64().unwrap_or(0).into(),
        _ => part(scaler, "/status/currentReplicas").as_i64().unwrap_or(0).into(),
    }
}

fn ingress(ingress: &Value, column: &str) -> Value {
    match column {
        "Class" => or(text(ingress, "/spec/ingressClassName"), "<none>"),
        "Hosts" => or(&joined(list(ingress, "/spec/rules").iter(), "host"), "*"),
        "Address" => {
            let of =
                |entry: &Value| [text(entry, "/ip"), text(entry, "/hostname")].into_iter().find(|word| !word.is_empty()).map(str::to_owned);
            list(ingress, "/status/loadBalancer/ingress").iter().filter_map(of).collect::<Vec<String>>().join(",").into()
        }
        _ => if list(ingress, "/spec/tls").is_empty() { "80" } else { "80, 443" }.into(),
    }
}

fn quota(quota: &Value, limits: bool) -> Value {
    let hard = part(quota, "/status/hard").as_object().into_iter().flatten();
    let told = hard.filter(|(resource, _)| resource.starts_with("limits.") == limits).map(|(resource, hard)| {
        let used = part(quota, "/status/used")[resource].as_str().unwrap_or("0");
        format!("{resource}: {used}/{}", hard.as_str().unwrap_or_default())
    });
    told.collect::<Vec<String>>().join(", ").into()
}

fn service(service: &Value, column: &str) -> Value {
    match column {
        "Type" => text(service, "/spec/type").into(),
        "Cluster-IP" => or(text(service, "/spec/clusterIP"), "<none>"),
        "External-IP" => match text(service, "/spec/type") {
            "ExternalName" => text(service, "/spec/externalName").into(),
            "LoadBalancer" => or(&joined(list(service, "/status/loadBalancer/ingress").iter(), "ip"), "<pending>"),
            _ => or(&joined(list(service, "/spec/externalIPs").iter(), ""), "<none>"),
        },
        _ => {
            let port = |port: &Value| {
                let (number, protocol) = (part(port, "/port").as_i64().unwrap_or(0), text(port, "/protocol"));
                match part(port, "/nodePort").as_i64() {
                    Some(node) => format!("{number}:{node}/{protocol}"),
                    None => format!("{number}/{protocol}"),
                }
            };
            or(&list(service, "/spec/ports").iter().map(port).collect::<Vec<String>>().join(","), "<none>")
        }
    }
}

fn numbers(values: &[Value], member: &str) -> String {
    values.iter().filter_map(|value| value[member].as_i64()).map(|number| number.to_string()).collect::<Vec<String>>().join(",")
}

fn endpoints(object: &Value) -> String {
    let mut found = Vec::new();
    for subset in list(object, "/subsets") {
        for address in list(subset, "/addresses") {
            let ip = text(address, "/ip");
            let ports = list(subset, "/ports").iter().filter_map(|port| port["port"].as_i64());
            found.extend(ports.map(|port| format!("{ip}:{port}")));
        }
    }
    found.join(",")
}

fn binding(binding: &Value, column: &str) -> Value {
    let of = |kind: &str| {
        let subjects = list(binding, "/subjects").iter().filter(|subject| subject["kind"] == kind);
        let told = subjects.map(|subject| match (kind, text(subject, "/namespace")) {
            ("ServiceAccount", namespace) if !namespace.is_empty() => format!("{namespace}/{}", text(subject, "/name")),
            _ => text(subject, "/name").to_owned(),
        });
        told.collect::<Vec<String>>().join(", ").into()
    };
    match column {
        "Role" => format!("{}/{}", text(binding, "/roleRef/kind"), text(binding, "/roleRef/name")).into(),
        "Users" => of("User"),
        "Groups" => of("Group"),
        _ => of("ServiceAccount"),
    }
}

fn controller(object: &Value) -> Value {
    let owner = list(object, "/metadata/ownerReferences").iter().find(|owner| yes(&owner["controller"]) == "true");
    owner.map_or_else(
        || "<none>".into(),
        |owner| {
            let group = text(owner, "/apiVersion").rsplit_once('/').map_or("", |(group, _)| group);
            format!("{}/{}", dotted(&text(owner, "/kind").to_lowercase(), group), text(owner, "/name")).into()
        },
    )
}
