//! Services of the appliance that can be stopped, and what each endpoint answers then.
//!
//! Modelled: what vCenter's proxy says for a service that is not there, and what CNS and vpxd say for one that they
//! need. Not modelled: services that take their time to start, dependencies between starts.

use vsphere_types::Fault;

use crate::fault;
use crate::state::Service;
use crate::world::World;

/// Where clients knock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/sdk`
    Vim,
    /// `/vsanHealth`
    Cns,
    /// `/pbm`
    Pbm,
    /// `/vslm/sdk`
    Vslm,
    /// `/rest` and `/api`
    Rest,
}

/// Why an endpoint does not carry out calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Outage {
    /// The proxy answers status 503 with this text, which is no SOAP.
    Proxy(&'static str),
    /// The service is there and answers each call with this fault.
    Faulty(Fault),
}

/// What envoy says, the proxy since 7.0 U2, when nobody listens behind it.
const NO_UPSTREAM: &str = "no healthy upstream";

impl World {
    /// Whether a service runs.
    pub fn runs_service(&self, service: Service) -> bool {
        self.parts.state.services.get(&service).copied().unwrap_or(true)
    }

    /// Why an endpoint does not carry out calls, if it does not.
    pub fn outage(&self, endpoint: Endpoint) -> Option<Outage> {
        let down = |service| !self.runs_service(service);
        let service = match endpoint {
            Endpoint::Vim => Service::Vpxd,
            Endpoint::Cns => Service::VsanHealth,
            // The catalogue of first class disks is kept by the service of storage policies (unverified).
            Endpoint::Pbm | Endpoint::Vslm => Service::Sps,
            Endpoint::Rest => Service::Vapi,
        };
        if down(service) {
            return Some(Outage::Proxy(if service == Service::VsanHealth { "503 Service Unavailable" } else { NO_UPSTREAM }));
        }
        if endpoint == Endpoint::Cns && down(Service::Vpxd) {
            let reason = "CNS: Failed to initialize FcdService :Connection refused: The remote service is not running, OR is overloaded, \
                          OR a firewall is rejecting connections";
            return Some(Outage::Faulty(fault::cns(reason)));
        }
        None
    }
}

/// What has a policy needs the service of policies.
pub fn policies_must_answer(world: &World, callback: &str) -> Result<(), Fault> {
    if world.runs_service(Service::Sps) {
        return Ok(());
    }
    Err(fault::system_error(&format!("PBM error occurred during {callback}: Connection refused")))
}
