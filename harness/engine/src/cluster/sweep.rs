//! Leaving somebody else's cluster as it was: what carries the mark of a run is removed, finalizers and all.
//!
//! Nothing of the run lives any more, so nobody would ever take its finalizers off. What is not removed, because it carries
//! no mark: what a client created otherwise than by a POST of JSON, and what the API server made by itself.

use driver_host::{BoxError, HttpService};
use seatrial_kubernetes::real::{MARK, MirroredResource, mirrored_resources};
use serde_json::{Value, json};

use super::probe::{call, get};

/// What could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The cluster does not say what there is.
    #[error("failed to look for what a run has made: {0}")]
    Look(String),
    /// Some things stay.
    #[error("these stay: {}; remove what has the label {MARK} by hand", .0.join(", "))]
    Stay(Vec<String>),
}

/// Removes everything that carries the mark.
pub(super) async fn sweep(service: &HttpService) -> Result<(), SweepError> {
    let mut kinds = mirrored_resources();
    // Definitions take their objects along, and a namespace cannot take along what nobody collects.
    kinds.sort_by_key(|kind| (kind.plural == "namespaces", kind.plural == "customresourcedefinitions"));
    let mut stay = Vec::new();
    for kind in &kinds {
        for object in marked(service, kind).await? {
            if let Err(error) = remove(service, kind, &object).await {
                stay.push(format!("{} ({error})", kind.path_of(&object)));
            }
        }
    }
    if stay.is_empty() { Ok(()) } else { Err(SweepError::Stay(stay)) }
}

async fn marked(service: &HttpService, kind: &MirroredResource) -> Result<Vec<Value>, SweepError> {
    let path = format!("{}?labelSelector={MARK}%3Dtrue", kind.path());
    match get(service, &path).await {
        Ok((200, mut list)) => Ok(list["items"].as_array_mut().map(std::mem::take).unwrap_or_default()),
        // It does not serve this kind.
        Ok((404, _)) => Ok(Vec::new()),
        Ok((code, answer)) => {
            Err(SweepError::Look(format!("GET {path} was answered {code}: {}", answer["message"].as_str().unwrap_or_default())))
        }
        Err(error) => Err(SweepError::Look(error.to_string())),
    }
}

async fn remove(service: &HttpService, kind: &MirroredResource, object: &Value) -> Result<(), BoxError> {
    let path = kind.path_of(object);
    let expect = |(code, answer): (u16, Value)| match code {
        200..300 | 404 => Ok(()),
        _ => Err(BoxError::from(format!("{code}: {}", answer["message"].as_str().unwrap_or_default()))),
    };
    if object["metadata"]["finalizers"].is_array() {
        expect(call(service, "PATCH", &path, &json!({"metadata": {"finalizers": null}})).await?)?;
    }
    expect(call(service, "DELETE", &path, &json!({"gracePeriodSeconds": 0, "propagationPolicy": "Background"})).await?)?;
    if kind.plural == "namespaces" {
        // Nobody plays the controller that lets a namespace go once it is empty.
        let (code, mut left) = get(service, &path).await?;
        if code == 200 {
            left["spec"]["finalizers"] = json!([]);
            expect(call(service, "PUT", &format!("{path}/finalize"), &left).await?)?;
        }
    }
    match get(service, &path).await? {
        (404, _) => Ok(()),
        // A definition goes when the server has removed its objects.
        (_, left) if left["metadata"]["deletionTimestamp"].is_string() && kind.plural == "customresourcedefinitions" => Ok(()),
        _ => Err("it is still there".into()),
    }
}
