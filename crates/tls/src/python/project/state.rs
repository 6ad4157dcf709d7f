//! What is known at a statement: names by scope, and the objects (contexts, sessions, dicts) that names stand for. Branches
//! are tried one by one and joined: what differs between them is not known afterwards.

use super::vocabulary::{Change, Context, Value};
use ruff_python_ast::{ExprLambda, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use tieout_model::Place;

/// A value, as far as reading tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known<'a> {
    /// Something imported, by its dotted name.
    Path(Rc<str>),
    None,
    Flag(bool),
    Number(i64),
    Text(Rc<str>),
    /// Constants of `ssl`, joined by `|`, sorted.
    Constants(Rc<[String]>),
    /// `~` of such.
    Not(Rc<[String]>),
    Object(usize),
    Function(Function<'a>),
    Class(Class<'a>),
    /// An object of a class of the file's own: the scope of its attributes.
    Instance(usize),
    /// `super()` in a class: what it derives from.
    Super(Class<'a>),
    /// Some text, made at run time: a path, as a rule.
    SomeText,
    /// What a parameter has unless the caller gives it another.
    Default(Box<Known<'a>>),
    Unknown(Open),
}

/// What only running tells: its source, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Open {
    pub(super) why: Rc<str>,
}

impl Open {
    pub(super) fn new(why: impl Into<Rc<str>>) -> Open {
        Open { why: why.into() }
    }
}

impl<'a> Known<'a> {
    /// Without the mark of a default.
    pub(super) fn plain(self) -> Known<'a> {
        match self {
            Known::Default(inner) => inner.plain(),
            other => other,
        }
    }

    pub(super) fn path(name: impl Into<Rc<str>>) -> Known<'a> {
        Known::Path(name.into())
    }
}

/// A function of the file.
#[derive(Debug, Clone)]
pub(super) struct Function<'a> {
    pub(super) code: Code<'a>,
    /// The scopes around it, the module's first.
    pub(super) chain: Rc<[usize]>,
    /// What `self` is, and the class, for a method.
    pub(super) own: Option<(usize, Class<'a>)>,
}

/// What a function runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Code<'a> {
    Def(&'a StmtFunctionDef),
    Lambda(&'a ExprLambda),
}

impl Code<'_> {
    pub(super) fn start(&self) -> u32 {
        match self {
            Code::Def(def) => def.range().start().to_u32(),
            Code::Lambda(lambda) => lambda.range().start().to_u32(),
        }
    }
}

impl PartialEq for Function<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.code.start() == other.code.start()
            && self.own.as_ref().map(|own| own.0) == other.own.as_ref().map(|own| own.0)
    }
}

/// A class of the file.
#[derive(Debug, Clone)]
pub(super) struct Class<'a> {
    pub(super) def: &'a StmtClassDef,
    /// Its own attributes and methods.
    pub(super) scope: usize,
    /// The imported classes that it derives from, over its own ones.
    pub(super) bases: Rc<[String]>,
    /// The classes of the file that it derives from, the nearest first: their scopes.
    pub(super) parents: Rc<[usize]>,
}

impl PartialEq for Class<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.def.range() == other.def.range()
    }
}

/// What a name or another object stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object<'a> {
    pub(super) what: What<'a>,
    /// Where it is made and where it is changed.
    pub(super) places: Vec<Place>,
    /// Why its settings are not known.
    pub(super) open: Option<Open>,
    /// The function (by its start; `None` for the module) whose code makes it.
    pub(super) made_in: Option<u32>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What<'a> {
    Context {
        context: Context,
        /// It can serve too, and has a certificate to show.
        may_serve: bool,
        serves: bool,
    },
    /// A client whose settings are changed after it is made (`requests.Session`), by its class.
    Client { class: &'static str, settings: BTreeMap<&'static str, Value> },
    /// A dict; where `rest` is set it may hold more.
    Map { entries: Vec<(String, Known<'a>)>, rest: Option<Open>, of_caller: bool },
}

/// A scope: names of a module, class, function or object.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) names: HashMap<Rc<str>, Known<'a>>,
    pub(super) globals: Vec<&'a str>,
}

/// What a branch has changed, with the values from before or after.
#[derive(Debug, Default)]
pub(super) struct Changes<'a> {
    /// Objects from this one on are made in the branch.
    first_own: usize,
    names: BTreeMap<(usize, Rc<str>), Option<Known<'a>>>,
    objects: BTreeMap<usize, Object<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct State<'a> {
    pub(super) scopes: Vec<Scope<'a>>,
    objects: Vec<Object<'a>>,
    journal: Vec<Changes<'a>>,
}

impl<'a> State<'a> {
    pub(super) fn scope(&mut self) -> usize {
        self.scopes.push(Scope::default());
        self.scopes.len() - 1
    }

    pub(super) fn name(&self, scope: usize, name: &str) -> Option<&Known<'a>> {
        self.scopes.get(scope)?.names.get(name)
    }

    pub(super) fn set(&mut self, scope: usize, name: &str, value: Known<'a>) {
        let name: Rc<str> = name.into();
        let Some(place) = self.scopes.get_mut(scope) else { return };
        let before = place.names.insert(name.clone(), value);
        if let Some(changes) = self.journal.last_mut() {
            changes.names.entry((scope, name)).or_insert(before);
        }
    }

    pub(super) fn add(&mut self, object: Object<'a>) -> usize {
        self.objects.push(object);
        self.objects.len() - 1
    }

    pub(super) fn objects(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn object(&self, id: usize) -> Option<&Object<'a>> {
        self.objects.get(id)
    }

    /// Changes an object.
    pub(super) fn change(&mut self, id: usize, change: impl FnOnce(&mut Object<'a>)) {
        let Some(object) = self.objects.get_mut(id) else { return };
        if let Some(changes) = self.journal.last_mut()
            && id < changes.first_own
        {
            changes.objects.entry(id).or_insert_with(|| object.clone());
        }
        change(object);
    }

    pub(super) fn begin(&mut self) {
        self.journal.push(Changes { first_own: self.objects.len(), ..Changes::default() });
    }

    /// Ends a branch: all is as it was before, and what the branch made of it is handed over.
    pub(super) fn end(&mut self) -> Changes<'a> {
        let mut after = Changes::default();
        let before = self.journal.pop().unwrap_or_default();
        for ((scope, name), old) in before.names {
            let Some(names) = self.scopes.get_mut(scope).map(|scope| &mut scope.names) else { continue };
            let new = match old {
                Some(old) => names.insert(name.clone(), old),
                None => names.remove(&name),
            };
            after.names.insert((scope, name), new);
        }
        for (id, old) in before.objects {
            if let Some(object) = self.objects.get_mut(id) {
                after.objects.insert(id, std::mem::replace(object, old));
            }
        }
        after
    }

    /// Goes on after branches of which one ran. `why` tells what decides.
    pub(super) fn join(&mut self, branches: Vec<Changes<'a>>, why: &Open) {
        let mut names: Vec<(usize, Rc<str>)> =
            branches.iter().flat_map(|branch| branch.names.keys().cloned()).collect();
        names.sort();
        names.dedup();
        for key in names {
            let before = self.name(key.0, &key.1).cloned();
            let after: Vec<Option<Known<'a>>> = branches
                .iter()
                .map(|branch| branch.names.get(&key).cloned().unwrap_or_else(|| before.clone()))
                .collect();
            let mut different = after.iter().filter(|value| Some(*value) != after.first());
            let joined = match (after.first(), different.next()) {
                (Some(Some(same)), None) => same.clone(),
                _ => Known::Unknown(why.clone()),
            };
            self.set(key.0, &key.1, joined);
        }
        let mut ids: Vec<usize> = branches.iter().flat_map(|branch| branch.objects.keys().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let Some(before) = self.object(id).cloned() else { continue };
            let after: Vec<Object<'a>> = branches
                .iter()
                .map(|branch| branch.objects.get(&id).cloned().unwrap_or_else(|| before.clone()))
                .collect();
            let Some(first) = after.first().cloned() else { continue };
            let same = after.iter().all(|object| object.what == first.what && object.open == first.open);
            self.change(id, |object| {
                *object = first;
                if !same {
                    object.open = Some(why.clone());
                    object.places = after.iter().flat_map(|object| object.places.clone()).collect();
                    object.places.sort();
                    object.places.dedup();
                }
            });
        }
    }

    /// Keeps what a branch made of all: it ran for certain.
    pub(super) fn keep(&mut self, branch: Changes<'a>) {
        for ((scope, name), value) in branch.names {
            if let Some(value) = value {
                self.set(scope, &name, value);
            }
        }
        for (id, new) in branch.objects {
            self.change(id, |object| *object = new);
        }
    }

    /// The objects that a branch has changed.
    pub(super) fn changed(branch: &Changes<'a>) -> Vec<usize> {
        branch.objects.keys().copied().collect()
    }
}

impl What<'_> {
    /// Adds a change to a context.
    pub(super) fn then(&mut self, change: Change) {
        if let What::Context { context, .. } = self {
            context.changes.push(change);
        }
    }
}
