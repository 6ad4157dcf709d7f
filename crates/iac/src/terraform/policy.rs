//! `aws_iam_policy_document`: its statements as a policy document with the places of the blocks.

use super::data::tree_of;
use super::eval::Frame;
use super::expand::World;
use super::syntax::Block;
use super::value::{either, node, settle, text, unknown, words};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Piece, Place, Value};

/// Terraform's arguments of a statement and IAM's words, in the order in which IAM's documents have them.
const ELEMENTS: [(&str, &str); 6] = [
    ("sid", "Sid"),
    ("effect", "Effect"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

/// The document of a data source.
pub(crate) fn document<'a>(world: &World<'a>, frame: Frame<'_, 'a>, block: &Block) -> Node {
    let body = world.body(frame, &block.body, &|key| !super::body::is_meta(key));
    of_body(&body, &block.head, &block.at)
}

/// The document of a data source's arguments.
pub(crate) fn of_body(body: &Node, head: &Place, at: &Place) -> Node {
    let mut statements = Vec::new();
    let mut version = text("2012-10-17");
    for key in ["source_json", "source_policy_documents"] {
        merge_documents(&mut statements, &mut version, body.get(key));
    }
    for statement in own_statements(body) {
        put(&mut statements, statement);
    }
    for key in ["override_json", "override_policy_documents"] {
        merge_documents(&mut statements, &mut version, body.get(key));
    }
    if let Some(own) = body.get("version") {
        version = own.clone();
    }
    let mut document = Node::map(at.clone());
    document.set("Version", head.clone(), version);
    if let Some(id) = body.entry("policy_id") {
        document.set("Id", id.at.clone(), id.node.clone());
    }
    document.set("Statement", head.clone(), Node::new(Value::List(statements), at.clone()));
    Node::new(Value::Encoded(Box::new(document)), at.clone())
}

fn own_statements(body: &Node) -> Vec<Node> {
    let Some(given) = body.get("statement") else { return Vec::new() };
    match &given.value {
        Value::List(items) => items.iter().map(statement).collect(),
        Value::Null => Vec::new(),
        _ => vec![statement(given)],
    }
}

/// Puts the statements of further documents among those that are there.
fn merge_documents(statements: &mut Vec<Node>, version: &mut Node, given: Option<&Node>) {
    let Some(given) = given else { return };
    let documents = match &given.value {
        Value::List(items) => items.as_slice(),
        Value::Null => return,
        _ => std::slice::from_ref(given),
    };
    for document in documents {
        merge_document(statements, version, document);
    }
}

fn merge_document(statements: &mut Vec<Node>, version: &mut Node, document: &Node) {
    match &document.value {
        Value::Null => return,
        Value::Text(text) if text.trim().is_empty() => return,
        // One document or none: each of its statements under the condition.
        Value::Either { condition, then, otherwise } => {
            for (branch, holds) in [(then, true), (otherwise, false)] {
                let mut inner = Vec::new();
                merge_document(&mut inner, version, branch);
                for statement in inner {
                    let at = statement.at.clone();
                    let pair =
                        if holds { (statement, Node::default()) } else { (Node::default(), statement) };
                    statements.push(Node::new(either(condition, pair.0, pair.1).value, at));
                }
            }
            return;
        }
        _ => {}
    }
    let Some(tree) = tree_of(document) else {
        let open = unknown(format!("the statements of {}", words(document)));
        statements.push(Node::new(open.value, document.at.clone()));
        return;
    };
    if let Some(given) = tree.get("Version") {
        *version = given.clone();
    }
    let Some(given) = tree.get("Statement") else { return };
    match &given.value {
        Value::List(items) => items.iter().cloned().for_each(|statement| put(statements, statement)),
        _ => put(statements, given.clone()),
    }
}

/// A statement takes the place of the one with its id.
fn put(statements: &mut Vec<Node>, statement: Node) {
    let id = statement.get("Sid").and_then(Node::as_text).filter(|id| !id.is_empty());
    let existing = id.and_then(|id| {
        statements.iter_mut().find(|other| other.get("Sid").and_then(Node::as_text) == Some(id))
    });
    match existing {
        Some(existing) => *existing = statement,
        None => statements.push(statement),
    }
}

/// A `statement` block in IAM's words.
fn statement(block: &Node) -> Node {
    match &block.value {
        Value::Either { condition, then, otherwise } => {
            let branch = |branch: &Node, holds| {
                if branch.is_null() { Node::default() } else { statement(&settle(branch, condition, holds)) }
            };
            let value = either(condition, branch(then, true), branch(otherwise, false)).value;
            return Node::new(value, block.at.clone());
        }
        Value::Map(_) => {}
        _ => return block.clone(),
    }
    let mut out = Node::map(block.at.clone());
    if block.get("effect").is_none_or(Node::is_null) {
        out.set("Effect", block.at.clone(), Node::text("Allow", block.at.clone()));
    }
    for (argument, element) in ELEMENTS {
        let Some(entry) = block.entry(argument) else { continue };
        let empty = entry.node.is_null()
            || matches!(&entry.node.value, Value::List(items) if items.is_empty())
            || entry.node.as_text() == Some("");
        if !empty {
            out.set(element, entry.at.clone(), alone(variables(&entry.node)));
        }
    }
    for (argument, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(entry) = block.entry(argument) {
            out.set(element, entry.at.clone(), principals(&entry.node));
        }
    }
    if let Some(entry) = block.entry("condition") {
        out.set("Condition", entry.at.clone(), conditions(&entry.node));
    }
    out
}

fn blocks(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

fn principals(given: &Node) -> Node {
    let mut out = Node::map(given.at.clone());
    for block in blocks(given) {
        let (Some(kind), Some(identifiers)) =
            (block.get("type").and_then(Node::as_text), block.entry("identifiers"))
        else {
            return Node::new(unknown(format!("principals {}", words(block))).value, block.at.clone());
        };
        let everyone = matches!(identifiers.node.items(), [only] if only.as_text() == Some("*"));
        if kind == "*" && everyone {
            return Node::text("*", identifiers.node.at.clone());
        }
        append(&mut out, kind, &identifiers.at, &identifiers.node);
    }
    each_alone(&mut out);
    out
}

fn conditions(given: &Node) -> Node {
    let mut out = Node::map(given.at.clone());
    for block in blocks(given) {
        let part = |key: &str| block.get(key).and_then(super::value::as_text);
        let (Some(test), Some(variable), Some(values)) =
            (part("test"), part("variable"), block.entry("values"))
        else {
            return Node::new(unknown(format!("condition {}", words(block))).value, block.at.clone());
        };
        let mut operator = out.get(&test).cloned().unwrap_or_else(|| Node::map(block.at.clone()));
        append(&mut operator, &variable, &values.at, &variables(&values.node));
        out.set(test, block.at.clone(), operator);
    }
    if let Value::Map(operators) = &mut out.value {
        operators.iter_mut().for_each(|operator| each_alone(&mut operator.node));
    }
    out
}

/// A single value of a list stands for itself, as Terraform renders it.
fn alone(mut node: Node) -> Node {
    match &mut node.value {
        Value::List(items) if items.len() == 1 => items.pop().unwrap_or(node),
        _ => node,
    }
}

fn each_alone(map: &mut Node) {
    if let Value::Map(entries) = &mut map.value {
        entries.iter_mut().for_each(|entry| entry.node = alone(std::mem::take(&mut entry.node)));
    }
}

/// Adds values to those that are there under a key.
fn append(map: &mut Node, key: &str, at: &Place, values: &Node) {
    let joined = match (map.get(key).map(|node| &node.value), &values.value) {
        (Some(Value::List(there)), Value::List(more)) => {
            Node::new(Value::List(there.iter().chain(more).cloned().collect()), values.at.clone())
        }
        (Some(there), Value::List(more)) => {
            let first = Node::new(there.clone(), at.clone());
            Node::new(
                Value::List(std::iter::once(first).chain(more.iter().cloned()).collect()),
                values.at.clone(),
            )
        }
        _ => values.clone(),
    };
    map.set(Arc::<str>::from(key), at.clone(), joined);
}

/// `&{aws:username}` is how the data source writes a policy variable.
fn variables(given: &Node) -> Node {
    let value = match &given.value {
        Value::Text(text) if text.contains("&{") => Value::Text(text.replace("&{", "${").into()),
        Value::Pieces(pieces) => Value::Pieces(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Piece::Text(text.replace("&{", "${").into()),
                    hole => hole.clone(),
                })
                .collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(variables).collect()),
        Value::Map(entries) => {
            node(Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: entry.key.clone(),
                        at: entry.at.clone(),
                        node: variables(&entry.node),
                    })
                    .collect(),
            ))
            .value
        }
        other => other.clone(),
    };
    Node::new(value, given.at.clone())
}
