//! uv.lock (version 1), and the lock files of scripts: packages, their sources and hashes; groups, chains and conditions
//! from the members of the workspace. Source: docs.astral.sh/uv, "Locking and syncing", and files that uv writes.

use super::graph::{Graph, Wish};
use super::lock::{self, Locked, text};
use super::{Cx, urls};
use crate::{Component, Group, Origin, PackageName};
use std::collections::BTreeSet;
use tieout_model::{Node, tree};

/// True for uv's lock files.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    name == "uv.lock" || name.ends_with(".py.lock")
}

/// An entry with its vertex; a member of the workspace, which is the project itself, has none.
type Entry<'n> = (&'n Node, Option<usize>);

pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = lock::tree(cx);
    if let Some(version) = root.entry("version")
        && version.node.as_int() != Some(1)
    {
        let written = version.node.scalar_text().unwrap_or_else(|| "unknown".into());
        lock::newer(cx, &written, "1", version.place());
    }
    lock::python_of(cx, root.get("requires-python"), "pyproject.toml");
    let members = members(&root);
    let (mut graph, mut locked, mut entries) = (Graph::default(), Vec::new(), Vec::new());
    let mut indexes = BTreeSet::new();
    for table in lock::tables(cx, &root, "package") {
        let source = table.get("source");
        if is_member(table, source, &members) {
            entries.push((table, None));
            continue;
        }
        let indexed = source.is_none_or(|source| source.get("registry").is_some());
        let Some(mut component) = lock::package(cx, table, indexed) else { continue };
        fill(cx, &mut component, table, source, &mut indexes);
        entries.push((table, Some(graph.package(&component.name))));
        locked.push(Locked { component, grouped: false, marked: false });
    }
    link(&mut graph, &entries, &locked);
    // A script has no members: the manifest says what it asks for.
    let asked = root.at_path(&["manifest", "requirements"]);
    roots(&mut graph, &Group::Prod, asked.map_or(&[], Node::items), &locked);
    for group in root.at_path(&["manifest", "dependency-groups"]).map_or(&[] as &[_], Node::entries) {
        roots(&mut graph, &Group::Dev, group.node.items(), &locked);
    }
    let rooted = asked.is_some() || entries.iter().any(|(_, vertex)| vertex.is_none());
    lock::settle(cx, locked, &graph, rooted);
}

/// The names that the manifest calls members; none for a project of one package.
fn members(root: &Node) -> BTreeSet<PackageName> {
    let members = root.at_path(&["manifest", "members"]).map_or(&[] as &[_], Node::items);
    members.iter().filter_map(Node::as_text).map(PackageName::new).collect()
}

fn is_member(table: &Node, source: Option<&Node>, members: &BTreeSet<PackageName>) -> bool {
    let Some(source) = source else { return false };
    let local = ["editable", "virtual", "directory"].iter().find_map(|key| text(source, key));
    let Some(path) = local else { return false };
    let name = text(table, "name").map(PackageName::new);
    matches!(path, "." | "./") || name.is_some_and(|name| members.contains(&name))
}

fn fill(
    cx: &mut Cx<'_>,
    component: &mut Component,
    table: &Node,
    source: Option<&Node>,
    indexes: &mut BTreeSet<String>,
) {
    let of = |key: &str| source.and_then(|source| text(source, key));
    if let Some(registry) = of("registry") {
        lock::bound_index(cx, indexes, registry, &component.at);
        component.origin = Origin::Index(Some(urls::clean(registry).url));
    } else if let Some(git) = of("git") {
        // `URL?rev=v1#COMMIT`
        let (address, commit) = git.split_once('#').map_or((git, None), |(url, commit)| (url, Some(commit)));
        let url = address.split('?').next().unwrap_or_default();
        component.origin = lock::vcs("git", url, commit);
        told_credentials(cx, url, component);
    } else if let Some(url) = of("url") {
        component.origin = Origin::Url(urls::clean(url).url);
        told_credentials(cx, url, component);
    } else if let Some(path) = ["editable", "virtual", "directory", "path"].iter().find_map(|key| of(key)) {
        component.origin = Origin::Path(path.to_owned());
    } else {
        let at = component.at.clone();
        let name = component.name.to_string();
        cx.unreadable(&name, "the entry does not say where the package comes from", at);
    }
    if let Some(hash) = table.get("sdist").and_then(|sdist| text(sdist, "hash")) {
        lock::add_hash(&mut component.hashes, hash);
    }
    lock::add_hashes(&mut component.hashes, table.get("wheels").map_or(&[], Node::items));
}

fn told_credentials(cx: &mut Cx<'_>, url: &str, component: &Component) {
    if urls::clean(url).credentials.is_some() {
        cx.index(crate::IndexKind::Direct, url, component.at.clone());
    }
}

fn link(graph: &mut Graph, entries: &[Entry<'_>], locked: &[Locked]) {
    // Extras first, so that wishes find them.
    let mut extras = Vec::new();
    for (table, vertex) in entries {
        let Some(vertex) = vertex else { continue };
        for group in lists(table, "optional-dependencies") {
            extras.push((graph.extra(*vertex, &lock::normal(&group.key)), group.node.items()));
        }
    }
    for (vertex, wishes) in extras {
        links(graph, vertex, wishes, locked);
    }
    for (table, vertex) in entries {
        let dependencies = table.get("dependencies").map_or(&[] as &[_], Node::items);
        if let Some(vertex) = vertex {
            links(graph, *vertex, dependencies, locked);
            continue;
        }
        roots(graph, &Group::Prod, dependencies, locked);
        for group in lists(table, "optional-dependencies") {
            roots(graph, &Group::Optional(lock::normal(&group.key)), group.node.items(), locked);
        }
        // Early versions called the groups `dependency-groups`.
        for group in lists(table, "dev-dependencies").iter().chain(lists(table, "dependency-groups")) {
            roots(graph, &Group::Dev, group.node.items(), locked);
        }
    }
}

fn lists<'n>(table: &'n Node, key: &str) -> &'n [tree::Entry] {
    table.get(key).map_or(&[], Node::entries)
}

fn links(graph: &mut Graph, vertex: usize, wishes: &[Node], locked: &[Locked]) {
    for node in wishes {
        if let Some(wish) = wish(node) {
            graph.link(vertex, &wish, &|index| fits(node, locked.get(index)));
        }
    }
}

fn roots(graph: &mut Graph, group: &Group, wishes: &[Node], locked: &[Locked]) {
    for node in wishes {
        if let Some(wish) = wish(node) {
            graph.root(group, &wish, &|index| fits(node, locked.get(index)));
        }
    }
}

fn wish(node: &Node) -> Option<Wish> {
    let extras = node.get("extra").or_else(|| node.get("extras")).map_or(&[] as &[_], Node::items);
    Some(Wish {
        name: PackageName::new(text(node, "name")?),
        extras: extras.iter().filter_map(Node::as_text).map(lock::normal).collect(),
        marker: text(node, "marker").map(Into::into),
    })
}

/// Where a name stands more than once, the wish says which version.
fn fits(node: &Node, locked: Option<&Locked>) -> bool {
    let Some(component) = locked.map(|locked| &locked.component) else { return false };
    text(node, "version").is_none_or(|version| version == component.written)
}
