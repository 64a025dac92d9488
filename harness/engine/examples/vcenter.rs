//! A fake vCenter on loopback TLS, in wall time, for govc, pyVmomi and the like.
//!
//! ```console
//! $ cargo run --release -p seatrial-engine --example vcenter -- 8443
//! $ export GOVC_URL=https://administrator@vsphere.local:seatrial@127.0.0.1:8443/sdk GOVC_INSECURE=true
//! $ govc about
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use driver_host::Host;
use driver_host::os::OperatingSystem;
use fake_vcenter_server::VCenter;
use fake_vcenter_world::WorldConfig;
use seatrial_journal::{Journal, Seed};
use seatrial_wires::{Certificate, Progress, VirtualClock, serve_tls};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_else(|| "8443".to_owned()).parse()?;
    // Under a clock that is not paused this is wall time.
    let clock = Arc::new(VirtualClock::start(Progress::default()));
    let vcenter = VCenter::new(WorldConfig::small("vc-a", 3, 3), Seed::new(1), clock.clone(), Journal::new(clock));
    OperatingSystem::default().spawn("tasks", Box::pin(Arc::clone(&vcenter).run()));
    let certificate = Certificate::self_signed(&["localhost", "127.0.0.1"])?;
    let server = serve_tls(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), certificate, vcenter.http_service()).await?;
    println!("export GOVC_URL=https://administrator@vsphere.local:seatrial@{}/sdk GOVC_INSECURE=true", server.address);
    std::future::pending().await
}
