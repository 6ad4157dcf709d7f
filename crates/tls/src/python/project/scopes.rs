//! Functions, classes and names: functions are read after what is around them, each by itself, with what their parameters
//! have where no caller is known. The walk over statements is in `walk`, calls that are followed are in `calls`.

use super::state::{Class, Code, Function, Known, Object, Open, What};
use super::tables::CLASSES;
use super::walk::{Frame, Reader};
use ruff_python_ast::{Expr, Parameters, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;
use std::collections::BTreeMap;
use std::rc::Rc;
use tieout_model::Place;
use tieout_python_syntax::pairs;

impl<'a> Reader<'a, '_> {
    pub(super) fn function(&mut self, def: &'a StmtFunctionDef) {
        def.decorator_list.iter().for_each(|decorator| drop(self.eval(&decorator.expression)));
        let function = Function { code: Code::Def(def), chain: self.chain.clone(), own: None };
        self.bind(def.name.as_str(), Known::Function(function.clone()));
        if self.followed.is_empty() {
            self.later.push(function);
        }
    }

    /// A lambda that is not called here may be called anywhere.
    pub(super) fn put_off(&mut self, function: Function<'a>) {
        if self.followed.is_empty() {
            self.later.push(function);
        }
    }

    pub(super) fn class(&mut self, def: &'a StmtClassDef) {
        def.decorator_list.iter().for_each(|decorator| drop(self.eval(&decorator.expression)));
        let mut bases: Vec<String> = Vec::new();
        let mut parents = Vec::new();
        for base in def.arguments.iter().flat_map(|arguments| &arguments.args) {
            match self.eval(base).plain() {
                Known::Path(path) => bases.push(path.to_string()),
                Known::Class(class) => {
                    bases.extend(class.bases.iter().cloned());
                    parents.push(class.scope);
                    parents.extend(class.parents.iter().copied());
                }
                _ => {}
            }
        }
        let scope = self.state.scope();
        let class = Class { def, scope, bases: bases.into(), parents: parents.into() };
        self.bind(def.name.as_str(), Known::Class(class.clone()));
        self.state.set(scope, "__class__", Known::Class(class.clone()));
        let outside = self.chain.clone();
        self.chain = outside.iter().copied().chain([scope]).collect();
        let mark = self.later.len();
        self.block(&def.body);
        self.chain = outside.clone();
        // Methods see what is around the class, not the class.
        let mut methods: Vec<Function<'a>> = self.later.split_off(mark.min(self.later.len()));
        for method in &mut methods {
            if method.chain.last() == Some(&scope) {
                method.chain = outside.clone();
                method.own = Some((scope, class.clone()));
            }
        }
        let own: Vec<(Rc<str>, Function<'a>)> = self
            .state
            .scopes
            .get(scope)
            .map(|scope| {
                let methods = scope.names.iter().filter_map(|(name, value)| match value {
                    Known::Function(function) => Some((name.clone(), function.clone())),
                    _ => None,
                });
                methods.collect()
            })
            .unwrap_or_default();
        for (name, function) in own {
            if function.chain.last() == Some(&scope) {
                let method =
                    Function { chain: outside.clone(), own: Some((scope, class.clone())), ..function };
                self.state.set(scope, &name, Known::Function(method));
            }
        }
        methods
            .sort_by_key(|method| !matches!(method.code, Code::Def(def) if def.name.as_str() == "__init__"));
        self.later.extend(methods);
        self.adapter_of(&class);
    }

    /// Reads the functions that were put off, each by itself.
    pub(super) fn functions(&mut self) {
        let mut from = 0;
        while let Some(function) = self.later.get(from).cloned() {
            from += 1;
            if !self.step() {
                return;
            }
            self.by_itself(&function);
        }
    }

    pub(super) fn by_itself(&mut self, function: &Function<'a>) {
        let from = self.state.objects();
        self.function = Some(function.code.start());
        self.frames.push(Frame::default());
        let scope = self.state.scope();
        let outside =
            std::mem::replace(&mut self.chain, function.chain.iter().copied().chain([scope]).collect());
        self.own = function.own.clone();
        match function.code {
            Code::Def(def) => {
                let is_static = has_decorator(def, "staticmethod");
                self.parameters(
                    &def.parameters,
                    function.own.as_ref().filter(|_| !is_static).map(|own| own.0),
                );
                self.block(&def.body);
            }
            Code::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters, None);
                }
                self.eval(&lambda.body);
            }
        }
        let frame = self.frames.pop().unwrap_or_default();
        self.split(frame.split);
        self.emit_made(from, self.function);
        self.chain = outside;
        self.own = None;
        self.function = None;
    }

    /// Objects that one of several returns has changed: who gets them gets either.
    pub(super) fn split(&mut self, split: Vec<(usize, Open)>) {
        for (id, why) in split {
            self.state.change(id, |object| {
                object.open.get_or_insert(why);
            });
        }
    }

    /// Ends a call that was followed.
    pub(super) fn leave(&mut self) -> Vec<Known<'a>> {
        let frame = self.frames.pop().unwrap_or_default();
        self.split(frame.split);
        frame.returned
    }

    /// What the parameters are where no caller is known.
    pub(super) fn parameters(&mut self, parameters: &'a Parameters, own: Option<usize>) {
        let mut own = own;
        for parameter in parameters.iter_non_variadic_params() {
            let name = parameter.parameter.name.as_str();
            let value = match (own.take(), parameter.default()) {
                (Some(instance), _) => Known::Instance(instance),
                (None, Some(default)) => Known::Default(Box::new(self.eval(default))),
                (None, None) => self.annotated(parameter.annotation(), &parameter.parameter),
            };
            self.bind(name, value);
        }
        if let Some(rest) = &parameters.vararg {
            let value = self.unknown(&**rest);
            self.bind(rest.name.as_str(), value);
        }
        if let Some(rest) = &parameters.kwarg {
            let open = Open::new(format!("`**{}`", rest.name.as_str()));
            let what = What::Map { entries: Vec::new(), rest: Some(open), of_caller: true };
            let at = self.module.place(&**rest);
            let map = self.make(what, at);
            self.bind(rest.name.as_str(), map);
        }
    }

    /// What is known of something by its annotation alone: a session's methods, not its settings.
    pub(super) fn annotated(&mut self, annotation: Option<&'a Expr>, of: &impl Ranged) -> Known<'a> {
        let class = match annotation.map(|annotation| self.eval(annotation)) {
            Some(Known::Path(path)) => CLASSES.iter().find(|class| **class == &*path).copied(),
            _ => None,
        };
        match class {
            Some(class) => {
                let at = self.module.place(of);
                self.make(What::Client { class, settings: BTreeMap::new() }, at)
            }
            None => self.unknown(of),
        }
    }

    pub(super) fn make(&mut self, what: What<'a>, at: Place) -> Known<'a> {
        let object = Object { what, places: vec![at], open: None, made_in: self.function };
        Known::Object(self.state.add(object))
    }

    pub(super) fn here(&self) -> Option<usize> {
        self.chain.last().copied()
    }

    pub(super) fn bind(&mut self, name: &str, value: Known<'a>) {
        let Some(here) = self.here() else { return };
        let is_global = self.state.scopes.get(here).is_some_and(|scope| scope.globals.contains(&name));
        let scope = if is_global { self.chain.first().copied() } else { Some(here) };
        if let Some(scope) = scope {
            self.state.set(scope, name, value);
        }
    }

    pub(super) fn look_up(&self, name: &str) -> Option<Known<'a>> {
        let module = self.chain.first().copied();
        let found = self.chain.iter().rev().find_map(|scope| {
            let value = self.state.name(*scope, name)?;
            Some((*scope, value.clone()))
        });
        match found {
            Some((scope, _))
                if self.function.is_some() && Some(scope) == module && self.globals.contains(name) =>
            {
                Some(Known::Unknown(Open::new(format!("`{name}` is set by a function"))))
            }
            Some((_, value)) => Some(value),
            None => None,
        }
    }

    pub(super) fn bind_target(&mut self, target: &'a Expr, value: Known<'a>) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Tuple(tuple) => self.bind_each(&tuple.elts),
            Expr::List(list) => self.bind_each(&list.elts),
            Expr::Starred(starred) => {
                let rest = self.unknown(target);
                self.bind_target(&starred.value, rest);
            }
            Expr::Attribute(attribute) => {
                let base = self.eval(&attribute.value);
                self.set_attribute(base, attribute.attr.as_str(), value, attribute);
            }
            Expr::Subscript(subscript) => self.set_item(subscript, value),
            other => drop(self.eval(other)),
        }
    }

    fn bind_each(&mut self, targets: &'a [Expr]) {
        for target in targets {
            let value = self.unknown(target);
            self.bind_target(target, value);
        }
    }

    pub(super) fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) {
        // `a, b = x, y`
        if let Some(pairs) = pairs(targets, value) {
            for (target, value) in pairs {
                self.assign(std::slice::from_ref(target), value);
            }
            return;
        }
        if let [target @ Expr::Attribute(attribute)] = targets
            && self.is_added_to_itself(attribute, value, target)
        {
            return;
        }
        let known = self.eval(value);
        for target in targets {
            self.bind_target(target, known.clone());
        }
    }
}

pub(super) fn has_decorator(def: &StmtFunctionDef, name: &str) -> bool {
    def.decorator_list
        .iter()
        .any(|decorator| matches!(&decorator.expression, Expr::Name(own) if own.id.as_str() == name))
}
