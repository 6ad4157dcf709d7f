//! Terraform's JSON syntax (`*.tf.json`, `*.tfvars.json`) into the syntax tree. Every text is a template, as
//! in Terraform; the places are the JSON file's.

use super::hcl;
use super::syntax::{Attribute, Block, Body, Expr, Kind, Part};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// Blocks of Terraform itself within a resource; everything else of a resource is read as an attribute, of
/// which a list of objects is the same as repeated blocks.
const META_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

/// Reads a file: what could be read, and what could not.
pub(crate) fn parse(path: &Arc<str>, text: &str) -> (Body, Vec<(Gap, Place)>) {
    match tieout_source::json::parse(path, text) {
        Ok((node, _)) if path.ends_with(".tfvars.json") => (values(&node), Vec::new()),
        Ok((node, _)) => (configuration(path, &node), Vec::new()),
        Err(problem) => {
            let line = problem.at.file_line().map_or(1, |(_, line)| line);
            let what = format!("{path}:{line}: not valid JSON: {}", problem.message);
            let gap = Gap::new(Reason::Unreadable, what, "mend the JSON");
            (Body::default(), vec![(gap, problem.at)])
        }
    }
}

fn values(node: &Node) -> Body {
    let attributes = node
        .entries()
        .iter()
        .map(|entry| Attribute { key: entry.key.clone(), at: entry.at.clone(), value: literal(&entry.node) })
        .collect();
    Body { attributes, blocks: Vec::new() }
}

/// The objects at a level: one, or a list of them.
fn objects(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(objects_once).collect(),
        _ => objects_once(node),
    }
}

fn objects_once(node: &Node) -> Vec<&Node> {
    if matches!(node.value, Value::Map(_)) { vec![node] } else { Vec::new() }
}

fn configuration(path: &Arc<str>, node: &Node) -> Body {
    let mut out = Body::default();
    for entry in objects(node).into_iter().flat_map(Node::entries) {
        let depth = match &*entry.key {
            "resource" | "data" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            "locals" | "terraform" => 0,
            _ => continue,
        };
        labelled(path, &entry.key, &entry.at, &entry.node, depth, &mut Vec::new(), &mut out.blocks);
    }
    out
}

fn labelled(
    path: &Arc<str>,
    kind: &Arc<str>,
    head: &Place,
    node: &Node,
    depth: usize,
    labels: &mut Vec<Arc<str>>,
    out: &mut Vec<Block>,
) {
    for object in objects(node) {
        if depth == 0 {
            let body = body(path, kind, object);
            let at = head.to(&object.at);
            out.push(Block { kind: kind.clone(), labels: labels.clone(), body, head: head.clone(), at });
            continue;
        }
        for entry in object.entries() {
            labels.push(entry.key.clone());
            labelled(path, kind, &entry.at, &entry.node, depth - 1, labels, out);
            labels.pop();
        }
    }
}

fn body(path: &Arc<str>, kind: &str, object: &Node) -> Body {
    let mut out = Body::default();
    for entry in object.entries() {
        match (&*entry.key, kind) {
            ("//", _) => {}
            ("default", "variable") => push(&mut out, entry, literal(&entry.node)),
            ("type", "variable") => push(&mut out, entry, kind_expression(path, &entry.node)),
            ("dynamic", "resource" | "data" | "content") => dynamic(path, &entry.node, &mut out),
            (name, "resource" | "data") if META_BLOCKS.contains(&name) => {}
            _ => push(&mut out, entry, expression(path, &entry.node)),
        }
    }
    out
}

fn push(out: &mut Body, entry: &Entry, value: Expr) {
    out.attributes.push(Attribute { key: entry.key.clone(), at: entry.at.clone(), value });
}

/// `"dynamic": {"ingress": {"for_each": …, "content": {…}}}` as the blocks of the other syntax.
fn dynamic(path: &Arc<str>, node: &Node, out: &mut Body) {
    for entry in objects(node).into_iter().flat_map(Node::entries) {
        for object in objects(&entry.node) {
            let mut inner = Body::default();
            for part in object.entries() {
                if &*part.key == "content" {
                    let content = objects(&part.node).into_iter().map(|content| Block {
                        kind: part.key.clone(),
                        labels: Vec::new(),
                        body: body(path, "content", content),
                        head: part.at.clone(),
                        at: part.place(),
                    });
                    inner.blocks.extend(content);
                } else if &*part.key == "iterator" {
                    let name: Arc<str> = part.node.as_text().unwrap_or_default().into();
                    push(&mut inner, part, Expr::new(Kind::Variable(name), part.node.at.clone()));
                } else {
                    push(&mut inner, part, expression(path, &part.node));
                }
            }
            out.blocks.push(Block {
                kind: "dynamic".into(),
                labels: vec![entry.key.clone()],
                body: inner,
                head: entry.at.clone(),
                at: entry.place(),
            });
        }
    }
}

/// A type is an expression in a text.
fn kind_expression(path: &Arc<str>, node: &Node) -> Expr {
    let text = node.as_text().unwrap_or("any");
    match hcl::parse_template(path, &format!("${{{text}}}"), Some(&node.at)).as_deref() {
        Ok([Part::Hole(expr)]) => expr.clone(),
        _ => literal(node),
    }
}

/// A value of which every text is a template.
fn expression(path: &Arc<str>, node: &Node) -> Expr {
    build(node, &|text, at| {
        if !(text.contains("${") || text.contains("%{")) {
            return Kind::Text(text.clone());
        }
        match hcl::parse_template(path, text, Some(at)) {
            Ok(parts) => Kind::Template(parts),
            Err(_) => Kind::Text(text.clone()),
        }
    })
}

/// A value as it stands.
fn literal(node: &Node) -> Expr {
    build(node, &|text, _| Kind::Text(text.clone()))
}

fn build(node: &Node, text: &dyn Fn(&Arc<str>, &Place) -> Kind) -> Expr {
    let kind = match &node.value {
        Value::Bool(flag) => Kind::Bool(*flag),
        Value::Int(number) => Kind::Int(*number),
        Value::Float(number) => Kind::Float(*number),
        Value::Text(inner) => text(inner, &node.at),
        Value::List(items) => Kind::List(items.iter().map(|item| build(item, text)).collect()),
        Value::Map(entries) => Kind::Object(
            entries
                .iter()
                .map(|entry| {
                    (Expr::new(text(&entry.key, &entry.at), entry.at.clone()), build(&entry.node, text))
                })
                .collect(),
        ),
        _ => Kind::Null,
    };
    Expr::new(kind, node.at.clone())
}
