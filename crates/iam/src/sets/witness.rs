//! Looking for a request that the inner policies allow and the outer ones do not. What is found is confirmed
//! by the evaluator; what is not found proves nothing.

use super::{Question, Region};
use crate::condition::{Base, Condition, SetQualifier};
use crate::eval::{Context, ContextValue, Layers, Principal, Request, Settings, Verdict, evaluate};
use crate::facts::facts;
use crate::pattern::{Part, Pattern};
use crate::policy::Policy;
use std::borrow::Cow;

/// A request that one side allows and the other does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The context.
    pub context: Context<'static>,
}

/// Who asks, in every witness.
const CALLER: &str = "arn:aws:iam::111122223333:user/witness";

/// How many requests are tried a region.
const MOST_TRIES: usize = 512;

impl Witness {
    /// Whether these policies of an identity allow the request.
    pub fn is_allowed_by(&self, policies: &[Policy]) -> bool {
        let request = Request {
            principal: Principal::User(CALLER),
            action: &self.action,
            resource: &self.resource,
            resource_account: Some("111122223333"),
            context: &self.context,
        };
        let layers = Layers { identity: policies, ..Layers::default() };
        evaluate(&request, &layers, Settings::default()).verdict == Verdict::Allowed
    }
}

pub(super) fn find(question: &Question<'_>, region: &Region<'_>) -> Option<Witness> {
    let contexts = contexts(question, region);
    let resources = resources(question, region);
    let mut tries = 0;
    for action in actions(region) {
        for resource in &resources {
            for context in &contexts {
                tries += 1;
                if tries > MOST_TRIES {
                    return None;
                }
                let witness =
                    Witness { action: action.clone(), resource: resource.clone(), context: context.clone() };
                if witness.is_allowed_by(question.inner) && !witness.is_allowed_by(question.outer) {
                    return Some(witness);
                }
            }
        }
    }
    None
}

/// The action itself, or one that a pattern beyond the tables may mean.
fn actions(region: &Region<'_>) -> Vec<String> {
    let pattern = region.action;
    if let Some(name) = pattern.literal() {
        return vec![name.to_owned()];
    }
    let known = facts().matching(pattern).iter().next().map(|action| action.full_name());
    let text = pattern.text();
    let made = if text.contains(':') { fill(text, "Zz") } else { format!("{}:Zz", fill(text, "zz")) };
    known.into_iter().chain([made]).collect()
}

fn fill(pattern: &str, with: &str) -> String {
    pattern.replace('*', with).replace('?', "z")
}

/// Resources of the region's pattern: wildcards filled with different texts, and the patterns of both sides
/// where they lie within.
fn resources(question: &Question<'_>, region: &Region<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut push = |text: String| {
        if !out.contains(&text) {
            out.push(text);
        }
    };
    let own = concrete(region.resource);
    for with in ["zz", "", "z/z", "0"] {
        push(full_arn(&fill(&own, with)));
    }
    if region.resource.is_any() {
        push("*".to_owned());
        push("arn:aws:s3:::zz/zz".to_owned());
    }
    for statement in question.statements() {
        for pattern in statement.resources.patterns() {
            for with in ["zz", "", "1"] {
                push(full_arn(&fill(&concrete(pattern), with)));
            }
        }
    }
    out
}

/// The pattern's text with variables as the contexts set them.
fn concrete(pattern: &Pattern) -> String {
    let Some(parts) = pattern.parts() else { return pattern.text().to_owned() };
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text.to_string(),
            Part::Any => "*".to_owned(),
            Part::One => "?".to_owned(),
            Part::Variable { .. } | Part::Hole(_) => VARIABLE.to_owned(),
        })
        .collect()
}

/// What every variable of a witness stands for.
const VARIABLE: &str = "witness";

/// A short ARN completed.
fn full_arn(text: &str) -> String {
    let colons = text.matches(':').count();
    if !text.starts_with("arn:") || colons >= 5 {
        return text.to_owned();
    }
    format!("{text}{}zz", ":".repeat(5 - colons))
}

/// Contexts that meet the statement's conditions, with and without what the other conditions speak of.
fn contexts(question: &Question<'_>, region: &Region<'_>) -> Vec<Context<'static>> {
    let mut base = Context::new();
    let variables = question.statements().flat_map(|statement| {
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        statement.resources.patterns().iter().chain(values)
    });
    for pattern in variables {
        for part in pattern.parts().unwrap_or_default() {
            if let Part::Variable { key, .. } = part {
                base.set(key.to_string(), ContextValue::One(Cow::Borrowed(VARIABLE)));
            }
        }
    }
    for condition in &region.statement.conditions {
        meet(condition, &mut base, false);
    }
    let mut out = vec![base.clone()];
    for condition in question.statements().flat_map(|statement| &statement.conditions) {
        for against in [false, true] {
            let mut context = base.clone();
            meet(condition, &mut context, against);
            for own in &region.statement.conditions {
                meet(own, &mut context, false);
            }
            if !out.contains(&context) {
                out.push(context);
            }
        }
    }
    out
}

/// Sets a key so that a condition is met, or with `against` so that it is not.
fn meet(condition: &Condition, context: &mut Context<'static>, against: bool) {
    let Some(operator) = condition.operator else { return };
    let first = condition.values.first().map(|value| fill(&concrete(value), "zz")).unwrap_or_default();
    let equal = operator.base.is_negated() == against;
    let value = match operator.base {
        Base::Null => {
            let absent = (first == "true") != against;
            if absent {
                context.unset(&condition.key);
                return;
            }
            "zz".to_owned()
        }
        Base::Bool => match (first.as_str(), equal) {
            ("true", true) | ("false", false) => "true".to_owned(),
            _ => "false".to_owned(),
        },
        Base::IpAddress | Base::NotIpAddress if equal => {
            first.split_once('/').map_or(first.clone(), |(address, _)| address.to_owned())
        }
        Base::IpAddress | Base::NotIpAddress => "192.0.2.77".to_owned(),
        Base::NumericLessThan | Base::NumericLessThanEquals => {
            shifted(&first, if equal { -1.0 } else { 1.0 })
        }
        Base::NumericGreaterThan | Base::NumericGreaterThanEquals => {
            shifted(&first, if equal { 1.0 } else { -1.0 })
        }
        Base::DateLessThan | Base::DateLessThanEquals => {
            if equal { "1971-01-01T00:00:00Z" } else { "2999-01-01T00:00:00Z" }.to_owned()
        }
        Base::DateGreaterThan | Base::DateGreaterThanEquals => {
            if equal { "2999-01-01T00:00:00Z" } else { "1971-01-01T00:00:00Z" }.to_owned()
        }
        _ if equal => first,
        _ => format!("{first}-not"),
    };
    let value = match operator.set {
        Some(SetQualifier::All | SetQualifier::Any) => ContextValue::Many(vec![Cow::Owned(value)]),
        None => ContextValue::One(Cow::Owned(value)),
    };
    context.set(condition.key.to_string(), value);
}

fn shifted(number: &str, by: f64) -> String {
    number.parse::<f64>().map_or_else(|_| number.to_owned(), |number| (number + by).to_string())
}
