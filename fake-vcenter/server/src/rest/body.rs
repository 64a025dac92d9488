//! Reading JSON bodies. Where a spec is wrapped (`{"create_spec": {…}}`) the old style is meant; both are taken in both.

use fake_vcenter_world::{Cardinality, CategorySpec, TagSpec, VapiError};
use serde_json::{Map, Value};
use vsphere_types::{MoRef, Name};

/// A body that is an object.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; an empty one has no fields, nor has `null`, which govmomi sends where it has nothing to say.
    pub fn read(bytes: &[u8]) -> Result<Self, VapiError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(Value::Null) => Ok(Self(Map::new())),
            Ok(_) => Err(VapiError::unreadable("the body must be a JSON object")),
            Err(error) => Err(VapiError::unreadable(&format!("the body is not JSON: {error}"))),
        }
    }

    /// What is inside of a wrapper, if there is one.
    pub fn within(mut self, wrapper: &str) -> Result<Self, VapiError> {
        match self.0.remove(wrapper) {
            Some(Value::Object(fields)) => Ok(Self(fields)),
            Some(_) => Err(VapiError::invalid(wrapper, "it must be an object")),
            None => Ok(self),
        }
    }

    /// A text that may be there.
    pub fn text(&self, name: &str) -> Result<Option<String>, VapiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(VapiError::invalid(name, "it must be a text")),
        }
    }

    /// A text that must be there.
    pub fn required(&self, name: &str) -> Result<String, VapiError> {
        self.text(name)?.ok_or_else(|| VapiError::invalid(name, "it is missing"))
    }

    /// Texts that may be there.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, VapiError> {
        let wrong = || VapiError::invalid(name, "it must be a list of texts");
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(items)) => {
                items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Texts that must be there.
    pub fn required_texts(&self, name: &str) -> Result<Vec<String>, VapiError> {
        self.texts(name)?.ok_or_else(|| VapiError::invalid(name, "it is missing"))
    }

    /// An inventory object.
    pub fn object(&self, name: &str) -> Result<MoRef, VapiError> {
        self.0.get(name).and_then(reference).ok_or_else(|| VapiError::invalid(name, "it must be an object with id and type"))
    }

    /// Inventory objects.
    pub fn objects(&self, name: &str) -> Result<Vec<MoRef>, VapiError> {
        let wrong = || VapiError::invalid(name, "it must be a list of objects with id and type");
        let items = self.0.get(name).and_then(Value::as_array).ok_or_else(wrong)?;
        items.iter().map(|item| reference(item).ok_or_else(wrong)).collect()
    }

    /// What a category shall be.
    pub fn category(&self) -> Result<CategorySpec, VapiError> {
        let cardinality = self.text("cardinality")?;
        let known =
            |name: &String| Cardinality::from_wire(name).ok_or_else(|| VapiError::invalid("cardinality", "it must be SINGLE or MULTIPLE"));
        Ok(CategorySpec {
            name: self.text("name")?,
            description: self.text("description")?,
            cardinality: cardinality.as_ref().map(known).transpose()?,
            associable_types: self.texts("associable_types")?,
            urn: self.text("category_id")?,
        })
    }

    /// What a tag shall be.
    pub fn tag(&self) -> Result<TagSpec, VapiError> {
        Ok(TagSpec {
            category: self.text("category_id")?,
            name: self.text("name")?,
            description: self.text("description")?,
            urn: self.text("tag_id")?,
        })
    }
}

fn reference(value: &Value) -> Option<MoRef> {
    Some(MoRef::new(Name::of_type(value.get("type")?.as_str()?), value.get("id")?.as_str()?))
}
