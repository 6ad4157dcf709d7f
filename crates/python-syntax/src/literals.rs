//! Values that a file states without running it: what setup.py gives to `setup(…)`. Names bound once are followed, and the
//! usual ways to read a list from a file beside it are understood; everything else is [`Literal::Unknown`], never guessed.

mod eval;
mod file_text;
mod scope;

use crate::Module;
use eval::Evaluator;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use scope::Scope;
use std::sync::Arc;
use tieout_model::Place;

/// A value, as far as the file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A string.
    Text(String),
    /// An integer that fits.
    Int(i64),
    /// `True`, `False`
    Bool(bool),
    /// `None`
    None,
    /// A list, tuple or set. A [`Literal::FileText`] in it stands for the lines of that file, a [`Literal::Unknown`] that
    /// was unpacked or added (`*x`, `+= x`) for any number of elements.
    List(Vec<Value>),
    /// A dict; a key that is `Unknown` stands for any number of entries (`**x`).
    Map(Vec<(Value, Value)>),
    /// The text, or the lines, of a file beside this one, by the path as written (`requirements/base.txt`), relative to
    /// the folder of the file. Blank and comment lines may have been filtered out.
    FileText(String),
    /// What is settled only by running: the source, on one line, cut. Not redacted.
    Unknown(String),
}

/// A literal and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What.
    pub literal: Literal,
    /// Where: of a name the place of what it is bound to.
    pub at: Place,
}

impl Value {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.literal {
            Literal::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A call and what it is given by keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallKeywords {
    /// The call.
    pub at: Place,
    /// Keyword arguments in order, those of `**{…}` too.
    pub keywords: Vec<(String, Value)>,
    /// `**` of something that is not known: it may hold any keyword.
    pub rest: Vec<Value>,
}

/// The calls of a function by its bare name or as an attribute of an imported module (`setup(…)`, `setuptools.setup(…)`,
/// `from setuptools import setup as s; s(…)`), anywhere in the file.
pub fn call_keywords(file: &Arc<str>, text: &str, function: &str) -> Vec<CallKeywords> {
    let module = crate::parse(file, text);
    calls_in(&module, function)
}

/// As [`call_keywords`], of a file that is parsed already.
pub fn calls_in(module: &Module<'_>, function: &str) -> Vec<CallKeywords> {
    module.walk(|| {
        let scope = Scope::of_module(module.body(), function);
        let mut finder = Finder { module, scope: &scope, inside: Vec::new(), found: Vec::new() };
        finder.visit_body(module.body());
        finder.found
    })
}

struct Finder<'a, 't> {
    module: &'a Module<'t>,
    scope: &'a Scope<'a>,
    /// The functions around the statement, the outermost first.
    inside: Vec<Scope<'a>>,
    found: Vec<CallKeywords>,
}

impl<'a> Visitor<'a> for Finder<'a, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let Stmt::FunctionDef(def) = stmt else { return walk_stmt(self, stmt) };
        self.inside.push(Scope::of_body(&def.body));
        walk_stmt(self, stmt);
        self.inside.pop();
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.scope.is_the_function(&call.func)
        {
            let found = self.read(call);
            self.found.push(found);
        }
        walk_expr(self, expr);
    }
}

impl<'a> Finder<'a, '_> {
    fn read(&self, call: &'a ExprCall) -> CallKeywords {
        let scopes: Vec<&Scope<'a>> = std::iter::once(self.scope).chain(&self.inside).collect();
        let mut evaluator = Evaluator::new(self.module, scopes);
        let mut read = CallKeywords { at: self.module.place(call), keywords: Vec::new(), rest: Vec::new() };
        for keyword in &call.arguments.keywords {
            let value = evaluator.value(&keyword.value);
            match (&keyword.arg, value) {
                (Some(name), value) => read.keywords.push((name.to_string(), value)),
                (None, Value { literal: Literal::Map(entries), .. }) => {
                    for (key, value) in entries {
                        match key.literal {
                            Literal::Text(name) => read.keywords.push((name, value)),
                            _ => read.rest.push(value),
                        }
                    }
                }
                (None, other) => read.rest.push(other),
            }
        }
        read
    }
}
