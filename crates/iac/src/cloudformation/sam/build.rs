//! Small trees in CloudFormation's words, every part at one place.

use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

pub(super) fn text(at: &Place, text: impl Into<Arc<str>>) -> Node {
    Node::text(text, at.clone())
}

pub(super) fn flag(at: &Place, flag: bool) -> Node {
    Node::new(Value::Bool(flag), at.clone())
}

pub(super) fn list(at: &Place, items: Vec<Node>) -> Node {
    Node::new(Value::List(items), at.clone())
}

pub(super) fn map<'a>(at: &Place, entries: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
    let entries = entries.into_iter().map(|(key, node)| Entry { key: key.into(), at: node.at.clone(), node });
    Node::new(Value::Map(entries.collect()), at.clone())
}

pub(super) fn reference(at: &Place, id: &str) -> Node {
    map(at, [("Ref", text(at, id))])
}

pub(super) fn get_att(at: &Place, id: &str, attribute: &str) -> Node {
    map(at, [("Fn::GetAtt", list(at, vec![text(at, id), text(at, attribute)]))])
}

/// `Fn::Sub` with the values of its own names.
pub(super) fn sub<'a>(at: &Place, pattern: &str, values: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
    map(at, [("Fn::Sub", list(at, vec![text(at, pattern), map(at, values)]))])
}

/// The value where the condition holds, and nothing where it does not.
pub(super) fn only_if(at: &Place, condition: Option<&str>, node: Node) -> Node {
    match condition {
        Some(name) => {
            map(at, [("Fn::If", list(at, vec![text(at, name), node, reference(at, "AWS::NoValue")]))])
        }
        None => node,
    }
}

/// A statement that allows actions on a resource.
pub(super) fn allow(at: &Place, actions: &[&str], resource: Node) -> Node {
    let actions = actions.iter().map(|action| text(at, *action)).collect();
    map(at, [("Effect", text(at, "Allow")), ("Action", list(at, actions)), ("Resource", resource)])
}

/// An inline policy of a role.
pub(super) fn inline_policy(at: &Place, name: &str, statements: Vec<Node>) -> Node {
    let document = map(at, [("Version", text(at, "2012-10-17")), ("Statement", list(at, statements))]);
    map(at, [("PolicyName", text(at, name)), ("PolicyDocument", document)])
}

/// A trust policy for one service.
pub(super) fn trust(at: &Place, service: &str) -> Node {
    let principal = map(at, [("Service", list(at, vec![text(at, service)]))]);
    let statement = map(
        at,
        [
            ("Effect", text(at, "Allow")),
            ("Action", list(at, vec![text(at, "sts:AssumeRole")])),
            ("Principal", principal),
        ],
    );
    map(at, [("Version", text(at, "2012-10-17")), ("Statement", list(at, vec![statement]))])
}

/// True for a map that stands for a function: `{"Ref": …}`, `{"Fn::If": …}`.
pub(super) fn is_intrinsic(node: &Node) -> bool {
    matches!(node.entries(), [only] if &*only.key == "Ref" || only.key.starts_with("Fn::"))
}

/// Tags as SAM writes them (a map) in CloudFormation's list of keys and values.
pub(super) fn tag_list(at: &Place, tags: Option<&Node>, created_by: Option<&str>) -> Node {
    let tag = |at: &Place, key: &str, value: Node| map(at, [("Key", text(at, key)), ("Value", value)]);
    let mut items: Vec<Node> = created_by.map(|key| tag(at, key, text(at, "SAM"))).into_iter().collect();
    match tags {
        Some(Node { value: Value::List(own), .. }) => items.extend(own.iter().cloned()),
        Some(own) if is_intrinsic(own) => return own.clone(),
        Some(own) => {
            items.extend(own.entries().iter().map(|entry| tag(&entry.at, &entry.key, entry.node.clone())))
        }
        None => {}
    }
    list(at, items)
}
