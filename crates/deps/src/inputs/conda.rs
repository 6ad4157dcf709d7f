//! conda: environment.yml with its pip block, conda-lock.yml (version 1), explicit lists. A package of a conda channel keeps
//! that origin: whether it is a PyPI package of the same name is asked elsewhere. Source: docs.conda.io ("package match
//! specifications", "explicit lists"), conda.github.io/conda-lock.

use super::specifier::{exact, pin_of, python};
use super::{Cx, lock, requirements, urls};
use crate::{Component, Group, Origin, PackageName, Pin};
use std::collections::{BTreeMap, HashMap};
use tieout_model::{Gap, Node, Place, Position, Reason, Value};
use tieout_source::yaml;

/// `environment.yml`, `environment-dev.yaml`, `conda-env.yml`, …
pub(super) fn is_environment(_: &str, name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| {
        stem == "env"
            || stem.starts_with("environment")
            || stem.ends_with("environment")
            || stem.starts_with("conda-env")
    })
}

/// `conda-lock.yml`, `NAME.conda-lock.yml`, and the explicit lists `conda-linux-64.lock`, `spec-file.txt`.
pub(super) fn is_lock(_: &str, name: &str) -> bool {
    name.ends_with("conda-lock.yml")
        || name.ends_with("conda-lock.yaml")
        || (name.starts_with("conda-") && name.ends_with(".lock"))
        || matches!(name, "spec-file.txt" | "spec-list.txt" | "explicit.txt" | "conda-explicit.txt")
}

fn documents(cx: &mut Cx<'_>) -> Vec<Node> {
    let text = cx.text.clone();
    let (documents, problems) = yaml::parse(&cx.path, &text);
    for problem in problems {
        let path = cx.path.to_string();
        let gap = Gap::new(Reason::Unreadable, format!("{path}: {}", problem.message), "correct the file");
        cx.unaudited(&path, gap, problem.at);
    }
    documents
}

/// The parser of environment.yml.
pub(super) fn environment(cx: &mut Cx<'_>) {
    for document in documents(cx) {
        let Some(dependencies) = document.entry("dependencies") else { continue };
        if dependencies.node.items().is_empty() && !dependencies.node.is_null() {
            cx.unreadable("dependencies", "this should be a list of packages", dependencies.at.clone());
        }
        let group = group_of(&cx.path);
        for item in dependencies.node.items() {
            match &item.value {
                Value::Text(text) => package(cx, text, &group, item.at.clone()),
                Value::Map(entries) => {
                    for entry in entries {
                        let lines = entry.node.items();
                        if &*entry.key != "pip" || (lines.is_empty() && !entry.node.is_null()) {
                            cx.unreadable(
                                &entry.key,
                                "only `pip:` with a list is known here",
                                entry.at.clone(),
                            );
                        }
                        for line in lines.iter().filter(|_| &*entry.key == "pip") {
                            match line.as_text() {
                                Some(text) => requirements::line(cx, text, group.clone(), line.at.clone()),
                                None => cx.unreadable("pip", "an entry that is no text", line.at.clone()),
                            }
                        }
                    }
                }
                Value::Null => {}
                _ => {
                    let what = item.scalar_text().unwrap_or_else(|| "an entry".into());
                    cx.unreadable(&what, "neither a package nor `pip:`", item.at.clone());
                }
            }
        }
    }
}

/// `environment-dev.yml` is for development.
fn group_of(path: &str) -> Group {
    let name = path.rsplit('/').next().unwrap_or_default();
    let dev = name
        .split(['-', '_', '.'])
        .any(|word| matches!(word, "dev" | "test" | "tests" | "docs" | "lint" | "ci"));
    if dev { Group::Dev } else { Group::Prod }
}

fn package(cx: &mut Cx<'_>, written: &str, group: &Group, at: Place) {
    let Some(spec) = spec(written) else {
        return cx.unreadable(written, "no match specification of conda", at);
    };
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    if is_python(spec.name) {
        cx.out.runtimes.extend(python(written, &spec.pin, &by, at));
        return;
    }
    let mut component = Component::new(spec.name, cx.kind, at);
    component.group = group.clone();
    component.written = spec.written.to_owned();
    component.pin = spec.pin;
    component.origin = Origin::Conda(spec.channel.map(|channel| urls::clean(channel).url));
    component.direct = Some(true);
    cx.out.components.push(component);
}

fn is_python(name: &str) -> bool {
    name.eq_ignore_ascii_case("python")
}

/// A match specification.
#[derive(Debug, PartialEq)]
struct Spec<'t> {
    channel: Option<&'t str>,
    name: &'t str,
    written: &'t str,
    pin: Pin,
}

/// `channel::name=1.2=build`, `name >=1,<2`, `name 1.2 build`, `name[version='>=1']`, or the URL of an archive.
fn spec(written: &str) -> Option<Spec<'_>> {
    let written = written.trim();
    if written.contains("://") {
        return archive(written);
    }
    let (channel, rest) = match written.split_once("::") {
        Some((channel, rest)) => (Some(channel).filter(|channel| !channel.is_empty()), rest),
        None => (None, written),
    };
    let is_end = |char: char| char.is_whitespace() || matches!(char, '=' | '<' | '>' | '!' | '~' | '[' | ';');
    let end = rest.find(is_end).unwrap_or(rest.len());
    let (name, version) = rest.split_at_checked(end)?;
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let version = version.trim();
    let version = match version.strip_prefix('[') {
        Some(keys) => bracketed(keys)?,
        None => version.split('[').next().unwrap_or_default().trim(),
    };
    Some(Spec { channel, name, written: version, pin: pin(version) })
}

/// The version among the keys in brackets; empty where there is none.
fn bracketed(keys: &str) -> Option<&str> {
    let keys = keys.strip_suffix(']')?;
    let Some((_, value)) = keys.split_once("version") else { return Some("") };
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        Some(quote) => value.get(1..)?.split(quote).next(),
        None => value.split(',').next(),
    }
}

/// What conda would install. `=1.2` alone is any 1.2.*; with three numbers, or a build beside it, it is what an export of
/// an environment writes, and meant as that version.
fn pin(written: &str) -> Pin {
    if let Some(version) = written.strip_prefix("==") {
        let version = version.split(['=', ' ']).find(|part| !part.is_empty()).unwrap_or_default();
        return if version.contains(['*', ',', '|']) { pin_of(written) } else { exact(version) };
    }
    if let Some(version) = written.strip_prefix('=') {
        let (version, build) = version.trim().split_once(['=', ' ']).unwrap_or((version.trim(), ""));
        let version = version.trim();
        if version.contains(['|', ',']) {
            return Pin::Unreadable(written.to_owned());
        }
        if let Some(stem) = version.strip_suffix('*') {
            return pin_of(&format!("=={}.*", stem.trim_end_matches('.')));
        }
        return match exact(version) {
            Pin::Exact(known) if build.is_empty() && known.release().len() < 3 => {
                pin_of(&format!("=={version}.*"))
            }
            other => other,
        };
    }
    if written.contains('|') {
        return Pin::Unreadable(written.to_owned());
    }
    if written.starts_with(|first: char| first.is_ascii_digit()) {
        // `name 1.2 build`, `name 1.2.*`
        let version = written.split_whitespace().next().unwrap_or_default();
        return match version.strip_suffix(".*") {
            Some(_) => pin_of(&format!("=={version}")),
            None if version.ends_with('*') => pin_of(&format!("=={}.*", version.trim_end_matches('*'))),
            None => exact(version),
        };
    }
    pin_of(&written.split_whitespace().collect::<String>())
}

/// `https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.0-py311h64a7726_0.conda#MD5`
fn archive(url: &str) -> Option<Spec<'_>> {
    let path = url.split(['#', '?']).next()?;
    let (folder, file) = path.rsplit_once('/')?;
    let stem = [".conda", ".tar.bz2"].iter().find_map(|end| file.strip_suffix(end))?;
    let (rest, _build) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let channel = folder.rsplit_once('/').map(|(channel, _platform)| channel);
    (!name.is_empty()).then(|| Spec { channel, name, written: version, pin: exact(version) })
}

/// The parser of locks: YAML, or an explicit list.
pub(super) fn locked(cx: &mut Cx<'_>) {
    let is_list = |text: &str| text.lines().any(|line| line.trim() == "@EXPLICIT");
    if is_list(&cx.text) {
        return explicit(cx);
    }
    let is_yaml = cx.path.ends_with(".yml") || cx.path.ends_with(".yaml") || cx.text.contains("package:");
    if is_yaml {
        documents(cx).iter().for_each(|document| conda_lock(cx, document));
    }
}

fn explicit(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let mut hashed = true;
    for (number, line) in (1u32..).zip(text.lines()) {
        let entry = line.trim();
        if entry.is_empty() || entry.starts_with('#') || entry == "@EXPLICIT" {
            continue;
        }
        let end = u32::try_from(line.trim_end().chars().count()).unwrap_or(u32::MAX);
        let at = Place::text(
            &cx.path,
            Position { line: number, column: 1 },
            Position { line: number, column: end.saturating_add(1) },
        );
        let Some(spec) = archive(entry) else {
            cx.unreadable(entry, "no URL of a conda archive", at);
            continue;
        };
        if is_python(spec.name) {
            cx.out.runtimes.extend(python(spec.written, &spec.pin, "explicit list", at));
            continue;
        }
        let mut component = Component::new(spec.name, cx.kind, at);
        component.written = spec.written.to_owned();
        component.pin = spec.pin;
        component.origin = Origin::Conda(spec.channel.map(|channel| urls::clean(channel).url));
        if let Some((_, hash)) = entry.split_once('#') {
            let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
            match (hash.strip_prefix("sha256:").unwrap_or(hash), hash.len()) {
                (md5, 32) if hex(md5) => component.hashes.push(format!("md5:{md5}")),
                (sha256, _) => lock::add_hash(&mut component.hashes, sha256),
            }
        }
        hashed &= !component.hashes.is_empty();
        cx.out.components.push(component);
    }
    cx.set_hashed(hashed);
}

/// A package of conda-lock.yml, which stands there once for each platform.
struct Platforms<'n> {
    table: &'n Node,
    platforms: Vec<&'n str>,
}

fn conda_lock(cx: &mut Cx<'_>, root: &Node) {
    if let Some(version) = root.entry("version")
        && version.node.as_int() != Some(1)
    {
        let written = version.node.scalar_text().unwrap_or_else(|| "unknown".into());
        lock::newer(cx, &written, "1", version.place());
    }
    let mut order: Vec<Platforms<'_>> = Vec::new();
    let mut known: HashMap<(String, String, String), usize> = HashMap::new();
    for table in lock::tables(cx, root, "package") {
        let of = |key: &str| {
            table.get(key).and_then(Node::scalar_text).map(|text| text.to_string()).unwrap_or_default()
        };
        let platform = lock::text(table, "platform").unwrap_or_default();
        let key = (of("name"), of("version"), of("manager"));
        match known.get(&key).and_then(|index| order.get_mut(*index)) {
            Some(same) => same.platforms.push(platform),
            None => {
                known.insert(key, order.len());
                order.push(Platforms { table, platforms: vec![platform] });
            }
        }
    }
    let mut hashed = !order.is_empty();
    for Platforms { table, platforms } in order {
        hashed &= conda_locked(cx, table, &platforms);
    }
    cx.set_hashed(hashed);
}

fn conda_locked(cx: &mut Cx<'_>, table: &Node, platforms: &[&str]) -> bool {
    let Some(mut component) = lock::package(cx, table, true) else { return true };
    let url = lock::text(table, "url").unwrap_or_default();
    if lock::text(table, "manager") != Some("pip") {
        if is_python(component.name.as_str()) {
            cx.out.runtimes.extend(python(&component.written, &component.pin, "conda-lock", component.at));
            return true;
        }
        let channel = archive(url).and_then(|spec| spec.channel);
        component.origin = Origin::Conda(channel.map(|channel| urls::clean(channel).url));
    } else if !url.is_empty() && !lock::is_pypi(url) {
        component.origin = urls::locate(url).origin;
    }
    let optional = table.get("optional").and_then(Node::as_bool) == Some(true);
    component.group = match lock::text(table, "category").unwrap_or("main") {
        "main" => Group::Prod,
        "dev" | "test" | "docs" => Group::Dev,
        other if optional => Group::Optional(lock::normal(other)),
        _ => Group::Dev,
    };
    let hashes: BTreeMap<&str, &str> = table
        .get("hash")
        .map_or(&[] as &[_], Node::entries)
        .iter()
        .filter_map(|entry| Some((&*entry.key, entry.node.as_text()?)))
        .collect();
    component.hashes =
        hashes.iter().map(|(kind, hex)| format!("{kind}:{}", hex.to_ascii_lowercase())).collect();
    component.marker = platform_marker(platforms).and_then(lock::marker);
    let requires = table.get("dependencies").map_or(&[] as &[_], Node::entries);
    let requires = requires.iter().map(|entry| PackageName::new(&entry.key));
    component.requires =
        requires.filter(|name| !name.as_str().starts_with("--") && *name != component.name).collect();
    component.requires.sort();
    component.requires.dedup();
    let complete = !component.hashes.is_empty();
    cx.out.components.push(component);
    complete
}

/// The condition of a package that is locked for other systems than Linux only.
fn platform_marker(platforms: &[&str]) -> Option<&'static str> {
    let all = |start: &str| platforms.iter().all(|platform| platform.starts_with(start));
    match () {
        () if platforms.is_empty() => None,
        () if all("win-") => Some("sys_platform == 'win32'"),
        () if all("osx-") => Some("sys_platform == 'darwin'"),
        () if platforms
            .iter()
            .all(|platform| platform.starts_with("osx-") || platform.starts_with("win-")) =>
        {
            Some("sys_platform == 'darwin' or sys_platform == 'win32'")
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(written: &str) -> (Option<&str>, &str, String) {
        let spec = spec(written).unwrap();
        let pin = match spec.pin {
            Pin::Exact(version) => version.to_string(),
            Pin::Range(range) => range.to_string(),
            Pin::Any => "any".to_owned(),
            Pin::Unreadable(text) => format!("? {text}"),
        };
        (spec.channel, spec.name, pin)
    }

    #[test]
    fn match_specifications_pin_as_conda_reads_them() {
        assert_eq!(told("numpy"), (None, "numpy", "any".into()));
        assert_eq!(told("conda-forge::numpy=1.26.4"), (Some("conda-forge"), "numpy", "1.26.4".into()));
        assert_eq!(told("numpy=1.26"), (None, "numpy", "==1.26.*".into()));
        assert_eq!(told("pyyaml=5.3=py38h7b6447c_1"), (None, "pyyaml", "5.3".into()));
        assert_eq!(told("numpy==1.26"), (None, "numpy", "1.26".into()));
        assert_eq!(told("numpy 1.26 py38_0"), (None, "numpy", "1.26".into()));
        assert_eq!(told("numpy=1.26.*"), (None, "numpy", "==1.26.*".into()));
        assert_eq!(told("numpy >=1.2, <2"), (None, "numpy", ">=1.2, <2".into()));
        assert_eq!(told("numpy>=1.2,<2"), (None, "numpy", ">=1.2, <2".into()));
        assert_eq!(told("numpy[version='>=1.2,<2']"), (None, "numpy", ">=1.2, <2".into()));
        assert_eq!(told("numpy=1.2|1.3").2, "? =1.2|1.3");
        assert_eq!(told("openssl=1.1.1k=h1_0").2, "? 1.1.1k");
        assert_eq!(spec("=1"), None);
    }

    #[test]
    fn an_archive_tells_channel_name_and_version() {
        let spec = archive("https://conda.anaconda.org/conda-forge/linux-64/typing-ext-4.0-py311_0.conda#00")
            .unwrap();
        assert_eq!((spec.name, spec.written), ("typing-ext", "4.0"));
        assert_eq!(spec.channel, Some("https://conda.anaconda.org/conda-forge"));
    }
}
