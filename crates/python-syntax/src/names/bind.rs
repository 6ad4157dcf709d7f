//! Scopes: which imported things a name may stand for, as the statements go by.

use std::collections::{HashMap, HashSet};

/// Something imported that an expression may stand for.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) name: String,
    pub(super) called: bool,
    /// What the arguments of the call stand for.
    pub(super) given: Vec<String>,
}

impl Origin {
    /// A name that is not called.
    pub(super) fn of(name: String) -> Origin {
        Origin { name, called: false, given: Vec::new() }
    }
}

/// One scope: for each name what it may stand for; empty for something of the file's own.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) names: HashMap<&'a str, Vec<String>>,
    pub(super) globals: HashSet<&'a str>,
}

#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    stack: Vec<Scope<'a>>,
    /// Above zero inside a branch, a loop or a `try`: what is bound there may or may not hold afterwards.
    pub(super) branches: usize,
}

/// More possibilities of one name are not kept: a generated file may have thousands.
const MAX_ORIGINS: usize = 8;

impl<'a> Scopes<'a> {
    pub(super) fn enter(&mut self) {
        self.stack.push(Scope::default());
    }

    pub(super) fn leave(&mut self) -> Scope<'a> {
        self.stack.pop().unwrap_or_default()
    }

    /// True inside a function, class, lambda or comprehension.
    pub(super) fn is_module(&self) -> bool {
        self.stack.len() <= 1
    }

    pub(super) fn global(&mut self, name: &'a str) {
        if let Some(scope) = self.stack.last_mut() {
            scope.globals.insert(name);
        }
    }

    pub(super) fn bind(&mut self, name: &'a str, origins: Vec<String>) {
        let is_global = self.stack.last().is_some_and(|scope| scope.globals.contains(name));
        let scope = if is_global { self.stack.first_mut() } else { self.stack.last_mut() };
        let Some(scope) = scope else { return };
        if self.branches == 0 && !is_global {
            scope.names.insert(name, origins);
            return;
        }
        let known = scope.names.entry(name).or_default();
        for origin in origins {
            if known.len() < MAX_ORIGINS && !known.contains(&origin) {
                known.push(origin);
            }
        }
    }

    /// What a name may stand for; `None` where nothing in the file binds it.
    pub(super) fn look_up(&self, name: &str) -> Option<&[String]> {
        self.stack.iter().rev().find_map(|scope| scope.names.get(name)).map(Vec::as_slice)
    }
}
