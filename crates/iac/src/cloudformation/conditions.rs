//! Conditions, in three values: they hold, they do not, or it is not known before deployment.

use super::intrinsics::{Evaluator, Function, function};
use std::sync::Arc;
use tieout_model::{Node, Value};

/// Conditions that refer to conditions, deeper than any real template.
const MAX_CONDITION_DEPTH: usize = 64;

impl Evaluator<'_> {
    /// Whether a named condition holds; `None` where that is not known (or there is no such condition).
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        if let Some((_, holds)) = self.assumed.borrow().iter().rev().find(|(assumed, _)| &**assumed == name) {
            return Some(*holds);
        }
        if let Some(known) = self.decided.borrow().get(name) {
            return *known;
        }
        if self.deciding.borrow().iter().any(|open| &**open == name)
            || self.deciding.borrow().len() > MAX_CONDITION_DEPTH
        {
            return None;
        }
        let expression = self.conditions.get(name)?;
        let name: Arc<str> = name.into();
        self.deciding.borrow_mut().push(name.clone());
        let holds = self.holds(expression);
        self.deciding.borrow_mut().pop();
        self.decided.borrow_mut().insert(name, holds);
        holds
    }

    /// The condition that a named one comes down to where it is no more than another or another's opposite,
    /// and whether it is the opposite: of the two, one holds.
    pub(super) fn root_of(&self, name: &Arc<str>) -> (Arc<str>, bool) {
        let (mut root, mut is_opposite) = (name.clone(), false);
        for _ in 0..MAX_CONDITION_DEPTH {
            let mut node = match self.conditions.get(&root) {
                Some(node) => *node,
                None => break,
            };
            let mut flips = is_opposite;
            while let Some((Function::Named("Fn::Not"), argument, _)) = function(node) {
                let Some(inner) = argument.items().first() else { break };
                (node, flips) = (inner, !flips);
            }
            let Some((Function::Condition, argument, _)) = function(node) else { break };
            let Some(next) = argument.as_text().filter(|next| self.conditions.contains_key(*next)) else {
                break;
            };
            (root, is_opposite) = (next.into(), flips);
        }
        (root, is_opposite)
    }

    /// What `work` yields where the condition is taken to hold, or not to hold.
    pub(super) fn assuming<T>(&self, name: &Arc<str>, holds: bool, work: impl FnOnce() -> T) -> T {
        // What was decided under other assumptions may be decided differently now.
        let decided = std::mem::take(&mut *self.decided.borrow_mut());
        self.assumed.borrow_mut().push((name.clone(), holds));
        let result = work();
        self.assumed.borrow_mut().pop();
        *self.decided.borrow_mut() = decided;
        result
    }

    fn holds(&self, node: &Node) -> Option<bool> {
        let Some((name, argument, _)) = function(node) else {
            return node.as_bool();
        };
        match name {
            Function::Condition => self.condition(argument.as_text()?),
            Function::Named("Fn::Not") => self.holds(argument.items().first()?).map(|holds| !holds),
            Function::Named("Fn::And") => {
                let all: Vec<Option<bool>> = argument.items().iter().map(|item| self.holds(item)).collect();
                match (all.contains(&Some(false)), all.contains(&None) || all.is_empty()) {
                    (true, _) => Some(false),
                    (false, unknown) => (!unknown).then_some(true),
                }
            }
            Function::Named("Fn::Or") => {
                let all: Vec<Option<bool>> = argument.items().iter().map(|item| self.holds(item)).collect();
                match (all.contains(&Some(true)), all.contains(&None) || all.is_empty()) {
                    (true, _) => Some(true),
                    (false, unknown) => (!unknown).then_some(false),
                }
            }
            Function::Named("Fn::Equals") => match argument.items() {
                [left, right] => equal(&self.value(left), &self.value(right)),
                _ => None,
            },
            _ => self.value(node).as_bool(),
        }
    }
}

fn equal(left: &Node, right: &Node) -> Option<bool> {
    match (left.scalar_text(), right.scalar_text()) {
        (Some(left), Some(right)) => Some(left == right),
        _ if left.is_known() && right.is_known() => Some(same(left, right)),
        _ => {
            let both_open = matches!(left.value, Value::Unknown(_) | Value::Ref { .. });
            (both_open && left.value == right.value).then_some(true)
        }
    }
}

/// Equal but for where they stand.
fn same(left: &Node, right: &Node) -> bool {
    left.to_json() == right.to_json()
}
