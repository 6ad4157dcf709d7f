//! Data sources: those whose answer follows from the configuration or from what is known of the deployment.
//! Every other one is unknown, named by its address.

use super::eval::{Frame, Names};
use super::expand::{Iteration, ModuleInstance, World};
use super::project::Resource;
use super::syntax::Part;
use super::value::{node, text, unknown};
use super::{document, hcl, policy};
use std::rc::Rc;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// An attribute of an instance of a data source.
pub(crate) fn attribute<'a>(
    world: &World<'a>,
    module: &Rc<ModuleInstance<'a>>,
    resource: &Resource,
    iteration: &Iteration,
    id: &Arc<str>,
    name: &str,
) -> Node {
    let open = || unknown(format!("{id}.{name}"));
    let frame = Frame { module, iteration, names: None };
    let computed = match (&*resource.kind, name) {
        ("aws_iam_policy_document", "json" | "minified_json") => {
            Some(world.attribute_once(module, &format!("{id}.json"), || {
                policy::document(world, frame, &resource.block)
            }))
        }
        ("aws_caller_identity", "account_id" | "id") => world.deployment.account.clone().map(text),
        ("aws_region", "name" | "id" | "region") => world.region_of(module, &resource.block.body).map(text),
        ("aws_partition", "partition" | "id") => Some(text(partition(world, module, resource))),
        ("aws_partition", "dns_suffix") => Some(text(match partition(world, module, resource) {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        })),
        ("template_file", "rendered") => {
            Some(world.attribute_once(module, &format!("{id}.rendered"), || {
                rendered(world, frame, resource).unwrap_or_else(open)
            }))
        }
        _ => None,
    };
    computed.unwrap_or_else(|| match world.configured(module, resource, iteration, id, name) {
        Some(value) if !value.is_null() => value,
        _ => open(),
    })
}

/// The partition of the region; `aws` where the region is not known.
fn partition<'a>(world: &World<'a>, module: &Rc<ModuleInstance<'a>>, resource: &Resource) -> &'static str {
    match world.region_of(module, &resource.block.body).as_deref() {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The older `template_file`: a text with the names of its own variables.
fn rendered<'a>(world: &World<'a>, frame: Frame<'_, 'a>, resource: &Resource) -> Option<Node> {
    let body = world.body(frame, &resource.block.body, &|key| matches!(key, "template" | "vars"));
    let template = super::value::as_text(body.get("template")?)?;
    let at = resource.block.body.attribute("template").map(|attribute| attribute.value.at.clone())?;
    let path: Arc<str> = at.file_line()?.0.into();
    let parts = hcl::parse_template(&path, &template, Some(&at)).ok()?;
    let entries = body.get("vars").map(Node::entries).unwrap_or_default();
    Some(with_names(world, frame, entries, &parts, &at))
}

/// The value of a template with names; linked on the stack, so that there is a bound to them.
pub(crate) fn with_names<'a>(
    world: &World<'a>,
    frame: Frame<'_, 'a>,
    entries: &[Entry],
    parts: &[Part],
    at: &Place,
) -> Node {
    match entries.split_first() {
        Some((first, rest)) if rest.len() < 200 => {
            let names = Names { name: &first.key, value: first.node.clone(), outer: frame.names };
            with_names(world, frame.with(&names), rest, parts, at)
        }
        _ => world.template(frame, parts, at),
    }
}

/// A document as a tree: encoded, or a text that is JSON.
pub(crate) fn tree_of(value: &Node) -> Option<Node> {
    match &value.value {
        Value::Encoded(inner) => Some((**inner).clone()),
        Value::Text(plain) => {
            let parsed = serde_json::from_str::<serde_json::Value>(plain).ok()?;
            Some(Node::from_json(&parsed, &value.at))
        }
        Value::Pieces(_) => match document::decoded(node(value.value.clone()), &value.at).value {
            Value::Encoded(inner) => Some(*inner),
            _ => None,
        },
        _ => None,
    }
}
