//! Values without quotes: what stands after the mark of an assignment, a word of a command line, a block of YAML, and the default
//! that a shell's reference states.

use super::{Value, Via, expression, string};
use crate::syntax::Syntax;
use crate::text::{byte, has, is_word, line_end, part, shown, skip_blanks, skip_space, skip_while};

/// The value of a setting, from behind its `=` or `:`.
pub(crate) fn setting(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let mut at = skip_blanks(bytes, at);
    match syntax {
        Syntax::Python | Syntax::Code => return expression(bytes, at, syntax),
        Syntax::Hcl => {
            return string(bytes, at, syntax)
                .map(|value| Value { open: value.open || value.text.contains("${"), ..value });
        }
        Syntax::Yaml => at = after_tag(bytes, at)?,
        _ => {}
    }
    if let Some(value) = crate::binding::template_default(bytes, at) {
        return Some(value);
    }
    if let Some(value) = string(bytes, at, syntax) {
        return Some(with_default(bytes, value));
    }
    // Escaped quotes are of JSON in a string; a bare backslash begins no value.
    if !syntax.has_bare_values() {
        // JSON over several lines.
        let next = skip_space(bytes, at);
        return (next > at).then(|| string(bytes, next, syntax)).flatten();
    }
    if syntax == Syntax::Yaml && matches!(byte(bytes, at), b'|' | b'>') {
        return block_scalar(bytes, at);
    }
    bare(bytes, at, syntax).map(|value| with_default(bytes, value))
}

/// Behind a tag or an anchor of YAML; `None` where the tag makes it another thing than a literal.
fn after_tag(bytes: &[u8], at: usize) -> Option<usize> {
    match byte(bytes, at) {
        b'&' => Some(skip_blanks(bytes, skip_while(bytes, at, |byte| !byte.is_ascii_whitespace()))),
        b'!' if has(bytes, at, "!!str ") || has(bytes, at, "!!binary ") => {
            Some(skip_blanks(bytes, skip_while(bytes, at, |byte| !byte.is_ascii_whitespace())))
        }
        b'!' | b'*' => None,
        _ => Some(at),
    }
}

/// The one line of a block scalar.
fn block_scalar(bytes: &[u8], at: usize) -> Option<Value> {
    let header_end = line_end(bytes, at);
    let header = part(bytes, at + 1..header_end);
    if !header.iter().all(|byte| matches!(byte, b'-' | b'+' | b'0'..=b'9' | b' ' | b'\r')) {
        return None;
    }
    let start = skip_space(bytes, header_end);
    let end = line_end(bytes, start);
    let range = start..start + part(bytes, start..end).trim_ascii_end().len();
    let text = shown(bytes, range.clone()).into_owned();
    let is_value = !text.is_empty() && !text.contains(": ") && !text.contains(' ');
    is_value.then_some(Value { text, range, quoted: false, split: false, open: false, via: Via::Direct })
}

/// A value without quotes.
fn bare(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let end_of_line = line_end(bytes, at);
    let line = part(bytes, at..end_of_line);
    let ends = |byte: u8| match syntax {
        Syntax::Shell | Syntax::Dockerfile => {
            byte.is_ascii_whitespace() || matches!(byte, b';' | b'|' | b'&' | b')' | b'"' | b'\'' | b'`')
        }
        Syntax::Xml => byte == b'<',
        Syntax::Text | Syntax::Env => byte.is_ascii_whitespace(),
        _ => false,
    };
    let mut length = line.iter().position(|byte| ends(*byte)).unwrap_or(line.len());
    if let Some(comment) = comment_start(part(line, 0..length)) {
        length = comment;
    }
    let mut text = part(line, 0..length);
    while let Some((last, rest)) = text.split_last() {
        if last.is_ascii_whitespace()
            || matches!(last, b',' | b'\\')
            || (syntax == Syntax::Text && matches!(last, b'.' | b')' | b'"' | b'\'' | b'`' | b';' | b'*'))
        {
            text = rest;
        } else {
            break;
        }
    }
    if matches!(syntax, Syntax::Yaml | Syntax::Shell)
        && matches!(text.last(), Some(b'}' | b']'))
        && !text.contains(&b'{')
        && !text.contains(&b'[')
    {
        let cut =
            text.iter().rposition(|byte| !matches!(byte, b'}' | b']' | b' ')).map_or(0, |index| index + 1);
        text = part(text, 0..cut);
    }
    if syntax == Syntax::Text {
        let lead = text.iter().take_while(|byte| matches!(byte, b'`' | b'*' | b'"' | b'\'' | b'(')).count();
        let range = at + lead..at + text.len();
        let text = shown(bytes, range.clone()).into_owned();
        return (!text.is_empty()).then_some(Value {
            text,
            range,
            quoted: false,
            split: false,
            open: false,
            via: Via::Direct,
        });
    }
    if text.is_empty() {
        return None;
    }
    let range = at..at + text.len();
    let text = String::from_utf8_lossy(text).into_owned();
    Some(Value { text, range, quoted: false, split: false, open: false, via: Via::Direct })
}

/// Where a comment begins: a `#` or `;` after white space, or ` //`.
fn comment_start(line: &[u8]) -> Option<usize> {
    let starts = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'#' | b';']);
    line.windows(2).position(starts).or_else(|| memchr::memmem::find(line, b" //"))
}

/// The next word of a command line, with or without quotes.
pub(crate) fn word(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let at = skip_blanks(bytes, at);
    let shell = if syntax == Syntax::Python || syntax == Syntax::Yaml { Syntax::Shell } else { syntax };
    if let Some(value) = string(bytes, at, shell) {
        return Some(with_default(bytes, value));
    }
    let value =
        bare(bytes, at, if shell.has_bare_values() && shell != Syntax::Ini { shell } else { Syntax::Shell })?;
    let start = skip_space(bytes, value.range.start);
    let length =
        part(bytes, start..value.range.end).iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let range = start..start + length;
    let text = shown(bytes, range.clone()).into_owned();
    (length > 0).then(|| with_default(bytes, Value { text, range, ..value }))
}

/// `${NAME:-default}` states its default.
fn with_default(bytes: &[u8], value: Value) -> Value {
    let Some(inside) = value.text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) else {
        return value;
    };
    let Some((name, default)) =
        inside.split_once(":-").or_else(|| inside.split_once(":=")).or_else(|| inside.split_once('-'))
    else {
        return value;
    };
    if name.is_empty() || !name.bytes().all(is_word) {
        return value;
    }
    // A default that does not stand in the file letter by letter has the place of the whole.
    let range = match memchr::memmem::find(part(bytes, value.range.clone()), default.as_bytes()) {
        Some(offset) => value.range.start + offset..value.range.start + offset + default.len(),
        None => value.range.clone(),
    };
    Value { text: default.to_owned(), range, via: Via::Default, ..value }
}
