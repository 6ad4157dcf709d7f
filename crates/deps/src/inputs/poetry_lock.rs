//! poetry.lock of Poetry 1 and 2: packages, their sources and hashes (both layouts); groups from the file where it says
//! them, else from pyproject.toml beside it. Source: python-poetry.org/docs, and files that Poetry 1.0 to 2.1 write.

use super::graph::{Graph, Wish};
use super::lock::{self, Locked, Project, text};
use super::{Cx, urls};
use crate::{Component, Group, Origin, PackageName};
use pep440_rs::VersionSpecifiers;
use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use tieout_model::Node;

/// True for Poetry's lock files.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    name == "poetry.lock"
}

pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = lock::tree(cx);
    let metadata = root.get("metadata");
    if let Some(version) = metadata.and_then(|metadata| metadata.entry("lock-version"))
        && !version.node.scalar_text().is_some_and(|text| text.starts_with("1.") || text.starts_with("2."))
    {
        let written = version.node.scalar_text().unwrap_or_else(|| "unknown".into());
        lock::newer(cx, &written, "2", version.place());
    }
    lock::python_of(cx, metadata.and_then(|metadata| metadata.get("python-versions")), "pyproject.toml");
    let project = lock::project(cx);
    let extras = extras(&root);
    let files = old_files(metadata);
    let (mut graph, mut locked, mut tables) = (Graph::default(), Vec::new(), Vec::new());
    let mut indexes = BTreeSet::new();
    for table in lock::tables(cx, &root, "package") {
        let Some(mut component) = lock::package(cx, table, true) else { continue };
        source(cx, &mut component, table, &mut indexes);
        lock::add_hashes(&mut component.hashes, table.get("files").map_or(&[], Node::items));
        if component.hashes.is_empty() {
            let old = files.get(&component.name).copied();
            lock::add_hashes(&mut component.hashes, old.unwrap_or_default());
        }
        let grouped = group(&mut component, table, &extras);
        let marked = marker(&mut component, table);
        graph.package(&component.name);
        tables.push(table);
        locked.push(Locked { component, grouped, marked });
    }
    // Poetry 2 tells every package's condition; where one has none, it is unconditional.
    let told = metadata
        .and_then(|metadata| text(metadata, "lock-version"))
        .is_some_and(|version| version.starts_with("2.") && version != "2.0");
    locked.iter_mut().for_each(|locked| locked.marked |= told);
    link(&mut graph, &tables, &locked);
    roots(&mut graph, project.as_ref(), &extras);
    lock::settle(cx, locked, &graph, project.is_some());
}

/// The project's extras: which packages each asks for.
fn extras(root: &Node) -> Vec<(PackageName, String)> {
    let extras = root.get("extras").map_or(&[] as &[_], Node::entries);
    let named = extras.iter().flat_map(|extra| {
        let names = extra.node.items().iter().filter_map(Node::as_text);
        names.map(|name| {
            (PackageName::new(name.split(['[', ' ']).next().unwrap_or_default()), lock::normal(&extra.key))
        })
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    named
}

/// `[metadata.files]` of Poetry before 1.3.
fn old_files(metadata: Option<&Node>) -> HashMap<PackageName, &[Node]> {
    let files = metadata.and_then(|metadata| metadata.get("files").or_else(|| metadata.get("hashes")));
    let files = files.map_or(&[] as &[_], Node::entries);
    files.iter().map(|entry| (PackageName::new(&entry.key), entry.node.items())).collect()
}

fn source(cx: &mut Cx<'_>, component: &mut Component, table: &Node, indexes: &mut BTreeSet<String>) {
    let Some(source) = table.get("source") else { return };
    let Some(url) = text(source, "url") else {
        let (name, at) = (component.name.to_string(), component.at.clone());
        return cx.unreadable(&name, "its source has no url", at);
    };
    match text(source, "type").unwrap_or("legacy") {
        kind @ ("git" | "hg" | "svn") => {
            let revision = text(source, "resolved_reference").or_else(|| text(source, "reference"));
            component.origin = lock::vcs(kind, url, revision);
        }
        "url" => component.origin = Origin::Url(urls::clean(url).url),
        "file" | "directory" => component.origin = Origin::Path(url.to_owned()),
        _ => {
            lock::bound_index(cx, indexes, url, &component.at);
            component.origin = Origin::Index(Some(urls::clean(url).url));
            return;
        }
    }
    if urls::clean(url).credentials.is_some() {
        cx.index(crate::IndexKind::Direct, url, component.at.clone());
    }
}

/// Takes over the group where the file says it.
fn group(component: &mut Component, table: &Node, extras: &[(PackageName, String)]) -> bool {
    let optional = table.get("optional").and_then(Node::as_bool) == Some(true);
    let groups: Option<Vec<&str>> =
        table.get("groups").map(|groups| groups.items().iter().filter_map(Node::as_text).collect());
    let is_main = match (&groups, text(table, "category")) {
        (Some(groups), _) if !groups.is_empty() => groups.contains(&"main"),
        (_, Some(category)) => category == "main",
        _ => return false,
    };
    let extra = || extras.iter().find(|(name, _)| *name == component.name).map(|(_, extra)| extra.clone());
    component.group = match (is_main, optional) {
        (false, _) => Group::Dev,
        (true, false) => Group::Prod,
        // What an extra pulls in further is told by the graph; its own packages are known here.
        (true, true) => match extra() {
            Some(extra) => Group::Optional(extra),
            None => return false,
        },
    };
    true
}

/// Poetry 2: `markers = "…"`, or a table of them by group.
fn marker(component: &mut Component, table: &Node) -> bool {
    let Some(markers) = table.get("markers") else { return false };
    let text = match markers.as_text() {
        Some(text) => Some(text.to_owned()),
        None => {
            let all = table.get("groups").map_or(&[] as &[_], Node::items);
            let main = markers.get("main").and_then(Node::as_text);
            let has_main = all.iter().any(|group| group.as_text() == Some("main"));
            // A group without a marker of its own installs the package always.
            let open = all.iter().filter_map(Node::as_text).any(|group| markers.get(group).is_none());
            let any = || {
                let texts = markers.entries().iter().filter_map(|entry| entry.node.as_text());
                texts.collect::<Vec<_>>().join(" or ")
            };
            if has_main { main.map(str::to_owned) } else { (!open).then(any) }
        }
    };
    component.marker = text.as_deref().and_then(lock::marker);
    true
}

fn link(graph: &mut Graph, tables: &[&Node], locked: &[Locked]) {
    for (index, table) in tables.iter().enumerate() {
        for extra in table.get("extras").map_or(&[] as &[_], Node::entries) {
            graph.extra(index, &lock::normal(&extra.key));
        }
    }
    for (index, table) in tables.iter().enumerate() {
        let extras = table.get("extras").map_or(&[] as &[_], Node::entries);
        let dependencies = table.get("dependencies").map_or(&[] as &[_], Node::entries);
        for dependency in dependencies {
            for (node, wish) in
                alternatives(&dependency.node).zip(lock::poetry_wishes(&dependency.key, &dependency.node))
            {
                let version = text(node, "version").or_else(|| node.as_text());
                let fits = |target: usize| fits(version, locked.get(target));
                if node.get("optional").and_then(Node::as_bool) != Some(true) {
                    graph.link(index, &wish, &fits);
                    continue;
                }
                let wish = Wish { marker: wish.marker.filter(|marker| !marker.contains("extra ==")), ..wish };
                for extra in extras.iter().filter(|extra| names(&extra.node, &wish.name)) {
                    let vertex = graph.extra(index, &lock::normal(&extra.key));
                    graph.link(vertex, &wish, &fits);
                }
            }
        }
    }
}

/// A dependency is one table, or a list of them.
fn alternatives(node: &Node) -> impl Iterator<Item = &Node> {
    let one = node.items().is_empty().then_some(node);
    one.into_iter().chain(node.items())
}

/// True where an extra's list (`["redis (>=4)"]`) names the package.
fn names(list: &Node, name: &PackageName) -> bool {
    list.items().iter().filter_map(Node::as_text).any(|text| {
        PackageName::new(text.split(['[', ' ', '(', ';', '<', '>', '=', '!', '~']).next().unwrap_or_default())
            == *name
    })
}

fn fits(version: Option<&str>, target: Option<&Locked>) -> bool {
    let specifiers = version.and_then(|version| VersionSpecifiers::from_str(version).ok());
    lock::fits(target.map(|locked| &locked.component), specifiers.as_ref())
}

fn roots(graph: &mut Graph, project: Option<&Project>, extras: &[(PackageName, String)]) {
    for (group, wish) in project.map_or(&[] as &[_], |project| project.roots.as_slice()) {
        graph.root(group, wish, &|_| true);
    }
    for (name, extra) in extras {
        let wish = Wish { name: name.clone(), extras: Vec::new(), marker: None };
        graph.root(&Group::Optional(extra.clone()), &wish, &|_| true);
    }
}
