//! What is asked of a container engine, over Docker's API with `testcontainers`: whether it answers, what an image says, a container of it.
//!
//! The engine is found as `testcontainers` finds it: `DOCKER_HOST`, else Docker's usual sockets; Podman's service speaks the same. Contexts of
//! Docker's command line are not known to it.
//!
//! A caller's time may be a world's and its network too, so all is done on a thread apart, in the time and the network of the process, while
//! the caller waits.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, mpsc};

use nix::sched::{CloneFlags, setns};
use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{ContainerSummary, ContainerSummaryStateEnum, ImageInspect};
use testcontainers::bollard::query_parameters::{InspectContainerOptions, ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};
use testcontainers::core::client::docker_client_instance;
use testcontainers::core::error::ClientError;
use testcontainers::core::{AccessMode, Mount};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};
use tokio::runtime::{Builder, Runtime};

use super::ContainerError;

/// The label of each container, with the process that it is kept for.
const LABEL: &str = "seatrial";
/// Where the program that holds lies in the container.
const HOLD: &str = "/.seatrial-hold";

/// The runtime whose thread speaks with engines.
static ASKING: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(1).thread_name("containers").on_thread_start(leave_the_world).enable_all().build()
});

/// The network that the process began with. Without the right to go there, engines are reached by their sockets' paths all the same.
fn leave_the_world() {
    if let Ok(network) = File::open("/proc/self/ns/net") {
        let _ = setns(network, CloneFlags::CLONE_NEWNET);
    }
}

/// Has something asked, and waits for what comes of it.
pub(super) fn ask<T: Send + 'static>(question: impl Future<Output = T> + Send + 'static) -> Result<T, ContainerError> {
    let runtime = ASKING.as_ref().map_err(|error| ContainerError::NoThread { kind: error.kind() })?;
    let (tell, told) = mpsc::channel();
    runtime.spawn(async move { tell.send(question.await) });
    told.recv().map_err(|mpsc::RecvError| ContainerError::NoThread { kind: io::ErrorKind::BrokenPipe })
}

/// The engine, once it answers.
pub(super) async fn engine(image: &str) -> Result<Docker, ContainerError> {
    let failed = |source: ClientError| ContainerError::NoEngine { image: image.to_owned(), source: Box::new(source.into()) };
    let engine = docker_client_instance().await.map_err(failed)?;
    engine.ping().await.map_err(|error| failed(ClientError::Init(error)))?;
    sweep(&engine).await;
    Ok(engine)
}

/// What an image that is there says of itself.
pub(super) async fn look(engine: &Docker, image: &str) -> Result<ImageInspect, ContainerError> {
    engine.inspect_image(image).await.map_err(|source| ContainerError::Look { image: image.to_owned(), source: Box::new(source) })
}

/// A container of an image by its digest, so that nothing is pulled; it sees `world` at its own path, and runs what holds it.
pub(super) async fn start(image: &str, digest: &str, world: &Path, program: &Path) -> Result<ContainerAsync<GenericImage>, ContainerError> {
    let (algorithm, digest) = digest.split_once(':').unwrap_or(("sha256", digest));
    let seen = Mount::bind_mount(world.display().to_string(), world.display().to_string());
    let held = Mount::bind_mount(program.display().to_string(), HOLD).with_access_mode(AccessMode::ReadOnly);
    let container =
        GenericImage::new(algorithm, digest).with_entrypoint(HOLD).with_user("0").with_label(LABEL, std::process::id().to_string());
    let container = container.with_mount(seen).with_mount(held).with_host_config_modifier(|host| {
        host.auto_remove = Some(true);
        host.network_mode = Some("none".to_owned());
        host.publish_all_ports = Some(false);
        host.pid_mode = Some("host".to_owned());
    });
    container.start().await.map_err(|source| ContainerError::Start { image: image.to_owned(), source: Box::new(source) })
}

/// The number of the process that a container runs, as this machine counts.
pub(super) async fn process(engine: &Docker, image: &str, container: &str) -> Result<u32, ContainerError> {
    let told = engine.inspect_container(container, None::<InspectContainerOptions>).await;
    let told = told.map_err(|source| ContainerError::Look { image: image.to_owned(), source: Box::new(source) })?;
    let process = told.state.and_then(|state| state.pid).and_then(|process| u32::try_from(process).ok());
    process.filter(|process| *process != 0).ok_or_else(|| ContainerError::NoProcess { image: image.to_owned() })
}

/// Once in a process: removes containers that were made and never started, since the process that made them was killed in between. One that
/// runs ends by itself.
async fn sweep(engine: &Docker) {
    static SWEPT: AtomicBool = AtomicBool::new(false);
    if SWEPT.swap(true, Ordering::Relaxed) {
        return;
    }
    let ours = [("label", vec![LABEL]), ("status", vec!["created"])].into_iter().collect();
    let list = ListContainersOptionsBuilder::new().all(true).filters(&ours).build();
    // What cannot be listed or removed is no harm to this run.
    for container in engine.list_containers(Some(list)).await.unwrap_or_default() {
        if let Some(id) = container.id.as_deref().filter(|_| is_nobodys(&container)) {
            let _ = engine.remove_container(id, Some(RemoveContainerOptionsBuilder::new().force(true).build())).await;
        }
    }
}

fn is_nobodys(container: &ContainerSummary) -> bool {
    let owner = container.labels.as_ref().and_then(|labels| labels.get(LABEL));
    container.state == Some(ContainerSummaryStateEnum::CREATED) && owner.is_some_and(|process| !Path::new("/proc").join(process).exists())
}
