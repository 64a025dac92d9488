//! A failure that is held on to while its scenario gets smaller.

use seatrial_engine::{Faults, Mode, RunSpec, Switches};

use super::reason::Reason;
use crate::bundle::{Bundle, BundleError};
use crate::document::Tree;

/// A case that fails, and why.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The files, in the version that fails.
    pub bundle: Bundle,
    /// Why it fails.
    pub reason: Reason,
    /// The seed under which it does.
    pub seed: u64,
    /// Whether it passes when none of its faults strike: then what is smaller must, too, or the reason is another one.
    passes_without_faults: bool,
    switches: Switches,
    mode: Mode,
}

/// Why there is nothing to shrink.
#[derive(Debug, thiserror::Error)]
pub enum SuspectError {
    /// The files are wrong.
    #[error("{0}")]
    Files(#[from] BundleError),
    /// It passes.
    #[error("all its cases pass under seed {0}; there is nothing to shrink")]
    Passes(u64),
}

impl Suspect {
    /// The first case of a bundle that fails in a mode.
    ///
    /// # Errors
    /// See [`SuspectError`].
    pub fn find(bundle: &Bundle, seed: u64, switches: &Switches, mode: &Mode) -> Result<Self, SuspectError> {
        for spec in bundle.prepare("scenario.yaml", seed, mode).map_err(BundleError::from)? {
            let spec = RunSpec { switches: switches.clone(), ..spec };
            let Some(reason) = Reason::of(&spec.run()) else { continue };
            let bundle = bundle.of_case(&spec.case)?;
            let passes_without_faults = !spec.scenario.faults.is_empty() && calm(&spec).run().passed();
            return Ok(Self { bundle, reason, seed, passes_without_faults, switches: switches.clone(), mode: mode.clone() });
        }
        Err(SuspectError::Passes(seed))
    }

    /// Whether other files fail for the same reason.
    pub fn is(&self, bundle: &Bundle) -> bool {
        let Ok(specs) = bundle.prepare("scenario.yaml", self.seed, &self.mode) else { return false };
        let [spec] = specs.as_slice() else { return false };
        let spec = RunSpec { switches: self.switches.clone(), ..spec.clone() };
        if spec.unsupported().is_some() || !Reason::all(&spec.run()).contains(&self.reason) {
            return false;
        }
        !self.passes_without_faults || !spec.scenario.faults.is_empty() && calm(&spec).run().passed()
    }

    /// What is left of it, with a title and an `about` that say what happens.
    ///
    /// # Errors
    /// Files that cannot be changed.
    pub fn told(&self, small: &Bundle) -> Result<Bundle, BundleError> {
        let title =
            |bundle: &Bundle| Ok::<_, BundleError>(bundle.tree()?.get("scenario").and_then(Tree::text).unwrap_or_default().to_owned());
        let specs = small.prepare("scenario.yaml", self.seed, &self.mode).map_err(BundleError::from)?;
        let spec = specs.into_iter().next().map(|spec| RunSpec { switches: self.switches.clone(), ..spec });
        let complaint = spec.and_then(|spec| spec.run().complaints().into_iter().next()).unwrap_or_default();
        let complaint = complaint.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
        let mut tree = small.tree()?;
        let (was, seed) = (title(&self.bundle)?, self.seed);
        tree.set("scenario", Tree::plain(was.clone()));
        let about =
            format!("What is left of \"{was}\" when all is taken away that does not matter. Under seed {seed} it fails: {complaint}.");
        tree.set_second("about", Tree::plain(about.split_whitespace().collect::<Vec<_>>().join(" ")));
        Ok(small.with_scenario(&tree))
    }
}

/// The same case in which no fault strikes.
fn calm(spec: &RunSpec) -> RunSpec {
    RunSpec { faults: Faults::Instead(Vec::new()), ..spec.clone() }
}
