//! The policies that were gathered for a request, each with a name, and not settled yet.

use crate::text::Atom;
use crate::world::World;
use std::collections::BTreeSet;
use tieout_aws_state::{Resource, Scope};
use tieout_iam::Policy;
use tieout_model::{Gap, Node, Value};

/// A policy as it stands in the state.
#[derive(Debug)]
pub(crate) struct Written<'s> {
    /// How a message names it.
    pub(crate) label: String,
    pub(crate) body: Body<'s>,
    /// Why it is not certain that it is there.
    pub(crate) doubt: Option<Gap>,
}

#[derive(Debug)]
pub(crate) enum Body<'s> {
    /// A document, or with a key what holds it under that key.
    Tree(&'s Node, &'s Scope, Option<&'static str>),
    /// A document that says what a resource says in its own form.
    Made(Node, &'s Scope),
    Known(Policy),
    /// It is not in sight.
    Unknown(Gap),
}

impl<'s> Written<'s> {
    pub(crate) fn known(label: impl Into<String>, policy: Policy) -> Written<'s> {
        Written { label: label.into(), body: Body::Known(policy), doubt: None }
    }

    pub(crate) fn unknown(label: impl Into<String>, gap: Gap) -> Written<'s> {
        Written { label: label.into(), body: Body::Unknown(gap), doubt: None }
    }

    /// The document under a key of a resource's properties; unknown where it has none.
    pub(crate) fn of(label: impl Into<String>, resource: &'s Resource, path: &str) -> Written<'s> {
        let label = label.into();
        let declared = &resource.declared;
        let doubt = declared.uncertain.clone();
        match declared.values(path).first() {
            Some(node) if !node.is_null() => {
                Written { label, body: Body::Tree(node, &declared.scope, None), doubt }
            }
            _ => {
                let gap = Gap::unresolved(format_args!("the document of {}", resource.subject.id));
                Written { label, body: Body::Unknown(gap), doubt }
            }
        }
    }

    /// The policy in a world.
    pub(crate) fn policy(&self, world: &World<'_, '_>) -> Policy {
        let mut policy = match &self.body {
            Body::Known(policy) => policy.clone(),
            Body::Unknown(gap) => not_in_sight(gap.clone()),
            Body::Made(node, scope) => Policy::from_node(&world.settle(node, scope)),
            Body::Tree(node, scope, None) => Policy::from_node(&world.settle(node, scope)),
            Body::Tree(node, scope, Some(key)) => {
                let settled = world.settle(node, scope);
                match settled.get(key) {
                    Some(document) => Policy::from_node(document),
                    None if settled.is_null() => Policy::default(),
                    None => {
                        not_in_sight(settled.gap().unwrap_or_else(|| Gap::unresolved(settled.expression())))
                    }
                }
            }
        };
        if let Some(doubt) = &self.doubt {
            for statement in &mut policy.statements {
                statement.gap = statement.gap.take().or_else(|| Some(doubt.clone()));
            }
        }
        policy
    }

    fn tree(&self) -> Option<&Node> {
        match &self.body {
            Body::Tree(node, ..) => Some(node),
            Body::Made(node, _) => Some(node),
            _ => None,
        }
    }

    /// Conditions of the source on which it depends.
    pub(crate) fn conditions(&self) -> BTreeSet<Atom> {
        let mut all = BTreeSet::new();
        if let Some(tree) = self.tree() {
            tree.walk(&mut |node| {
                if let Value::Either { condition, .. } = &node.value {
                    all.insert(Atom::Condition(condition.clone()));
                }
            });
        }
        all
    }
}

/// A policy that may say anything.
fn not_in_sight(gap: Gap) -> Policy {
    let mut policy = Policy::default();
    policy.gaps.push(gap);
    policy
}

/// All texts of policies, for the worlds in which open texts are what they speak of.
pub(crate) fn texts(policies: &[Policy]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for statement in policies.iter().flat_map(|policy| &policy.statements) {
        let principals = statement.principal.patterns().iter().map(|principal| &principal.value);
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        let patterns = statement.resources.patterns().iter().chain(principals).chain(values);
        all.extend(patterns.filter_map(|pattern| pattern.plain()).map(str::to_owned));
    }
    all
}
