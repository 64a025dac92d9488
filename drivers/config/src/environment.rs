//! What the environment says besides a file, by upstream's names. Which variables there are, each driver has in a table.
//!
//! A variable that is empty is not set. `VSPHERE_VCENTER_<id>` is a vCenter, in the place of the file's of that name, and
//! `VCENTER_<id>_…` are its own values; what it does not say itself falls back as any vCenter's does. Upstream drops values
//! with a `=` in them; here they count.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use driver_host::{Host, HostError, go};

use crate::document::Written;
use crate::error::{ConfigError, FileProblem};
use crate::language::Language;
use crate::schema::{Key, SettingKind};
use crate::settings::{Found, Named, Origin, Settings, Values};

/// The variables of a process, by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be passwords.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }
}

impl Environment {
    /// The value of a variable that is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether it names a vCenter, so that a file may be missing.
    pub fn names_vcenter(&self) -> bool {
        self.0.keys().any(|name| name == "VSPHERE_VCENTER" || name.starts_with(OF_ONE))
    }
}

const OF_ONE: &str = "VSPHERE_VCENTER_";

/// The bytes of a configuration file, which may be missing where the environment names a vCenter.
///
/// # Errors
/// What the host says of the file.
pub fn read_file(host: &dyn Host, path: &Path, environment: &Environment) -> Result<Vec<u8>, HostError> {
    match host.read_file(path) {
        Err(HostError::Absent { path }) if environment.names_vcenter() => {
            host.log(&format!("there is no {path}: the configuration is taken from the environment"));
            Ok(Vec::new())
        }
        read => read,
    }
}

/// Which variables say what.
#[derive(Clone, Copy, Debug)]
pub struct Variables {
    /// A variable, and the section and the key that it says before the file does.
    pub plain: &'static [(&'static str, &'static str, &'static str)],
    /// The section that the vCenters are in.
    pub vcenters: &'static str,
    /// What follows `VCENTER_<id>_`, and the key of each.
    pub of_one: &'static [(&'static str, &'static str)],
    /// The key that is a vCenter's name where nothing else says it.
    pub server: Option<&'static str>,
}

impl Settings {
    /// Adds what the environment says to what the file says.
    ///
    /// # Errors
    /// [`FileProblem::Value`], naming the variable.
    pub fn add(&mut self, environment: &Environment, variables: &Variables) -> Result<(), ConfigError<FileProblem>> {
        for (variable, section, key) in variables.plain {
            if let Some((key, found)) = self.found(environment, variable, section, key)? {
                self.plain.entry(section).or_default().insert(key, found);
            }
        }
        for (variable, value) in &environment.0 {
            let is_plain = variables.plain.iter().any(|(plain, ..)| plain == variable);
            let Some(id) = variable.strip_prefix(OF_ONE).filter(|_| !is_plain) else { continue };
            let mut values = Values::new();
            for (word, key) in variables.of_one {
                values.extend(self.found(environment, &format!("VCENTER_{id}_{word}"), variables.vcenters, key)?);
            }
            if let Some(server) = variables.server {
                let named = Found { texts: vec![value.clone()], from: Origin::Variable(variable.clone()) };
                values.entry(server).or_insert(named);
            }
            *self.named(variables.vcenters, value, None) = Named { name: value.clone(), line: None, values };
        }
        Ok(())
    }

    /// The value of a variable as that of a key. One that is no boolean or no number where upstream wants one is passed over
    /// there, and noted here.
    fn found(
        &mut self,
        environment: &Environment,
        variable: &str,
        section: &str,
        key: &'static str,
    ) -> Result<Option<(&'static str, Found)>, ConfigError<FileProblem>> {
        let Some(value) = environment.get(variable) else { return Ok(None) };
        let known = self.schema.section_called(section).and_then(|section| section.keys().find(|known| known.name == key));
        let Some(Key { kind, .. }) = known else { return Ok(None) };
        let passed_over = match kind {
            SettingKind::Bool => go::boolean(value).map(|value| value.to_string()).ok_or("neither true nor false"),
            SettingKind::Integer => value.parse::<u32>().map(|value| value.to_string()).map_err(|_| "no whole number"),
            _ => Ok(value.to_owned()),
        };
        let value = match passed_over {
            Ok(value) => Written::One(value),
            Err(what) => {
                self.notices.push(format!("{variable} is {what}, and nothing is done with it"));
                return Ok(None);
            }
        };
        let problem = |expected: &str| FileProblem::Value { key: variable.to_owned(), expected: expected.to_owned() };
        let texts = kind.plain(&value, Language::INI).map_err(|expected| self.error(None, problem(expected)))?;
        Ok(Some((key, Found { texts, from: Origin::Variable(variable.to_owned()) })))
    }
}
