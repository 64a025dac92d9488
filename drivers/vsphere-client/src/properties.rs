//! Property reads.

use std::collections::BTreeMap;

use vsphere_types::request::{ContinueRetrievePropertiesEx, RetrievePropertiesEx};
use vsphere_types::{
    Item, MoRef, Object, ObjectContent, ObjectSpec, PropertyFilterSpec, PropertySpec, RetrieveOptions, RetrieveResult, Value,
};

use crate::calls::lacks;
use crate::session::is_not_authenticated;
use crate::{ClientError, VsphereClient};

/// What was read of one object, by path. A path that is not there has no value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(BTreeMap<String, Value>);

/// An object and what was read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectProperties {
    /// The object.
    pub object: MoRef,
    /// What was read of it.
    pub properties: Properties,
}

impl Properties {
    /// The value at this path.
    pub fn value(&self, path: &str) -> Option<&Value> {
        self.0.get(path)
    }

    /// The value at this path as a type, if it is there.
    ///
    /// # Errors
    /// It is of another type.
    pub fn get<T: Item>(&self, path: &str) -> Result<Option<T>, ClientError> {
        let Some(value) = self.0.get(path) else {
            return Ok(None);
        };
        match value.read() {
            Ok(Some(item)) => Ok(Some(item)),
            Ok(None) => Err(lacks("RetrievePropertiesEx", path)),
            Err(source) => Err(ClientError::Type { operation: "RetrievePropertiesEx".to_owned(), source }),
        }
    }

    /// The value at this path as a type.
    ///
    /// # Errors
    /// It is not there, or of another type.
    pub fn require<T: Item>(&self, path: &str) -> Result<T, ClientError> {
        self.get(path)?.ok_or_else(|| lacks("RetrievePropertiesEx", path))
    }

    /// The items of the array at this path; none when it is not there.
    ///
    /// # Errors
    /// One is of another type.
    pub fn list<T: Item>(&self, path: &str) -> Result<Vec<T>, ClientError> {
        let items = self.0.get(path).map_or(&[][..], Value::items);
        let read = |item: &Value| match item.read() {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(lacks("RetrievePropertiesEx", path)),
            Err(source) => Err(ClientError::Type { operation: "RetrievePropertiesEx".to_owned(), source }),
        };
        items.iter().map(read).collect()
    }
}

impl VsphereClient {
    /// Reads properties of one object.
    ///
    /// # Errors
    /// The object is gone, one of the properties cannot be read, or the call failed.
    pub async fn properties(&self, object: &MoRef, paths: &[&str]) -> Result<Properties, ClientError> {
        let spec = PropertyFilterSpec {
            prop_set: vec![property_spec(&object.kind, paths)],
            object_set: vec![ObjectSpec { obj: object.clone(), ..ObjectSpec::default() }],
            ..PropertyFilterSpec::default()
        };
        let found = self.retrieve(spec).await?.into_iter().find(|found| found.object == *object);
        found.map(|found| found.properties).ok_or_else(|| lacks("RetrievePropertiesEx", &object.to_string()))
    }

    /// Reads properties of several objects of one type.
    ///
    /// # Errors
    /// One of the objects is gone, one of the properties cannot be read, or the call failed.
    pub async fn properties_of_all(&self, objects: &[MoRef], paths: &[&str]) -> Result<Vec<ObjectProperties>, ClientError> {
        let Some(first) = objects.first() else {
            return Ok(Vec::new());
        };
        let spec = PropertyFilterSpec {
            prop_set: vec![property_spec(&first.kind, paths)],
            object_set: objects.iter().map(|object| ObjectSpec { obj: object.clone(), ..ObjectSpec::default() }).collect(),
            ..PropertyFilterSpec::default()
        };
        self.retrieve(spec).await
    }

    /// Reads what a filter selects, page by page.
    ///
    /// # Errors
    /// A property cannot be read, or a call failed.
    pub async fn retrieve(&self, spec: PropertyFilterSpec) -> Result<Vec<ObjectProperties>, ClientError> {
        let generation = self.caller.generation().await;
        let outcome = self.retrieve_once(spec.clone()).await;
        let ended = outcome.as_ref().err().is_some_and(is_not_authenticated);
        if !ended || !self.caller.transport.options.log_in_again {
            return outcome;
        }
        // A read in a session that has ended is answered with status 200, and with none of what was asked for.
        self.caller.end_generation(generation).await;
        self.retrieve_once(spec).await
    }

    /// Reads what lies below an object: properties of all that is of `below`'s type, by these steps.
    ///
    /// Of the object itself `told` is read, too. In a session that has ended nothing lies below anything, and only of what is asked for by
    /// itself vCenter says that it may not be read.
    ///
    /// # Errors
    /// A property cannot be read, or a call failed.
    pub async fn retrieve_below(
        &self,
        object: &MoRef,
        told: &str,
        below: PropertySpec,
        steps: Vec<Object>,
    ) -> Result<Vec<ObjectProperties>, ClientError> {
        let kind = below.kind.clone();
        let spec = PropertyFilterSpec {
            prop_set: vec![property_spec(&object.kind, &[told]), below],
            object_set: vec![ObjectSpec { obj: object.clone(), skip: None, select_set: steps }],
            ..PropertyFilterSpec::default()
        };
        let mut found = self.retrieve(spec).await?;
        found.retain(|found| found.object.kind == kind);
        Ok(found)
    }

    async fn retrieve_once(&self, spec: PropertyFilterSpec) -> Result<Vec<ObjectProperties>, ClientError> {
        let collector = self.caller.service_content().await?.property_collector.clone();
        let first = RetrievePropertiesEx { spec_set: vec![spec], options: RetrieveOptions::default() };
        let mut page = self.invoke(&collector, first).await?;
        let mut found = Vec::new();
        while let Some(RetrieveResult { token, objects }) = page {
            for content in objects {
                found.push(readable(content)?);
            }
            page = match token {
                Some(token) => Some(self.invoke(&collector, ContinueRetrievePropertiesEx { token }).await?),
                None => None,
            };
        }
        Ok(found)
    }
}

pub(crate) fn property_spec(kind: &str, paths: &[&str]) -> PropertySpec {
    PropertySpec { kind: kind.to_owned(), all: None, path_set: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn readable(content: ObjectContent) -> Result<ObjectProperties, ClientError> {
    if let Some(missing) = content.missing_set.into_iter().next() {
        return Err(ClientError::Property { object: content.obj, path: missing.path, fault: Box::new(missing.fault.into()) });
    }
    let properties = Properties(content.prop_set.into_iter().map(|property| (property.name, property.val)).collect());
    Ok(ObjectProperties { object: content.obj, properties })
}
