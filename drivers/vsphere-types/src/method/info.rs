//! What the table says of a method, and what requests and results have in common.

use std::fmt;

use crate::table::{Declared, Field, FieldInfo, Item, Place, TypeError};
use crate::{Method, Object, Value};

/// What the table says of a method.
#[derive(Clone, Copy, Debug)]
pub struct MethodInfo {
    /// Wire name, `PowerOnVM_Task`.
    pub name: &'static str,
    /// Wire name of the managed object type that has it.
    pub object: &'static str,
    /// Its parameters in wire order, without `_this`.
    pub parameters: &'static [FieldInfo],
    /// What it returns; `None` when it returns nothing.
    pub result: Option<FieldInfo>,
    /// Whether the fake vCenter carries it out; it refuses all others by name.
    pub served: bool,
    /// Whether it changes nothing, so that it may be sent twice.
    pub reads: bool,
    /// Whether it needs a session. Property reads need none: they answer what they may, and name the rest as missing.
    pub session: bool,
    /// The privilege that it needs on its object, or on the root folder where its object is no entity.
    pub privilege: Option<&'static str>,
    /// Whether it is answered only when there is something to tell.
    pub waits: bool,
    /// Whether its result may hold values of any type, those of CNS among them.
    pub of_any_type: bool,
}

impl MethodInfo {
    pub(crate) const fn new(
        name: &'static str,
        object: &'static str,
        parameters: &'static [FieldInfo],
        result: Option<FieldInfo>,
        served: bool,
    ) -> Self {
        let (reads, session, privilege, waits, of_any_type) = (false, true, None, false, false);
        Self { name, object, parameters, result, served, reads, session, privilege, waits, of_any_type }
    }

    pub(crate) const fn reads(self) -> Self {
        Self { reads: true, ..self }
    }

    pub(crate) const fn without_session(self) -> Self {
        Self { session: false, ..self }
    }

    pub(crate) const fn needs(self, privilege: &'static str) -> Self {
        Self { privilege: Some(privilege), ..self }
    }

    pub(crate) const fn waits(self) -> Self {
        Self { waits: true, ..self }
    }

    pub(crate) const fn of_any_type(self) -> Self {
        Self { of_any_type: true, ..self }
    }
}

impl Method {
    /// The name in SOAP.
    pub fn wire_name(self) -> &'static str {
        self.info().name
    }

    /// The method of this name in SOAP.
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.wire_name() == name)
    }

    /// Whether it answers with a task that does the work.
    pub fn starts_task(self) -> bool {
        self.info().result.is_some_and(|result| result.declared == Declared::Reference("Task"))
    }

    /// The XML namespace that requests and answers are in.
    pub fn namespace(self) -> &'static str {
        crate::table::namespace_of(self.wire_name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

/// The arguments of a call, by the name of its method in [`crate::request`].
pub trait Request: Sized {
    /// What the method returns.
    type Returns: Returned;
    /// The method.
    const METHOD: Method;

    /// The arguments as they go over the wire.
    fn into_arguments(self) -> Object;

    /// Reads arguments that came over the wire.
    ///
    /// # Errors
    /// One is missing or of another type.
    fn from_arguments(arguments: &Object) -> Result<Self, TypeError>;
}

/// What a method can return: nothing, or what a field can hold.
pub trait Returned: Sized {
    /// As it goes over the wire; `None` for nothing.
    fn into_value(self, method: Method) -> Option<Value>;

    /// Reads what came over the wire.
    ///
    /// # Errors
    /// Nothing came where something is returned, or something of another type.
    fn from_value(method: Method, value: Option<&Value>) -> Result<Self, TypeError>;
}

impl Returned for () {
    fn into_value(self, _method: Method) -> Option<Value> {
        None
    }

    fn from_value(_method: Method, _value: Option<&Value>) -> Result<Self, TypeError> {
        Ok(())
    }
}

impl<T: Field> Returned for T {
    fn into_value(self, method: Method) -> Option<Value> {
        Field::into_value(self, method.info().result.map_or(T::Item::NAME, |result| result.declared.item_type()))
    }

    fn from_value(method: Method, value: Option<&Value>) -> Result<Self, TypeError> {
        Field::read(value, Place { type_name: method.wire_name(), field: "returnval" })
    }
}
