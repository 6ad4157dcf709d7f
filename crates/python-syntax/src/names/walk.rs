//! The walk over one file that collects its imports and uses.

use super::bind::{Origin, Scopes};
use super::{Import, Names, Reference, When};
use crate::{Module, bound_name, pairs};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{
    Alias, Comprehension, ExceptHandler, Expr, ExprCall, Parameters, Pattern, Stmt, StmtFunctionDef, StmtIf,
    StmtImportFrom, StmtTry, UnaryOp,
};
use ruff_text_size::Ranged;

/// Settings whose strings a framework imports (Django's documentation, "Settings").
const IMPORTING_SETTINGS: &[&str] = &[
    "AUTHENTICATION_BACKENDS",
    "AUTH_PASSWORD_VALIDATORS",
    "CACHES",
    "DATABASES",
    "DEFAULT_FILE_STORAGE",
    "EMAIL_BACKEND",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "MIDDLEWARE_CLASSES",
    "PASSWORD_HASHERS",
    "STORAGES",
    "TEMPLATES",
];

pub(super) struct Walker<'a, 't> {
    module: &'a Module<'t>,
    out: Names,
    scopes: Scopes<'a>,
    when: When,
    /// Functions whose bodies are read once the statements around them are.
    later: Vec<(&'a StmtFunctionDef, When)>,
}

impl<'a, 't> Walker<'a, 't> {
    pub(super) fn new(module: &'a Module<'t>) -> Self {
        let out = Names { broken: !module.problems.is_empty(), ..Names::default() };
        Walker { module, out, scopes: Scopes::default(), when: When::default(), later: Vec::new() }
    }

    pub(super) fn run(mut self) -> Names {
        self.scopes.enter();
        self.visit_body(self.module.body());
        self.read_later(0);
        let names = self.scopes.leave().names;
        self.out.exports = names.into_iter().map(|(name, origins)| (name.to_owned(), origins)).collect();
        self.out
    }

    /// Reads the functions that were put off since `from`, with the scopes around them as they are now.
    fn read_later(&mut self, from: usize) {
        let put_off = self.later.split_off(from.min(self.later.len()));
        for (def, when) in put_off {
            let outside =
                (std::mem::replace(&mut self.when, When { local: true, ..when }), self.scopes.branches);
            self.scopes.branches = 0;
            self.scopes.enter();
            self.parameters(&def.parameters);
            let mark = self.later.len();
            self.visit_body(&def.body);
            self.read_later(mark);
            self.scopes.leave();
            (self.when, self.scopes.branches) = outside;
        }
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter() {
            let parameter = parameter.as_parameter();
            // `request: web.Request`: what is called on it is the class's.
            let annotated = parameter.annotation.as_deref().map(|class| self.origins_of_name(class));
            self.scopes.bind(parameter.name.as_str(), annotated.unwrap_or_default());
        }
    }

    /// What a dotted name stands for, without counting it as a use.
    fn origins_of_name(&self, expr: &Expr) -> Vec<String> {
        match expr {
            Expr::Name(name) => self.scopes.look_up(name.id.as_str()).unwrap_or_default().to_vec(),
            Expr::Attribute(attribute) => {
                let mut origins = self.origins_of_name(&attribute.value);
                origins.iter_mut().for_each(|origin| extend(origin, attribute.attr.as_str()));
                origins
            }
            _ => Vec::new(),
        }
    }

    fn import(&mut self, name: String, star: bool, at: &impl Ranged) {
        let at = self.module.place(at);
        self.out.imports.push(Import { name, star, when: self.when, at });
    }

    fn import_module(&mut self, alias: &'a Alias) {
        let name = alias.name.as_str();
        self.import(name.to_owned(), false, alias);
        match &alias.asname {
            Some(bound) => self.scopes.bind(bound.as_str(), vec![name.to_owned()]),
            None => {
                let top = name.split('.').next().unwrap_or(name);
                self.scopes.bind(top, vec![top.to_owned()]);
            }
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let mut from = ".".repeat(usize::try_from(import.level).unwrap_or(0));
        from.push_str(import.module.as_deref().unwrap_or_default());
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.import(from.clone(), true, alias);
                self.out.stars.push(from.clone());
                continue;
            }
            let mut whole = from.clone();
            extend(&mut whole, name);
            self.import(whole.clone(), false, alias);
            self.scopes.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str(), vec![whole]);
        }
    }

    fn emit(&mut self, origins: Vec<Origin>, at: &impl Ranged) {
        if origins.is_empty() {
            return;
        }
        let at = self.module.place(at);
        for Origin { name, called, given } in origins {
            self.out.references.push(Reference { name, called, given, at: at.clone() });
        }
    }

    /// Walks an expression once, and says what it stands for; who asks uses it up, by [`Walker::emit`] or by going on
    /// from it.
    fn origins(&mut self, expr: &'a Expr) -> Vec<Origin> {
        match expr {
            Expr::Name(name) => self.origins_of_free_name(name.id.as_str()),
            Expr::Attribute(attribute) => {
                let mut origins = self.origins(&attribute.value);
                for origin in &mut origins {
                    extend(&mut origin.name, attribute.attr.as_str());
                    origin.called = false;
                    origin.given.clear();
                }
                origins
            }
            Expr::Call(call) => self.origins_of_call(call),
            Expr::Await(await_) => self.origins(&await_.value),
            Expr::Named(named) => {
                let origins = self.origins(&named.value);
                self.bind_target(&named.target, &origins);
                origins
            }
            Expr::If(choice) => {
                self.visit_expr(&choice.test);
                let mut origins = self.origins(&choice.body);
                origins.extend(self.origins(&choice.orelse));
                origins
            }
            other => {
                self.inside(other);
                Vec::new()
            }
        }
    }

    fn origins_of_free_name(&mut self, name: &str) -> Vec<Origin> {
        if let Some(bound) = self.scopes.look_up(name) {
            return bound.iter().cloned().map(Origin::of).collect();
        }
        let of_star = |star: &String| {
            let mut whole = star.clone();
            extend(&mut whole, name);
            Origin::of(whole)
        };
        self.out.stars.iter().map(of_star).collect()
    }

    fn origins_of_call(&mut self, call: &'a ExprCall) -> Vec<Origin> {
        let mut callee = self.origins(&call.func);
        let mut given = Vec::new();
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(keywords) {
            let origins = self.origins(argument);
            if !callee.is_empty() {
                given.extend(origins.iter().map(|origin| origin.name.clone()));
            }
            self.emit(origins, argument);
        }
        if callee.is_empty() {
            match &*call.func {
                Expr::Attribute(attribute) => {
                    let name = attribute.attr.as_str();
                    if !self.out.methods.contains_key(name) {
                        let at = self.module.place(&attribute.attr);
                        self.out.methods.insert(name.to_owned(), at);
                    }
                }
                Expr::Name(name) if self.scopes.look_up(name.id.as_str()).is_none() => {
                    return self.builtin(name.id.as_str(), call);
                }
                _ => {}
            }
            return Vec::new();
        }
        for origin in &mut callee {
            origin.called = true;
            origin.given.clone_from(&given);
        }
        if callee.iter().any(|origin| origin.name == "importlib.import_module") {
            return self.import_dynamically(call);
        }
        // What a class makes has the class's methods; what a function returns is not known.
        let (made, returned): (Vec<_>, Vec<_>) =
            callee.into_iter().partition(|origin| is_class(&origin.name));
        self.emit(returned, call);
        made
    }

    fn builtin(&mut self, name: &str, call: &'a ExprCall) -> Vec<Origin> {
        match (name, &*call.arguments.args) {
            ("__import__", _) => self.import_dynamically(call),
            ("getattr", [object, Expr::StringLiteral(attribute), ..]) => {
                let mut origins = self.origins_of_name(object);
                origins.iter_mut().for_each(|origin| extend(origin, attribute.value.to_str()));
                origins.into_iter().map(Origin::of).collect()
            }
            _ => Vec::new(),
        }
    }

    fn import_dynamically(&mut self, call: &'a ExprCall) -> Vec<Origin> {
        let name = match call.arguments.args.first() {
            Some(Expr::StringLiteral(name)) => name.value.to_str(),
            _ => "",
        };
        let is_name = name.split('.').all(|part| !part.is_empty() || name.starts_with('.'));
        if name.is_empty() || !is_name {
            let at = self.module.place(call);
            self.out.unknown_imports.push(at);
            return Vec::new();
        }
        let outside = self.when;
        self.when.dynamic = true;
        self.import(name.to_owned(), false, call);
        self.when = outside;
        // `__import__("a.b")` hands over `a`, `import_module("a.b")` hands over `a.b`.
        let is_builtin = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "__import__");
        let bound = if is_builtin { name.split('.').next().unwrap_or(name) } else { name };
        vec![Origin::of(bound.to_owned())]
    }

    fn bind_target(&mut self, target: &'a Expr, origins: &[Origin]) {
        match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                if self.scopes.is_module() && is_setting(name) && !self.out.settings.contains_key(name) {
                    let at = self.module.place(target);
                    self.out.settings.insert(name.to_owned(), at);
                }
                self.scopes.bind(name, origins.iter().map(|origin| origin.name.clone()).collect());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.bind_target(element, &[])),
            Expr::List(list) => list.elts.iter().for_each(|element| self.bind_target(element, &[])),
            Expr::Starred(starred) => self.bind_target(&starred.value, &[]),
            other => self.visit_expr(other),
        }
    }

    fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) {
        // `a, b = x.f, y.g`
        if let Some(pairs) = pairs(targets, value) {
            for (target, value) in pairs {
                self.assign(std::slice::from_ref(target), value);
            }
            return;
        }
        let origins = self.origins(value);
        for target in targets {
            self.bind_target(target, &origins);
            if matches!(target, Expr::Name(name) if IMPORTING_SETTINGS.contains(&name.id.as_str())) {
                self.import_named(value);
            }
        }
        self.emit(origins, value);
    }

    /// `INSTALLED_APPS = ["rest_framework", …]`, `CACHES = {"default": {"BACKEND": "django.core.cache…"}}`
    fn import_named(&mut self, value: &'a Expr) {
        match value {
            Expr::List(list) => list.elts.iter().for_each(|element| self.import_named(element)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.import_named(element)),
            Expr::BinOp(op) => [&op.left, &op.right].into_iter().for_each(|side| self.import_named(side)),
            Expr::Dict(dict) => dict.items.iter().for_each(|item| match &item.value {
                // Other strings of a dict are names of databases, addresses, and the like.
                Expr::StringLiteral(text)
                    if !item.key.as_ref().is_some_and(is_import_key)
                        || !text.value.to_str().contains('.') => {}
                value => self.import_named(value),
            }),
            Expr::StringLiteral(name) if !name.value.is_empty() => {
                let outside = self.when;
                self.when.dynamic = true;
                self.import(name.value.to_str().to_owned(), false, value);
                self.when = outside;
            }
            _ => {}
        }
    }

    fn branch(&mut self, body: &'a [Stmt]) {
        self.scopes.branches += 1;
        self.visit_body(body);
        self.scopes.branches -= 1;
    }

    fn if_(&mut self, stmt: &'a StmtIf) {
        self.visit_expr(&stmt.test);
        let outside = self.when;
        let (only_typing, never_typing) = match &*stmt.test {
            test if is_type_checking(test) => (true, false),
            Expr::UnaryOp(op) if matches!(op.op, UnaryOp::Not) && is_type_checking(&op.operand) => {
                (false, true)
            }
            _ => (false, false),
        };
        self.when.typing |= only_typing;
        self.branch(&stmt.body);
        self.when = outside;
        for clause in &stmt.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            }
            self.when.typing |= never_typing;
            self.branch(&clause.body);
            self.when = outside;
        }
    }

    fn try_(&mut self, stmt: &'a StmtTry) {
        let outside = self.when;
        self.when.optional |= stmt.handlers.iter().any(catches_import_error);
        self.branch(&stmt.body);
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            if let Some(class) = &handler.type_ {
                self.visit_expr(class);
            }
            self.scopes.branches += 1;
            if let Some(name) = &handler.name {
                self.scopes.bind(name.as_str(), Vec::new());
            }
            self.visit_body(&handler.body);
            self.scopes.branches -= 1;
        }
        self.when = outside;
        self.branch(&stmt.orelse);
        self.visit_body(&stmt.finalbody);
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], elements: &[&'a Expr]) {
        self.scopes.enter();
        for generator in generators {
            self.visit_expr(&generator.iter);
            self.bind_target(&generator.target, &[]);
            generator.ifs.iter().for_each(|test| self.visit_expr(test));
        }
        elements.iter().for_each(|element| self.visit_expr(element));
        self.scopes.leave();
    }

    /// The parts of an expression that stands for nothing imported itself.
    fn inside(&mut self, expr: &'a Expr) {
        match expr {
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let elements: Vec<&Expr> = comp.key.as_deref().into_iter().chain([&*comp.value]).collect();
                self.comprehension(&comp.generators, &elements);
            }
            Expr::Lambda(lambda) => {
                self.scopes.enter();
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                    self.parameters(parameters);
                }
                self.visit_expr(&lambda.body);
                self.scopes.leave();
            }
            other => walk_expr(self, other),
        }
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        for default in parameters.iter().filter_map(|parameter| parameter.default()) {
            self.visit_expr(default);
        }
    }
}

impl<'a> Visitor<'a> for Walker<'a, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => import.names.iter().for_each(|alias| self.import_module(alias)),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::FunctionDef(def) => {
                def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.defaults(&def.parameters);
                self.scopes.bind(def.name.as_str(), Vec::new());
                self.later.push((def, self.when));
            }
            Stmt::ClassDef(def) => {
                def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                // What is called on a class of the file's own may be its bases'.
                let mut bases = Vec::new();
                if let Some(arguments) = &def.arguments {
                    for base in &arguments.args {
                        let origins = self.origins(base);
                        bases.extend(origins.iter().map(|origin| origin.name.clone()));
                        self.emit(origins, base);
                    }
                    arguments.keywords.iter().for_each(|keyword| self.visit_expr(&keyword.value));
                }
                self.scopes.enter();
                let branches = std::mem::take(&mut self.scopes.branches);
                self.visit_body(&def.body);
                self.scopes.branches = branches;
                self.scopes.leave();
                self.scopes.bind(def.name.as_str(), bases);
            }
            Stmt::Global(global) => global.names.iter().for_each(|name| self.scopes.global(name.as_str())),
            Stmt::Assign(assign) => self.assign(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => self.assign(std::slice::from_ref(&*assign.target), value),
                None => {
                    let class = self.origins_of_name(&assign.annotation);
                    let class: Vec<_> = class.into_iter().map(Origin::of).collect();
                    self.bind_target(&assign.target, &class);
                }
            },
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                if let Expr::Name(name) = &*assign.target {
                    if IMPORTING_SETTINGS.contains(&name.id.as_str()) {
                        self.import_named(&assign.value);
                    }
                } else {
                    self.visit_expr(&assign.target);
                }
            }
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                self.scopes.branches += 1;
                self.bind_target(&each.target, &[]);
                self.visit_body(&each.body);
                self.visit_body(&each.orelse);
                self.scopes.branches -= 1;
            }
            Stmt::While(each) => {
                self.visit_expr(&each.test);
                self.branch(&each.body);
                self.branch(&each.orelse);
            }
            Stmt::If(stmt) => self.if_(stmt),
            Stmt::Try(stmt) => self.try_(stmt),
            Stmt::Match(_) => {
                self.scopes.branches += 1;
                walk_stmt(self, stmt);
                self.scopes.branches -= 1;
            }
            Stmt::With(with) => {
                for item in &with.items {
                    let origins = self.origins(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind_target(target, &origins);
                    }
                    self.emit(origins, &item.context_expr);
                }
                self.visit_body(&with.body);
            }
            Stmt::TypeAlias(_) => {}
            other => walk_stmt(self, other),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let origins = self.origins(expr);
        self.emit(origins, expr);
    }

    /// An annotation runs nothing.
    fn visit_annotation(&mut self, _expr: &'a Expr) {}

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Some(name) = bound_name(pattern) {
            self.scopes.bind(name, Vec::new());
        }
        walk_pattern(self, pattern);
    }
}

fn extend(name: &mut String, attribute: &str) {
    if !name.is_empty() && !name.ends_with('.') {
        name.push('.');
    }
    name.push_str(attribute);
}

/// By PEP 8: the last part of the name begins with a capital, and is no constant.
fn is_class(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with(|first: char| first.is_uppercase())
}

fn is_setting(name: &str) -> bool {
    name.len() > 2
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_import_key(key: &Expr) -> bool {
    matches!(key, Expr::StringLiteral(key) if matches!(key.value.to_str(), "BACKEND" | "ENGINE" | "NAME"))
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

fn catches_import_error(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let catches = |class: &Expr| {
        matches!(class, Expr::Name(name)
            if matches!(name.id.as_str(), "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException"))
    };
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(classes)) => classes.elts.iter().any(catches),
        Some(class) => catches(class),
    }
}
