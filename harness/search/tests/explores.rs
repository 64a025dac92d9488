//! What is drawn: always a scenario, the same for the same seed; what our drivers make of some.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeSet;

use common::workers::in_parallel;
use seatrial_engine::Mode;
use seatrial_search::explore;

#[test]
fn whatever_is_drawn_is_a_scenario() {
    let mut words = BTreeSet::new();
    for seed in 0..300 {
        let bundle = explore::scenario(seed);
        assert_eq!(bundle, explore::scenario(seed));
        let specs =
            bundle.prepare("explored", seed, &Mode::Virtual).unwrap_or_else(|errors| panic!("seed {seed}: {errors}\n{}", bundle.scenario));
        let [spec] = specs.as_slice() else { panic!("seed {seed} has {} cases", specs.len()) };
        assert_eq!(spec.unsupported(), None, "seed {seed}");
        words.extend(spec.scenario.steps.iter().map(|step| step.to_string().split(' ').next().unwrap_or_default().to_owned()));
    }
    for word in
        ["apply", "wait", "write", "read", "scale", "resize", "delete", "drain", "uncordon", "kill", "fail", "heal", "sleep", "expect"]
    {
        assert!(words.contains(word), "{word} is never drawn: {words:?}");
    }
}

#[test]
fn our_drivers_pass_what_is_drawn() {
    let broken: Vec<String> = in_parallel((1..=12).collect(), |seed| {
        let spec = explore::scenario(seed).prepare("explored", seed, &Mode::Virtual).unwrap().remove(0);
        let complaints = spec.run().complaints();
        (!complaints.is_empty()).then(|| format!("seed {seed}: {complaints:#?}"))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
