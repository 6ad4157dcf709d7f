//! What a policy document says, as a model: statements with places, and the problems of the text.

use crate::action::ActionClause;
use crate::arn::ResourceClause;
use crate::condition::Condition;
use crate::doc::{Doc, Places};
use crate::parse;
use crate::principal::PrincipalClause;
use std::sync::Arc;
use tieout_model::{Gap, Node, Place, Value};

/// What a statement does where it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    /// `2008-10-17`, and where no version is written: policy variables are plain text.
    #[default]
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// Something wrong with the text of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyProblem {
    /// What is wrong, and what to do.
    pub message: String,
    /// Where.
    pub at: Place,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// The version of the language.
    pub version: Version,
    /// `Id`.
    pub id: Option<Arc<str>>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// What is wrong with the text. AWS would refuse most of these documents.
    pub problems: Vec<PolicyProblem>,
    /// Parts of the document that are not known: statements may hide behind each.
    pub gaps: Vec<Gap>,
    /// Where it stands.
    pub at: Place,
    /// Characters of the text but white space, where it was read from text.
    pub(crate) characters: Option<usize>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Position in the document, from 0.
    pub index: usize,
    /// `Sid`.
    pub sid: Option<Arc<str>>,
    /// `Effect`; `None` where it is not known (see [`Statement::gap`]) or wrong (see
    /// [`Policy::problems`]).
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principal: PrincipalClause,
    /// `Action` or `NotAction`.
    pub actions: ActionClause,
    /// `Resource` or `NotResource`.
    pub resources: ResourceClause,
    /// `Condition`: all must hold.
    pub conditions: Vec<Condition>,
    /// What is not known of the statement as a whole: its effect, or whether it is there at all.
    pub gap: Option<Gap>,
    /// Where it stands.
    pub at: Place,
}

impl Statement {
    /// How a message names it: its `Sid` in quotes, or its number from 1.
    pub fn label(&self) -> String {
        match &self.sid {
            Some(sid) if !sid.is_empty() => format!("statement `{sid}`"),
            _ => format!("statement {}", self.index + 1),
        }
    }

    /// True where it is certain to allow (under its conditions).
    pub fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow) && self.gap.is_none()
    }

    /// True where it is certain to deny (under its conditions).
    pub fn denies(&self) -> bool {
        self.effect == Some(Effect::Deny) && self.gap.is_none()
    }

    /// True where its conditions are certain never to hold together: it then says nothing.
    pub fn never_applies(&self) -> bool {
        !self.conditions.is_empty() && crate::lint::conditions::never_hold(&self.conditions)
    }

    pub(crate) fn may(&self, effect: Effect) -> bool {
        match self.effect {
            Some(known) => known == effect,
            None => self.gap.is_some(),
        }
    }
}

impl Policy {
    /// Reads a policy from a tree of any dialect: a map, an encoded document, or JSON text (also
    /// percent-encoded, as the IAM API answers). Never fails: what is wrong is in
    /// [`Policy::problems`], what is not known in [`Policy::gaps`] and in the patterns.
    pub fn from_node(node: &Node) -> Policy {
        match &node.value {
            Value::Text(text) => {
                let decoded = percent_decoded(text);
                let places = Places::Fixed(&node.at);
                read(decoded.as_deref().unwrap_or(text), &places, node.at.clone())
            }
            _ => parse::policy(&Doc::of_node(node), &Places::Fixed(&node.at), node.at.clone()),
        }
    }

    /// Reads a policy from the JSON text of a file, with places in it. Never fails, as
    /// [`Policy::from_node`].
    pub fn from_json(text: &str, file: &Arc<str>) -> Policy {
        let places = Places::of_text(file, text);
        let whole = places.place(crate::doc::At::Span(0, text.len() as u32));
        read(text, &places, whole)
    }

    /// How many characters AWS counts: all but white space. A document that was not read from text is counted
    /// as it prints.
    pub fn characters(&self) -> usize {
        self.characters.unwrap_or_else(|| characters(&self.to_json().to_string()))
    }

    /// How many statements it has.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// True where it has no statement, for certain.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.gaps.is_empty()
    }

    /// Statements that allow, for certain or maybe; not those whose conditions never hold.
    pub fn allows(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.may(Effect::Allow) && !statement.never_applies())
    }

    /// Statements that deny, for certain or maybe; not those whose conditions never hold.
    pub fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.may(Effect::Deny) && !statement.never_applies())
    }
}

fn characters(text: &str) -> usize {
    match text.is_ascii() {
        true => text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count(),
        false => text.chars().filter(|char| !char.is_whitespace()).count(),
    }
}

fn read(text: &str, places: &Places<'_>, at: Place) -> Policy {
    match Doc::of_text(text) {
        Ok(doc) => Policy { characters: Some(characters(text)), ..parse::policy(&doc, places, at) },
        Err(error) => Policy {
            problems: vec![PolicyProblem {
                message: format!("this is no JSON: {error}"),
                at: places.place(crate::doc::At::Span(error.offset as u32, error.offset as u32)),
            }],
            gaps: vec![Gap::new(
                tieout_model::Reason::Unreadable,
                "a policy document that is no JSON",
                "mend the document",
            )],
            at,
            ..Policy::default()
        },
    }
}

/// The text behind `%7B…`, `None` where it is not percent-encoded.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.trim_start().starts_with("%7B") && !text.trim_start().starts_with("%7b") {
        return None;
    }
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        out.push((high * 16 + low) as u8);
    }
    String::from_utf8(out).ok()
}
