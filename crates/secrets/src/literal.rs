//! Literals: where one begins and ends in each way of writing, and the text that it states, put together where it is split.

use crate::syntax::Syntax;
use crate::text::{byte, has, is_word, line_end, part, shown, skip_blanks, skip_space, skip_while};
use std::ops::Range;

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

/// Calls that hand on the text that they are given.
const WRAPPERS: &[&str] = &[
    "field",
    "secretstr",
    "secret",
    "str",
    "bytes",
    "bytearray",
    "b",
    "password",
    "b64decode",
    "a2b_base64",
    "unhexlify",
    "fromhex",
    "quote",
    "quote_plus",
    "fernet",
    "string",
    "some",
    "plaintext",
    "securestring",
    "from",
    "encode",
    "urlsafe_b64decode",
    "standard_b64decode",
    "atob",
    "unsafe_plain_text",
    "unsafeplaintext",
    "basicauth",
    "buffer",
];

/// Calls that look a variable up, and take their second argument where it is not set.
const LOOKUPS: &[&str] = &[
    "get",
    "getenv",
    "env",
    "config",
    "setdefault",
    "pop",
    "getattr",
    "env_str",
    "get_env",
    "getenvdefault",
    "str",
    "field",
    "environ",
    "optional",
    "lookup",
    "coalesce",
    "get_config",
    "read_env",
    "env_var",
    "get_secret",
    "string",
    "option",
    "getproperty",
    "getordefault",
    "fetch",
    "field_value",
    "envvar",
];

/// The value that an expression of a programming language states, from here on.
pub(crate) fn expression(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let mut at = skip_blanks(bytes, at);
    for _ in 0..3 {
        if byte(bytes, at) != b'(' {
            break;
        }
        at = skip_space(bytes, at + 1);
    }
    if byte(bytes, at) == b'\\' && byte(bytes, at + 1) == b'\n' {
        at = skip_space(bytes, at + 1);
    }
    // A long line that is broken behind its sign.
    if syntax == Syntax::Code && matches!(byte(bytes, at), b'\n' | b'\r') {
        at = skip_space(bytes, at);
    }
    if let Some(value) = string(bytes, at, syntax) {
        return Some(value);
    }
    if syntax == Syntax::Code && has(bytes, at, "new ") {
        at = skip_blanks(bytes, at + "new ".len());
    }
    let path_end = skip_while(bytes, at, |byte| is_word(byte) || matches!(byte, b'.' | b':' | b'&' | b'?'));
    if path_end == at {
        return None;
    }
    let function = last_name(part(bytes, at..path_end));
    if byte(bytes, path_end) == b'(' {
        return call(bytes, path_end + 1, syntax, &function).or_else(|| alternative(bytes, at, syntax));
    }
    if byte(bytes, path_end) == b'['
        || matches!(byte(bytes, skip_blanks(bytes, path_end)), b'|' | b'?' | b'o')
    {
        return alternative(bytes, at, syntax);
    }
    None
}

fn last_name(path: &[u8]) -> String {
    let last = path.rsplit(|byte| matches!(byte, b'.' | b':')).next().unwrap_or_default();
    String::from_utf8_lossy(last).to_ascii_lowercase()
}

fn call(bytes: &[u8], at: usize, syntax: Syntax, function: &str) -> Option<Value> {
    let first_at = skip_space(bytes, at);
    if LOOKUPS.contains(&function)
        && let Some(value) = second_argument(bytes, first_at, syntax)
    {
        return Some(value);
    }
    if matches!(function, "field" | "env" | "config" | "option")
        && let Some(value) = named_default(bytes, first_at, syntax)
    {
        return Some(value);
    }
    if !WRAPPERS.contains(&function) {
        return None;
    }
    string(bytes, first_at, syntax).or_else(|| match syntax {
        // `SecretStr(b64decode("…"))`: one more level.
        Syntax::Python => wrapped(bytes, first_at, syntax),
        _ => None,
    })
}

fn second_argument(bytes: &[u8], first_at: usize, syntax: Syntax) -> Option<Value> {
    let first = quoted(bytes, first_at, syntax)?;
    let comma = skip_space(bytes, first.end);
    if byte(bytes, comma) != b',' {
        return None;
    }
    let mut at = skip_space(bytes, comma + 1);
    for name in ["default", "fallback", "value"] {
        if has(bytes, at, name) {
            let equals = skip_blanks(bytes, at + name.len());
            if byte(bytes, equals) == b'=' {
                at = skip_space(bytes, equals + 1);
            }
        }
    }
    let value = string(bytes, at, syntax)?;
    Some(Value { via: Via::Default, ..value })
}

/// `Field(default="…")`
fn named_default(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let line = part(bytes, at..line_end(bytes, at));
    let found = memchr::memmem::find(line, b"default")?;
    let equals = skip_blanks(bytes, at + found + "default".len());
    if byte(bytes, equals) != b'=' {
        return None;
    }
    let value_at = skip_blanks(bytes, equals + 1);
    let value = string(bytes, value_at, syntax).or_else(|| wrapped(bytes, value_at, syntax))?;
    Some(Value { via: Via::Default, ..value })
}

/// `SecretStr("…")`
fn wrapped(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let end = skip_while(bytes, at, |byte| is_word(byte) || byte == b'.');
    let function = last_name(part(bytes, at..end));
    (byte(bytes, end) == b'(' && WRAPPERS.contains(&function.as_str()))
        .then(|| string(bytes, skip_space(bytes, end + 1), syntax))
        .flatten()
}

/// `os.environ.get("X") or "…"`, `process.env.X || "…"`, `x ?? "…"`, on one line.
fn alternative(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let line = part(bytes, at..line_end(bytes, at));
    for word in [" or ", "||", "??"] {
        if let Some(found) = memchr::memmem::find(line, word.as_bytes()) {
            let value = string(bytes, skip_blanks(bytes, at + found + word.len()), syntax)?;
            return Some(Value { via: Via::Default, ..value });
        }
    }
    None
}

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
