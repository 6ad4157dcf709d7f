//! Where a value was read: a span of a file, or a pointer into an answer of the AWS API.

use std::sync::Arc;

/// A position in a text: line and column, both counted from 1, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

impl Position {
    /// The first character of a text.
    pub const START: Position = Position { line: 1, column: 1 };
}

/// A half-open span of a file: `end` is the position after the last character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextPlace {
    /// Path relative to the audited root, `/`-separated.
    pub file: Arc<str>,
    /// First character.
    pub start: Position,
    /// The position after the last character.
    pub end: Position,
}

/// A value in an answer of the AWS API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloudPlace {
    /// SHA-256 (hex) of the answer, the key of the [`crate::Evidence`] that holds the call.
    pub evidence: Arc<str>,
    /// JSON pointer (RFC 6901) into the answer.
    pub pointer: Arc<str>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Place {
    /// A span of a file under audit.
    Text(TextPlace),
    /// A value in an answer of the AWS API.
    Cloud(CloudPlace),
    /// A network endpoint, `HOST:PORT`.
    Endpoint(Arc<str>),
    /// Made by the program itself, for example an implicit SAM role without a source line.
    #[default]
    None,
}

impl Place {
    /// A span of a file.
    pub fn text(file: &Arc<str>, start: Position, end: Position) -> Place {
        Place::Text(TextPlace { file: file.clone(), start, end })
    }

    /// A value in an answer of the AWS API.
    pub fn cloud(evidence: &Arc<str>, pointer: impl Into<Arc<str>>) -> Place {
        Place::Cloud(CloudPlace { evidence: evidence.clone(), pointer: pointer.into() })
    }

    /// File and first line, for a place in a file.
    pub fn file_line(&self) -> Option<(&str, u32)> {
        match self {
            Place::Text(text) => Some((&text.file, text.start.line)),
            _ => None,
        }
    }

    /// The span from the start of `self` to the end of `other` where both are of one file, else `self`.
    pub fn to(&self, other: &Place) -> Place {
        match (self, other) {
            (Place::Text(a), Place::Text(b)) if a.file == b.file && a.start <= b.end => {
                Place::text(&a.file, a.start, b.end)
            }
            _ => self.clone(),
        }
    }
}
