//! The two controllers that keep storage objects while they are in use.

mod claims;
mod volumes;

use seatrial_wires::Process;

use super::rules::Rules;

/// Starts both on this process.
pub(super) fn run(process: &Process, rules: Rules) {
    claims::run(process, rules);
    volumes::run(process);
}
