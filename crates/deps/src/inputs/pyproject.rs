//! pyproject.toml: the standard tables (PEP 518, 621, 735) and those of uv, PDM, hatch, rye, flit and setuptools. Poetry's are in
//! `poetry`.

use super::specifier::{pin_of, python};
use super::{Cx, poetry, requirement, urls};
use crate::{Component, FileKind, Group, IndexKind, Origin, PackageName, Pin};
use std::collections::BTreeSet;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// `pyproject.toml`
pub(super) fn is_pyproject(_path: &str, name: &str) -> bool {
    name == "pyproject.toml"
}

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = match tieout_source::toml::parse(&cx.path, &cx.text) {
        Ok(root) => root,
        Err(problem) => return cx.broken(problem),
    };
    let first = cx.out.components.len();
    if let Some(project) = root.get("project") {
        standard(cx, project);
    }
    if let Some(requires) = root.at_path(&["build-system", "requires"]) {
        requirements(cx, requires, Group::Build);
    }
    groups(cx, &root);
    for (tool, read) in TOOLS {
        if let Some(table) = root.at_path(&["tool", tool]) {
            read(cx, table, &root);
        }
    }
    leave_out_itself(cx, &root, first);
    dynamic(cx, &root, first);
    if let Some(uv) = root.at_path(&["tool", "uv"]) {
        uv_sources(cx, uv, first);
        uv_limits(cx, uv, first);
    }
}

/// `all = ["this-project[fast,docs]"]`: an extra that takes in others, which are read by themselves.
fn leave_out_itself(cx: &mut Cx<'_>, root: &Node, first: usize) {
    let Some(name) = root.at_path(&["project", "name"]).and_then(Node::as_text) else { return };
    let own = PackageName::new(name);
    let read = cx.out.components.split_off(first.min(cx.out.components.len()));
    let others = read.into_iter().filter(|component| component.name != own || component.extras.is_empty());
    cx.out.components.extend(others);
}

/// The tables below `tool` that name packages.
type Tool = fn(&mut Cx<'_>, &Node, &Node);
const TOOLS: [(&str, Tool); 6] =
    [("flit", flit), ("hatch", hatch), ("pdm", pdm), ("poetry", poetry::parse), ("rye", rye), ("uv", uv)];

/// A list of requirements.
pub(super) fn requirements(cx: &mut Cx<'_>, list: &Node, group: Group) {
    if !matches!(list.value, Value::List(_)) {
        return cx.unreadable(
            &list.to_json().to_string(),
            "a list of requirements was expected",
            list.at.clone(),
        );
    }
    for item in list.items() {
        match item.as_text() {
            Some(text) => {
                // PDM writes editable ones as pip does.
                let text = text.trim().strip_prefix("-e ").unwrap_or(text);
                cx.require(text, group.clone(), item.at.clone());
            }
            None => cx.unreadable(&item.to_json().to_string(), "a requirement is a text", item.at.clone()),
        }
    }
}

/// Tables of lists of requirements, one an extra or a group.
fn lists(cx: &mut Cx<'_>, table: &Node, group: impl Fn(&str) -> Group) {
    for entry in table.entries() {
        requirements(cx, &entry.node, group(&entry.key));
    }
}

fn extra(name: &str) -> Group {
    Group::Optional(PackageName::new(name).as_str().to_owned())
}

fn standard(cx: &mut Cx<'_>, project: &Node) {
    if let Some(dependencies) = project.get("dependencies") {
        requirements(cx, dependencies, Group::Prod);
    }
    if let Some(extras) = project.get("optional-dependencies") {
        lists(cx, extras, extra);
    }
    requires_python(cx, project.entry("requires-python"));
}

fn requires_python(cx: &mut Cx<'_>, entry: Option<&tieout_model::tree::Entry>) {
    let Some(entry) = entry else { return };
    let Some(written) = entry.node.as_text() else {
        return cx.unreadable(&entry.key, "a version specifier is a text", entry.place());
    };
    cx.out.runtimes.extend(python(written, &pin_of(written), "requires-python", entry.place()));
}

/// PEP 735. A group that another takes in is read by itself.
fn groups(cx: &mut Cx<'_>, root: &Node) {
    let Some(groups) = root.get("dependency-groups") else { return };
    let known: BTreeSet<PackageName> =
        groups.entries().iter().map(|entry| PackageName::new(&entry.key)).collect();
    for entry in groups.entries() {
        for item in entry.node.items() {
            if let Some(text) = item.as_text() {
                cx.require(text, Group::Dev, item.at.clone());
                continue;
            }
            match item.get("include-group").and_then(Node::as_text) {
                Some(name) if known.contains(&PackageName::new(name)) => {}
                Some(name) => cx.unreadable(name, "there is no such dependency group", item.at.clone()),
                None => cx.unreadable(
                    &item.to_json().to_string(),
                    "neither a requirement nor an include-group",
                    item.at.clone(),
                ),
            }
        }
        if !matches!(entry.node.value, Value::List(_)) {
            cx.unreadable(&entry.key, "a list of requirements was expected", entry.place());
        }
    }
}

/// What setuptools takes from files; any other backend works it out when it builds.
fn dynamic(cx: &mut Cx<'_>, root: &Node, first: usize) {
    let Some(list) = root.at_path(&["project", "dynamic"]) else { return };
    let Some(said) = list.items().iter().find(|item| item.as_text() == Some("dependencies")) else { return };
    let from = cx.path.clone();
    let mut files = Vec::new();
    let setuptools = root.at_path(&["tool", "setuptools", "dynamic"]);
    let tables = setuptools.and_then(|dynamic| dynamic.get("dependencies")).into_iter().chain(
        setuptools
            .and_then(|dynamic| dynamic.get("optional-dependencies"))
            .into_iter()
            .flat_map(|extras| extras.entries().iter().map(|entry| &entry.node)),
    );
    files.extend(tables.filter_map(|table| table.get("file")));
    files.extend(root.at_path(&["tool", "hatch", "metadata", "hooks", "requirements_txt", "files"]));
    for file in &files {
        match file.as_text() {
            Some(name) => cx.include(from.clone(), name, false, file.at.clone()),
            None => {
                for item in file.items() {
                    let name = item.as_text().unwrap_or_default();
                    cx.include(from.clone(), name, false, item.at.clone());
                }
            }
        }
    }
    let folder = cx.path.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
    let beside = ["setup.py", "setup.cfg"].iter().any(|name| cx.tree.contains(&format!("{folder}{name}")));
    let named = cx.out.components.get(first..).unwrap_or_default();
    let told = named.iter().any(|component| component.group == Group::Prod);
    if files.is_empty() && !beside && !told {
        let gap = Gap::new(
            Reason::Unsupported,
            "the dependencies are dynamic: the build backend works them out",
            "audit a lock file, or the installed packages",
        );
        cx.unaudited("dynamic dependencies", gap, said.at.clone());
    }
}

fn flit(cx: &mut Cx<'_>, table: &Node, _root: &Node) {
    let Some(metadata) = table.get("metadata") else { return };
    if let Some(list) = metadata.get("requires") {
        requirements(cx, list, Group::Prod);
    }
    if let Some(extras) = metadata.get("requires-extra") {
        lists(cx, extras, extra);
    }
    if let Some(list) = metadata.get("dev-requires") {
        requirements(cx, list, Group::Dev);
    }
    requires_python(cx, metadata.entry("requires-python"));
}

fn hatch(cx: &mut Cx<'_>, table: &Node, _root: &Node) {
    let environments = table.get("envs").map(Node::entries).unwrap_or_default();
    for environment in environments {
        for key in ["dependencies", "extra-dependencies"] {
            if let Some(list) = environment.node.get(key) {
                requirements(cx, list, Group::Dev);
            }
        }
    }
}

fn pdm(cx: &mut Cx<'_>, table: &Node, _root: &Node) {
    if let Some(groups) = table.get("dev-dependencies") {
        lists(cx, groups, |_| Group::Dev);
    }
    for source in table.get("source").map(Node::items).unwrap_or_default() {
        let text = |key| source.get(key).and_then(Node::as_text);
        let Some(url) = text("url") else { continue };
        let at = source.get("url").map_or_else(Place::default, |url| url.at.clone());
        let kind = match (text("type"), text("name")) {
            (Some("find_links"), _) => IndexKind::Links,
            // A source of this name stands in for PyPI.
            (_, Some("pypi")) => IndexKind::Only,
            _ => IndexKind::Extra,
        };
        cx.index(kind, url, at.clone());
        if source.get("verify_ssl").and_then(Node::as_bool) == Some(false) {
            cx.index(IndexKind::Trusted, url, at);
        }
    }
    for entry in table.at_path(&["resolution", "overrides"]).map(Node::entries).unwrap_or_default() {
        let Some(version) = entry.node.as_text() else { continue };
        let written = if version.starts_with(|c: char| c.is_ascii_digit()) {
            format!("=={version}")
        } else {
            version.to_owned()
        };
        limit(cx, &format!("{}{written}", entry.key), entry.place(), Group::Prod);
    }
}

fn rye(cx: &mut Cx<'_>, table: &Node, _root: &Node) {
    if let Some(list) = table.get("dev-dependencies") {
        requirements(cx, list, Group::Dev);
    }
    for source in table.get("sources").map(Node::items).unwrap_or_default() {
        let Some(url) = source.get("url") else { continue };
        let default = source.get("name").and_then(Node::as_text) == Some("default");
        let kind = if default { IndexKind::Only } else { IndexKind::Extra };
        cx.index(kind, url.as_text().unwrap_or_default(), url.at.clone());
    }
}

fn uv(cx: &mut Cx<'_>, table: &Node, _root: &Node) {
    if let Some(list) = table.get("dev-dependencies") {
        requirements(cx, list, Group::Dev);
    }
    if let Some(list) = table.get("build-constraint-dependencies") {
        limits(cx, list, Group::Build);
    }
    for list in ["constraint-dependencies", "override-dependencies"].iter().filter_map(|key| table.get(key)) {
        limits(cx, list, Group::Prod);
    }
    for index in table.get("index").map(Node::items).unwrap_or_default() {
        let Some(url) = index.get("url") else { continue };
        let flag = |key| index.get(key).and_then(Node::as_bool) == Some(true);
        let kind = match (flag("explicit"), flag("default")) {
            _ if index.get("format").and_then(Node::as_text) == Some("flat") => IndexKind::Links,
            (true, _) => IndexKind::Explicit,
            (_, true) => IndexKind::Only,
            _ => IndexKind::Extra,
        };
        cx.index(kind, url.as_text().unwrap_or_default(), url.at.clone());
    }
    for table in [Some(table), table.get("pip")].into_iter().flatten() {
        let keys = [
            ("index-url", IndexKind::Only),
            ("extra-index-url", IndexKind::Extra),
            ("find-links", IndexKind::Links),
            ("allow-insecure-host", IndexKind::Trusted),
            ("trusted-host", IndexKind::Trusted),
        ];
        for (key, kind) in keys {
            let Some(node) = table.get(key) else { continue };
            for item in node.items().iter().chain([node]).filter(|item| item.as_text().is_some()) {
                cx.index(kind, item.as_text().unwrap_or_default(), item.at.clone());
            }
        }
    }
}

/// Constraints and overrides install nothing by themselves.
fn limits(cx: &mut Cx<'_>, list: &Node, group: Group) {
    for item in list.items() {
        match item.as_text() {
            Some(text) => limit(cx, text, item.at.clone(), group.clone()),
            None => cx.unreadable(&item.to_json().to_string(), "a requirement is a text", item.at.clone()),
        }
    }
}

fn limit(cx: &mut Cx<'_>, text: &str, at: Place, group: Group) {
    let kind = std::mem::replace(&mut cx.kind, FileKind::Constraints);
    cx.require(text, group, at);
    cx.kind = kind;
}

/// `[tool.uv.sources]` says from where a dependency comes.
fn uv_sources(cx: &mut Cx<'_>, uv: &Node, first: usize) {
    let Some(sources) = uv.get("sources") else { return };
    let indexes = uv.get("index").map(Node::items).unwrap_or_default();
    for entry in sources.entries() {
        let name = PackageName::new(&entry.key);
        let listed = std::slice::from_ref(&entry.node);
        let candidates = if entry.node.items().is_empty() { listed } else { entry.node.items() };
        // Several sources depend on markers: none of them holds for all.
        for source in candidates {
            let url = ["git", "url"].iter().find_map(|key| source.get(key)).and_then(Node::as_text);
            cx.direct_credentials(url.unwrap_or_default(), &source.at);
        }
        let [source] = candidates else { continue };
        if source.get("marker").is_some() || source.get("group").is_some() || source.get("extra").is_some() {
            continue;
        }
        let Some(origin) = uv_origin(source, indexes) else { continue };
        for component in cx.out.components.get_mut(first..).unwrap_or_default() {
            if component.name == name && component.kind == FileKind::Pyproject {
                component.origin = origin.clone();
            }
        }
    }
}

fn uv_origin(source: &Node, indexes: &[Node]) -> Option<Origin> {
    let text = |key| source.get(key).and_then(Node::as_text);
    if let Some(url) = text("git") {
        let revision = text("rev").or(text("tag")).or(text("branch")).map(str::to_owned);
        return Some(Origin::Vcs { kind: "git".into(), url: urls::clean(url).url, revision });
    }
    if let Some(url) = text("url") {
        return Some(Origin::Url(urls::clean(url).url));
    }
    if let Some(path) = text("path") {
        return Some(Origin::Path(path.to_owned()));
    }
    if source.get("workspace").and_then(Node::as_bool) == Some(true) {
        return Some(Origin::Path("(a member of the workspace)".into()));
    }
    let name = text("index")?;
    let index = indexes.iter().find(|index| index.get("name").and_then(Node::as_text) == Some(name))?;
    let url = index.get("url").and_then(Node::as_text)?;
    Some(Origin::Index(Some(urls::clean(url).url)))
}

/// An exact constraint pins what is open; an override takes the place of what is written.
fn uv_limits(cx: &mut Cx<'_>, uv: &Node, first: usize) {
    for (key, replaces) in [("constraint-dependencies", false), ("override-dependencies", true)] {
        for text in uv.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_text) {
            let Ok(limit) = requirement::take_apart(text) else { continue };
            let (Some(name), None) = (limit.name, limit.marker) else { continue };
            let Pin::Exact(version) = pin_of(limit.specifier) else { continue };
            let name = PackageName::new(name);
            let applies = |component: &&mut Component| {
                let open = match &component.pin {
                    Pin::Any => true,
                    Pin::Range(range) => replaces || range.contains(&version),
                    _ => replaces,
                };
                component.name == name
                    && component.kind == FileKind::Pyproject
                    && component.group != Group::Build
                    && matches!(component.origin, Origin::Index(_))
                    && open
            };
            for component in cx.out.components.get_mut(first..).unwrap_or_default().iter_mut().filter(applies)
            {
                component.pin = Pin::Exact(version.clone());
            }
        }
    }
}

#[cfg(test)]
#[path = "pyproject_tests.rs"]
mod tests;
