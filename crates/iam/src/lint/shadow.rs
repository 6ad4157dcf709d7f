//! Statements that change nothing: within another one, or denied as a whole.

use super::Linted;
use crate::policy::{Effect, Policy, Statement};
use crate::sets;

pub(super) fn check(policy: &Policy, out: &mut Linted) {
    for statement in &policy.statements {
        if statement.gap.is_some() {
            continue;
        }
        let others =
            policy.statements.iter().filter(|other| other.index != statement.index && other.gap.is_none());
        for other in others {
            if other.effect == Some(Effect::Deny)
                && statement.effect == Some(Effect::Allow)
                && other.conditions.is_empty()
                && speaks_of_all(other, statement)
            {
                let message = format!(
                    "{} has no effect: {} denies all that it allows",
                    statement.label(),
                    other.label()
                );
                out.warn("shadowed-statement", message, &statement.at);
                break;
            }
            let same = other.effect == statement.effect && statement.effect.is_some();
            let first = other.index < statement.index || !speaks_of_all(statement, other);
            if same && first && speaks_of_all(other, statement) {
                let message = format!(
                    "{} says nothing that {} does not say; take it out",
                    statement.label(),
                    other.label()
                );
                out.suggest("redundant-statement", message, &statement.at);
                break;
            }
        }
    }
}

/// Whether one statement speaks of every request that another one speaks of.
fn speaks_of_all(wide: &Statement, narrow: &Statement) -> bool {
    let callers = wide.principal == narrow.principal || wide.principal.is_everyone();
    callers && sets::speaks_of_all(wide, narrow)
}
