//! Terraform's functions. A function whose arguments are not known enough is unknown, with the call as the
//! expression that would settle it; one whose argument is either of two values is either of two results.

mod collection;
mod encoding;
mod format;
mod network;
mod number;
mod text;

use super::eval::Frame;
use super::expand::World;
use super::hcl;
use super::project;
use super::syntax::Expr;
use super::value::{as_text, condition_of_element, either, node, settle, unknown, words};
use super::{data, document};
use crate::SourceFile;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// Why a function has no value.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It depends on what is not known, or is not worked out here.
    Open,
    /// Terraform would report an error.
    Wrong,
}

pub(crate) type Outcome = Result<Node, Failure>;

/// Functions that keep an element that is there under a condition as it is.
const KEEP_OPEN_LISTS: [&str; 17] = [
    "concat",
    "flatten",
    "tolist",
    "toset",
    "distinct",
    "compact",
    "jsonencode",
    "merge",
    "list",
    "tomap",
    "map",
    "formatlist",
    "setunion",
    "nonsensitive",
    "sensitive",
    "coalesce",
    "zipmap",
];

/// Functions that are given passwords and keys: a gap does not repeat what they are given.
const OF_SECRETS: [&str; 9] =
    ["md5", "sha1", "sha512", "bcrypt", "rsadecrypt", "base64sha256", "base64sha512", "base64gzip", "uuidv5"];

/// How many conditions one call is worked out for.
const MAX_CONDITIONS: u8 = 4;

/// The value of a call.
pub(crate) fn call<'a>(
    world: &World<'a>,
    frame: Frame<'_, 'a>,
    name: &str,
    arguments: &[Expr],
    expand: bool,
    at: &Place,
) -> Node {
    let name = name.strip_prefix("core::").unwrap_or(name);
    match name {
        "try" => return attempt(world, frame, arguments),
        "can" => return can(world, frame, arguments),
        _ => {}
    }
    let mut values: Vec<Node> = arguments.iter().map(|argument| world.eval(frame, argument)).collect();
    if expand {
        match values.pop() {
            Some(Node { value: Value::List(items), .. }) => values.extend(items),
            Some(other) => return unknown(format!("{name}({}...)", words(&other))),
            None => {}
        }
    }
    apply(world, frame, name, &values, at, 0)
}

fn apply<'a>(
    world: &World<'a>,
    frame: Frame<'_, 'a>,
    name: &str,
    values: &[Node],
    at: &Place,
    depth: u8,
) -> Node {
    if depth < MAX_CONDITIONS
        && let Some(condition) = condition_among(name, values)
    {
        let case = |holds: bool| {
            let values: Vec<Node> =
                values.iter().map(|value| without_nulls(settle(value, &condition, holds))).collect();
            apply(world, frame, name, &values, at, depth + 1)
        };
        return either(&condition, case(true), case(false));
    }
    let arguments = Arguments { world, values };
    let outcome = match name {
        "file" | "templatefile" | "fileexists" | "filebase64" => file(world, frame, name, &arguments),
        _ => None
            .or_else(|| text::apply(name, &arguments))
            .or_else(|| collection::apply(name, &arguments))
            .or_else(|| number::apply(name, &arguments))
            .or_else(|| encoding::apply(name, &arguments, at))
            .or_else(|| network::apply(name, &arguments))
            .unwrap_or(Err(Failure::Open)),
    };
    match outcome {
        Ok(value) => value,
        Err(failure) => {
            if matches!(failure, Failure::Wrong) {
                world.error();
            }
            let say = |value: &Node| match value.as_text() {
                // What is hashed or decrypted may be a secret.
                Some(_) if OF_SECRETS.contains(&name) => "…".to_owned(),
                _ => words(value),
            };
            let words: Vec<String> = values.iter().map(say).collect();
            unknown(format!("{name}({})", words.join(", ")))
        }
    }
}

/// Elements that are not there in this case.
fn without_nulls(value: Node) -> Node {
    match value.value {
        Value::List(items) => {
            Node::new(Value::List(items.into_iter().filter(|item| !item.is_null()).collect()), value.at)
        }
        _ => value,
    }
}

fn condition_among(name: &str, values: &[Node]) -> Option<Arc<str>> {
    values.iter().find_map(|value| match &value.value {
        Value::Either { condition, .. } => Some(condition.clone()),
        Value::List(items) if !KEEP_OPEN_LISTS.contains(&name) => {
            items.iter().find_map(condition_of_element).cloned()
        }
        _ => None,
    })
}

/// `try(…)`: the first argument without an error.
fn attempt<'a>(world: &World<'a>, frame: Frame<'_, 'a>, arguments: &[Expr]) -> Node {
    let Some((first, rest)) = arguments.split_first() else { return world.wrong("try()") };
    let errors = world.errors.get();
    let assumed = world.assumed.borrow().len();
    let value = world.eval(frame, first);
    let failed = world.errors.get() > errors;
    let conditions = world.assumed.borrow_mut().split_off(assumed);
    if failed {
        if rest.is_empty() {
            return value;
        }
        world.errors.set(errors);
        return attempt(world, frame, rest);
    }
    // It holds only where the instances that it names exist.
    match conditions.first() {
        Some(condition) if !rest.is_empty() => either(condition, value, attempt(world, frame, rest)),
        _ => value,
    }
}

/// `can(…)`: whether the argument is without an error; not known where the argument is not.
fn can<'a>(world: &World<'a>, frame: Frame<'_, 'a>, arguments: &[Expr]) -> Node {
    let [only] = arguments else { return world.wrong("can()") };
    let errors = world.errors.get();
    let assumed = world.assumed.borrow().len();
    let value = world.eval(frame, only);
    let failed = world.errors.get() > errors;
    world.errors.set(errors);
    let conditions = world.assumed.borrow_mut().split_off(assumed);
    if failed {
        return node(Value::Bool(false));
    }
    match (conditions.first(), &value.value) {
        (Some(condition), _) => either(condition, node(Value::Bool(true)), node(Value::Bool(false))),
        (None, Value::Unknown(gap)) => unknown(format!("can({})", gap.what)),
        _ => node(Value::Bool(true)),
    }
}

/// `file`, `templatefile` and their like: of files of the tree only.
fn file<'a>(world: &World<'a>, frame: Frame<'_, 'a>, name: &str, arguments: &Arguments<'_, 'a>) -> Outcome {
    let given = arguments.text(0)?;
    let path = project::join(&frame.module.root().module.folder, &given).ok_or(Failure::Open)?;
    let SourceFile { path, text } = &(world.open)(&path).ok_or(Failure::Open)?;
    match name {
        "fileexists" => Ok(node(Value::Bool(true))),
        "filebase64" => encoding::to_base64(text),
        "templatefile" => template_file(world, frame, path, text, arguments.get(1)?),
        _ => Ok(document::of_file(path, text)),
    }
}

fn template_file<'a>(
    world: &World<'a>,
    frame: Frame<'_, 'a>,
    path: &Arc<str>,
    text: &str,
    variables: &Node,
) -> Outcome {
    let parts = hcl::parse_template(path, text, None).map_err(|_| Failure::Open)?;
    let Value::Map(entries) = &variables.value else { return Err(Failure::Open) };
    let at = document::file_place(path, text);
    let outside = Frame { names: None, ..frame };
    Ok(data::with_names(world, outside, entries, &parts, &at))
}

/// The arguments of a call, read as the function needs them.
pub(crate) struct Arguments<'v, 'a> {
    pub world: &'v World<'a>,
    pub values: &'v [Node],
}

impl<'v> Arguments<'v, '_> {
    /// The argument at an index, known or not.
    pub(crate) fn get(&self, index: usize) -> Result<&'v Node, Failure> {
        self.values.get(index).ok_or(Failure::Wrong)
    }

    /// A known text.
    pub(crate) fn text(&self, index: usize) -> Result<Arc<str>, Failure> {
        let value = self.get(index)?;
        as_text(value).ok_or_else(|| misfit(value))
    }

    /// A known number.
    pub(crate) fn number(&self, index: usize) -> Result<f64, Failure> {
        let value = self.get(index)?;
        super::value::as_number(value).ok_or_else(|| misfit(value))
    }

    /// A known whole number.
    pub(crate) fn int(&self, index: usize) -> Result<i64, Failure> {
        let value = self.get(index)?;
        value.as_int().ok_or_else(|| misfit(value))
    }

    /// A list whose elements may be unknown.
    pub(crate) fn list(&self, index: usize) -> Result<&'v [Node], Failure> {
        let value = self.get(index)?;
        match &value.value {
            Value::List(items) => Ok(items),
            _ => Err(misfit(value)),
        }
    }

    /// A map whose values may be unknown.
    pub(crate) fn map(&self, index: usize) -> Result<&'v [Entry], Failure> {
        let value = self.get(index)?;
        match &value.value {
            Value::Map(entries) => Ok(entries),
            _ => Err(misfit(value)),
        }
    }

    /// A list of known texts.
    pub(crate) fn texts(&self, index: usize) -> Result<Vec<Arc<str>>, Failure> {
        self.list(index)?.iter().map(|item| as_text(item).ok_or_else(|| misfit(item))).collect()
    }

    /// A list of results, within bounds.
    pub(crate) fn bounded(&self, items: Vec<Node>) -> Outcome {
        if items.len() > 100_000 || !self.world.spend(items.len()) {
            return Err(Failure::Open);
        }
        Ok(node(Value::List(items)))
    }
}

/// A value that is of another kind is an error; one that is not known is open.
pub(crate) fn misfit(value: &Node) -> Failure {
    match value.value {
        Value::Unknown(_) | Value::Ref { .. } | Value::Pieces(_) | Value::Either { .. } => Failure::Open,
        Value::Encoded(_) => Failure::Open,
        _ => Failure::Wrong,
    }
}
