//! RetrieveProperties(Ex): reading what filters mean just now.
//!
//! Pages hold what was read when the first one was asked for, as a client of a real vCenter sees it.

use std::collections::VecDeque;

use fake_vcenter_types::{DynamicProperty, Fault, MissingProperty, MoRef, ObjectContent};

use super::path::read;
use super::select::{paths_of, select};
use super::spec::FilterSpec;
use crate::fault;
use crate::managed::Look;

/// What remains of a long answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Objects that were not sent yet.
    pub rest: VecDeque<ObjectContent>,
    /// How many go into one answer.
    pub size: usize,
}

/// Reads everything that the filters mean.
///
/// # Errors
/// A property or an object that does not exist.
pub fn retrieve(look: &Look, specs: &[FilterSpec]) -> Result<VecDeque<ObjectContent>, Fault> {
    let mut contents = VecDeque::new();
    for spec in specs {
        let selection = select(look, spec).map_err(|error| fault::invalid_property(&error.path))?;
        if let Some(missing) = selection.missing.first().filter(|_| !spec.report_missing) {
            return Err(fault::not_found(missing));
        }
        for object in &selection.members {
            contents.push_back(content(look, object, &paths_of(spec, &object.kind))?);
        }
    }
    Ok(contents)
}

/// Takes the next page off; nothing remains of it when it was the last.
pub fn take_page(mut page: Page) -> (Vec<ObjectContent>, Option<Page>) {
    let count = page.size.min(page.rest.len());
    let taken = page.rest.drain(..count).collect();
    (taken, if page.rest.is_empty() { None } else { Some(page) })
}

/// Reads one object.
///
/// # Errors
/// A property that its type does not have.
pub fn content(look: &Look, object: &MoRef, paths: &[String]) -> Result<ObjectContent, Fault> {
    let mut content = ObjectContent { obj: object.clone(), prop_set: Vec::new(), missing_set: Vec::new() };
    for path in paths {
        let value = read(look, object, path).map_err(|error| fault::invalid_property(&error.path))?;
        if let Some(refusal) = look.refusal(object) {
            let fault = refusal.into_localized();
            content.missing_set.push(MissingProperty { path: path.clone(), fault });
        } else if let Some(val) = value {
            content.prop_set.push(DynamicProperty { name: path.clone(), val });
        }
    }
    Ok(content)
}
