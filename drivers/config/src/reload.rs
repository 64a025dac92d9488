//! When a configuration file that a driver runs by is replaced.

use std::fmt::Display;
use std::path::Path;

use driver_host::Host;

/// Comes back when a file says something else than what a driver runs by, as far as the driver cares. What cannot be read or is wrong
/// is told once and changes nothing: whoever writes it has to correct it, and the driver runs until then.
pub async fn outdated<C: PartialEq, E: Display>(host: &dyn Host, path: &Path, known: &C, parse: impl Fn(&[u8]) -> Result<C, E>) {
    let file = path.display();
    let mut said = String::new();
    loop {
        // It may have changed since it was read. One that is gone just now has nothing to say.
        match host.read_file(path).ok().map(|bytes| parse(&bytes).map_err(|error| error.to_string())) {
            Some(Ok(read)) if read != *known => {
                host.log(&format!("{file} has changed: this ends, to be started again by what it says now"));
                return;
            }
            Some(Err(error)) if said != error => {
                host.log(&format!("{file} has changed, and what was known stays: {error}"));
                said = error;
            }
            _ => {}
        }
        host.file_changed(path).await;
    }
}
