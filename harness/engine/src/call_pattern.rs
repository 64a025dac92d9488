//! Which calls a fault rule waits for.

use std::fmt;

use seatrial_journal::Call;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_scenario::{FaultRule, Spanned};

/// A call that a rule waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPattern {
    /// The method, in the border's own words.
    pub method: String,
    /// Only from this process.
    pub from: Option<String>,
    /// Only to this address or process.
    pub to: Option<String>,
}

impl CallPattern {
    /// Whether a call is one of those.
    pub(crate) fn matches(&self, call: &Call) -> bool {
        let to = |to: &String| call.to == *to || server_of(&call.to) == to;
        call.method == self.method && self.from.as_ref().is_none_or(|from| *from == call.from) && self.to.as_ref().is_none_or(to)
    }
}

impl From<&FaultRule> for CallPattern {
    fn from(written: &FaultRule) -> Self {
        let words = |word: &Option<Spanned<String>>| word.as_ref().map(|word| word.value.clone());
        Self { method: written.when.call.value.clone(), from: words(&written.when.from), to: words(&written.when.to) }
    }
}

/// `CnsCreateVolume from csi-controller to vc-a`.
impl fmt::Display for CallPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.method)?;
        self.from.as_ref().map_or(Ok(()), |from| write!(f, " from {from}"))?;
        self.to.as_ref().map_or(Ok(()), |to| write!(f, " to {to}"))
    }
}

/// The process behind an address: most addresses begin with its name.
pub fn server_of(address: &str) -> &str {
    if address == API_SERVER { "kube-apiserver" } else { address.split([':', '.']).next().unwrap_or(address) }
}
