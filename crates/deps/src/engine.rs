//! The loop over packages, runtimes, files and indexes. A check judges one subject; the engine walks the whole population,
//! keeps a broken check from ending the run, and enters every verdict in the ledger.

use crate::locks::Locks;
use crate::reach::{Code, Handler};
use crate::scanning::Scanning;
use crate::{Component, FileKind, IndexUse, Manifest, Origin, Reading, RuntimeDeclaration};
use std::collections::BTreeMap;
use tieout_advisories::Advisories;
use tieout_check::{Ledger, Record, judge_safely};
use tieout_model::time::Date;
use tieout_model::{About, CheckInfo, Gap, Judged, Place, Subject, SubjectKind};

/// What a check sees besides its subject.
pub struct Cx<'a> {
    /// All that was read.
    pub reading: &'a Reading,
    /// Which lock file or installation settles which package.
    pub locks: Locks<'a>,
    /// The advisories; the gap where there are none.
    pub advisories: Result<&'a Advisories, Gap>,
    /// The project's code; `None` where there is none, and nothing can be said of reach.
    pub code: Option<&'a Code>,
    /// What each deployed handler reaches, by its name, where handlers are known.
    pub handlers: &'a [(String, Handler)],
    /// Whether the project scans its dependencies itself; `None` where its folder was not read.
    pub scanning: Option<&'a Scanning>,
    /// The day on which ages and ends of life are judged.
    pub as_of: Date,
}

/// A package as one file names it: all entries of the same name and version (or without one).
pub struct Package<'a> {
    /// The first entry.
    pub component: &'a Component,
    /// All of them, in the order of the file.
    pub entries: Vec<&'a Component>,
}

/// Which packages a check asks about. Where the question does not arise for most, they are no results of its.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// Every one of every file.
    All,
    /// Those that a manifest names: no lock file, no installation, no constraint.
    Manifests,
    /// Those that come from a repository.
    Repositories,
}

impl Population {
    fn has(self, package: &Package<'_>) -> bool {
        let kind = package.component.kind;
        match self {
            Population::All => true,
            Population::Manifests => !kind.is_lock() && kind != FileKind::Constraints,
            Population::Repositories => {
                package.entries.iter().any(|entry| matches!(entry.origin, Origin::Vcs { .. }))
            }
        }
    }
}

/// What a check judges, and how.
pub enum Judge {
    /// Each package of each file.
    Package(Population, fn(&Package<'_>, &Cx<'_>) -> Judged),
    /// Each declaration of a runtime.
    Runtime(fn(&RuntimeDeclaration, &Cx<'_>) -> Judged),
    /// Each file that names packages.
    Manifest(fn(&Manifest, &Cx<'_>) -> Judged),
    /// Each index that a file names.
    Index(fn(&IndexUse, &Cx<'_>) -> Judged),
    /// The project as a whole.
    Project(fn(&Cx<'_>) -> Judged),
}

/// A check of dependencies or runtimes.
pub struct DepsCheck {
    /// Its declaration.
    pub about: About,
    /// Its logic.
    pub judge: Judge,
    /// True for the check that answers for what could not be audited: each such entry is a result of its.
    pub answers_for_unaudited: bool,
}

/// A check as reports show it.
pub fn info(check: &DepsCheck) -> CheckInfo {
    let subject = match check.judge {
        Judge::Package(..) => "package",
        Judge::Runtime(_) => "runtime",
        Judge::Manifest(_) => "file",
        Judge::Index(_) => "index",
        Judge::Project(_) => "project",
    };
    tieout_check::info(&check.about, crate::ENGINE, &[subject])
}

/// Runs the chosen checks on what was read.
pub fn run(cx: &Cx<'_>, checks: &[&'static DepsCheck]) -> Ledger {
    let packages = packages(cx.reading);
    let mut ledger = Ledger::default();
    for check in checks {
        let mut enter = |subject: &Subject, place: &Place, judge: &dyn Fn() -> Judged| {
            let judged = judge_safely(check.about.id, judge);
            ledger.record(Record { about: &check.about, subject, place, judged, evidence: &[] });
        };
        match check.judge {
            Judge::Package(population, judge) => {
                for package in packages.iter().filter(|package| population.has(package)) {
                    let at = &package.component.at;
                    enter(&subject_of(package.component), at, &|| judge(package, cx));
                }
            }
            Judge::Runtime(judge) => {
                for runtime in &cx.reading.runtimes {
                    enter(&runtime_subject(runtime), &runtime.at, &|| judge(runtime, cx));
                }
            }
            Judge::Manifest(judge) => {
                for manifest in &cx.reading.manifests {
                    let subject = file_subject(&manifest.path);
                    enter(&subject, &Place::None, &|| judge(manifest, cx));
                }
            }
            Judge::Index(judge) => {
                for index in &cx.reading.indexes {
                    enter(&index_subject(index), &index.at, &|| judge(index, cx));
                }
            }
            Judge::Project(judge) => {
                enter(&Subject::new(SubjectKind::Project, "."), &Place::None, &|| judge(cx));
            }
        }
        if check.answers_for_unaudited {
            for unaudited in &cx.reading.unaudited {
                let subject = placed(Subject::new(SubjectKind::File, &*unaudited.what), &unaudited.at);
                enter(&subject, &unaudited.at, &|| Err(unaudited.gap.clone()));
            }
        }
    }
    ledger
}

/// The packages by file, name and version.
fn packages(reading: &Reading) -> Vec<Package<'_>> {
    let mut packages: Vec<Package<'_>> = Vec::new();
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for component in &reading.components {
        let key = (component.file_line().0, component.purl());
        match seen.get(&key).and_then(|index| packages.get_mut(*index)) {
            Some(package) => package.entries.push(component),
            None => {
                seen.insert(key, packages.len());
                packages.push(Package { component, entries: vec![component] });
            }
        }
    }
    packages
}

fn placed(mut subject: Subject, at: &Place) -> Subject {
    if let Some((file, line)) = at.file_line() {
        subject.file = Some(file.to_owned());
        subject.line = Some(line);
    }
    subject
}

/// A package of a file.
fn subject_of(component: &Component) -> Subject {
    let subject = Subject {
        name: Some(component.name.to_string()),
        ..Subject::new(SubjectKind::Package, component.purl())
    };
    placed(subject, &component.at)
}

fn runtime_subject(runtime: &RuntimeDeclaration) -> Subject {
    let id = format!("{} in {}", runtime.written, runtime.by);
    let name = Some(format!("{} {}", runtime.product.as_str(), runtime.written));
    placed(Subject { name, ..Subject::new(SubjectKind::Runtime, id) }, &runtime.at)
}

fn file_subject(path: &str) -> Subject {
    Subject { file: Some(path.to_owned()), ..Subject::new(SubjectKind::File, path) }
}

fn index_subject(index: &IndexUse) -> Subject {
    let subject =
        Subject { name: Some(index.url.clone()), ..Subject::new(SubjectKind::Endpoint, &*index.url) };
    placed(subject, &index.at)
}
