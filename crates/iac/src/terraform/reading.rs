//! From files to declared resources: evaluates configurations, reads plans and states, lays a plan over the
//! configuration beside it, and lowers all to CloudFormation's words.

use super::plan::{self, Document};
use super::project::{folder_of, is_terraform};
use super::{Evaluated, Instance, Open, evaluate};
use crate::{Options, ReadFile, Reading, SourceFile};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tieout_aws_state::Scope;
use tieout_aws_state::hosts::{self, Host};
use tieout_aws_state::terraform::lower;
use tieout_model::{Gap, Node, Place, Reason, Value, sha256_hex};

/// Reads Terraform's files: configurations and values by name, plans and states by content. What `file` and
/// `templatefile` name is opened with `open`.
pub fn read(files: &[SourceFile], options: &Options, open: &Open<'_>) -> Reading {
    let (configuration, others): (Vec<SourceFile>, Vec<SourceFile>) =
        files.iter().cloned().partition(|file| is_terraform(&file.path));
    let mut reading = Reading::default();
    let mut evaluated = match configuration.is_empty() {
        true => Evaluated::default(),
        false => evaluate(&configuration, options, open),
    };
    reading.files.extend(configuration.iter().map(|file| read_file(file, "terraform")));
    for file in &others {
        document(file, &mut evaluated, &mut reading);
    }
    reading.gaps.append(&mut evaluated.gaps);
    // A host that a configuration leaves open is known where the state beside it tells it.
    let recorded: HashSet<(Scope, Arc<str>)> = reading
        .hosts
        .iter()
        .filter(|one| matches!(one.host, Host::Known { .. }))
        .map(|one| (one.scope.clone(), one.resource.clone()))
        .collect();
    lower_all(evaluated.instances, &mut reading);
    reading.hosts.retain(|one| {
        matches!(one.host, Host::Known { .. })
            || !recorded.contains(&(one.scope.clone(), one.resource.clone()))
    });
    reading.files.sort();
    reading.gaps.sort();
    reading
}

/// True for a JSON text that [`read`] takes as a plan or a state, by a cheap look at its words.
pub fn is_plan_or_state(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    (has("\"format_version\"")
        && (has("\"planned_values\"") || has("\"resource_changes\"") || has("\"root_module\"")))
        || (has("\"terraform_version\"") && has("\"lineage\""))
}

fn read_file(file: &SourceFile, dialect: &'static str) -> ReadFile {
    ReadFile { path: file.path.clone(), sha256: sha256_hex(file.text.as_bytes()), dialect }
}

/// A plan or a state.
fn document(file: &SourceFile, evaluated: &mut Evaluated, reading: &mut Reading) {
    let tree = match tieout_source::json::parse(&file.path, &file.text) {
        Ok((tree, _)) => tree,
        Err(problem) => {
            let what = format!("{}: not valid JSON: {}", file.path, problem.message);
            reading.gaps.push((Gap::new(Reason::Unreadable, what, "mend the JSON"), problem.at));
            return;
        }
    };
    let Some(kind) = plan::kind_of(&tree) else { return };
    let folder = folder_of(&file.path);
    let beside = evaluated.instances.iter().any(|instance| &*instance.root == folder);
    if kind != Document::Plan && beside {
        // The configuration is what will be; the state beside it is what was. But it knows what AWS gave.
        let instances = plan::instances(&tree, kind, &folder.into());
        reading.hosts.extend(hosts::of_instances(&instances));
        return;
    }
    reading.files.push(read_file(file, "terraform-plan"));
    let mut instances = plan::instances(&tree, kind, &file.path);
    if beside {
        overlay(&mut instances, evaluated, folder);
    }
    evaluated.instances.extend(instances);
}

/// The instances of a plan take the place of those of the configuration beside it, and its lines.
fn overlay(planned: &mut [Instance], evaluated: &mut Evaluated, folder: &str) {
    let written: HashMap<Arc<str>, Instance> = evaluated
        .instances
        .iter()
        .filter(|instance| &*instance.root == folder)
        .map(|instance| (instance.address.clone(), instance.clone()))
        .collect();
    if !planned.iter().any(|instance| written.contains_key(&instance.address)) {
        return;
    }
    let addresses: HashSet<Arc<str>> = planned.iter().map(|instance| instance.address.clone()).collect();
    let stand_in = |address: &str| {
        let base = address.rsplit_once('[').map_or(address, |(base, _)| base);
        [format!("{base}[*]"), format!("{base}[0]"), base.to_owned()]
            .into_iter()
            .find_map(|key| written.get(&*key))
    };
    for instance in planned {
        instance.root = folder.into();
        if let Some(source) = written.get(&instance.address).or_else(|| stand_in(&instance.address)) {
            instance.at = source.at.clone();
            relocate(&mut instance.body, &source.body, &source.at);
        }
    }
    // What is written and not planned stays: the plan may be of a part only, or older.
    let bases: HashSet<&str> =
        addresses.iter().map(|address| address.split('[').next().unwrap_or(address)).collect();
    evaluated.instances.retain(|instance| {
        let base = instance.address.split('[').next().unwrap_or(&instance.address);
        &*instance.root != folder || !(addresses.contains(&instance.address) || bases.contains(base))
    });
}

/// Puts a tree at the places of another of the same shape; what the other has not is at `outside`.
fn relocate(node: &mut Node, source: &Node, outside: &Place) {
    node.at = if source.at == Place::None { outside.clone() } else { source.at.clone() };
    let inside = node.at.clone();
    let nothing = Node::new(Value::Null, inside.clone());
    match &mut node.value {
        Value::Map(entries) => {
            for entry in entries {
                match source.entry(&entry.key) {
                    Some(written) => {
                        entry.at = written.at.clone();
                        relocate(&mut entry.node, &written.node, &written.at);
                    }
                    None => {
                        entry.at = inside.clone();
                        relocate(&mut entry.node, &nothing, &inside);
                    }
                }
            }
        }
        Value::List(items) => {
            for (number, item) in items.iter_mut().enumerate() {
                // A block that is there once is a map in the configuration and a list in the plan.
                let written = match &source.value {
                    Value::Map(_) => Some(source),
                    _ => source.items().get(number),
                };
                relocate(item, written.unwrap_or(&nothing), &inside);
            }
        }
        Value::Encoded(inner) => {
            let written = match &source.value {
                Value::Encoded(written) => written,
                _ => &nothing,
            };
            relocate(inner, written, &inside);
        }
        _ => {}
    }
}

fn lower_all(instances: Vec<Instance>, reading: &mut Reading) {
    let mut roots: BTreeMap<Arc<str>, Vec<Instance>> = BTreeMap::new();
    for instance in instances {
        roots.entry(instance.root.clone()).or_default().push(instance);
    }
    let mut unknown: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for instances in roots.values() {
        let lowered = lower(instances);
        reading.hosts.extend(hosts::of_instances(instances));
        for (kind, count) in lowered.unknown_types {
            *unknown.entry(kind).or_default() += count;
        }
        let places: HashMap<&str, &Place> =
            instances.iter().map(|instance| (&*instance.address, &instance.at)).collect();
        for (address, named) in lowered.orphans {
            let gap = Gap::new(
                Reason::Unresolved,
                format!("{address} adds to {named}, which stands nowhere in this configuration"),
                "audit the deployed account, where both are seen together",
            );
            reading.gaps.push((gap, places.get(&*address).map_or(Place::None, |place| (*place).clone())));
        }
        reading.resources.extend(lowered.resources);
    }
    if !unknown.is_empty() {
        let kinds: Vec<String> = unknown.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
        let gap = Gap::unsupported(format!("Terraform types that are not looked at: {}", kinds.join(", ")));
        reading.gaps.push((gap, Place::None));
    }
}
