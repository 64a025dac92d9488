//! The macros that make structs, enumerations and managed objects out of the table's lines.
//!
//! A field's line reads `rust_name: RustType = "wireName"`, then, where needed, `-> "DeclaredType"` for references and
//! for slots that hold several types, `[required]` for arrays and unknown types that must not be absent, and
//! `since "8.0.0.1"`. A type has the fields of the one that it extends, before its own; they are not written again.

/// Data objects: one struct and one line of the table each.
macro_rules! data_objects {
    ($(
        $(#[$meta:meta])*
        $name:ident $(= $wire:literal)? $(: $base:ident)? { $($own:tt)* }
    )*) => {
        $( $crate::table::data_object! { ($) [$(#[$meta])*] $name [$($wire)?] [$($base)?] { $($own)* } } )*

        pub(crate) static TYPES: &[$crate::table::TypeInfo] = &[$( <$name as $crate::table::DataObject>::INFO ),*];
    };
}
pub(crate) use data_objects;

/// Asks the base for its fields. Each type is a macro too, of the same name, that passes its own fields on to those that extend it.
macro_rules! data_object {
    (($d:tt) $meta:tt $name:ident $wire:tt [] $own:tt) => {
        $crate::table::with_fields! { ($d) $meta $name $wire [] {} $own }
    };
    (($d:tt) $meta:tt $name:ident $wire:tt [$base:ident] $own:tt) => {
        $base! { ($d) $meta $name $wire [$base] $own }
    };
}
pub(crate) use data_object;

/// The type with the fields of its base, and the macro for those that extend it. `$d` is a dollar sign.
macro_rules! with_fields {
    (($d:tt) $meta:tt $name:ident $wire:tt $base:tt { $($inherited:tt)* } { $($own:tt)* }) => {
        #[allow(unused_macros, reason = "most types are extended by none")]
        macro_rules! $name {
            (($d dollar:tt) $d meta:tt $d name:ident $d wire:tt $d base:tt $d own:tt) => {
                $crate::table::with_fields! { ($d dollar) $d meta $d name $d wire $d base { $($inherited)* $($own)* } $d own }
            };
        }

        $crate::table::data_struct! { $meta $name $wire $base { $($inherited)* $($own)* } }
    };
}
pub(crate) use with_fields;

/// A struct with its way to objects and back.
macro_rules! data_struct {
    (
        [$(#[$meta:meta])*] $name:ident [$($wire:literal)?] [$($base:ident)?] {
            $( $field:ident : $type:ty = $field_wire:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( #[doc = concat!("`", $field_wire, "`")] pub $field: $type, )*
        }

        impl $crate::table::DataObject for $name {
            const TYPE: &'static str = $crate::table::wire_name!($name $(, $wire)?);
            const INFO: $crate::table::TypeInfo = $crate::table::TypeInfo {
                name: Self::TYPE,
                base: $crate::table::base_name!($($base)?),
                kind: $crate::table::TypeKind::Data,
                fields: &[$( $crate::table::field_info!($type, $field_wire, [$($declared)?], [$($flag)?], [$($since)?]) ),*],
                members: &[],
            };

            fn into_object(self) -> $crate::Object {
                #[allow(unused_mut, reason = "a type without fields adds none")]
                let mut fields = Vec::with_capacity($crate::table::room(Self::INFO.fields.len()));
                $( <$type as $crate::table::Field>::put(
                    self.$field, $field_wire, $crate::table::declared_name!($type $(, $declared)?), &mut fields,
                ); )*
                $crate::Object { type_name: Self::TYPE.into(), fields }
            }

            fn from_object(object: &$crate::Object) -> Result<Self, $crate::table::TypeError> {
                $crate::table::expect_type(object, Self::TYPE)?;
                Ok(Self { $( $field: <$type as $crate::table::Field>::take(object, $field_wire)?, )* })
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $(
                    $field: <$type as $crate::table::Field>::blank($crate::table::declared_name!($type $(, $declared)?)),
                )* }
            }
        }

        impl $crate::table::Item for $name {
            const KIND: $crate::table::DeclaredKind = $crate::table::DeclaredKind::Object;
            const NAME: &'static str = <Self as $crate::table::DataObject>::TYPE;

            fn into_value(self) -> $crate::Value {
                $crate::Value::Object($crate::table::DataObject::into_object(self))
            }

            fn from_value(value: &$crate::Value) -> Result<Option<Self>, $crate::table::TypeError> {
                match value {
                    $crate::Value::Object(object) => Ok(Some($crate::table::DataObject::from_object(object)?)),
                    _ => Ok(None),
                }
            }

            fn blank(_declared: &'static str) -> Self {
                Self::default()
            }
        }
        $crate::table::single!($name);
    };
}
pub(crate) use data_struct;

/// Faults: data objects that can be thrown.
macro_rules! faults {
    ($( $(#[$meta:meta])* $name:ident : $base:ident { $($body:tt)* } )*) => {
        $crate::table::data_objects! { $( $(#[$meta])* $name: $base { $($body)* } )* }
        $( impl $crate::TypedFault for $name {} )*
    };
}
pub(crate) use faults;

/// Enumerations: a Rust enum and one line of the table each.
macro_rules! enumerations {
    ($(
        $(#[$meta:meta])*
        $name:ident { $( $member:ident = $wire:literal ),* $(,)? }
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub enum $name {
                $( #[doc = concat!("`", $wire, "`")] $member, )*
            }

            impl $name {
                /// The member's wire name.
                pub fn wire_name(self) -> &'static str {
                    match self { $( Self::$member => $wire, )* }
                }

                /// The member of this wire name.
                pub fn from_wire(name: &str) -> Option<Self> {
                    match name { $( $wire => Some(Self::$member), )* _ => None }
                }
            }

            impl $crate::table::Item for $name {
                const KIND: $crate::table::DeclaredKind = $crate::table::DeclaredKind::Enum;
                const NAME: &'static str = stringify!($name);

                fn into_value(self) -> $crate::Value {
                    $crate::Value::Enum($crate::EnumValue { type_name: stringify!($name).into(), member: self.wire_name().into() })
                }

                fn from_value(value: &$crate::Value) -> Result<Option<Self>, $crate::table::TypeError> {
                    match value {
                        $crate::Value::Enum(member) => match Self::from_wire(&member.member) {
                            Some(known) => Ok(Some(known)),
                            None => Err($crate::table::TypeError::Member {
                                type_name: stringify!($name).to_owned(),
                                member: member.member.to_string(),
                            }),
                        },
                        _ => Ok(None),
                    }
                }

                fn blank(_declared: &'static str) -> Self {
                    // The first member is as good as any: a default struct is a base for `..`, not a value.
                    $crate::table::first([$( Self::$member ),*])
                }
            }
            $crate::table::single!($name);
        )*

        pub(crate) static TYPES: &[$crate::table::TypeInfo] = &[$(
            $crate::table::TypeInfo {
                name: stringify!($name),
                base: None,
                kind: $crate::table::TypeKind::Enum,
                fields: &[],
                members: &[$( $wire ),*],
            },
        )*];
    };
}
pub(crate) use enumerations;

/// Managed objects: lines of the table only. The properties of the base come first.
macro_rules! managed_objects {
    ($(
        $(#[$meta:meta])*
        $name:ident $(: $base:ident)? {
            $( $type:ty = $wire:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        }
    )*) => {
        $(
            #[expect(non_upper_case_globals, reason = "it has the name of the type whose properties it holds")]
            pub(crate) const $name: &[$crate::table::FieldInfo] = {
                const INHERITED: &[&[$crate::table::FieldInfo]] = &[$($base)?];
                const OWN: &[$crate::table::FieldInfo] =
                    &[$( $crate::table::field_info!($type, $wire, [$($declared)?], [$($flag)?], [$($since)?]) ),*];
                const ALL: [$crate::table::FieldInfo; $crate::table::count(INHERITED) + OWN.len()] = $crate::table::joined(INHERITED, OWN);
                &ALL
            };
        )*

        pub(crate) static TYPES: &[$crate::table::TypeInfo] = &[$(
            $crate::table::TypeInfo {
                name: stringify!($name),
                base: $crate::table::base_name!($($base)?),
                kind: $crate::table::TypeKind::Managed,
                fields: $name,
                members: &[],
            },
        )*];
    };
}
pub(crate) use managed_objects;

macro_rules! wire_name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident, $wire:literal) => {
        $wire
    };
}
pub(crate) use wire_name;

macro_rules! base_name {
    () => {
        None
    };
    ($base:ident) => {
        Some(stringify!($base))
    };
}
pub(crate) use base_name;

/// The declared type's name as an array's item type: references are all of one name there.
macro_rules! declared_name {
    ($type:ty) => {
        <<$type as $crate::table::Field>::Item as $crate::table::Item>::NAME
    };
    ($type:ty, $declared:literal) => {
        $declared
    };
}
pub(crate) use declared_name;

macro_rules! field_info {
    ($type:ty, $wire:literal, [$($declared:literal)?], [$($flag:ident)?], [$($since:literal)?]) => {
        $crate::table::FieldInfo::new(
            $wire,
            <<$type as $crate::table::Field>::Item as $crate::table::Item>::KIND,
            <<$type as $crate::table::Field>::Item as $crate::table::Item>::NAME,
            &[$($declared)?],
            <$type as $crate::table::Field>::SHAPE,
            &[$(stringify!($flag))?],
            &[$($since)?],
        )
    };
}
pub(crate) use field_info;
