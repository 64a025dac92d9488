//! What an oracle is: an invariant over the journal, when it must hold, and what is told when it does not.

use std::time::Duration;

use crate::moment::Moment;
use crate::view::View;

/// The CSI driver's name in Kubernetes, whose volumes are judged.
pub const DRIVER: &str = "csi.vsphere.vmware.com";

/// The name of the oracle that only shows that something fails.
pub(crate) const STEADY_STATE: &str = "steady-state";

/// When an invariant must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At every moment.
    Always,
    /// So long after what asks for it, and after the last outage has ended ([`crate::Calm`]).
    Within(Duration),
    /// When the world has settled: faults healed, processes up, nothing on its way, no write but heartbeats.
    Settled,
}

/// What a violation means for the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The subject did not do what it should.
    #[default]
    Failure,
    /// Worth knowing; nobody is to blame.
    Finding,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Which oracle says so.
    pub oracle: String,
    /// What is wrong, in a maintainer's words.
    pub message: String,
    /// Sequence numbers of the entries that show it, in order.
    pub entries: Vec<u64>,
    /// Whether it fails the case.
    pub severity: Severity,
    /// What it is about, where a scenario can name that: the node of `zones-differ`.
    pub about: Option<String>,
}

impl Violation {
    /// Whether it fails the case.
    pub fn is_failure(&self) -> bool {
        self.severity == Severity::Failure
    }

    /// Whether it only shows that something fails, for a reason that another oracle or a step may tell: a world that is not at
    /// rest.
    pub fn is_symptom(&self) -> bool {
        self.oracle == STEADY_STATE
    }
}

/// An invariant.
pub trait Oracle: Send {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// When it must hold.
    fn when(&self) -> When;

    /// The next entry of the journal, and the world after it.
    fn on(&mut self, moment: &Moment);

    /// The world has settled, and is like this.
    fn settled(&mut self, _view: &View) {}

    /// What did not hold so far, each thing once, in a world that is like this now.
    fn findings(&self, view: &View) -> Vec<Violation>;
}
