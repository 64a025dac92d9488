//! The language as a JSON Schema (draft 2020-12), for editors and for programs that write scenarios.
//!
//! It is built from the same words as the model (kinds, states, services, effects…) and says what stands where. What it
//! cannot say is for the parser: that names are declared, that a state fits its kind, that a zone has hosts.

mod build;
mod conclusion;
mod expect;
mod faults;
mod steps;
mod world;

use serde_json::{Value, json};

use crate::model::matrix::EXAMPLE;
use build::{Shape, list, map, reference, text};

/// Where the schema is at home; editors use it as its name and never open it.
const ID: &str = "https://seatrial.dev/scenario.schema.json";

/// The whole schema.
///
/// ```
/// let schema = seatrial_scenario::json_schema();
/// assert_eq!(schema["title"], "Seatrial scenario");
/// assert!(schema["$defs"]["step"]["properties"]["apply"]["description"].is_string());
/// ```
pub fn json_schema() -> Value {
    let mut schema = scenario().into_json();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!(ID);
    schema["title"] = json!("Seatrial scenario");
    let mut definitions = serde_json::Map::new();
    for (name, shape) in
        world::definitions().into_iter().chain(steps::definitions()).chain(faults::definitions()).chain(build::definitions())
    {
        definitions.insert(name.to_owned(), shape.into_json());
    }
    schema["$defs"] = Value::Object(definitions);
    schema
}

fn scenario() -> Shape {
    map("A scenario: a world, steps in it, faults that befall it, and what must be true at the end.")
        .required("scenario", text("The title: what it shows, in a line.").example("A StatefulSet scaled in and out keeps its volumes"))
        .optional("about", text("Why anybody should care, in a sentence or two."))
        .optional("tags", list("What it is filed under; `seatrial run --tag` chooses by it.", build::tag()).example("[csi, statefulset]"))
        .optional("requires", build::capabilities("What it asks of the drivers beyond what all do; a driver without it does not run."))
        .optional(
            "matrix",
            map("Named values; it runs with each combination of them, and `${matrix.NAME}` stands for one.")
                .others(list("The values.", text("")).at_least(1))
                .at_least(1)
                .example(EXAMPLE),
        )
        .required("world", world::world())
        .required("steps", list("What is done, in order.", reference("step")).at_least(1))
        .optional("expect", list("What must be true at the end, beside the oracles.", conclusion::expectation()))
        .optional("faults", list("The faults, placed at calls.", reference("fault")))
}
