//! Literals: where one begins and ends in each way of writing, and the text that it states, put together where it is split.

use crate::syntax::Syntax;
use crate::text::{byte, has, is_word, part, skip_blanks, skip_space};
use std::ops::Range;

mod bare;
mod expression;

pub(crate) use bare::{setting, word};
pub(crate) use expression::expression;

/// A longer literal is no setting.
const LONGEST: usize = 16 * 1024;
/// A literal is put together of at most so many parts.
const MOST_PARTS: usize = 64;

/// How a value comes to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// It is written beside it.
    Direct,
    /// It is taken where a variable is not set.
    Default,
    /// It is an argument after the name.
    Argument,
    /// The name is compared with it.
    Comparison,
    /// It stands where a call or a command takes the password of an account.
    Account,
}

/// A value that a text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The text that it comes to.
    pub text: String,
    /// Where it stands, quotes left out: from its first part to its last.
    pub range: Range<usize>,
    /// Whether it stands in quotes.
    pub quoted: bool,
    /// Whether it is put together of several parts.
    pub split: bool,
    /// Whether something that the text does not state is part of it.
    pub open: bool,
    /// How it comes to its name.
    pub via: Via,
}

/// A quoted literal.
struct Quoted {
    content: Range<usize>,
    end: usize,
    /// Whether it is an f-string.
    formatted: bool,
    /// Whether backslashes are themselves.
    raw: bool,
}

/// The quoted literal that begins here, with Python's prefixes where there are such.
fn quoted(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Quoted> {
    let mut start = at;
    let (mut formatted, mut raw) = (false, false);
    if matches!(syntax, Syntax::Python | Syntax::Code) {
        while start < at + 2
            && matches!(byte(bytes, start), b'r' | b'R' | b'b' | b'B' | b'u' | b'U' | b'f' | b'F')
        {
            formatted |= matches!(byte(bytes, start), b'f' | b'F');
            raw |= matches!(byte(bytes, start), b'r' | b'R');
            start += 1;
        }
    }
    // JSON in a string: its quotes stand behind backslashes.
    let escaped = byte(bytes, start) == b'\\';
    let quote_at = start + usize::from(escaped);
    let quote = byte(bytes, quote_at);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let triple =
        !escaped && byte(bytes, quote_at + 1) == quote && byte(bytes, quote_at + 2) == quote && quote != b'`';
    let content_start = quote_at + if triple { 3 } else { 1 };
    let end = bytes.len().min(content_start + LONGEST);
    let mut position = content_start;
    while position < end {
        match byte(bytes, position) {
            b'\\' if escaped && byte(bytes, position + 1) == quote => {
                return Some(Quoted { content: content_start..position, end: position + 2, formatted, raw });
            }
            b'\\' => position += 2,
            b'\n' if !triple && quote != b'`' => return None,
            found if found == quote && !escaped => {
                if !triple {
                    return Some(Quoted {
                        content: content_start..position,
                        end: position + 1,
                        formatted,
                        raw,
                    });
                }
                if byte(bytes, position + 1) == quote && byte(bytes, position + 2) == quote {
                    return Some(Quoted {
                        content: content_start..position,
                        end: position + 3,
                        formatted,
                        raw,
                    });
                }
                position += 1;
            }
            _ => position += 1,
        }
    }
    None
}

/// The text of a quoted literal, its escapes undone.
pub(crate) fn unescape(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    if !text.contains('\\') {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\n') => {}
            Some('u') => {
                let digits: String = characters.clone().take(4).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(c) if digits.len() == 4 => {
                        out.push(c);
                        characters.nth(3);
                    }
                    _ => out.push_str("\\u"),
                }
            }
            Some(other @ ('"' | '\'' | '\\' | '/' | '`' | '$')) => out.push(other),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}

/// The string that begins here, put together with what is added to it.
pub(crate) fn string(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let first = quoted(bytes, at, syntax)?;
    let mut value = Value {
        text: text_of(bytes, &first),
        range: first.content.clone(),
        quoted: true,
        split: false,
        open: first.formatted && has_hole(part(bytes, first.content.clone())),
        via: Via::Direct,
    };
    if !matches!(syntax, Syntax::Python | Syntax::Code | Syntax::Hcl) {
        return Some(value);
    }
    if has(bytes, first.end, ".join(") {
        return joined(bytes, first.end + ".join(".len(), syntax, &value.text);
    }
    let mut end = first.end;
    for _ in 0..MOST_PARTS {
        let next = next_part(bytes, end, syntax);
        match next {
            Next::Literal(at) => {
                let Some(more) = quoted(bytes, at, syntax) else { break };
                value.text.push_str(&text_of(bytes, &more));
                value.range.end = more.content.end.max(value.range.start);
                value.split = true;
                value.open |= more.formatted && has_hole(part(bytes, more.content.clone()));
                end = more.end;
            }
            Next::Other => {
                value.open = true;
                break;
            }
            Next::End => break,
        }
    }
    Some(value)
}

fn text_of(bytes: &[u8], literal: &Quoted) -> String {
    let content = part(bytes, literal.content.clone());
    if literal.raw { String::from_utf8_lossy(content).into_owned() } else { unescape(content) }
}

/// True where a format string takes in something.
fn has_hole(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content).replace("{{", "").replace("}}", "");
    text.contains('{') && text.contains('}')
}

/// What follows a string.
enum Next {
    /// Another string that is added to it.
    Literal(usize),
    /// Something else that is added to it or done with it.
    Other,
    /// Nothing of its.
    End,
}

fn next_part(bytes: &[u8], end: usize, syntax: Syntax) -> Next {
    let mut at = skip_blanks(bytes, end);
    if syntax == Syntax::Python && byte(bytes, at) == b'\\' && matches!(byte(bytes, at + 1), b'\n' | b'\r') {
        at = skip_space(bytes, at + 1);
    }
    let is_quote = |at: usize| matches!(byte(bytes, at), b'"' | b'\'');
    let is_literal = |at: usize| {
        is_quote(at)
            || (syntax == Syntax::Python
                && matches!(byte(bytes, at), b'r' | b'b' | b'f' | b'u' | b'R' | b'B' | b'F' | b'U')
                && (is_quote(at + 1) || (is_word(byte(bytes, at + 1)) && is_quote(at + 2))))
    };
    if matches!(byte(bytes, at), b'+')
        || (syntax == Syntax::Code && byte(bytes, at) == b'.' && is_quote(skip_blanks(bytes, at + 1)))
    {
        let mut next = skip_space(bytes, at + 1);
        if byte(bytes, next) == b'\\' {
            next = skip_space(bytes, next + 1);
        }
        return if is_literal(next) { Next::Literal(next) } else { Next::Other };
    }
    if syntax == Syntax::Python {
        if byte(bytes, at) == b'%'
            || has(bytes, at, ".format(")
            || has(bytes, at, ".replace(")
            || has(bytes, at, ".join(")
        {
            return Next::Other;
        }
        if is_literal(at) {
            return Next::Literal(at);
        }
        // Strings side by side on lines of their own, inside of parentheses.
        let next = skip_space(bytes, at);
        if next > at && matches!(byte(bytes, at), b'\n' | b'\r') && is_indented(bytes, next) {
            if is_literal(next) {
                return Next::Literal(next);
            }
            if byte(bytes, next) == b'+' {
                let literal = skip_space(bytes, next + 1);
                return if is_literal(literal) { Next::Literal(literal) } else { Next::Other };
            }
        }
    }
    if syntax == Syntax::Code && has(bytes, at, "\n") {
        let next = skip_space(bytes, at);
        if byte(bytes, next) == b'+' {
            let literal = skip_space(bytes, next + 1);
            return if is_literal(literal) { Next::Literal(literal) } else { Next::Other };
        }
    }
    Next::End
}

fn is_indented(bytes: &[u8], at: usize) -> bool {
    matches!(crate::text::before(bytes, at), b' ' | b'\t')
}

/// `"".join(["a", "b"])` from behind its parenthesis.
fn joined(bytes: &[u8], at: usize, syntax: Syntax, separator: &str) -> Option<Value> {
    let mut position = skip_space(bytes, at);
    if !matches!(byte(bytes, position), b'[' | b'(' | b'{') {
        return None;
    }
    position = skip_space(bytes, position + 1);
    let mut parts: Vec<String> = Vec::new();
    let mut range: Option<Range<usize>> = None;
    for _ in 0..MOST_PARTS {
        let literal = quoted(bytes, position, syntax)?;
        parts.push(text_of(bytes, &literal));
        let start = range.map_or(literal.content.start, |range| range.start);
        range = Some(start..literal.content.end);
        position = skip_space(bytes, literal.end);
        if byte(bytes, position) == b',' {
            position = skip_space(bytes, position + 1);
        }
        if matches!(byte(bytes, position), b']' | b')' | b'}') {
            let text = parts.join(separator);
            return Some(Value {
                text,
                range: range?,
                quoted: true,
                split: true,
                open: false,
                via: Via::Direct,
            });
        }
    }
    None
}
