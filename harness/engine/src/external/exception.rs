//! What a driver that others wrote is known to do otherwise, with the words of its own maintainers: it is told in the report,
//! and does not fail the case.

use seatrial_oracle::{Severity, Violation};
use seatrial_scenario::ExpectationKind;
use serde::Deserialize;

use super::wrong::ExceptionError;

/// One thing that a driver is known to do otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, try_from = "Written")]
pub struct Exception {
    about: About,
    because: String,
    cites: String,
}

#[derive(Clone, Debug)]
enum About {
    /// What this oracle says is a finding.
    Oracle(String),
    /// How often this call is made is not counted.
    Calls(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    oracle: Option<String>,
    calls: Option<String>,
    because: String,
    cites: String,
}

impl TryFrom<Written> for Exception {
    type Error = ExceptionError;

    fn try_from(written: Written) -> Result<Self, ExceptionError> {
        let Written { oracle, calls, because, cites } = written;
        let about = match (oracle, calls) {
            (Some(oracle), None) => About::Oracle(oracle),
            (None, Some(method)) => About::Calls(method),
            _ => return Err(ExceptionError::About),
        };
        if !cites.starts_with("https://") {
            return Err(ExceptionError::Cites { cites });
        }
        Ok(Self { about, because, cites })
    }
}

impl Exception {
    /// What it excuses, and why, for reports.
    pub(crate) fn words(&self) -> String {
        let about = match &self.about {
            About::Oracle(oracle) => format!("what oracle {oracle} says does not fail it"),
            About::Calls(method) => format!("how often it calls {method} was not judged"),
        };
        format!("a known exception: {about}, because {} ({})", self.because, self.cites)
    }

    /// Makes a finding of a violation that it is about; answers whether it was.
    pub(crate) fn excuses(&self, violation: &mut Violation) -> bool {
        let is = matches!(&self.about, About::Oracle(oracle) if *oracle == violation.oracle) && violation.is_failure();
        if is {
            violation.severity = Severity::Finding;
            violation.message.push_str(&format!("; known: {}", self.cites));
        }
        is
    }

    /// Takes what it is about out of an expectation of calls; answers whether there was any.
    pub(crate) fn eases(&self, expectation: &mut ExpectationKind) -> bool {
        let (About::Calls(method), ExpectationKind::Calls { counts, .. }) = (&self.about, expectation) else { return false };
        let before = counts.len();
        counts.retain(|(name, _)| name.value != *method);
        counts.len() < before
    }
}
