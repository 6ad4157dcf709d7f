//! What `Policies` of a function or a state machine grants: managed policies, statements, policy templates.

use super::build::{inline_policy, is_intrinsic, list, map, sub, text};
use std::collections::HashMap;
use std::sync::LazyLock;
use tieout_model::{Gap, Node, Place, Value};

const TEMPLATES: &str = include_str!("policy_templates.txt");
const MANAGED: &str = include_str!("managed_policies.txt");

/// A policy template, as its rows say.
struct Template {
    parameters: Vec<&'static str>,
    statements: Vec<Statement>,
}

#[derive(Default)]
struct Statement {
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    /// Operator, key, value.
    conditions: Vec<(&'static str, &'static str, &'static str)>,
}

static BY_NAME: LazyLock<HashMap<&'static str, Template>> = LazyLock::new(|| {
    let mut templates: HashMap<&str, Template> = HashMap::new();
    let mut open = "";
    for line in TEMPLATES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if !line.starts_with(' ') {
            open = first;
            templates.insert(first, Template { parameters: words.collect(), statements: Vec::new() });
            continue;
        }
        let Some(template) = templates.get_mut(open) else { continue };
        match (first, template.statements.last_mut()) {
            ("allow", _) => {
                template.statements.push(Statement { actions: words.collect(), ..Statement::default() });
            }
            ("on", Some(statement)) => statement.resources.extend(words),
            ("when", Some(statement)) => {
                if let (Some(operator), Some(key), Some(value)) = (words.next(), words.next(), words.next()) {
                    statement.conditions.push((operator, key, value));
                }
            }
            _ => {}
        }
    }
    templates
});

/// What goes into a role.
#[derive(Default)]
pub(super) struct Grants {
    pub(super) managed: Vec<Node>,
    pub(super) inline: Vec<Node>,
}

impl Grants {
    /// Adds an AWS managed policy by its path and name.
    pub(super) fn aws(&mut self, at: &Place, path: &str) {
        self.managed.push(sub(at, &format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}"), []));
    }

    /// Adds what a `Policies` property says; `role` names the inline policies.
    pub(super) fn add(&mut self, policies: &Node, role: &str, gaps: &mut Vec<(Gap, Place)>) {
        let one = std::slice::from_ref(policies);
        let all = if let Value::List(items) = &policies.value { items.as_slice() } else { one };
        for (index, policy) in all.iter().enumerate() {
            self.one(policy, &format!("{role}Policy{index}"), gaps);
        }
    }

    fn one(&mut self, policy: &Node, name: &str, gaps: &mut Vec<(Gap, Place)>) {
        match &policy.value {
            Value::Text(_) => self.managed.push(managed_arn(policy)),
            Value::Map(_) => match self.branches(policy, name, gaps) {
                true => {}
                false if is_intrinsic(policy) => self.managed.push(policy.clone()),
                false => match document(policy, name, gaps) {
                    Some(inline) => self.inline.push(inline),
                    None => gaps.push(not_understood(policy)),
                },
            },
            Value::Null => {}
            _ => gaps.push(not_understood(policy)),
        }
    }

    /// `Fn::If` with a policy in each branch: statements go inline, names and ARNs to the managed ones.
    fn branches(&mut self, policy: &Node, name: &str, gaps: &mut Vec<(Gap, Place)>) -> bool {
        let Some([condition, then, otherwise]) = policy.get("Fn::If").map(Node::items) else { return false };
        let at = &policy.at;
        let choice = |then: Node, otherwise: Node| {
            map(at, [("Fn::If", list(at, vec![condition.clone(), then, otherwise]))])
        };
        let mut sides = [then, otherwise].map(|side| {
            let mut grants = Grants::default();
            if side.get("Ref").and_then(Node::as_text) != Some("AWS::NoValue") {
                grants.one(side, name, gaps);
            }
            grants
        });
        let nothing = || map(at, [("Ref", text(at, "AWS::NoValue"))]);
        let [then, otherwise] = &mut sides;
        let managed = (then.managed.pop(), otherwise.managed.pop());
        if managed.0.is_some() || managed.1.is_some() {
            self.managed.push(choice(managed.0.unwrap_or_else(nothing), managed.1.unwrap_or_else(nothing)));
        }
        let inline = (then.inline.pop(), otherwise.inline.pop());
        if inline.0.is_some() || inline.1.is_some() {
            self.inline.push(choice(inline.0.unwrap_or_else(nothing), inline.1.unwrap_or_else(nothing)));
        }
        true
    }
}

fn not_understood(policy: &Node) -> (Gap, Place) {
    let what = match policy.entries() {
        [only] => format!("the policy template `{}`", only.key),
        _ => "a policy that is neither a name, an ARN, statements nor a template".to_owned(),
    };
    (Gap::unsupported(what), policy.at.clone())
}

/// An inline policy from statements or a policy template.
fn document(policy: &Node, name: &str, gaps: &mut Vec<(Gap, Place)>) -> Option<Node> {
    if policy.get("Statement").is_some() {
        return Some(map(
            &policy.at,
            [("PolicyName", text(&policy.at, name)), ("PolicyDocument", policy.clone())],
        ));
    }
    let [entry] = policy.entries() else { return None };
    let template = BY_NAME.get(&*entry.key)?;
    let at = entry.place();
    let missing = template.parameters.iter().find(|parameter| entry.node.get(parameter).is_none());
    if let Some(parameter) = missing {
        let gap = Gap::unresolved(format!("the parameter {parameter} of the policy template {}", entry.key));
        gaps.push((gap, at.clone()));
    }
    let statements = template.statements.iter().map(|statement| statement.node(&at, &entry.node)).collect();
    Some(inline_policy(&at, name, statements))
}

impl Statement {
    fn node(&self, at: &Place, parameters: &Node) -> Node {
        let filled = |pattern: &str| match pattern.contains("${") {
            true => {
                let values = parameters.entries().iter().map(|entry| (&*entry.key, entry.node.clone()));
                sub(at, pattern, values)
            }
            false => text(at, pattern),
        };
        let actions = self.actions.iter().map(|action| text(at, *action)).collect();
        let resources = self.resources.iter().map(|pattern| filled(pattern)).collect();
        let mut entries = vec![
            ("Effect", text(at, "Allow")),
            ("Action", list(at, actions)),
            ("Resource", list(at, resources)),
        ];
        let mut conditions = Node::map(at.clone());
        for (operator, key, value) in &self.conditions {
            let mut block = conditions.get(operator).cloned().unwrap_or_else(|| Node::map(at.clone()));
            block.set(*key, at.clone(), filled(value));
            conditions.set(*operator, at.clone(), block);
        }
        if !conditions.entries().is_empty() {
            entries.push(("Condition", conditions));
        }
        map(at, entries)
    }
}

/// A managed policy by ARN, or by the name of one of AWS's.
fn managed_arn(policy: &Node) -> Node {
    let name = policy.as_text().unwrap_or_default();
    if name.contains(':') || name.contains("${") {
        return policy.clone();
    }
    let path = MANAGED.lines().find(|path| path.rsplit('/').next() == Some(name)).unwrap_or(name);
    sub(&policy.at, &format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}"), [])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_template_has_statements_and_uses_each_of_its_parameters() {
        assert!(BY_NAME.len() >= 80, "{}", BY_NAME.len());
        for (name, template) in BY_NAME.iter() {
            assert!(!template.statements.is_empty(), "{name}");
            for statement in &template.statements {
                assert!(!statement.actions.is_empty() && !statement.resources.is_empty(), "{name}");
            }
            for parameter in &template.parameters {
                let used = template.statements.iter().any(|statement| {
                    let hole = format!("${{{parameter}}}");
                    statement.resources.iter().any(|resource| resource.contains(&hole))
                        || statement.conditions.iter().any(|(_, _, value)| value.contains(&hole))
                });
                assert!(used, "{name} {parameter}");
            }
        }
    }

    #[test]
    fn names_of_managed_policies_get_their_path() {
        let arn = |name: &str| {
            managed_arn(&Node::text(name, Place::None)).get("Fn::Sub").unwrap().items()[0]
                .as_text()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            arn("AWSLambdaVPCAccessExecutionRole"),
            "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
        );
        assert_eq!(arn("AmazonS3FullAccess"), "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess");
        assert_eq!(
            arn("ViewOnlyAccess"),
            "arn:${AWS::Partition}:iam::aws:policy/job-function/ViewOnlyAccess"
        );
    }
}
