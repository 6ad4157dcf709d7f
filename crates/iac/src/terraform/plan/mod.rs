//! Plans and states: what `terraform show -json` prints of either, and the raw state file. Their values are
//! worked out already; what is known only after the apply is a reference where the plan says to what.

mod references;

use super::Instance;
use super::policy;
use references::Configuration;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// What a JSON document of Terraform is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    Plan,
    State,
    RawState,
}

/// What a tree is; `None` where it is no plan and no state.
pub(crate) fn kind_of(tree: &Node) -> Option<Document> {
    let has = |key: &str| tree.get(key).is_some();
    if has("format_version") && (has("planned_values") || has("resource_changes")) {
        return Some(Document::Plan);
    }
    if has("format_version") && tree.at_path(&["values", "root_module"]).is_some() {
        return Some(Document::State);
    }
    let is_raw =
        has("terraform_version") && has("lineage") && tree.get("version").and_then(Node::as_int) == Some(4);
    is_raw.then_some(Document::RawState)
}

/// A resource of a plan or state, before what is open is put in.
struct Planned {
    address: Arc<str>,
    /// The address of its module, empty for the root.
    module: Arc<str>,
    kind: Arc<str>,
    name: Arc<str>,
    is_data: bool,
    provider: Option<Arc<str>>,
    values: Node,
    unknown: Option<Node>,
    sensitive: Option<Node>,
    at: Place,
}

/// The managed resources of a plan or state as instances of the root `root`.
pub(crate) fn instances(tree: &Node, document: Document, root: &Arc<str>) -> Vec<Instance> {
    let mut resources = Vec::new();
    match document {
        Document::Plan => planned(tree, &mut resources),
        Document::State => {
            if let Some(module) = tree.at_path(&["values", "root_module"]) {
                module_resources(module, &HashMap::new(), &mut resources);
            }
        }
        Document::RawState => raw(tree, &mut resources),
    }
    let configuration = Configuration::new(tree, &resources);
    let known = known_ids(&resources);
    let mut out = Vec::with_capacity(resources.len());
    for resource in resources.iter().filter(|resource| !resource.is_data) {
        let mut body = body_of(resource, &resources, &configuration);
        link(&mut body, &resource.address, &known);
        body.at = resource.at.clone();
        out.push(Instance {
            address: resource.address.clone(),
            type_name: resource.kind.clone(),
            region: region(resource, &configuration),
            body,
            at: resource.at.clone(),
            root: root.clone(),
            uncertain: None,
        });
    }
    out.sort_by(|a, b| a.address.cmp(&b.address));
    out
}

/// The resources as planned; those of a plan without planned values, as changed.
fn planned(tree: &Node, out: &mut Vec<Planned>) {
    let changes: HashMap<&str, &Node> = tree
        .get("resource_changes")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|change| Some((change.get("address")?.as_text()?, change)))
        .collect();
    if let Some(module) = tree.at_path(&["planned_values", "root_module"]) {
        module_resources(module, &changes, out);
        return;
    }
    for (_, change) in BTreeMap::from_iter(changes) {
        let Some(after) = change.at_path(&["change", "after"]).filter(|after| !after.is_null()) else {
            continue;
        };
        if let Some(mut resource) = resource(change, after.clone(), text(change, "module_address")) {
            resource.unknown = change.at_path(&["change", "after_unknown"]).cloned();
            resource.sensitive = change.at_path(&["change", "after_sensitive"]).cloned();
            out.push(resource);
        }
    }
}

fn text(node: &Node, key: &str) -> Arc<str> {
    node.get(key).and_then(Node::as_text).unwrap_or_default().into()
}

fn resource(node: &Node, values: Node, module: Arc<str>) -> Option<Planned> {
    Some(Planned {
        address: node.get("address")?.as_text()?.into(),
        module,
        kind: node.get("type")?.as_text()?.into(),
        name: text(node, "name"),
        is_data: node.get("mode").and_then(Node::as_text) == Some("data"),
        provider: node.get("provider_name").and_then(Node::as_text).map(Arc::from),
        values,
        unknown: None,
        sensitive: None,
        at: node.at.clone(),
    })
}

/// The resources of a module and of those within it.
fn module_resources(module: &Node, changes: &HashMap<&str, &Node>, out: &mut Vec<Planned>) {
    let address = text(module, "address");
    for node in module.get("resources").map(Node::items).unwrap_or_default() {
        let values = node.get("values").cloned().unwrap_or_else(|| Node::map(node.at.clone()));
        let Some(mut resource) = resource(node, values, address.clone()) else { continue };
        let change = changes.get(&*resource.address);
        resource.unknown = change.and_then(|change| change.at_path(&["change", "after_unknown"])).cloned();
        resource.sensitive = node.get("sensitive_values").cloned();
        out.push(resource);
    }
    for child in module.get("child_modules").map(Node::items).unwrap_or_default() {
        module_resources(child, changes, out);
    }
}

/// The resources of a raw state file.
fn raw(tree: &Node, out: &mut Vec<Planned>) {
    for node in tree.get("resources").map(Node::items).unwrap_or_default() {
        let (module, kind, name) = (text(node, "module"), text(node, "type"), text(node, "name"));
        let is_data = node.get("mode").and_then(Node::as_text) == Some("data");
        for instance in node.get("instances").map(Node::items).unwrap_or_default() {
            let Some(values) = instance.get("attributes").filter(|values| !values.is_null()) else {
                continue;
            };
            let mut address = String::new();
            if !module.is_empty() {
                address.push_str(&module);
                address.push('.');
            }
            if is_data {
                address.push_str("data.");
            }
            address.push_str(&format!("{kind}.{name}"));
            match instance.get("index_key").map(|key| &key.value) {
                Some(Value::Int(index)) => address.push_str(&format!("[{index}]")),
                Some(Value::Text(key)) => address.push_str(&format!("[{}]", super::expand::quoted(key))),
                _ => {}
            }
            out.push(Planned {
                address: address.into(),
                module: module.clone(),
                kind: kind.clone(),
                name: name.clone(),
                is_data,
                provider: node.get("provider").and_then(Node::as_text).map(Arc::from),
                values: values.clone(),
                unknown: None,
                sensitive: raw_sensitive(instance),
                at: instance.at.clone(),
            });
        }
    }
}

/// A raw state lists its sensitive attributes as paths; the first step of each is enough to hide it.
fn raw_sensitive(instance: &Node) -> Option<Node> {
    let mut out = Node::map(Place::None);
    for path in instance.get("sensitive_attributes")?.items() {
        let step = path.items().first().and_then(|step| step.get("value")).and_then(Node::as_text);
        if let Some(step) = step {
            out.set(step, Place::None, Node::new(Value::Bool(true), Place::None));
        }
    }
    Some(out)
}

/// The values of a resource with what is open or secret put in.
fn body_of(resource: &Planned, all: &[Planned], configuration: &Configuration<'_>) -> Node {
    let mut body = without_nulls(&resource.values);
    if let Some(sensitive) = &resource.sensitive {
        hide(&mut body, sensitive, &resource.address);
    }
    let Some(unknown) = &resource.unknown else { return body };
    let expressions = configuration.expressions(resource);
    open(&mut body, unknown, &resource.address, expressions, &|expression, path, at| {
        configuration.value(resource, expression, path, at).map(|value| match &value.value {
            Value::Ref { id, attribute: Some(word) } if id.contains("data.") && word.ends_with("json") => {
                document(all, id, configuration).unwrap_or(value)
            }
            _ => value,
        })
    });
    body
}

/// The policy document of a data source that is read only during the apply.
fn document(all: &[Planned], address: &str, configuration: &Configuration<'_>) -> Option<Node> {
    let resource =
        all.iter().find(|other| &*other.address == address && &*other.kind == "aws_iam_policy_document")?;
    let body = body_of(resource, &[], configuration);
    body.get("statement").is_some().then(|| policy::of_body(&body, &resource.at, &resource.at))
}

fn without_nulls(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|entry| !entry.node.is_null())
                .map(|entry| Entry {
                    key: entry.key.clone(),
                    at: entry.at.clone(),
                    node: without_nulls(&entry.node),
                })
                .collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    };
    Node::new(value, node.at.clone())
}

/// Takes out what Terraform marks as sensitive: a report must never hold it.
fn hide(node: &mut Node, marks: &Node, path: &str) {
    match (&mut node.value, &marks.value) {
        (Value::Null, _) => {}
        (value, Value::Bool(true)) => {
            let how = "Terraform marks the value as sensitive; look at where it comes from";
            *value = Value::Unknown(Gap::new(Reason::Unresolved, format!("{path} (sensitive)"), how));
        }
        (Value::Map(entries), Value::Map(marks)) => {
            for mark in marks {
                if let Some(entry) = entries.iter_mut().find(|entry| entry.key == mark.key) {
                    hide(&mut entry.node, &mark.node, &format!("{path}.{}", mark.key));
                }
            }
        }
        (Value::List(items), Value::List(marks)) => {
            for (number, (item, mark)) in items.iter_mut().zip(marks).enumerate() {
                hide(item, mark, &format!("{path}[{number}]"));
            }
        }
        _ => {}
    }
}

/// What an expression of the configuration refers to: the expression, its path within the resource, a place.
type Resolve<'r> = dyn Fn(Option<&Node>, &str, &Place) -> Option<Node> + 'r;

/// Puts references and unknowns where the plan says that a value is known only after the apply.
fn open(node: &mut Node, unknown: &Node, path: &str, expressions: Option<&Node>, resolve: &Resolve<'_>) {
    let at = node.at.clone();
    match &unknown.value {
        Value::Bool(true) => {
            *node =
                resolve(expressions, path, &at).unwrap_or_else(|| Node::unknown(Gap::unresolved(path), at));
        }
        Value::Map(marks) => {
            for mark in marks {
                let path = format!("{path}.{}", mark.key);
                let expression = expressions.and_then(|expressions| expressions.get(&mark.key));
                match node.entry(&mark.key).map(|entry| (entry.at.clone(), entry.node.clone())) {
                    Some((key_at, mut inner)) => {
                        open(&mut inner, &mark.node, &path, expression, resolve);
                        node.set(mark.key.clone(), key_at, inner);
                    }
                    // Computed and not configured: it is AWS's own business, and nobody asks for it.
                    None if expression.is_none() && matches!(mark.node.value, Value::Bool(_)) => {}
                    None => {
                        let mut inner = Node::new(Value::Null, at.clone());
                        open(&mut inner, &mark.node, &path, expression, resolve);
                        if !inner.is_null() {
                            node.set(mark.key.clone(), at.clone(), inner);
                        }
                    }
                }
            }
        }
        Value::List(marks) => {
            let mut items = node.items().to_vec();
            let mut changed = false;
            for (number, mark) in marks.iter().enumerate() {
                // Blocks have an expression each, a list one for all of it.
                let expression = match expressions.map(|expressions| &expressions.value) {
                    Some(Value::List(each)) => each.get(number),
                    _ => expressions,
                };
                if items.len() <= number {
                    items.push(Node::new(Value::Null, at.clone()));
                }
                if let Some(item) = items.get_mut(number) {
                    open(item, mark, &format!("{path}[{number}]"), expression, resolve);
                    changed = true;
                }
            }
            if changed {
                node.value = Value::List(items);
            }
        }
        _ => {}
    }
}

/// Ids and ARNs that AWS has given out, and whose they are.
fn known_ids(resources: &[Planned]) -> HashMap<Arc<str>, (Arc<str>, &'static str)> {
    let mut known: HashMap<Arc<str>, (Arc<str>, &'static str)> = HashMap::new();
    for resource in resources.iter().filter(|resource| !resource.is_data) {
        for attribute in ["id", "arn"] {
            let Some(value) = resource.values.get(attribute).and_then(Node::as_text) else { continue };
            if !(value.starts_with("arn:") || is_aws_id(value)) {
                continue;
            }
            let attribute = if value.starts_with("arn:") { "arn" } else { attribute };
            let own = (resource.address.clone(), attribute);
            match known.get(value) {
                // An attachment may have the id of what it attaches to; the shorter type is the thing itself.
                Some((other, _)) if other.len() <= own.0.len() => {}
                _ => drop(known.insert(value.into(), own)),
            }
        }
    }
    known
}

/// `sg-0123456789abcdef0` and the like.
fn is_aws_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(prefix, digits)| {
        matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && prefix.starts_with(|c: char| c.is_ascii_lowercase())
    })
}

/// Ids and ARNs of other resources of the same document become references to them.
fn link(node: &mut Node, own: &Arc<str>, known: &HashMap<Arc<str>, (Arc<str>, &'static str)>) {
    match &mut node.value {
        Value::Text(text) => {
            if let Some((address, attribute)) = known.get(text)
                && address != own
            {
                node.value = Value::Ref { id: address.clone(), attribute: Some((*attribute).into()) };
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| link(item, own, known)),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| link(&mut entry.node, own, known)),
        _ => {}
    }
}

/// The region by the resource's own word, its ARN, or its provider's configuration.
fn region(resource: &Planned, configuration: &Configuration<'_>) -> Option<Arc<str>> {
    if !resource.provider.as_deref().is_none_or(|provider| provider.contains("/aws")) {
        return None;
    }
    let own = resource.values.get("region").and_then(Node::as_text).map(Arc::from);
    let of_arn = || {
        let arn = resource.values.get("arn")?.as_text()?;
        arn.split(':').nth(3).filter(|region| !region.is_empty()).map(Arc::from)
    };
    own.or_else(of_arn).or_else(|| configuration.region(resource))
}
