//! Mending: from the versions that are wanted to edits of manifests, which keep every other byte, and commands for lock
//! files, which only their tools may write. What cannot be mended is said, with the reason. A range is raised, and
//! never widened. Nothing is run here; `apply` alone writes.

mod apply;
mod clauses;
mod commands;
mod compiled;
mod diff;
mod sites;

pub use apply::{ApplyError, apply};
pub use diff::diff;

use crate::{Component, FileKind, Origin, PackageName, Pin, Reading, Tree};
use clauses::{Outcome, Want};
use sites::Site;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tieout_source::LineIndex;

/// A package that should get another version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// In any spelling.
    pub name: String,
    /// The version that is there.
    pub from_version: String,
    /// The version that should be.
    pub to_version: String,
}

/// A change of one entry of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Line, from 1.
    pub line: u32,
    /// The package, normalised.
    pub name: String,
    /// The specifier as written.
    pub from: String,
    /// What stands in its place.
    pub to: String,
}

/// The changes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// Relative to the audited root.
    pub path: Arc<str>,
    /// What the plan was made for: [`apply`] refuses a file that has changed since.
    pub old_text: String,
    /// The whole new text. It has the lines of the old one, in their order.
    pub new_text: String,
    /// In the order of lines.
    pub changes: Vec<Change>,
}

/// A command that a person runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Command {
    /// Where to run it, relative to the audited root; `.` is the root.
    pub directory: String,
    /// For a POSIX shell, every word quoted that needs it; without line ends or control characters.
    pub command: String,
    /// What it mends.
    pub why: String,
}

/// What stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The package, normalised.
    pub name: String,
    /// Why, with file and line, and what to do by hand.
    pub why: String,
}

/// What to do. Lists are sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Edits of manifests.
    pub edits: Vec<FileEdit>,
    /// Commands for lock files and compiled files.
    pub commands: Vec<Command>,
    /// What cannot be mended here.
    pub left: Vec<Left>,
}

impl Plan {
    /// True where there is nothing to do and nothing to say.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.commands.is_empty() && self.left.is_empty()
    }
}

/// What is wanted, by normalised name.
type Wants = BTreeMap<PackageName, Vec<Want>>;

/// The plan for what is wanted.
pub fn plan(reading: &Reading, wanted: &[Wanted], tree: &Tree) -> Plan {
    let mut planner = Planner { reading, tree, left: BTreeSet::new(), refused: BTreeSet::new() };
    let wants = planner.wants(wanted);
    let mut compiled = BTreeMap::new();
    let mut edits = Vec::new();
    for (path, kind, components) in planner.files(&wants) {
        edits.extend(planner.file(path, kind, &components, &wants, &mut compiled));
    }
    let mut commands = BTreeSet::new();
    commands.extend(commands::of_locks(&mut planner, &wants));
    for (path, packages) in &compiled {
        commands.extend(compiled::command(&mut planner, path, packages));
    }
    planner.by_hand(&wants, &edits, &commands);
    edits.sort_by(|a: &FileEdit, b| a.path.cmp(&b.path));
    Plan { edits, commands: commands.into_iter().collect(), left: planner.left.into_iter().collect() }
}

/// Packages of one file and the versions that they should get.
type Packages = BTreeMap<PackageName, pep440_rs::Version>;

/// What is known while a plan is made.
struct Planner<'a> {
    reading: &'a Reading,
    tree: &'a Tree,
    left: BTreeSet<Left>,
    /// Folders whose manifests do not let a package get its version: no command would help.
    refused: BTreeSet<(String, PackageName)>,
}

/// The folder of a path; `.` for the root.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

impl<'a> Planner<'a> {
    fn leave(&mut self, name: &PackageName, why: String) {
        self.left.insert(Left { name: name.to_string(), why });
    }

    fn wants(&mut self, wanted: &[Wanted]) -> Wants {
        let mut wants = Wants::new();
        for wanted in wanted {
            let name = PackageName::new(&wanted.name);
            match (wanted.from_version.parse(), wanted.to_version.parse()) {
                (Ok(from), Ok(to)) => wants.entry(name).or_default().push(Want { from, to }),
                _ => {
                    let why = format!(
                        "{} or {} is no version as PEP 440 knows them",
                        wanted.from_version, wanted.to_version
                    );
                    self.leave(&name, why);
                }
            }
        }
        for wants in wants.values_mut() {
            wants.sort();
            wants.dedup();
        }
        wants
    }

    /// The files that can be edited and name something wanted, with these entries.
    fn files(&self, wants: &Wants) -> Vec<(&'a str, FileKind, Vec<&'a Component>)> {
        let kind_of: BTreeMap<&str, FileKind> =
            self.reading.manifests.iter().map(|manifest| (&*manifest.path, manifest.kind)).collect();
        let mut files: BTreeMap<&str, Vec<&Component>> = BTreeMap::new();
        for component in
            self.reading.components.iter().filter(|component| wants.contains_key(&component.name))
        {
            files.entry(component.file_line().0).or_default().push(component);
        }
        let editable = |kind: FileKind| {
            use FileKind::{Constraints, Pyproject, Requirements, Script, SetupCfg};
            matches!(kind, Constraints | Pyproject | Requirements | Script | SetupCfg)
        };
        let files = files.into_iter().filter_map(|(path, components)| {
            let kind = kind_of.get(path).copied().filter(|kind| editable(*kind))?;
            Some((path, kind, components))
        });
        files.collect()
    }

    /// The edit of one file; entries that a compiler wrote go to `compiled`.
    fn file(
        &mut self,
        path: &'a str,
        kind: FileKind,
        components: &[&'a Component],
        wants: &Wants,
        compiled: &mut BTreeMap<&'a str, Packages>,
    ) -> Option<FileEdit> {
        let old_text = match text(self.tree, path) {
            Ok(text) => text,
            Err(why) => {
                for component in components.iter().filter(|one| is_wanted(one, wants)) {
                    self.leave(&component.name, format!("{path}: {why}"));
                }
                return None;
            }
        };
        let is_list = matches!(kind, FileKind::Requirements | FileKind::Constraints);
        let generated = is_list && compiled::is_generated(&old_text);
        let mut editable = Vec::new();
        for component in components {
            let written_by_tool = generated || (is_list && !component.hashes.is_empty());
            if !matches!(component.origin, Origin::Index(_) | Origin::Conda(_)) {
                self.elsewhere(component, wants);
            } else if written_by_tool {
                if let Some(to) = exact_target(component, wants) {
                    let packages = compiled.entry(path).or_default();
                    let slot = packages.entry(component.name.clone()).or_insert_with(|| to.clone());
                    *slot = to.max(slot.clone());
                }
            } else {
                editable.push(*component);
            }
        }
        let sites = sites::sites(path, kind, &old_text, &editable);
        self.edit(path, old_text, sites, wants)
    }

    /// A URL or a commit says which version is installed.
    fn elsewhere(&mut self, component: &Component, wants: &Wants) {
        if !is_wanted(component, wants) || matches!(component.origin, Origin::Path(_)) {
            return;
        }
        let (file, line) = component.file_line();
        let why = format!("{file}:{line}: a URL says which version is installed; name another one there");
        self.leave(&component.name, why);
    }

    fn edit(&mut self, path: &str, old_text: String, sites: Vec<Site>, wants: &Wants) -> Option<FileEdit> {
        let index = LineIndex::new(&old_text);
        let mut pieces: Vec<(std::ops::Range<usize>, String, PackageName)> = Vec::new();
        for site in sites {
            let Some(wants) = wants.get(&site.name) else { continue };
            let line = index.position(site.at).line;
            let outcome = match &site.span {
                Ok(span) => match old_text.get(span.clone()) {
                    Some(specifier) => clauses::raise(specifier, site.syntax, wants),
                    None => Outcome::Keep,
                },
                Err(why) => Outcome::Refuse((*why).to_owned()),
            };
            match (outcome, site.span) {
                (Outcome::Raise(new), Ok(span)) => pieces.push((span, new, site.name)),
                (Outcome::Refuse(why), _) => {
                    self.refused.insert((folder(path).to_owned(), site.name.clone()));
                    self.leave(&site.name, format!("{path}:{line}: {why}"));
                }
                _ => {}
            }
        }
        pieces.sort_by_key(|(span, ..)| span.start);
        pieces.dedup_by(|a, b| a.0 == b.0);
        let (mut new_text, mut done) = (String::with_capacity(old_text.len() + 16), 0);
        let mut changes = Vec::new();
        for (span, new, name) in pieces {
            let (Some(before), Some(old)) = (old_text.get(done..span.start), old_text.get(span.clone()))
            else {
                continue;
            };
            new_text.push_str(before);
            new_text.push_str(&new);
            done = span.end;
            let line = index.position(span.start).line;
            changes.push(Change { line, name: name.to_string(), from: old.to_owned(), to: new });
        }
        new_text.push_str(old_text.get(done..).unwrap_or_default());
        (!changes.is_empty()).then(|| FileEdit { path: path.into(), old_text, new_text, changes })
    }

    /// Entries of files that are neither edited nor written by a tool that has a command.
    fn by_hand(&mut self, wants: &Wants, edits: &[FileEdit], commands: &BTreeSet<Command>) {
        let nothing_else = edits.is_empty() && commands.is_empty();
        let reading = self.reading;
        for component in &reading.components {
            let Some(to) = exact_target(component, wants) else { continue };
            let (file, line) = component.file_line();
            let why = match component.kind {
                FileKind::SetupPy | FileKind::Dockerfile | FileKind::CondaEnvironment => {
                    format!("{file}:{line}: write {to} by hand")
                }
                FileKind::CondaLock if !commands::is_conda_lock(file) => {
                    format!("{file}: make the list again with {to}")
                }
                FileKind::Pylock => format!(
                    "{file}: make it again with the tool that wrote it (`uv pip compile -o`, `pip lock`, `pdm export`)"
                ),
                FileKind::Archive => format!("{file}: build the archive again with {to}"),
                FileKind::Installed if nothing_else => {
                    format!("{file}: no manifest here names it; install {to} into that environment")
                }
                _ => continue,
            };
            self.leave(&component.name, why);
        }
    }
}

/// True where an entry is in a version that another one is wanted for.
fn is_wanted(component: &Component, wants: &Wants) -> bool {
    exact_target(component, wants).is_some()
}

/// The version that a pinned or locked entry should get.
fn exact_target(component: &Component, wants: &Wants) -> Option<pep440_rs::Version> {
    let Pin::Exact(version) = &component.pin else { return None };
    let wants = wants.get(&component.name)?;
    wants.iter().filter(|want| want.from == *version).map(|want| want.to.clone()).max()
}

/// The text of a file, byte for byte: a byte order mark stays.
fn text(tree: &Tree, path: &str) -> Result<String, &'static str> {
    let text = tree.text(path).map_err(|_| "the file is not UTF-8, and is not edited")?;
    let Some(full) = tree.full(path) else { return Ok(text.to_string()) };
    let bytes = std::fs::read(full).map_err(|_| "the file cannot be read")?;
    let whole = String::from_utf8(bytes).map_err(|_| "the file is not UTF-8, and is not edited")?;
    if whole.strip_prefix('\u{feff}').unwrap_or(&whole) != &*text {
        return Err("the file changed while it was read");
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
