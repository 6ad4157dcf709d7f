//! Expressions that state a literal: a call that only wraps one, a lookup with a default, `a or "…"`.

use super::{Value, Via, quoted, string};
use crate::syntax::Syntax;
use crate::text::{byte, has, is_word, line_end, part, skip_blanks, skip_space, skip_while};

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
