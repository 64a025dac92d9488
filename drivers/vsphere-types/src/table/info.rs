//! What the table says of a type, a field and an enumeration; answers questions about names at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::field::{DeclaredKind, Shape};

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A data object; faults are among them.
    Data,
    /// An enumeration.
    Enum,
    /// A managed object; its fields are its properties.
    Managed,
}

/// One type of the table.
#[derive(Clone, Copy, Debug)]
pub struct TypeInfo {
    /// Wire name.
    pub name: &'static str,
    /// Wire name of the type that it extends; `None` for `DynamicData`, `ManagedObject` and enumerations.
    pub base: Option<&'static str>,
    /// What it is.
    pub kind: TypeKind,
    /// All fields in wire order, those of the base first.
    pub fields: &'static [FieldInfo],
    /// Wire names of an enumeration's members.
    pub members: &'static [&'static str],
}

/// The declared type of a field, parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// `xsd:boolean`
    Boolean,
    /// `xsd:byte`
    Byte,
    /// `xsd:short`
    Short,
    /// `xsd:int`
    Int,
    /// `xsd:long`
    Long,
    /// `xsd:float`
    Float,
    /// `xsd:double`
    Double,
    /// `xsd:string`
    Text,
    /// `xsd:dateTime`
    Time,
    /// `xsd:base64Binary`
    Binary,
    /// `xsd:anyType`
    Any,
    /// A reference to a managed object of this type or one that extends it.
    Reference(&'static str),
    /// An enumeration of the table.
    Enum(&'static str),
    /// A data object of this type or one that extends it; the type may be one that the table does not have.
    Object(&'static str),
}

impl Declared {
    /// The name that an array of such items carries in [`crate::Array::item_type`]; `ArrayOf` + it, capitalised, is the array's wire type.
    pub fn item_type(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Byte => "byte",
            Self::Short => "short",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Text => "string",
            Self::Time => "dateTime",
            Self::Binary => "base64Binary",
            Self::Any => "anyType",
            Self::Reference(_) => "ManagedObjectReference",
            Self::Enum(name) | Self::Object(name) => name,
        }
    }

    /// The declared type of an array's items, by the name in [`crate::Array::item_type`]; `None` when the table does not have it.
    pub fn of_item_type(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "byte" => Self::Byte,
            "short" => Self::Short,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "string" => Self::Text,
            "dateTime" => Self::Time,
            "base64Binary" => Self::Binary,
            "anyType" => Self::Any,
            "ManagedObjectReference" => Self::Reference("ManagedObject"),
            other => {
                let info = type_info(other)?;
                match info.kind {
                    TypeKind::Enum => Self::Enum(info.name),
                    TypeKind::Data => Self::Object(info.name),
                    TypeKind::Managed => return None,
                }
            }
        })
    }
}

/// One field of a data object, property of a managed object or parameter of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Wire name.
    pub name: &'static str,
    /// Declared type, of the items when it is an array.
    pub declared: Declared,
    /// Whether it may be absent. Arrays on the wire cannot tell absent from empty.
    pub optional: bool,
    /// Whether the element repeats.
    pub array: bool,
    /// The first API version that has it, where that is later than the type itself or worth knowing; empty otherwise.
    pub since: &'static str,
}

impl FieldInfo {
    pub(crate) const fn new(
        name: &'static str,
        kind: DeclaredKind,
        default_name: &'static str,
        named: &[&'static str],
        shape: Shape,
        flags: &[&str],
        since: &[&'static str],
    ) -> Self {
        let type_name = if named.is_empty() { default_name } else { named[0] };
        let declared = match kind {
            DeclaredKind::Boolean => Declared::Boolean,
            DeclaredKind::Byte => Declared::Byte,
            DeclaredKind::Short => Declared::Short,
            DeclaredKind::Int => Declared::Int,
            DeclaredKind::Long => Declared::Long,
            DeclaredKind::Float => Declared::Float,
            DeclaredKind::Double => Declared::Double,
            DeclaredKind::Text => Declared::Text,
            DeclaredKind::Time => Declared::Time,
            DeclaredKind::Binary => Declared::Binary,
            DeclaredKind::Any => Declared::Any,
            DeclaredKind::Reference => Declared::Reference(type_name),
            DeclaredKind::Enum => Declared::Enum(type_name),
            DeclaredKind::Object => Declared::Object(type_name),
        };
        // The only flag is `required`: for an array that must not be empty, and for a slot whose type is not in the table.
        let optional = !matches!(shape, Shape::Single) && flags.is_empty();
        let since = if since.is_empty() { "" } else { since[0] };
        Self { name, declared, optional, array: matches!(shape, Shape::Array), since }
    }
}

/// How many fields these lists have together.
pub(crate) const fn count(lists: &[&[FieldInfo]]) -> usize {
    let (mut total, mut list) = (0, 0);
    while list < lists.len() {
        total += lists[list].len();
        list += 1;
    }
    total
}

/// Inherited fields and own ones, as one list.
pub(crate) const fn joined<const N: usize>(inherited: &[&[FieldInfo]], own: &[FieldInfo]) -> [FieldInfo; N] {
    let mut all = [FieldInfo { name: "", declared: Declared::Any, optional: false, array: false, since: "" }; N];
    let above = if inherited.is_empty() { &[] } else { inherited[0] };
    let mut place = 0;
    while place < N {
        all[place] = if place < above.len() { above[place] } else { own[place - above.len()] };
        place += 1;
    }
    all
}

impl TypeInfo {
    /// The field of this wire name.
    pub fn field(&self, name: &str) -> Option<&'static FieldInfo> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The XML namespace that the type belongs to.
    pub fn namespace(&self) -> &'static str {
        namespace_of(self.name)
    }
}

/// What begins like the types of VSLM and is vim25's.
const VSLM_OF_VIM: [&str; 6] =
    ["VslmCreateSpec", "VslmCloneSpec", "VslmRelocateSpec", "VslmMigrateSpec", "VslmTagEntry", "VslmInfrastructureObjectPolicy"];

/// The XML namespace of a type, by the prefix that all types of a service share.
pub fn namespace_of(type_name: &str) -> &'static str {
    match type_name.strip_prefix("ArrayOf").unwrap_or(type_name) {
        // Of vSAN's types some are vim25's; its methods are its own service's.
        "VsanClusterGetConfig" => "urn:vsan",
        name if name.starts_with("Cns") => "urn:vsan",
        name if name.starts_with("Pbm") => "urn:pbm",
        "RetrieveContent" => "urn:vslm",
        // What disks are to be like is vim25's; its own vStorageObject manager takes it, too.
        name if name.starts_with("Vslm") && !VSLM_OF_VIM.iter().any(|own| name.starts_with(own)) => "urn:vslm",
        _ => "urn:vim25",
    }
}

/// Types by a hash of their names: they are looked up many times in every answer.
struct ByName(Vec<Option<(&'static TypeInfo, bool)>>);

impl ByName {
    fn new() -> Self {
        let mut slots = vec![None; (TABLE.len() * 2).next_power_of_two()];
        for (name, info) in TABLE.iter() {
            let mut place = hash(name) % slots.len();
            while slots[place].is_some() {
                place = (place + 1) % slots.len();
            }
            slots[place] = Some((*info, EXTENDED.contains(name)));
        }
        Self(slots)
    }

    /// The type and whether another one extends it.
    fn get(&self, name: &str) -> Option<(&'static TypeInfo, bool)> {
        let mut place = hash(name) % self.0.len();
        loop {
            match self.0[place] {
                Some((info, _)) if info.name != name => place = (place + 1) % self.0.len(),
                found => return found,
            }
        }
    }
}

/// A hash whose value depends on nothing but the name, eight letters at a time.
fn hash(name: &str) -> usize {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(rest.len() as u64, |word, letter| word << 8 | u64::from(*letter));
    usize::try_from(mix(hash, rest) >> 40).unwrap_or(0)
}

static BY_NAME: LazyLock<ByName> = LazyLock::new(ByName::new);

static TABLE: LazyLock<BTreeMap<&'static str, &'static TypeInfo>> = LazyLock::new(|| {
    crate::data::TABLES.iter().chain(crate::managed::TABLES).flat_map(|table| table.iter()).map(|info| (info.name, info)).collect()
});

static EXTENDED: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| TABLE.values().filter_map(|info| info.base).collect());

/// The type of this wire name, if the table has it.
pub fn type_info(name: &str) -> Option<&'static TypeInfo> {
    BY_NAME.get(name).map(|(info, _)| info)
}

/// All types of the table, by name.
pub fn all_types() -> impl Iterator<Item = &'static TypeInfo> {
    TABLE.values().copied()
}

/// Whether `name` is `ancestor` or extends it. A type that is not in the table extends nothing but itself.
pub fn is_subtype(name: &str, ancestor: &str) -> bool {
    let mut current = name;
    loop {
        if current == ancestor {
            return true;
        }
        match type_info(current).and_then(|info| info.base) {
            Some(base) => current = base,
            None => return false,
        }
    }
}

/// Whether some type of the table extends this one, so that a slot of this type says which one it holds.
pub fn has_subtypes(name: &str) -> bool {
    BY_NAME.get(name).is_some_and(|(_, extended)| extended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_found_by_its_name_and_no_other() {
        for info in all_types() {
            assert_eq!(type_info(info.name).map(|found| found.name), Some(info.name));
            assert_eq!(has_subtypes(info.name), all_types().any(|other| other.base == Some(info.name)), "{}", info.name);
        }
        assert!(type_info("NoSuchType").is_none() && type_info("").is_none() && !has_subtypes("NoSuchType"));
    }
}
