//! A bundle as one tree, in which anything can be left out.

use std::collections::BTreeMap;

use crate::bundle::{Bundle, BundleError};
use crate::document::{self, DocumentError, Layout, Tree};

/// The place of a value: the number of each member and entry on the way to it, from the top.
pub(super) type Place = Vec<usize>;

/// A scenario, and for each manifest the list of its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    manifests: Vec<String>,
    root: Tree,
}

impl Whole {
    pub(super) fn of(bundle: &Bundle) -> Result<Self, BundleError> {
        let mut members = vec![bundle.tree()?];
        for (name, text) in &bundle.manifests {
            let failed = |source: DocumentError| BundleError::Document { name: name.clone(), source };
            members.push(Tree::List(document::read(text).map_err(failed)?));
        }
        Ok(Self { manifests: bundle.manifests.keys().cloned().collect(), root: Tree::List(members) })
    }

    pub(super) fn scenario(&self) -> &Tree {
        &self.root.members()[0]
    }

    /// The files. Manifests that no step applies are no part of it.
    pub(super) fn bundle(&self) -> Bundle {
        let texts = self.root.members()[1..].iter().map(|documents| document::print(documents.members(), Layout::Manifest));
        let manifests: BTreeMap<String, String> = self.manifests.iter().cloned().zip(texts).collect();
        Bundle { manifests, ..Bundle::default() }.with_scenario(self.scenario())
    }

    /// The places of all values that can be left out, what holds others before them.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (number, member) in self.root.members().iter().enumerate() {
            gather(member, &mut vec![number], &mut places);
        }
        places
    }

    /// The place of what stands under a key of the scenario, if it is a list, and how many members it has.
    pub(super) fn list(&self, key: &str) -> Option<(Place, usize)> {
        let number = self.scenario().entries().iter().position(|(name, _)| name == key)?;
        let members = self.scenario().get(key)?.members().len();
        Some((vec![0, number], members))
    }

    /// The same without the members `from..to` of the list at a place.
    pub(super) fn without_members(&self, place: &Place, from: usize, to: usize) -> Self {
        let mut whole = self.clone();
        if let Some(Tree::List(members)) = at(&mut whole.root, place) {
            members.drain(from..to.min(members.len()));
        }
        whole
    }

    /// The same without the value at a place, if it is there.
    pub(super) fn without(&self, place: &Place) -> Option<Self> {
        let (last, above) = place.split_last()?;
        let mut whole = self.clone();
        match at(&mut whole.root, above)? {
            Tree::List(members) if *last < members.len() => drop(members.remove(*last)),
            Tree::Map(entries) if *last < entries.len() => drop(entries.remove(*last)),
            _ => return None,
        }
        Some(whole)
    }

    /// The same with simpler values in the place of a number: one, or half of it.
    pub(super) fn simpler(&self, place: &Place) -> Vec<Self> {
        let mut found = self.clone();
        let Some(Tree::Scalar { text, plain: true }) = at(&mut found.root, place) else { return Vec::new() };
        let Ok(number) = text.parse::<u64>() else { return Vec::new() };
        let mut simpler: Vec<u64> = vec![1, number / 2];
        simpler.retain(|simple| *simple > 0 && *simple < number);
        simpler.dedup();
        let with = |number: u64| {
            let mut whole = self.clone();
            if let Some(value) = at(&mut whole.root, place) {
                *value = Tree::plain(number.to_string());
            }
            whole
        };
        simpler.into_iter().map(with).collect()
    }

    /// How much there is: values, all told.
    pub(super) fn size(&self) -> usize {
        self.places().len()
    }
}

fn gather(tree: &Tree, place: &mut Place, places: &mut Vec<Place>) {
    let below: Vec<&Tree> = match tree {
        Tree::Scalar { .. } => return,
        Tree::List(members) => members.iter().collect(),
        Tree::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
    };
    for (number, value) in below.into_iter().enumerate() {
        place.push(number);
        places.push(place.clone());
        gather(value, place, places);
        place.pop();
    }
}

fn at<'a>(tree: &'a mut Tree, place: &[usize]) -> Option<&'a mut Tree> {
    place.iter().try_fold(tree, |tree, number| match tree {
        Tree::List(members) => members.get_mut(*number),
        Tree::Map(entries) => entries.get_mut(*number).map(|(_, value)| value),
        Tree::Scalar { .. } => None,
    })
}
