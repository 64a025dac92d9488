//! CreateVolume: a block volume, blank or of a snapshot, in one of the places that the request allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use csi_api::v1::{CreateVolumeRequest, CreateVolumeResponse, Topology, Volume};
use futures::FutureExt;
use tonic::Status;

use super::creation::{CreateError, Creation, TargetOf, Wanted, cns_name};
use super::modify_volume::key_provider;
use super::parameters::{Parameters, RECRYPT_BEFORE_ATTACH, parameters};
use super::placement::{Crowd, Demand, PlacementError, Search, terms};
use super::size::size;
use super::snapshots::Restored;
use super::{Controller, capabilities};
use crate::names::DISK_TYPE;
use crate::operations::{OperationStatus, Record};
use crate::pool::Member;
use crate::status;
use crate::topology::{KEPT, Segments};

const MIB: i64 = 1024 * 1024;

impl Controller {
    /// Creates the volume, or finds that it is created.
    pub(super) async fn create(&self, request: &CreateVolumeRequest) -> Result<CreateVolumeResponse, Status> {
        if request.name.is_empty() {
            return Err(Status::invalid_argument("name must be given"));
        }
        let problem = capabilities::first_problem(&request.volume_capabilities);
        if let Some(problem) = problem.filter(|_| self.shared.behaviours.refuse_what_no_node_can_do) {
            return Err(Status::invalid_argument(problem));
        }
        let mut size = size(request.capacity_range.as_ref())?;
        if !self.shared.behaviours.round_sizes_up {
            size.mebibytes = (size.range.0 / MIB).max(1);
        }
        let parameters = parameters(&request.parameters)?;
        let restored = self.restored(request).await?;
        let (size, datastore_url) = match &restored {
            Some(restored) => {
                (restored.size(request, size, self.shared.behaviours)?, Some(restored.datastore(parameters.datastore_url.as_deref())?))
            }
            None => (size, parameters.datastore_url.clone()),
        };
        let demand = Demand {
            terms: terms(request.accessibility_requirements.as_ref(), self.shared.views.categories())?,
            datastore_url,
            policy: parameters.policy.clone(),
        };
        let key_provider = key_provider(&request.mutable_parameters)?;
        if let (Some(provider), None) = (&key_provider, &demand.policy) {
            return Err(Status::invalid_argument(format!(
                "key provider {provider} is asked for and no encryption: name a storage policy that encrypts, with storagepolicyname in the StorageClass"
            )));
        }
        let source = restored.as_ref().map(|restored| restored.id.clone());
        let wanted = Wanted { name: request.name.clone(), capacity_mb: size.mebibytes, bytes: size.range, key_provider, source };
        let (vcenter, made) = self.made(&wanted, &demand, restored.as_ref()).await.map_err(|error| status::of_create(&error))?;
        self.shared.pool.remember(&made.id, &vcenter);
        let line = format!("volume {} of {} is on {} with {} MiB", made.id, wanted.name, made.datastore_url, made.capacity_mb);
        self.log(&format!("{line} in {}", vcenter.host()));
        let accessible_topology = self.accessible_topology(&vcenter, &made, &demand).await?;
        Ok(CreateVolumeResponse { volume: Some(answer(made, parameters, accessible_topology, restored)) })
    }

    /// The volume, and the vCenter that has it.
    async fn made(
        &self,
        wanted: &Wanted,
        demand: &Demand,
        restored: Option<&Restored>,
    ) -> Result<(Member, crate::vcenter::Volume), CreateError> {
        let record = if self.shared.behaviours.record_operation_first { self.shared.operations.find(&wanted.name).await? } else { None };
        match self.begun_at(wanted, record.as_ref()).await? {
            Some(vcenter) => self.made_at(vcenter, wanted, demand, record).await,
            None => match restored {
                // A snapshot is nowhere but in its own vCenter.
                Some(restored) => self.made_at(Arc::clone(&restored.vcenter), wanted, demand, record).await,
                None => self.made_somewhere(wanted, demand, record).await,
            },
        }
    }

    /// The vCenter at which the create was begun, when it was begun and has not failed.
    async fn begun_at(&self, wanted: &Wanted, record: Option<&Record>) -> Result<Option<Member>, CreateError> {
        let Some(operation) = record.and_then(Record::operation) else { return Ok(None) };
        if operation.status == OperationStatus::Error || !self.shared.behaviours.resume_where_it_began {
            return Ok(None);
        }
        let pool = &self.shared.pool;
        if !operation.vcenter.is_empty() {
            let other = || CreateError::OtherVCenter { name: wanted.name.clone(), vcenter: operation.vcenter.clone() };
            return pool.named(&operation.vcenter).cloned().ok_or_else(other).map(Some);
        }
        // Drivers of old wrote no vCenter: where there are several, the volume itself tells.
        if let Some(only) = pool.only() {
            return Ok(Some(Arc::clone(only)));
        }
        let name = cns_name(&wanted.name);
        let what = format!("volume {name}");
        let found = pool.find(&what, move |member| {
            let name = name.clone();
            async move { Ok(member.volumes_by_name(&name).await?.into_iter().next()) }.boxed()
        });
        let found = found.await.map_err(CreateError::Unanswered)?;
        Ok(found.map(|(member, _)| member))
    }

    /// A create that was begun goes on where it was begun.
    async fn made_at(
        &self,
        vcenter: Member,
        wanted: &Wanted,
        demand: &Demand,
        record: Option<Record>,
    ) -> Result<(Member, crate::vcenter::Volume), CreateError> {
        let target = || {
            let vcenter = &vcenter;
            async move { self.search(demand).await?.at(vcenter).await }.boxed()
        };
        let volume = self.creation(&vcenter, &target).create_from(wanted, record).await?;
        Ok((Arc::clone(&vcenter), volume))
    }

    /// A new create goes to the first place that takes it.
    async fn made_somewhere(
        &self,
        wanted: &Wanted,
        demand: &Demand,
        mut record: Option<Record>,
    ) -> Result<(Member, crate::vcenter::Volume), CreateError> {
        let mut search = self.search(demand).await?;
        let mut refused = None;
        while let Some(candidate) = search.next().await {
            let target = || {
                let target = candidate.target.clone();
                async move { Ok(target) }.boxed()
            };
            let creation = self.creation(&candidate.vcenter, &target);
            let outcome = if self.shared.behaviours.record_operation_first {
                creation.create_from(wanted, record.take()).await
            } else {
                creation.create(wanted).await
            };
            match outcome {
                Ok(volume) => return Ok((candidate.vcenter, volume)),
                Err(error) if error.may_go_elsewhere() => {
                    self.log(&format!("{} did not take volume {}: {error}", candidate.vcenter.host(), wanted.name));
                    refused = Some(error);
                    record = self.shared.operations.find(&wanted.name).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| search.error().into()))
    }

    /// A search for a place. Without zones a volume goes where all nodes reach it.
    async fn search<'a>(&'a self, demand: &'a Demand) -> Result<Search<'a>, PlacementError> {
        let shared = &self.shared;
        let zoned = !shared.views.categories().is_empty();
        let common = match shared.pool.only().filter(|_| !zoned && shared.behaviours.shared_by_all_nodes) {
            Some(only) => Some(self.crowd().hosts(&**only).await?).filter(|hosts| !hosts.is_empty()),
            None => None,
        };
        Ok(Search::new(&shared.pool, &shared.views, shared.behaviours, demand, Some(self.crowd()), common))
    }

    fn crowd(&self) -> Crowd<'_> {
        let shared = &self.shared;
        Crowd { nodes: &*shared.nodes, machines: &shared.machines, views: &shared.views }
    }

    fn creation<'a>(&'a self, vcenter: &'a Member, target: &'a TargetOf<'a>) -> Creation<'a> {
        let shared = &self.shared;
        let (operations, host) = (&*shared.operations, &*shared.host);
        Creation { vcenter: &**vcenter, target, operations, host, behaviours: shared.behaviours, in_doubt: &shared.in_doubt }
    }

    /// From where the volume can be reached: the segments all of whose hosts mount the datastore on which it really is, or all
    /// those that nodes are on.
    async fn accessible_topology(&self, vcenter: &Member, made: &crate::vcenter::Volume, demand: &Demand) -> Result<Vec<Topology>, Status> {
        let views = &self.shared.views;
        if views.categories().is_empty() {
            return Ok(Vec::new());
        }
        let topology = |segments| Topology { segments };
        if !self.shared.behaviours.respect_topology {
            return Ok(demand.terms.first().cloned().map(topology).into_iter().collect());
        }
        let of = |error| status::of_vcenter(&error);
        let datastores = vcenter.datastores().await.map_err(of)?;
        let Some(datastore) = datastores.into_iter().find(|datastore| datastore.url == made.datastore_url) else {
            let text = format!("volume {} lies on {}, which is in none of the configured datacenters", made.id, made.datastore_url);
            return Err(Status::failed_precondition(text));
        };
        let view = views.view(&**vcenter, KEPT).await.map_err(of)?;
        let mut segments = view.segments_of_datastore(&datastore.reference, None);
        let asked = |segments: &Segments| demand.terms.iter().any(|term| term.iter().all(|(key, value)| segments.get(key) == Some(value)));
        let elsewhere = !demand.terms.is_empty() && !segments.iter().any(asked);
        if elsewhere && self.shared.behaviours.zones_need_what_their_nodes_need {
            // Not all hosts of the place that was asked for mount it, but those that nodes are on do.
            let bearing = self.crowd().hosts(&**vcenter).await.map_err(|error| error.status())?;
            let more = view.segments_of_datastore(&datastore.reference, Some(&bearing));
            segments = segments.into_iter().chain(more).collect::<BTreeSet<_>>().into_iter().collect();
        }
        if segments.is_empty() {
            // An answer without topology would say that every node reaches the volume.
            let text =
                format!("volume {} lies on {}, which no segment's hosts all mount; mount it on each of them", made.id, datastore.name);
            return Err(Status::unavailable(text));
        }
        Ok(segments.into_iter().map(topology).collect())
    }
}

fn answer(made: crate::vcenter::Volume, parameters: Parameters, accessible_topology: Vec<Topology>, restored: Option<Restored>) -> Volume {
    let mut volume_context = BTreeMap::from([("type".to_owned(), DISK_TYPE.to_owned())]);
    if let Some(fs_type) = parameters.fs_type {
        volume_context.insert("fstype".to_owned(), fs_type);
    }
    if parameters.recrypt_before_attach {
        volume_context.insert(RECRYPT_BEFORE_ATTACH.to_owned(), "true".to_owned());
    }
    Volume {
        capacity_bytes: made.capacity_mb.saturating_mul(MIB),
        volume_id: made.id,
        volume_context,
        content_source: restored.map(|restored| restored.named),
        accessible_topology,
    }
}
