//! `Fn::Sub`: text with `${…}` in it.

use super::intrinsics::{Evaluator, open, together};
use tieout_model::tree::Piece;
use tieout_model::{Node, Place, Value};

/// A part of the text of `Fn::Sub`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// `${!Literal}`, which means `${Literal}`.
    Literal(&'a str),
    /// `${Name}` or `${Name.Attribute}`.
    Name(&'a str),
}

impl Evaluator<'_> {
    pub(super) fn sub(&self, argument: &Node, at: &Place) -> Node {
        let (text, variables) = match &argument.value {
            Value::List(items) => match items.as_slice() {
                [text] => (text, None),
                [text, variables] => (text, Some(variables)),
                _ => return open("Fn::Sub", at),
            },
            _ => (argument, None),
        };
        let Some(text) = text.scalar_text() else {
            return open(format!("Fn::Sub {}", text.expression()), at);
        };
        let pieces = parts(&text).into_iter().map(|part| match part {
            Part::Text(text) => Piece::Text(text.into()),
            Part::Literal(name) => Piece::Text(format!("${{{name}}}").into()),
            Part::Name(name) => Piece::Hole(self.variable(name, variables, at)),
        });
        let pieces: Vec<Piece> = pieces.collect();
        Node::new(together(pieces), at.clone())
    }

    fn variable(&self, name: &str, variables: Option<&Node>, at: &Place) -> Node {
        let node = match (variables.and_then(|variables| variables.get(name)), name.split_once('.')) {
            (Some(value), _) => self.value(value),
            (None, Some((id, attribute))) => self.attribute(id, attribute, at),
            (None, None) => self.named(name, at),
        };
        match node.value {
            Value::List(_) | Value::Map(_) => open(name, at),
            Value::Null => Node::text("", node.at),
            _ => node,
        }
    }
}

/// The parts of a text; `${` that never closes, or that closes on something that is no name, is text.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut plain = 0;
    while let Some(offset) = rest.get(plain..).and_then(|from| from.find("${")) {
        let start = plain + offset;
        let after = rest.get(start + 2..).unwrap_or_default();
        let Some(end) = after.find('}') else { break };
        let inside = after.get(..end).unwrap_or_default();
        let name = inside.trim();
        let part = match inside.strip_prefix('!') {
            Some(literal) => Part::Literal(literal),
            None if is_name(name) => Part::Name(name),
            None => {
                plain = start + 2;
                continue;
            }
        };
        if start > 0 {
            parts.push(Part::Text(rest.get(..start).unwrap_or_default()));
        }
        parts.push(part);
        rest = after.get(end + 1..).unwrap_or_default();
        plain = 0;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-' | '&' | '/'))
}
