//! From settings to a checked [`Config`].

use driver_config::{ConfigError as Wrong, Found, Named, Settings, Values, said};
use driver_host::host_name;

use super::error::{ConfigError, ConfigProblem};
use super::schema::{SCHEMA, VARIABLES};
use super::{Cidr, Config, CredentialSource, Environment, Family, LabelsConfig, NodesConfig, Secret, SideConfig, VCenterConfig};

pub(super) fn read(file: &str, bytes: &[u8], environment: &Environment) -> Result<Config, ConfigError> {
    let mut settings = Settings::read(file, bytes, SCHEMA).map_err(Wrong::of)?;
    settings.add(environment, VARIABLES).map_err(Wrong::of)?;
    let vcenters = settings.named.remove("vcenter").unwrap_or_default();
    Reader { settings, vcenters }.config()
}

struct Reader {
    settings: Settings,
    vcenters: Vec<Named>,
}

impl Reader {
    fn fail<T>(&self, line: Option<usize>, problem: ConfigProblem) -> Result<T, ConfigError> {
        Err(self.settings.error(line, problem))
    }

    fn wrong<T>(&self, found: &Found, key: &str, expected: &str) -> Result<T, ConfigError> {
        Err(self.settings.wrong(key, found, expected))
    }

    fn is_yaml(&self) -> bool {
        self.settings.language.is_yaml()
    }

    fn config(mut self) -> Result<Config, ConfigError> {
        let vcenters = self.vcenters()?;
        self.no_vcenter_twice(&vcenters)?;
        let label = |key: &str| self.settings.said("labels", key).map(|found| found.text().to_owned());
        let labels = LabelsConfig { zone: label("zone"), region: label("region") };
        if labels.zone.is_some() != labels.region.is_some() {
            let (set, unset) = if labels.zone.is_some() { ("zone", "region") } else { ("region", "zone") };
            let notice = format!("labels name a category for the {set} and none for the {unset}: nodes get no zone labels");
            self.settings.notices.push(notice);
        }
        let nodes = NodesConfig { internal: self.side("internal")?, external: self.side("external")? };
        Ok(Config { language: self.settings.language, vcenters, labels, nodes, notices: self.settings.notices })
    }

    fn vcenters(&self) -> Result<Vec<VCenterConfig>, ConfigError> {
        if !self.vcenters.is_empty() {
            return self.vcenters.iter().map(|named| self.vcenter(Some(&named.name), named.line, &named.values)).collect();
        }
        match self.settings.plain.get("global").filter(|values| said(values, "server").is_some()) {
            Some(global) => Ok(vec![self.vcenter(None, None, global)?]),
            None => {
                let yaml = "`vcenter:`, below it a name, and below that `server: vcenter.example.com`";
                let example = if self.is_yaml() { yaml } else { "a section [VirtualCenter \"vcenter.example.com\"]" };
                self.fail(None, ConfigProblem::NoVCenter { example })
            }
        }
    }

    fn no_vcenter_twice(&self, vcenters: &[VCenterConfig]) -> Result<(), ConfigError> {
        for (at, vcenter) in vcenters.iter().enumerate() {
            let same = |other: &&VCenterConfig| other.server.eq_ignore_ascii_case(&vcenter.server) && other.port == vcenter.port;
            if let Some(earlier) = vcenters[..at].iter().find(same) {
                let line = self.vcenters.get(at).and_then(|named| named.line);
                let (server, first, second) = (vcenter.server.clone(), earlier.name.clone(), vcenter.name.clone());
                return self.fail(line, ConfigProblem::SameVCenter { server, first, second });
            }
        }
        Ok(())
    }

    /// `name` is `None` for the one vCenter that `global:` describes.
    fn vcenter(&self, name: Option<&str>, line: Option<usize>, values: &Values) -> Result<VCenterConfig, ConfigError> {
        // Each key of a vCenter falls back to the global one; what is empty is not there.
        let get = |key: &str| said(values, key).or_else(|| self.settings.said("global", key));
        let section = self.settings.written(if name.is_some() { "vcenter" } else { "global" }, name.filter(|name| !name.is_empty()));
        if name == Some("") {
            let yaml = "needs a name that is not empty";
            let rule = if self.is_yaml() { yaml } else { "needs a name: write [VirtualCenter \"vcenter.example.com\"]" };
            return self.fail(line, ConfigProblem::Unnamed { section, rule });
        }
        let server = match (said(values, "server"), self.is_yaml(), name) {
            (Some(server), ..) => server.text().to_owned(),
            // In INI the section's name is the server, unless it says otherwise.
            (None, false, Some(name)) => name.to_owned(),
            _ => {
                let remedy = "add `server: vcenter.example.com`".to_owned();
                return self.fail(line, ConfigProblem::Missing { section, key: "server".to_owned(), remedy });
            }
        };
        let server = match host_name(&server) {
            Ok(server) => server,
            Err(reason) => return self.fail(line, ConfigProblem::Host { section, server, reason }),
        };
        let families = get("ipFamily").map_or(Ok(vec![Family::V4]), |found| self.families(found))?;
        let credentials = self.credentials(&section, line, get)?;
        let insecure = get("insecureFlag").is_some_and(Found::is_true);
        Ok(VCenterConfig {
            name: name.map_or_else(|| server.clone(), str::to_owned),
            // The schema has checked that it is a port.
            port: get("port").and_then(|port| port.text().parse().ok()).unwrap_or(443),
            trust: self.settings.trust(insecure, get("thumbprint"), get("caFile"))?,
            datacenters: get("datacenters").map(|found| found.texts.clone()).unwrap_or_default(),
            server,
            families,
            credentials,
        })
    }

    fn families(&self, found: &Found) -> Result<Vec<Family>, ConfigError> {
        let mut families = Vec::new();
        for text in &found.texts {
            let family = match text.to_ascii_lowercase().as_str() {
                "ipv4" => Family::V4,
                "ipv6" => Family::V6,
                _ => return self.wrong(found, "ipFamily", "ipv4, ipv6 or both"),
            };
            if !families.contains(&family) {
                families.push(family);
            }
        }
        Ok(families)
    }

    fn credentials<'a>(
        &self,
        section: &str,
        line: Option<usize>,
        get: impl Fn(&str) -> Option<&'a Found>,
    ) -> Result<CredentialSource, ConfigError> {
        let text = |key: &str| get(key).map(|found| found.text().to_owned());
        if let Some(name) = text("secretName") {
            return Ok(CredentialSource::Secret { namespace: text("secretNamespace"), name });
        }
        if let Some(directory) = text("secretsDirectory") {
            return Ok(CredentialSource::Directory(directory));
        }
        let Some(user) = get("user") else { return self.missing(section, line, "user", "ccm@vsphere.local") };
        if user.text().contains("-----BEGIN") {
            return self.wrong(user, "user", "an account's name: a login by certificate is not offered here");
        }
        let Some(password) = text("password") else { return self.missing(section, line, "password", "…") };
        Ok(CredentialSource::File { user: user.text().to_owned(), password: Secret::new(password) })
    }

    fn missing<T>(&self, section: &str, line: Option<usize>, key: &str, example: &str) -> Result<T, ConfigError> {
        let (name, secret) = (self.settings.key(key), self.settings.key("secretName"));
        let line_of_it = if self.is_yaml() { format!("`{name}: {example}`") } else { format!("`{name} = {example}`") };
        let remedy = format!("add {line_of_it}, or name a Secret with `{secret}`");
        self.fail(line, ConfigProblem::Missing { section: section.to_owned(), key: name, remedy })
    }

    fn side(&self, side: &'static str) -> Result<SideConfig, ConfigError> {
        let (subnets, network, excluded) = match side {
            "internal" => ("internalNetworkSubnetCidr", "internalVmNetworkName", "excludeInternalNetworkSubnetCidr"),
            _ => ("externalNetworkSubnetCidr", "externalVmNetworkName", "excludeExternalNetworkSubnetCidr"),
        };
        let network = self.settings.said("nodes", network).map(|found| found.text().to_owned());
        Ok(SideConfig { subnets: self.ranges(subnets)?, network, excluded: self.ranges(excluded)? })
    }

    fn ranges(&self, key: &str) -> Result<Vec<Cidr>, ConfigError> {
        let Some(found) = self.settings.said("nodes", key) else { return Ok(Vec::new()) };
        let ranges: Option<Vec<Cidr>> = found.texts.iter().map(|text| Cidr::parse(text)).collect();
        match ranges {
            Some(ranges) => Ok(ranges),
            None => self.wrong(found, key, "ranges of addresses with commas between: 10.0.0.0/8, fd00::/8"),
        }
    }
}
