//! What the configuration within a plan says of an expression: which resource it refers to, followed through
//! variables and outputs of modules.

use super::Planned;
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::{Gap, Node, Place, Value};

/// How many variables and outputs a reference is followed through.
const MAX_HOPS: u8 = 16;

/// Attributes of which the whole value is what it refers to, and not a text around it.
const WHOLE: [&str; 37] = [
    "_id",
    "_ids",
    "_arn",
    "_arns",
    "arn",
    "arns",
    "id",
    "ids",
    "bucket",
    "_bucket",
    "_bucket_name",
    "role",
    "role_name",
    "user_name",
    "group_name",
    "instance",
    "network_interface",
    "layers",
    "log_destination",
    "roles",
    "user",
    "users",
    "group",
    "groups",
    "function_name",
    "key",
    "topic",
    "queue",
    "cluster",
    "subnets",
    "security_groups",
    "resource",
    "target_group",
    "vpc",
    "name",
    "log_group_name",
    "iam_instance_profile",
];

/// The configuration of a plan; empty for a state.
pub(super) struct Configuration<'t> {
    tree: &'t Node,
    /// Addresses by the same without indices.
    addresses: HashMap<String, Vec<Arc<str>>>,
}

/// An address without the indices of modules and resources.
fn bare(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut quoted) = (0, false);
    for c in address.chars() {
        match c {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The index at the end of an address.
fn index_of(address: &str) -> &str {
    if !address.ends_with(']') {
        return "";
    }
    address.rfind('[').and_then(|at| address.get(at..)).unwrap_or_default()
}

fn join(module: &str, local: &str) -> String {
    if module.is_empty() { local.to_owned() } else { format!("{module}.{local}") }
}

impl<'t> Configuration<'t> {
    pub(super) fn new(tree: &'t Node, resources: &[Planned]) -> Configuration<'t> {
        let mut addresses: HashMap<String, Vec<Arc<str>>> = HashMap::new();
        for resource in resources {
            addresses.entry(bare(&resource.address)).or_default().push(resource.address.clone());
        }
        Configuration { tree, addresses }
    }

    /// The configuration of a module by its address without indices.
    fn module(&self, address: &str) -> Option<&'t Node> {
        let mut module = self.tree.at_path(&["configuration", "root_module"])?;
        for name in address.split('.').filter(|part| *part != "module" && !part.is_empty()) {
            module = module.at_path(&["module_calls", name, "module"])?;
        }
        Some(module)
    }

    fn declaration(&self, resource: &Planned) -> Option<&'t Node> {
        let resources = self.module(&bare(&resource.module))?.get("resources")?;
        resources.items().iter().find(|declared| {
            let is = |key: &str, wanted: &str| declared.get(key).and_then(Node::as_text) == Some(wanted);
            let is_data = declared.get("mode").and_then(Node::as_text) == Some("data");
            is("type", &resource.kind) && is("name", &resource.name) && is_data == resource.is_data
        })
    }

    /// The expressions of a resource's arguments.
    pub(super) fn expressions(&self, resource: &Planned) -> Option<&'t Node> {
        self.declaration(resource)?.get("expressions")
    }

    /// The value of an expression that is known only after the apply: a reference, or unknown with what it
    /// depends on. `None` where the configuration says nothing.
    pub(super) fn value(
        &self,
        resource: &Planned,
        expression: Option<&Node>,
        path: &str,
        at: &Place,
    ) -> Option<Node> {
        let references = expression?.get("references")?;
        let words: Vec<&str> = references.items().iter().filter_map(Node::as_text).collect();
        let roots = roots(&words);
        let last = path.rsplit('.').next().unwrap_or(path);
        let (name, element) = match last.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (last, None),
        };
        let is_document = roots.first().is_some_and(|word| word.starts_with("data.aws_iam_policy_document."));
        let is_whole =
            WHOLE.iter().any(|end| if end.starts_with('_') { name.ends_with(end) } else { name == *end });
        let follow = |word: &str| self.follow(&resource.module, index_of(&resource.address), word, at, 0);
        let value = match (roots.as_slice(), element) {
            _ if !(is_whole || is_document) => None,
            ([only], _) if is_document || !name.ends_with('s') || element.is_some() => follow(only),
            (several, Some(element)) => several.get(element).and_then(|word| follow(word)),
            // A list of which each element is one of them.
            (several, None) if name.ends_with('s') => {
                let items: Option<Vec<Node>> = several.iter().map(|word| follow(word)).collect();
                items.filter(|items| !items.is_empty()).map(|items| Node::new(Value::List(items), at.clone()))
            }
            _ => None,
        };
        Some(value.unwrap_or_else(|| Node::unknown(Gap::unresolved(roots.join(", ")), at.clone())))
    }

    /// A reference of a module's configuration as one to a planned resource.
    fn follow(&self, module: &str, index: &str, word: &str, at: &Place, hops: u8) -> Option<Node> {
        if hops > MAX_HOPS {
            return None;
        }
        let parts = split(word);
        match parts.first().map(String::as_str)? {
            "var" => {
                let (parent, call) = module.rsplit_once("module.")?;
                let (parent, call) = (parent.trim_end_matches('.'), bare(call));
                let caller = self.module(&bare(parent))?;
                let expression = caller.at_path(&["module_calls", &call, "expressions", parts.get(1)?])?;
                self.follow(parent, index_of(module), sole(expression)?, at, hops + 1)
            }
            "module" => {
                let (call, output) = (parts.get(1)?, parts.get(2)?);
                let child = join(module, &format!("module.{call}"));
                let expression =
                    self.module(&bare(&child))?.at_path(&["outputs", &bare(output), "expression"])?;
                self.follow(&child, index, sole(expression)?, at, hops + 1)
            }
            "local" | "each" | "count" | "path" | "terraform" | "self" => None,
            "data" => self.reference(module, index, &parts, 3, at),
            _ => self.reference(module, index, &parts, 2, at),
        }
    }

    /// The reference to a resource whose address has `length` parts; what follows is its attribute.
    fn reference(
        &self,
        module: &str,
        index: &str,
        parts: &[String],
        length: usize,
        at: &Place,
    ) -> Option<Node> {
        let local = parts.get(..length)?.join(".");
        let attribute = parts.get(length..)?;
        let full = join(module, &local);
        let candidates = self.addresses.get(&bare(&full))?;
        let exact = candidates.iter().find(|address| ***address == *full);
        let sibling = || {
            let same = format!("{}{index}", join(module, &bare(&local)));
            candidates.iter().find(|address| !index.is_empty() && ***address == *same)
        };
        let only = || match candidates.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let id = exact.or_else(sibling).or_else(only)?.clone();
        let attribute = if attribute.is_empty() { "id".to_owned() } else { attribute.join(".") };
        Some(Node::new(Value::Ref { id, attribute: Some(attribute.into()) }, at.clone()))
    }

    /// The region of a resource's provider configuration.
    pub(super) fn region(&self, resource: &Planned) -> Option<Arc<str>> {
        let key = self.declaration(resource)?.get("provider_config_key")?.as_text()?;
        let providers = self.tree.at_path(&["configuration", "provider_config"])?;
        let provider = providers.get(key).or_else(|| providers.get(key.rsplit(':').next()?))?;
        let region = provider.at_path(&["expressions", "region"])?;
        if let Some(constant) = region.get("constant_value").and_then(Node::as_text) {
            return Some(constant.into());
        }
        let variable = sole(region)?.strip_prefix("var.")?;
        self.tree.at_path(&["variables", variable, "value"])?.as_text().map(Arc::from)
    }
}

/// What an expression refers to, without the prefixes that a plan lists after each.
fn roots<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut out: Vec<&str> = Vec::new();
    for word in words {
        let is_prefix = out.last().is_some_and(|last| {
            last.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        if !is_prefix {
            out.push(word);
        }
    }
    out
}

/// The only thing that an expression refers to, in its longest form.
fn sole(expression: &Node) -> Option<&str> {
    let words: Vec<&str> = expression.get("references")?.items().iter().filter_map(Node::as_text).collect();
    match roots(&words).as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The parts of a reference; an index stays with the part that it follows.
fn split(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted) = (0, false);
    for c in word.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            '.' if depth == 0 && !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_indices_and_nothing_else() {
        assert_eq!(bare("module.a[\"x.y]\"].aws_vpc.b[0]"), "module.a.aws_vpc.b");
        assert_eq!(index_of("aws_vpc.b[\"k\"]"), "[\"k\"]");
        assert_eq!(index_of("aws_vpc.b"), "");
    }

    #[test]
    fn a_reference_is_split_at_its_dots_and_not_within_an_index() {
        assert_eq!(split("aws_vpc.b[\"a.b\"].id"), ["aws_vpc", "b[\"a.b\"]", "id"]);
    }
}
