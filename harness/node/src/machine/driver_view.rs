//! The machine as a driver sees it: [`driver_host::Machine`].

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use driver_host::{Machine, MachineError, Mount, MountRequest};

use super::hardware::product_serial;
use super::state::normal;
use super::{SimulatedMachine, image};

#[async_trait]
impl Machine for SimulatedMachine {
    async fn product_serial(&self) -> Result<String, MachineError> {
        Ok(product_serial(&self.bios_uuid))
    }

    async fn product_uuid(&self) -> Result<String, MachineError> {
        Ok(self.bios_uuid())
    }

    async fn disk_by_wwn(&self, wwn: &str) -> Result<Option<PathBuf>, MachineError> {
        if let Some(real) = &self.real {
            let wwn = wwn.to_owned();
            return real.as_driver("look for a disk", async move |machine| machine.disk_by_wwn(&wwn).await);
        }
        let state = self.refreshed();
        Ok(state.devices.with_wwn(wwn).map(|device| PathBuf::from(format!("/dev/{}", device.name))))
    }

    async fn device_size(&self, device: &Path) -> Result<u64, MachineError> {
        if let Some(real) = &self.real {
            let device = device.to_owned();
            return real.as_driver("measure", async move |machine| machine.device_size(&device).await);
        }
        let path = normal(device)?;
        Ok(self.refreshed().living_device_at("measure", &path)?.capacity_bytes)
    }

    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError> {
        if let Some(real) = &self.real {
            let device = device.to_owned();
            return real.as_driver("examine", async move |machine| machine.filesystem_on(&device).await);
        }
        let path = normal(device)?;
        let state = self.refreshed();
        Ok(self.disks.filesystem_on(&state.living_device_at("examine", &path)?.disk_uuid))
    }

    async fn make_filesystem(&self, device: &Path, fs_type: &str) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            let (device, fs_type) = (device.to_owned(), fs_type.to_owned());
            return real.as_driver("make a filesystem", async move |machine| machine.make_filesystem(&device, &fs_type).await);
        }
        self.refreshed().make_filesystem(&self.disks, &normal(device)?, fs_type)
    }

    async fn rescan(&self, device: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            self.look();
            let device = device.to_owned();
            return real.as_driver("rescan", async move |machine| machine.rescan(&device).await);
        }
        self.rescan_device(&normal(device)?)
    }

    async fn grow_filesystem(&self, device: &Path, target: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            let (device, target) = (device.to_owned(), target.to_owned());
            let grown = real.as_driver("grow a filesystem", async move |machine| machine.grow_filesystem(&device, &target).await);
            self.look();
            return grown;
        }
        self.refreshed().grow_filesystem(&self.disks, &normal(device)?, &normal(target)?)
    }

    async fn mounts(&self) -> Result<Vec<Mount>, MachineError> {
        if let Some(real) = &self.real {
            return real.as_driver("list mounts", async move |machine| machine.mounts().await);
        }
        Ok(self.refreshed().listed_mounts())
    }

    async fn mount(&self, request: MountRequest) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            let mounted = real.as_driver("mount", async move |machine| machine.mount(request).await);
            self.look();
            return mounted;
        }
        let mut state = self.refreshed();
        let before = state.mounts.mounted_at(&normal(&request.target)?).map(|entry| image(&state, entry));
        let target = state.mount(&self.disks, &request)?;
        self.record(&mut state, &target, before);
        self.report_of_mounts(&state);
        Ok(())
    }

    async fn unmount(&self, target: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            let target = target.to_owned();
            let unmounted = real.as_driver("unmount", async move |machine| machine.unmount(&target).await);
            self.look();
            return unmounted;
        }
        let target = normal(target)?;
        let mut state = self.refreshed();
        let before = state.mounts.mounted_at(&target).map(|entry| image(&state, entry));
        state.unmount(&target)?;
        self.record(&mut state, &target, before);
        self.report_of_mounts(&state);
        Ok(())
    }

    async fn make_directory(&self, path: &Path) -> Result<(), MachineError> {
        self.make_directories(path)
    }

    async fn make_file(&self, path: &Path) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            let path = path.to_owned();
            return real.as_driver("make file", async move |machine| machine.make_file(&path).await);
        }
        self.refreshed().make_file(&self.disks, &normal(path)?)
    }

    async fn remove(&self, path: &Path) -> Result<(), MachineError> {
        self.remove_path(path)
    }

    async fn exists(&self, path: &Path) -> Result<bool, MachineError> {
        self.has(path)
    }

    async fn filesystem_usage(&self, path: &Path) -> Result<(u64, u64, u64), MachineError> {
        if let Some(real) = &self.real {
            let path = path.to_owned();
            return real.as_driver("measure", async move |machine| machine.filesystem_usage(&path).await);
        }
        self.refreshed().usage(&self.disks, &normal(path)?)
    }
}
