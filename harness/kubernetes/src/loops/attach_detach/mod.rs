pub(super) fn run(_: &seatrial_wires::Process, _: super::rules::Rules) {}
