//! pdm.lock: packages, their groups, conditions, sources and hashes (both layouts). A package that is locked with extras
//! has an entry for each set of extras; they are one component. Source: pdm-project.org, "Lock file", and files that
//! pdm 1 and 2 write.

use super::graph::Graph;
use super::lock::{self, Locked, text};
use super::{Cx, urls};
use crate::{Component, Group, Origin};
use std::collections::{BTreeSet, HashMap};
use tieout_model::Node;

/// True for pdm's lock files (`pdm.NAME.lock` is one for another platform or purpose).
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    name.starts_with("pdm.") && name.ends_with(".lock")
}

pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = lock::tree(cx);
    let metadata = root.get("metadata");
    let target =
        metadata.and_then(|metadata| metadata.get("targets")).and_then(|targets| targets.items().first());
    lock::python_of(cx, target.and_then(|target| target.get("requires_python")), "pyproject.toml");
    let project = lock::project(cx).unwrap_or_default();
    let rooted = !project.roots.is_empty();
    let old_files = metadata.and_then(|metadata| metadata.get("files")).map_or(&[] as &[_], Node::entries);
    let old_files: HashMap<&str, &[Node]> =
        old_files.iter().map(|entry| (&*entry.key, entry.node.items())).collect();
    let (mut graph, mut locked) = (Graph::default(), Vec::<Locked>::new());
    // (package, its extra, what it asks for)
    let mut wishes: Vec<(usize, Vec<String>, &Node)> = Vec::new();
    let mut known = HashMap::new();
    for table in lock::tables(cx, &root, "package") {
        let local = table.get("path").is_some() || table.get("git").is_some() || table.get("url").is_some();
        let Some(mut component) = lock::package(cx, table, !local) else { continue };
        source(cx, &mut component, table);
        lock::add_hashes(&mut component.hashes, table.get("files").map_or(&[], Node::items));
        if component.hashes.is_empty() && !old_files.is_empty() {
            let key = format!("{} {}", text(table, "name").unwrap_or_default(), component.written);
            lock::add_hashes(&mut component.hashes, old_files.get(key.as_str()).copied().unwrap_or_default());
        }
        let extras = table.get("extras").map_or(&[] as &[_], Node::items);
        component.extras = extras.iter().filter_map(Node::as_text).map(lock::normal).collect();
        component.extras.sort();
        let grouped = group(&mut component, table, &project.extras);
        component.marker = text(table, "marker").and_then(lock::marker);
        let marked = component.marker.is_some() || table.get("groups").is_some();
        let key = (component.name.clone(), component.written.clone(), format!("{:?}", component.origin));
        let extras = component.extras.clone();
        let index = match known.get(&key) {
            Some(index) => {
                join(locked.get_mut(*index), component);
                *index
            }
            None => {
                let index = graph.package(&component.name);
                known.insert(key, index);
                locked.push(Locked { component, grouped, marked });
                index
            }
        };
        wishes.extend(table.get("dependencies").map(|dependencies| (index, extras, dependencies)));
    }
    for (index, extras, _) in &wishes {
        extras.iter().for_each(|extra| {
            graph.extra(*index, extra);
        });
    }
    for (index, extras, dependencies) in wishes {
        let vertices: Vec<usize> = match extras.as_slice() {
            [] => vec![index],
            extras => extras.iter().map(|extra| graph.extra(index, extra)).collect(),
        };
        for (wish, specifiers) in dependencies.items().iter().filter_map(|item| lock::wish(item.as_text()?)) {
            for vertex in &vertices {
                graph.link(*vertex, &wish, &|target| {
                    lock::fits(locked.get(target).map(|locked| &locked.component), specifiers.as_ref())
                });
            }
        }
    }
    for (group, wish) in &project.roots {
        graph.root(group, wish, &|_| true);
    }
    lock::settle(cx, locked, &graph, rooted);
}

/// The same package, locked with other extras.
fn join(first: Option<&mut Locked>, other: Component) {
    let Some(first) = first else { return };
    let component = &mut first.component;
    component.extras.extend(other.extras);
    component.extras.sort();
    component.extras.dedup();
    component.hashes.extend(other.hashes);
    component.group = component.group.clone().min(other.group);
    if other.marker.is_none() || component.marker.is_none() {
        component.marker = None;
    } else if component.marker != other.marker
        && let (Some(own), Some(other)) = (&mut component.marker, other.marker)
    {
        own.text = format!("({}) or ({})", own.text, other.text);
    }
}

fn source(cx: &mut Cx<'_>, component: &mut Component, table: &Node) {
    let told = if let Some(git) = text(table, "git") {
        component.origin = lock::vcs("git", git, text(table, "revision").or_else(|| text(table, "ref")));
        git
    } else if let Some(url) = text(table, "url") {
        component.origin = Origin::Url(urls::clean(url).url);
        url
    } else if let Some(path) = text(table, "path") {
        component.origin = Origin::Path(path.to_owned());
        return;
    } else {
        return;
    };
    if urls::clean(told).credentials.is_some() {
        cx.index(crate::IndexKind::Direct, told, component.at.clone());
    }
}

/// `groups = ["default", "dev"]`: an extra of the project where pyproject.toml says so, else a development group.
fn group(component: &mut Component, table: &Node, extras: &BTreeSet<String>) -> bool {
    let groups = table.get("groups").map_or(&[] as &[_], Node::items);
    let of = |name: &str| match name {
        "default" => Group::Prod,
        name if extras.contains(&lock::normal(name)) => Group::Optional(lock::normal(name)),
        _ => Group::Dev,
    };
    let Some(first) = groups.iter().filter_map(Node::as_text).map(of).min() else { return false };
    component.group = first;
    true
}
