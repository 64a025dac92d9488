//! The two controllers that keep storage objects while they are in use.

mod claims;
mod volumes;

use seatrial_wires::Process;

use super::rules::Rules;
use super::shared::Informers;

/// Starts both on this process.
pub(super) fn run(process: &Process, shared: &Informers, rules: Rules) {
    claims::run(process, shared, rules);
    volumes::run(process, shared);
}
