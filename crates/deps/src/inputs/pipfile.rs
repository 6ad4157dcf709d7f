//! Pipfile: packages by category, sources, the Python that is asked for. Source: pipenv.pypa.io, "Pipfile".

use super::lock::{self, text};
use super::specifier::{exact, pin_of, python};
use super::{Cx, urls};
use crate::{Component, Group, IndexKind, Origin};
use tieout_model::{Node, Place, Value, tree::Entry};

/// True for a Pipfile.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    name == "Pipfile"
}

/// Tables of a Pipfile that hold no packages.
const NO_CATEGORY: &[&str] = &["source", "requires", "scripts", "pipenv", "pipfile"];

pub(super) fn parse(cx: &mut Cx<'_>) {
    let root = lock::tree(cx);
    let all = root.at_path(&["pipenv", "install_search_all_sources"]).and_then(Node::as_bool) == Some(true);
    sources(cx, root.get("source").map_or(&[], Node::items), all);
    requires(cx, root.get("requires"));
    for category in root.entries().iter().filter(|entry| !NO_CATEGORY.contains(&&*entry.key)) {
        if !matches!(category.node.value, Value::Map(_)) {
            cx.unreadable(&category.key, "this should be a table of packages", category.at.clone());
        }
        for entry in category.node.entries() {
            package(cx, entry, &group(&category.key));
        }
    }
}

/// `packages` is production, `dev-packages` development; a category of another name is installed on demand.
pub(super) fn group(category: &str) -> Group {
    match category {
        "packages" | "default" => Group::Prod,
        "dev-packages" | "develop" => Group::Dev,
        other => Group::Optional(lock::normal(other)),
    }
}

/// Takes in sources. Since 2022 pipenv takes a package from the first source unless it is bound to another by `index`.
pub(super) fn sources(cx: &mut Cx<'_>, sources: &[Node], search_all: bool) {
    for (position, source) in sources.iter().enumerate() {
        let Some(url) = text(source, "url") else {
            let what = text(source, "name").unwrap_or("source").to_owned();
            cx.unreadable(&what, "the source has no url", source.at.clone());
            continue;
        };
        let at = source.entry("url").map_or_else(|| source.at.clone(), Entry::place);
        let kind = match position {
            0 => IndexKind::Only,
            _ if search_all => IndexKind::Extra,
            _ => IndexKind::Explicit,
        };
        if !lock::is_pypi(url) || kind == IndexKind::Extra {
            cx.index(kind, url, at.clone());
        }
        if let Some(verify) = source.entry("verify_ssl")
            && verify.node.as_bool() == Some(false)
        {
            cx.index(IndexKind::Trusted, url, verify.place());
        }
    }
}

/// `python_version = "3.11"`, `python_full_version = "3.11.4"`: the fuller one counts.
pub(super) fn requires(cx: &mut Cx<'_>, requires: Option<&Node>) {
    let of = |key| requires.and_then(|requires| requires.entry(key));
    let Some(entry) = of("python_full_version").or_else(|| of("python_version")) else { return };
    let Some(written) = entry.node.scalar_text() else {
        return cx.unreadable(&entry.key, "this should be a version of Python", entry.place());
    };
    let plain = written.starts_with(|first: char| first.is_ascii_digit());
    let pin = if plain { exact(&written) } else { pin_of(&written) };
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    let declared = python(&written, &pin, &by, entry.place());
    cx.out.runtimes.extend(declared);
}

fn package(cx: &mut Cx<'_>, entry: &Entry, group: &Group) {
    if let Some(mut component) = component(cx, entry, group, entry.place()) {
        component.direct = Some(true);
        cx.out.components.push(component);
    }
}

/// The package of an entry of Pipfile or Pipfile.lock.
pub(super) fn component(cx: &mut Cx<'_>, entry: &Entry, group: &Group, at: Place) -> Option<Component> {
    let name = entry.key.trim();
    if !crate::name::is_name(name) {
        cx.unreadable(name, "no name that a package may have", at);
        return None;
    }
    let mut component = Component::new(name, cx.kind, at);
    component.group = group.clone();
    let table = &entry.node;
    let version = match &table.value {
        Value::Map(_) => table.get("version"),
        Value::Text(_) => Some(table),
        _ => {
            cx.unreadable(name, "neither a version nor a table", component.at.clone());
            return None;
        }
    };
    if let Some(version) = version {
        let Some(version) = version.as_text() else {
            cx.unreadable(name, "its version is no text", component.at.clone());
            return None;
        };
        component.written = if version == "*" { String::new() } else { version.trim().to_owned() };
        component.pin = pin_of(version);
    }
    let extras = table.get("extras").map_or(&[] as &[_], Node::items);
    component.extras = extras.iter().filter_map(Node::as_text).map(lock::normal).collect();
    component.extras.sort();
    component.marker = marker(table).as_deref().and_then(lock::marker);
    origin(cx, &mut component, table);
    Some(component)
}

fn origin(cx: &mut Cx<'_>, component: &mut Component, table: &Node) {
    let mut told = None;
    if let Some((kind, url)) =
        ["git", "hg", "svn", "bzr"].iter().find_map(|kind| Some((kind, text(table, kind)?)))
    {
        component.origin = lock::vcs(kind, url, text(table, "ref"));
        told = Some(url);
    } else if let Some(file) = text(table, "file") {
        let located = urls::locate(file);
        if let Some(version) = located.version {
            component.pin = crate::Pin::Exact(version);
        }
        component.origin = located.origin;
        told = Some(file);
    } else if let Some(path) = text(table, "path") {
        component.origin = Origin::Path(path.to_owned());
    } else if let Some(index) = text(table, "index") {
        component.origin = Origin::Index(Some(urls::clean(index).url));
    }
    if let Some(url) = told.filter(|url| urls::clean(url).credentials.is_some()) {
        cx.index(IndexKind::Direct, url, component.at.clone());
    }
}

/// `markers = "…"`, and markers as keys: `sys_platform = "== 'win32'"`. All must hold.
fn marker(table: &Node) -> Option<String> {
    const KEYS: &[&str] = &[
        "os_name",
        "sys_platform",
        "platform_machine",
        "platform_python_implementation",
        "platform_release",
        "platform_system",
        "platform_version",
        "python_version",
        "python_full_version",
        "implementation_name",
        "implementation_version",
    ];
    let whole = text(table, "markers").map(str::to_owned);
    let keyed = KEYS.iter().filter_map(|key| Some(format!("{key} {}", text(table, key)?.trim())));
    let all: Vec<String> = whole.into_iter().chain(keyed).collect();
    match all.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" and ")),
    }
}
