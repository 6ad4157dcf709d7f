//! What lock formats share: TOML of which a broken part costs only itself, entries with their places, what the project
//! itself asks for (pyproject.toml beside the lock file), and the settling of groups and chains. What the keys of one
//! format mean is in its own file.

use super::graph::{Graph, Wish};
use super::requirement::take_apart;
use super::specifier::{exact, pin_of, python};
use super::{Cx, poetry_constraint, urls};
use crate::{Component, Group, Marker, MarkerVerdict, Origin, PackageName, Pin, Tree};
use pep440_rs::VersionSpecifiers;
use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;
use tieout_model::{Gap, Node, Place, Reason};
use tieout_source::{LineIndex, toml};

/// So many broken lines of one entry are left out before the entry is given up.
const BROKEN_LINES: usize = 4;

/// A lock file's tree. Where the text is no TOML (a merge conflict, a cut file), the broken entries are left out and told,
/// and the rest is read.
pub(crate) fn tree(cx: &mut Cx<'_>) -> Node {
    let text = cx.text.clone();
    if let Ok(node) = toml::parse(&cx.path, &text) {
        return node;
    }
    let mut kept = text.to_string();
    for range in chunks(&text) {
        mend(cx, &text, &mut kept, range);
    }
    match toml::parse(&cx.path, &kept) {
        Ok(node) => node,
        Err(problem) => {
            let path = cx.path.to_string();
            cx.unaudited(&path, not_toml(&path, &problem.message), problem.at);
            Node::default()
        }
    }
}

fn not_toml(what: &str, why: &str) -> Gap {
    let why = why.lines().next().unwrap_or_default();
    Gap::new(Reason::Unreadable, format!("{what}: no TOML: {why}"), "lock the project again with its tool")
}

/// The parts of a lock file that stand by themselves: each `[[package]]` with its sub-tables, each other table.
fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let (mut offset, mut inside) = (0, String::new());
    for line in text.split_inclusive('\n') {
        if let Some(header) = line.trim_end().strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            if inside.is_empty() || !header.starts_with(&inside) {
                inside = format!("{header}.");
            }
            if !header.starts_with(&inside) {
                starts.push(offset);
            }
        } else if let Some(header) = line.strip_prefix('[')
            && line.trim_end().ends_with(']')
            && (inside.is_empty() || !header.starts_with(&inside))
        {
            inside.clear();
            starts.push(offset);
        }
        offset += line.len();
    }
    starts.push(text.len());
    starts.dedup();
    starts.iter().zip(starts.iter().skip(1)).map(|(from, to)| *from..*to).collect()
}

/// Blanks what is broken in one part: single lines, then the whole.
fn mend(cx: &mut Cx<'_>, text: &str, kept: &mut String, part: Range<usize>) {
    let offset_of = |line: u32, chunk: &str| LineIndex::new(chunk).line_start(line);
    for attempt in 0..=BROKEN_LINES {
        let chunk = kept.get(part.clone()).unwrap_or_default().to_owned();
        let Err(problem) = toml::parse(&cx.path, &chunk) else { return };
        let line = problem.at.file_line().map_or(1, |(_, line)| line);
        let start = offset_of(line, &chunk);
        let broken = match attempt < BROKEN_LINES && start < chunk.len() {
            true => part.start + start..part.start + offset_of(line + 1, &chunk).max(start),
            false => part.clone(),
        };
        let original = text.get(broken.clone()).unwrap_or_default();
        let shown = match broken == part {
            true => original.lines().find(|line| line.starts_with("name")).unwrap_or("a table"),
            false => original,
        };
        let at = LineIndex::new(text).place(&cx.path, broken.start..broken.start + original.trim_end().len());
        cx.unaudited(shown, not_toml(shown.trim(), &problem.message), at);
        let blank: String = original.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(broken, &blank);
    }
}

/// Text under a key.
pub(crate) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_text)
}

/// From the line that names the package to its version.
pub(crate) fn place(table: &Node) -> Place {
    let Some(name) = table.entry("name") else { return table.at.clone() };
    match table.entry("version") {
        Some(version) => name.at.to(&version.node.at),
        None => name.place(),
    }
}

/// The package of a table with `name` and `version`; unaudited where it has no name, or no version although `versioned`.
pub(crate) fn package(cx: &mut Cx<'_>, table: &Node, versioned: bool) -> Option<Component> {
    let at = place(table);
    let Some(name) = text(table, "name").filter(|name| crate::name::is_name(name)) else {
        let what = table.get("name").and_then(Node::scalar_text);
        let what = what.as_deref().unwrap_or("a package without a name");
        cx.unreadable(what, "the entry has no name that a package may have", at);
        return None;
    };
    let mut component = Component::new(name, cx.kind, at.clone());
    match table.get("version").and_then(Node::scalar_text) {
        Some(version) => {
            component.written = version.to_string();
            component.pin = exact(&version);
        }
        None if versioned => {
            cx.unreadable(name, "the entry has no version", at);
            return None;
        }
        None => {}
    }
    Some(component)
}

/// Says of each item that should be a table and is none.
pub(crate) fn tables<'n>(cx: &mut Cx<'_>, root: &'n Node, key: &str) -> Vec<&'n Node> {
    let Some(entry) = root.entry(key) else { return Vec::new() };
    let mut tables = Vec::new();
    if entry.node.items().is_empty() && !matches!(entry.node.value, tieout_model::Value::List(_)) {
        cx.unreadable(key, "this should be a list of packages", entry.at.clone());
    }
    for item in entry.node.items() {
        match item.value {
            tieout_model::Value::Map(_) => tables.push(item),
            _ => {
                let what = item.scalar_text().unwrap_or_else(|| key.into());
                cx.unreadable(&what, "this entry of the list is no package", item.at.clone());
            }
        }
    }
    tables
}

/// Adds `ALGORITHM:HEX` hashes, as they stand under `hash` of each table of a list.
pub(crate) fn add_hashes(hashes: &mut Vec<String>, files: &[Node]) {
    for hash in files.iter().filter_map(|file| text(file, "hash")) {
        add_hash(hashes, hash);
    }
}

/// Adds a hash written as `ALGORITHM:HEX`, or as hex of SHA-256.
pub(crate) fn add_hash(hashes: &mut Vec<String>, hash: &str) {
    match hash.split_once(':') {
        Some(_) => hashes.push(hash.to_ascii_lowercase()),
        None if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            hashes.push(format!("sha256:{}", hash.to_ascii_lowercase()));
        }
        None => {}
    }
}

/// Marker text that no one has judged yet.
pub(crate) fn marker(text: &str) -> Option<Marker> {
    let text = text.trim();
    (!text.is_empty()).then(|| Marker { text: text.to_owned(), verdict: MarkerVerdict::Unknown })
}

/// A repository, its URL cleaned.
pub(crate) fn vcs(kind: &str, url: &str, revision: Option<&str>) -> Origin {
    let url = url.strip_prefix(kind).and_then(|rest| rest.strip_prefix('+')).unwrap_or(url);
    Origin::Vcs {
        kind: kind.to_owned(),
        url: urls::clean(url).url,
        revision: revision.filter(|revision| !revision.is_empty()).map(str::to_owned),
    }
}

/// A requirement as a wish, with what it lets in.
pub(crate) fn wish(written: &str) -> Option<(Wish, Option<VersionSpecifiers>)> {
    let requirement = take_apart(written).ok()?;
    let extras = requirement.extras.iter().map(|extra| normal(extra)).collect();
    let name = PackageName::new(requirement.name?);
    let wish = Wish { name, extras, marker: requirement.marker.map(Into::into) };
    Some((wish, VersionSpecifiers::from_str(requirement.specifier).ok()))
}

/// The name of an extra or group, normalised as package names are.
pub(crate) fn normal(name: &str) -> String {
    PackageName::new(name).as_str().to_owned()
}

/// True where a package's version may be what the specifiers ask for.
pub(crate) fn fits(component: Option<&Component>, specifiers: Option<&VersionSpecifiers>) -> bool {
    match (component.map(|component| &component.pin), specifiers) {
        (Some(Pin::Exact(version)), Some(specifiers)) => specifiers.contains(version),
        _ => true,
    }
}

/// A package of a lock file on its way into the reading.
#[derive(Debug)]
pub(crate) struct Locked {
    pub(crate) component: Component,
    /// True where the file says the group itself.
    pub(crate) grouped: bool,
    /// True where the file says the condition itself (or that there is none).
    pub(crate) marked: bool,
}

/// Adds what the graph says to each package, and the packages to the reading. The graph's first vertices are the packages
/// in their order; `rooted` is true where it knows what the project asks for.
pub(crate) fn settle(cx: &mut Cx<'_>, locked: Vec<Locked>, graph: &Graph, rooted: bool) {
    let walked = graph.walk();
    let mut hashed = !locked.is_empty();
    for (index, Locked { mut component, grouped, marked }) in locked.into_iter().enumerate() {
        component.requires = graph.requires(index);
        if let Some(walked) = walked.get(index) {
            if let Some(group) = walked.group.clone().filter(|_| !grouped) {
                component.group = group;
            }
            component.chain.clone_from(&walked.chain);
            if rooted && (walked.direct || walked.group.is_some()) {
                component.direct = Some(walked.direct);
            }
            if let Some(text) = walked.marker.as_ref().filter(|_| !marked) {
                component.marker = marker(text);
            }
        }
        component.hashes.sort();
        component.hashes.dedup();
        hashed &=
            !component.hashes.is_empty() || !matches!(component.origin, Origin::Index(_) | Origin::Url(_));
        cx.out.components.push(component);
    }
    cx.set_hashed(hashed);
}

/// What the project itself asks for.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) roots: Vec<(Group, Wish)>,
    /// Its extras, normalised.
    pub(crate) extras: BTreeSet<String>,
}

/// The pyproject.toml beside a lock file; `None` where there is none, or where it leaves its dependencies to a program.
pub(crate) fn project(cx: &Cx<'_>) -> Option<Project> {
    let path = Tree::resolve(&cx.path, "pyproject.toml")?;
    let node = toml::parse(&path.as_str().into(), &cx.tree.text(&path).ok()?).ok()?;
    let mut project = Project::default();
    let list = |project: &mut Project, group: &Group, node: &Node| {
        let wishes = node.items().iter().filter_map(|item| Some(wish(item.as_text()?)?.0));
        project.roots.extend(wishes.map(|wish| (group.clone(), wish)));
    };
    let by_name = |path: &[&str]| node.at_path(path).map_or(&[] as &[_], Node::entries);
    if let Some(dependencies) = node.at_path(&["project", "dependencies"]) {
        list(&mut project, &Group::Prod, dependencies);
    }
    for entry in by_name(&["project", "optional-dependencies"]) {
        let name = normal(&entry.key);
        list(&mut project, &Group::Optional(name.clone()), &entry.node);
        project.extras.insert(name);
    }
    for entry in by_name(&["dependency-groups"]).iter().chain(by_name(&["tool", "pdm", "dev-dependencies"])) {
        list(&mut project, &Group::Dev, &entry.node);
    }
    let poetry = poetry_roots(&node, &mut project);
    let dynamic = node.at_path(&["project", "dynamic"]).map_or(&[] as &[_], Node::items);
    let elsewhere = dynamic.iter().any(|item| item.as_text() == Some("dependencies"));
    (poetry || (node.get("project").is_some() && !elsewhere)).then_some(project)
}

fn poetry_roots(node: &Node, project: &mut Project) -> bool {
    let Some(poetry) = node.at_path(&["tool", "poetry"]) else { return false };
    let mut extras_of: Vec<(PackageName, String)> = Vec::new();
    for entry in poetry.get("extras").map_or(&[] as &[_], Node::entries) {
        let extra = normal(&entry.key);
        let names = entry.node.items().iter().filter_map(Node::as_text);
        extras_of.extend(names.map(|name| (PackageName::new(name), extra.clone())));
        project.extras.insert(extra);
    }
    let main = poetry.get("dependencies");
    for entry in main.map_or(&[] as &[_], Node::entries) {
        for wish in poetry_wishes(&entry.key, &entry.node) {
            let optional = entry.node.get("optional").and_then(Node::as_bool) == Some(true);
            let extra = extras_of.iter().filter(|(name, _)| *name == wish.name).map(|(_, extra)| extra).min();
            match (optional, extra) {
                (false, _) => project.roots.push((Group::Prod, wish)),
                (true, Some(extra)) => project.roots.push((Group::Optional(extra.clone()), wish)),
                (true, None) => {}
            }
        }
    }
    let groups = poetry.get("group").map_or(&[] as &[_], Node::entries);
    let groups = groups.iter().filter_map(|group| Some((&*group.key, group.node.get("dependencies")?)));
    let old = poetry.get("dev-dependencies").map(|node| ("dev", node));
    for (name, dependencies) in groups.chain(old) {
        let group = if name == "main" { Group::Prod } else { Group::Dev };
        let wishes = dependencies.entries().iter().flat_map(|entry| poetry_wishes(&entry.key, &entry.node));
        project.roots.extend(wishes.map(|wish| (group.clone(), wish)));
    }
    main.is_some()
}

/// Poetry's `name = "^1"`, `name = {version = …, extras = […], markers = …}` or a list of such tables.
pub(crate) fn poetry_wishes(name: &str, node: &Node) -> Vec<Wish> {
    if name.eq_ignore_ascii_case("python") {
        return Vec::new();
    }
    let one = |node: &Node| {
        let extras = node.get("extras").map_or(&[] as &[_], Node::items);
        Wish {
            name: PackageName::new(name),
            extras: extras.iter().filter_map(Node::as_text).map(normal).collect(),
            marker: text(node, "markers").map(Into::into),
        }
    };
    match node.items() {
        [] => vec![one(node)],
        items => items.iter().map(one).collect(),
    }
}

/// The Python that a lock file asks for, where no manifest beside it says so itself.
pub(crate) fn python_of(cx: &mut Cx<'_>, node: Option<&Node>, manifest: &str) {
    let beside = Tree::resolve(&cx.path, manifest);
    let Some(node) = node.filter(|_| !beside.is_some_and(|path| cx.tree.contains(&path))) else { return };
    let Some(written) = node.as_text() else { return };
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    // Poetry writes `^3.9` where the others write PEP 440.
    let pin = match pin_of(written) {
        Pin::Unreadable(_) => poetry_constraint::pin(written),
        pin => pin,
    };
    let declared = python(written, &pin, &by, node.at.clone());
    cx.out.runtimes.extend(declared);
}

/// Takes in an index to which packages are bound, once, unless it is PyPI.
pub(crate) fn bound_index(cx: &mut Cx<'_>, seen: &mut BTreeSet<String>, url: &str, at: &Place) {
    if !is_pypi(url) && seen.insert(url.to_owned()) {
        cx.index(crate::IndexKind::Explicit, url, at.clone());
    }
}

/// True for PyPI's own addresses.
pub(crate) fn is_pypi(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
    url.starts_with("https://") && matches!(host, "pypi.org" | "pypi.python.org" | "files.pythonhosted.org")
}

/// Says that a format is newer than what this program knows; it is read all the same.
pub(crate) fn newer(cx: &mut Cx<'_>, version: &str, known: &str, at: Place) {
    let path = cx.path.to_string();
    let gap = Gap::new(
        Reason::Unsupported,
        format!("{path}: version {version} of the format; {known} is known"),
        "compare with what the tool itself lists, or report the format",
    );
    cx.unaudited(&path, gap, at);
}
