//! Which file installs which other (`-r`), which constrains which (`-c`), and what follows once all are read: a dev file that
//! production installs is production, and a requirement whose version a constraint settles is pinned.

use crate::{Component, FileKind, Group, Origin, PackageName, Pin, Reading, Tree};
use pep440_rs::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tieout_model::{Gap, Reason};

/// A file names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Include {
    /// The file, or a command of it (`Dockerfile:12`): what is installed together.
    pub(super) from: Arc<str>,
    /// The file that is named.
    pub(super) to: Arc<str>,
    /// True for `-c`.
    pub(super) constraint: bool,
}

/// The file that `written` names, as seen from `from`.
///
/// # Errors
/// The gap, where it is none of the tree.
pub(super) fn target(tree: &Tree, from: &str, written: &str) -> Result<Arc<str>, Gap> {
    let written = written.trim();
    if written.contains("://") && !written.starts_with("file:") {
        return Err(Gap::new(
            Reason::NotCollected,
            format!("{written} is not fetched"),
            "put the file into the project",
        ));
    }
    if written.contains("${") {
        return Err(Gap::unresolved(written));
    }
    let found = Tree::resolve(from, written).filter(|path| tree.contains(path)).map(Arc::from);
    found.ok_or_else(|| {
        Gap::new(
            Reason::Unreadable,
            format!("{written}, which {from} names, is not in the project"),
            "put the file into the project, or audit the folder that holds it",
        )
    })
}

/// Settles groups and pins.
pub(super) fn settle(out: &mut Reading, includes: &[Include]) {
    if includes.is_empty() {
        return;
    }
    groups(out, includes);
    let pins = ConstraintPins::new(out, includes);
    if pins.exact.is_empty() {
        return;
    }
    for component in &mut out.components {
        let open =
            matches!(component.pin, Pin::Any | Pin::Range(_)) && component.kind != FileKind::Constraints;
        if !open || !matches!(component.origin, Origin::Index(_)) {
            continue;
        }
        if let Some(version) = pins.of(component) {
            // A constraint outside of the range makes the installation fail: it pins nothing.
            let fits = match &component.pin {
                Pin::Range(range) => range.contains(&version),
                _ => true,
            };
            if fits {
                component.pin = Pin::Exact(version);
            }
        }
    }
}

/// What a production file installs is production, whatever the name of the file.
fn groups(out: &mut Reading, includes: &[Include]) {
    let files = out.manifests.iter().filter(|manifest| manifest.kind == FileKind::Requirements);
    let files: BTreeSet<&str> = files.map(|manifest| &*manifest.path).collect();
    let mut prod: BTreeSet<&str> = BTreeSet::new();
    // A command of a Dockerfile may well install a stage for tests: it says nothing of the file.
    for include in includes.iter().filter(|include| !include.constraint && files.contains(&*include.from)) {
        if super::requirements::is_production(&include.from) {
            prod.insert(&include.to);
        }
    }
    let mut grew = true;
    while grew {
        let more: Vec<&str> = includes
            .iter()
            .filter(|include| {
                !include.constraint && prod.contains(&*include.from) && !prod.contains(&*include.to)
            })
            .map(|include| &*include.to)
            .collect();
        grew = !more.is_empty();
        prod.extend(more);
    }
    for component in &mut out.components {
        if component.kind == FileKind::Requirements && prod.contains(component.file_line().0) {
            component.group = Group::Prod;
        }
    }
}

/// The exact versions of constraints, by what is installed together.
struct ConstraintPins<'a> {
    /// For each file, the installations (`-r` roots) that take it in.
    roots: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// For each installation, the constraints files in force.
    constraints: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The versions that each constraints file settles; `None` where its lines contradict each other, or depend on a
    /// marker.
    exact: BTreeMap<&'a str, BTreeMap<PackageName, Option<Version>>>,
}

impl<'a> ConstraintPins<'a> {
    fn new(out: &Reading, includes: &'a [Include]) -> ConstraintPins<'a> {
        let mut pins =
            ConstraintPins { roots: BTreeMap::new(), constraints: BTreeMap::new(), exact: BTreeMap::new() };
        let mut edges: BTreeMap<&str, Vec<&Include>> = BTreeMap::new();
        for include in includes {
            edges.entry(&include.from).or_default().push(include);
        }
        let installed: BTreeSet<&str> =
            includes.iter().filter(|include| !include.constraint).map(|include| &*include.to).collect();
        // A loop of files has no root of its own: then each of them is one.
        let tops: Vec<&str> = edges.keys().copied().filter(|from| !installed.contains(from)).collect();
        let tops = if tops.is_empty() { edges.keys().copied().collect() } else { tops };
        for top in tops {
            pins.follow(top, &edges);
        }
        let named: BTreeSet<&str> = pins.constraints.values().flatten().copied().collect();
        for component in &out.components {
            let Some(file) = named.get(component.file_line().0) else { continue };
            let version = component.version().filter(|_| component.marker.is_none()).cloned();
            let known = pins.exact.entry(file).or_default();
            known
                .entry(component.name.clone())
                .and_modify(|before| {
                    if *before != version {
                        *before = None;
                    }
                })
                .or_insert(version);
        }
        pins
    }

    fn follow(&mut self, top: &'a str, edges: &BTreeMap<&'a str, Vec<&'a Include>>) {
        let mut open = vec![(top, false)];
        let mut seen = BTreeSet::new();
        while let Some((file, constraint)) = open.pop() {
            if !seen.insert((file, constraint)) {
                continue;
            }
            if constraint {
                self.constraints.entry(top).or_default().insert(file);
            } else {
                self.roots.entry(file).or_default().insert(top);
            }
            for include in edges.get(file).into_iter().flatten() {
                open.push((&include.to, constraint || include.constraint));
            }
        }
    }

    /// The one version that every installation of the component's file settles.
    fn of(&self, component: &Component) -> Option<Version> {
        let mut agreed: Option<Version> = None;
        for root in self.roots.get(component.file_line().0)? {
            let files = self.constraints.get(root)?;
            let mut settled = files.iter().filter_map(|file| self.exact.get(file)?.get(&component.name));
            let version = settled.next()?.clone()?;
            if settled.any(|other| other.as_ref() != Some(&version)) {
                return None;
            }
            if agreed.as_ref().is_some_and(|agreed| *agreed != version) {
                return None;
            }
            agreed = Some(version);
        }
        agreed
    }
}

/// The paths that a name in a file may mean: seen from its folder, or from one above it, whole or its last part.
pub(super) fn candidates(from: &str, written: &str) -> Vec<String> {
    let written = written.trim_start_matches('/');
    let last = written.rsplit('/').next().unwrap_or(written);
    let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    loop {
        let seen_from = if folder.is_empty() { "x".to_owned() } else { format!("{folder}/x") };
        found.extend([written, last].into_iter().filter_map(|name| Tree::resolve(&seen_from, name)));
        if folder.is_empty() {
            return found;
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
}
