//! The Serverless Application Model: its resources become the ones that SAM deploys for them.

use super::parameters::Arguments;
use tieout_model::{Gap, Node, Place, Value};

/// True where the template asks for SAM's transform.
pub(super) fn is_sam(root: &Node) -> bool {
    let is = |node: &Node| node.as_text().is_some_and(|name| name.starts_with("AWS::Serverless-"));
    match root.get("Transform") {
        Some(Node { value: Value::List(items), .. }) => items.iter().any(is),
        Some(node) => is(node),
        None => false,
    }
}

pub(super) fn expand(_root: &mut Node, _arguments: &Arguments<'_>, gaps: &mut Vec<(Gap, Place)>) {
    gaps.push((Gap::unsupported("SAM"), Place::None));
}
