//! Installed packages: `*.dist-info/METADATA`, `*.egg-info/PKG-INFO`, direct_url.json beside them, and the Python that
//! pyvenv.cfg names. Source: packaging.python.org ("core metadata", "recording installed projects", "direct URL").

use super::specifier::{exact, python};
use super::{Cx, lock, requirement, urls};
use crate::{Component, FileKind, PackageName};
use std::collections::BTreeSet;
use tieout_model::{Node, Place, Position};
use tieout_source::json;

/// The files of which one each stands for a package. `WHEEL` speaks where METADATA is missing.
pub(super) fn is_theirs(path: &str, name: &str) -> bool {
    match name {
        "METADATA" | "WHEEL" => folder(path).is_some_and(|folder| folder.ends_with(".dist-info")),
        // One at the top of a source tree is the project's own; in a source archive it says which package that is.
        "PKG-INFO" => {
            let egg = |folder: &str| folder.ends_with(".egg-info") || folder == "EGG-INFO";
            path.contains("!/") || folder(path).is_some_and(egg)
        }
        _ => name.ends_with(".egg-info"),
    }
}

/// True for the file that says which Python a virtual environment has.
pub(super) fn is_venv(_: &str, name: &str) -> bool {
    name == "pyvenv.cfg"
}

/// `version = 3.8.10`, or `version_info = 3.8.10.final.0`.
pub(super) fn venv(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    // It names no package.
    cx.out.manifests.retain(|manifest| manifest.path != cx.path);
    for (number, line) in (1u32..).zip(text.lines()) {
        let Some((key, value)) = line.split_once('=') else { continue };
        if !matches!(key.trim(), "version" | "version_info") {
            continue;
        }
        let numbers =
            value.trim().split('.').take(3).take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let version = numbers.collect::<Vec<_>>().join(".");
        let declared = python(&version, &exact(&version), "pyvenv.cfg", line_place(cx, number, line));
        cx.out.runtimes.extend(declared);
        return;
    }
}

fn line_place(cx: &Cx<'_>, line: u32, text: &str) -> Place {
    let column = u32::try_from(text.trim_end().chars().count()).unwrap_or(u32::MAX).saturating_add(1);
    Place::text(&cx.path, Position { line, column: 1 }, Position { line, column })
}

/// The name of the folder that holds a file.
fn folder(path: &str) -> Option<&str> {
    path.rsplit('/').nth(1)
}

fn beside(path: &str, name: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

pub(super) fn parse(cx: &mut Cx<'_>) {
    let path = cx.path.clone();
    let name = path.rsplit('/').next().unwrap_or_default();
    if name == "WHEEL" && cx.tree.contains(&beside(&cx.path, "METADATA")) {
        cx.out.manifests.retain(|manifest| manifest.path != cx.path);
        return;
    }
    if is_projects_own(cx, &path) {
        cx.out.manifests.retain(|manifest| manifest.path != cx.path);
        return;
    }
    let text = cx.text.clone();
    let headers = headers(&text);
    let of = |key: &str| {
        let found = headers.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(line, _, value)| (*line, *value))
    };
    let speaks = name != "WHEEL";
    let (stem_name, stem_version) = stem(&path);
    let written_name =
        of("Name").filter(|_| speaks).map(|(_, name)| name).filter(|name| crate::name::is_name(name));
    let version = of("Version").filter(|(_, version)| speaks && !version.is_empty());
    let at = match version.or_else(|| of("Name")) {
        Some((line, _)) => line_place(cx, line, text.lines().nth(line as usize - 1).unwrap_or_default()),
        None => Place::text(&cx.path, Position::START, Position::START),
    };
    let Some(name) = written_name.or(stem_name).filter(|name| crate::name::is_name(name)) else {
        return cx.unreadable(&path, "neither the file nor its folder says which package this is", at);
    };
    let Some(version) = version.map(|(_, version)| version).or(stem_version) else {
        return cx.unreadable(name, "neither the file nor its folder says the version", at);
    };
    let kind = if cx.path.contains("!/") { FileKind::Archive } else { FileKind::Installed };
    let mut component = Component::new(name, kind, at);
    component.written = version.to_owned();
    component.pin = exact(version);
    component.requires = requires(&headers);
    component.requires.retain(|name| *name != component.name);
    direct_url(cx, &mut component);
    if cx.tree.contains(&beside(&cx.path, "REQUESTED")) {
        component.direct = Some(true);
    }
    if let Some(vendor) = vendor(&cx.path) {
        component.chain = vec![vendor];
        component.direct = Some(false);
    }
    cx.out.components.push(component);
}

/// True for the `egg-info` that building a project leaves beside its setup.py (or in `src`): it is the project itself.
fn is_projects_own(cx: &Cx<'_>, path: &str) -> bool {
    let Some((egg, "PKG-INFO")) = path.rsplit_once('/') else { return false };
    let Some(egg) = egg.strip_suffix(".egg-info") else { return false };
    let folder = egg.rsplit_once('/').map_or("", |(folder, _)| folder);
    let above = match folder.strip_suffix("src") {
        Some(above) if above.is_empty() || above.ends_with('/') => above.trim_end_matches('/'),
        _ => folder,
    };
    ["setup.py", "pyproject.toml", "setup.cfg"].iter().any(|name| match above {
        "" => cx.tree.contains(name),
        above => cx.tree.contains(&format!("{above}/{name}")),
    })
}

/// The package that carries a copy of this one: the folder above `_vendor`.
fn vendor(path: &str) -> Option<PackageName> {
    let before = path.rsplit_once("/_vendor/")?.0;
    Some(PackageName::new(before.rsplit('/').next()?))
}

/// Name and version of `NAME-VERSION.dist-info` (the file's own name for an old `*.egg-info` file).
fn stem(path: &str) -> (Option<&str>, Option<&str>) {
    let file = path.rsplit('/').next().unwrap_or_default();
    let folder = folder(path).unwrap_or_default();
    let both = [folder, file].into_iter().find_map(|part| {
        let stem = part.strip_suffix(".dist-info").or_else(|| part.strip_suffix(".egg-info"))?;
        Some(stem.split_once('-').map_or((stem, None), |(name, rest)| (name, Some(rest))))
    });
    let Some((name, rest)) = both else { return (None, None) };
    // An egg's name goes on with the Python: `name-1.0-py3.8`.
    let version =
        rest.map(|rest| rest.split("-py").next().unwrap_or(rest)).filter(|version| !version.is_empty());
    (Some(name), version)
}

/// The headers before the first blank line: line, name, value.
fn headers(text: &str) -> Vec<(u32, &str, &str)> {
    let lines = (1u32..).zip(text.lines()).take_while(|(_, line)| !line.trim().is_empty());
    let own = lines.filter(|(_, line)| !line.starts_with([' ', '\t']));
    own.filter_map(|(number, line)| {
        line.split_once(':').map(|(name, value)| (number, name.trim(), value.trim()))
    })
    .map(|(number, name, value)| (number, name.trim_start_matches('\u{feff}'), value))
    .collect()
}

/// What the package needs without any extra.
fn requires(headers: &[(u32, &str, &str)]) -> Vec<PackageName> {
    let wanted = headers.iter().filter(|(_, name, _)| name.eq_ignore_ascii_case("Requires-Dist"));
    let names = wanted.filter_map(|(_, _, value)| {
        let requirement = requirement::take_apart(value).ok()?;
        if requirement.marker.is_some_and(|marker| marker.contains("extra")) {
            return None;
        }
        requirement.name.map(PackageName::new)
    });
    let names: BTreeSet<PackageName> = names.collect();
    names.into_iter().collect()
}

/// direct_url.json: the package was not installed from an index.
fn direct_url(cx: &mut Cx<'_>, component: &mut Component) {
    let path = beside(&cx.path, "direct_url.json");
    if !cx.tree.contains(&path) {
        return;
    }
    let at = Place::text(&path.as_str().into(), Position::START, Position::START);
    let Some((node, _)) =
        cx.tree.text(&path).ok().and_then(|text| json::parse(&path.as_str().into(), &text).ok())
    else {
        return cx.unreadable(&path, "it does not say where the package comes from", at);
    };
    let url = lock::text(&node, "url").unwrap_or_default();
    if url.is_empty() {
        return cx.unreadable(&path, "it has no url", at);
    }
    if urls::clean(url).credentials.is_some() {
        cx.index(crate::IndexKind::Direct, url, at);
    }
    if let Some(vcs) = node.get("vcs_info") {
        let revision = lock::text(vcs, "commit_id").or_else(|| lock::text(vcs, "requested_revision"));
        component.origin = lock::vcs(lock::text(vcs, "vcs").unwrap_or("git"), url, revision);
    } else {
        component.origin = urls::locate(url).origin;
    }
    let archive = node.get("archive_info");
    let hashes = archive.and_then(|info| info.get("hashes")).map_or(&[] as &[_], Node::entries);
    for hash in hashes {
        let hex = hash.node.as_text().unwrap_or_default();
        component.hashes.push(format!("{}:{}", hash.key, hex.to_ascii_lowercase()));
    }
}
