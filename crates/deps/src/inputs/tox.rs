//! The Pythons of tox (`tox.ini`, `tox.toml`). They are what a project is tested with, not what it runs on: each is told as a
//! release that is let in (like a lower bound), which weighs less than one that is deployed.

use super::Cx;
use super::python_version::lines;
use crate::{Product, RuntimeDeclaration};
use tieout_model::{Node, Place, Value};
use tieout_source::LineIndex;

/// `tox.ini`, `tox.toml`
pub(super) fn is_tox(_path: &str, name: &str) -> bool {
    matches!(name, "tox.ini" | "tox.toml")
}

/// How many environments braces may stand for.
const MOST: usize = 512;

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    if cx.path.ends_with(".toml") { toml(cx, &text) } else { ini(cx, &text) }
}

fn ini(cx: &mut Cx<'_>, text: &str) {
    let index = LineIndex::new(text);
    let (mut section, mut key) = (String::new(), String::new());
    let mut found = Vec::new();
    for (offset, line) in lines(text) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(';') {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && !indented
        {
            (section, key) = (name.trim().to_owned(), String::new());
            continue;
        }
        let (value, from) = match line.find('=') {
            Some(at) if !indented => {
                key = line.get(..at).unwrap_or_default().trim().to_owned();
                (line.get(at + 1..).unwrap_or_default(), offset + at + 1)
            }
            _ => (line, offset),
        };
        let is_list = section == "tox" && matches!(key.as_str(), "envlist" | "env_list");
        let is_base = section.starts_with("testenv")
            && matches!(key.as_str(), "basepython" | "base_python" | "default_base_python");
        if is_list || is_base {
            let start = from + (value.len() - value.trim_start().len());
            let at = index.place(&cx.path, start..start + value.trim().len());
            releases(value, &mut |word, release| found.push((word, release, at.clone())));
        }
    }
    declare(cx, found);
}

fn toml(cx: &mut Cx<'_>, text: &str) {
    let root = match tieout_source::toml::parse(&cx.path, text) {
        Ok(root) => root,
        Err(problem) => return cx.broken(problem),
    };
    let mut found = Vec::new();
    let environments = root.get("env").map(Node::entries).unwrap_or_default();
    let lists = ["env_list", "envlist"].iter().filter_map(|key| root.get(key));
    let bases = environments.iter().map(|entry| &entry.node).chain(root.get("env_run_base"));
    let bases = bases.filter_map(|node| node.get("base_python"));
    for list in lists.chain(bases) {
        let items = match &list.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(list),
        };
        for item in items {
            let Some(word) = item.as_text() else { continue };
            releases(word, &mut |word, release| found.push((word, release, item.at.clone())));
        }
    }
    declare(cx, found);
}

/// One declaration for each release, at its first place.
fn declare(cx: &mut Cx<'_>, found: Vec<(String, String, Place)>) {
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut seen: Vec<String> = Vec::new();
    for (written, release, at) in found {
        if seen.contains(&release) {
            continue;
        }
        seen.push(release.clone());
        cx.out.runtimes.push(RuntimeDeclaration {
            product: Product::Python,
            release: Ok(release),
            exact: None,
            at_least: true,
            written,
            by: by.clone(),
            at,
        });
    }
}

/// The factors of a list of environments that name a release of CPython: `py{38,39}-django{2,3}`, `py3.8`, `python3.8`.
fn releases(list: &str, found: &mut dyn FnMut(String, String)) {
    let mut budget = MOST;
    for environment in split(list, &[',', ' ', '\t']) {
        for factor in split(environment, &['-']) {
            for word in expand(factor.trim(), &mut budget) {
                if let Some(release) = release(&word) {
                    found(word, release);
                }
            }
        }
    }
}

/// The parts between separators that stand outside braces.
fn split<'t>(text: &'t str, at: &'static [char]) -> impl Iterator<Item = &'t str> {
    let mut depth = 0usize;
    text.split(move |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && at.contains(&c)
    })
}

/// The words that braces stand for: `py3{8,9}`, `py3{8-11}`.
fn expand(factor: &str, budget: &mut usize) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut rest = factor;
    while !rest.is_empty() {
        let (plain, braced, after) = match rest.split_once('{') {
            Some((plain, inner)) => match inner.split_once('}') {
                Some((braced, after)) => (plain, Some(braced), after),
                None => return Vec::new(),
            },
            None => (rest, None, ""),
        };
        let choices: Vec<String> = match braced {
            Some(braced) => braced.split(',').flat_map(|choice| range(choice.trim())).collect(),
            None => vec![String::new()],
        };
        if words.len().saturating_mul(choices.len()) > *budget {
            return Vec::new();
        }
        words = words
            .iter()
            .flat_map(|word| choices.iter().map(move |choice| format!("{word}{plain}{choice}")))
            .collect();
        rest = after;
    }
    *budget = budget.saturating_sub(words.len());
    words
}

/// `8-11` as its numbers; anything else as itself.
fn range(choice: &str) -> Vec<String> {
    let ends =
        choice.split_once('-').and_then(|(a, b)| Some((a.parse::<u16>().ok()?, b.parse::<u16>().ok()?)));
    match ends {
        Some((first, last)) if first <= last && last - first < 64 => {
            (first..=last).map(|number| number.to_string()).collect()
        }
        _ => vec![choice.to_owned()],
    }
}

/// `3.8` of `py38`, `py3.8`, `python3.8`, `3.8`; `None` for `py`, `py3`, `pypy39`, `lint`.
fn release(word: &str) -> Option<String> {
    let bare = word.strip_prefix("python").or_else(|| word.strip_prefix("py")).unwrap_or(word);
    let (major, minor) = match bare.split_once('.') {
        Some((major, minor)) => (major, minor.split('.').next().unwrap_or_default()),
        None if bare.len() < word.len() => bare.split_at_checked(1)?,
        None => return None,
    };
    let minor = minor.strip_suffix('t').unwrap_or(minor);
    let is_number = !minor.is_empty() && minor.len() < 3 && minor.bytes().all(|b| b.is_ascii_digit());
    (matches!(major, "2" | "3") && is_number).then(|| format!("{major}.{minor}"))
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::python_version::told;
    use crate::inputs::read;
    use proptest::prelude::*;

    #[test]
    fn the_pythons_of_the_environments_are_told_once_as_let_in() {
        for (list, expected) in [
            ("py38, py39", &["2: python 3.8+", "2: python 3.9+"][..]),
            ("py{27,36}-django{22,30}, lint", &["2: python 2.7+", "2: python 3.6+"]),
            ("django{3,4}-py{310,311}", &["2: python 3.10+", "2: python 3.11+"]),
            ("py3{8-10}", &["2: python 3.8+", "2: python 3.9+", "2: python 3.10+"]),
            ("3.12, py3.13, python3.9", &["2: python 3.12+", "2: python 3.13+", "2: python 3.9+"]),
            ("py38,py38-cov", &["2: python 3.8+"]),
            ("py, py3, pypy39, docs, style, py{, py3}", &[]),
            ("\n    py38\n    # py27\n    py39", &["3: python 3.8+", "5: python 3.9+"]),
        ] {
            let text = format!("[tox]\nenvlist = {list}\nskipsdist = true\n\n[testenv]\ndeps = pytest\n");
            assert_eq!(told("tox.ini", &text), expected, "{list}");
        }
        let base = "[testenv:lint]\nbasepython = python3.7\ncommands = py38\n[other]\nenvlist = py35\n";
        assert_eq!(told("tox.ini", base), ["2: python 3.7+"]);
        let toml = "env_list = [\"3.8\", \"py39-x\", 3]\n[env.a]\nbase_python = [\"python3.10\"]\n";
        assert_eq!(told("tox.toml", toml), ["1: python 3.8+", "1: python 3.9+", "3: python 3.10+"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\[tox\\]\n|envlist|=|py|3|8|\\{|\\}|,|-|\n| |\u{2003}|\\PC){0,60}") {
            let _ = read(&Tree::of_texts([("tox.ini", &*text), ("tox.toml", &*text)]));
            let _ = read(&Tree::of_texts([("tox.ini", &*format!("[tox]\nenvlist = {text}"))]));
        }
    }
}
