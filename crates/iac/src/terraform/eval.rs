//! Expressions into values. A value that is not known stays as precise as it can: a text with holes, either
//! of two values, a list of which one element is unknown.

use super::expand::{Iteration, ModuleInstance, World};
use super::syntax::{Expr, For, Kind, Operator, Part};
use super::value::{as_number, as_text, either, equal, node, number, settle, unknown, words};
use super::{document, functions};
use std::rc::Rc;
use std::sync::Arc;
use tieout_model::tree::{Entry, join_pieces};
use tieout_model::{Gap, Node, Piece, Place, Value};

/// How deep expressions may call for each other before a value is given up as unknown.
const MAX_DEPTH: u32 = 400;

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'f, 'a> {
    pub module: &'f Rc<ModuleInstance<'a>>,
    /// `count.index`, `each.key`, `each.value`.
    pub iteration: &'f Iteration,
    /// Names of `for` expressions and dynamic blocks, innermost first.
    pub names: Option<&'f Names<'f>>,
}

/// A name and its value, and the names around it.
pub(crate) struct Names<'f> {
    pub name: &'f str,
    pub value: Node,
    pub outer: Option<&'f Names<'f>>,
}

impl<'f, 'a> Frame<'f, 'a> {
    /// The same place with one more name.
    pub(crate) fn with<'g>(&self, names: &'g Names<'g>) -> Frame<'g, 'a>
    where
        'f: 'g,
    {
        Frame { module: self.module, iteration: self.iteration, names: Some(names) }
    }

    /// The value of a name of a `for` expression or a dynamic block.
    pub(crate) fn name(&self, name: &str) -> Option<&Node> {
        let mut names = self.names;
        while let Some(inner) = names {
            if inner.name == name {
                return Some(&inner.value);
            }
            names = inner.outer;
        }
        None
    }
}

impl<'a> World<'a> {
    /// The value of an expression, at the expression's place; what is inside keeps its own.
    pub(crate) fn eval(&self, frame: Frame<'_, 'a>, expr: &Expr) -> Node {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Node::unknown(
                Gap::unsupported("expressions that call for each other too deeply"),
                expr.at.clone(),
            );
        }
        if !self.spend(1) {
            return Node::unknown(self.spent_gap(), expr.at.clone());
        }
        self.depth.set(depth + 1);
        let mut node = self.eval_kind(frame, expr);
        self.depth.set(depth);
        node.at = expr.at.clone();
        node
    }

    fn eval_kind(&self, frame: Frame<'_, 'a>, expr: &Expr) -> Node {
        match &expr.kind {
            Kind::Null => node(Value::Null),
            Kind::Bool(flag) => node(Value::Bool(*flag)),
            Kind::Int(number) => node(Value::Int(*number)),
            Kind::Float(number) => node(Value::Float(*number)),
            Kind::Text(text) => document::decoded(node(Value::Text(text.clone())), &expr.at),
            Kind::List(items) => node(Value::List(items.iter().map(|item| self.eval(frame, item)).collect())),
            Kind::Object(entries) => self.object(frame, entries),
            Kind::Template(parts) => self.template(frame, parts, &expr.at),
            Kind::Variable(name) => self.traverse(frame, name, &[]),
            Kind::Conditional(three) => {
                let [condition, then, otherwise] = &**three;
                self.conditional(frame, condition, then, otherwise)
            }
            Kind::Call { name, arguments, expand } => {
                functions::call(self, frame, name, arguments, *expand, &expr.at)
            }
            Kind::Traversal(root, steps) => match &root.kind {
                Kind::Variable(name) => self.traverse(frame, name, steps),
                _ => {
                    let root = self.eval(frame, root);
                    self.steps(frame, root, steps)
                }
            },
            Kind::Not(inner) => self.not(self.eval(frame, inner)),
            Kind::Negative(inner) => self.negative(self.eval(frame, inner)),
            Kind::Binary(operator, two) => {
                let [left, right] = &**two;
                self.binary(frame, *operator, left, right)
            }
            Kind::For(inner) => self.for_expression(frame, inner),
        }
    }

    fn object(&self, frame: Frame<'_, 'a>, entries: &[(Expr, Expr)]) -> Node {
        let mut out = node(Value::Map(Vec::with_capacity(entries.len())));
        for (key, value) in entries {
            let key_node = self.eval(frame, key);
            match as_text(&key_node) {
                Some(text) => out.set(text, key.at.clone(), self.eval(frame, value)),
                None => return unknown(format!("a map with the key {}", words(&key_node))),
            }
        }
        out
    }

    /// `condition ? then : otherwise`.
    fn conditional(&self, frame: Frame<'_, 'a>, condition: &Expr, then: &Expr, otherwise: &Expr) -> Node {
        let value = self.eval(frame, condition);
        match value.as_bool() {
            Some(true) => self.eval(frame, then),
            Some(false) => self.eval(frame, otherwise),
            None => {
                // An error in a branch that may not be taken is none.
                let errors = self.errors.get();
                let then = self.eval(frame, then);
                let otherwise = self.eval(frame, otherwise);
                self.errors.set(errors);
                self.choose(&value, then, otherwise, &condition.at)
            }
        }
    }

    /// One of two values by a condition that may not be known.
    pub(crate) fn choose(&self, condition: &Node, then: Node, otherwise: Node, at: &Place) -> Node {
        match &condition.value {
            Value::Either { condition: outer, then: first, otherwise: second } => {
                let first = self.choose(first, then.clone(), otherwise.clone(), at);
                let second = self.choose(second, then, otherwise, at);
                either(outer, first, second)
            }
            _ => match condition.as_bool() {
                Some(true) => then,
                Some(false) => otherwise,
                None => either(&condition_name(condition, at), then, otherwise),
            },
        }
    }

    fn not(&self, inner: Node) -> Node {
        match &inner.value {
            Value::Either { condition, then, otherwise } => {
                either(condition, self.not((**then).clone()), self.not((**otherwise).clone()))
            }
            _ => match inner.as_bool() {
                Some(flag) => node(Value::Bool(!flag)),
                None => {
                    let words = words(&inner);
                    match words.strip_prefix('!') {
                        Some(inner) if !inner.contains(' ') => unknown(inner),
                        _ if words.contains(' ') => unknown(format!("!({words})")),
                        _ => unknown(format!("!{words}")),
                    }
                }
            },
        }
    }

    fn negative(&self, inner: Node) -> Node {
        match as_number(&inner) {
            Some(value) => node(number(-value)),
            None => unknown(format!("-{}", words(&inner))),
        }
    }

    fn binary(&self, frame: Frame<'_, 'a>, operator: Operator, left: &Expr, right: &Expr) -> Node {
        // A chain of operators is as deep as it is long on its left side.
        let left = self.eval(frame, left);
        if let (Operator::And, Some(false)) | (Operator::Or, Some(true)) = (operator, left.as_bool()) {
            return node(Value::Bool(operator == Operator::Or));
        }
        let right = self.eval(frame, right);
        self.operate(operator, &left, &right, 0)
    }

    /// `left operator right`; where a side is either of two, both are worked out.
    pub(crate) fn operate(&self, operator: Operator, left: &Node, right: &Node, depth: u8) -> Node {
        if depth < 4 {
            if let Value::Either { condition, then, otherwise } = &left.value {
                let (holds, fails) = (settle(right, condition, true), settle(right, condition, false));
                return either(
                    condition,
                    self.operate(operator, then, &holds, depth + 1),
                    self.operate(operator, otherwise, &fails, depth + 1),
                );
            }
            if let Value::Either { condition, then, otherwise } = &right.value {
                return either(
                    condition,
                    self.operate(operator, left, then, depth + 1),
                    self.operate(operator, left, otherwise, depth + 1),
                );
            }
        }
        let value = match operator {
            Operator::Equal => equal(left, right).map(Value::Bool),
            Operator::NotEqual => equal(left, right).map(|same| Value::Bool(!same)),
            Operator::And | Operator::Or => logic(operator, left, right),
            _ => as_number(left).zip(as_number(right)).and_then(|(a, b)| arithmetic(operator, a, b)),
        };
        match value {
            Some(value) => node(value),
            None => {
                if left.is_known() && right.is_known() {
                    self.error();
                }
                unknown(format!("{} {} {}", words(left), operator.as_str(), words(right)))
            }
        }
    }

    /// The value of a template: one hole alone is its own value, anything else is text.
    pub(crate) fn template(&self, frame: Frame<'_, 'a>, parts: &[Part], at: &Place) -> Node {
        if let [Part::Hole(hole)] = parts {
            return self.eval(frame, hole);
        }
        let mut pieces = Vec::with_capacity(parts.len());
        if !self.pieces(frame, parts, &mut pieces) {
            return unknown("a text that repeats for every element of what is not known");
        }
        let text = self.join(pieces);
        document::decoded(text, at)
    }

    /// Text from pieces, kept within bounds.
    pub(crate) fn join(&self, pieces: Vec<Piece>) -> Node {
        let length: usize = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Hole(hole) => hole.as_text().map_or(8, str::len),
            })
            .sum();
        if length > super::value::MAX_TEXT || !self.spend(length / 64) {
            return Node::unknown(self.spent_gap(), Place::None);
        }
        node(join_pieces(pieces))
    }

    fn pieces(&self, frame: Frame<'_, 'a>, parts: &[Part], out: &mut Vec<Piece>) -> bool {
        parts.iter().all(|part| match part {
            Part::Text(text) => {
                out.push(Piece::Text(text.clone()));
                true
            }
            Part::Hole(hole) => {
                let value = self.eval(frame, hole);
                out.push(piece(value));
                true
            }
            Part::If { condition, then, otherwise } => {
                let condition_value = self.eval(frame, condition);
                match condition_value.as_bool() {
                    Some(true) => self.pieces(frame, then, out),
                    Some(false) => self.pieces(frame, otherwise, out),
                    None => {
                        let (mut first, mut second) = (Vec::new(), Vec::new());
                        let known = self.pieces(frame, then, &mut first)
                            && self.pieces(frame, otherwise, &mut second);
                        let value =
                            self.choose(&condition_value, self.join(first), self.join(second), &condition.at);
                        out.push(piece(value));
                        known
                    }
                }
            }
            Part::For { key, value, collection, body } => {
                let collection = self.eval(frame, collection);
                let Some(items) = items_of(&collection) else { return false };
                items.into_iter().all(|(item_key, item)| {
                    self.spend(1)
                        && self.named(frame, (key.as_deref(), item_key), (value, item), |frame| {
                            self.pieces(frame, body, out)
                        })
                })
            }
        })
    }

    /// Calls `run` with the one or two names of an iteration.
    fn named<T>(
        &self,
        frame: Frame<'_, 'a>,
        key: (Option<&str>, Node),
        value: (&str, Node),
        run: impl FnOnce(Frame<'_, 'a>) -> T,
    ) -> T {
        let value = Names { name: value.0, value: value.1, outer: frame.names };
        let frame = frame.with(&value);
        match key.0 {
            Some(name) => {
                let key = Names { name, value: key.1, outer: frame.names };
                run(frame.with(&key))
            }
            None => run(frame),
        }
    }

    fn for_expression(&self, frame: Frame<'_, 'a>, expr: &For) -> Node {
        let collection = self.eval(frame, &expr.collection);
        if let Value::Either { condition, then, otherwise } = &collection.value {
            return either(
                condition,
                self.for_over(frame, expr, then),
                self.for_over(frame, expr, otherwise),
            );
        }
        self.for_over(frame, expr, &collection)
    }

    fn for_over(&self, frame: Frame<'_, 'a>, expr: &For, collection: &Node) -> Node {
        let Some(items) = items_of(collection) else {
            return unknown(format!("a value for each of {}", words(collection)));
        };
        let mut list = Vec::new();
        let mut map = node(Value::Map(Vec::new()));
        for (key, item) in items {
            // An element that is there under a condition gives a result under the same condition.
            let (guard, item) = match &item.value {
                Value::Either { condition, then, otherwise } if otherwise.is_null() => {
                    (Some(condition.clone()), (**then).clone())
                }
                _ => (None, item),
            };
            let result =
                self.named(frame, (expr.key_name.as_deref(), key), (&expr.value_name, item), |frame| {
                    self.for_element(frame, expr)
                });
            let Some((key, value)) = result else { continue };
            let value = match guard {
                Some(guard) => either(&guard, value, node(Value::Null)),
                None => value,
            };
            if !self.spend(1) {
                return Node::unknown(self.spent_gap(), Place::None);
            }
            let Some(key) = key else {
                list.push(value);
                continue;
            };
            let Some(key_text) = as_text(&key) else {
                return unknown(format!("a map with the key {}", words(&key)));
            };
            if expr.grouping {
                push_group(&mut map, key_text, key.at, value);
            } else {
                map.set(key_text, key.at, value);
            }
        }
        if expr.key.is_some() { map } else { node(Value::List(list)) }
    }

    /// Key (in braces) and value of one element; `None` where its condition fails.
    fn for_element(&self, frame: Frame<'_, 'a>, expr: &For) -> Option<(Option<Node>, Node)> {
        let condition = expr.condition.as_ref().map(|condition| (self.eval(frame, condition), &condition.at));
        if let Some((condition, _)) = &condition
            && condition.as_bool() == Some(false)
        {
            return None;
        }
        let key = expr.key.as_ref().map(|key| self.eval(frame, key));
        let mut value = self.eval(frame, &expr.value);
        if let Some((condition, at)) = &condition
            && condition.as_bool().is_none()
        {
            value = self.choose(condition, value, node(Value::Null), at);
        }
        Some((key, value))
    }
}

fn push_group(map: &mut Node, key: Arc<str>, at: Place, value: Node) {
    if let Value::Map(entries) = &mut map.value {
        if let Some(Entry { node: Node { value: Value::List(items), .. }, .. }) =
            entries.iter_mut().find(|entry| entry.key == key)
        {
            items.push(value);
            return;
        }
        entries.push(Entry { key, at: at.clone(), node: Node::new(Value::List(vec![value]), at) });
    }
}

/// A value as a part of a text.
pub(crate) fn piece(value: Node) -> Piece {
    match as_text(&value) {
        Some(text) => Piece::Text(text),
        None => Piece::Hole(value),
    }
}

/// Key and value of each element; `None` where it is not known what they are.
pub(crate) fn items_of(collection: &Node) -> Option<Vec<(Node, Node)>> {
    match &collection.value {
        Value::List(items) => Some(
            items
                .iter()
                .enumerate()
                .map(|(number, item)| {
                    (
                        Node::new(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)), item.at.clone()),
                        item.clone(),
                    )
                })
                .collect(),
        ),
        Value::Map(entries) => Some(
            entries
                .iter()
                .map(|entry| (Node::text(entry.key.clone(), entry.at.clone()), entry.node.clone()))
                .collect(),
        ),
        _ => None,
    }
}

/// The name of a condition that is not known: the same words mean the same condition.
fn condition_name(condition: &Node, at: &Place) -> String {
    let words = words(condition);
    match at.file_line() {
        Some((file, line)) if words.ends_with('…') => format!("{words} ({file}:{line})"),
        _ => words,
    }
}

fn logic(operator: Operator, left: &Node, right: &Node) -> Option<Value> {
    let is_or = operator == Operator::Or;
    match (left.as_bool(), right.as_bool()) {
        (Some(a), Some(b)) => Some(Value::Bool(if is_or { a || b } else { a && b })),
        (Some(known), None) | (None, Some(known)) if known == is_or => Some(Value::Bool(is_or)),
        // The known side does not matter: the value is the other one's.
        (Some(_), None) => Some(right.value.clone()),
        (None, Some(_)) => Some(left.value.clone()),
        (None, None) => None,
    }
}

fn arithmetic(operator: Operator, a: f64, b: f64) -> Option<Value> {
    Some(match operator {
        Operator::Plus => number(a + b),
        Operator::Minus => number(a - b),
        Operator::Times => number(a * b),
        Operator::Divide if b != 0.0 => number(a / b),
        Operator::Modulo if b != 0.0 => number(a % b),
        Operator::Less => Value::Bool(a < b),
        Operator::LessOrEqual => Value::Bool(a <= b),
        Operator::Greater => Value::Bool(a > b),
        Operator::GreaterOrEqual => Value::Bool(a >= b),
        _ => return None,
    })
}
