//! All policies that a principal has, each with a name: for questions that are not about one request.

use crate::catalogue::Catalogue;
use crate::identity::identity;
use crate::layers::Written;
use crate::target::Subject;
use crate::text::arn;
use crate::world::{Assignment, World};
use std::collections::BTreeSet;
use tieout_aws_state::Resource;
use tieout_iam::Policy;

/// A policy of a principal.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// How a message names it.
    pub label: String,
    /// What it says; its gaps where it is not in sight.
    pub policy: Policy,
}

/// The policies of a principal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Held {
    /// Inline, attached, of its groups, written elsewhere.
    pub policies: Vec<Named>,
    /// Its boundary; none where it has none.
    pub boundary: Vec<Named>,
}

/// The policies of a user or role. What is open before deployment stays open in them.
pub fn held(catalogue: &Catalogue<'_>, principal: &Resource) -> Held {
    let subject = Subject {
        id: principal.subject.id.clone(),
        arn: arn(principal).unwrap_or_default(),
        holder: Some(principal),
        fixed: Assignment::new(),
        note: None,
    };
    let found = identity(catalogue, &subject, &principal.subject.id);
    let (set, open) = (Assignment::new(), BTreeSet::new());
    let world = World { catalogue, set: &set, held: &open };
    let settled = |all: &[Written<'_>]| -> Vec<Named> {
        all.iter().map(|one| Named { label: one.label.clone(), policy: one.policy(&world) }).collect()
    };
    Held { policies: settled(&found.policies), boundary: settled(&found.boundary) }
}
