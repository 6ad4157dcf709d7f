//! One borrowed view of a document, whatever it was read from: a model tree or JSON text. The policy
//! parser sees nothing else. Places are worked out only for what is kept.

use crate::json;
use crate::pattern::{Hole, HolePiece, Pattern};
use std::borrow::Cow;
use std::sync::Arc;
use tieout_model::{Gap, Node, Piece, Place, Position, Value};

/// Where a value stands, in the cheapest form.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At<'a> {
    Place(&'a Place),
    /// Bytes of the text; the text is shorter than 4 GiB.
    Span(u32, u32),
}

/// A value of a document.
#[derive(Debug)]
pub(crate) struct Doc<'a> {
    pub(crate) value: DocValue<'a>,
    pub(crate) at: At<'a>,
}

/// An entry of a map.
#[derive(Debug)]
pub(crate) struct DocEntry<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) at: At<'a>,
    pub(crate) doc: Doc<'a>,
}

#[derive(Debug)]
pub(crate) enum DocValue<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A number or a boolean, as text.
    Scalar(Cow<'a, str>),
    List(Vec<Doc<'a>>),
    Map(Vec<DocEntry<'a>>),
    /// A text with holes.
    Pieces(&'a [Piece]),
    /// One of two, by a condition.
    Either(Box<Gap>, Box<Doc<'a>>, Box<Doc<'a>>),
    /// Not known at all.
    Open(Box<Hole>),
}

/// Turns spans into places.
pub(crate) enum Places<'a> {
    /// The document is a whole text of a file.
    Text { file: Arc<str>, text: &'a str, lines: Vec<usize>, ascii: bool },
    /// The document is a text inside something at this place.
    Fixed(&'a Place),
}

impl<'a> Places<'a> {
    pub(crate) fn of_text(file: &Arc<str>, text: &'a str) -> Places<'a> {
        let lines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        Places::Text {
            file: file.clone(),
            text,
            lines: std::iter::once(0).chain(lines).collect(),
            ascii: text.is_ascii(),
        }
    }

    pub(crate) fn place(&self, at: At<'_>) -> Place {
        match (self, at) {
            (_, At::Place(place)) => place.clone(),
            (Places::Fixed(place), At::Span(..)) => (*place).clone(),
            (Places::Text { file, text, lines, ascii }, At::Span(start, end)) => {
                let position = |offset: u32| position(text, lines, *ascii, offset as usize);
                Place::text(file, position(start), position(end))
            }
        }
    }
}

fn position(text: &str, lines: &[usize], ascii: bool, offset: usize) -> Position {
    let line = lines.partition_point(|start| *start <= offset).max(1);
    let start = lines.get(line - 1).copied().unwrap_or(0);
    let column = match ascii {
        true => offset.saturating_sub(start) + 1,
        false => text.get(start..offset).map_or(1, |before| before.chars().count() + 1),
    };
    Position { line: line as u32, column: column as u32 }
}

impl<'a> Doc<'a> {
    /// A view of a model tree.
    pub(crate) fn of_node(node: &'a Node) -> Doc<'a> {
        let value = match &node.value {
            Value::Null => DocValue::Null,
            Value::Text(text) => DocValue::Text(Cow::Borrowed(text)),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                DocValue::Scalar(Cow::Owned(node.scalar_text().unwrap_or_default().to_string()))
            }
            Value::List(items) => DocValue::List(items.iter().map(Doc::of_node).collect()),
            Value::Map(entries) => DocValue::Map(
                entries
                    .iter()
                    .map(|entry| DocEntry {
                        key: Cow::Borrowed(&entry.key),
                        at: At::Place(&entry.at),
                        doc: Doc::of_node(&entry.node),
                    })
                    .collect(),
            ),
            Value::Encoded(inner) => return Doc::of_node(inner),
            Value::Pieces(pieces) => DocValue::Pieces(pieces),
            Value::Either { condition, then, otherwise } => DocValue::Either(
                Box::new(Gap::unresolved(condition)),
                Box::new(Doc::of_node(then)),
                Box::new(Doc::of_node(otherwise)),
            ),
            Value::Ref { .. } | Value::Unknown(_) => DocValue::Open(Box::new(hole(node))),
        };
        Doc { value, at: At::Place(&node.at) }
    }

    /// A view of JSON text.
    pub(crate) fn of_text(text: &'a str) -> Result<Doc<'a>, json::JsonError> {
        json::parse(text)
    }

    /// The value under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Doc<'a>> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.doc)
    }

    pub(crate) fn entries(&self) -> &[DocEntry<'a>] {
        match &self.value {
            DocValue::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Text, or a number or boolean as text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            DocValue::Text(text) | DocValue::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, DocValue::Null)
    }

    /// A scalar as JSON; anything else is null.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            DocValue::Text(text) => serde_json::Value::String(text.to_string()),
            DocValue::Scalar(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => serde_json::Value::Null,
        }
    }

    /// The value as a pattern, where it is text or stands for text.
    pub(crate) fn pattern(&self, variables: bool, places: &Places<'_>) -> Option<Pattern> {
        let at = places.place(self.at);
        match &self.value {
            DocValue::Text(text) | DocValue::Scalar(text) => Some(Pattern::new(text, variables, at)),
            DocValue::Pieces(pieces) => {
                let pieces = pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => HolePiece::Text(text),
                        Piece::Hole(node) => HolePiece::Hole(hole(node)),
                    })
                    .collect();
                Some(Pattern::with_holes(pieces, variables, at))
            }
            DocValue::Open(hole) => {
                Some(Pattern::with_holes(vec![HolePiece::Hole((**hole).clone())], variables, at))
            }
            DocValue::Either(gap, ..) => {
                let hole = Hole { gap: (**gap).clone(), reference: None };
                Some(Pattern::with_holes(vec![HolePiece::Hole(hole)], variables, at))
            }
            DocValue::Null | DocValue::List(_) | DocValue::Map(_) => None,
        }
    }

    /// The gap, where the value as a whole is not known.
    pub(crate) fn gap(&self) -> Option<Gap> {
        match &self.value {
            DocValue::Open(hole) => Some(hole.gap.clone()),
            DocValue::Either(gap, ..) => Some((**gap).clone()),
            DocValue::Pieces(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Hole(node) => Some(hole(node).gap),
                Piece::Text(_) => None,
            }),
            _ => None,
        }
    }
}

fn hole(node: &Node) -> Hole {
    let reference = match &node.value {
        Value::Ref { id, attribute } => Some((id.clone(), attribute.clone())),
        _ => None,
    };
    Hole { gap: node.gap().unwrap_or_else(|| Gap::unresolved(node.expression())), reference }
}
