//! Requirements and constraints files, as pip reads them: logical lines, options, and the `# via` comments of compiled
//! files. What a single requirement says is in `requirement`.
//!
//! Facts: pip's documentation, "Requirements File Format".

use super::Cx;
use crate::{Group, IndexKind, PackageName, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use tieout_model::{Gap, Place};
use tieout_source::LineIndex;

/// `requirements*.txt`, `*requirements*.in`, `requirements/*.txt`; Rye's `requirements*.lock`.
pub(super) fn is_requirements(path: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let listed = name.ends_with(".txt") || name.ends_with(".in");
    if name.starts_with("requirements") && name.ends_with(".lock") {
        return true;
    }
    if !listed || path.contains(".egg-info/") || path.contains(".dist-info/") || name == "manifest.in" {
        return false;
    }
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    let mut words = words(&name);
    words.any(|word| matches!(word, "requirements" | "requirement" | "reqs"))
        || name.contains("requirements")
        || matches!(folder, "requirements" | "reqs")
}

/// `constraints*.txt`
pub(super) fn is_constraints(_path: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    (name.ends_with(".txt") || name.ends_with(".in"))
        && words(&name).any(|word| matches!(word, "constraints" | "constraint"))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
}

/// The group that a file's name, or the folder it is in, tells.
pub(super) fn group_of(path: &str) -> Group {
    const DEV: [&str; 30] = [
        "dev",
        "develop",
        "development",
        "devel",
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "documentation",
        "lint",
        "linting",
        "linters",
        "ci",
        "qa",
        "typing",
        "mypy",
        "format",
        "formatting",
        "style",
        "bench",
        "benchmark",
        "benchmarks",
        "tox",
        "nox",
        "debug",
        "tooling",
        "coverage",
        "integration",
        "precommit",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_ascii_lowercase();
    let told = words(&name).any(|word| DEV.contains(&word))
        || folders.split('/').any(|folder| DEV.contains(&folder.to_ascii_lowercase().as_str()));
    if told { Group::Dev } else { Group::Prod }
}

/// True where what the file takes in is production too. A file that only gathers all others is not.
pub(super) fn is_production(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    group_of(path) == Group::Prod
        && !words(&name).any(|word| matches!(word, "all" | "full" | "everything" | "local"))
}

/// The text of a requirements file. pip honours a coding comment; where the bytes are not Unicode they are read as
/// Latin-1, so that an author's name in a comment loses no requirement.
pub(super) fn text(tree: &Tree, path: &str) -> Result<Arc<str>, Gap> {
    let gap = match tree.text(path) {
        Ok(text) => return Ok(text),
        Err(gap) => gap,
    };
    let Some(full) = tree.full(path) else { return Err(gap) };
    let small = std::fs::metadata(full).is_ok_and(|data| data.len() <= crate::tree::MAX_FILE);
    match std::fs::read(full) {
        Ok(bytes) if small && !bytes.contains(&0) => {
            Ok(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into())
        }
        _ => Err(gap),
    }
}

/// A logical line: continuations joined, the comment taken off.
struct Line {
    text: String,
    comment: Option<String>,
    range: Range<usize>,
}

/// The logical lines. A `\` at the end joins the next line; a comment line ends a joined one.
fn lines(text: &str) -> Vec<Line> {
    let mut out = Vec::new();
    let mut joined: Option<(String, usize)> = None;
    let mut offset = 0;
    for physical in text.split_inclusive('\n').flat_map(split_returns) {
        let start = offset;
        offset += physical.len();
        let line = physical.trim_end_matches(['\n', '\r']);
        let is_comment = line.trim_start().starts_with('#');
        let (mut text, first) = joined.take().unwrap_or((String::new(), start));
        if is_comment {
            text.push(' ');
        }
        match line.strip_suffix('\\').filter(|_| !is_comment) {
            Some(line) => {
                text.push_str(line);
                joined = Some((text, first));
            }
            None => {
                text.push_str(line);
                out.push(logical(text, first..start + line.len()));
            }
        }
    }
    if let Some((text, first)) = joined {
        out.push(logical(text, first..offset));
    }
    out
}

/// Lines that a lone `\r` ends.
fn split_returns(line: &str) -> impl Iterator<Item = &str> {
    let body_end = line.trim_end_matches(['\n', '\r']).len();
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let now = rest?;
        let done = line.len() - now.len();
        match now.find('\r').filter(|at| done + at < body_end) {
            Some(at) => {
                let (head, tail) = now.split_at_checked(at + 1)?;
                rest = Some(tail);
                Some(head)
            }
            None => rest.take(),
        }
    })
}

fn logical(text: String, range: Range<usize>) -> Line {
    let comment_at = text.match_indices('#').map(|(at, _)| at).find(|at| {
        text.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    match comment_at.and_then(|at| text.split_at_checked(at)) {
        Some((body, comment)) => Line {
            text: body.trim().to_owned(),
            comment: Some(comment.trim_start_matches('#').to_owned()),
            range,
        },
        None => Line { text: text.trim().to_owned(), comment: None, range },
    }
}

/// What an option does to us.
#[derive(Clone, Copy, PartialEq)]
enum Action {
    Index(IndexKind),
    Include {
        constraint: bool,
    },
    Editable,
    Hash,
    RequireHashes,
    /// A flag that changes nothing of what is audited.
    Flag,
    /// The same with a value.
    Value,
}

/// The options of a requirements file (pip's documentation, and those that older pips knew).
const OPTIONS: &[(&str, Option<char>, Action)] = &[
    ("--always-unzip", Some('Z'), Action::Flag),
    ("--config-settings", Some('C'), Action::Value),
    ("--constraint", Some('c'), Action::Include { constraint: true }),
    ("--editable", Some('e'), Action::Editable),
    ("--extra-index-url", None, Action::Index(IndexKind::Extra)),
    ("--find-links", Some('f'), Action::Index(IndexKind::Links)),
    ("--global-option", None, Action::Value),
    ("--hash", None, Action::Hash),
    ("--index-url", Some('i'), Action::Index(IndexKind::Only)),
    ("--install-option", None, Action::Value),
    ("--no-binary", None, Action::Value),
    ("--no-build-isolation", None, Action::Flag),
    ("--no-deps", None, Action::Flag),
    ("--no-index", None, Action::Flag),
    ("--no-use-wheel", None, Action::Flag),
    ("--only-binary", None, Action::Value),
    ("--pre", None, Action::Flag),
    ("--prefer-binary", None, Action::Flag),
    ("--process-dependency-links", None, Action::Flag),
    ("--pypi-url", None, Action::Index(IndexKind::Only)),
    ("--require-hashes", None, Action::RequireHashes),
    ("--requirement", Some('r'), Action::Include { constraint: false }),
    ("--trusted-host", None, Action::Index(IndexKind::Trusted)),
    ("--upgrade", Some('U'), Action::Flag),
    ("--use-feature", None, Action::Value),
    ("--use-wheel", None, Action::Flag),
];

/// The option that a word names, and the value that stands in the same word. A long name may be cut short as long as it
/// is one option's alone.
fn option(word: &str) -> Option<(Action, Option<&str>)> {
    if word.starts_with("--") {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        if let Some((_, _, action)) = OPTIONS.iter().find(|(long, ..)| *long == name) {
            return Some((*action, value));
        }
        let mut fitting = OPTIONS.iter().filter(|(long, ..)| name.len() > 3 && long.starts_with(name));
        return match (fitting.next(), fitting.next()) {
            (Some((_, _, action)), None) => Some((*action, value)),
            _ => None,
        };
    }
    let mut chars = word.strip_prefix('-')?.chars();
    let letter = chars.next()?;
    let (_, _, action) = OPTIONS.iter().find(|(_, short, _)| *short == Some(letter))?;
    let value = chars.as_str();
    let value = value.strip_prefix('=').unwrap_or(value);
    Some((*action, Some(value).filter(|value| !value.is_empty())))
}

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    let group = group_of(&cx.path);
    let mut file = File { group, ..File::default() };
    let first = cx.out.components.len();
    for line in lines(&text) {
        if line.text.is_empty() {
            file.comment(line.comment.as_deref());
            continue;
        }
        let body = text.get(line.range.clone()).unwrap_or_default();
        let start = line.range.start + (body.len() - body.trim_start().len());
        let at = index.place(&cx.path, start..line.range.start + body.trim_end().len());
        file.entry(cx, &line.text, at);
        file.comment(line.comment.as_deref());
    }
    let added = cx.out.components.len() - first;
    cx.set_hashed(file.require_hashes || (file.entries > 0 && added > 0 && file.hashed == file.entries));
    file.settle_chains(cx, first);
}

/// One line of a requirements file that stands in another file (the pip block of a conda environment).
pub(super) fn line(cx: &mut Cx<'_>, text: &str, group: Group, at: Place) {
    File { group, ..File::default() }.entry(cx, text.trim(), at);
}

#[derive(Default)]
struct File {
    group: Group,
    require_hashes: bool,
    entries: usize,
    hashed: usize,
    /// What `# via` says of the component at an index.
    via: BTreeMap<usize, Vec<String>>,
    /// The component that comments now speak of, and whether a list of them has begun.
    last: Option<usize>,
    listing: bool,
}

impl File {
    /// One logical line.
    fn entry(&mut self, cx: &mut Cx<'_>, text: &str, at: Place) {
        (self.last, self.listing) = (None, false);
        // The requirement goes up to the first word that is an option.
        let options_at =
            if text.starts_with('-') { Some(0) } else { text.find(" -").or_else(|| text.find("\t-")) };
        let (head, options) = options_at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""));
        let before = cx.out.components.len();
        if !head.trim().is_empty() {
            self.entries += 1;
            cx.require(head, self.group.clone(), at.clone());
        }
        self.options(cx, options.trim(), &at);
        if cx.out.components.len() > before {
            self.last = Some(cx.out.components.len() - 1);
        }
    }

    fn options(&mut self, cx: &mut Cx<'_>, text: &str, at: &Place) {
        let mut words = split(text).into_iter();
        let mut hashes = Vec::new();
        while let Some(word) = words.next() {
            let Some((action, value)) = option(&word) else {
                cx.unreadable(&word, "an option that pip does not know in this file", at.clone());
                continue;
            };
            if action == Action::RequireHashes {
                self.require_hashes = true;
            }
            if matches!(action, Action::Flag | Action::RequireHashes) {
                continue;
            }
            let value = value.map(str::to_owned).or_else(|| words.next()).filter(|value| !value.is_empty());
            let Some(value) = value else {
                cx.unreadable(&word, "the option lacks its value", at.clone());
                continue;
            };
            match action {
                Action::Index(kind) => cx.index(kind, &value, at.clone()),
                Action::Include { constraint } => {
                    let from = cx.path.clone();
                    // What a constraints file takes in constrains too.
                    let constraint = constraint || cx.kind == crate::FileKind::Constraints;
                    cx.include(from, &value, constraint, at.clone());
                }
                Action::Editable => {
                    self.entries += 1;
                    cx.require(&value, self.group.clone(), at.clone());
                }
                Action::Hash => hashes.push(value),
                Action::Flag | Action::RequireHashes | Action::Value => {}
            }
        }
        self.hashes(cx, hashes, at);
    }

    fn hashes(&mut self, cx: &mut Cx<'_>, hashes: Vec<String>, at: &Place) {
        let (good, odd): (Vec<String>, Vec<String>) = hashes.into_iter().partition(|hash| {
            hash.split_once(':')
                .is_some_and(|(_, hex)| hex.len() >= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        });
        for hash in odd {
            cx.unreadable(&hash, "a hash is written ALGORITHM:HEX", at.clone());
        }
        if good.is_empty() {
            return;
        }
        self.hashed += 1;
        if let Some(component) = cx.out.components.last_mut().filter(|component| component.at == *at) {
            component.hashes.extend(good.into_iter().map(|hash| hash.to_ascii_lowercase()));
            component.hashes.sort();
            component.hashes.dedup();
        }
    }

    /// `# via flask`, or `# via` with a source a line.
    fn comment(&mut self, comment: Option<&str>) {
        let (Some(comment), Some(last)) = (comment, self.last) else {
            self.listing = false;
            return;
        };
        let said = comment.trim();
        let sources = match said.strip_prefix("via") {
            Some(sources) if sources.is_empty() || sources.starts_with([' ', ':', '\t']) => {
                self.listing = true;
                sources.trim_start_matches(':')
            }
            _ if self.listing && comment.starts_with("   ") => said,
            _ => {
                self.listing = false;
                return;
            }
        };
        let known = self.via.entry(last).or_default();
        known.extend(
            sources.split(',').map(|source| source.trim().to_owned()).filter(|source| !source.is_empty()),
        );
    }

    /// From what pulled in what to each component's chain, the shortest one.
    fn settle_chains(&self, cx: &mut Cx<'_>, first: usize) {
        if self.via.is_empty() {
            return;
        }
        let mut direct = BTreeSet::new();
        let mut children: BTreeMap<PackageName, BTreeSet<PackageName>> = BTreeMap::new();
        let components = cx.out.components.get_mut(first..).unwrap_or_default();
        for (offset, component) in components.iter_mut().enumerate() {
            let sources = self.via.get(&(first + offset)).map(Vec::as_slice).unwrap_or_default();
            // `-r requirements.in`, `project (pyproject.toml)`
            let named = |source: &String| !source.starts_with("-c") && !crate::name::is_name(source);
            component.direct = (!sources.is_empty()).then(|| sources.iter().any(named));
            if component.direct == Some(true) {
                direct.insert(component.name.clone());
            }
            for source in sources.iter().filter(|source| crate::name::is_name(source)) {
                children.entry(PackageName::new(source)).or_default().insert(component.name.clone());
            }
        }
        let chains = chains(&direct, &children);
        for component in components {
            if component.direct != Some(true) {
                component.chain = chains.get(&component.name).cloned().unwrap_or_default();
            }
            if let Some(required) = children.get(&component.name) {
                component.requires = required.iter().cloned().collect();
            }
        }
    }
}

/// The shortest chain from a direct package to each other one.
fn chains(
    direct: &BTreeSet<PackageName>,
    children: &BTreeMap<PackageName, BTreeSet<PackageName>>,
) -> BTreeMap<PackageName, Vec<PackageName>> {
    let mut chains: BTreeMap<PackageName, Vec<PackageName>> =
        direct.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut open: std::collections::VecDeque<PackageName> = direct.iter().cloned().collect();
    while let Some(name) = open.pop_front() {
        let mut chain = chains.get(&name).cloned().unwrap_or_default();
        chain.push(name.clone());
        for child in children.get(&name).into_iter().flatten() {
            if !chains.contains_key(child) {
                chains.insert(child.clone(), chain.clone());
                open.push_back(child.clone());
            }
        }
    }
    chains
}

/// The words of an option string, as a shell would split them; a quote that is not closed keeps nothing together.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The files that a requirements file names with `-r` and `-c`, as written: for finding them on disk.
pub(super) fn named_files(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for line in lines(text) {
        if !line.text.contains("-r") && !line.text.contains("-c") {
            continue;
        }
        let mut words = split(&line.text).into_iter();
        while let Some(word) = words.next() {
            if let Some((Action::Include { .. }, value)) = option(&word) {
                named.extend(value.map(str::to_owned).or_else(|| words.next()));
            }
        }
    }
    named
}

#[cfg(test)]
#[path = "requirements_tests.rs"]
mod tests;
