//! Operations of vim25 and vSAN, each the implementation of [`crate::call::Operation`] for its request. Those of volumes stand in
//! `storage`, those of policies in `policy`.

mod authorization;
mod disk_catalogue;
mod files;
mod first_class_disks;
mod histories;
pub mod keys;
mod machines;
mod managers;
mod properties;
mod search;
mod session_object;
pub mod sessions;
mod singletons;
mod updates;
mod views;
mod virtual_disks;
