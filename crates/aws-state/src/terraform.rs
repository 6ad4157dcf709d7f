//! Terraform's resources, as evaluated, into declared resources in CloudFormation's words: own resources by
//! their rows, satellites folded into their parents, references turned into CloudFormation's.

use crate::generated::TERRAFORM_BY_TYPE;
use crate::mapping;
use crate::table::TerraformTable;
use crate::transform::OWN_GROUP;
use crate::{Declared, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;
use tieout_model::{Gap, Node, Piece, Place, Value, tree::Entry};

/// An instance of a Terraform resource, its body evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Address within the root module: `module.net.aws_subnet.private[0]`.
    pub address: Arc<str>,
    /// `aws_subnet`.
    pub type_name: Arc<str>,
    /// Arguments and blocks; a block is a list of maps.
    pub body: Node,
    /// From the line of the `resource` block.
    pub at: Place,
    /// The root module's folder.
    pub root: Arc<str>,
    /// The provider's region, where known.
    pub region: Option<Arc<str>>,
    /// Why it is not certain that it exists.
    pub uncertain: Option<Gap>,
}

/// What became of the instances.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Resources in CloudFormation's words, in the order of their instances.
    pub resources: Vec<Declared>,
    /// `aws_` types that the tables do not know, with their number.
    pub unknown_types: BTreeMap<Arc<str>, usize>,
    /// Satellites whose parent stands nowhere in the root module: address and what they name.
    pub orphans: Vec<(Arc<str>, String)>,
}

/// Lowers the instances of one root module.
pub fn lower(instances: &[Instance]) -> Lowered {
    let mut lowered = Lowered::default();
    let mut satellites = Vec::new();
    for instance in instances {
        let tables: Vec<_> =
            TERRAFORM_BY_TYPE.iter().copied().flatten().filter(|table| applies(table, instance)).collect();
        if tables.is_empty() && instance.type_name.starts_with("aws_") {
            *lowered.unknown_types.entry(instance.type_name.clone()).or_default() += 1;
        }
        for table in tables {
            match table.edge {
                Some(edge) => satellites.push((instance, table, edge)),
                None => own(instance, table, &mut lowered.resources),
            }
        }
    }
    for (instance, table, edge) in satellites {
        fold(instance, table, edge, &mut lowered);
    }
    lowered
}

fn applies(table: &TerraformTable, instance: &Instance) -> bool {
    table.from == &*instance.type_name
        && table.when.iter().all(|(key, value)| {
            let node = instance.body.get(key);
            node.is_some_and(|node| node.gap().is_some() || node.scalar_text().as_deref() == Some(*value))
        })
        && table.present.is_none_or(|key| instance.body.get(key).is_some_and(is_there))
}

fn is_there(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::List(items) => !items.is_empty(),
        Value::Text(text) => !text.is_empty(),
        _ => true,
    }
}

fn properties(body: &Node, table: &TerraformTable, address: &Arc<str>) -> Node {
    let itself = Value::Ref { id: address.clone(), attribute: Some("id".into()) };
    let mut body = body.clone();
    body.set("$self", Place::None, Node::new(itself, Place::None));
    let (mut properties, _) = mapping::apply(table.rows, &body);
    for (path, json) in table.otherwise {
        mapping::put_absent(&mut properties, path, json, &body.at);
    }
    let own_group = properties.get("GroupId").map_or_else(
        || Value::Ref { id: address.clone(), attribute: Some("GroupId".into()) },
        |group| group.value.clone(),
    );
    rename_references(&mut properties, &own_group);
    properties
}

fn own(instance: &Instance, table: &TerraformTable, resources: &mut Vec<Declared>) {
    let bodies = match table.split {
        [] => vec![instance.body.clone()],
        lists => split(&instance.body, lists),
    };
    for body in &bodies {
        resources.push(Declared {
            scope: Scope::Source(instance.root.clone()),
            properties: properties(body, table, &instance.address),
            local: free_local(instance, table, resources),
            type_name: table.to.into(),
            live: None,
            at: instance.at.clone(),
            name: None,
            arn: None,
            account: None,
            region: instance.region.clone(),
            uncertain: instance.uncertain.clone().or_else(|| open_condition(table, &instance.body)),
        });
    }
}

/// The address; `#1`, `#2` … behind it where the instance has become several resources of the type.
fn free_local(instance: &Instance, table: &TerraformTable, resources: &[Declared]) -> Arc<str> {
    let own = |declared: &&Declared| {
        declared
            .local
            .strip_prefix(&*instance.address)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    };
    let same = |declared: &&Declared| &*declared.type_name == table.to;
    match resources.iter().rev().take_while(own).filter(same).count() {
        0 => instance.address.clone(),
        taken => format!("{}#{taken}", instance.address).into(),
    }
}

/// The gap of an attribute on which it depends whether the table applies.
fn open_condition(table: &TerraformTable, body: &Node) -> Option<Gap> {
    table.when.iter().find_map(|(key, _)| body.get(key)?.gap())
}

/// One body a peer: a Terraform security group rule with three CIDRs is three of CloudFormation's.
fn split(body: &Node, lists: &[&str]) -> Vec<Node> {
    let mut bodies = Vec::new();
    for list in lists {
        let Some(entry) = body.entry(list) else { continue };
        let items = match &entry.node.value {
            Value::List(items) => items.clone(),
            Value::Null => continue,
            _ => vec![entry.node.clone()],
        };
        for item in items {
            let mut one = body.clone();
            for other in lists {
                one.set(*other, entry.at.clone(), Node::default());
            }
            one.set(*list, entry.at.clone(), item);
            bodies.push(one);
        }
    }
    if bodies.is_empty() {
        let mut whole = body.clone();
        for list in lists.iter().filter(|list| body.entry(list).is_some()) {
            whole.set(*list, Place::None, Node::default());
        }
        bodies.push(whole);
    }
    bodies
}

fn fold(instance: &Instance, table: &TerraformTable, edge: &str, lowered: &mut Lowered) {
    let addition = properties(&instance.body, table, &instance.address);
    let named = instance.body.get(edge).cloned().unwrap_or_default();
    match &named.value {
        // An attachment that names several parents.
        Value::List(parents) => {
            parents.iter().for_each(|parent| fold_into(instance, table, parent, &addition, lowered));
        }
        // One of several attributes that may name a parent; another table has the other.
        Value::Null => {}
        _ => fold_into(instance, table, &named, &addition, lowered),
    }
}

fn fold_into(
    instance: &Instance,
    table: &TerraformTable,
    named: &Node,
    addition: &Node,
    lowered: &mut Lowered,
) {
    let same_type = |declared: &&mut Declared| &*declared.type_name == table.to;
    let parent = match &named.value {
        Value::Ref { id, .. } => {
            lowered.resources.iter_mut().filter(same_type).find(|declared| declared.local == *id)
        }
        Value::Text(name) => {
            lowered.resources.iter_mut().filter(same_type).find(|declared| names(declared, name))
        }
        _ if is_looked_up(named, table) => None,
        _ => {
            let gap = named.gap().unwrap_or_else(|| {
                Gap::unresolved(format_args!("{}.{}", instance.address, table.edge.unwrap_or_default()))
            });
            let parents = lowered.resources.iter_mut().filter(same_type);
            parents.for_each(|parent| blur(&mut parent.properties, addition, &gap));
            return;
        }
    };
    match (parent, &instance.uncertain) {
        (Some(parent), None) => mapping::merge(&mut parent.properties, addition),
        (Some(parent), Some(gap)) => blur(&mut parent.properties, addition, gap),
        (None, _) => lowered.orphans.push((instance.address.clone(), named.expression())),
    }
}

/// A data source of the parent's own type: the parent stands elsewhere, none of these is meant.
fn is_looked_up(named: &Node, table: &TerraformTable) -> bool {
    let expression = named.expression();
    let own = TERRAFORM_BY_TYPE.iter().copied().flatten();
    own.filter(|other| other.to == table.to && other.edge.is_none())
        .any(|other| expression.contains(&format!("data.{}.", other.from)))
}

fn names(declared: &Declared, name: &str) -> bool {
    crate::type_table(&declared.type_name)
        .into_iter()
        .flat_map(|table| std::iter::once(table.id).chain(table.keys.iter().copied()))
        .any(|key| declared.properties.get(key).and_then(Node::as_text) == Some(name))
}

/// What a satellite says where it is not certain that it says it of this parent: unknown where the parent has
/// nothing, an unknown element more where it has a list.
fn blur(parent: &mut Node, addition: &Node, gap: &Gap) {
    for entry in addition.entries() {
        let open = Node::unknown(gap.clone(), entry.at.clone());
        let blurred = match (parent.get(&entry.key).cloned(), &entry.node.value) {
            (None | Some(Node { value: Value::Null, .. }), _) => open,
            (Some(Node { value: Value::List(mut items), at }), _) => {
                items.push(open);
                Node::new(Value::List(items), at)
            }
            (Some(mut old), Value::Map(_)) if matches!(old.value, Value::Map(_)) => {
                blur(&mut old, &entry.node, gap);
                old
            }
            (Some(old), _) => old,
        };
        parent.set(entry.key.clone(), entry.at.clone(), blurred);
    }
}

/// Attributes in Terraform's words become CloudFormation's: `.arn` is `Fn::GetAtt … Arn`, `.id` and names are
/// `Ref`; `self` in a rule is the group itself.
fn rename_references(node: &mut Node, own_group: &Value) {
    match &mut node.value {
        Value::Ref { attribute, .. } => {
            *attribute = attribute.take().and_then(|word| cloudformation_attribute(&word));
        }
        Value::Encoded(inner) => rename_references(inner, own_group),
        Value::List(items) => items.iter_mut().for_each(|item| rename_references(item, own_group)),
        Value::Map(entries) => {
            for Entry { key, node, .. } in entries {
                if key.ends_with("SecurityGroupId") && node.as_text() == Some(OWN_GROUP) {
                    node.value = own_group.clone();
                }
                rename_references(node, own_group);
            }
        }
        Value::Pieces(pieces) => {
            for piece in pieces {
                if let Piece::Hole(node) = piece {
                    rename_references(node, own_group);
                }
            }
        }
        Value::Either { then, otherwise, .. } => {
            rename_references(then, own_group);
            rename_references(otherwise, own_group);
        }
        _ => {}
    }
}

/// What an attribute of Terraform is for `Fn::GetAtt`; `None` where it is what `Ref` yields.
fn cloudformation_attribute(word: &str) -> Option<Arc<str>> {
    match word {
        "id" | "name" | "bucket" | "function_name" | "key_id" | "name_prefix" => None,
        "arn" | "Arn" => Some("Arn".into()),
        "bucket_domain_name" => Some("DomainName".into()),
        "bucket_regional_domain_name" => Some("RegionalDomainName".into()),
        other => Some(
            other
                .split(['_', '.'])
                .map(|part| {
                    let mut letters = part.chars();
                    letters.next().map_or_else(String::new, |first| {
                        first.to_uppercase().collect::<String>() + letters.as_str()
                    })
                })
                .collect::<String>()
                .into(),
        ),
    }
}
