//! What happens to virtual machines: power, reconfiguration, their end.

pub mod power;
pub mod reconfigure;
pub mod remove;
pub mod vmotion;
