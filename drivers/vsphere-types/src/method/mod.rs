//! Methods: those that are served and those that are only known, so that they can be refused by name. One row for each, by area; how
//! a row is written stands in `table/methods.rs`.

/// The rows of an area: a macro of the area's name, that adds them to those of the areas before.
macro_rules! rows {
    ($area:ident: $($rows:tt)*) => { rows! { ($) $area: $($rows)* } };
    (($d:tt) $area:ident: $($rows:tt)*) => {
        macro_rules! $area {
            ($d($d passed:tt)*) => { collect! { $d($d passed)* $($rows)* } };
        }
    };
}

/// Asks the areas for their rows, one after the other, and makes the table of all.
macro_rules! collect {
    ([$next:ident $($left:ident)*] { $($before:tt)* } $($rows:tt)*) => { $next! { [$($left)*] { $($before)* $($rows)* } } };
    ([] { $($before:tt)* } $($rows:tt)*) => { crate::table::methods! { $($before)* $($rows)* } };
}

#[macro_use]
mod cns;
#[macro_use]
mod crypto;
#[macro_use]
mod inventory;
#[macro_use]
mod machine;
#[macro_use]
mod policy;
#[macro_use]
mod property;
#[macro_use]
mod services;
#[macro_use]
mod session;
#[macro_use]
mod storage;
#[macro_use]
mod task;
#[macro_use]
mod vsan;
#[macro_use]
mod vslm;

mod info;

pub use info::{MethodInfo, Request, Returned};
use jiff::Timestamp;

use crate::*;

collect! { [session property inventory machine task storage crypto cns vsan services policy vslm] {} }
