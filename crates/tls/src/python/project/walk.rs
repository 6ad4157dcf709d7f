//! The walk over the statements of one file, in the order in which they run: names are bound, branches tried and joined,
//! functions read after what is around them, each by itself. What an expression is worth is told in `evaluate`, what a call
//! means for TLS in `calls`.

use super::state::{Class, Function, Known, Open, State, What};
use super::tables::canonical;
use super::vocabulary::Configuration;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{ExceptHandler, Expr, Pattern, Stmt, StmtIf, StmtTry};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;
use tieout_model::Place;
use tieout_python_syntax::{Module, bound_name};

/// Expressions and statements that are read of one file, calls that are followed included.
const MAX_STEPS: usize = 400_000;
/// Statements and expressions around the one that is read. What lies deeper is not read.
pub(super) const MAX_DEPTH: usize = 160;

/// A configured client, as the code states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) configuration: Configuration,
    /// Where the client is made or called; then where its settings are.
    pub(super) places: Vec<Place>,
    /// What is in the code and not rebuilt.
    pub(super) ignored: BTreeSet<&'static str>,
    /// The objects that it depends on; empty for what runs at import.
    depends: Vec<usize>,
}

/// A place whose configuration is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hole {
    pub(super) at: Place,
    pub(super) what: String,
}

/// What one file has.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    pub(super) holes: BTreeSet<Hole>,
}

/// How a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Goes,
    /// It leaves the loop, whose end is not far.
    Breaks,
    Returns,
    Raises,
}

/// A function that runs.
#[derive(Debug, Default)]
pub(super) struct Frame<'a> {
    pub(super) returned: Vec<Known<'a>>,
    /// Objects that are changed before a return in a branch, and why that is open.
    pub(super) split: Vec<(usize, Open)>,
}

pub(super) struct Reader<'a, 't> {
    pub(super) module: &'a Module<'t>,
    pub(super) state: State<'a>,
    /// The scopes around the statement, the module's first.
    pub(super) chain: Rc<[usize]>,
    /// The function that is read, by its start; those that it calls run as part of it.
    pub(super) function: Option<u32>,
    pub(super) own: Option<(usize, Class<'a>)>,
    pub(super) frames: Vec<Frame<'a>>,
    /// The functions that are followed from call to call, by their start.
    pub(super) followed: Vec<u32>,
    /// Where the followed calls are.
    pub(super) callers: Vec<Place>,
    pub(super) later: Vec<Function<'a>>,
    /// Objects that a client was given.
    pub(super) used: BTreeSet<usize>,
    /// Objects that another function changes than the one that makes them.
    changed: BTreeMap<usize, Open>,
    /// What was loaded into contexts that the probe does not load.
    pub(super) loaded: BTreeMap<usize, BTreeSet<&'static str>>,
    /// Names that functions declare global.
    pub(super) globals: HashSet<&'a str>,
    /// Modules from which everything is imported.
    pub(super) stars: Vec<String>,
    steps: usize,
    pub(super) depth: usize,
    pub(super) found: Found,
}

impl<'a, 't> Reader<'a, 't> {
    pub(super) fn new(module: &'a Module<'t>) -> Self {
        let mut state = State::default();
        let scope = state.scope();
        Reader {
            module,
            state,
            chain: Rc::from([scope]),
            function: None,
            own: None,
            frames: vec![Frame::default()],
            followed: Vec::new(),
            callers: Vec::new(),
            later: Vec::new(),
            used: BTreeSet::new(),
            changed: BTreeMap::new(),
            loaded: BTreeMap::new(),
            globals: HashSet::new(),
            stars: Vec::new(),
            steps: 0,
            depth: 0,
            found: Found::default(),
        }
    }

    /// Reads the file.
    pub(super) fn run(mut self) -> Found {
        let body = self.module.body();
        let mut globals = Globals::default();
        globals.visit_body(body);
        self.globals = globals.names;
        self.block(body);
        self.functions();
        self.emit_made(0, None);
        if self.steps >= MAX_STEPS {
            let at = body.last().map_or(Place::None, |last| self.module.place(last));
            self.hole(&at, "the file has more code than is followed".to_owned());
        }
        self.settle();
        self.found
    }

    /// Turns rows into holes whose objects are changed in a function that may have run before.
    fn settle(&mut self) {
        let rows = std::mem::take(&mut self.found.rows);
        for row in rows {
            let open = row.depends.iter().find_map(|id| self.changed.get(id)).cloned();
            match (open, row.places.first().cloned()) {
                (Some(open), Some(at)) => self.hole(&at, unsettled(row.configuration.client, &open)),
                _ if self.found.rows.iter().any(|other| {
                    other.configuration == row.configuration && other.places.first() == row.places.first()
                }) => {}
                _ => self.found.rows.push(row),
            }
        }
        // A context is told with the client that has it, and not by itself too.
        let clients: Vec<(Option<Place>, Configuration)> = self
            .used
            .iter()
            .filter_map(|id| {
                let object = self.state.object(*id)?;
                let What::Context { context, .. } = &object.what else { return None };
                Some((object.places.first().cloned(), Configuration::of_context(context.clone())))
            })
            .collect();
        self.found.rows.retain(|row| {
            !clients
                .iter()
                .any(|(at, context)| *context == row.configuration && at.as_ref() == row.places.first())
        });
    }

    pub(super) fn hole(&mut self, at: &Place, what: String) {
        self.found.holes.insert(Hole { at: at.clone(), what });
    }

    pub(super) fn row(
        &mut self,
        configuration: Configuration,
        places: Vec<Place>,
        objects: &[usize],
        ignored: BTreeSet<&'static str>,
    ) {
        let depends = if self.function.is_some() { objects.to_vec() } else { Vec::new() };
        let mut all = places;
        all.extend(self.callers.iter().cloned());
        self.found.rows.push(Row { configuration, places: all, ignored, depends });
    }

    /// Tells of what a function (or the module) has made and no client was given.
    pub(super) fn emit_made(&mut self, from: usize, function: Option<u32>) {
        for id in from..self.state.objects() {
            let Some(object) = self.state.object(id).cloned() else { continue };
            if object.made_in != function || self.used.contains(&id) {
                continue;
            }
            let Some(at) = object.places.first().cloned() else { continue };
            let open = object.open.clone().or_else(|| self.changed.get(&id).cloned());
            let ignored = self.loaded.get(&id).cloned().unwrap_or_default();
            match object.what {
                What::Context { serves: true, .. } | What::Map { .. } => {}
                What::Context { .. } if open.is_some() => {
                    let open = open.unwrap_or_else(|| Open::new(""));
                    self.hole(&at, unsettled("the context that is made here", &open));
                }
                What::Context { may_serve: true, .. } => {
                    let what = "whether the context that is made here is a client's or a server's";
                    self.hole(&at, format!("{what} is not to be seen"));
                }
                What::Context { context, .. } => {
                    self.row(Configuration::of_context(context), object.places, &[id], ignored);
                }
                What::Client { settings, .. } if settings.is_empty() && open.is_none() => {}
                What::Client { .. } if open.is_some() => {
                    let open = open.unwrap_or_else(|| Open::new(""));
                    self.hole(&at, unsettled("the session that is made here", &open));
                }
                What::Client { settings, .. } => {
                    let configuration =
                        Configuration { client: "requests", way: "requests", arguments: settings };
                    // The line that a reader looks for is that of the setting.
                    let mut places = object.places;
                    places.rotate_right(1);
                    self.row(configuration, places, &[id], ignored);
                }
            }
        }
    }

    /// Notes that an object is changed here; another function than its maker's leaves open when that happens.
    pub(super) fn changes(&mut self, id: usize) {
        let made_in = self.state.object(id).and_then(|object| object.made_in);
        if made_in != self.function {
            let why = "another function changes it, and whether that has run is not known";
            self.changed.insert(id, Open::new(why));
        }
    }

    /// Counts a step; false where the bound is met.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps < MAX_STEPS && self.depth < MAX_DEPTH
    }

    // --- Statements.

    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        self.depth += 1;
        let mut flow = Flow::Goes;
        for stmt in body {
            if !self.step() {
                break;
            }
            flow = self.stmt(stmt);
            if flow != Flow::Goes {
                break;
            }
        }
        self.depth -= 1;
        flow
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Flow {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    match &alias.asname {
                        Some(bound) => self.bind(bound.as_str(), Known::path(canonical(name))),
                        None => {
                            let top = name.split('.').next().unwrap_or(name);
                            self.bind(top, Known::path(canonical(top)));
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let dots = ".".repeat(usize::try_from(import.level).unwrap_or(0));
                let from = format!("{dots}{}", import.module.as_deref().unwrap_or_default());
                for alias in &import.names {
                    let name = alias.name.as_str();
                    if name == "*" {
                        self.stars.push(from.clone());
                        continue;
                    }
                    let dot = if from.ends_with('.') { "" } else { "." };
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bind(bound, Known::path(canonical(&format!("{from}{dot}{name}"))));
                }
            }
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Return(stmt) => {
                let value = stmt.value.as_deref().map_or(Known::None, |value| self.eval(value));
                if let Some(frame) = self.frames.last_mut() {
                    frame.returned.push(value);
                }
                return Flow::Returns;
            }
            Stmt::Raise(raise) => {
                raise.exc.iter().chain(&raise.cause).for_each(|value| drop(self.eval(value)));
                return Flow::Raises;
            }
            Stmt::Break(_) | Stmt::Continue(_) => return Flow::Breaks,
            Stmt::Assign(assign) => self.assign(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => self.assign(std::slice::from_ref(&*assign.target), value),
                None => {
                    let value = self.annotated(Some(&assign.annotation), &*assign.target);
                    self.bind_target(&assign.target, value);
                }
            },
            Stmt::AugAssign(assign) => {
                let value = self.eval(&assign.value);
                self.augment(&assign.target, assign.op, value, stmt);
            }
            Stmt::For(each) => {
                self.eval(&each.iter);
                let why = self.because(&*each.iter, "a loop decides");
                self.state.begin();
                let item = self.unknown(&*each.target);
                self.bind_target(&each.target, item);
                self.block(&each.body);
                let once = self.state.end();
                self.state.begin();
                let never = self.state.end();
                self.state.join(vec![never, once], &why);
                self.block(&each.orelse);
            }
            Stmt::While(each) => {
                let why = self.because(&*each.test, "a loop decides");
                let decided = self.decide(&each.test);
                if decided != Some(false) {
                    self.state.begin();
                    self.block(&each.body);
                    let once = self.state.end();
                    self.state.begin();
                    let never = self.state.end();
                    let ways = if decided == Some(true) { vec![once] } else { vec![never, once] };
                    self.state.join(ways, &why);
                }
                self.block(&each.orelse);
            }
            Stmt::If(stmt) => return self.if_(stmt),
            Stmt::Match(stmt) => {
                self.eval(&stmt.subject);
                let why = self.because(&*stmt.subject, "a case decides");
                let mut ways = Vec::new();
                for case in &stmt.cases {
                    ways.push(self.branch(&case.body, Some(&case.pattern), &why));
                }
                self.state.begin();
                ways.push((self.state.end(), Flow::Goes));
                return self.join(ways, &why);
            }
            Stmt::Try(stmt) => return self.try_(stmt),
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.eval(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind_target(target, value);
                    }
                }
                return self.block(&with.body);
            }
            Stmt::Global(global) => {
                if let Some(scope) = self.here().and_then(|here| self.state.scopes.get_mut(here)) {
                    scope.globals.extend(global.names.iter().map(|name| name.as_str()));
                }
            }
            Stmt::Expr(stmt) => drop(self.eval(&stmt.value)),
            Stmt::Assert(stmt) => drop(self.eval(&stmt.test)),
            Stmt::Delete(stmt) => {
                for target in &stmt.targets {
                    let gone = self.unknown(target);
                    self.bind_target(target, gone);
                }
            }
            Stmt::Nonlocal(_) | Stmt::TypeAlias(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Goes
    }

    fn if_(&mut self, stmt: &'a StmtIf) -> Flow {
        let why = self.because(&*stmt.test, "a condition decides");
        let mut ways = Vec::new();
        let first = std::iter::once((Some(&*stmt.test), &*stmt.body));
        let rest = stmt.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &*clause.body));
        let mut is_open = true;
        for (test, body) in first.chain(rest) {
            match test.map(|test| self.decide(test)) {
                Some(Some(false)) => continue,
                None | Some(Some(true)) => {
                    is_open = false;
                    ways.push(self.branch(body, None, &why));
                    break;
                }
                Some(None) => ways.push(self.branch(body, None, &why)),
            }
        }
        if is_open {
            self.state.begin();
            ways.push((self.state.end(), Flow::Goes));
        }
        self.join(ways, &why)
    }

    fn branch(
        &mut self,
        body: &'a [Stmt],
        pattern: Option<&'a Pattern>,
        _why: &Open,
    ) -> (super::state::Changes<'a>, Flow) {
        self.state.begin();
        if let Some(pattern) = pattern {
            let mut bound = Bound::default();
            bound.visit_pattern(pattern);
            for name in bound.names {
                self.bind(name, Known::Unknown(Open::new(format!("`{name}` of a pattern"))));
            }
        }
        let flow = self.block(body);
        (self.state.end(), flow)
    }

    /// Goes on after branches. One that returns takes its changes with it: what it changed is either, to who gets it.
    fn join(&mut self, ways: Vec<(super::state::Changes<'a>, Flow)>, why: &Open) -> Flow {
        if let [(_, flow)] = ways.as_slice() {
            let flow = *flow;
            ways.into_iter().for_each(|(changes, _)| self.state.keep(changes));
            return flow;
        }
        let mut staying = Vec::new();
        let mut ends = Vec::new();
        for (changes, flow) in ways {
            match flow {
                Flow::Goes | Flow::Breaks => staying.push(changes),
                Flow::Returns => {
                    let split = State::changed(&changes).into_iter().map(|id| (id, why.clone()));
                    if let Some(frame) = self.frames.last_mut() {
                        frame.split.extend(split);
                    }
                    ends.push(flow);
                }
                Flow::Raises => ends.push(flow),
            }
        }
        if staying.is_empty() {
            return if ends.contains(&Flow::Returns) { Flow::Returns } else { Flow::Raises };
        }
        self.state.join(staying, why);
        Flow::Goes
    }

    fn try_(&mut self, stmt: &'a StmtTry) -> Flow {
        let why = Open::new("what is caught here decides");
        let imports = stmt.body.iter().any(|stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_)));
        let mut ways = vec![self.branch(&stmt.body, None, &why)];
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            let way = self.branch(&handler.body, None, &why);
            // What is done where an import fails is not what runs with the library.
            if !imports {
                ways.push(way);
            }
        }
        let mut flow = self.join(ways, &why);
        if flow == Flow::Goes {
            flow = self.block(&stmt.orelse);
        }
        match self.block(&stmt.finalbody) {
            Flow::Goes => flow,
            other => other,
        }
    }
}

fn unsettled(what: &str, open: &Open) -> String {
    format!("how {what} is configured is not settled by the code: {}", open.why)
}

/// The names that functions declare global.
#[derive(Default)]
struct Globals<'a> {
    names: HashSet<&'a str>,
}

impl<'a> Visitor<'a> for Globals<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::Global(global) = stmt {
            self.names.extend(global.names.iter().map(|name| name.as_str()));
        }
        ruff_python_ast::visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _expr: &'a Expr) {}
}

/// The names that a pattern binds.
#[derive(Default)]
struct Bound<'a> {
    names: Vec<&'a str>,
}

impl<'a> Visitor<'a> for Bound<'a> {
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.names.extend(bound_name(pattern));
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, _expr: &'a Expr) {}
}

impl<'a> Visitor<'a> for Reader<'a, '_> {
    /// Each expression inside one that is worth nothing by itself.
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.eval(expr);
    }

    /// Statements are the walk's.
    fn visit_stmt(&mut self, _stmt: &'a Stmt) {}

    fn visit_annotation(&mut self, _expr: &'a Expr) {}
}

impl<'a> Reader<'a, '_> {
    /// Reads what is inside an expression.
    pub(super) fn inside(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
    }
}
