//! Tags: which ones are attached to which objects, by the names of their categories.
//!
//! A batch of objects costs one call, and one more for each tag and each category that was not seen in the last minute:
//! names change rarely, but they do change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use vsphere_types::{MoRef, Name};

use crate::calls::lacks;
use crate::rest::RestClient;
use crate::{ClientError, VsphereClient};

/// How long a name is believed.
const FRESH: Duration = Duration::from_secs(60);

/// As many objects as vCenter takes in one call.
const BATCH: usize = 2000;

const ATTACHED: &str = "/tagging/tag-association?~action=list-attached-tags-on-objects";

/// A tag, by names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Its category's name: `k8s-zone`.
    pub category: String,
    /// Its own name: `zone-a`.
    pub name: String,
}

/// Names by ids, and when they were read.
#[derive(Default)]
pub(crate) struct TagNames {
    tags: Mutex<BTreeMap<String, (Instant, String, String)>>,
    categories: Mutex<BTreeMap<String, (Instant, String)>>,
}

impl VsphereClient {
    /// The tags attached to each of these objects, in the order of their names; what is above an object does not count.
    /// An object without tags has an empty list.
    ///
    /// # Errors
    /// A call failed, or one of the objects may not be seen.
    pub async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, ClientError> {
        let rest = self.rest();
        let mut tags: BTreeMap<MoRef, Vec<Tag>> = objects.iter().map(|object| (object.clone(), Vec::new())).collect();
        for batch in objects.chunks(BATCH) {
            for (object, ids) in attached(&rest, batch).await? {
                for id in ids {
                    if let Some(tag) = self.tag_names.tag(&rest, &id).await? {
                        tags.entry(object.clone()).or_default().push(tag);
                    }
                }
            }
        }
        tags.values_mut().for_each(|tags| tags.sort());
        Ok(tags)
    }

    /// The names of all tag categories.
    ///
    /// # Errors
    /// A call failed.
    pub async fn tag_categories(&self) -> Result<BTreeSet<String>, ClientError> {
        let rest = self.rest();
        let mut names = BTreeSet::new();
        for id in texts(&rest.get("/tagging/category").await?) {
            names.extend(self.tag_names.category(&rest, &id).await?);
        }
        Ok(names)
    }
}

/// Ids of the tags on each object.
async fn attached(rest: &RestClient, objects: &[MoRef]) -> Result<Vec<(MoRef, Vec<String>)>, ClientError> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Value> = objects.iter().map(|object| json!({"id": object.id, "type": object.kind.as_str()})).collect();
    let answer = rest.post(ATTACHED, &json!({ "object_ids": ids })).await?;
    let rows = answer.as_array().ok_or_else(|| lacks(ATTACHED, "a list"))?;
    let row = |row: &Value| {
        let object = MoRef::new(Name::of_type(row["object_id"]["type"].as_str()?), row["object_id"]["id"].as_str()?);
        Some((object, texts(&row["tag_ids"])))
    };
    rows.iter().map(|found| row(found).ok_or_else(|| lacks(ATTACHED, "object_id"))).collect()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl TagNames {
    /// The tag of this id; `None` when it has been deleted meanwhile.
    async fn tag(&self, rest: &RestClient, id: &str) -> Result<Option<Tag>, ClientError> {
        let fresh = |read: &Instant| read.elapsed() < FRESH;
        let known = self.tags.lock().expect("no holder of the names panics").get(id).filter(|(read, ..)| fresh(read)).cloned();
        let (name, category) = match known {
            Some((_, name, category)) => (name, category),
            None => {
                let path = format!("/tagging/tag/id:{id}");
                let Some(model) = maybe(rest.get(&path).await)? else { return Ok(None) };
                let text = |key: &str| model[key].as_str().map(str::to_owned).ok_or_else(|| lacks(&path, key));
                let (name, category) = (text("name")?, text("category_id")?);
                let entry = (Instant::now(), name.clone(), category.clone());
                self.tags.lock().expect("no holder of the names panics").insert(id.to_owned(), entry);
                (name, category)
            }
        };
        Ok(self.category(rest, &category).await?.map(|category| Tag { category, name }))
    }

    /// The name of the category of this id; `None` when it has been deleted meanwhile.
    async fn category(&self, rest: &RestClient, id: &str) -> Result<Option<String>, ClientError> {
        let known = self.categories.lock().expect("no holder of the names panics").get(id).cloned();
        if let Some((_, name)) = known.filter(|(read, _)| read.elapsed() < FRESH) {
            return Ok(Some(name));
        }
        let path = format!("/tagging/category/id:{id}");
        let Some(model) = maybe(rest.get(&path).await)? else { return Ok(None) };
        let name = model["name"].as_str().map(str::to_owned).ok_or_else(|| lacks(&path, "name"))?;
        let entry = (Instant::now(), name.clone());
        self.categories.lock().expect("no holder of the names panics").insert(id.to_owned(), entry);
        Ok(Some(name))
    }
}

/// What is gone is no error.
fn maybe(outcome: Result<Value, ClientError>) -> Result<Option<Value>, ClientError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
