//! The world of one root module: module instances and the instances of resources by count and for_each,
//! worked out when first asked for, with bounds that no input can pass.

use super::Open;
use super::eval::Frame;
use super::project::{Module, Project, absent_module};
use super::syntax::{Block, Body, Expr, Kind};
use super::value::{as_text, either, node, number, size, unknown, words};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// Most instances of one resource or module call; more than this is looked at as one.
const MAX_MEMBERS: usize = 2_000;
/// Most nodes that the values of one root module may take, all counted.
const BUDGET: usize = 20_000_000;
/// Most nodes of one value, and its greatest depth.
const MAX_VALUE: (usize, usize) = (50_000, 120);
/// Deepest nesting of module calls.
const MAX_MODULES: usize = 24;

/// What `count.index` and `each` mean.
#[derive(Debug, Clone, Default)]
pub(crate) enum Iteration {
    #[default]
    Single,
    Count(Node),
    Each {
        key: Node,
        value: Node,
    },
}

/// A module as called: the root, or once for each instance of a call.
pub(crate) struct ModuleInstance<'a> {
    pub module: &'a Module,
    /// `module.a["k"].module.b`; empty for the root.
    pub address: Arc<str>,
    pub caller: Option<Caller<'a>>,
    /// Why it is not certain that the instance exists.
    pub uncertain: Option<Gap>,
    values: RefCell<HashMap<(What, Arc<str>), Slot>>,
}

/// Who called a module, and with what.
pub(crate) struct Caller<'a> {
    pub module: Rc<ModuleInstance<'a>>,
    pub call: &'a Block,
    pub iteration: Rc<Iteration>,
}

/// What a value of a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Variable,
    Local,
    Output,
    Attribute,
    Expansion,
}

enum Slot {
    Busy,
    Done(Rc<Node>, usize),
}

/// One instance of a resource or of a module call.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// The key of a map of instances.
    pub key: Option<Arc<str>>,
    pub address: Arc<str>,
    pub iteration: Rc<Iteration>,
    /// The condition under which it exists, and whether it must hold or fail.
    pub condition: Option<(Arc<str>, bool)>,
}

impl Member {
    /// Why it is not certain that the instance exists.
    pub(crate) fn uncertain(&self) -> Option<Gap> {
        let (condition, holds) = self.condition.as_ref()?;
        Some(Gap::unresolved(if *holds { condition.to_string() } else { format!("!({condition})") }))
    }
}

/// How a reference without an index sees the instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Single,
    List,
    Map,
}

/// The instances of a resource or of a module call.
#[derive(Debug)]
pub(crate) struct Expansion {
    pub shape: Shape,
    pub members: Vec<Member>,
    /// True where one member stands in for those that are not known.
    pub open: bool,
}

/// What an address means.
#[derive(Clone)]
pub(crate) enum Target<'a> {
    Resource { module: Rc<ModuleInstance<'a>>, index: usize, iteration: Rc<Iteration> },
    Module(Rc<ModuleInstance<'a>>),
}

/// The instances of a module call.
pub(crate) struct Children<'a> {
    pub expansion: Expansion,
    pub instances: Vec<Rc<ModuleInstance<'a>>>,
}

/// Instances of resources by the address of their module and their number in it.
type Expansions = HashMap<(Arc<str>, usize), Rc<Expansion>>;
/// Instances of module calls by the address of the calling module and the call's name.
type Calls<'a> = HashMap<(Arc<str>, Arc<str>), Rc<Children<'a>>>;

/// What is known of where a deployment goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployment {
    pub account: Option<Arc<str>>,
    pub region: Option<Arc<str>>,
}

/// One root module and all that it calls, under evaluation.
pub(crate) struct World<'a> {
    pub project: &'a Project,
    /// Opens a text file of the tree by its path, for `file` and `templatefile`.
    pub open: &'a Open<'a>,
    pub deployment: &'a Deployment,
    pub depth: Cell<u32>,
    /// Counts the errors that Terraform itself would report; `try` and `can` watch it.
    pub errors: Cell<u32>,
    /// Conditions that the expression under evaluation took to hold, for `try`.
    pub assumed: RefCell<Vec<Arc<str>>>,
    budget: Cell<usize>,
    pub targets: RefCell<HashMap<Arc<str>, Target<'a>>>,
    expansions: RefCell<Expansions>,
    children: RefCell<Calls<'a>>,
    pub gaps: RefCell<Vec<(Gap, Place)>>,
}

impl<'a> World<'a> {
    pub(crate) fn new(project: &'a Project, deployment: &'a Deployment, open: &'a Open<'a>) -> World<'a> {
        World {
            project,
            open,
            deployment,
            depth: Cell::new(0),
            errors: Cell::new(0),
            assumed: RefCell::default(),
            budget: Cell::new(BUDGET),
            targets: RefCell::default(),
            expansions: RefCell::default(),
            children: RefCell::default(),
            gaps: RefCell::default(),
        }
    }

    /// Takes from the budget; false where it is used up.
    pub(crate) fn spend(&self, nodes: usize) -> bool {
        let left = self.budget.get().saturating_sub(nodes);
        self.budget.set(left);
        left > 0
    }

    /// The gap of a value that was given up for its size.
    pub(crate) fn spent_gap(&self) -> Gap {
        Gap::unsupported("a value that is too large to work out")
    }

    /// Notes an error that Terraform would report.
    pub(crate) fn error(&self) {
        self.errors.set(self.errors.get().saturating_add(1));
    }

    /// An error that Terraform would report, as a value.
    pub(crate) fn wrong(&self, what: impl std::fmt::Display) -> Node {
        self.error();
        unknown(what)
    }

    /// The root module's instance.
    pub(crate) fn root(&self, module: &'a Module) -> Rc<ModuleInstance<'a>> {
        Rc::new(ModuleInstance {
            module,
            address: "".into(),
            caller: None,
            uncertain: None,
            values: RefCell::default(),
        })
    }

    /// A value of a module that is worked out once; one that needs itself is unknown.
    fn remember(
        &self,
        module: &ModuleInstance<'a>,
        what: What,
        name: &str,
        compute: impl FnOnce() -> Node,
    ) -> Node {
        let key: (What, Arc<str>) = (what, name.into());
        match module.values.borrow().get(&key) {
            Some(Slot::Busy) => return unknown(format!("{} (it needs its own value)", module.say(name))),
            Some(Slot::Done(node, size)) => {
                if !self.spend(*size) {
                    return Node::unknown(self.spent_gap(), Place::None);
                }
                return (**node).clone();
            }
            None => {}
        }
        module.values.borrow_mut().insert(key.clone(), Slot::Busy);
        let errors = self.errors.get();
        let mut value = compute();
        self.errors.set(errors);
        let (mut nodes, depth) = size(&value);
        if nodes > MAX_VALUE.0 || depth > MAX_VALUE.1 || !self.spend(nodes) {
            value = Node::unknown(self.spent_gap(), value.at);
            nodes = 1;
        }
        module.values.borrow_mut().insert(key, Slot::Done(Rc::new(value.clone()), nodes));
        value
    }

    /// The value of a variable: the caller's argument, the value of a tfvars file, the default.
    pub(crate) fn variable(&self, module: &Rc<ModuleInstance<'a>>, name: &str) -> Node {
        let Some(variable) = module.module.variables.get(name) else {
            return unknown(module.say(&format!("var.{name}")));
        };
        self.remember(module, What::Variable, name, || {
            let given = match &module.caller {
                Some(caller) => caller.call.body.attribute(name).map(|argument| {
                    let frame = Frame { module: &caller.module, iteration: &caller.iteration, names: None };
                    self.eval(frame, &argument.value)
                }),
                None => match self.project.given.get(name) {
                    Some(given) => Some(given_value(given, variable.kind.as_ref())),
                    None => module.module.values.get(name).map(|value| self.eval(module.frame(), value)),
                },
            };
            let given = given.filter(|given| variable.nullable || !given.is_null());
            let value =
                given.or_else(|| variable.default.as_ref().map(|value| self.eval(module.frame(), value)));
            match (value, &variable.kind) {
                (Some(value), Some(kind)) => super::value::convert(value, kind),
                (Some(value), None) => value,
                (None, _) => unknown(module.say(&format!("var.{name}"))),
            }
        })
    }

    /// The value of a local.
    pub(crate) fn local(&self, module: &Rc<ModuleInstance<'a>>, name: &str) -> Node {
        match module.module.locals.get(name) {
            Some(expr) => self.remember(module, What::Local, name, || self.eval(module.frame(), expr)),
            None => unknown(module.say(&format!("local.{name}"))),
        }
    }

    /// The value of a module's output.
    pub(crate) fn output(&self, module: &Rc<ModuleInstance<'a>>, name: &str) -> Node {
        match module.module.outputs.get(name) {
            Some(expr) => self.remember(module, What::Output, name, || self.eval(module.frame(), expr)),
            None if module.module.is_partial => unknown(module.say(name)),
            None => self.wrong(module.say(name)),
        }
    }

    /// An attribute of an instance, worked out once.
    pub(crate) fn attribute_once(
        &self,
        module: &Rc<ModuleInstance<'a>>,
        name: &str,
        compute: impl FnOnce() -> Node,
    ) -> Node {
        self.remember(module, What::Attribute, name, compute)
    }

    /// The instances of a resource.
    pub(crate) fn expansion(&self, module: &Rc<ModuleInstance<'a>>, index: usize) -> Rc<Expansion> {
        let key = (module.address.clone(), index);
        if let Some(expansion) = self.expansions.borrow().get(&key) {
            return expansion.clone();
        }
        let (body, address) = match module.module.resources.get(index) {
            Some(resource) => (&resource.block.body, module.qualify(&resource.address())),
            None => return Rc::new(Expansion { shape: Shape::Single, members: Vec::new(), open: false }),
        };
        let expansion = Rc::new(self.expand(module, body, &address));
        for member in &expansion.members {
            let target =
                Target::Resource { module: module.clone(), index, iteration: member.iteration.clone() };
            self.targets.borrow_mut().entry(member.address.clone()).or_insert(target);
        }
        self.expansions.borrow_mut().insert(key, expansion.clone());
        expansion
    }

    /// The instances of a module call; none where the module is not in the tree.
    pub(crate) fn children(&self, module: &Rc<ModuleInstance<'a>>, name: &str) -> Option<Rc<Children<'a>>> {
        let key = (module.address.clone(), Arc::from(name));
        if let Some(children) = self.children.borrow().get(&key) {
            return Some(children.clone());
        }
        let (name, call) = module.module.calls.get_key_value(name)?;
        let folder = self.project.called_folder(module.module, call)?;
        let called = self.project.modules.get(folder.as_str())?;
        if module.depth() >= MAX_MODULES || module.is_within(called) {
            return None;
        }
        let expansion = self.expand(module, &call.body, &module.qualify(&format!("module.{name}")));
        let instances = expansion
            .members
            .iter()
            .map(|member| {
                let instance = Rc::new(ModuleInstance {
                    module: called,
                    address: member.address.clone(),
                    caller: Some(Caller {
                        module: module.clone(),
                        call,
                        iteration: member.iteration.clone(),
                    }),
                    uncertain: member.uncertain().or_else(|| module.uncertain.clone()),
                    values: RefCell::default(),
                });
                self.targets.borrow_mut().insert(member.address.clone(), Target::Module(instance.clone()));
                instance
            })
            .collect();
        let children = Rc::new(Children { expansion, instances });
        self.children.borrow_mut().insert(key, children.clone());
        Some(children)
    }

    /// Notes a module call that cannot be followed.
    pub(crate) fn note_absent(&self, module: &ModuleInstance<'a>, name: &str, call: &Block) {
        let source = call.body.attribute("source").and_then(|source| source.value.as_text().cloned());
        let gap = absent_module(&module.qualify(&format!("module.{name}")), source.as_deref().unwrap_or("?"));
        self.gaps.borrow_mut().push((gap, call.head.clone()));
    }

    fn expand(&self, module: &Rc<ModuleInstance<'a>>, body: &Body, address: &str) -> Expansion {
        // A count that needs the instances themselves would never end.
        let guard = (What::Expansion, Arc::from(address));
        if let Some(Slot::Busy) = module.values.borrow().get(&guard) {
            return open(Shape::List, address, &unknown(format!("the instances of {address}")));
        }
        module.values.borrow_mut().insert(guard.clone(), Slot::Busy);
        let expansion = match (body.attribute("count"), body.attribute("for_each")) {
            (Some(count), _) => self.expand_count(module, &count.value, address),
            (None, Some(each)) => self.expand_each(module, &each.value, address),
            (None, None) => Expansion {
                shape: Shape::Single,
                members: vec![member(address, None, Iteration::Single)],
                open: false,
            },
        };
        module.values.borrow_mut().remove(&guard);
        expansion
    }

    fn expand_count(&self, module: &Rc<ModuleInstance<'a>>, expr: &Expr, address: &str) -> Expansion {
        let value = self.eval(module.frame(), expr);
        let mut counts = Vec::new();
        if !counts_of(&value, None, &mut counts) {
            return open(Shape::List, address, &value);
        }
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        if most > MAX_MEMBERS || !self.spend(most) {
            let gap = Gap::new(
                Reason::Unsupported,
                format!("{most} instances of {address}"),
                format!("instances are looked at one by one up to {MAX_MEMBERS}; this one stands for all"),
            );
            self.gaps.borrow_mut().push((gap, expr.at.clone()));
            return open(Shape::List, address, &unknown(format!("count = {most}")));
        }
        let members = (0..most)
            .map(|index| {
                let mut member = member(
                    address,
                    Some(&format!("[{index}]")),
                    Iteration::Count(Node::new(number(index as f64), expr.at.clone())),
                );
                member.condition = counts.iter().any(|(_, count)| *count <= index).then(|| {
                    // The first condition that decides; where several do, it is one of them.
                    let deciding = counts.iter().find(|(_, count)| *count > index);
                    deciding
                        .and_then(|(condition, _)| condition.clone())
                        .unwrap_or((words(&value).into(), true))
                });
                member
            })
            .collect();
        Expansion { shape: Shape::List, members, open: false }
    }

    fn expand_each(&self, module: &Rc<ModuleInstance<'a>>, expr: &Expr, address: &str) -> Expansion {
        let value = self.eval(module.frame(), expr);
        let mut found = BTreeMap::new();
        let known = each_of(&value, None, &mut found);
        if found.len() > MAX_MEMBERS || !self.spend(found.len()) {
            let what = format!("{} instances of {address}", found.len());
            let gap = Gap::new(Reason::Unsupported, what, "audit the deployed account");
            self.gaps.borrow_mut().push((gap, expr.at.clone()));
            return open(Shape::Map, address, &value);
        }
        let mut members: Vec<Member> = Vec::with_capacity(found.len());
        for (key, (condition, item)) in found {
            let suffix = format!("[{}]", quoted(&key));
            let key_node = Node::text(key.clone(), item.at.clone());
            let mut member = member(address, Some(&suffix), Iteration::Each { key: key_node, value: item });
            member.key = Some(key);
            member.condition = condition;
            members.push(member);
        }
        if !known {
            members.extend(open(Shape::Map, address, &value).members);
        }
        Expansion { shape: Shape::Map, members, open: !known }
    }
}

impl<'a> ModuleInstance<'a> {
    /// Where the module's own expressions are evaluated.
    pub(crate) fn frame<'f>(self: &'f Rc<Self>) -> Frame<'f, 'a> {
        const SINGLE: Iteration = Iteration::Single;
        Frame { module: self, iteration: &SINGLE, names: None }
    }

    /// An address within this module as seen from the root.
    pub(crate) fn qualify(&self, local: &str) -> String {
        if self.address.is_empty() { local.to_owned() } else { format!("{}.{local}", self.address) }
    }

    /// An expression of this module as a gap names it.
    pub(crate) fn say(&self, expression: &str) -> String {
        self.qualify(expression)
    }

    /// The root module's instance.
    pub(crate) fn root(&self) -> &ModuleInstance<'a> {
        let mut root = self;
        while let Some(caller) = &root.caller {
            root = &caller.module;
        }
        root
    }

    fn depth(&self) -> usize {
        self.caller.as_ref().map_or(0, |caller| 1 + caller.module.depth())
    }

    /// True where the module is this one or one that called it.
    fn is_within(&self, module: &Module) -> bool {
        self.module.folder == module.folder
            || self.caller.as_ref().is_some_and(|caller| caller.module.is_within(module))
    }
}

/// A value of the command line: text, or an expression where the type is not a text.
fn given_value(given: &str, kind: Option<&Expr>) -> Node {
    let is_text = kind.is_none_or(|kind| matches!(&kind.kind, Kind::Variable(name) if &**name == "string"));
    match super::hcl::parse_literal(given) {
        Some(value) if !is_text => node(value),
        _ => super::value::text(given),
    }
}

fn member(address: &str, suffix: Option<&str>, iteration: Iteration) -> Member {
    let address = match suffix {
        Some(suffix) => format!("{address}{suffix}"),
        None => address.to_owned(),
    };
    Member { key: None, address: address.into(), iteration: Rc::new(iteration), condition: None }
}

/// One instance that stands for all, where it is not known which there are.
fn open(shape: Shape, address: &str, value: &Node) -> Expansion {
    let words = words(value);
    let (suffix, iteration) = match shape {
        Shape::Map => (
            "[*]",
            Iteration::Each {
                key: unknown(format!("each.key of {words}")),
                value: unknown(format!("each.value of {words}")),
            },
        ),
        _ => ("[0]", Iteration::Count(unknown(format!("count.index of {address}")))),
    };
    let mut member = member(address, Some(suffix), iteration);
    member.condition = Some((words.into(), true));
    Expansion { shape, members: vec![member], open: true }
}

type Condition = Option<(Arc<str>, bool)>;

/// The counts that a value may be, each with its condition; false where that is not known.
fn counts_of(value: &Node, condition: Condition, out: &mut Vec<(Condition, usize)>) -> bool {
    match &value.value {
        Value::Either { condition: name, then, otherwise } => {
            counts_of(then, Some((name.clone(), true)), out)
                && counts_of(otherwise, Some((name.clone(), false)), out)
        }
        _ => match value.as_int().and_then(|count| usize::try_from(count).ok()) {
            Some(count) => {
                out.push((condition, count));
                true
            }
            None => false,
        },
    }
}

/// The keys and values that a for_each may have; false where there may be more.
fn each_of(value: &Node, condition: Condition, out: &mut BTreeMap<Arc<str>, (Condition, Node)>) -> bool {
    let mut put = |key: Arc<str>, condition: Condition, item: &Node| match out.get_mut(&key) {
        Some(existing) => {
            // There under one branch and under the other: certain, with either value.
            if let (Some((name, holds)), Some((other, other_holds))) = (&existing.0, &condition)
                && name == other
                && holds != other_holds
            {
                let (then, otherwise) = if *holds { (&existing.1, item) } else { (item, &existing.1) };
                *existing = (None, either(name, then.clone(), otherwise.clone()));
            }
        }
        None => drop(out.insert(key, (condition, item.clone()))),
    };
    match &value.value {
        Value::Map(entries) => {
            for entry in entries {
                match &entry.node.value {
                    Value::Either { condition: name, then, otherwise } if otherwise.is_null() => {
                        put(entry.key.clone(), Some((name.clone(), true)), then);
                    }
                    _ => put(entry.key.clone(), condition.clone(), &entry.node),
                }
            }
            true
        }
        Value::List(items) => {
            let mut known = true;
            for item in items {
                match (&item.value, as_text(item)) {
                    (_, Some(key)) => put(key, condition.clone(), item),
                    (Value::Either { condition: name, then, otherwise }, None) => {
                        for (branch, holds) in [(then, true), (otherwise, false)] {
                            match as_text(branch) {
                                Some(key) => put(key, Some((name.clone(), holds)), branch),
                                None => known &= branch.is_null(),
                            }
                        }
                    }
                    _ => known = false,
                }
            }
            known
        }
        Value::Either { condition: name, then, otherwise } => {
            let first = each_of(then, Some((name.clone(), true)), out);
            each_of(otherwise, Some((name.clone(), false)), out) && first
        }
        Value::Null => true,
        _ => false,
    }
}

/// A key as an address quotes it.
pub(crate) fn quoted(key: &str) -> String {
    format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The value of a reference without an index: the instance, a list or a map of them.
pub(crate) fn reference(expansion: &Expansion) -> Node {
    let items = expansion.members.iter().map(|member| {
        let reference = node(Value::Ref { id: member.address.clone(), attribute: None });
        let reference = match &member.condition {
            Some((condition, true)) => either(condition, reference, node(Value::Null)),
            Some((condition, false)) => either(condition, node(Value::Null), reference),
            None => reference,
        };
        (member, reference)
    });
    match expansion.shape {
        Shape::Single => items.map(|(_, reference)| reference).next().unwrap_or_default(),
        Shape::List => node(Value::List(items.map(|(_, reference)| reference).collect())),
        Shape::Map => {
            let mut map = node(Value::Map(Vec::new()));
            for (member, reference) in items {
                map.set(member.key.clone().unwrap_or_else(|| "*".into()), Place::None, reference);
            }
            map
        }
    }
}
