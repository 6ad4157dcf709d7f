//! One requirement: PEP 508's text, and what pip takes besides it (paths, archives, bare URLs). Options of a requirements
//! file are in `requirements`.

use super::specifier::pin_of;
use super::{Cx, urls};
use crate::name::is_name;
use crate::{Component, FileKind, Group, Marker, MarkerVerdict, Origin, PackageName, Pin, Tree};
use tieout_model::{Gap, Place, Reason};

/// A requirement taken apart, nothing of it judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement<'t> {
    /// As written; `None` for a bare URL or path.
    pub(crate) name: Option<&'t str>,
    /// As written.
    pub(crate) extras: Vec<&'t str>,
    /// Without brackets.
    pub(crate) specifier: &'t str,
    /// A URL, or a path.
    pub(crate) url: Option<&'t str>,
    /// Behind the `;`.
    pub(crate) marker: Option<&'t str>,
}

/// Takes a requirement apart.
///
/// # Errors
/// Why it is none.
pub(crate) fn take_apart(text: &str) -> Result<Requirement<'_>, &'static str> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).ok_or("no requirement")?;
    // `name-1.0.whl` and `dir/x` start like a name.
    let is_bare =
        |rest: &str| rest.starts_with(['/', '\\', ':', '+', '$', '%', '~']) && !rest.starts_with("~=");
    let whole = split_marker(text, true).0;
    if name.is_empty() || !is_name(name) || is_bare(rest) || (urls::is_archive(whole) && !rest.contains('@'))
    {
        return bare(text);
    }
    let mut rest = rest.trim_start();
    let mut extras = Vec::new();
    if let Some(inner) = rest.strip_prefix('[') {
        let (list, after) = inner.split_once(']').ok_or("the bracket of the extras is not closed")?;
        extras = list.split(',').map(str::trim).filter(|extra| !extra.is_empty()).collect();
        if !extras.iter().all(|extra| is_name(extra)) {
            return Err("no names of extras");
        }
        rest = after.trim_start();
    }
    if let Some(url) = rest.strip_prefix('@') {
        let (url, marker) = split_marker(url.trim_start(), true);
        if url.is_empty() {
            return Err("no URL behind the @");
        }
        return Ok(Requirement { name: Some(name), extras, specifier: "", url: Some(url), marker });
    }
    let (specifier, marker) = split_marker(rest, false);
    let inner =
        specifier.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(specifier).trim();
    if !inner.is_empty() && !inner.starts_with(['<', '>', '=', '!', '~']) {
        return Err("a name must be followed by a version specifier, a URL or a marker");
    }
    Ok(Requirement { name: Some(name), extras, specifier: inner, url: None, marker })
}

/// `; marker`: behind a URL only after a blank, as a URL may hold a semicolon.
fn split_marker(text: &str, url: bool) -> (&str, Option<&str>) {
    let at = match url {
        false => text.find(';'),
        true => text
            .match_indices(';')
            .map(|(at, _)| at)
            .find(|at| text.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace))),
    };
    match at.and_then(|at| text.split_at_checked(at)) {
        Some((head, marker)) => {
            let marker = marker.trim_start_matches(';').trim();
            (head.trim(), Some(marker).filter(|marker| !marker.is_empty()))
        }
        None => (text.trim(), None),
    }
}

/// A URL or path without a name.
fn bare(text: &str) -> Result<Requirement<'_>, &'static str> {
    let (address, marker) = split_marker(text, true);
    let local = address.starts_with(['.', '/', '~', '\\']) || address.contains(['/', '\\']);
    if address.is_empty() || !(local || address.contains("://") || urls::is_archive(address)) {
        return Err("neither a requirement nor a URL nor a path");
    }
    Ok(Requirement { name: None, extras: Vec::new(), specifier: "", url: Some(address), marker })
}

/// Adds a requirement to the reading. False where it is unaudited or is the project itself, which is read anyway.
pub(super) fn push(cx: &mut Cx<'_>, text: &str, group: Group, at: Place) -> bool {
    let requirement = match take_apart(text) {
        Ok(requirement) => requirement,
        Err(why) => {
            cx.unreadable(text, why, at);
            return false;
        }
    };
    let mut component = Component::new(requirement.name.unwrap_or_default(), cx.kind, at.clone());
    component.group = group;
    component.extras =
        requirement.extras.iter().map(|extra| PackageName::new(extra).as_str().to_owned()).collect();
    component.written = requirement.specifier.to_owned();
    component.pin = pin_of(requirement.specifier);
    component.marker =
        requirement.marker.map(|marker| Marker { text: marker.to_owned(), verdict: MarkerVerdict::Unknown });
    component.direct = Some(cx.kind != FileKind::Constraints).filter(|direct| *direct);
    if let Some(url) = requirement.url
        && !take_url(cx, &mut component, url, requirement.name.is_some())
    {
        return false;
    }
    component.extras.sort();
    component.extras.dedup();
    cx.out.components.push(component);
    true
}

/// Fills in what a URL or path says. False where that leaves nothing to audit here.
fn take_url(cx: &mut Cx<'_>, component: &mut Component, url: &str, named: bool) -> bool {
    let at = component.at.clone();
    let located = urls::locate(url);
    cx.direct_credentials(url, &at);
    if !named {
        match (&located.name, &located.origin) {
            (Some(name), _) => component.name = PackageName::new(name),
            (None, Origin::Path(path)) => {
                if !is_project(cx.tree, &cx.path, path) {
                    let gap = Gap::new(
                        Reason::Unresolved,
                        format!("{path}: neither its name nor its version can be known from here"),
                        "audit that folder too, or write `name @ URL`",
                    );
                    cx.unaudited(url, gap, at);
                }
                return false;
            }
            (None, _) => {
                let gap = Gap::new(
                    Reason::Unresolved,
                    format!("{}: the URL does not say which package it is", urls::clean(url).url),
                    "write `name @ URL`",
                );
                cx.unaudited(url, gap, at);
                return false;
            }
        }
    }
    component.extras.extend(located.extras);
    component.hashes.extend(located.hashes);
    component.origin = located.origin;
    let same = located.name.is_some_and(|name| PackageName::new(&name) == component.name);
    if let Some(version) = located.version.filter(|_| same) {
        component.pin = Pin::Exact(version);
    }
    true
}

/// True for a folder of the audited tree that is a project with manifests of its own: these are read by themselves.
fn is_project(tree: &Tree, from: &str, path: &str) -> bool {
    // `.[extra]` is the project with an extra.
    let path = path.split('[').next().unwrap_or_default();
    let Some(folder) = Tree::resolve(from, path) else { return false };
    ["pyproject.toml", "setup.py", "setup.cfg"].iter().any(|name| {
        let file = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
        tree.contains(&file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_taken_apart() {
        let full = take_apart("Some.Name [a, b] (>=1,<2) ; python_version < '3.9'").unwrap();
        assert_eq!(full.name, Some("Some.Name"));
        assert_eq!(full.extras, ["a", "b"]);
        assert_eq!(full.specifier, ">=1,<2");
        assert_eq!(full.marker, Some("python_version < '3.9'"));
        let url = take_apart("x @ https://h/x-1.0.zip;a=b ; os_name == 'nt'").unwrap();
        assert_eq!(url.url, Some("https://h/x-1.0.zip;a=b"));
        assert_eq!(url.marker, Some("os_name == 'nt'"));
        assert_eq!(take_apart("a>=1;extra=='x'").unwrap().marker, Some("extra=='x'"));
        for path in ["./a", "../a", "a/b", "dist/a-1.0.whl", "a-1.0-py3-none-any.whl", "git+https://h/a.git"]
        {
            assert_eq!(take_apart(path).unwrap().url, Some(path), "{path}");
        }
        for odd in ["a b", "a 1.0", "a[", "a @ ", "!", "a-", "a[x y]==1"] {
            assert!(take_apart(odd).is_err(), "{odd}");
        }
    }
}
