//! What an expression is worth, by reading alone. Bounded: names that lead in circles, or lists that double at each step,
//! end as unknown.

use super::file_text::{called, filters_comments, is_here, is_the_line, keeps_text, opens};
use super::scope::{Bound, Change, Scope};
use super::{Literal, Value};
use crate::Module;
use ruff_python_ast::{
    Comprehension, Expr, ExprCall, InterpolatedStringElement, Number, Operator, Stmt, StmtFunctionDef,
    UnaryOp,
};
use tieout_model::Place;

/// Steps from name to name and call to call.
const MAX_STEPS: usize = 32;
/// Values that one call may be given in all.
const MAX_VALUES: usize = 50_000;
/// Characters of source that an unknown value is told with.
const MAX_SNIPPET: usize = 120;

pub(super) struct Evaluator<'e, 'a, 't> {
    module: &'e Module<'t>,
    /// From the module inwards.
    scopes: Vec<&'e Scope<'a>>,
    /// What the parameters of the function that is followed are given, for each call that is followed.
    arguments: Vec<Vec<(&'a str, Value)>>,
    steps: usize,
    values: usize,
    /// Expressions around the one that is read, those that names led to included.
    depth: usize,
}

impl<'e, 'a, 't> Evaluator<'e, 'a, 't> {
    pub(super) fn new(module: &'e Module<'t>, scopes: Vec<&'e Scope<'a>>) -> Self {
        Evaluator { module, scopes, arguments: Vec::new(), steps: 0, values: 0, depth: 0 }
    }

    pub(super) fn value(&mut self, expr: &'a Expr) -> Value {
        self.values += 1;
        let at = self.module.place(expr);
        if self.steps >= MAX_STEPS || self.values >= MAX_VALUES || self.depth >= self.module.room() {
            return self.unknown(expr);
        }
        self.depth += 1;
        let value = self.known(expr, &at);
        self.depth -= 1;
        value.unwrap_or_else(|| self.unknown(expr))
    }

    fn unknown(&self, expr: &Expr) -> Value {
        Value { literal: Literal::Unknown(snippet(self.module.source(expr))), at: self.module.place(expr) }
    }

    fn known(&mut self, expr: &'a Expr, at: &Place) -> Option<Value> {
        let literal = match expr {
            Expr::StringLiteral(text) => Literal::Text(text.value.to_str().to_owned()),
            Expr::FString(text) => {
                let mut joined = String::new();
                for element in text.value.elements() {
                    match element {
                        InterpolatedStringElement::Literal(literal) => joined.push_str(&literal.value),
                        InterpolatedStringElement::Interpolation(hole) => {
                            let plain = hole.conversion.is_none()
                                && hole.format_spec.is_none()
                                && hole.debug_text.is_none();
                            let text = self.value(&hole.expression).text().filter(|_| plain)?.to_owned();
                            joined.push_str(&text);
                        }
                    }
                }
                // Literal parts between the f-strings ("a" f"{b}") are elements only of the f-strings themselves.
                if text.value.iter().any(|part| part.is_literal()) {
                    return None;
                }
                Literal::Text(joined)
            }
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => Literal::Int(int.as_i64()?),
                _ => return None,
            },
            Expr::UnaryOp(op) if matches!(op.op, UnaryOp::USub) => match self.value(&op.operand).literal {
                Literal::Int(int) => Literal::Int(int.checked_neg()?),
                _ => return None,
            },
            Expr::BooleanLiteral(flag) => Literal::Bool(flag.value),
            Expr::NoneLiteral(_) => Literal::None,
            Expr::List(list) => self.elements(&list.elts),
            Expr::Tuple(tuple) => self.elements(&tuple.elts),
            Expr::Set(set) => self.elements(&set.elts),
            Expr::Dict(dict) => {
                let mut entries = Vec::new();
                for item in &dict.items {
                    let value = self.value(&item.value);
                    match (&item.key, value) {
                        (Some(key), value) => entries.push((self.value(key), value)),
                        (None, Value { literal: Literal::Map(more), .. }) => entries.extend(more),
                        (None, value) => entries.push((value.clone(), value)),
                    }
                }
                Literal::Map(entries)
            }
            Expr::BinOp(op) => {
                let left = self.value(&op.left);
                let right = self.value(&op.right);
                match op.op {
                    Operator::Add => self.sum(left, right)?,
                    // `here / "requirements.txt"`
                    Operator::Div if self.is_here(&op.left) => Literal::Text(right.text()?.to_owned()),
                    Operator::Div => Literal::Text(format!("{}/{}", left.text()?, right.text()?)),
                    Operator::BitOr => match (left.literal, right.literal) {
                        (Literal::Map(mut entries), Literal::Map(more)) => {
                            entries.extend(more);
                            Literal::Map(entries)
                        }
                        _ => return None,
                    },
                    _ => return None,
                }
            }
            Expr::Name(name) => return self.name(name.id.as_str()),
            Expr::Subscript(subscript) => {
                let Literal::Map(entries) = self.value(&subscript.value).literal else { return None };
                let key = self.value(&subscript.slice).literal;
                // A key that is not known may be this one.
                if entries.iter().any(|(key, _)| matches!(key.literal, Literal::Unknown(_))) {
                    return None;
                }
                return entries
                    .into_iter()
                    .rev()
                    .find(|(other, _)| other.literal == key)
                    .map(|(_, value)| value);
            }
            Expr::ListComp(comp) => self.comprehension(&comp.elt, &comp.generators)?,
            Expr::Generator(comp) => self.comprehension(&comp.elt, &comp.generators)?,
            Expr::SetComp(comp) => self.comprehension(&comp.elt, &comp.generators)?,
            Expr::Call(call) => return self.call(call, at),
            _ => return None,
        };
        Some(Value { literal, at: at.clone() })
    }

    fn elements(&mut self, elements: &'a [Expr]) -> Literal {
        let mut values = Vec::new();
        for element in elements {
            match element {
                Expr::Starred(starred) => {
                    let value = self.value(&starred.value);
                    spread(&mut values, value);
                }
                element => values.push(self.value(element)),
            }
        }
        Literal::List(values)
    }

    fn sum(&mut self, left: Value, right: Value) -> Option<Literal> {
        match (&left.literal, &right.literal) {
            (Literal::Text(a), Literal::Text(b)) => Some(Literal::Text(format!("{a}{b}"))),
            (Literal::List(_) | Literal::FileText(_), _) | (_, Literal::List(_) | Literal::FileText(_)) => {
                let mut values = Vec::new();
                spread(&mut values, left);
                spread(&mut values, right);
                self.values += values.len();
                Some(Literal::List(values))
            }
            _ => None,
        }
    }

    fn name(&mut self, name: &str) -> Option<Value> {
        if let Some(arguments) = self.arguments.last()
            && let Some((_, value)) = arguments.iter().find(|(parameter, _)| *parameter == name)
        {
            return Some(value.clone());
        }
        for depth in (0..self.scopes.len()).rev() {
            let scope = *self.scopes.get(depth)?;
            match scope.bound(name) {
                Bound::No => {}
                Bound::Unclear => return None,
                Bound::To(value, changes) => {
                    self.steps += 1;
                    let bound = self.value(value);
                    let changed = self.changed(bound, changes);
                    self.steps -= 1;
                    return Some(changed);
                }
            }
        }
        None
    }

    fn changed(&mut self, mut value: Value, changes: &[Change<'a>]) -> Value {
        for change in changes {
            let with = match change {
                Change::Append(element) => self.value(element),
                Change::Extend(more) | Change::Set(_, more) => self.value(more),
                Change::Other(change) => self.unknown(change),
            };
            value.literal = match (std::mem::replace(&mut value.literal, Literal::None), change) {
                (Literal::Map(mut entries), Change::Set(key, _)) => {
                    entries.push((self.value(key), with));
                    Literal::Map(entries)
                }
                (Literal::Map(mut entries), _) => {
                    match with.literal {
                        Literal::Map(more) => entries.extend(more),
                        _ => entries.push((with.clone(), with)),
                    }
                    Literal::Map(entries)
                }
                (Literal::Text(text), Change::Extend(_)) if with.text().is_some() => {
                    Literal::Text(text + with.text().unwrap_or_default())
                }
                (before @ (Literal::List(_) | Literal::FileText(_)), _) => {
                    let mut values = Vec::new();
                    spread(&mut values, Value { literal: before, at: value.at.clone() });
                    match change {
                        Change::Append(_) => values.push(with),
                        _ => spread(&mut values, with),
                    }
                    Literal::List(values)
                }
                (unknown @ Literal::Unknown(_), _) => unknown,
                // A text or number that is changed in some other way.
                _ => match with.literal {
                    Literal::Unknown(text) => Literal::Unknown(text),
                    _ => Literal::Unknown(String::new()),
                },
            };
        }
        value
    }

    fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Option<Literal> {
        let [generator] = generators else { return None };
        let Expr::Name(target) = &generator.target else { return None };
        let line = target.id.as_str();
        let harmless =
            is_the_line(element, line) && generator.ifs.iter().all(|test| filters_comments(test, line));
        if !harmless {
            return None;
        }
        match self.value(&generator.iter).literal {
            kept @ (Literal::FileText(_) | Literal::List(_)) => Some(kept),
            _ => None,
        }
    }

    fn call(&mut self, call: &'a ExprCall, at: &Place) -> Option<Value> {
        let here = |literal| Some(Value { literal, at: at.clone() });
        let arguments = &*call.arguments.args;
        if opens(call) {
            let path = self.path(arguments.first()?)?;
            return here(Literal::FileText(path));
        }
        if let Expr::Attribute(attribute) = &*call.func {
            let method = attribute.attr.as_str();
            match method {
                "join" if arguments.len() > 1 => return here(Literal::Text(self.path_of(call)?)),
                "joinpath" => {
                    let mut path = self.path(&attribute.value)?;
                    for argument in arguments {
                        path = joined(&path, self.value(argument).text()?);
                    }
                    return here(Literal::Text(path));
                }
                "split" if is_line_break(arguments.first()) => {}
                method if keeps_text(method) => {}
                _ => return None,
            }
            return match self.value(&attribute.value).literal {
                kept @ Literal::FileText(_) => here(kept),
                // A path: `Path("a").read_text()`, `here.joinpath("a").open()`.
                Literal::Text(path) if matches!(method, "read_text" | "open") => {
                    here(Literal::FileText(path))
                }
                Literal::Text(text)
                    if matches!(method, "strip" | "rstrip" | "lstrip") && arguments.is_empty() =>
                {
                    here(Literal::Text(text.trim().to_owned()))
                }
                Literal::Text(text) if matches!(method, "split" | "splitlines") => {
                    let line = |line: &str| Value { literal: Literal::Text(line.to_owned()), at: at.clone() };
                    here(Literal::List(text.lines().map(line).collect()))
                }
                kept @ (Literal::List(_) | Literal::Map(_)) if method == "copy" => here(kept),
                _ => None,
            };
        }
        let Expr::Name(function) = &*call.func else { return None };
        if let Some(def) = self.scopes.iter().rev().find_map(|scope| scope.function(function.id.as_str())) {
            return self.follow(def, call);
        }
        match (function.id.as_str(), arguments) {
            ("list" | "tuple" | "set" | "sorted" | "frozenset", [only]) => match self.value(only).literal {
                kept @ (Literal::List(_) | Literal::FileText(_)) => here(kept),
                _ => None,
            },
            ("list" | "tuple" | "set", []) => here(Literal::List(Vec::new())),
            ("filter" | "map", [by, list]) if is_harmless_function(by) => Some(self.value(list)),
            ("str" | "Path" | "PurePath", [only]) => {
                let text = self.path(only)?;
                here(Literal::Text(text))
            }
            ("Path" | "PurePath", [_, ..]) => here(Literal::Text(self.path_of(call)?)),
            // pip's own parser of requirements files.
            ("parse_requirements", [path, ..]) => {
                let path = self.path(path)?;
                here(Literal::FileText(path))
            }
            ("dict", given) => {
                let mut entries = match given {
                    [] => Vec::new(),
                    [only] => match self.value(only).literal {
                        Literal::Map(entries) => entries,
                        _ => return None,
                    },
                    _ => return None,
                };
                for keyword in &call.arguments.keywords {
                    let value = self.value(&keyword.value);
                    match &keyword.arg {
                        Some(name) => {
                            let key = Value {
                                literal: Literal::Text(name.to_string()),
                                at: self.module.place(keyword),
                            };
                            entries.push((key, value));
                        }
                        None => match value.literal {
                            Literal::Map(more) => entries.extend(more),
                            _ => entries.push((value.clone(), value)),
                        },
                    }
                }
                here(Literal::Map(entries))
            }
            _ => None,
        }
    }

    /// A call of a function of the file: what its last statement returns, with the arguments in place of the parameters.
    fn follow(&mut self, def: &'a StmtFunctionDef, call: &'a ExprCall) -> Option<Value> {
        let mut given = Vec::new();
        for (index, parameter) in def.parameters.posonlyargs.iter().chain(&def.parameters.args).enumerate() {
            let name = parameter.parameter.name.as_str();
            let keyword = call.arguments.keywords.iter().find(|keyword| keyword.arg.as_deref() == Some(name));
            let argument = call.arguments.args.get(index).or(keyword.map(|keyword| &keyword.value));
            let value = match (argument, &parameter.default) {
                (Some(argument), _) => self.value(argument),
                (None, Some(default)) => self.value(default),
                (None, None) => continue,
            };
            given.push((name, value));
        }
        if let Some(rest) = &def.parameters.vararg {
            let more = call.arguments.args.get(given.len()..).unwrap_or_default();
            let values = self.elements(more);
            given.push((rest.name.as_str(), Value { literal: values, at: self.module.place(call) }));
        }
        let returned = only_return(&def.body)?;
        let scope = Scope::of_body(&def.body);
        let scopes = self.scopes.iter().take(1).copied().chain([&scope]).collect();
        let mut inner = Evaluator {
            module: self.module,
            scopes,
            arguments: vec![given],
            steps: self.steps + 1,
            values: self.values,
            depth: self.depth,
        };
        let value = inner.value(returned);
        self.values = inner.values;
        (!matches!(value.literal, Literal::Unknown(_))).then_some(value)
    }

    /// A path, relative to the folder of the file.
    fn path(&mut self, expr: &'a Expr) -> Option<String> {
        if self.is_here(expr) {
            return Some(String::new());
        }
        match self.value(expr).literal {
            Literal::Text(path) => Some(path),
            _ => None,
        }
    }

    /// The arguments of `os.path.join(…)`, `Path(…, …)` as one path.
    fn path_of(&mut self, call: &'a ExprCall) -> Option<String> {
        let mut path = String::new();
        for argument in &call.arguments.args {
            let part = match argument {
                Expr::Starred(starred) => match self.value(&starred.value).literal {
                    Literal::List(parts) => {
                        let parts = parts.iter().map(Value::text).collect::<Option<Vec<_>>>()?;
                        parts.join("/")
                    }
                    _ => return None,
                },
                argument => self.path(argument)?,
            };
            path = joined(&path, &part);
        }
        Some(path)
    }

    /// True where a path is the folder of the file, directly or by a name that is bound to it.
    fn is_here(&self, expr: &Expr) -> bool {
        let mut expr = expr;
        for _ in 0..MAX_STEPS {
            let Expr::Name(name) = expr else { return is_here(expr) || self.leads_here(expr) };
            let bound = self.scopes.iter().rev().find_map(|scope| match scope.bound(name.id.as_str()) {
                Bound::To(value, []) => Some(value),
                _ => None,
            });
            match bound {
                Some(value) => expr = value,
                None => return is_here(expr),
            }
        }
        false
    }

    /// `Path(here)`, `here.resolve()`, `os.path.abspath(here)` of a name that is the folder.
    fn leads_here(&self, expr: &Expr) -> bool {
        let inner = match expr {
            Expr::Call(call) => match (called(call), &*call.func, &*call.arguments.args) {
                ("abspath" | "realpath" | "Path" | "str" | "dirname", _, [only]) => only,
                ("resolve" | "absolute", Expr::Attribute(attribute), []) => &*attribute.value,
                _ => return false,
            },
            Expr::Attribute(attribute) if attribute.attr.as_str() == "parent" => &*attribute.value,
            _ => return false,
        };
        matches!(inner, Expr::Name(_)) && self.is_here(inner)
    }
}

fn spread(values: &mut Vec<Value>, value: Value) {
    match value.literal {
        Literal::List(more) => values.extend(more),
        _ => values.push(value),
    }
}

fn joined(path: &str, part: &str) -> String {
    match (path.trim_end_matches('/'), part.trim_start_matches("./")) {
        ("", part) => part.to_owned(),
        (path, "") => path.to_owned(),
        (path, part) => format!("{path}/{part}"),
    }
}

fn is_line_break(argument: Option<&Expr>) -> bool {
    match argument {
        None => false,
        Some(Expr::StringLiteral(text)) => matches!(text.value.to_str(), "\n" | "\r\n"),
        Some(_) => false,
    }
}

/// `None`, `bool`, `str.strip`, `str`: filters and maps that keep every requirement.
fn is_harmless_function(by: &Expr) -> bool {
    match by {
        Expr::NoneLiteral(_) => true,
        Expr::Name(name) => matches!(name.id.as_str(), "bool" | "len" | "str"),
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "strip" | "rstrip" | "lstrip")
                && matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "str")
        }
        Expr::Lambda(lambda) => {
            let parameter = lambda.parameters.as_ref().and_then(|parameters| parameters.args.first());
            parameter.is_some_and(|parameter| {
                let line = parameter.parameter.name.as_str();
                is_the_line(&lambda.body, line) || filters_comments(&lambda.body, line)
            })
        }
        _ => false,
    }
}

/// The value of a function's one `return`, at its end or at the end of its last `with`; `None` where there are several.
fn only_return(body: &[Stmt]) -> Option<&Expr> {
    let (last, before) = body.split_last()?;
    if before.iter().any(|stmt| {
        !matches!(
            stmt,
            Stmt::Assign(_)
                | Stmt::AnnAssign(_)
                | Stmt::Expr(_)
                | Stmt::Import(_)
                | Stmt::ImportFrom(_)
                | Stmt::With(_)
                | Stmt::AugAssign(_)
        )
    }) {
        return None;
    }
    match last {
        Stmt::Return(value) => value.value.as_deref(),
        Stmt::With(with) => only_return(&with.body),
        _ => None,
    }
}

fn snippet(source: &str) -> String {
    let mut line = source.split_whitespace().take(MAX_SNIPPET).collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(MAX_SNIPPET) {
        line.truncate(cut);
        line.push('…');
    }
    line
}
