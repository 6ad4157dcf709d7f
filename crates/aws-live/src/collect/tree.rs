//! Answers as trees whose every value points back into its evidence, and walking their lists.

use std::sync::Arc;
use tieout_model::{Node, Place, Value, tree::Entry};

/// An answer as a tree: each value's place is its JSON pointer in the evidence.
pub(super) fn answer_tree(body: &serde_json::Value, evidence: &Arc<str>) -> Node {
    let mut pointer = String::new();
    build(body, evidence, &mut pointer)
}

fn build(body: &serde_json::Value, evidence: &Arc<str>, pointer: &mut String) -> Node {
    let at = Place::cloud(evidence, pointer.as_str());
    let mut below = |step: &str, value: &serde_json::Value| {
        let length = pointer.len();
        pointer.push('/');
        // RFC 6901 escapes both.
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        let node = build(value, evidence, pointer);
        pointer.truncate(length);
        node
    };
    let value = match body {
        serde_json::Value::Object(map) => Value::Map(
            map.iter()
                .map(|(name, value)| {
                    let node = below(name, value);
                    Entry { key: name.as_str().into(), at: node.at.clone(), node }
                })
                .collect(),
        ),
        serde_json::Value::Array(items) => Value::List(
            items.iter().enumerate().map(|(index, item)| below(&index.to_string(), item)).collect(),
        ),
        scalar => return Node::from_json(scalar, &at),
    };
    Node::new(value, at)
}

/// Calls `visit` on every element of the lists at a path (`Users[].Keys[]`), in order.
pub(super) fn visit_elements(node: &mut Node, path: &str, visit: &mut dyn FnMut(&mut Node)) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let (key, list) = step.strip_suffix("[]").map_or((step, false), |key| (key, true));
    let Value::Map(entries) = &mut node.value else { return };
    let Some(entry) = entries.iter_mut().find(|entry| &*entry.key == key) else { return };
    let mut enter = |node: &mut Node| {
        if rest.is_empty() {
            visit(node);
        } else {
            visit_elements(node, rest, visit);
        }
    };
    match &mut entry.node.value {
        Value::List(items) if list => items.iter_mut().for_each(enter),
        Value::Map(_) if !list => enter(&mut entry.node),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_points_into_its_answer() {
        let body = json!({"Users": [{"Name": "ann", "a/b~c": 1}]});
        let tree = answer_tree(&body, &"sha".into());
        let name = tree.get("Users").unwrap().items()[0].get("Name").unwrap();
        assert_eq!(name.at, Place::cloud(&"sha".into(), "/Users/0/Name"));
        tree.walk(&mut |node| {
            let Place::Cloud(place) = &node.at else { panic!("{node:?}") };
            assert_eq!(body.pointer(&place.pointer), Some(&node.to_json()));
        });
        assert_eq!(tree.to_json(), body);
    }

    #[test]
    fn elements_are_visited_in_order_through_nested_lists() {
        let body = json!({"A": {"L": [{"M": [1, 2]}, {"M": []}, {"M": [3]}, {}]}});
        let mut tree = answer_tree(&body, &"sha".into());
        let mut seen = Vec::new();
        visit_elements(&mut tree, "A.L[].M[]", &mut |node| seen.push(node.as_int().unwrap()));
        assert_eq!(seen, [1, 2, 3]);
        visit_elements(&mut tree, "A.L[]", &mut |node| node.set("x", Place::None, Node::default()));
        assert_eq!(tree.get("A").unwrap().get("L").unwrap().items().len(), 4);
        visit_elements(&mut tree, "A.Missing[]", &mut |_| panic!("there is none"));
    }
}
