//! `seatrial schema`: the scenario language as a JSON Schema, for editors.

use crate::exit::Exit;
use crate::output::{fail, say};

/// Prints the schema.
pub fn schema() -> Exit {
    match serde_json::to_string_pretty(&seatrial_scenario::json_schema()) {
        Ok(text) => say(&format!("{text}\n")),
        Err(error) => fail(&format!("the schema cannot be written: {error}"), Exit::Internal),
    }
}
