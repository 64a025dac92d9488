//! Mounting: wait for the attachment, stage, publish, give it to the pod's group.

use std::collections::BTreeMap;
use std::path::Path;

use csi_api::v1 as csi;
use driver_host::{Machine as _, MachineError};
use k8s_openapi::api::core::v1::{Secret, SecretReference};
use kube::api::Api;
use seatrial_kubernetes::client::{EventType, reason_of};

use super::attachment;
use super::growth::Growing;
use super::identity::VolumeSpec;
use super::ownership::give_to_group;
use super::state::{Failure, Mounted};
use crate::kubelet::core::Core;
use crate::kubelet::csi_client::{Abilities, CsiClient, CsiError};

/// The step at which mounting failed; events name it.
#[derive(Clone, Copy)]
enum Step {
    WaitForAttach,
    Stage,
    Publish,
    Grow,
}

impl Step {
    fn name(self, block: bool) -> &'static str {
        match (self, block) {
            (Self::WaitForAttach, false) => "MountVolume.WaitForAttach",
            (Self::Stage, false) => "MountVolume.MountDevice",
            (Self::Publish, false) => "MountVolume.SetUp",
            (Self::Grow, false) => "MountVolume.Setup failed while expanding volume",
            (Self::Grow, true) => "MapVolume.MarkVolumeAsMounted failed while expanding volume",
            (Self::WaitForAttach, true) => "MapVolume.WaitForAttach",
            (Self::Stage, true) => "MapVolume.SetUpDevice",
            (Self::Publish, true) => "MapVolume.MapPodDevice",
        }
    }
}

/// One mount operation.
struct Mounting<'a> {
    core: &'a Core,
    spec: &'a VolumeSpec,
    pod_uid: &'a str,
    client: CsiClient,
    abilities: Abilities,
    publish_context: BTreeMap<String, String>,
}

/// Stages the volume unless it is `staged`, and publishes it for the pod.
pub(super) async fn mount(core: &Core, spec: &VolumeSpec, pod_uid: &str, staged: bool) -> Result<(), Failure> {
    let step_failed = |step: Step, text: String| failure(core, spec, pod_uid, step, &text);
    let client = core.plugin(&spec.identity.driver).map_err(|text| step_failed(Step::Stage, text))?;
    let mut publish_context = BTreeMap::new();
    if spec.identity.needs_attachment() {
        publish_context = attachment::wait_for(core, &spec.identity).await.map_err(|text| step_failed(Step::WaitForAttach, text))?;
    }
    let abilities = client.abilities().await.map_err(|error| step_failed(Step::Stage, error.to_string()))?;
    let mounting = Mounting { core, spec, pod_uid, client, abilities, publish_context };
    if !staged {
        mounting.stage().await.map_err(|text| step_failed(Step::Stage, text))?;
    }
    mounting.publish().await.map_err(|text| step_failed(Step::Publish, text))?;
    // One that could not be given to its group is mounted, and the pod must not have it as it is.
    give_to_group(core, spec, pod_uid, mounting.abilities).map_err(|text| step_failed(Step::Publish, text))?;
    if let Err(text) = mounting.grow().await {
        // It is mounted, and the pod must not have it as it is.
        core.volumes.change(|state| state.published(&spec.identity, pod_uid, Mounted::Uncertain));
        return Err(step_failed(Step::Grow, text));
    }
    core.volumes.change(|state| state.published(&spec.identity, pod_uid, Mounted::Yes));
    if spec.identity.block {
        mounting.report_of_device();
    }
    Ok(())
}

/// The failure of a step, told in an event on the pod.
fn failure(core: &Core, spec: &VolumeSpec, pod_uid: &str, step: Step, text: &str) -> Failure {
    let verb = if matches!(step, Step::Grow) { "" } else { " failed" };
    let message = format!("{}{verb} for volume \"{}\" : {text}", step.name(spec.identity.block), spec.identity.pv_name);
    let reason = if spec.identity.block { "FailedMapVolume" } else { "FailedMount" };
    core.pod_event(pod_uid, EventType::Warning, reason, &message);
    let pod = matches!(step, Step::Publish | Step::Grow).then(|| pod_uid.to_owned());
    Failure { key: (spec.identity.unique_name(), pod), message }
}

impl Mounting<'_> {
    async fn stage(&self) -> Result<(), String> {
        let (identity, volumes) = (&self.spec.identity, &self.core.volumes);
        if !self.abilities.stages {
            volumes.change(|state| state.staged(identity, Mounted::Yes));
            return Ok(());
        }
        let secrets = self.secrets(self.spec.stage_secret.as_ref()).await?;
        let (path, record) = (identity.staging_path(), identity.staging_record());
        self.core.write_record(&record, identity).map_err(|error| text_of(&error))?;
        self.core.machine().make_directory(&path).await.map_err(|error| text_of(&error))?;
        let request = csi::NodeStageVolumeRequest {
            volume_id: identity.volume_handle.clone(),
            publish_context: self.publish_context.clone(),
            staging_target_path: path.display().to_string(),
            volume_capability: Some(self.capability()),
            secrets,
            volume_context: self.spec.attributes.clone(),
        };
        match self.client.stage(request).await {
            Ok(()) => volumes.change(|state| state.staged(identity, Mounted::Yes)),
            Err(error) => {
                self.after_failed_call(&error, |state| state.staged(identity, Mounted::Uncertain));
                if !volumes.look(|state| state.may_be_staged(identity)) {
                    self.clean_up(&path, &record).await;
                }
                return Err(error.to_string());
            }
        }
        Ok(())
    }

    async fn publish(&self) -> Result<(), String> {
        let (identity, pod_uid) = (&self.spec.identity, self.pod_uid);
        let secrets = self.secrets(self.spec.publish_secret.as_ref()).await?;
        let (path, record) = (identity.publish_path(pod_uid), identity.publish_record(pod_uid));
        self.core.write_record(&record, identity).map_err(|error| text_of(&error))?;
        if let Some(above) = path.parent() {
            // The driver makes the target itself.
            self.core.machine().make_directory(above).await.map_err(|error| text_of(&error))?;
        }
        let mut volume_context = self.spec.attributes.clone();
        volume_context.extend(self.spec.pod_info.clone());
        let staging = self.abilities.stages.then(|| identity.staging_path().display().to_string());
        let request = csi::NodePublishVolumeRequest {
            volume_id: identity.volume_handle.clone(),
            publish_context: self.publish_context.clone(),
            staging_target_path: staging.unwrap_or_default(),
            target_path: path.display().to_string(),
            volume_capability: Some(self.capability()),
            readonly: self.spec.read_only,
            secrets,
            volume_context,
        };
        match self.client.publish(request).await {
            // The pod has it once it is as large as its claim is told to be.
            Ok(()) => self.core.volumes.change(|state| state.published(identity, pod_uid, Mounted::Uncertain)),
            Err(error) => {
                self.after_failed_call(&error, |state| state.published(identity, pod_uid, Mounted::Uncertain));
                if !self.core.volumes.look(|state| state.may_be_published(identity, pod_uid)) {
                    self.clean_up(&path, &record).await;
                }
                return Err(error.to_string());
            }
        }
        Ok(())
    }

    /// After a final error nothing has changed; after any other, teardown must undo what may have been done.
    fn after_failed_call(&self, error: &CsiError, uncertain: impl FnOnce(&mut super::State)) {
        if !error.is_final() {
            self.core.volumes.change(uncertain);
        }
    }

    /// Removes what was made for a call that did nothing. What is in the way stays for the next try: the call's error
    /// is the one to tell.
    async fn clean_up(&self, path: &Path, record: &Path) {
        drop(self.core.machine().remove(path).await);
        drop(self.core.forget_record(record));
    }

    /// Makes what lies on the volume as large as the volume, where it has grown while nobody used it.
    async fn grow(&self) -> Result<(), String> {
        let Self { core, spec, pod_uid, client, abilities, .. } = self;
        let growing = Growing { core, spec, pod_uid, client, abilities: *abilities, capacity: spec.capacity };
        growing.run().await
    }

    fn capability(&self) -> csi::VolumeCapability {
        capability(self.spec, self.spec.fs_group.filter(|_| self.abilities.mounts_for_group))
    }

    async fn secrets(&self, reference: Option<&SecretReference>) -> Result<BTreeMap<String, String>, String> {
        let Some(SecretReference { name: Some(name), namespace }) = reference else { return Ok(BTreeMap::new()) };
        let secrets: Api<Secret> = Api::namespaced(self.core.client.clone(), namespace.as_deref().unwrap_or("default"));
        let secret = secrets.get(name).await.map_err(|error| reason_of(&error))?;
        let data = secret.data.unwrap_or_default();
        Ok(data.into_iter().map(|(key, value)| (key, String::from_utf8_lossy(&value.0).into_owned())).collect())
    }

    fn report_of_device(&self) {
        let identity = &self.spec.identity;
        let (staging, publish) = (identity.staging_path(), identity.publish_record(self.pod_uid));
        for (kind, path) in [("globalMapPath", staging), ("volumeMapPath", publish)] {
            let text = format!("MapVolume.MapPodDevice succeeded for volume \"{}\" {kind} \"{}\"", identity.pv_name, path.display());
            self.core.pod_event(self.pod_uid, EventType::Normal, "SuccessfulMountVolume", &text);
        }
    }
}

/// How a pod uses a volume, in CSI's words.
pub(super) fn capability(spec: &VolumeSpec, group: Option<i64>) -> csi::VolumeCapability {
    use csi::volume_capability::access_mode::Mode;
    use csi::volume_capability::{AccessMode, AccessType, BlockVolume, MountVolume};
    let access_type = if spec.identity.block {
        AccessType::Block(BlockVolume {})
    } else {
        AccessType::Mount(MountVolume {
            fs_type: spec.fs_type.clone(),
            mount_flags: spec.mount_options.clone(),
            volume_mount_group: group.map(|group| group.to_string()).unwrap_or_default(),
        })
    };
    let mode = match spec.access_modes.first().map(String::as_str) {
        Some("ReadOnlyMany") => Mode::MultiNodeReaderOnly,
        Some("ReadWriteMany") => Mode::MultiNodeMultiWriter,
        _ => Mode::SingleNodeWriter,
    };
    csi::VolumeCapability { access_type: Some(access_type), access_mode: Some(AccessMode { mode: mode.into() }) }
}

fn text_of(error: &MachineError) -> String {
    error.to_string()
}
