//! The closed vocabulary in which a configuration of a client is handed to the probe: which maker of contexts with which
//! arguments, what is then changed on the context, and what the client is given. Constants are names of Python's `ssl`
//! module, texts are data. What is not in it cannot reach the interpreter.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// A longer text (a list of ciphers) is not handed over; in bytes.
pub(super) const MAX_TEXT: usize = 4_000;

/// A value that the code states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// `None`
    None,
    /// `True`, `False`
    Flag(bool),
    /// An integer.
    Number(i64),
    /// A text: ciphers, a curve, the name of a constant.
    Text(String),
    /// Constants of Python's `ssl` by name (`CERT_NONE`, `TLSVersion.TLSv1_2`), joined by `|`.
    Constants(Vec<String>),
    /// A context.
    Context(Box<Context>),
    /// Certificates of authorities, whichever: the probe puts its own in their place.
    Authorities,
}

/// How a context is made and what is then changed on it, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Context {
    /// The function or class, by its own dotted name: a maker of `tables`.
    pub make: &'static str,
    /// Its arguments by keyword.
    pub arguments: BTreeMap<&'static str, Value>,
    /// What follows.
    pub changes: Vec<Change>,
}

/// A change of a context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What is done.
    pub how: How,
    /// The attribute or method, one of those in `tables`.
    pub what: &'static str,
    /// With which value.
    pub value: Value,
}

/// How a context is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// `context.what = value`
    Set,
    /// `context.what |= value`
    Add,
    /// `context.what &= ~value`
    Remove,
    /// `context.what(value)`
    Call,
}

/// A client and how it is configured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Configuration {
    /// The client as reports name it: `ssl`, `requests`, `httpx` and so on.
    pub client: &'static str,
    /// The way the probe makes the request: a key of `WAYS` in `probe_configured.py`.
    pub way: &'static str,
    /// What it is given.
    pub arguments: BTreeMap<&'static str, Value>,
}

impl Configuration {
    /// The settings, one each, in Python's words.
    pub fn settings(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (name, value) in &self.arguments {
            match value {
                Value::Context(context) if self.way == "ssl" => context.settings(&mut out),
                Value::Context(context) => {
                    out.push(format!("{name}={}", context.made()));
                    out.extend(context.changes.iter().map(ToString::to_string));
                }
                value => out.push(format!("{name}={value}")),
            }
        }
        out
    }

    /// The context, where it has one.
    fn context(&self) -> Option<&Context> {
        self.arguments.values().find_map(|value| match value {
            Value::Context(context) => Some(&**context),
            _ => None,
        })
    }

    /// The same context used by itself, without the client around it.
    pub(in crate::python) fn alone(&self) -> Option<Configuration> {
        Some(Configuration::of_context(self.context()?.clone()))
    }

    /// A context that is used by itself.
    pub(super) fn of_context(context: Context) -> Configuration {
        let arguments = BTreeMap::from([("context", Value::Context(Box::new(context)))]);
        Configuration { client: "ssl", way: "ssl", arguments }
    }
}

impl Context {
    fn made(&self) -> String {
        let mut out = format!("{}(", self.make);
        for (number, (name, value)) in self.arguments.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            let _ = write!(out, "{comma}{name}={value}");
        }
        out.push(')');
        out
    }

    fn settings(&self, out: &mut Vec<String>) {
        out.push(self.made());
        out.extend(self.changes.iter().map(ToString::to_string));
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, value) = (self.what, &self.value);
        match self.how {
            How::Set => write!(f, "{what} = {value}"),
            How::Add => write!(f, "{what} |= {value}"),
            How::Remove => write!(f, "{what} &= ~({value})"),
            How::Call => write!(f, "{what}({value})"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Flag(true) => f.write_str("True"),
            Value::Flag(false) => f.write_str("False"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Constants(names) => f.write_str(&names.join(" | ")),
            Value::Context(context) => f.write_str(&context.made()),
            Value::Authorities => f.write_str("<authorities>"),
        }
    }
}
