//! The files of `facts/`: published names by group, and looking a path of a table up in them.

use std::collections::BTreeMap;

/// What a path is, by what is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A leaf, with our word for its kind.
    Leaf(String),
    /// An object, or a list of them.
    Container,
}

/// The paths of one type, operation or resource, with their kinds.
#[derive(Debug, Clone, Default)]
pub struct Names(pub BTreeMap<String, String>);

/// The groups of a file.
pub fn read(text: &str) -> BTreeMap<String, Names> {
    let mut groups: BTreeMap<String, Names> = BTreeMap::new();
    let mut open = String::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(group) = line.strip_prefix('[') {
            open = group.trim_end_matches(']').to_owned();
            groups.entry(open.clone()).or_default();
        } else if let Some((path, kind)) = line.rsplit_once(' ') {
            groups.entry(open.clone()).or_default().0.insert(path.to_owned(), kind.to_owned());
        }
    }
    groups
}

impl Names {
    /// What stands at a path as the tables write it: `a.b[].c`, `a+b[].c`, `list[key=value].c`. A list may be
    /// entered without its mark; a mark on what is no list is an error, except in Terraform, where a single
    /// block may have one.
    pub fn find(&self, path: &str) -> Result<Found, String> {
        let (known, unknown): (Vec<_>, Vec<_>) =
            alternatives(path).iter().map(|alternative| self.find_one(alternative)).partition(Result::is_ok);
        // Of lists side by side one may lack a member; none may be misspelt itself.
        let lists = path.split_once("[]").map_or(path, |(lists, _)| lists);
        if unknown.is_empty()
            || (!known.is_empty() && alternatives(lists).iter().all(|list| self.find_one(list).is_ok()))
        {
            return known.into_iter().next().unwrap_or_else(|| Err(format!("`{path}` is empty")));
        }
        unknown.into_iter().next().unwrap_or_else(|| Err(format!("`{path}` is empty")))
    }

    fn find_one(&self, path: &str) -> Result<Found, String> {
        if path.is_empty() {
            return Ok(Found::Container);
        }
        let wanted: Vec<(&str, bool)> = path
            .split('.')
            .map(|part| part.split_once('[').map_or((part, false), |(name, _)| (name, true)))
            .collect();
        for (published, kind) in &self.0 {
            let parts: Vec<(&str, bool)> = published
                .split('.')
                .map(|part| part.strip_suffix("[]").map_or((part, false), |name| (name, true)))
                .collect();
            if parts.len() < wanted.len() {
                continue;
            }
            let is_leaf = parts.len() == wanted.len();
            let fits = wanted.iter().zip(&parts).enumerate().all(|(at, ((want, marked), (have, list)))| {
                let list_leaf = is_leaf && at + 1 == parts.len() && kind == "texts";
                want == have && (!marked || *list || list_leaf)
            });
            if !fits {
                continue;
            }
            let ends_in_element = wanted.last().is_some_and(|(_, marked)| *marked);
            return Ok(match is_leaf {
                true if kind == "texts" && ends_in_element => Found::Leaf("text".to_owned()),
                true if !published.ends_with("[]") => Found::Leaf(kind.clone()),
                _ => Found::Container,
            });
        }
        Err(format!("`{path}` is not published"))
    }

    /// The names of another group below a path, as the answer of a call that was made for each element.
    pub fn graft(&mut self, path: &str, other: &Names) {
        for (name, kind) in other.0.iter().filter(|(name, _)| !name.starts_with('<')) {
            self.0.insert(format!("{path}.{name}"), kind.clone());
        }
    }
}

/// `a+b[].c` is `a[].c` and `b[].c`.
fn alternatives(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('+') else { return vec![path.to_owned()] };
    let (head, first) =
        before.rsplit_once('.').map_or((String::new(), before), |(head, first)| (format!("{head}."), first));
    let (names, tail) =
        rest.split_once('[').map_or((rest, String::new()), |(names, tail)| (names, format!("[{tail}")));
    std::iter::once(first).chain(names.split('+')).map(|name| format!("{head}{name}{tail}")).collect()
}
