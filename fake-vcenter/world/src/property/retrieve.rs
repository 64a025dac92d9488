//! RetrieveProperties(Ex): reading what filters mean just now.
//!
//! Pages hold what was read when the first one was asked for, as a client of a real vCenter sees it.

use std::collections::{BTreeMap, VecDeque};

use vsphere_types::{DynamicProperty, Fault, MissingProperty, MoRef, ObjectContent};

use super::path::{check, read_checked};
use super::select::{paths_of, select};
use super::spec::FilterSpec;
use crate::fault;
use crate::look::Look;

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
        let mut asked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for object in &selection.members {
            if !asked.contains_key(object.kind.as_str()) {
                let paths = paths_of(spec, &object.kind);
                for path in &paths {
                    check(&object.kind, path).map_err(|error| fault::invalid_property(&error.path))?;
                }
                asked.insert(&object.kind, paths);
            }
            let paths = asked.get(object.kind.as_str()).map_or(&[][..], Vec::as_slice);
            contents.push_back(content(look, object, paths)?);
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

/// Reads paths of one object that its type is known to have.
///
/// # Errors
/// A property that what it leads through does not have.
fn content(look: &Look, object: &MoRef, paths: &[String]) -> Result<ObjectContent, Fault> {
    let mut content = ObjectContent { obj: object.clone(), prop_set: Vec::new(), missing_set: Vec::new() };
    let refusal = look.refusal(object);
    for path in paths {
        let value = read_checked(look, object, path).map_err(|error| fault::invalid_property(&error.path))?;
        if let Some(refusal) = &refusal {
            let fault = refusal.clone().into_localized();
            content.missing_set.push(MissingProperty { path: path.clone(), fault });
        } else if let Some(val) = value {
            content.prop_set.push(DynamicProperty { name: path.clone(), val });
        }
    }
    Ok(content)
}
