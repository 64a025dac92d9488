//! The macros that make the enumeration of methods, what is known of each, and typed requests, out of the rows of the API.
//!
//! A row reads
//!
//! ```text
//! served CnsDeleteVolume on CnsVolumeManager (
//!     volume_ids: Vec<CnsVolumeId> = "volumeIds" [required],
//!     delete_disk: bool = "deleteDisk",
//! ) returns (MoRef as "Task") needs("Datastore.FileManagement");
//! ```
//!
//! `served`: there is a struct for its request, and whoever serves the API has to carry it out, or does not compile. `known`: it can
//! be refused by its name; its parameters have no names in Rust. A name that Rust would not have it spelled by follows as
//! `= "PowerOnVM_Task"`. Parameters are written as the fields of types are; what a result is
//! declared as stands behind `as`. After it stand, in any order, the functions of
//! [`crate::MethodInfo`] that say more: `reads`, `without_session`, `needs("Privilege")`, `waits`, `of_any_type`.

/// All methods, from the rows of all areas.
macro_rules! methods {
    ($(
        $kind:ident $name:ident $(= $wire:literal)? on $object:ident $parameters:tt returns $result:tt
            $( $more:ident $(($argument:literal))? )* ;
    )*) => { $crate::table::methods! { ($) $(
        $kind $name [$crate::table::wire_name!($name $(, $wire)?)] $object $parameters $result [$( .$more($($argument)?) )*]
    )* } };
    (($d:tt) $( $kind:ident $name:ident [$wire:expr] $object:ident $parameters:tt $result:tt [$($more:tt)*] )*) => {
        /// A method that we know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Method {
            $( #[doc = concat!("`", $wire, "`")] $name, )*
        }

        impl Method {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$name ),*];

            const INFOS: &'static [$crate::MethodInfo] =
                &[$( $crate::table::method_info!($kind $wire, stringify!($object), $parameters, $result) $($more)* ),*];

            /// What the table says of it.
            pub fn info(self) -> &'static $crate::MethodInfo {
                &Self::INFOS[self as usize]
            }
        }

        /// Requests: the arguments of a call, one struct for each method that is served.
        pub mod request {
            use jiff::Timestamp;
            use $crate::*;

            $( $crate::table::request!($kind $name $parameters $result); )*
        }

        /// Names each method to a macro of the caller's, as `served Login, known CloneSession, …`: what is done for every method is
        /// then complete, or does not compile.
        #[macro_export]
        macro_rules! each_method {
            ($d then:ident) => { $d then! { $( $kind $name, )* } };
        }
    };
}
pub(crate) use methods;

/// What the table says of a method, without the functions at the end of its row.
macro_rules! method_info {
    (
        served $wire:expr, $object:expr, (
            $( $field:ident : $type:ty = $param:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        ), $result:tt
    ) => {
        $crate::table::method_info!(
            true, $wire, $object, [$( [$type, $param, [$($declared)?], [$($flag)?], [$($since)?]] )*], $result
        )
    };
    (
        known $wire:expr, $object:expr, (
            $( $type:ty = $param:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        ), $result:tt
    ) => {
        $crate::table::method_info!(
            false, $wire, $object, [$( [$type, $param, [$($declared)?], [$($flag)?], [$($since)?]] )*], $result
        )
    };
    ($served:literal, $wire:expr, $object:expr, [$( [$($parameter:tt)*] )*], $result:tt) => {
        $crate::MethodInfo::new(
            $wire,
            $object,
            &[$( $crate::table::field_info!($($parameter)*) ),*],
            $crate::table::result_info!($result),
            $served,
        )
    };
}
pub(crate) use method_info;

macro_rules! result_info {
    (()) => {
        None
    };
    (($type:ty $(as $declared:literal)? $([$flag:ident])?)) => {
        Some($crate::table::field_info!($type, "returnval", [$($declared)?], [$($flag)?], []))
    };
}
pub(crate) use result_info;

macro_rules! result_type {
    (()) => {
        ()
    };
    (($type:ty $(as $declared:literal)? $([$flag:ident])?)) => {
        $type
    };
}
pub(crate) use result_type;

/// The struct of a request.
macro_rules! request {
    (known $name:ident $parameters:tt $result:tt) => {};
    (
        served $name:ident (
            $( $field:ident : $type:ty = $param:literal $(-> $declared:literal)? $([$flag:ident])? $(since $since:literal)? ),* $(,)?
        ) $result:tt
    ) => {
        #[doc = concat!("The arguments of [`Method::", stringify!($name), "`].")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( #[doc = concat!("`", $param, "`")] pub $field: $type, )*
        }

        impl $crate::Request for $name {
            type Returns = $crate::table::result_type!($result);
            const METHOD: $crate::Method = $crate::Method::$name;

            fn into_arguments(self) -> $crate::Object {
                #[allow(unused_mut, reason = "a method without parameters adds none")]
                let mut fields = Vec::new();
                $( <$type as $crate::table::Field>::put(
                    self.$field, $param, $crate::table::declared_name!($type $(, $declared)?), &mut fields,
                ); )*
                $crate::Object { type_name: Self::METHOD.wire_name().into(), fields }
            }

            #[allow(unused_variables, reason = "a method without parameters reads none")]
            fn from_arguments(arguments: &$crate::Object) -> Result<Self, $crate::TypeError> {
                Ok(Self { $( $field: <$type as $crate::table::Field>::take(arguments, $param)?, )* })
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $(
                    $field: <$type as $crate::table::Field>::blank($crate::table::declared_name!($type $(, $declared)?)),
                )* }
            }
        }
    };
}
pub(crate) use request;
