//! From the text of a scenario file to a scenario, whole or as it is in one of its cases.

use crate::error::ScenarioErrors;
use crate::model;
use crate::model::matrix::Values;
use crate::model::scenario::Scenario;
use crate::model::world::include::{self, Including, ReadBeside, Texts};
use crate::{references, span, yaml};

/// Reads the text of a scenario file whose world is in no other file. `file_name` is how errors name the file; nothing is opened.
///
/// # Errors
/// All problems that could be found at once, in the order of the text.
pub fn parse(file_name: &str, text: &str) -> Result<Scenario, ScenarioErrors> {
    parse_in(file_name, text, &|_| Err(std::io::ErrorKind::NotFound.into()))
}

/// The same for a scenario whose world may be in another file, which `read` reads.
///
/// # Errors
/// As [`parse`]; those of an included world stand at its lines.
pub fn parse_in(file_name: &str, text: &str, read: ReadBeside<'_>) -> Result<Scenario, ScenarioErrors> {
    let mut texts = Texts::new();
    let mut scenario = parse_with(file_name, text, None, &mut texts, read)?;
    // What is wrong in one case only is found now, too.
    for values in model::matrix::combinations(&scenario.matrix).into_iter().skip(1) {
        parse_with(file_name, text, Some(&values), &mut texts, read)?;
    }
    scenario.included = texts;
    Ok(scenario)
}

/// A scenario that was read, with these values of the matrix.
pub(crate) fn parse_case(scenario: &Scenario, values: &Values) -> Result<Scenario, ScenarioErrors> {
    let mut texts = scenario.included.clone();
    let nowhere = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let mut of_case = parse_with(scenario.file_name(), scenario.text(), Some(values), &mut texts, &nowhere)?;
    of_case.included = texts;
    Ok(of_case)
}

fn parse_with(
    file_name: &str,
    text: &str,
    values: Option<&Values>,
    texts: &mut Texts,
    read: ReadBeside<'_>,
) -> Result<Scenario, ScenarioErrors> {
    let mut source = span::Source::new(file_name, text);
    let mut problems = yaml::Problems::default();
    let tree = yaml::read(text, &mut problems).and_then(|mut tree| {
        let values = model::scenario::fill(&mut tree, values, &mut problems);
        include::resolve(&mut tree, &mut source, Including { values: &values, texts, read }, &mut problems)?;
        Some(tree)
    });
    let scenario = tree.and_then(|tree| model::scenario::decode(&source, &tree, &mut problems));
    if let Some(scenario) = &scenario {
        references::check(scenario, &mut problems);
    }
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(ScenarioErrors::new(source, problems.into_errors())),
    }
}

/// The text of a scenario file as JSON (with the first values of its matrix, and of its loops), as a validator of
/// [`json_schema`](crate::json_schema) wants it; `None` when it is not YAML that the language allows.
pub fn as_json(text: &str) -> Option<serde_json::Value> {
    let mut problems = yaml::Problems::default();
    let mut tree = yaml::read(text, &mut problems).filter(|_| problems.is_empty())?;
    model::scenario::fill(&mut tree, None, &mut problems);
    model::scenario::fill_first_turns(&mut tree);
    Some(tree.json())
}
