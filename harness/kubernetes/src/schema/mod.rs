//! What the built-in kinds are made of: the fields of every type, their protobuf numbers, how their lists are merged.
//!
//! One table, four readers: bodies in protobuf are decoded by it, OpenAPI is told from it, server-side apply knows by it which
//! lists are maps, and what is wrong with an object is found by it before a server sees it (`objection.rs`). The table is data (`*.txt`, one file a group): a type in one line, its fields in the indented
//! lines below it, each `number name shape flags`. Shapes: `s` text, `b` flag, `i` `l` integers, `f` float, `y` bytes, `[x]`
//! list, `{x}` map, `group.Type`, and the types with a wire form of their own by name. Flags: `?` is left out when zero, `!`
//! required (`?!` both), `*` a list or map that is told when it is empty too, `set`, `map(key|key:default)`, `atomic` and `granular` for server-side apply (lists that say nothing
//! are atomic, maps and objects are not), `patch:` for strategic merge. A `~` instead of a name: its fields stand in the
//! object around.
//!
//! The table is typed by hand, as the API is known at v1.36. Numbers, names, shapes and `?` are held against bodies that
//! client-go encoded (`tests/protobuf`; half of the fields occur there, and a longer recording with nearly all of them agreed
//! when the table was typed). `patch:` was compared with the tags of k8s.io/api v0.36.1. The
//! marks `!`, `set`, `map` and `atomic` are not held against anything, beyond what the tests of apply see.
//! Not in the table: lists of kinds, kinds that are not served, descriptions, formats, what validation demands. It is read
//! when first asked for.

mod objection;
mod parse;
mod quantity;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use objection::{Fault, Objection, Step, Way, objections};
pub use quantity::{meant as meant_quantity, read_quantities};

/// How a list or map is owned under server-side apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// As a whole (lists), or member by member (maps).
    Unsaid,
    /// As a whole.
    Atomic,
    /// Member by member, though the type is owned as a whole elsewhere.
    Granular,
    /// Each value by itself.
    Set,
    /// Each element by these keys; a key may have a default.
    Keyed(Vec<(String, Option<String>)>),
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// An integer of 32 bits.
    Int,
    /// An integer of 64 bits.
    Long,
    /// A floating-point number.
    Float,
    /// Bytes; base64 in JSON.
    Bytes,
    /// A type with a wire form of its own.
    Special(Special),
    /// An object of a type in the table (`core.PodSpec`).
    Object(String),
    /// A list.
    List(Box<Shape>),
    /// A map from text.
    Map(Box<Shape>),
}

/// Types whose JSON does not follow from their protobuf fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Seconds and nanoseconds; text in JSON.
    Time,
    /// The same with microseconds in JSON.
    MicroTime,
    /// JSON in bytes.
    FieldsV1,
    /// Text.
    Quantity,
    /// A number or text.
    IntOrString,
    /// JSON in bytes.
    RawExtension,
    /// JSON in bytes.
    Json,
    /// A list of texts in a message.
    Strings,
    /// One schema or several.
    SchemaOrArray,
    /// A schema or a boolean.
    SchemaOrBool,
    /// A schema or texts.
    SchemaOrStrings,
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number in protobuf.
    pub number: u32,
    /// Its name in JSON; empty when its fields stand in the object around.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// Whether JSON leaves it out when it is zero.
    pub omits_zero: bool,
    /// Whether JSON tells it when it is an empty list or map.
    pub keeps_empty: bool,
    /// Whether it must be there.
    pub required: bool,
    /// How it is owned under server-side apply.
    pub topology: Topology,
    /// `key(name)`, `set`, `retain`, `replace`, as strategic merge has it; empty for none.
    pub patch: String,
}

/// A type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type {
    /// Whether server-side apply owns it as a whole.
    pub atomic: bool,
    /// Its fields by number.
    pub fields: Vec<Field>,
}

impl Type {
    /// A field by its protobuf number.
    pub fn numbered(&self, number: u32) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// A field by its JSON name, also where it stands in the object around.
    pub fn named(&self, name: &str) -> Option<&Field> {
        let own = self.fields.iter().find(|field| field.name == name);
        own.or_else(|| {
            let inline = self.fields.iter().filter(|field| field.name.is_empty());
            inline
                .filter_map(|field| if let Shape::Object(inner) = &field.shape { of(inner) } else { None })
                .find_map(|inner| inner.named(name))
        })
    }
}

static TYPES: LazyLock<BTreeMap<String, Type>> = LazyLock::new(|| {
    let files = [
        ("admissionregistration", include_str!("admissionregistration.txt")),
        ("apiextensions", include_str!("apiextensions.txt")),
        ("apps", include_str!("apps.txt")),
        ("authentication", include_str!("authentication.txt")),
        ("authorization", include_str!("authorization.txt")),
        ("autoscaling", include_str!("autoscaling.txt")),
        ("batch", include_str!("batch.txt")),
        ("coordination", include_str!("coordination.txt")),
        ("core", include_str!("core.txt")),
        ("discovery", include_str!("discovery.txt")),
        ("events", include_str!("events.txt")),
        ("meta", include_str!("meta.txt")),
        ("networking", include_str!("networking.txt")),
        ("node", include_str!("node.txt")),
        ("policy", include_str!("policy.txt")),
        ("rbac", include_str!("rbac.txt")),
        ("scheduling", include_str!("scheduling.txt")),
        ("storage", include_str!("storage.txt")),
    ];
    files.into_iter().flat_map(|(group, text)| parse::types(group, text)).collect()
});

/// A type by its name in the table.
pub fn of(name: &str) -> Option<&'static Type> {
    TYPES.get(name)
}

/// All types by name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Type)> {
    TYPES.iter().map(|(name, of)| (name.as_str(), of))
}

/// The name in the table of a kind in an API group; `None` for kinds that are not built in.
pub fn kind(group: &str, kind: &str) -> Option<String> {
    // `rbac.authorization.k8s.io` stands under `rbac`, the core under its own name; options are the same in all groups.
    let short = match group {
        _ if matches!(kind, "DeleteOptions" | "Status") => "meta",
        "" => "core",
        "rbac.authorization.k8s.io" => "rbac",
        group => group.strip_suffix(".k8s.io").unwrap_or(group),
    };
    let name = format!("{short}.{kind}");
    TYPES.contains_key(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_loose_ends() {
        fn check(at: &str, shape: &Shape) {
            match shape {
                Shape::Object(name) => assert!(of(name).is_some(), "{at} is a {name}, which is nowhere"),
                Shape::List(inner) | Shape::Map(inner) => check(at, inner),
                _ => {}
            }
        }
        for (name, of) in all() {
            for field in &of.fields {
                check(&format!("{name}.{}", field.name), &field.shape);
                assert_eq!(of.fields.iter().filter(|other| other.number == field.number).count(), 1, "{name} {}", field.number);
                if let (Topology::Keyed(keys), Shape::List(inner)) = (&field.topology, &field.shape) {
                    let Shape::Object(inner) = inner.as_ref() else { panic!("{name}.{} has keys", field.name) };
                    keys.iter().for_each(|(key, _)| assert!(super::of(inner).unwrap().named(key).is_some(), "{inner} lacks {key}"));
                }
            }
        }
    }

    #[test]
    fn fields_are_read_with_their_flags() {
        let ports = of("core.Container").unwrap().named("ports").unwrap();
        assert_eq!((ports.number, ports.shape.clone()), (6, Shape::List(Box::new(Shape::Object("core.ContainerPort".into())))));
        let keys = vec![("containerPort".to_owned(), None), ("protocol".to_owned(), Some("TCP".to_owned()))];
        assert_eq!((&ports.topology, ports.patch.as_str()), (&Topology::Keyed(keys), "key(containerPort)"));
        assert_eq!(of("core.Volume").unwrap().named("emptyDir").unwrap().number, 2, "through the source that stands inline");
        assert!(of("core.ObjectReference").unwrap().atomic);
        assert_eq!(of("core.PersistentVolumeSpec").unwrap().named("claimRef").unwrap().topology, Topology::Granular);
        let action = of("core.ContainerRestartRule").unwrap().named("action").unwrap();
        assert!(action.required && action.omits_zero);
        assert_eq!(kind("storage.k8s.io", "CSINode").as_deref(), Some("storage.CSINode"));
        assert_eq!(kind("example.com", "Thing"), None);
    }
}
