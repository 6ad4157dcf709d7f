//! What a request's decision may hang on besides the context: the parts of policies that are not known.

use crate::answer::Tri;
use crate::eval::{Layers, Request};
use crate::policy::{Policy, Statement};
use tieout_model::Gap;

/// The gaps of all layers that may bear on a request: documents that are not known, and statements about its
/// action of which something is open. Sorted, each once.
pub fn open_gaps(request: &Request<'_>, layers: &Layers<'_>) -> Vec<Gap> {
    let levels = layers.scp.iter().chain(layers.rcp).flatten();
    let single = layers.resource.into_iter().chain(layers.session);
    let lists = layers.identity.iter().chain(layers.boundary).chain(layers.vpce);
    let mut gaps: Vec<Gap> =
        lists.chain(single).chain(levels).flat_map(|policy| of_policy(policy, request)).collect();
    gaps.sort();
    gaps.dedup();
    gaps
}

fn of_policy(policy: &Policy, request: &Request<'_>) -> Vec<Gap> {
    let about =
        policy.statements.iter().filter(|statement| statement.actions.matches(request.action) != Tri::No);
    policy.gaps.iter().cloned().chain(about.flat_map(of_statement)).collect()
}

fn of_statement(statement: &Statement) -> Vec<Gap> {
    let conditions = statement.conditions.iter().flat_map(|condition| {
        let values = condition.values.iter().filter_map(|value| value.gap());
        condition.gap.iter().chain(values)
    });
    let clauses = [statement.actions.gap(), statement.resources.gap(), statement.principal.gap()];
    statement.gap.iter().chain(clauses.into_iter().flatten()).chain(conditions).cloned().collect()
}
