//! The rank of one package for one advisory.

use super::Code;
use super::tables::{self, Flaw};
use super::uses::{How, Use};
use crate::{Component, Group, PackageName, Reading};
use tieout_model::{Place, Rank};
use tieout_python_syntax::{Entry, Reached, Step};

/// Why a package is called or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `yaml.load is called`, `yaml is imported`.
    pub what: String,
    /// Where.
    pub at: Place,
    /// The imports that lead there from a handler's module; empty for the project as a whole.
    pub trail: Vec<Step>,
}

/// How closely the code touches a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The rank.
    pub rank: Rank,
    /// What it rests on; `None` for installed and declared.
    pub evidence: Option<Evidence>,
    /// The packages that pulled it in, where no code of the project imports it and its lock file says so.
    pub via: Vec<PackageName>,
    /// True where the table of symbols knows what the advisory is about: then imported means that none of them is used.
    pub by_symbol: bool,
    /// Why the rank may be too low: code that could not be read, or modules imported by names that only running settles.
    pub uncertain: Option<String>,
}

/// What a deployed handler reaches.
#[derive(Debug)]
pub struct Handler {
    reached: Reached,
}

/// The files that count.
#[derive(Clone, Copy)]
enum Scope<'h> {
    Project,
    Handler(&'h Handler),
}

impl Code {
    /// A deployed handler (`app.main`), in the folder of its code (`""` for the root); `None` where no file is it.
    pub fn handler(&self, folder: &str, handler: &str) -> Option<Handler> {
        self.project.entry(folder, handler).map(|entry| self.handler_of(entry))
    }

    /// What runs when a file does.
    pub fn handler_file(&self, path: &str) -> Option<Handler> {
        self.project.entry_file(path).map(|entry| self.handler_of(entry))
    }

    fn handler_of(&self, entry: Entry) -> Handler {
        Handler { reached: self.project.reached(entry) }
    }

    /// How closely the project's code touches a package, for one flaw by its ids; with no ids, for the package at large.
    pub fn rank(&self, component: &Component, advisory_ids: &[String], installed: &Reading) -> Ranked {
        self.rank_within(Scope::Project, component, advisory_ids, installed)
    }

    /// How closely what a handler reaches touches a package.
    pub fn rank_in(
        &self,
        handler: &Handler,
        component: &Component,
        advisory_ids: &[String],
        installed: &Reading,
    ) -> Ranked {
        self.rank_within(Scope::Handler(handler), component, advisory_ids, installed)
    }

    fn rank_within(
        &self,
        scope: Scope<'_>,
        component: &Component,
        ids: &[String],
        installed: &Reading,
    ) -> Ranked {
        let flaw = tables::flaw(component.name.as_str(), ids);
        let counts = |file: usize| match scope {
            Scope::Project => component.group == Group::Dev || !self.uses.is_dev(file),
            Scope::Handler(handler) => handler.reached.has(file),
        };
        let names = self.names_of(&component.name);
        let uses = |name: &str| self.uses.of_name(name).filter(|used| counts(used.file));
        let in_use = names.iter().flat_map(|name| uses(name)).filter(|used| used.how != How::Typing);
        let used = in_use.min_by_key(|used| (used.how, !used.called, used.file, used.at.clone()));
        let called = match flaw {
            Some(flaw) => self.reaches(flaw, &names, used, &counts),
            None => used.filter(|used| used.how <= How::Named).map(told),
        };
        let uncertain = || self.uncertain(&counts);
        let by_symbol = flaw.is_some_and(|flaw| !flaw.any);
        let ranked = |rank, evidence| Ranked { rank, evidence, via: Vec::new(), by_symbol, uncertain: None };
        let evidence = |(what, at, file): (String, Place, usize)| {
            let trail = match scope {
                Scope::Project => Vec::new(),
                Scope::Handler(handler) => handler.reached.chain(file),
            };
            Some(Evidence { what, at, trail })
        };
        if let Some(called) = called {
            return ranked(Rank::Called, evidence(called));
        }
        if let Some(used) = used {
            return Ranked { uncertain: uncertain(), ..ranked(Rank::Imported, evidence(told(used))) };
        }
        let is_there = component.kind.is_lock()
            || installed.components.iter().any(|other| other.kind.is_lock() && other.name == component.name);
        let rank = if is_there { Rank::Installed } else { Rank::Declared };
        Ranked { via: component.chain.clone(), uncertain: uncertain(), ..ranked(rank, None) }
    }

    /// The import names of a package: what its installation says, else the table and its own name.
    fn names_of(&self, package: &PackageName) -> Vec<&str> {
        if let Some(names) = self.installed.provides(package) {
            return names.iter().map(String::as_str).collect();
        }
        let mut names: Vec<&str> = tables::imported_as(package.as_str()).to_vec();
        names.extend(self.uses.tops_folding_to(package.as_str()).iter().map(String::as_str));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What shows that the code may reach a flaw: text, place, file.
    fn reaches(
        &self,
        flaw: &Flaw,
        package: &[&str],
        package_use: Option<&Use>,
        counts: &dyn Fn(usize) -> bool,
    ) -> Option<(String, Place, usize)> {
        let found = |names: &[String], most: How| {
            let uses = names.iter().flat_map(|name| self.uses.of_name(name));
            let uses = uses.filter(|used| used.how <= most && counts(used.file) && !is_excused(flaw, used));
            uses.min_by_key(|used| (!used.called, used.how, used.file, used.at.clone())).map(told)
        };
        if let Some(used) = found(&flaw.symbols, How::Named)
            .or_else(|| found(&flaw.modules, How::Imported))
            .or_else(|| found(&flaw.through, How::Named))
        {
            return Some(used);
        }
        // Methods and settings speak only where the package is used at all.
        let used = package_use?;
        if flaw.any && used.how <= How::Named {
            return Some(told(used));
        }
        let calls = package.iter().flat_map(|name| self.uses.of_name(name)).filter(|used| used.called);
        let mut methods = calls
            .filter(|used| counts(used.file) && flaw.methods.iter().any(|name| is_last(name, &used.name)));
        if let Some(used) = methods.next() {
            return Some(told(used));
        }
        let files = self.project.files().iter().enumerate().filter(|(number, _)| counts(*number));
        for (number, file) in files {
            let method = flaw.methods.iter().find_map(|name| {
                let at = file.names.methods.get(name).or_else(|| self.uses.own_method(number, name))?;
                Some((name, at))
            });
            if let Some((name, at)) = method {
                return Some((format!(".{name}(…) is called"), at.clone(), number));
            }
            let setting = flaw.settings.iter().find_map(|name| Some((name, file.names.settings.get(name)?)));
            if let Some((name, at)) = setting {
                return Some((format!("{name} is set"), at.clone(), number));
            }
        }
        None
    }

    fn uncertain(&self, counts: &dyn Fn(usize) -> bool) -> Option<String> {
        // A broken file's imports are not known: it may be reached without our seeing it.
        if let Some(first) = self.broken.first() {
            let more = match self.broken.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            return Some(format!("{first}{more} could not be read in whole"));
        }
        let (_, at) = self.unknown_imports.iter().find(|(file, _)| counts(*file))?;
        let (file, line) = at.file_line()?;
        Some(format!("{file}:{line} imports a module whose name is settled at run time"))
    }
}

fn told(used: &Use) -> (String, Place, usize) {
    let how = match used.how {
        How::Used if used.called => "is called",
        How::Used => "is used",
        How::Named | How::Imported | How::Typing => "is imported",
    };
    (format!("{} {how}", used.name), used.at.clone(), used.file)
}

/// True for a call that is given what makes it none of the flaw's, and nothing that makes it so.
fn is_excused(flaw: &Flaw, used: &Use) -> bool {
    used.called
        && used.given.iter().any(|given| flaw.unless_given.contains(given))
        && !used.given.iter().any(|given| flaw.symbols.contains(given))
}

fn is_last(method: &str, name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last == method)
}
