//! The calls, made by `vsphere_client`: one client, one session for one vCenter.
//!
//! | what | calls |
//! | --- | --- |
//! | a machine by uuid or name | `FindAllByUuid` or `FindAllByDnsName`, one for each configured datacenter, one when there is none |
//! | machines, states | one `RetrievePropertiesEx`, however many there are |
//! | chains | one `RetrievePropertiesEx` for all three |
//! | tags | one REST call, one more for each tag and category not seen in the last minute |
//! | the proof of sight | one `HasUserPrivilegeOnEntities` |
//!
//! The configured datacenters are looked up once by one `RetrievePropertiesEx`, and again when one of them is gone.

mod datacenters;
mod machines;
mod parents;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use driver_host::{Host, HostError, HttpService, Peer, authority};
use vsphere_client::{ClientError, ClientOptions, Credentials, RetryBudget, VsphereClient};
use vsphere_types::request::{FindAllByDnsName, FindAllByUuid};
use vsphere_types::{MoRef, Request};

use super::{Chains, Machine, MachineState, Tag, VCenterError};
use crate::behaviours::Behaviours;
use crate::config::VCenterConfig;
use crate::credentials::Accounts;

/// What proves that an account sees an entity: without the first it is not found, without the second it tells nothing.
const SIGHT: [&str; 2] = ["System.View", "System.Read"];

/// A vCenter behind a client.
pub(crate) struct ClientVCenter {
    make: Box<dyn Fn(Credentials) -> VsphereClient + Send + Sync>,
    accounts: Arc<Accounts>,
    client: Mutex<Option<(Credentials, VsphereClient)>>,
    /// Names or paths; empty means all.
    datacenters: Vec<String>,
    found_datacenters: Mutex<Option<Vec<MoRef>>>,
    keep_one_session: bool,
}

impl ClientVCenter {
    /// The vCenter of a configuration. Nothing is sent before the first call.
    pub(crate) async fn connect(
        host: &Arc<dyn Host>,
        config: &VCenterConfig,
        accounts: Arc<Accounts>,
        limit: Duration,
        behaviours: Behaviours,
    ) -> Result<Self, HostError> {
        let peer = Peer::VCenter { host: config.server.clone(), port: config.port, trust: config.trust.clone() };
        let service = host.connect(&peer).await?;
        Ok(Self {
            make: maker(host, service, config, limit, behaviours),
            accounts,
            client: Mutex::new(None),
            datacenters: config.datacenters.clone(),
            found_datacenters: Mutex::new(None),
            keep_one_session: behaviours.keep_one_session,
        })
    }

    /// The client; one with the account's present password.
    async fn client(&self) -> Result<VsphereClient, VCenterError> {
        let credentials = self.accounts.present().await?;
        if !self.keep_one_session {
            return Ok((self.make)(credentials));
        }
        let mut held = self.client.lock().expect("no holder of the client panics");
        match held.as_ref() {
            Some((known, client)) if *known == credentials => Ok(client.clone()),
            _ => {
                let client = (self.make)(credentials.clone());
                *held = Some((credentials, client.clone()));
                Ok(client)
            }
        }
    }

    /// Runs `call`; once more when the account was refused and its Secret holds another password by now, or when the
    /// session had ended in a way that only the properties told.
    async fn ask<T, F>(&self, call: impl Fn(VsphereClient) -> F) -> Result<T, VCenterError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let client = self.client().await?;
        let failure = match call(client.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let again = if failure.is_refused_login() {
            self.accounts.renew().await?
        } else if matches!(&failure, ClientError::Property { fault, .. } if fault.is_a("NotAuthenticated")) {
            // The session is gone already; whether vCenter says so again does not matter.
            let _ = client.logout().await;
            true
        } else {
            false
        };
        if !again {
            return Err(error(&failure));
        }
        call(self.client().await?).await.map_err(|failure| error(&failure))
    }

    /// Searches each datacenter that is to be searched; `ask` makes the request for one.
    async fn find<R: Request<Returns = Vec<MoRef>>>(&self, ask: impl Fn(Option<MoRef>) -> R) -> Result<Vec<MoRef>, VCenterError> {
        let mut found: Vec<MoRef> = Vec::new();
        for datacenter in self.searched().await? {
            let answer = self.ask(|client| search(client, ask(datacenter.clone()))).await;
            if answer.is_err() {
                // It may be gone, and another one there by its name.
                *self.found_datacenters.lock().expect("no holder of the datacenters panics") = None;
            }
            for machine in answer? {
                if !found.contains(&machine) {
                    found.push(machine);
                }
            }
        }
        Ok(found)
    }

    /// The datacenters that are searched one by one; one `None` for everything at once.
    async fn searched(&self) -> Result<Vec<Option<MoRef>>, VCenterError> {
        if self.datacenters.is_empty() {
            return Ok(vec![None]);
        }
        let known = self.found_datacenters.lock().expect("no holder of the datacenters panics").clone();
        let found = match known {
            Some(found) => found,
            None => {
                let all = self.ask(datacenters::all).await?;
                let found = datacenters::configured(&self.datacenters, &all)?;
                *self.found_datacenters.lock().expect("no holder of the datacenters panics") = Some(found.clone());
                found
            }
        };
        Ok(found.into_iter().map(Some).collect())
    }
}

/// How clients are made; the controller's own patience takes the place of the client's.
fn maker(
    host: &Arc<dyn Host>,
    service: HttpService,
    config: &VCenterConfig,
    limit: Duration,
    behaviours: Behaviours,
) -> Box<dyn Fn(Credentials) -> VsphereClient + Send + Sync> {
    let (random, spawn) = (Arc::clone(host), Arc::clone(host));
    let agent = format!("vsphere-cloud-controller-manager/{}", env!("CARGO_PKG_VERSION"));
    let mut options = ClientOptions::new(agent, Arc::new(move || random.random()), Arc::new(move |name, task| spawn.spawn(name, task)));
    options.retry = RetryBudget { retries: 0, ..RetryBudget::default() };
    options.call_timeout = limit;
    options.hold_refused_logins = behaviours.hold_refused_logins;
    let authority = authority(&config.server, config.port);
    Box::new(move |credentials| VsphereClient::new(service.clone(), &authority, credentials, options.clone()))
}

/// From what the client says to what the controller decides by.
fn error(failure: &ClientError) -> VCenterError {
    let reason = failure.to_string();
    match failure {
        ClientError::Login { .. } => VCenterError::Login { reason },
        // In the words of the refusal: what changes from one try to the next is not told.
        ClientError::LoginHeld { reason, .. } => VCenterError::Login { reason: reason.clone() },
        _ if failure.fault().is_some() => VCenterError::Refused { reason },
        ClientError::Rest { status, .. } if status.as_u16() == 401 => VCenterError::Login { reason },
        ClientError::Rest { status, .. } if status.is_client_error() => VCenterError::Refused { reason },
        _ => VCenterError::NoAnswer { reason },
    }
}

async fn search<R: Request>(client: VsphereClient, request: R) -> Result<R::Returns, ClientError> {
    let operation = || R::METHOD.wire_name().to_owned();
    let index = client.service_content().await?.search_index;
    let index = index.ok_or_else(|| ClientError::Lacks { operation: operation(), what: "searchIndex".to_owned() })?;
    client.invoke(&index, request).await
}

/// The calls.
impl ClientVCenter {
    /// The machines of the configured datacenters with this BIOS uuid.
    pub(crate) async fn by_uuid(&self, uuid: &str) -> Result<Vec<MoRef>, VCenterError> {
        let ask = |datacenter| FindAllByUuid { datacenter, uuid: uuid.to_owned(), vm_search: true, instance_uuid: Some(false) };
        self.find(ask).await
    }

    /// The machines of the configured datacenters whose guest calls itself so.
    pub(crate) async fn by_host_name(&self, name: &str) -> Result<Vec<MoRef>, VCenterError> {
        self.find(|datacenter| FindAllByDnsName { datacenter, dns_name: name.to_owned(), vm_search: true }).await
    }

    /// Reads machines, all in one call; those that are gone are left out.
    pub(crate) async fn machines(&self, machines: &[MoRef]) -> Result<Vec<Machine>, VCenterError> {
        let found = self.ask(|client| machines::read(client, machines.to_vec(), machines::WHOLE)).await?;
        found.iter().map(machines::machine).collect::<Result<_, _>>().map_err(|failure| error(&failure))
    }

    /// Reads what changes from second to second, all in one call; machines that are gone are left out.
    pub(crate) async fn states(&self, machines: &[MoRef]) -> Result<Vec<MachineState>, VCenterError> {
        let found = self.ask(|client| machines::read(client, machines.to_vec(), machines::STATE)).await?;
        found.iter().map(machines::state).collect::<Result<_, _>>().map_err(|failure| error(&failure))
    }

    /// What is around a machine, in one call.
    pub(crate) async fn chains(&self, machine: &Machine) -> Result<Chains, VCenterError> {
        self.ask(|client| parents::chains(client, machine.clone())).await
    }

    /// The tags on each of these objects.
    pub(crate) async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError> {
        self.ask(|client| {
            let objects = objects.to_vec();
            async move { client.tags_on(&objects).await }
        })
        .await
    }

    /// Proves that the account sees what is searched: where it does not, finding nothing proves nothing.
    pub(crate) async fn sees_everything(&self) -> Result<(), VCenterError> {
        let searched: Vec<MoRef> = self.searched().await?.into_iter().flatten().collect();
        let unseen = self.ask(|client| datacenters::unseen(client, searched.clone(), SIGHT)).await?;
        unseen.map_or(Ok(()), |entity| Err(VCenterError::Blind { entity: entity.to_string() }))
    }

    /// Ends the session.
    pub(crate) async fn logout(&self) -> Result<(), VCenterError> {
        let held = self.client.lock().expect("no holder of the client panics").take();
        match held {
            Some((_, client)) => client.logout().await.map_err(|failure| error(&failure)),
            None => Ok(()),
        }
    }
}
