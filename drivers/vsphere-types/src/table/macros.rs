//! The macros that make structs, enumerations, managed objects and methods out of the table's lines.
//!
//! A field's line reads `rust_name: RustType = "wireName"`, then, where needed, `-> "DeclaredType"` for references and
//! for slots that hold several types, `[required]` for arrays and unknown types that must not be absent, and
//! `since "8.0.0.1"`.

/// Data objects: one struct and one line of the table each. Fields of the base stand first.
macro_rules! data_objects {
    ($(
        $(#[$meta:meta])*
        $name:ident $(= $wire:literal)? $(: $base:ident)? {
            $( $field:ident : $type:ty = $field_wire:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        }
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq)]
            pub struct $name {
                $( #[doc = concat!("`", $field_wire, "`")] pub $field: $type, )*
            }

            impl $crate::table::DataObject for $name {
                const TYPE: &'static str = $crate::table::wire_name!($name $(, $wire)?);

                fn into_object(self) -> $crate::Object {
                    #[allow(unused_mut, reason = "a type without fields adds none")]
                    let mut fields = Vec::new();
                    $( <$type as $crate::table::Field>::put(
                        self.$field, $field_wire, $crate::table::declared_name!($type $(, $declared)?), &mut fields,
                    ); )*
                    $crate::Object { type_name: Self::TYPE.to_owned(), fields }
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
        )*

        pub(crate) static TYPES: &[$crate::table::TypeInfo] = &[$(
            $crate::table::TypeInfo {
                name: $crate::table::wire_name!($name $(, $wire)?),
                base: $crate::table::base_name!($($base)?),
                kind: $crate::table::TypeKind::Data,
                fields: &[$( $crate::table::field_info!($type, $field_wire, [$($declared)?], [$($flag)?], [$($since)?]) ),*],
                members: &[],
            },
        )*];
    };
}
pub(crate) use data_objects;

/// Faults: data objects that begin with what every fault carries.
macro_rules! faults {
    ($( $(#[$meta:meta])* $name:ident : $base:ident { $($body:tt)* } )*) => {
        $crate::table::data_objects! { $(
            $(#[$meta])*
            $name: $base {
                fault_cause: Option<$crate::LocalizedMethodFault> = "faultCause",
                fault_message: Vec<$crate::LocalizableMessage> = "faultMessage",
                $($body)*
            }
        )* }
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
                    $crate::Value::Enum($crate::EnumValue { type_name: stringify!($name).to_owned(), member: self.wire_name().to_owned() })
                }

                fn from_value(value: &$crate::Value) -> Result<Option<Self>, $crate::table::TypeError> {
                    match value {
                        $crate::Value::Enum(member) => match Self::from_wire(&member.member) {
                            Some(known) => Ok(Some(known)),
                            None => Err($crate::table::TypeError::Member {
                                type_name: stringify!($name).to_owned(),
                                member: member.member.clone(),
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

/// Managed objects: lines of the table only. Properties of the base stand first.
macro_rules! managed_objects {
    ($(
        $(#[$meta:meta])*
        $name:ident $(: $base:ident)? {
            $( $type:ty = $wire:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        }
    )*) => {
        pub(crate) static TYPES: &[$crate::table::TypeInfo] = &[$(
            $crate::table::TypeInfo {
                name: stringify!($name),
                base: $crate::table::base_name!($($base)?),
                kind: $crate::table::TypeKind::Managed,
                fields: &[$( $crate::table::field_info!($type, $wire, [$($declared)?], [$($flag)?], [$($since)?]) ),*],
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

/// Methods of one area: the object that has them, their parameters in order, and what they return.
macro_rules! methods {
    ($(
        $wire:literal on $object:literal (
            $( $type:ty = $param:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        ) returns ( $($result:ty = $returnval:literal $(-> $result_declared:literal)? $([$result_flag:ident])? )? );
    )*) => {
        pub(crate) static METHODS: &[$crate::MethodInfo] = &[$(
            $crate::MethodInfo {
                name: $wire,
                object: $object,
                parameters: &[$( $crate::table::field_info!($type, $param, [$($declared)?], [$($flag)?], [$($since)?]) ),*],
                result: $crate::table::result_info!($($result, $returnval, [$($result_declared)?], [$($result_flag)?])?),
            },
        )*];
    };
}
pub(crate) use methods;

macro_rules! result_info {
    () => {
        None
    };
    ($type:ty, $wire:literal, [$($declared:literal)?], [$($flag:ident)?]) => {
        Some($crate::table::field_info!($type, $wire, [$($declared)?], [$($flag)?], []))
    };
}
pub(crate) use result_info;
