//! Statements that change nothing: within another one, or denied as a whole.

use super::Linted;
use crate::ActionClause;
use crate::policy::{Effect, Policy, Statement};
use crate::sets;

pub(super) fn check(policy: &Policy, out: &mut Linted) {
    let services: Vec<u64> = policy.statements.iter().map(services).collect();
    for (statement, needed) in policy.statements.iter().zip(&services) {
        if statement.gap.is_some() {
            continue;
        }
        let others = policy
            .statements
            .iter()
            .zip(&services)
            .filter(|(other, has)| {
                other.index != statement.index && other.gap.is_none() && needed & !**has == 0
            })
            .map(|(other, _)| other);
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

/// The services of a statement's actions, a bit each (services may share one), all bits where it may be any: a
/// statement is within another one only where its bits are. Policies have hundreds of statements.
fn services(statement: &Statement) -> u64 {
    let ActionClause::Action(patterns) = &statement.actions else { return u64::MAX };
    patterns.iter().fold(0, |bits, pattern| match pattern.plain().and_then(|text| text.split_once(':')) {
        Some((service, _)) if !service.contains(['*', '?']) => {
            let letters = service.bytes().map(|byte| u64::from(byte.to_ascii_lowercase()));
            bits | 1 << (letters.fold(0u64, |sum, letter| sum.wrapping_mul(31).wrapping_add(letter)) % 64)
        }
        _ => u64::MAX,
    })
}

/// Whether one statement speaks of every request that another one speaks of.
fn speaks_of_all(wide: &Statement, narrow: &Statement) -> bool {
    let callers = wide.principal == narrow.principal || wide.principal.is_everyone();
    callers && sets::speaks_of_all(wide, narrow)
}
