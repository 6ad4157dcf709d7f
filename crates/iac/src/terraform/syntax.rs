//! The syntax tree that is evaluated: bodies, blocks and expressions, each with its place. The HCL and the
//! JSON syntax are both read into it; nothing here evaluates.

use std::sync::Arc;
use tieout_model::Place;

/// Attributes and blocks, in the order of the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
}

/// `key = value`.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub key: Arc<str>,
    /// Where the key stands.
    pub at: Place,
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub kind: Arc<str>,
    pub labels: Vec<Arc<str>>,
    pub body: Body,
    /// Kind and labels.
    pub head: Place,
    /// The whole block.
    pub at: Place,
}

/// An expression and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub kind: Kind,
    pub at: Place,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Template(Vec<Part>),
    Variable(Arc<str>),
    Conditional(Box<[Expr; 3]>),
    Call { name: Arc<str>, arguments: Vec<Expr>, expand: bool },
    Traversal(Box<Expr>, Vec<Step>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    For(Box<For>),
}

/// A step of a traversal.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Attribute(Arc<str>),
    Index(Expr),
    /// `.*`: what follows up to the next index is taken of every element.
    AttributeSplat,
    /// `[*]`: all that follows is taken of every element.
    Splat,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(Arc<str>),
    Hole(Expr),
    If { condition: Expr, then: Vec<Part>, otherwise: Vec<Part> },
    For { key: Option<Arc<str>>, value: Arc<str>, collection: Expr, body: Vec<Part> },
}

/// `[for k, v in c : value if condition]` and its form in braces.
#[derive(Debug, Clone)]
pub(crate) struct For {
    pub key_name: Option<Arc<str>>,
    pub value_name: Arc<str>,
    pub collection: Expr,
    /// Only in braces.
    pub key: Option<Expr>,
    pub value: Expr,
    pub grouping: bool,
    pub condition: Option<Expr>,
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    And,
    Or,
}

impl Operator {
    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::LessOrEqual => "<=",
            Operator::GreaterOrEqual => ">=",
            Operator::Less => "<",
            Operator::Greater => ">",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::And => "&&",
            Operator::Or => "||",
        }
    }
}

impl Body {
    /// The attribute of a key.
    pub(crate) fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.key == key)
    }

    /// The blocks of a kind.
    pub(crate) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

impl Block {
    /// The label at an index; empty where there is none.
    pub(crate) fn label(&self, index: usize) -> &str {
        self.labels.get(index).map(|label| &**label).unwrap_or_default()
    }
}

impl Expr {
    pub(crate) fn new(kind: Kind, at: Place) -> Expr {
        Expr { kind, at }
    }

    /// Text, where this is text without a hole.
    pub(crate) fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}
