//! JSON documents within texts: heredocs, files and long strings become trees that keep the lines of the
//! source, holes included.

use super::value::node;
use std::sync::Arc;
use tieout_model::tree::{Entry, join_pieces};
use tieout_model::{Node, Piece, Place, Position, Value};

/// Stand around the number of a hole within a JSON text; private use, so that no document has them.
const OPEN: char = '\u{f8f0}';
const CLOSE: char = '\u{f8f1}';

/// A text that is a JSON document as its tree; any other value as it is.
pub(crate) fn decoded(value: Node, at: &Place) -> Node {
    let Place::Text(place) = at else { return value };
    let (text, holes) = match &value.value {
        Value::Text(text) if looks_like_json(text) => (text.to_string(), Vec::new()),
        Value::Pieces(pieces) if matches!(pieces.first(), Some(Piece::Text(text)) if looks_like_json(text)) => {
            with_marks(pieces)
        }
        _ => return value,
    };
    let Ok((mut tree, _)) = tieout_source::json::parse(&place.file, &text) else { return value };
    if !matches!(tree.value, Value::Map(_) | Value::List(_)) {
        return value;
    }
    // A heredoc's text begins on the line after its mark, a file's on its own first line.
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let shift = if place.start == Position::START {
        Some(0)
    } else if place.start.line < place.end.line && place.end.line - place.start.line - 1 == lines {
        Some(place.start.line)
    } else {
        None
    };
    settle(&mut tree, &holes, &|inner| match (shift, inner) {
        (Some(0), inner) => inner.clone(),
        (Some(shift), Place::Text(inner)) => {
            let down = |position: Position, column| Position { line: position.line + shift, column };
            Place::text(&inner.file, down(inner.start, inner.start.column), down(inner.end, inner.end.column))
        }
        _ => at.clone(),
    });
    node(Value::Encoded(Box::new(tree)))
}

fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start();
    (text.starts_with('{') && text.contains('"') || text.starts_with('[') && text.contains('{'))
        && !text.contains(OPEN)
}

/// The text with a mark for each hole; a hole outside a JSON string becomes a string of its own.
fn with_marks(pieces: &[Piece]) -> (String, Vec<Node>) {
    let mut text = String::new();
    let mut holes = Vec::new();
    let mut quoted = false;
    for piece in pieces {
        match piece {
            Piece::Text(part) => {
                let mut escaped = false;
                for c in part.chars() {
                    match c {
                        _ if escaped => escaped = false,
                        '\\' if quoted => escaped = true,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                }
                text.push_str(part);
            }
            Piece::Hole(hole) => {
                let mark = format!("{OPEN}{}{CLOSE}", holes.len());
                if quoted {
                    text.push_str(&mark);
                } else {
                    text.push('"');
                    text.push_str(&mark);
                    text.push('"');
                }
                holes.push(hole.clone());
            }
        }
    }
    (text, holes)
}

/// Puts the holes back and every place where it belongs.
fn settle(tree: &mut Node, holes: &[Node], place: &dyn Fn(&Place) -> Place) {
    tree.at = place(&tree.at);
    match &mut tree.value {
        Value::Text(text) if text.contains(OPEN) => {
            let filled = fill(text, holes);
            tree.value = match filled {
                // A document within the document.
                Value::Encoded(inner) => inner.value,
                other => other,
            };
        }
        Value::List(items) => items.iter_mut().for_each(|item| settle(item, holes, place)),
        Value::Map(entries) => {
            for Entry { key, at, node } in entries {
                *at = place(at);
                if key.contains(OPEN) {
                    *key = Node::new(fill(key, holes), Place::None).expression().into();
                }
                settle(node, holes, place);
            }
        }
        _ => {}
    }
}

fn fill(text: &str, holes: &[Node]) -> Value {
    let mut pieces = Vec::new();
    for (number, part) in text.split(OPEN).enumerate() {
        if number == 0 {
            pieces.push(Piece::Text(part.into()));
            continue;
        }
        let Some((index, rest)) = part.split_once(CLOSE) else { continue };
        if let Some(hole) = index.parse::<usize>().ok().and_then(|index| holes.get(index)) {
            pieces.push(Piece::Hole(hole.clone()));
        }
        pieces.push(Piece::Text(rest.into()));
    }
    join_pieces(pieces)
}

/// A file's text as a value: its tree where it is JSON, else its text, at its own place.
pub(crate) fn of_file(path: &Arc<str>, text: &Arc<str>) -> Node {
    decoded(node(Value::Text(text.clone())), &file_place(path, text))
}

/// A whole file.
pub(crate) fn file_place(path: &Arc<str>, text: &str) -> Place {
    let lines = u32::try_from(text.lines().count().max(1)).unwrap_or(u32::MAX);
    Place::text(path, Position::START, Position { line: lines, column: 1 })
}
