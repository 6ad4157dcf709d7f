//! Pipfile.lock: the locked packages of each category with hashes and conditions. It holds no graph: what is direct is
//! said by the Pipfile beside it. Source: pipenv.pypa.io, and files that pipenv 2018 to 2026 write.

use super::{Cx, lock, pipfile};
use crate::{Group, Origin, PackageName, Pin, Tree};
use std::collections::BTreeSet;
use tieout_model::{Gap, Node, Reason, Value, tree::Entry};
use tieout_source::{json, toml};

/// True for a Pipfile.lock.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    name == "Pipfile.lock"
}

pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let (root, problems) = match json::parse(&cx.path, &text) {
        Ok(read) => read,
        Err(problem) => {
            let path = cx.path.to_string();
            let gap = Gap::new(
                Reason::Unreadable,
                format!("{path}: no JSON: {}", problem.message),
                "lock the project again: pipenv lock",
            );
            return cx.unaudited(&path, gap, problem.at);
        }
    };
    for problem in problems {
        cx.unreadable("a key that stands twice", &problem.message, problem.at);
    }
    let meta = root.get("_meta");
    let pipfile = Tree::resolve(&cx.path, "Pipfile").filter(|path| cx.tree.contains(path));
    if pipfile.is_none() {
        let sources = meta.and_then(|meta| meta.get("sources")).map_or(&[] as &[_], Node::items);
        pipfile::sources(cx, sources, false);
        pipfile::requires(cx, meta.and_then(|meta| meta.get("requires")));
    }
    let direct = pipfile.and_then(|path| direct(cx, &path));
    // Production first: what is locked for development alike is the same installation.
    let mut categories: Vec<&Entry> = root.entries().iter().filter(|entry| &*entry.key != "_meta").collect();
    categories.sort_by_key(|entry| pipfile::group(&entry.key));
    let mut seen: BTreeSet<(PackageName, String)> = BTreeSet::new();
    let (mut hashed, mut any) = (true, false);
    for category in categories {
        if !matches!(category.node.value, Value::Map(_)) {
            cx.unreadable(&category.key, "this should be a map of packages", category.at.clone());
        }
        let group = pipfile::group(&category.key);
        for entry in category.node.entries() {
            let Some(complete) = package(cx, entry, &group, direct.as_ref(), &mut seen) else { continue };
            hashed &= complete;
            any = true;
        }
    }
    cx.set_hashed(hashed && any);
}

/// Whether the package has hashes, or needs none; `None` where nothing is added.
fn package(
    cx: &mut Cx<'_>,
    entry: &Entry,
    group: &Group,
    direct: Option<&BTreeSet<PackageName>>,
    seen: &mut BTreeSet<(PackageName, String)>,
) -> Option<bool> {
    let at = entry.place();
    let mut component = pipfile::component(cx, entry, group, at.clone())?;
    let from_index = matches!(component.origin, Origin::Index(_));
    if component.pin == Pin::Any && from_index {
        cx.unreadable(&entry.key, "the entry has no version", at);
        return None;
    }
    if !seen.insert((component.name.clone(), component.written.clone())) {
        return None;
    }
    let hashes = entry.node.get("hashes").map_or(&[] as &[_], Node::items);
    hashes.iter().filter_map(Node::as_text).for_each(|hash| lock::add_hash(&mut component.hashes, hash));
    component.hashes.sort();
    component.hashes.dedup();
    component.direct = direct.map(|direct| direct.contains(&component.name));
    let complete = !from_index || !component.hashes.is_empty();
    cx.out.components.push(component);
    Some(complete)
}

/// What the Pipfile names in any category.
fn direct(cx: &Cx<'_>, path: &str) -> Option<BTreeSet<PackageName>> {
    let root = toml::parse(&path.into(), &cx.tree.text(path).ok()?).ok()?;
    let categories = root.entries().iter().filter(|entry| !entry.node.entries().is_empty());
    Some(
        categories.flat_map(|entry| entry.node.entries()).map(|entry| PackageName::new(&entry.key)).collect(),
    )
}
