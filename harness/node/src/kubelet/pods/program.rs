//! What a pod's containers do: they run until they are stopped, or end by themselves after a time.
//!
//! No program runs here, so a pod says what its program would do, in annotations that a real cluster does not look at:
//! `seatrial.dev/runs-for` (`90s`; from the containers' start to their end) and `seatrial.dev/exit-code`. A pod of a Job that says
//! nothing ends well after ten seconds, every other one runs for ever. `restartPolicy` decides what follows.

use std::time::Duration;

use driver_host::go;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;

/// How long containers run.
pub const RUNS_FOR: &str = "seatrial.dev/runs-for";
/// What they end with.
pub const EXIT_CODE: &str = "seatrial.dev/exit-code";
/// How long a program runs of which nothing is said.
const USUAL: Duration = Duration::from_secs(10);
/// The pause before containers are started again, after the first time; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// What has run for so long starts again at once.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// A program that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// From its start to its end.
    pub runs_for: Duration,
    /// What it ends with.
    pub exit_code: i32,
}

/// Why an annotation says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// It is no duration.
    #[error("`{RUNS_FOR}` is no time: `{0}`")]
    RunsFor(String),
    /// It is no exit code.
    #[error("`{EXIT_CODE}` is no exit code: `{0}`")]
    ExitCode(String),
}

impl ProgramError {
    /// The annotation, and what it is to be.
    pub fn remedy(&self) -> (&'static str, &'static str) {
        match self {
            Self::RunsFor(_) => (RUNS_FOR, "write a time in quotes, such as \"90s\""),
            Self::ExitCode(_) => (EXIT_CODE, "write a number from 0 to 255 in quotes, such as \"1\""),
        }
    }
}

impl Program {
    /// What annotations say of a program; `belongs_to_job` for a pod of a Job.
    ///
    /// # Errors
    /// One of the annotations is there and cannot be read.
    pub fn read<'a>(annotation: impl Fn(&str) -> Option<&'a str>, belongs_to_job: bool) -> Result<Option<Self>, ProgramError> {
        let runs_for = annotation(RUNS_FOR).map(|text| go::duration(text).ok_or_else(|| ProgramError::RunsFor(text.to_owned())));
        let read_code = |text: &str| text.parse::<u8>().map(i32::from).map_err(|_| ProgramError::ExitCode(text.to_owned()));
        let exit_code = annotation(EXIT_CODE).map(read_code);
        let (runs_for, exit_code) = (runs_for.transpose()?, exit_code.transpose()?);
        let ends = belongs_to_job || runs_for.is_some() || exit_code.is_some();
        Ok(ends.then(|| Self { runs_for: runs_for.unwrap_or(USUAL), exit_code: exit_code.unwrap_or(0) }))
    }

    /// What the pod says of its program.
    pub(super) fn of(pod: &Pod) -> Result<Option<Self>, ProgramError> {
        let annotation = |name: &str| pod.metadata.annotations.as_ref()?.get(name).map(String::as_str);
        let controller = pod.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
        Self::read(annotation, controller.is_some_and(|owner| owner.kind == "Job"))
    }

    /// How long containers that started then run from now on.
    pub(super) fn remaining(self, started: Timestamp, now: Timestamp) -> Duration {
        self.runs_for.saturating_sub(Duration::try_from(now.duration_since(started)).unwrap_or_default())
    }

    /// The pause after which its containers are started again in their pod, if they are.
    pub(super) fn starts_again(self, pod: &Pod, restarts: u32) -> Option<Duration> {
        let again = match pod.spec.as_ref().and_then(|spec| spec.restart_policy.as_deref()) {
            Some("Never") => false,
            Some("OnFailure") => self.exit_code != 0,
            _ => true,
        };
        again.then(|| match restarts.checked_sub(1) {
            Some(doubled) if self.runs_for < FORGOTTEN => FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_PAUSE),
            _ => Duration::ZERO,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn program(annotations: &[(&str, &'static str)], of_job: bool) -> Result<Option<(u64, i32)>, ProgramError> {
        let annotation = |name: &str| annotations.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        Program::read(annotation, of_job).map(|read| read.map(|program| (program.runs_for.as_secs(), program.exit_code)))
    }

    #[test]
    fn what_says_nothing_runs_for_ever_unless_it_belongs_to_a_job() {
        assert_eq!(program(&[], false), Ok(None));
        assert_eq!(program(&[], true), Ok(Some((10, 0))));
        assert_eq!(program(&[(RUNS_FOR, "1m30s")], false), Ok(Some((90, 0))));
        assert_eq!(program(&[(EXIT_CODE, "3")], false), Ok(Some((10, 3))));
        assert_eq!(program(&[(RUNS_FOR, "soon")], true), Err(ProgramError::RunsFor("soon".to_owned())));
        assert_eq!(program(&[(EXIT_CODE, "256")], true), Err(ProgramError::ExitCode("256".to_owned())));
    }

    #[test]
    fn containers_start_again_at_once_and_then_ever_later() {
        let pod = |policy: &str| serde_json::from_value::<Pod>(json!({"spec": {"restartPolicy": policy, "containers": []}})).unwrap();
        let (fails, ends) = (Program { runs_for: USUAL, exit_code: 1 }, Program { runs_for: USUAL, exit_code: 0 });
        let pauses = |program: Program, policy| {
            [0, 1, 2, 3, 9].map(|restarts| program.starts_again(&pod(policy), restarts).map(|pause| pause.as_secs()))
        };
        assert_eq!(pauses(fails, "OnFailure"), [0, 10, 20, 40, 300].map(Some));
        assert_eq!(pauses(ends, "Always"), [0, 10, 20, 40, 300].map(Some));
        assert_eq!(pauses(ends, "OnFailure"), [None; 5]);
        assert_eq!(pauses(fails, "Never"), [None; 5]);
    }
}
