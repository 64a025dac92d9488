//! A node: kubelet, guest devices and mounts, simulated.
