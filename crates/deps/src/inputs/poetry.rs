//! Poetry's tables of pyproject.toml (1.x and 2.x). What a constraint means is in `poetry_constraint`.
//!
//! Facts: Poetry's documentation, "The pyproject.toml file", "Dependency specification", "Repositories".

use super::specifier::python;
use super::{Cx, poetry_constraint, urls};
use crate::name::is_name;
use crate::{Component, Group, IndexKind, Marker, MarkerVerdict, Origin, PackageName, Pin};
use std::collections::{BTreeMap, BTreeSet};
use tieout_model::{Node, Place, Value};

/// What the other tables say of an entry.
struct Around {
    /// The extra that asks for an optional dependency.
    extras: BTreeMap<PackageName, String>,
    /// What `[project.dependencies]` names: an entry here then only says more of it.
    named: BTreeSet<PackageName>,
    /// URLs of named sources.
    sources: BTreeMap<String, String>,
}

/// Reads `[tool.poetry]`.
pub(super) fn parse(cx: &mut Cx<'_>, table: &Node, root: &Node) {
    let around = Around {
        extras: extras(table),
        named: cx
            .out
            .components
            .iter()
            .filter(|component| component.file_line().0 == &*cx.path && component.group != Group::Build)
            .map(|component| component.name.clone())
            .collect(),
        sources: sources(cx, table),
    };
    let has_python = root.at_path(&["project", "requires-python"]).is_some();
    if let Some(dependencies) = table.get("dependencies") {
        entries(cx, dependencies, &Group::Prod, &around, has_python);
    }
    if let Some(dependencies) = table.get("dev-dependencies") {
        entries(cx, dependencies, &Group::Dev, &around, true);
    }
    for group in table.get("group").map(Node::entries).unwrap_or_default() {
        let kind = if &*group.key == "main" { Group::Prod } else { Group::Dev };
        if let Some(dependencies) = group.node.get("dependencies") {
            entries(cx, dependencies, &kind, &around, true);
        }
    }
}

/// The extras, by the dependency that each asks for. The first one that names it counts.
fn extras(table: &Node) -> BTreeMap<PackageName, String> {
    let mut extras = BTreeMap::new();
    for entry in table.get("extras").map(Node::entries).unwrap_or_default() {
        for name in entry.node.items().iter().filter_map(Node::as_text) {
            let extra = PackageName::new(&entry.key).as_str().to_owned();
            extras.entry(PackageName::new(name)).or_insert(extra);
        }
    }
    extras
}

fn sources(cx: &mut Cx<'_>, table: &Node) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut primary = false;
    for source in table.get("source").map(Node::items).unwrap_or_default() {
        let text = |key| source.get(key).and_then(Node::as_text);
        let flag = |key| source.get(key).and_then(Node::as_bool) == Some(true);
        // PyPI itself is named without a URL.
        let Some(url) = source.get("url") else { continue };
        let Some(address) = url.as_text() else { continue };
        let kind = match text("priority") {
            Some("default") => IndexKind::Only,
            Some("explicit") => IndexKind::Explicit,
            Some("primary") if !primary => {
                primary = true;
                IndexKind::Only
            }
            None if flag("default") => IndexKind::Only,
            _ => IndexKind::Extra,
        };
        cx.index(kind, address, url.at.clone());
        if let Some(name) = text("name") {
            sources.insert(name.to_owned(), urls::clean(address).url);
        }
    }
    sources
}

fn entries(cx: &mut Cx<'_>, table: &Node, group: &Group, around: &Around, skip_python: bool) {
    for entry in table.entries() {
        if entry.key.eq_ignore_ascii_case("python") {
            if !skip_python {
                declare_python(cx, &entry.node, entry.place());
            }
            continue;
        }
        if !is_name(&entry.key) {
            cx.unreadable(&entry.key, "no name of a package", entry.place());
            continue;
        }
        // Several constraints, each with its own marker.
        let alone = std::slice::from_ref(&entry.node);
        let several = matches!(entry.node.value, Value::List(_));
        for node in if several { entry.node.items() } else { alone } {
            let at = if several { node.at.clone() } else { entry.place() };
            dependency(cx, &entry.key, node, group, around, at);
        }
    }
}

fn declare_python(cx: &mut Cx<'_>, node: &Node, at: Place) {
    let written = node.as_text().or_else(|| node.get("version").and_then(Node::as_text));
    let Some(written) = written else {
        return cx.unreadable("python", "a version constraint was expected", at);
    };
    cx.out.runtimes.extend(python(
        written,
        &poetry_constraint::pin(written),
        "tool.poetry.dependencies.python",
        at,
    ));
}

fn dependency(cx: &mut Cx<'_>, name: &str, node: &Node, group: &Group, around: &Around, at: Place) {
    let mut component = Component::new(name, cx.kind, at);
    component.group = group.clone();
    component.direct = Some(true);
    if let Some(written) = node.as_text() {
        component.written = written.to_owned();
        component.pin = poetry_constraint::pin(written);
        cx.out.components.push(component);
        return;
    }
    if !matches!(node.value, Value::Map(_)) {
        return cx.unreadable(name, "neither a version constraint nor a table", component.at);
    }
    let text = |key| node.get(key).and_then(Node::as_text);
    let located = ["version", "git", "url", "path", "file"].iter().any(|key| node.get(key).is_some());
    if !located && around.named.contains(&component.name) {
        return;
    }
    if let Some(written) = text("version") {
        component.written = written.to_owned();
        component.pin = poetry_constraint::pin(written);
    }
    let extras = node.get("extras").map(Node::items).unwrap_or_default();
    component.extras = extras
        .iter()
        .filter_map(Node::as_text)
        .map(|extra| PackageName::new(extra).as_str().to_owned())
        .collect();
    component.extras.sort();
    if node.get("optional").and_then(Node::as_bool) == Some(true) && *group == Group::Prod {
        let extra = around.extras.get(&component.name).cloned().unwrap_or_else(|| "optional".to_owned());
        component.group = Group::Optional(extra);
    }
    component.marker = marker(text("markers"), text("python"), text("platform"));
    let source = text("source").and_then(|name| around.sources.get(name));
    origin(cx, &mut component, node, source);
    cx.out.components.push(component);
}

fn origin(cx: &mut Cx<'_>, component: &mut Component, node: &Node, source: Option<&String>) {
    let text = |key| node.get(key).and_then(Node::as_text);
    let address = text("git").or(text("url"));
    if let Some(address) = address {
        cx.direct_credentials(address, &component.at);
    }
    if let Some(url) = text("git") {
        let revision = text("rev").or(text("tag")).or(text("branch")).map(str::to_owned);
        component.origin = Origin::Vcs { kind: "git".to_owned(), url: urls::clean(url).url, revision };
        return;
    }
    if let Some(written) = text("url").or(text("path")).or(text("file")) {
        let located = urls::locate(written);
        component.origin = located.origin;
        component.hashes = located.hashes;
        if let Some(version) = located.version {
            component.pin = Pin::Exact(version);
        }
        return;
    }
    component.origin = Origin::Index(source.cloned());
}

/// All that a table says of where the dependency is wanted, as one marker.
fn marker(markers: Option<&str>, python: Option<&str>, platform: Option<&str>) -> Option<Marker> {
    let python = python.and_then(poetry_constraint::python_marker);
    let platform = platform.map(|platform| format!("sys_platform == \"{}\"", platform.replace('"', "")));
    let parts: Vec<String> = [markers.map(str::to_owned), python, platform].into_iter().flatten().collect();
    let text = match parts.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => several.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "),
    };
    Some(Marker { text, verdict: MarkerVerdict::Unknown })
}
