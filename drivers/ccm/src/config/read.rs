//! From sections and values to a checked [`Config`].

use std::collections::BTreeMap;

use driver_host::{Trust, host_name};

use super::document::{Document, Written};
use super::error::{ConfigError, ConfigProblem, Language};
use super::schema::{self, SECTIONS, Section, ValueKind};
use super::{Cidr, Config, CredentialSource, Family, LabelsConfig, NodesConfig, Secret, SideConfig, VCenterConfig};

/// A value and its line; lists are taken apart.
#[derive(Clone)]
struct Found {
    texts: Vec<String>,
    line: usize,
}

/// Values of one section, by their YAML names.
type Values = BTreeMap<&'static str, Found>;

/// What a file says, checked against the schema, before it is put together.
struct Reader<'a> {
    document: &'a Document,
    plain: BTreeMap<&'static str, Values>,
    /// The vCenters in the order of the file.
    vcenters: Vec<(String, usize, Values)>,
    notices: Vec<String>,
}

pub(super) fn read(document: &Document) -> Result<Config, ConfigError> {
    let mut reader = Reader { document, plain: BTreeMap::new(), vcenters: Vec::new(), notices: Vec::new() };
    reader.headers()?;
    reader.entries()?;
    reader.config()
}

fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let bare = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&bare(name), &bare(candidate));
    known.map(|candidate| (distance(candidate), candidate)).filter(|(distance, _)| *distance <= 3).min().map(|(_, found)| found.to_owned())
}

impl Reader<'_> {
    fn fail<T>(&self, line: Option<usize>, problem: ConfigProblem) -> Result<T, ConfigError> {
        Err(self.document.error(line, problem))
    }

    fn wrong<T>(&self, line: usize, key: &str, expected: impl Into<String>) -> Result<T, ConfigError> {
        self.fail(Some(line), ConfigProblem::Value { key: self.name(key), expected: expected.into() })
    }

    fn language(&self) -> Language {
        self.document.language
    }

    fn elsewhere(&self, written: &str, meant: &'static str) -> ConfigProblem {
        let (other, here) = (self.language().other().word(), self.language().word());
        ConfigProblem::OtherLanguage { written: written.to_owned(), other, here, meant }
    }

    /// The name of a key in the file's language, from its YAML name.
    fn name(&self, yaml: &str) -> String {
        let keys = SECTIONS.iter().filter_map(|section| section.keys).flatten();
        keys.into_iter().find(|key| key.yaml == yaml).map_or(yaml, |key| key.name(self.language())).to_owned()
    }

    fn written(&self, section: &Section, name: Option<&str>) -> String {
        self.document.written(section.name(self.language()), name)
    }

    fn headers(&mut self) -> Result<(), ConfigError> {
        for header in &self.document.headers {
            let line = Some(header.line);
            let Some(section) = schema::section(&header.section, self.language()) else {
                if let Some(meant) = schema::section_elsewhere(&header.section, self.language()) {
                    return self.fail(line, self.elsewhere(&header.section, meant.name(self.language())));
                }
                let names: Vec<&str> = SECTIONS.iter().map(|section| section.name(self.language())).collect();
                let suggestion = closest(&header.section, names.iter().copied());
                let section = self.document.written(&header.section, None);
                return self.fail(line, ConfigProblem::UnknownSection { section, known: names.join(", "), suggestion });
            };
            if section.keys.is_none() {
                let notice =
                    format!("{} (line {}) is not this controller's: nothing is done with it", self.written(section, None), header.line);
                self.notices.push(notice);
                continue;
            }
            let rule = match (section.named, &header.name) {
                (false, Some(_)) => Some("takes no name; remove the quoted part"),
                (true, Some(name)) if name.is_empty() => Some("needs a name that is not empty"),
                (true, None) if matches!(self.language(), Language::Ini { .. }) => {
                    Some("needs a name: write [VirtualCenter \"vcenter.example.com\"]")
                }
                _ => None,
            };
            if let Some(rule) = rule {
                return self.fail(line, ConfigProblem::Subsection { section: self.written(section, header.name.as_deref()), rule });
            }
            if let (true, Some(name)) = (section.named, &header.name) {
                if matches!(self.language(), Language::Yaml { .. }) && self.vcenters.iter().any(|(known, ..)| known == name) {
                    return self.fail(line, ConfigProblem::Twice { section: self.written(section, None), key: name.clone() });
                }
                self.vcenter(name, header.line);
            }
        }
        Ok(())
    }

    fn vcenter(&mut self, name: &str, line: usize) -> &mut Values {
        let at = self.vcenters.iter().position(|(known, ..)| known.eq_ignore_ascii_case(name)).unwrap_or_else(|| {
            self.vcenters.push((name.to_owned(), line, Values::new()));
            self.vcenters.len() - 1
        });
        &mut self.vcenters[at].2
    }

    fn entries(&mut self) -> Result<(), ConfigError> {
        let language = self.language();
        for entry in &self.document.entries {
            // Headers were checked before: what is unknown does not come this far.
            let Some(section) = schema::section(&entry.section, language) else { continue };
            let Some(keys) = section.keys else { continue };
            let shown = || self.written(section, entry.name.as_deref());
            let Some(key) = schema::key_of(keys, &entry.key, language) else {
                if let Some(meant) = schema::key_elsewhere(keys, &entry.key, language) {
                    return self.fail(Some(entry.line), self.elsewhere(&entry.key, meant.name(language)));
                }
                let suggestion = closest(&entry.key, keys.iter().map(|key| key.name(language)));
                return self.fail(Some(entry.line), ConfigProblem::UnknownKey { section: shown(), key: entry.key.clone(), suggestion });
            };
            let texts = self.texts(key, &entry.value, entry.line)?;
            let yaml = matches!(language, Language::Yaml { .. });
            let twice = ConfigProblem::Twice { section: shown(), key: entry.key.clone() };
            let values = match &entry.name {
                Some(name) => self.vcenter(name, entry.line),
                None => self.plain.entry(section.yaml).or_default(),
            };
            // In INI the last one counts, as gcfg has it; YAML has no two of one key.
            let before = values.insert(key.yaml, Found { texts, line: entry.line });
            if yaml && before.is_some() {
                return self.fail(Some(entry.line), twice);
            }
        }
        Ok(())
    }

    fn texts(&self, key: &schema::Key, value: &Written, line: usize) -> Result<Vec<String>, ConfigError> {
        let texts: Vec<String> = match (value, key.kind) {
            // A bare key of INI means true, which only fits a boolean.
            (Written::Nothing, ValueKind::Bool) if matches!(self.language(), Language::Ini { .. }) => vec!["true".to_owned()],
            (Written::Nothing, _) if matches!(self.language(), Language::Yaml { .. }) => Vec::new(),
            (Written::Nothing, _) => return self.wrong(line, key.yaml, "given: write `key = value`"),
            (Written::One(text), ValueKind::List) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            (Written::One(text), _) => Some(text.clone()).filter(|text| !text.is_empty()).into_iter().collect(),
            (Written::Several(texts), ValueKind::List) => texts.clone(),
            (Written::Several(_), _) => return self.wrong(line, key.yaml, "a single value, not a list"),
        };
        match texts.iter().find_map(|text| key.kind.problem(text)) {
            Some(expected) => self.wrong(line, key.yaml, expected),
            None => Ok(texts),
        }
    }

    fn config(mut self) -> Result<Config, ConfigError> {
        let mut vcenters = Vec::new();
        if self.vcenters.is_empty() {
            let Some(global) = self.plain.get("global").filter(|values| values.contains_key("server")) else {
                let example = match self.language() {
                    Language::Yaml { .. } => "`vcenter:`, below it a name, and below that `server: vcenter.example.com`",
                    Language::Ini { .. } => "a section [VirtualCenter \"vcenter.example.com\"]",
                };
                return self.fail(None, ConfigProblem::NoVCenter { example });
            };
            vcenters.push(self.vcenter_config(None, 0, global)?);
        }
        for (name, line, values) in &self.vcenters {
            vcenters.push(self.vcenter_config(Some(name), *line, values)?);
        }
        self.no_vcenter_twice(&vcenters)?;
        let label = |key: &str| self.plain.get("labels").and_then(|values| values.get(key)).and_then(|found| found.texts.first().cloned());
        let labels = LabelsConfig { zone: label("zone"), region: label("region") };
        if labels.zone.is_some() != labels.region.is_some() {
            let (set, unset) = if labels.zone.is_some() { ("zone", "region") } else { ("region", "zone") };
            self.notices.push(format!("labels name a category for the {set} and none for the {unset}: nodes get no zone labels"));
        }
        let nodes = NodesConfig { internal: self.side("internal")?, external: self.side("external")? };
        Ok(Config { language: self.language(), vcenters, labels, nodes, notices: self.notices })
    }

    fn no_vcenter_twice(&self, vcenters: &[VCenterConfig]) -> Result<(), ConfigError> {
        for (at, vcenter) in vcenters.iter().enumerate() {
            let same = |other: &&VCenterConfig| other.server.eq_ignore_ascii_case(&vcenter.server) && other.port == vcenter.port;
            if let Some(earlier) = vcenters[..at].iter().find(same) {
                let line = self.vcenters.get(at).map(|(_, line, _)| *line);
                let (server, first, second) = (vcenter.server.clone(), earlier.name.clone(), vcenter.name.clone());
                return self.fail(line, ConfigProblem::SameVCenter { server, first, second });
            }
        }
        Ok(())
    }

    /// `name` is `None` for the one vCenter that `global:` describes.
    fn vcenter_config(&self, name: Option<&str>, line: usize, values: &Values) -> Result<VCenterConfig, ConfigError> {
        let global = self.plain.get("global");
        // Each key of a vCenter falls back to the global one; what is empty is not there.
        let get = |key: &str| {
            let said = |values: &Values| values.get(key).filter(|found| !found.texts.is_empty()).cloned();
            said(values).or_else(|| global.and_then(said))
        };
        let text = |key: &str| get(key).and_then(|found| found.texts.into_iter().next());
        let own_server = values.get("server").and_then(|found| found.texts.first().cloned());
        let section = match name {
            Some(name) => self.written(&SECTIONS[1], Some(name)),
            None => self.written(&SECTIONS[0], None),
        };
        let server = match (own_server, self.language(), name) {
            (Some(server), ..) => server,
            // In INI the section's name is the server, unless it says otherwise.
            (None, Language::Ini { .. }, Some(name)) => name.to_owned(),
            _ => {
                let remedy = "add `server: vcenter.example.com`".to_owned();
                return self
                    .fail(Some(line).filter(|line| *line > 0), ConfigProblem::Missing { section, key: "server".to_owned(), remedy });
            }
        };
        let server = match host_name(&server) {
            Ok(server) => server,
            Err(reason) => return self.fail(Some(line).filter(|line| *line > 0), ConfigProblem::Host { section, server, reason }),
        };
        let families = self.families(get("ipFamily"))?;
        let credentials = self.credentials(&section, line, &get)?;
        Ok(VCenterConfig {
            name: name.map_or_else(|| server.clone(), str::to_owned),
            // The schema has checked that it is a port.
            port: text("port").and_then(|port| port.parse().ok()).unwrap_or(443),
            trust: self.trust(&get)?,
            datacenters: get("datacenters").map(|found| found.texts).unwrap_or_default(),
            server,
            families,
            credentials,
        })
    }

    fn families(&self, found: Option<Found>) -> Result<Vec<Family>, ConfigError> {
        let Some(found) = found else { return Ok(vec![Family::V4]) };
        let mut families = Vec::new();
        for text in &found.texts {
            let family = match text.to_ascii_lowercase().as_str() {
                "ipv4" => Family::V4,
                "ipv6" => Family::V6,
                _ => return self.wrong(found.line, "ipFamily", "ipv4, ipv6 or both"),
            };
            if !families.contains(&family) {
                families.push(family);
            }
        }
        Ok(families)
    }

    fn credentials(&self, section: &str, line: usize, get: &impl Fn(&str) -> Option<Found>) -> Result<CredentialSource, ConfigError> {
        let text = |key: &str| get(key).and_then(|found| found.texts.into_iter().next());
        if let Some(name) = text("secretName") {
            return Ok(CredentialSource::Secret { namespace: text("secretNamespace"), name });
        }
        if let Some(directory) = text("secretsDirectory") {
            return Ok(CredentialSource::Directory(directory));
        }
        let Some(user) = get("user") else { return self.missing(section, line, "user", "ccm@vsphere.local") };
        let name = user.texts.first().cloned().unwrap_or_default();
        if name.contains("-----BEGIN") {
            return self.wrong(user.line, "user", "an account's name: a login by certificate is not offered here");
        }
        let Some(password) = text("password") else { return self.missing(section, line, "password", "…") };
        Ok(CredentialSource::File { user: name, password: Secret::new(password) })
    }

    fn missing<T>(&self, section: &str, line: usize, key: &str, example: &str) -> Result<T, ConfigError> {
        let name = self.name(key);
        let secret = self.name("secretName");
        let line_of_it = match self.language() {
            Language::Yaml { .. } => format!("`{name}: {example}`"),
            Language::Ini { .. } => format!("`{name} = {example}`"),
        };
        let remedy = format!("add {line_of_it}, or name a Secret with `{secret}`");
        self.fail(Some(line).filter(|line| *line > 0), ConfigProblem::Missing { section: section.to_owned(), key: name, remedy })
    }

    fn trust(&self, get: &impl Fn(&str) -> Option<Found>) -> Result<Trust, ConfigError> {
        let text = |key: &str| get(key).and_then(|found| found.texts.into_iter().next());
        if text("insecureFlag").and_then(|value| schema::boolean(&value)).unwrap_or(false) {
            return Ok(Trust::Anything);
        }
        if let Some(found) = get("thumbprint") {
            let thumbprint = found.texts.first().cloned().unwrap_or_default();
            if !is_thumbprint(&thumbprint) {
                let expected = "a SHA-1 or SHA-256 fingerprint: 20 or 32 bytes of hex with colons between";
                return self.wrong(found.line, "thumbprint", expected);
            }
            return Ok(Trust::Thumbprint(thumbprint));
        }
        Ok(text("caFile").map_or(Trust::System, Trust::CaFile))
    }

    fn side(&self, side: &'static str) -> Result<SideConfig, ConfigError> {
        let (subnets, network, excluded) = match side {
            "internal" => ("internalNetworkSubnetCidr", "internalVmNetworkName", "excludeInternalNetworkSubnetCidr"),
            _ => ("externalNetworkSubnetCidr", "externalVmNetworkName", "excludeExternalNetworkSubnetCidr"),
        };
        let found = |key: &str| self.plain.get("nodes").and_then(|values| values.get(key));
        let network = found(network).and_then(|found| found.texts.first().cloned());
        Ok(SideConfig { subnets: self.ranges(subnets, found(subnets))?, network, excluded: self.ranges(excluded, found(excluded))? })
    }

    fn ranges(&self, key: &str, found: Option<&Found>) -> Result<Vec<Cidr>, ConfigError> {
        let Some(found) = found else { return Ok(Vec::new()) };
        let ranges: Option<Vec<Cidr>> = found.texts.iter().map(|text| Cidr::parse(text)).collect();
        match ranges {
            Some(ranges) => Ok(ranges),
            None => self.wrong(found.line, key, "ranges of addresses with commas between: 10.0.0.0/8, fd00::/8"),
        }
    }
}

fn is_thumbprint(text: &str) -> bool {
    let bytes: Vec<&str> = text.split(':').collect();
    matches!(bytes.len(), 20 | 32) && bytes.iter().all(|byte| byte.len() == 2 && byte.chars().all(|digit| digit.is_ascii_hexdigit()))
}
