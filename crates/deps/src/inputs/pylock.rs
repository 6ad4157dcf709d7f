//! pylock.toml and pylock.NAME.toml (PEP 751): packages with exactly one source each, their conditions, hashes and groups.
//! Attestations are not read. Source: packaging.python.org, "pylock.toml specification".

use super::graph::{Graph, Wish};
use super::lock::{self, Locked, text};
use super::{Cx, urls};
use crate::{Component, Group, Origin, PackageName, Pin};
use std::collections::BTreeSet;
use tieout_model::Node;

/// True for `pylock.toml` and `pylock.NAME.toml`, where NAME has no dot.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    let inner = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix("toml"));
    inner.is_some_and(|inner| inner.is_empty() || inner.find('.') == Some(inner.len() - 1))
}

pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = lock::tree(cx);
    if let Some(version) = root.entry("lock-version")
        && !version.node.scalar_text().is_some_and(|text| &*text == "1" || text.starts_with("1."))
    {
        let written = version.node.scalar_text().unwrap_or_else(|| "unknown".into());
        lock::newer(cx, &written, "1.0", version.place());
    }
    lock::python_of(cx, root.get("requires-python"), "pyproject.toml");
    let project = lock::project(cx);
    let defaults = root.get("default-groups").map_or(&[] as &[_], Node::items);
    let defaults: BTreeSet<&str> = defaults.iter().filter_map(Node::as_text).collect();
    let (mut graph, mut locked, mut tables) = (Graph::default(), Vec::new(), Vec::new());
    let mut indexes = BTreeSet::new();
    for table in lock::tables(cx, &root, "packages") {
        let Some(mut component) = lock::package(cx, table, false) else { continue };
        source(cx, &mut component, table, &mut indexes);
        if component.pin == Pin::Any && matches!(component.origin, Origin::Index(_)) {
            let (name, at) = (component.name.to_string(), component.at.clone());
            cx.unreadable(&name, "the entry has no version", at);
            continue;
        }
        let mut grouped = false;
        if let Some(marker) = text(table, "marker") {
            component.marker = lock::marker(marker);
            if let Some(group) = group_of(marker, &defaults) {
                (component.group, grouped) = (group, true);
            }
        }
        graph.package(&component.name);
        tables.push(table);
        locked.push(Locked { component, grouped, marked: true });
    }
    let mut asked = BTreeSet::new();
    for (index, table) in tables.iter().enumerate() {
        for node in table.get("dependencies").map_or(&[] as &[_], Node::items) {
            let Some(name) = text(node, "name").map(PackageName::new) else { continue };
            let wish = Wish { name, extras: Vec::new(), marker: None };
            graph.link(index, &wish, &|target| fits(node, locked.get(target)));
            asked.insert(wish.name);
        }
    }
    match &project {
        Some(project) => project.roots.iter().for_each(|(group, wish)| graph.root(group, wish, &|_| true)),
        // The packages that no other asks for are where chains start.
        None if !asked.is_empty() => locked.iter().for_each(|Locked { component, .. }| {
            if !asked.contains(&component.name) {
                let wish = Wish { name: component.name.clone(), extras: Vec::new(), marker: None };
                graph.root(&component.group, &wish, &|_| true);
            }
        }),
        None => {}
    }
    lock::settle(cx, locked, &graph, project.is_some());
}

fn fits(node: &Node, target: Option<&Locked>) -> bool {
    let Some(component) = target.map(|locked| &locked.component) else { return false };
    text(node, "version").is_none_or(|version| version == component.written)
}

fn source(cx: &mut Cx<'_>, component: &mut Component, table: &Node, indexes: &mut BTreeSet<String>) {
    let place = |node: &Node| text(node, "url").or_else(|| text(node, "path")).map(str::to_owned);
    let mut told = None;
    if let Some(vcs) = table.get("vcs") {
        let revision = text(vcs, "commit-id").or_else(|| text(vcs, "requested-revision"));
        let url = place(vcs).unwrap_or_default();
        component.origin = lock::vcs(text(vcs, "type").unwrap_or("git"), &url, revision);
        told = Some(url);
    } else if let Some(directory) = table.get("directory") {
        component.origin = Origin::Path(text(directory, "path").unwrap_or_default().to_owned());
    } else if let Some(archive) = table.get("archive") {
        add_hashes(component, archive);
        told = text(archive, "url").map(str::to_owned);
        component.origin = match &told {
            Some(url) => Origin::Url(urls::clean(url).url),
            None => Origin::Path(place(archive).unwrap_or_default()),
        };
    } else if let Some(index) = text(table, "index") {
        lock::bound_index(cx, indexes, index, &component.at);
        component.origin = Origin::Index(Some(urls::clean(index).url));
    }
    for file in table.get("sdist").into_iter().chain(table.get("wheels").map_or(&[] as &[_], Node::items)) {
        add_hashes(component, file);
    }
    if let Some(url) = told.filter(|url| urls::clean(url).credentials.is_some()) {
        cx.index(crate::IndexKind::Direct, &url, component.at.clone());
    }
}

/// `hashes = {sha256 = "…"}`
fn add_hashes(component: &mut Component, file: &Node) {
    for hash in file.get("hashes").map_or(&[] as &[_], Node::entries) {
        if let Some(hex) = hash.node.as_text() {
            component.hashes.push(format!("{}:{}", hash.key.to_ascii_lowercase(), hex.to_ascii_lowercase()));
        }
    }
}

/// The group that a condition asks for (`'dev' in dependency_groups`, `'x' in extras`); `None` where it holds without any,
/// or with a group that is installed by default.
fn group_of(marker: &str, defaults: &BTreeSet<&str>) -> Option<Group> {
    let mut least = None;
    for alternative in marker.split(" or ") {
        let group = memberships(alternative).min_by(|a, b| a.0.cmp(&b.0))?;
        let (group, name) = group;
        if defaults.contains(name) {
            return None;
        }
        least = Some(least.map_or(group.clone(), |least: Group| least.min(group)));
    }
    least
}

/// Each `'NAME' in extras` and `'NAME' in dependency_groups` of a conjunction.
fn memberships(text: &str) -> impl Iterator<Item = (Group, &str)> {
    ["extras", "dependency_groups"].into_iter().flat_map(move |set| {
        text.match_indices(set).filter_map(move |(at, _)| {
            let before = text.get(..at)?.trim_end().strip_suffix(" in")?.trim_end();
            if before.ends_with(" not") {
                return None;
            }
            let quote = before.chars().next_back().filter(|char| matches!(char, '\'' | '"'))?;
            let name = before.strip_suffix(quote)?.rsplit(quote).next()?;
            let group = if set == "extras" { Group::Optional(lock::normal(name)) } else { Group::Dev };
            Some((group, name))
        })
    })
}
