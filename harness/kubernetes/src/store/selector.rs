//! Label selectors (equality and set-based) and field selectors, as text and as predicates.

use serde_json::Value;

use super::resource::Resource;
use super::status::Status;
use super::value::text;

/// What a list or a watch is narrowed to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    labels: Vec<Requirement>,
    fields: Vec<FieldRequirement>,
}

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Clone, Debug, PartialEq)]
enum Operator {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    NotExists,
    Greater(i64),
    Less(i64),
}

#[derive(Clone, Debug, PartialEq)]
struct FieldRequirement {
    field: String,
    equal: bool,
    value: String,
}

impl Selection {
    /// Reads both selectors; empty texts select everything.
    ///
    /// # Errors
    /// 400 with the real text for a selector that cannot be read or a field that the kind does not have.
    pub fn parse(resource: &Resource, labels: &str, fields: &str) -> Result<Self, Status> {
        Ok(Self { labels: parse_labels(labels)?, fields: parse_fields(resource, fields)? })
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether `object` is selected.
    pub fn matches(&self, resource: &Resource, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        let label_holds = |requirement: &Requirement| requirement.holds(labels.get(&requirement.key).and_then(Value::as_str));
        let field_holds = |requirement: &FieldRequirement| {
            let value = resource.field(object, &requirement.field).unwrap_or_default();
            (value == requirement.value) == requirement.equal
        };
        self.labels.iter().all(label_holds) && self.fields.iter().all(field_holds)
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            Operator::In(values) => value.is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Operator::NotIn(values) => value.is_none_or(|value| values.iter().all(|unwanted| unwanted != value)),
            Operator::Exists => value.is_some(),
            Operator::NotExists => value.is_none(),
            Operator::Greater(bound) => number().is_some_and(|value| value > *bound),
            Operator::Less(bound) => number().is_some_and(|value| value < *bound),
        }
    }
}

/// Cuts at commas that are not inside brackets.
fn terms(selector: &str) -> Vec<&str> {
    let (mut depth, mut start, mut terms) = (0_u32, 0, Vec::new());
    for (place, letter) in selector.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                terms.push(selector[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    terms.push(selector[start..].trim());
    terms.retain(|term| !term.is_empty());
    terms
}

fn parse_labels(selector: &str) -> Result<Vec<Requirement>, Status> {
    terms(selector).into_iter().map(|term| parse_label(term).ok_or_else(|| unreadable(term))).collect()
}

fn unreadable(term: &str) -> Status {
    Status::bad_request(format!("unable to parse requirement: {term}"))
}

fn parse_label(term: &str) -> Option<Requirement> {
    if let Some(key) = term.strip_prefix('!') {
        return requirement(key, Operator::NotExists);
    }
    if let Some((head, values)) = term.strip_suffix(')').and_then(|term| term.split_once('(')) {
        let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
        let (key, word) = head.trim().rsplit_once(char::is_whitespace)?;
        return match word {
            "in" => requirement(key, Operator::In(values)),
            "notin" => requirement(key, Operator::NotIn(values)),
            _ => None,
        };
    }
    let one = |value: &str| vec![value.trim().to_owned()];
    if let Some((key, value)) = term.split_once("!=") {
        return requirement(key, Operator::NotIn(one(value)));
    }
    if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return requirement(key, Operator::In(one(value)));
    }
    if let Some((key, value)) = term.split_once('>') {
        return requirement(key, Operator::Greater(value.trim().parse().ok()?));
    }
    if let Some((key, value)) = term.split_once('<') {
        return requirement(key, Operator::Less(value.trim().parse().ok()?));
    }
    requirement(term, Operator::Exists)
}

fn requirement(key: &str, operator: Operator) -> Option<Requirement> {
    let key = key.trim();
    let legal = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    let values_legal = match &operator {
        Operator::In(values) | Operator::NotIn(values) => {
            values.iter().all(|value| value.len() <= 63 && value.chars().all(|letter| legal(letter) && letter != '/'))
        }
        _ => true,
    };
    (!key.is_empty() && key.chars().all(legal) && values_legal).then(|| Requirement { key: key.to_owned(), operator })
}

fn parse_fields(resource: &Resource, selector: &str) -> Result<Vec<FieldRequirement>, Status> {
    selector.split(',').filter(|term| !term.is_empty()).map(|term| parse_field(resource, term)).collect()
}

fn parse_field(resource: &Resource, term: &str) -> Result<FieldRequirement, Status> {
    let (field, value, equal) = if let Some((field, value)) = term.split_once("!=") {
        (field, value, false)
    } else if let Some((field, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        (field, value, true)
    } else {
        return Err(Status::bad_request(format!("invalid selector: '{term}'; can't understand '{term}'")));
    };
    resource.check_field(field).map_err(Status::bad_request)?;
    Ok(FieldRequirement { field: field.to_owned(), equal, value: value.to_owned() })
}

/// The value of a field that every kind has.
pub(super) fn common_field(object: &Value, field: &str) -> Option<String> {
    match field {
        "metadata.name" => Some(text(object, "/metadata/name").to_owned()),
        "metadata.namespace" => Some(text(object, "/metadata/namespace").to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn label_selectors_select() {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "3", "example.com/zone": "a"}}});
        let resource = Resource::builtin("", "v1", "configmaps", "ConfigMap");
        let table = [
            ("", Some(true)),
            ("app=web", Some(true)),
            ("app==web,tier!=3", Some(false)),
            ("app in (db, web),example.com/zone", Some(true)),
            ("app notin (web)", Some(false)),
            ("other notin (web)", Some(true)),
            ("!app", Some(false)),
            ("tier>2", Some(true)),
            ("tier<2", Some(false)),
            ("app in web", None),
            ("a b c", None),
        ];
        for (selector, expected) in table {
            let selected = Selection::parse(&resource, selector, "").map(|selection| selection.matches(&resource, &object));
            assert_eq!(selected.ok(), expected, "{selector}");
        }
    }
}
