//! From the text of a scenario file to a scenario, whole or as it is in one of its cases.

use crate::error::ScenarioErrors;
use crate::model;
use crate::model::matrix::Values;
use crate::model::scenario::Scenario;
use crate::{references, span, yaml};

/// Reads the text of a scenario file. `file_name` is how errors name the file; nothing is opened.
///
/// # Errors
/// All problems that could be found at once, in the order of the text.
pub fn parse(file_name: &str, text: &str) -> Result<Scenario, ScenarioErrors> {
    let scenario = parse_with(file_name, text, None)?;
    // What is wrong in one case only is found now, too.
    let others = model::matrix::combinations(&scenario.matrix).into_iter().skip(1);
    others.map(|values| parse_case(file_name, text, &values)).collect::<Result<Vec<_>, _>>()?;
    Ok(scenario)
}

/// The same with these values of the matrix.
pub(crate) fn parse_case(file_name: &str, text: &str, values: &Values) -> Result<Scenario, ScenarioErrors> {
    parse_with(file_name, text, Some(values))
}

fn parse_with(file_name: &str, text: &str, values: Option<&Values>) -> Result<Scenario, ScenarioErrors> {
    let source = span::Source::new(file_name, text);
    let mut problems = yaml::Problems::default();
    let tree = yaml::read(text, &mut problems).map(|tree| model::scenario::filled(&tree, values, &mut problems));
    let scenario = tree.and_then(|tree| model::scenario::decode(&source, &tree, &mut problems));
    if let Some(scenario) = &scenario {
        references::check(scenario, &mut problems);
    }
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(ScenarioErrors::new(source, problems.into_errors())),
    }
}

/// The text of a scenario file as JSON (with the first values of its matrix, and of its loops), as a validator of [`json_schema`](crate::json_schema) wants it;
/// `None` when it is not YAML that the language allows.
pub fn as_json(text: &str) -> Option<serde_json::Value> {
    let mut problems = yaml::Problems::default();
    let tree = yaml::read(text, &mut problems).filter(|_| problems.is_empty())?;
    Some(model::scenario::with_first_turns(model::scenario::filled(&tree, None, &mut problems)).json())
}
