//! A name and its value as two members of an object: `{"name": "DB_PASSWORD", "value": "…"}`, a parameter and its default.

use super::{closing_quote, is_comment, is_quote};
use crate::Document;
use crate::literal::{Value, setting};
use crate::syntax::Syntax;
use crate::text::{back_while, before, byte, is_word, line_end, line_start, part, skip_blanks};
use std::ops::Range;

/// So far after a name its value is looked for in a block.
const BLOCK: usize = 600;

/// Names of members that hold a value where another holds its name.
const VALUES: &[&str] = &[
    "default",
    "Default",
    "value",
    "Value",
    "ParameterValue",
    "parameter_value",
    "string_value",
    "StringValue",
    "plaintext",
    "defaultValue",
];

/// The value inside of the object that opens here.
pub(super) fn member(bytes: &[u8], open: usize, syntax: Syntax) -> Option<Value> {
    let block = part(bytes, open..bytes.len().min(open + BLOCK));
    let end = closing(block);
    value_in(bytes, open..open + end, syntax)
}

/// Where the object that opens at the first byte closes; the end where it does not.
fn closing(block: &[u8]) -> usize {
    let mut depth = 0usize;
    for (index, byte) in block.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    block.len()
}

/// The value of the first member that is named as a value.
fn value_in(bytes: &[u8], range: Range<usize>, syntax: Syntax) -> Option<Value> {
    let block = part(bytes, range.clone());
    VALUES.iter().find_map(|name| {
        memchr::memmem::find_iter(block, name.as_bytes()).find_map(|found| {
            let start = range.start + found;
            let end = start + name.len();
            if is_word(before(bytes, start)) || is_word(byte(bytes, end)) {
                return None;
            }
            let after = closing_quote(bytes, end).map_or(end, |(_, end)| end);
            let at = skip_blanks(bytes, after);
            if !matches!(byte(bytes, at), b':' | b'=') {
                return None;
            }
            let value = setting(bytes, at + 1, inside(syntax))?;
            (value.range.start < range.end).then_some(value)
        })
    })
}

fn inside(syntax: Syntax) -> Syntax {
    match syntax {
        Syntax::Yaml | Syntax::Hcl | Syntax::Toml | Syntax::Python | Syntax::Code => syntax,
        _ => Syntax::Json,
    }
}

/// `DbPassword:` of YAML with `Default: …` among the lines that are indented deeper.
pub(super) fn nested(bytes: &[u8], name_start: usize) -> Option<Value> {
    let line = line_start(bytes, name_start);
    let indent = |line: usize| skip_blanks(bytes, line) - line;
    let own = indent(line);
    let start = line_end(bytes, name_start) + 1;
    let mut end = start;
    while end < bytes.len() && end < start + BLOCK {
        let is_blank = matches!(byte(bytes, skip_blanks(bytes, end)), b'\n' | b'\r');
        if !is_blank && indent(end) <= own {
            break;
        }
        end = line_end(bytes, end) + 1;
        if byte(bytes, end) == b'\n' && before(bytes, end) == b'\r' {
            end += 1;
        }
    }
    value_in(bytes, start..end.min(bytes.len()), Syntax::Yaml)
}

/// Names of members that hold a name.
const NAMES: &[&[u8]] =
    &[b"name", b"key", b"parameterkey", b"variable", b"parameter_name", b"parameter", b"env", b"id"];

/// True where the name is itself the value of a member `name` or `key`, alone.
pub(super) fn is_name_of_pair(document: &Document<'_>, name: &Range<usize>) -> bool {
    if !matches!(
        document.syntax,
        Syntax::Yaml
            | Syntax::Json
            | Syntax::Hcl
            | Syntax::Python
            | Syntax::Code
            | Syntax::Xml
            | Syntax::Toml
    ) {
        return false;
    }
    let bytes = document.bytes;
    // The whole of a path: `/prod/db/password`.
    let start = back_while(bytes, name.start, |byte| {
        is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b'{' | b'}' | b'$')
    });
    let quote = before(bytes, start);
    let quote_start = if is_quote(quote) { start - 1 } else { start };
    let colon = back_while(bytes, quote_start, |byte| matches!(byte, b' ' | b'\t'));
    if !matches!(before(bytes, colon), b':' | b'=') {
        return false;
    }
    let mut end = back_while(bytes, colon - 1, |byte| matches!(byte, b' ' | b'\t'));
    if is_quote(before(bytes, end)) {
        end -= 1;
    }
    let member = part(bytes, back_while(bytes, end, is_word)..end).to_ascii_lowercase();
    let trailing = byte(bytes, name.end);
    let ends = trailing == 0
        || is_quote(trailing)
        || trailing.is_ascii_whitespace()
        || matches!(trailing, b',' | b'}' | b'\\');
    ends && NAMES.contains(&member.as_slice())
}

/// The value of the pair whose name ends here: after it, else before it.
pub(super) fn pair(document: &Document<'_>, end: usize) -> Option<Value> {
    let bytes = document.bytes;
    // As far as the object goes, and at most four lines.
    let limit = bytes.len().min(end + BLOCK);
    let mut stop = end;
    let mut lines = 0;
    let mut depth = 0i32;
    // In a program the pair may be arguments of a call: they end with it.
    let in_code = matches!(document.syntax, Syntax::Python | Syntax::Code);
    while stop < limit && lines < 5 {
        match byte(bytes, stop) {
            b'\n' => {
                lines += 1;
                // The next item of a YAML list is another pair.
                let next = skip_blanks(bytes, stop + 1);
                if document.syntax == Syntax::Yaml
                    && byte(bytes, next) == b'-'
                    && byte(bytes, next + 1) == b' '
                {
                    break;
                }
            }
            b'{' => depth += 1,
            b'(' if in_code => depth += 1,
            b'}' if depth == 0 => break,
            b')' if in_code && depth == 0 => break,
            b'}' => depth -= 1,
            b')' if in_code => depth -= 1,
            _ => {}
        }
        stop += 1;
    }
    if let Some(value) = value_in(bytes, end..stop, document.syntax) {
        return Some(value);
    }
    let own_line = line_start(bytes, end);
    let mut line_before = line_start(bytes, own_line.saturating_sub(1));
    for _ in 0..3 {
        if !is_comment(bytes, line_before + skip_blanks(bytes, line_before) - line_before + 2) {
            break;
        }
        line_before = line_start(bytes, line_before.saturating_sub(1));
    }
    let from = if document.syntax == Syntax::Yaml || own_line > line_before { line_before } else { own_line };
    let before_it = part(bytes, from..end);
    let from = from + before_it.iter().rposition(|byte| *byte == b'}').map_or(0, |index| index + 1);
    let from = if in_code { from + call_start(part(bytes, from..end)) } else { from };
    value_in(bytes, from..end, document.syntax)
}

/// Behind the parenthesis that is still open at the end; 0 where there is none.
fn call_start(text: &[u8]) -> usize {
    let mut closed = 0usize;
    for (index, byte) in text.iter().enumerate().rev() {
        match byte {
            b')' => closed += 1,
            b'(' if closed == 0 => return index + 1,
            b'(' => closed -= 1,
            _ => {}
        }
    }
    0
}
