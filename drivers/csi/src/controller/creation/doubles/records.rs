//! The double's record store and host, in front of which the controller may die.

use std::sync::Arc;

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Peer, Task};
use jiff::{SignedDuration, Timestamp};

use super::{Crash, TestWorld};
use crate::operations::{Operations, Record, StoreError};

#[async_trait]
impl Operations for TestWorld {
    async fn find(&self, name: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.script().records.iter().find(|record| record.name == name).cloned())
    }

    async fn write(&self, record: &Record) -> Result<Record, StoreError> {
        let (before, after) = match record.operation() {
            Some(operation) if record.volume_id.is_some() && operation.task_id.is_some() => (Crash::Never, Crash::AfterTheResultIsRecorded),
            Some(operation) if operation.task_id.is_some() => (Crash::AfterTheAnswer, Crash::AfterTheTaskIsRecorded),
            _ => (Crash::BeforeTheIntentIsWritten, Crash::AfterTheIntentIsWritten),
        };
        if before != Crash::Never {
            self.border(before).await;
        }
        let written = {
            let mut script = self.script();
            script.writes += 1;
            let mut written = record.clone();
            written.version = Some(script.writes.to_string());
            let known = script.records.iter().position(|known| known.name == record.name);
            match known {
                Some(at) if script.records[at].version == record.version => script.records[at] = written.clone(),
                None if record.version.is_none() => script.records.push(written.clone()),
                _ => return Err(StoreError::Conflict { name: record.name.clone() }),
            }
            written
        };
        self.border(after).await;
        Ok(written)
    }

    async fn of_volume(&self, volume_id: &str) -> Result<Vec<Record>, StoreError> {
        Ok(self.script().records.iter().filter(|record| record.volume_id.as_deref() == Some(volume_id)).cloned().collect())
    }

    async fn list(&self) -> Result<Vec<Record>, StoreError> {
        Ok(self.script().records.clone())
    }

    async fn remove(&self, record: &Record) -> Result<(), StoreError> {
        self.script().records.retain(|known| known.name != record.name);
        Ok(())
    }
}

#[async_trait]
impl Host for TestWorld {
    fn calendar(&self) -> Timestamp {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a timestamp");
        start + SignedDuration::try_from(self.started.elapsed()).expect("tests are short")
    }

    fn random(&self) -> u64 {
        7
    }

    #[allow(clippy::disallowed_methods, reason = "the double's host is the one who spawns")]
    fn spawn(&self, _name: &str, task: Task) {
        tokio::spawn(task);
    }

    fn log(&self, line: &str) {
        self.script().log.push(line.to_owned());
    }

    fn read_file(&self, path: &std::path::Path) -> Result<Vec<u8>, HostError> {
        Err(HostError::Absent { path: path.display().to_string() })
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        Err(HostError::Connect { peer: format!("{peer:?}"), reason: "there is nothing here".into() })
    }

    async fn listen(&self, endpoint: &str, _routes: tonic::service::Routes) -> Result<(), HostError> {
        Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "nobody calls here".into() })
    }

    fn machine(&self) -> Arc<dyn driver_host::Machine> {
        unreachable!("a controller touches no machine")
    }
}
