//! A call's arguments, read by name.

use vsphere_types::{DataObject, Fault, MoRef, Object, Value};

use crate::fault;

/// The arguments of a call.
#[derive(Clone, Copy)]
pub struct Arguments<'a>(pub &'a Object);

impl Arguments<'_> {
    /// A text that must be there.
    pub fn text(&self, name: &str) -> Result<String, Fault> {
        self.optional_text(name).ok_or_else(|| fault::invalid_argument(name))
    }

    /// A text that may be there.
    pub fn optional_text(&self, name: &str) -> Option<String> {
        if let Some(Value::Text(text)) = self.0.get(name) { Some(text.clone()) } else { None }
    }

    /// A truth value; false when it is not there.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Bool(true)))
    }

    /// A number of 32 bits that may be there.
    pub fn number(&self, name: &str) -> Option<i32> {
        if let Some(Value::Int(number)) = self.0.get(name) { Some(*number) } else { None }
    }

    /// A reference that must be there.
    pub fn reference(&self, name: &str) -> Result<MoRef, Fault> {
        self.optional_reference(name).ok_or_else(|| fault::invalid_argument(name))
    }

    /// A reference that may be there.
    pub fn optional_reference(&self, name: &str) -> Option<MoRef> {
        if let Some(Value::Ref(reference)) = self.0.get(name) { Some(reference.clone()) } else { None }
    }

    /// The items of an array; a single value counts as an array of one.
    fn items(&self, name: &str) -> Vec<&Value> {
        match self.0.get(name) {
            Some(Value::Array(array)) => array.items.iter().collect(),
            Some(single) => vec![single],
            None => Vec::new(),
        }
    }

    /// An array of references.
    pub fn references(&self, name: &str) -> Vec<MoRef> {
        self.items(name)
            .into_iter()
            .filter_map(|item| if let Value::Ref(reference) = item { Some(reference.clone()) } else { None })
            .collect()
    }

    /// An array of texts.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.items(name).into_iter().filter_map(|item| if let Value::Text(text) = item { Some(text.clone()) } else { None }).collect()
    }

    /// A data object that must be there, as it was sent.
    pub fn object(&self, name: &str) -> Result<&Object, Fault> {
        if let Some(Value::Object(object)) = self.0.get(name) { Ok(object) } else { Err(fault::invalid_argument(name)) }
    }

    /// An array of data objects, as they were sent.
    pub fn objects(&self, name: &str) -> Result<Vec<&Object>, Fault> {
        let items = self.items(name).into_iter();
        items.map(|item| if let Value::Object(object) = item { Ok(object) } else { Err(fault::invalid_argument(name)) }).collect()
    }

    /// A data object that must be there.
    pub fn data<T: DataObject>(&self, name: &str) -> Result<T, Fault> {
        T::from_object(self.object(name)?).map_err(|error| fault::malformed(&error))
    }

    /// A data object that may be there.
    pub fn optional_data<T: DataObject>(&self, name: &str) -> Result<Option<T>, Fault> {
        if self.0.get(name).is_none() { Ok(None) } else { self.data(name).map(Some) }
    }

    /// An array of data objects.
    pub fn list<T: DataObject>(&self, name: &str) -> Result<Vec<T>, Fault> {
        let read = |item: &Value| match item {
            Value::Object(object) => T::from_object(object).map_err(|error| fault::malformed(&error)),
            _ => Err(fault::invalid_argument(name)),
        };
        self.items(name).into_iter().map(read).collect()
    }

    /// The only item of an array: CNS takes exactly one volume in a call.
    pub fn only<T: DataObject>(&self, name: &str) -> Result<T, Fault> {
        let mut items = self.list(name)?;
        match items.pop() {
            Some(item) if items.is_empty() => Ok(item),
            _ => Err(fault::invalid_argument(name)),
        }
    }
}
