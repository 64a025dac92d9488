//! Records in the API server, written under its optimistic lock.

use async_trait::async_trait;
use kube::api::{Api, DeleteParams, ListParams, PostParams, Preconditions};
use kubernetes_client::{DefinitionError, ensure, is_conflict, is_missing, is_present_already};

use super::record::Record;
use super::resource::{CnsVolumeOperationRequest, VOLUME_LABEL, object_name};
use super::{Operations, StoreError};

/// Records as custom resources in one namespace.
#[derive(Clone)]
pub struct KubernetesOperations {
    api: Api<CnsVolumeOperationRequest>,
    namespace: String,
}

impl KubernetesOperations {
    /// Records in this namespace.
    pub fn new(client: kube::Client, namespace: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), namespace: namespace.to_owned() }
    }

    /// Sees to it that records can be kept.
    ///
    /// # Errors
    /// [`DefinitionError`] when the API server does not serve their resource within five minutes.
    pub async fn ensure(&self, client: &kube::Client) -> Result<(), DefinitionError> {
        ensure(client, &self.api).await
    }
}

fn failed(action: &'static str, name: &str, error: &kube::Error) -> StoreError {
    // Somebody else was faster.
    if is_conflict(error) || is_present_already(error) {
        return StoreError::Conflict { name: name.to_owned() };
    }
    StoreError::Failed { action, name: name.to_owned(), reason: error.to_string() }
}

#[async_trait]
impl Operations for KubernetesOperations {
    async fn find(&self, name: &str) -> Result<Option<Record>, StoreError> {
        let found = self.api.get_opt(&object_name(name)).await.map_err(|error| failed("read", name, &error))?;
        Ok(found.map(|object| object.record()))
    }

    async fn write(&self, record: &Record) -> Result<Record, StoreError> {
        let object = CnsVolumeOperationRequest::of(record, &self.namespace);
        let name = object_name(&record.name);
        let written = if record.version.is_none() {
            self.api.create(&PostParams::default(), &object).await
        } else {
            self.api.replace(&name, &PostParams::default(), &object).await
        };
        written.map(|object| object.record()).map_err(|error| failed("write", &record.name, &error))
    }

    async fn of_volume(&self, volume_id: &str) -> Result<Vec<Record>, StoreError> {
        let selected = ListParams::default().labels(&format!("{VOLUME_LABEL}={volume_id}"));
        let found = self.api.list(&selected).await.map_err(|error| failed("list", volume_id, &error))?;
        Ok(found.items.iter().map(CnsVolumeOperationRequest::record).collect())
    }

    async fn list(&self) -> Result<Vec<Record>, StoreError> {
        let found = self.api.list(&ListParams::default()).await.map_err(|error| failed("list", "all volumes", &error))?;
        Ok(found.items.iter().map(CnsVolumeOperationRequest::record).collect())
    }

    async fn remove(&self, record: &Record) -> Result<(), StoreError> {
        let preconditions = Preconditions { resource_version: record.version.clone(), uid: None };
        let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        match self.api.delete(&object_name(&record.name), &parameters).await {
            Ok(_) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(failed("remove", &record.name, &error)),
        }
    }
}
