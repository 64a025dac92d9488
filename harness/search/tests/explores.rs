//! What is drawn: always a scenario, the same for the same seed; what our drivers make of some.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeSet;

use common::workers::in_parallel;
use seatrial_engine::{Listener, Mode, RunSpec};
use seatrial_search::Bundle;
use seatrial_search::explore::{self, Corpus, Lineage, TransitionsSink};

#[test]
fn whatever_is_drawn_is_a_scenario() {
    let mut words = BTreeSet::new();
    for seed in 0..300 {
        let bundle = explore::scenario(&Lineage::from(seed));
        assert_eq!(bundle, explore::scenario(&Lineage::from(seed)));
        let specs =
            bundle.prepare("explored", seed, &Mode::Virtual).unwrap_or_else(|errors| panic!("seed {seed}: {errors}\n{}", bundle.scenario));
        let [spec] = specs.as_slice() else { panic!("seed {seed} has {} cases", specs.len()) };
        assert_eq!(spec.unsupported(), None, "seed {seed}");
        words.extend(spec.scenario.steps.iter().map(|step| step.to_string().split(' ').next().unwrap_or_default().to_owned()));
    }
    for word in [
        "destroy", "create", "power", "tag", "attach", "apply", "wait", "write", "read", "scale", "resize", "delete", "drain", "uncordon",
        "kill", "fail", "heal", "sleep", "expect",
    ] {
        assert!(words.contains(word), "{word} is never drawn: {words:?}");
    }
}

#[test]
fn our_drivers_pass_what_is_drawn() {
    let broken: Vec<String> = in_parallel((1..=12).collect(), |seed| {
        let spec = explore::scenario(&Lineage::from(seed)).prepare("explored", seed, &Mode::Virtual).unwrap().remove(0);
        let complaints = spec.run().complaints();
        (!complaints.is_empty()).then(|| format!("seed {seed}: {complaints:#?}"))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_variation_is_a_scenario_of_the_same_world_and_the_same_everywhere() {
    let world = |bundle: &Bundle| bundle.tree().unwrap().get("world").cloned();
    let mut others = 0;
    for seed in 0..40 {
        let whole = explore::scenario(&Lineage::from(seed));
        for variation in
            Lineage::from(seed).variations(2).flat_map(|variation| variation.variations(1).chain([variation.clone()]).collect::<Vec<_>>())
        {
            let bundle = explore::scenario(&variation);
            assert_eq!(bundle, explore::scenario(&variation.to_string().parse().unwrap()), "{variation}");
            assert_eq!(world(&bundle), world(&whole), "{variation}");
            bundle.prepare("explored", seed, &Mode::Virtual).unwrap_or_else(|errors| panic!("{variation}: {errors}\n{}", bundle.scenario));
            others += usize::from(bundle.scenario.replace(&variation.to_string(), &seed.to_string()) != whole.scenario);
        }
    }
    assert!(others > 100, "only {others} of 160 variations are other scenarios");
    assert!("12+x".parse::<Lineage>().is_err());
}

#[test]
fn a_corpus_knows_what_it_has_learned() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |seed: u64| {
        let spec = explore::scenario(&Lineage::from(seed)).prepare("explored", seed, &Mode::Virtual).unwrap().remove(0);
        let sink = TransitionsSink::default();
        RunSpec { listener: Some(Listener::new(sink.clone())), ..spec }.run();
        sink.transitions()
    };
    let (first, second) = (shown(1), shown(2));
    assert_eq!(first, shown(1));
    let mut corpus = Corpus::read(folder.path()).unwrap();
    let new = corpus.learn(&Lineage::from(1), &first);
    assert!(new == first.len() && new > 100, "{new}");
    assert_eq!(corpus.learn(&Lineage::from(1), &first), 0);
    assert!(second.new_to(&[corpus.known()]) > 0, "two scenarios show the same");
    corpus.write(folder.path()).unwrap();
    assert_eq!(Corpus::read(folder.path()).unwrap(), corpus);
    std::fs::write(folder.path().join("transitions.txt"), "00000001\nnone\n").unwrap();
    let wrong = Corpus::read(folder.path()).unwrap_err().to_string();
    assert!(wrong.ends_with("transitions.txt:2: `none` is no transition; eight hexadecimal digits are"), "{wrong}");
}
