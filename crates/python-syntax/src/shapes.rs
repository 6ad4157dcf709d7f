//! Small questions about the shape of a tree that every reader of Python asks: what an assignment pairs, what a pattern binds.

use ruff_python_ast::{Expr, Pattern};

/// The targets and values of `a, b = x, y`, one by one; `None` where they do not pair off, or one is starred.
#[must_use]
pub fn pairs<'a>(targets: &'a [Expr], value: &'a Expr) -> Option<impl Iterator<Item = (&'a Expr, &'a Expr)>> {
    let ([Expr::Tuple(names)], Expr::Tuple(values)) = (targets, value) else { return None };
    let pair_off = names.elts.len() == values.elts.len()
        && !names.elts.iter().chain(&values.elts).any(|element| matches!(element, Expr::Starred(_)));
    pair_off.then(|| names.elts.iter().zip(&values.elts))
}

/// The name that a pattern of `match` binds by itself, not by a pattern inside it.
#[must_use]
pub fn bound_name(pattern: &Pattern) -> Option<&str> {
    let bound = match pattern {
        Pattern::MatchAs(pattern) => pattern.name.as_ref(),
        Pattern::MatchStar(pattern) => pattern.name.as_ref(),
        Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
        _ => None,
    };
    bound.map(|name| name.as_str())
}
