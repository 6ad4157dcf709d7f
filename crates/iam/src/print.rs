//! A policy as JSON again. What is not known prints as its expression, `${…}`.

use crate::condition::Condition;
use crate::policy::{Effect, Policy, Statement, Version};
use crate::{ActionClause, Pattern, PrincipalClause, PrincipalKind, ResourceClause};
use serde_json::{Map, Value, json};

impl Policy {
    /// The document as JSON, with lists where there is more than one. Statements that AWS would refuse are
    /// printed as far as they were understood.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        let version = match self.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        out.insert("Version".into(), version.into());
        if let Some(id) = &self.id {
            out.insert("Id".into(), (&**id).into());
        }
        out.insert("Statement".into(), self.statements.iter().map(Statement::to_json).collect());
        Value::Object(out)
    }
}

impl Statement {
    /// The statement as JSON.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        if let Some(sid) = &self.sid {
            out.insert("Sid".into(), (&**sid).into());
        }
        match self.effect {
            Some(Effect::Allow) => out.insert("Effect".into(), "Allow".into()),
            Some(Effect::Deny) => out.insert("Effect".into(), "Deny".into()),
            None => None,
        };
        match &self.principal {
            PrincipalClause::Absent | PrincipalClause::Unknown(_) => {}
            PrincipalClause::Principal(_) => {
                out.insert("Principal".into(), principals(&self.principal));
            }
            PrincipalClause::NotPrincipal(_) => {
                out.insert("NotPrincipal".into(), principals(&self.principal));
            }
        }
        let action = match &self.actions {
            ActionClause::Action(_) => Some("Action"),
            ActionClause::NotAction(_) => Some("NotAction"),
            ActionClause::Absent => None,
        };
        if let Some(name) = action {
            out.insert(name.into(), texts(self.actions.patterns()));
        }
        let resource = match &self.resources {
            ResourceClause::Resource(_) => Some("Resource"),
            ResourceClause::NotResource(_) => Some("NotResource"),
            ResourceClause::Absent => None,
        };
        if let Some(name) = resource {
            out.insert(name.into(), texts(self.resources.patterns()));
        }
        if !self.conditions.is_empty() {
            out.insert("Condition".into(), conditions(&self.conditions));
        }
        Value::Object(out)
    }
}

fn texts(patterns: &[Pattern]) -> Value {
    match patterns {
        [one] => one.text().into(),
        many => many.iter().map(Pattern::text).collect(),
    }
}

fn principals(clause: &PrincipalClause) -> Value {
    let patterns = clause.patterns();
    if let [one] = patterns
        && one.kind == PrincipalKind::Anyone
    {
        return "*".into();
    }
    let mut out = Map::new();
    for pattern in patterns {
        let key = match pattern.kind {
            PrincipalKind::Anyone => "*",
            PrincipalKind::Aws => "AWS",
            PrincipalKind::Service => "Service",
            PrincipalKind::Federated => "Federated",
            PrincipalKind::CanonicalUser => "CanonicalUser",
        };
        if let Value::Array(list) = out.entry(key).or_insert_with(|| json!([])) {
            list.push(pattern.value.text().into());
        }
    }
    Value::Object(out)
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut out = Map::new();
    for condition in conditions {
        let Some(operator) = condition.operator else { continue };
        if let Value::Object(keys) = out.entry(operator.to_string()).or_insert_with(|| json!({})) {
            keys.insert(condition.key.to_string(), texts(&condition.values));
        }
    }
    Value::Object(out)
}
