//! Which expression a name of one scope is bound to, where it is bound once, and what is added to it afterwards.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Operator, Stmt, StmtFunctionDef};
use std::collections::{HashMap, HashSet};

/// What happens to a name after it is bound.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// `name += value`, `name.extend(value)`, `name.update(value)`
    Extend(&'a Expr),
    /// `name.append(value)`, `name.add(value)`
    Append(&'a Expr),
    /// `name[key] = value`
    Set(&'a Expr, &'a Expr),
    /// Something that may change it in any way (`name.insert(…)`, `del name[0]`).
    Other(&'a Expr),
}

/// The bindings of one scope.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    values: HashMap<&'a str, &'a Expr>,
    functions: HashMap<&'a str, &'a StmtFunctionDef>,
    changes: HashMap<&'a str, Vec<Change<'a>>>,
    /// Bound twice, by a loop, by an import or in some other way that has no one value.
    unclear: HashSet<&'a str>,
    /// Names of the function that is looked for.
    aliases: HashSet<&'a str>,
    modules: HashSet<&'a str>,
    wanted: &'a str,
}

/// What a scope says of a name.
pub(super) enum Bound<'s, 'a> {
    To(&'a Expr, &'s [Change<'a>]),
    /// Bound, but not to one value.
    Unclear,
    No,
}

impl<'a> Scope<'a> {
    /// The scope of a module in which calls of `function` are looked for.
    pub(super) fn of_module(body: &'a [Stmt], function: &'a str) -> Scope<'a> {
        let mut scope = Scope { wanted: function, ..Scope::default() };
        scope.visit_body(body);
        scope
    }

    /// The scope of a function.
    pub(super) fn of_body(body: &'a [Stmt]) -> Scope<'a> {
        Scope::of_module(body, "")
    }

    pub(super) fn bound(&self, name: &str) -> Bound<'_, 'a> {
        if self.unclear.contains(name) {
            return Bound::Unclear;
        }
        match self.values.get(name) {
            Some(value) => Bound::To(value, self.changes.get(name).map_or(&[], Vec::as_slice)),
            None if self.functions.contains_key(name) => Bound::Unclear,
            None => Bound::No,
        }
    }

    pub(super) fn function(&self, name: &str) -> Option<&'a StmtFunctionDef> {
        self.functions.get(name).filter(|_| !self.unclear.contains(name)).copied()
    }

    /// True for an expression that names the function which is looked for.
    pub(super) fn is_the_function(&self, callee: &Expr) -> bool {
        match callee {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let own = self.functions.contains_key(name) || self.values.contains_key(name);
                self.aliases.contains(name) || (name == self.wanted && !own)
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == self.wanted => {
                matches!(&*attribute.value, Expr::Name(name) if self.modules.contains(name.id.as_str()))
            }
            _ => false,
        }
    }

    fn bind(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                match value {
                    Some(value) if !self.values.contains_key(name) => {
                        self.values.insert(name, value);
                    }
                    _ => {
                        self.unclear.insert(name);
                    }
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.bind(element, None)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.bind(element, None)),
            Expr::Starred(starred) => self.bind(&starred.value, None),
            Expr::Subscript(subscript) => {
                if let Expr::Name(name) = &*subscript.value {
                    let change =
                        value.map_or(Change::Other(target), |value| Change::Set(&subscript.slice, value));
                    self.change(name.id.as_str(), change);
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, name: &'a str, change: Change<'a>) {
        self.changes.entry(name).or_default().push(change);
    }

    /// `name.append(value)` and its kin, as a statement.
    fn call(&mut self, expr: &'a Expr) {
        let Expr::Call(call) = expr else { return };
        let Expr::Attribute(attribute) = &*call.func else { return };
        let Expr::Name(name) = &*attribute.value else { return };
        let change = match (attribute.attr.as_str(), &*call.arguments.args) {
            ("append" | "add", [value]) => Change::Append(value),
            ("extend" | "update", [value]) if call.arguments.keywords.is_empty() => Change::Extend(value),
            ("sort" | "reverse", _) => return,
            _ => Change::Other(expr),
        };
        self.change(name.id.as_str(), change);
    }
}

impl<'a> Visitor<'a> for Scope<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                if self.functions.insert(def.name.as_str(), def).is_some() {
                    self.unclear.insert(def.name.as_str());
                }
                return;
            }
            Stmt::ClassDef(def) => {
                self.unclear.insert(def.name.as_str());
                return;
            }
            Stmt::Assign(assign) => {
                assign.targets.iter().for_each(|target| self.bind(target, Some(&assign.value)))
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.bind(&assign.target, Some(value));
                }
            }
            Stmt::AugAssign(assign) => match &*assign.target {
                Expr::Name(name) if matches!(assign.op, Operator::Add | Operator::BitOr) => {
                    self.change(name.id.as_str(), Change::Extend(&assign.value));
                }
                other => self.bind(other, None),
            },
            Stmt::For(each) => self.bind(&each.target, None),
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.bind(target, None)),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, Some(&item.context_expr));
                    }
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.modules.insert(name.split('.').next().unwrap_or(name));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.modules.insert(name);
                    if alias.name.as_str() == self.wanted {
                        self.aliases.insert(name);
                    }
                }
            }
            Stmt::Expr(expr) => self.call(&expr.value),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        // A walrus deep in an expression is too rare to be worth a walk of every expression.
        if let Expr::Named(named) = expr {
            self.bind(&named.target, Some(&named.value));
        }
    }
}
