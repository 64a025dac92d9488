//! The sidecars' command lines, read as their programs read them.
//!
//! Modelled: the flags that change what a driver or the cluster can see of a sidecar that is played here. Flags about the
//! sidecar itself (its log, its lease, its limits towards the API server) are taken and change nothing, since it has none of
//! these; any other flag is refused, because what it asks for would silently not happen.

use std::time::Duration;

use driver_host::go;

use super::{AttacherConfig, ProvisionerConfig, ResizerConfig, SnapshotterConfig};

/// Taken, and without an effect.
const ABOUT_ITSELF: [&str; 20] = [
    "v",
    "csi-address",
    "kubeconfig",
    "master",
    "kube-api-qps",
    "kube-api-burst",
    "leader-election",
    "leader-election-namespace",
    "leader-election-lease-duration",
    "leader-election-renew-deadline",
    "leader-election-retry-period",
    "leader-election-labels",
    "worker-threads",
    "workers",
    "resync",
    "resync-period",
    "http-endpoint",
    "metrics-address",
    "metrics-path",
    "max-grpc-log-length",
];

/// Why a command line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FlagError {
    /// It does not begin like a flag.
    #[error("{sidecar} takes no argument {argument:?}; flags are written as --name=value")]
    NoFlag {
        /// Whose command line it is.
        sidecar: &'static str,
        /// What stands there.
        argument: String,
    },
    /// The flag is not played.
    #[error("{sidecar} as it is played here knows no flag --{flag}; it knows {known}, and takes those about its log, lease and limits")]
    Unknown {
        /// Whose command line it is.
        sidecar: &'static str,
        /// The flag.
        flag: String,
        /// Those that have an effect.
        known: String,
    },
    /// Its value cannot be read.
    #[error("{sidecar}: --{flag}={value} is not {wanted}")]
    Value {
        /// Whose command line it is.
        sidecar: &'static str,
        /// The flag.
        flag: String,
        /// Its value.
        value: String,
        /// What was expected.
        wanted: &'static str,
    },
}

/// A flag that has an effect, and what it does to a configuration.
type Known<C> = (&'static str, fn(&mut C, &str) -> Result<(), &'static str>);

const PROVISIONER: [Known<ProvisionerConfig>; 7] = [
    ("timeout", |config, value| duration(value).map(|value| config.timeout = value)),
    ("extra-create-metadata", |config, value| boolean(value).map(|value| config.extra_create_metadata = value)),
    ("default-fstype", |config, value| {
        config.default_fs_type = value.to_owned();
        Ok(())
    }),
    ("strict-topology", |config, value| boolean(value).map(|value| config.strict_topology = value)),
    ("immediate-topology", |config, value| boolean(value).map(|value| config.immediate_topology = value)),
    ("volume-name-prefix", |config, value| {
        config.volume_name_prefix = value.to_owned();
        if value.is_empty() { Err("a prefix: it must not be empty") } else { Ok(()) }
    }),
    ("feature-gates", |config, value| {
        gates(value, |gate, on| {
            if gate == "Topology" {
                config.topology = on;
            }
        })
    }),
];
const ATTACHER: [Known<AttacherConfig>; 5] = [
    ("timeout", |config, value| duration(value).map(|value| config.timeout = value)),
    ("reconcile-sync", |config, value| duration(value).map(|value| config.reconcile = value)),
    ("max-entries", |config, value| value.parse().map(|value| config.max_entries = value).map_err(|_| "a whole number")),
    ("default-fstype", |config, value| {
        config.default_fs_type = value.to_owned();
        Ok(())
    }),
    ("feature-gates", |_, value| gates(value, |_, _| ())),
];
const RESIZER: [Known<ResizerConfig>; 3] = [
    ("timeout", |config, value| duration(value).map(|value| config.timeout = value)),
    ("handle-volume-inuse-error", |config, value| boolean(value).map(|value| config.handle_in_use_errors = value)),
    ("feature-gates", |_, value| gates(value, |_, _| ())),
];
const SNAPSHOTTER: [Known<SnapshotterConfig>; 4] = [
    ("timeout", |config, value| duration(value).map(|value| config.timeout = value)),
    ("extra-create-metadata", |config, value| boolean(value).map(|value| config.extra_create_metadata = value)),
    ("snapshot-name-prefix", |config, value| {
        config.snapshot_name_prefix = value.to_owned();
        if value.is_empty() { Err("a prefix: it must not be empty") } else { Ok(()) }
    }),
    ("feature-gates", |_, value| gates(value, |_, _| ())),
];

impl ProvisionerConfig {
    /// As external-provisioner is with these flags; without any, its own defaults.
    ///
    /// # Errors
    /// [`FlagError`], naming the flag.
    pub fn from_flags(socket: &str, flags: &[String]) -> Result<Self, FlagError> {
        read(Self { extra_create_metadata: false, ..Self::new(socket) }, "csi-provisioner", &PROVISIONER, flags)
    }
}

impl AttacherConfig {
    /// As external-attacher is with these flags; without any, its own defaults.
    ///
    /// # Errors
    /// [`FlagError`], naming the flag.
    pub fn from_flags(socket: &str, flags: &[String]) -> Result<Self, FlagError> {
        read(Self::new(socket), "csi-attacher", &ATTACHER, flags)
    }
}

impl ResizerConfig {
    /// As external-resizer is with these flags; without any, its own defaults.
    ///
    /// # Errors
    /// [`FlagError`], naming the flag.
    pub fn from_flags(socket: &str, flags: &[String]) -> Result<Self, FlagError> {
        read(Self::new(socket), "csi-resizer", &RESIZER, flags)
    }
}

impl SnapshotterConfig {
    /// As csi-snapshotter is with these flags; without any, its own defaults.
    ///
    /// # Errors
    /// [`FlagError`], naming the flag.
    pub fn from_flags(socket: &str, flags: &[String]) -> Result<Self, FlagError> {
        read(Self::new(socket), "csi-snapshotter", &SNAPSHOTTER, flags)
    }
}

fn read<C>(mut config: C, sidecar: &'static str, known: &[Known<C>], flags: &[String]) -> Result<C, FlagError> {
    for argument in flags {
        let bare = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-')).filter(|bare| !bare.is_empty());
        let bare = bare.ok_or_else(|| FlagError::NoFlag { sidecar, argument: argument.clone() })?;
        // A flag without a value is a switch that is on.
        let (flag, value) = bare.split_once('=').unwrap_or((bare, "true"));
        if ABOUT_ITSELF.contains(&flag) {
            continue;
        }
        let Some((_, set)) = known.iter().find(|(name, _)| *name == flag) else {
            let known: Vec<String> = known.iter().map(|(name, _)| format!("--{name}")).collect();
            return Err(FlagError::Unknown { sidecar, flag: flag.to_owned(), known: known.join(", ") });
        };
        set(&mut config, value).map_err(|wanted| FlagError::Value { sidecar, flag: flag.to_owned(), value: value.to_owned(), wanted })?;
    }
    Ok(config)
}

fn boolean(value: &str) -> Result<bool, &'static str> {
    go::boolean(value).ok_or("true or false")
}

/// `Name=true,Other=false`.
fn gates(value: &str, mut set: impl FnMut(&str, bool)) -> Result<(), &'static str> {
    for pair in value.split(',').filter(|pair| !pair.is_empty()) {
        let (gate, on) = pair.split_once('=').ok_or("a list of Gate=true or Gate=false")?;
        set(gate.trim(), boolean(on.trim())?);
    }
    Ok(())
}

/// None of these waits for no time at all.
fn duration(value: &str) -> Result<Duration, &'static str> {
    go::duration(value).filter(|duration| !duration.is_zero()).ok_or("a duration, such as 300s or 1m30s")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(all: &[&str]) -> Vec<String> {
        all.iter().map(|flag| (*flag).to_owned()).collect()
    }

    fn provisioner(all: &[&str]) -> Result<ProvisionerConfig, String> {
        ProvisionerConfig::from_flags("driver:/csi.sock", &flags(all)).map_err(|error| error.to_string())
    }

    #[test]
    fn without_flags_a_sidecar_is_as_upstream_has_it() {
        let config = provisioner(&[]).unwrap();
        assert_eq!((config.timeout, config.extra_create_metadata, config.strict_topology), (Duration::from_secs(10), false, false));
        let attacher = AttacherConfig::from_flags("a", &[]).unwrap();
        assert_eq!((attacher.timeout, attacher.reconcile), (Duration::from_secs(15), Duration::from_secs(60)));
        let attacher = AttacherConfig::from_flags("a", &flags(&["--reconcile-sync=5m", "--max-entries=3"])).unwrap();
        assert_eq!((attacher.reconcile, attacher.max_entries), (Duration::from_secs(300), 3));
    }

    #[test]
    fn flags_are_read_as_go_reads_them() {
        let given = ["--v=4", "-timeout=1m30s", "--extra-create-metadata", "--default-fstype=ext4", "--leader-election"];
        let config = provisioner(&given).unwrap();
        assert_eq!((config.timeout, config.extra_create_metadata), (Duration::from_secs(90), true));
        assert_eq!(config.default_fs_type, "ext4");
        let config = provisioner(&["--feature-gates=Topology=false,Other=true", "--strict-topology=F"]).unwrap();
        assert_eq!((config.topology, config.strict_topology), (false, false));
    }

    #[test]
    fn what_would_have_no_effect_is_refused() {
        insta::assert_snapshot!(
            [
                provisioner(&["--node-deployment"]).unwrap_err(),
                provisioner(&["timeout=3s"]).unwrap_err(),
                provisioner(&["--timeout=soon"]).unwrap_err(),
                provisioner(&["--strict-topology=maybe"]).unwrap_err(),
                ResizerConfig::from_flags("a", &flags(&["--extra-modify-metadata"])).unwrap_err().to_string(),
            ]
            .join("\n")
        );
    }
}
