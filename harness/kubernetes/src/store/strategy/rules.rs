//! Validation rules of custom resources (`x-kubernetes-validations`), which are written in CEL.
//!
//! Modelled: what the rules of the definitions that clusters of this kind have are made of: `self`, `oldSelf` and members of them,
//! `has()`, `size()`, comparisons, `!`, `&&`, `||`, parentheses, texts and whole numbers; rules with `oldSelf` on updates only, where
//! there was a value before. Not modelled: the rest of CEL: a rule that has more in it is passed over, so what it forbids is
//! allowed here; `messageExpression`, `reason`, `fieldPath`; rules on members of lists and maps.

use serde_json::Value;

use crate::store::status::FieldError;

/// What the rules have against a value, but for those about its change.
pub fn check(schema: &Value, value: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    judge(schema, (value, None), false, "", &mut errors);
    errors
}

/// What the rules about changes have against a change.
pub fn check_change(schema: &Value, value: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    judge(schema, (value, Some(old)), true, "", &mut errors);
    errors
}

fn judge(schema: &Value, (value, old): (&Value, Option<&Value>), changes: bool, path: &str, errors: &mut Vec<FieldError>) {
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        let text = rule["rule"].as_str().unwrap_or_default();
        if text.contains("oldSelf") != changes || (changes && old.is_none()) {
            continue;
        }
        let found = Parser::new(text).whole().and_then(|expression| expression.value(&Values { now: value, old }));
        if found == Some(Value::Bool(false)) {
            let message = rule["message"].as_str().map_or_else(|| format!("failed rule: {text}"), str::to_owned);
            errors.push(FieldError::invalid(path, &schema["type"], &message));
        }
    }
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let Some(member) = value.get(key) else { continue };
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        judge(inner, (member, old.and_then(|old| old.get(key))), changes, &below, errors);
    }
}

/// What `self` and `oldSelf` are.
struct Values<'v> {
    now: &'v Value,
    old: Option<&'v Value>,
}

enum Expression {
    /// A text, a number, true or false.
    Literal(Value),
    /// `self.a.b` or `oldSelf.a`; its first step says which of the two.
    Path(Vec<String>),
    Has(Vec<String>),
    Size(Vec<String>),
    Not(Box<Expression>),
    Both(Box<Expression>, Box<Expression>),
    Either(Box<Expression>, Box<Expression>),
    Compared(Box<Expression>, &'static str, Box<Expression>),
}

impl Expression {
    /// Its value; nothing where it has none, as of a member that is not there.
    fn value(&self, values: &Values) -> Option<Value> {
        let truth = |expression: &Self| expression.value(values)?.as_bool();
        Some(match self {
            Self::Literal(value) => value.clone(),
            Self::Path(path) => values.at(path)?.clone(),
            Self::Has(path) => values.at(path).is_some().into(),
            Self::Size(path) => size(values.at(path)?)?.into(),
            Self::Not(inner) => (!truth(inner)?).into(),
            // One side decides, whatever is wrong with the other.
            Self::Both(left, right) => match (truth(left), truth(right)) {
                (Some(false), _) | (_, Some(false)) => false.into(),
                (left, right) => (left? && right?).into(),
            },
            Self::Either(left, right) => match (truth(left), truth(right)) {
                (Some(true), _) | (_, Some(true)) => true.into(),
                (left, right) => (left? || right?).into(),
            },
            Self::Compared(left, how, right) => compared(&left.value(values)?, how, &right.value(values)?)?.into(),
        })
    }
}

impl<'v> Values<'v> {
    fn at(&self, path: &[String]) -> Option<&'v Value> {
        let (first, rest) = path.split_first()?;
        let root = if first == "self" { Some(self.now) } else { self.old };
        rest.iter().try_fold(root?, |value, step| value.get(step))
    }
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(elements) => Some(elements.len()),
        Value::Object(members) => Some(members.len()),
        _ => None,
    }
}

fn compared(left: &Value, how: &str, right: &Value) -> Option<bool> {
    let order = || left.as_i64().zip(right.as_i64()).map(|(left, right)| left.cmp(&right));
    match how {
        "==" => Some(left == right),
        "!=" => Some(left != right),
        ">=" => order().map(std::cmp::Ordering::is_ge),
        "<=" => order().map(std::cmp::Ordering::is_le),
        ">" => order().map(std::cmp::Ordering::is_gt),
        "<" => order().map(std::cmp::Ordering::is_lt),
        _ => None,
    }
}

/// Comparisons, longer ones before those that they begin with.
const COMPARISONS: [&str; 6] = ["==", "!=", ">=", "<=", ">", "<"];

struct Parser<'t> {
    left: &'t str,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self { left: text }
    }

    /// The whole text as one expression; nothing where it is more than is known here.
    fn whole(mut self) -> Option<Expression> {
        let expression = self.either()?;
        self.left.trim().is_empty().then_some(expression)
    }

    fn takes(&mut self, token: &str) -> bool {
        match self.left.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.left = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self) -> Option<Expression> {
        let mut expression = self.both()?;
        while self.takes("||") {
            expression = Expression::Either(Box::new(expression), Box::new(self.both()?));
        }
        Some(expression)
    }

    fn both(&mut self) -> Option<Expression> {
        let mut expression = self.comparison()?;
        while self.takes("&&") {
            expression = Expression::Both(Box::new(expression), Box::new(self.comparison()?));
        }
        Some(expression)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let left = self.one()?;
        for how in COMPARISONS {
            if self.takes(how) {
                return Some(Expression::Compared(Box::new(left), how, Box::new(self.one()?)));
            }
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Expression> {
        if self.takes("!") {
            return Some(Expression::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let inner = self.either()?;
            return self.takes(")").then_some(inner);
        }
        let text = self.left.trim_start();
        if let Some(rest) = text.strip_prefix(['\'', '"']) {
            let (literal, rest) = rest.split_once(text.chars().next()?)?;
            self.left = rest;
            return Some(Expression::Literal(literal.into()));
        }
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'))).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.left = rest;
        match word {
            "has" => self.argument().map(Expression::Has),
            "size" => self.argument().map(Expression::Size),
            "true" | "false" => Some(Expression::Literal((word == "true").into())),
            _ => match word.parse::<i64>() {
                Ok(number) => Some(Expression::Literal(number.into())),
                Err(_) => path(word).map(Expression::Path),
            },
        }
    }

    fn argument(&mut self) -> Option<Vec<String>> {
        if !self.takes("(") {
            return None;
        }
        let (inner, rest) = self.left.split_once(')')?;
        self.left = rest;
        path(inner.trim())
    }
}

/// `self.__namespace__` is the member `namespace`, which is a word of CEL's own.
fn path(text: &str) -> Option<Vec<String>> {
    let step = |step: &str| step.strip_prefix("__").and_then(|step| step.strip_suffix("__")).unwrap_or(step).to_owned();
    let steps: Vec<String> = text.split('.').map(step).collect();
    (matches!(steps.first()?.as_str(), "self" | "oldSelf") && steps.iter().all(|step| !step.is_empty())).then_some(steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(rule: &str, now: &Value, old: Option<&Value>) -> Option<Value> {
        Parser::new(rule).whole()?.value(&Values { now, old })
    }

    #[test]
    fn rules_are_judged_as_cel_has_them() {
        let one = "(has(self.a) && !has(self.b)) || (!has(self.a) && has(self.b))";
        let table = [
            (one, json!({"a": 1}), None, Some(true)),
            (one, json!({"a": 1, "b": 1}), None, Some(false)),
            (one, json!({}), None, Some(false)),
            ("self == oldSelf", json!("x"), Some(json!("x")), Some(true)),
            ("self == oldSelf", json!("x"), Some(json!("y")), Some(false)),
            ("!has(oldSelf.a) || has(self.a)", json!({}), Some(json!({"a": 1})), Some(false)),
            ("size(self) > 0", json!(""), None, Some(false)),
            ("has(self.name) && has(self.__namespace__)", json!({"name": "a", "namespace": "b"}), None, Some(true)),
            ("self.kind == 'b' || self.count >= 2", json!({"kind": "a", "count": 2}), None, Some(true)),
            ("self.all(x, x > 1)", json!([2]), None, None),
        ];
        for (rule, now, old, expected) in table {
            assert_eq!(verdict(rule, &now, old.as_ref()), expected.map(Value::Bool), "{rule} of {now}");
        }
    }

    #[test]
    fn what_a_rule_has_against_a_value_is_told_in_its_words() {
        let schema = json!({"type": "object", "properties": {"source": {"type": "object",
            "properties": {"a": {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "a is immutable"}]}},
            "x-kubernetes-validations": [{"rule": "has(self.a)", "message": "a must be set"}]}}});
        let told = |errors: Vec<FieldError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let (with, without) = (json!({"source": {"a": "x"}}), json!({"source": {}}));
        assert_eq!(told(check(&schema, &without)), "source: Invalid value: \"object\": a must be set");
        assert_eq!(told(check(&schema, &with)), "");
        let changed = check_change(&schema, &with, &json!({"source": {"a": "y"}}));
        assert_eq!(told(changed), "source.a: Invalid value: \"string\": a is immutable");
        assert_eq!(told(check_change(&schema, &with, &without)), "");
    }
}
