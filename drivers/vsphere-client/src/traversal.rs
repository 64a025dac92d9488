//! Ways through the inventory, as the property collector is told of them.

use vsphere_types::{Object, SelectionSpec, TraversalSpec};

/// A step called `name`: from each object of this kind along a property to what it refers to, and on from there by the steps `then`.
pub fn step(name: &str, kind: &str, path: &str, then: &[&str]) -> Object {
    let named = |name: &&str| Object::from(SelectionSpec { name: Some((*name).to_owned()) });
    let step = TraversalSpec {
        name: Some(name.to_owned()),
        kind: kind.to_owned(),
        path: path.to_owned(),
        skip: Some(false),
        select_set: then.iter().map(named).collect(),
    };
    step.into()
}
