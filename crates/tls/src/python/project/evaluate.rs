//! What an expression is worth by reading alone, and what an assignment to an attribute or item does. What only running tells
//! is `Unknown` with its source, never guessed.

use super::state::{Class, Code, Function, Known, Open, What};
use super::tables::{ATTRIBUTES, HARMLESS_ATTRIBUTES, METHODS, PROCESS_WIDE, canonical, is_constant};
use super::vocabulary::{Change, Configuration, How, MAX_TEXT, Value};
use super::walk::Reader;
use ruff_python_ast::{
    BoolOp, CmpOp, Expr, ExprAttribute, ExprBoolOp, ExprCompare, ExprDict, ExprSubscript, Number, Operator,
    Stmt, UnaryOp,
};
use ruff_text_size::Ranged;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tieout_model::Place;

/// Characters of source that an open value is told with.
const MAX_SNIPPET: usize = 60;

/// The entries of a dict, in order.
type Entries<'a> = Vec<(String, Known<'a>)>;

impl<'a> Reader<'a, '_> {
    /// What an expression is worth; the calls in it are read.
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Known<'a> {
        if !self.step() {
            return self.unknown(expr);
        }
        self.depth += 1;
        let value = self.known(expr);
        self.depth -= 1;
        value.unwrap_or_else(|| self.unknown(expr))
    }

    fn known(&mut self, expr: &'a Expr) -> Option<Known<'a>> {
        Some(match expr {
            Expr::Name(name) => return self.of_name(name.id.as_str()),
            Expr::Attribute(attribute) => {
                let base = self.eval(&attribute.value);
                return self.attribute(&base, attribute.attr.as_str());
            }
            Expr::Call(call) => return self.call(call),
            Expr::StringLiteral(text) => Known::Text(text.value.to_str().into()),
            Expr::FString(_) => {
                self.inside(expr);
                Known::SomeText
            }
            Expr::BooleanLiteral(flag) => Known::Flag(flag.value),
            Expr::NoneLiteral(_) => Known::None,
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => Known::Number(int.as_i64()?),
                _ => return None,
            },
            Expr::UnaryOp(op) => {
                let value = self.eval(&op.operand);
                return inverted(op.op, value);
            }
            Expr::BinOp(op) => {
                let left = self.eval(&op.left);
                let right = self.eval(&op.right);
                return joined(op.op, left, right);
            }
            Expr::BoolOp(op) => return self.bool_op(op),
            Expr::Compare(compare) => return self.compare(compare),
            Expr::If(choice) => {
                let decided = self.decide(&choice.test);
                if let Some(first) = decided {
                    return Some(self.eval(if first { &choice.body } else { &choice.orelse }));
                }
                let (one, other) = (self.eval(&choice.body), self.eval(&choice.orelse));
                return (one == other).then_some(one);
            }
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.bind(name.id.as_str(), value.clone());
                }
                value
            }
            Expr::Await(awaited) => self.eval(&awaited.value),
            Expr::Lambda(lambda) => {
                let function = Function { code: Code::Lambda(lambda), chain: self.chain.clone(), own: None };
                self.put_off(function.clone());
                Known::Function(function)
            }
            Expr::Dict(dict) => self.dict(dict),
            Expr::Subscript(subscript) => {
                let base = self.eval(&subscript.value);
                let key = self.eval(&subscript.slice);
                return self.item(&base, &key);
            }
            other => {
                self.inside(other);
                return None;
            }
        })
    }

    /// Of the default of a parameter, the mark stays: another caller may decide otherwise.
    fn bool_op(&mut self, op: &'a ExprBoolOp) -> Option<Known<'a>> {
        let mut by_default = false;
        let mut values = op.values.iter().map(|value| self.eval(value)).collect::<Vec<_>>().into_iter();
        let mut last = values.next()?;
        for next in values {
            by_default |= matches!(last, Known::Default(_));
            let truth = truth(&last.clone().plain())?;
            last = match (op.op, truth) {
                (BoolOp::Or, false) | (BoolOp::And, true) => next,
                _ => last,
            };
        }
        Some(if by_default { Known::Default(Box::new(last)) } else { last })
    }

    fn compare(&mut self, compare: &'a ExprCompare) -> Option<Known<'a>> {
        let left = self.eval(&compare.left);
        let right: Vec<Known<'a>> = compare.comparators.iter().map(|value| self.eval(value)).collect();
        let ([op], [right]) = (&*compare.ops, right.as_slice()) else { return None };
        let by_default = matches!(left, Known::Default(_)) || matches!(right, Known::Default(_));
        let (left, right) = (left.plain(), right.clone().plain());
        if matches!(left, Known::Unknown(_) | Known::SomeText)
            || matches!(right, Known::Unknown(_) | Known::SomeText)
        {
            return None;
        }
        let answer = match op {
            CmpOp::Is | CmpOp::Eq => Known::Flag(left == right),
            CmpOp::IsNot | CmpOp::NotEq => Known::Flag(left != right),
            _ => return None,
        };
        // What an import stands for is not known to be equal to anything.
        if matches!(left, Known::Path(_)) && !matches!(right, Known::None) {
            return None;
        }
        Some(if by_default { Known::Default(Box::new(answer)) } else { answer })
    }

    /// Which way a condition goes; `None` where only running tells.
    pub(super) fn decide(&mut self, test: &'a Expr) -> Option<bool> {
        match self.eval(test) {
            // Of a library that is there.
            Known::Path(path) if &*path == "typing.TYPE_CHECKING" => Some(false),
            Known::Path(_) | Known::Object(_) | Known::Instance(_) | Known::Default(_) => None,
            other => truth(&other),
        }
    }

    fn of_name(&mut self, name: &str) -> Option<Known<'a>> {
        if let Some(found) = self.look_up(name) {
            return Some(found);
        }
        // `from ssl import *`
        let star = self.stars.iter().find(|module| PROCESS_WIDE.contains(&module.as_str()))?;
        Some(Known::path(canonical(&format!("{star}.{name}"))))
    }

    /// `base.name`
    pub(super) fn attribute(&mut self, base: &Known<'a>, name: &str) -> Option<Known<'a>> {
        match base {
            Known::Path(path) => Some(Known::path(canonical(&format!("{path}.{name}")))),
            Known::Default(inner) => {
                let value = self.attribute(inner, name)?;
                Some(Known::Default(Box::new(value)))
            }
            Known::Class(class) => self.of_class(&class.clone(), name, None),
            Known::Super(class) => {
                let class = class.clone();
                let own = self.own.as_ref().map(|own| own.0);
                self.inherited(&class, name, own)
            }
            Known::Instance(scope) => {
                let scope = *scope;
                let class = match self.state.name(scope, "__class__") {
                    Some(Known::Class(class)) => Some(class.clone()),
                    _ => None,
                };
                match self.state.name(scope, name) {
                    Some(Known::Function(function)) => Some(Known::Function(of_instance(function, scope))),
                    Some(value) => Some(value.clone()),
                    None => self.of_class(&class?, name, Some(scope)),
                }
            }
            _ => None,
        }
    }

    fn of_class(&self, class: &Class<'a>, name: &str, instance: Option<usize>) -> Option<Known<'a>> {
        if let Some(value) = self.state.name(class.scope, name) {
            return Some(match (value, instance) {
                (Known::Function(function), Some(instance)) => {
                    Known::Function(of_instance(function, instance))
                }
                (value, _) => value.clone(),
            });
        }
        self.inherited(class, name, instance)
    }

    fn inherited(&self, class: &Class<'a>, name: &str, instance: Option<usize>) -> Option<Known<'a>> {
        let own = class.parents.iter().find_map(|parent| self.state.name(*parent, name));
        match (own, instance) {
            (Some(Known::Function(function)), Some(instance)) => {
                Some(Known::Function(of_instance(function, instance)))
            }
            (Some(value), _) => Some(value.clone()),
            (None, _) => {
                let base = class.bases.first()?;
                Some(Known::path(canonical(&format!("{base}.{name}"))))
            }
        }
    }

    fn dict(&mut self, dict: &'a ExprDict) -> Known<'a> {
        let mut entries = Vec::new();
        let mut rest = None;
        for item in &dict.items {
            let value = self.eval(&item.value);
            match item.key.as_ref().map(|key| (self.eval(key), key)) {
                Some((Known::Text(key), _)) => put(&mut entries, &key, value),
                Some((_, key)) => {
                    rest.get_or_insert_with(|| self.open(key));
                }
                None => match self.map_of(&value) {
                    Some((more, open)) => {
                        more.into_iter().for_each(|(key, value)| put(&mut entries, &key, value));
                        rest = rest.or(open);
                    }
                    None => {
                        rest.get_or_insert_with(|| self.open(&item.value));
                    }
                },
            }
        }
        let at = self.module.place(dict);
        self.make(What::Map { entries, rest, of_caller: false }, at)
    }

    /// The entries of a dict, and what else it may hold.
    pub(super) fn map_of(&self, value: &Known<'a>) -> Option<(Entries<'a>, Option<Open>)> {
        let Known::Object(id) = value else { return None };
        let object = self.state.object(*id)?;
        match &object.what {
            What::Map { entries, rest, .. } => {
                Some((entries.clone(), object.open.clone().or_else(|| rest.clone())))
            }
            _ => None,
        }
    }

    fn item(&self, base: &Known<'a>, key: &Known<'a>) -> Option<Known<'a>> {
        let Known::Text(key) = key else { return None };
        let (entries, open) = self.map_of(base)?;
        let found = entries.into_iter().find(|(name, _)| **name == **key);
        match (found, open) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    pub(super) fn set_item(&mut self, target: &'a ExprSubscript, value: Known<'a>) {
        let base = self.eval(&target.value);
        let key = self.eval(&target.slice);
        let why = self.open(target);
        let Known::Object(id) = base else { return };
        self.state.change(id, |object| {
            if let What::Map { entries, rest, .. } = &mut object.what {
                match key {
                    Known::Text(key) => put(entries, &key, value),
                    _ => {
                        rest.get_or_insert(why);
                    }
                }
            }
        });
    }

    /// `base.name = value`
    pub(super) fn set_attribute(
        &mut self,
        base: Known<'a>,
        name: &str,
        value: Known<'a>,
        at: &'a ExprAttribute,
    ) {
        match base.plain() {
            Known::Object(id) => self.set_of_object(id, How::Set, name, value, at),
            Known::Instance(scope) => {
                let session = match self.state.name(scope, "__class__") {
                    Some(Known::Class(class)) => class.bases.iter().any(|base| base == "requests.Session"),
                    _ => false,
                };
                if session && name == "verify" {
                    let place = self.module.place(at);
                    self.session_verifies(value, place);
                    return;
                }
                self.set_of_instance(scope, name, value);
            }
            Known::Class(class) => self.state.set(class.scope, name, value),
            Known::Path(path) => self.set_of_process(&format!("{path}.{name}"), value, at),
            _ => self.set_of_stranger(name, &value, at),
        }
    }

    /// An attribute of `self`: one that several functions set has no one value.
    fn set_of_instance(&mut self, scope: usize, name: &str, value: Known<'a>) {
        let mark = format!("set in {name}");
        let here = self.function.map_or(Known::None, |start| Known::Number(i64::from(start)));
        let other = self.state.name(scope, &mark).is_some_and(|function| *function != here);
        let differs = self.state.name(scope, name).is_some_and(|old| *old != value);
        let value = if other && differs {
            Known::Unknown(Open::new(format!("several functions set `self.{name}`")))
        } else {
            value
        };
        self.state.set(scope, &mark, here);
        self.state.set(scope, name, value);
    }

    /// What every client of the process uses.
    fn set_of_process(&mut self, path: &str, value: Known<'a>, at: &'a ExprAttribute) {
        let place = self.module.place(at);
        if path == "ssl._create_default_https_context" {
            return self.https_context(value, place, at);
        }
        let root =
            PROCESS_WIDE.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('.')));
        let lower = path.to_ascii_lowercase();
        let words = ["ssl", "cipher", "verif", "context", "cert", "hostname", "tls", "protocol"];
        if root && words.iter().any(|word| lower.contains(word)) {
            self.hole(&place, format!("what `{path} = …` makes of every client of the process is not known"));
        }
    }

    /// An attribute of something that is not known: a context's names are told, and what a session verifies.
    fn set_of_stranger(&mut self, name: &str, value: &Known<'a>, at: &'a ExprAttribute) {
        let of_context = matches!(
            name,
            "check_hostname" | "verify_mode" | "minimum_version" | "maximum_version" | "verify_flags"
        );
        let of_session =
            name == "verify" && *value == Known::Flag(false) && self.module.text.contains("requests");
        if (of_context && self.module.text.contains("ssl")) || of_session {
            let place = self.module.place(at);
            let source = snippet(self.module.source(at));
            self.hole(&place, format!("`{source}` is set, and what it belongs to is not to be seen"));
        }
    }

    /// A change of a context or session.
    pub(super) fn set_of_object(
        &mut self,
        id: usize,
        how: How,
        name: &str,
        value: Known<'a>,
        at: &'a impl Ranged,
    ) {
        let place = self.module.place(at);
        let Some(object) = self.state.object(id) else { return };
        match &object.what {
            What::Context { .. } => {
                if HARMLESS_ATTRIBUTES.contains(&name) {
                    return;
                }
                self.changes(id);
                let known = ATTRIBUTES.iter().chain(METHODS).find(|known| **known == name).copied();
                let value = self.value(&value, at);
                self.state.change(id, |object| {
                    match (known, value) {
                        (Some(what), Ok(value)) => object.what.then(Change { how, what, value }),
                        (None, _) => {
                            let why = Open::new(format!("`{name}` is not among what the probe sets"));
                            object.open.get_or_insert(why);
                        }
                        (_, Err(open)) => {
                            object.open.get_or_insert(open);
                        }
                    }
                    object.places.push(place);
                });
            }
            What::Client { class: "requests.Session", .. } if name == "verify" => {
                self.changes(id);
                let value = self.verifies(&value, at);
                self.state.change(id, |object| {
                    match value {
                        Ok(value) => {
                            if let What::Client { settings, .. } = &mut object.what {
                                settings.insert("session.verify", value);
                            }
                            object.open = None;
                        }
                        Err(open) => object.open = Some(open),
                    }
                    object.places.push(place);
                });
            }
            _ => {}
        }
    }

    /// `self.verify = …` in a class of sessions.
    fn session_verifies(&mut self, value: Known<'a>, place: Place) {
        match self.verifies_at(&value, "self.verify") {
            Ok(value) => {
                let arguments = BTreeMap::from([("session.verify", value)]);
                let configuration = Configuration { client: "requests", way: "requests", arguments };
                self.row(configuration, vec![place], &[], BTreeSet::new());
            }
            Err(open) => self
                .hole(&place, format!("what the session verifies is not settled by the code: {}", open.why)),
        }
    }

    /// `target op= value`
    pub(super) fn augment(&mut self, target: &'a Expr, op: Operator, value: Known<'a>, stmt: &'a Stmt) {
        if let Expr::Attribute(attribute) = target {
            let base = self.eval(&attribute.value);
            let name = attribute.attr.as_str();
            match (base.plain(), op) {
                (Known::Object(id), Operator::BitOr) => self.set_of_object(id, How::Add, name, value, stmt),
                (Known::Object(id), Operator::BitAnd) => self.keep_only(id, name, value, stmt),
                (Known::Object(id), _) => {
                    let open = Known::Unknown(self.open(stmt));
                    self.set_of_object(id, How::Set, name, open, stmt);
                }
                (Known::Path(path), _) => self.set_of_process(&format!("{path}.{name}"), value, attribute),
                (Known::Instance(scope), _) => {
                    let open = Known::Unknown(self.open(stmt));
                    self.set_of_instance(scope, name, open);
                }
                _ => self.set_of_stranger(name, &value, attribute),
            }
            return;
        }
        if let Expr::Name(name) = target {
            let before = self.of_name(name.id.as_str());
            let joined = before.and_then(|before| joined(op, before, value));
            let after = joined.unwrap_or_else(|| Known::Unknown(self.open(stmt)));
            self.bind(name.id.as_str(), after);
        }
    }

    /// `&= ~value`
    fn keep_only(&mut self, id: usize, name: &str, value: Known<'a>, at: &'a impl Ranged) {
        match value.plain() {
            Known::Not(names) => {
                self.set_of_object(id, How::Remove, name, Known::Constants(names), at);
            }
            _ => {
                let open = Known::Unknown(self.open(at));
                self.set_of_object(id, How::Set, name, open, at);
            }
        }
    }

    /// `context.options = context.options | value`, which is `|=`.
    pub(super) fn is_added_to_itself(
        &mut self,
        target: &'a ExprAttribute,
        value: &'a Expr,
        whole: &'a Expr,
    ) -> bool {
        let Expr::BinOp(op) = value else { return false };
        let Expr::Attribute(left) = &*op.left else { return false };
        if left.attr.as_str() != target.attr.as_str()
            || self.module.source(&*left.value) != self.module.source(&*target.value)
        {
            return false;
        }
        let Known::Object(id) = self.eval(&target.value).plain() else { return false };
        let right = self.eval(&op.right);
        match op.op {
            Operator::BitOr => self.set_of_object(id, How::Add, target.attr.as_str(), right, whole),
            Operator::BitAnd => self.keep_only(id, target.attr.as_str(), right, whole),
            _ => return false,
        }
        true
    }

    // --- From what is known to the closed vocabulary.

    /// The value of a setting.
    ///
    /// # Errors
    /// Why it is open.
    pub(super) fn value(&self, known: &Known<'a>, at: &impl Ranged) -> Result<Value, Open> {
        Ok(match known {
            Known::None => Value::None,
            Known::Flag(flag) => Value::Flag(*flag),
            Known::Number(number) => Value::Number(*number),
            Known::Text(text) if text.len() <= MAX_TEXT => Value::Text(text.to_string()),
            Known::Constants(names) => Value::Constants(names.to_vec()),
            Known::Path(path) => match path.strip_prefix("ssl.") {
                Some(name) if is_constant(name) => Value::Constants(vec![name.to_owned()]),
                _ => return Err(Open::new(format!("`{path}` is not read"))),
            },
            Known::Default(inner) => return self.value(inner, at),
            Known::Unknown(open) => return Err(open.clone()),
            _ => return Err(self.open(at)),
        })
    }

    /// The value of `verify=` and its kin.
    pub(super) fn verifies(&self, known: &Known<'a>, at: &impl Ranged) -> Result<Value, Open> {
        self.verifies_at(known, &snippet(self.module.source(at)))
    }

    fn verifies_at(&self, known: &Known<'a>, source: &str) -> Result<Value, Open> {
        Ok(match known {
            Known::None => Value::None,
            Known::Flag(flag) => Value::Flag(*flag),
            Known::Number(0) => Value::Flag(false),
            Known::Number(1) => Value::Flag(true),
            Known::Text(text) if text.is_empty() => return Err(Open::new(format!("`{source}` is empty"))),
            Known::Text(_) | Known::SomeText => Value::Authorities,
            Known::Object(id) => return self.context(*id).map(|context| Value::Context(Box::new(context))),
            Known::Default(inner) => return self.verifies_at(inner, source),
            Known::Unknown(open) => return Err(open.clone()),
            Known::Path(path) => return Err(Open::new(format!("`{path}` is not read"))),
            _ => return Err(Open::new(format!("`{source}`"))),
        })
    }

    /// A context as it is now.
    pub(super) fn context(&self, id: usize) -> Result<super::vocabulary::Context, Open> {
        let object = self.state.object(id).ok_or_else(|| Open::new("it is lost"))?;
        match (&object.what, &object.open) {
            (_, Some(open)) => Err(open.clone()),
            (What::Context { context, .. }, None) => Ok(context.clone()),
            _ => Err(Open::new("it is no context")),
        }
    }

    pub(super) fn open(&self, at: &impl Ranged) -> Open {
        Open::new(format!("`{}`", snippet(self.module.source(at))))
    }

    pub(super) fn because(&self, at: &impl Ranged, words: &str) -> Open {
        Open::new(format!("{words}: `{}`", snippet(self.module.source(at))))
    }

    pub(super) fn unknown(&self, at: &impl Ranged) -> Known<'a> {
        Known::Unknown(self.open(at))
    }
}

fn of_instance<'a>(function: &Function<'a>, instance: usize) -> Function<'a> {
    let mut function = function.clone();
    if let Some(own) = &mut function.own {
        own.0 = instance;
    }
    function
}

pub(super) fn put<'a>(entries: &mut Vec<(String, Known<'a>)>, key: &str, value: Known<'a>) {
    entries.retain(|(name, _)| name != key);
    entries.push((key.to_owned(), value));
}

/// The start of a source on one line. Only the start is looked at: a source may be long, and is asked for at each level.
pub(super) fn snippet(source: &str) -> String {
    let mut short = String::new();
    let mut left = MAX_SNIPPET;
    for word in source.split_whitespace() {
        if !short.is_empty() {
            short.push(' ');
        }
        short.extend(word.chars().take(left));
        if word.chars().nth(left).is_some() {
            short.push('…');
            break;
        }
        left = left.saturating_sub(word.chars().count() + 1);
        if left == 0 {
            break;
        }
    }
    short
}

fn truth(value: &Known<'_>) -> Option<bool> {
    match value {
        Known::None => Some(false),
        Known::Flag(flag) => Some(*flag),
        Known::Number(number) => Some(*number != 0),
        Known::Text(text) => Some(!text.is_empty()),
        Known::SomeText | Known::Object(_) | Known::Instance(_) => Some(true),
        _ => None,
    }
}

fn inverted<'a>(op: UnaryOp, value: Known<'a>) -> Option<Known<'a>> {
    match (op, value) {
        (UnaryOp::Not, Known::Default(inner)) => Some(Known::Default(Box::new(inverted(op, inner.plain())?))),
        (UnaryOp::Not, value @ (Known::None | Known::Flag(_) | Known::Number(_))) => {
            Some(Known::Flag(!truth(&value)?))
        }
        (UnaryOp::USub, Known::Number(number)) => Some(Known::Number(number.checked_neg()?)),
        (UnaryOp::Invert, value) => Some(Known::Not(constants(&value)?)),
        _ => None,
    }
}

fn constants(value: &Known<'_>) -> Option<Rc<[String]>> {
    match value {
        Known::Constants(names) => Some(names.clone()),
        Known::Path(path) => {
            let name = path.strip_prefix("ssl.").filter(|name| is_constant(name))?;
            Some(Rc::from([name.to_owned()]))
        }
        _ => None,
    }
}

fn joined<'a>(op: Operator, left: Known<'a>, right: Known<'a>) -> Option<Known<'a>> {
    match (op, &left, &right) {
        (Operator::Add, Known::Text(a), Known::Text(b)) if a.len() + b.len() <= MAX_TEXT => {
            Some(Known::Text(format!("{a}{b}").into()))
        }
        (Operator::Add | Operator::Mod, Known::Text(_) | Known::SomeText, _)
        | (Operator::Add, _, Known::SomeText) => Some(Known::SomeText),
        (Operator::BitOr, Known::Number(a), Known::Number(b)) => Some(Known::Number(a | b)),
        (Operator::BitOr, ..) => {
            let mut names = constants(&left)?.to_vec();
            names.extend(constants(&right)?.iter().cloned());
            names.sort();
            names.dedup();
            Some(Known::Constants(names.into()))
        }
        _ => None,
    }
}
