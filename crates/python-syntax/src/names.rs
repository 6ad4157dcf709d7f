//! What one file imports and which names of other modules it uses, under their own names: `y.load` after
//! `import yaml as y` is `yaml.load`. Names are followed through the scopes of Python: what a function, a parameter or
//! a later definition shadows is not the imported thing. Other files are not looked at here.

mod bind;
mod walk;

use crate::Module;
use std::collections::{BTreeMap, HashMap};
use tieout_model::Place;

/// Under which circumstances an import runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct When {
    /// For type checkers alone (`if TYPE_CHECKING:`): never at run time.
    pub typing: bool,
    /// It may fail: in a `try` that catches ImportError, or what is done instead.
    pub optional: bool,
    /// In a function: when that is called.
    pub local: bool,
    /// By `importlib.import_module("…")`, `__import__("…")`, or named in a setting that a framework imports.
    pub dynamic: bool,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module, and for `from m import n` also the name: `m.n`. A relative one begins with its dots: `..pkg.n`.
    pub name: String,
    /// `from m import *`; `name` is `m`.
    pub star: bool,
    /// When it runs.
    pub when: When,
    /// Where.
    pub at: Place,
}

/// A use of something that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its own dotted name; relative imports begin with their dots. An attribute of what a class makes is told below
    /// the class: `requests.Session().get` is `requests.Session.get`; a class of the file's own stands for its bases.
    pub name: String,
    /// True for a call.
    pub called: bool,
    /// What the arguments of the call stand for, where that was imported: `yaml.SafeLoader` of `load(f, Loader=SafeLoader)`.
    pub given: Vec<String>,
    /// Where.
    pub at: Place,
}

/// What one file imports and uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// In order.
    pub imports: Vec<Import>,
    /// In the order of the walk: functions after the statements around them.
    pub references: Vec<Reference>,
    /// Methods that are called on something whose class is not known, each with its first place.
    pub methods: BTreeMap<String, Place>,
    /// Names in capitals that the module itself binds (settings), each with its first place.
    pub settings: BTreeMap<String, Place>,
    /// What the module's names stand for at its end; empty for its own definitions.
    pub exports: HashMap<String, Vec<String>>,
    /// Modules from which everything is imported.
    pub stars: Vec<String>,
    /// Imports of a module whose name is settled only at run time.
    pub unknown_imports: Vec<Place>,
    /// True where a part of the file could not be parsed.
    pub broken: bool,
}

/// Reads the imports and uses of a file.
pub fn names(module: &Module<'_>) -> Names {
    module.walk(|| walk::Walker::new(module).run())
}
