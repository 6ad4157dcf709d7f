//! The `Globals` section: what every function, API, … of the template starts from.

use super::build::is_intrinsic;
use tieout_model::tree::Entry;
use tieout_model::{Node, Value};

/// The section of `Globals` for a type: `Function` for `AWS::Serverless::Function`.
pub(super) fn merged(globals: Option<&Node>, type_name: &str, resource: &Node) -> Node {
    let own = resource.get("Properties").cloned().unwrap_or_else(|| Node::map(resource.at.clone()));
    let section = type_name.strip_prefix("AWS::Serverless::").and_then(|name| globals?.get(name));
    let Some(section) = section else { return own };
    let ignored = resource.get("IgnoreGlobals");
    if ignored.and_then(Node::as_text) == Some("*") {
        return own;
    }
    let left_out: Vec<&str> =
        ignored.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_text).collect();
    let kept = section.entries().iter().filter(|entry| !left_out.contains(&&*entry.key)).cloned().collect();
    merge(&Node::new(Value::Map(kept), section.at.clone()), &own)
}

/// Maps are merged key by key, lists put one after the other, of anything else the resource's own counts.
fn merge(global: &Node, own: &Node) -> Node {
    let value = match (&global.value, &own.value) {
        (Value::Map(before), Value::Map(after)) if !is_intrinsic(global) && !is_intrinsic(own) => {
            let mut entries: Vec<Entry> = before.clone();
            for entry in after {
                match entries.iter_mut().find(|earlier| earlier.key == entry.key) {
                    Some(earlier) => {
                        let node = merge(&earlier.node, &entry.node);
                        *earlier = Entry { key: entry.key.clone(), at: entry.at.clone(), node };
                    }
                    None => entries.push(entry.clone()),
                }
            }
            Value::Map(entries)
        }
        (Value::List(before), Value::List(after)) => {
            Value::List(before.iter().chain(after).cloned().collect())
        }
        (_, own) => own.clone(),
    };
    Node::new(value, own.at.clone())
}
