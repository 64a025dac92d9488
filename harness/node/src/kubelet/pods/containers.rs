//! Starting and stopping a pod's containers.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Container as ContainerSpec, Pod};
use kube::ResourceExt;
use seatrial_seed::Generator;

use crate::kubelet::core::Core;
use crate::kubelet::volumes::PodVolume;
use crate::machine::{Container, ContainerMount, Sandbox};

/// Starts the containers, which takes a seeded time.
pub(super) async fn start(core: &Core, pod: &Pod, pod_uid: &str, volumes: &[PodVolume], draws: &mut Generator) -> Sandbox {
    let (least, most) = core.config.timings.container_start;
    tokio::time::sleep(draws.between(least, most)).await;
    let specs = pod.spec.iter().flat_map(|spec| &spec.containers);
    let containers: BTreeMap<String, Container> = specs
        .map(|spec| {
            let id = format!("containerd://{}", draws.hex(64));
            (spec.name.clone(), Container { id, mounts: mounts_of(spec, pod_uid, volumes) })
        })
        .collect();
    let pod_ip = format!("10.{}.{}.{}", 64 + draws.below(64), draws.below(256), 1 + draws.below(254));
    let sandbox = Sandbox {
        namespace: pod.namespace().unwrap_or_default(),
        name: pod.name_any(),
        pod_ip,
        started_at: core.process.clock().calendar(),
        stopped_at: None,
        containers,
        restarts: 0,
    };
    let runtime = core.machine().containers();
    runtime.start(pod_uid, sandbox.clone());
    // The runtime counts restarts, so what it holds is what is told.
    runtime.sandbox(pod_uid).unwrap_or(sandbox)
}

/// Starts containers that have ended again, in their pod; nothing if the pod is gone from the machine meanwhile.
pub(super) fn start_again(core: &Core, pod_uid: &str, draws: &mut Generator) -> Option<Sandbox> {
    core.machine().containers().restart(pod_uid, core.process.clock().calendar(), || format!("containerd://{}", draws.hex(64)))
}

/// Stops the containers: a seeded time after they were asked to, and at the latest when the grace is over.
pub(super) async fn stop(core: &Core, pod_uid: &str, grace: Duration, draws: &mut Generator) {
    let runtime = core.machine().containers();
    if runtime.sandbox(pod_uid).is_some_and(|sandbox| sandbox.stopped_at.is_none()) {
        let (least, most) = core.config.timings.container_stop;
        tokio::time::sleep(draws.between(least, most).min(grace)).await;
        runtime.stop(pod_uid, core.process.clock().calendar());
    }
}

/// What a container sees of the pod's volumes.
fn mounts_of(container: &ContainerSpec, pod_uid: &str, volumes: &[PodVolume]) -> Vec<ContainerMount> {
    let find = |name: &str| volumes.iter().find(|volume| volume.name == name);
    let mut mounts = Vec::new();
    for mount in container.volume_mounts.iter().flatten() {
        if let Some(volume) = find(&mount.name) {
            let published = volume.spec.identity.publish_path(pod_uid);
            let inside = mount.sub_path.as_deref().unwrap_or_default();
            mounts.push(ContainerMount {
                container_path: mount.mount_path.clone(),
                host_path: if inside.is_empty() { published } else { published.join(inside) },
                read_only: mount.read_only.unwrap_or(false) || volume.spec.read_only,
                device: false,
            });
        }
    }
    for device in container.volume_devices.iter().flatten() {
        if let Some(volume) = find(&device.name) {
            mounts.push(ContainerMount {
                container_path: device.device_path.clone(),
                host_path: volume.spec.identity.publish_path(pod_uid),
                read_only: volume.spec.read_only,
                device: true,
            });
        }
    }
    mounts
}
