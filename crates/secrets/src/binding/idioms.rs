//! Bindings that one file's or one language's idiom makes: a function that returns its secret, a block of settings inside of a string,
//! a name and a value in elements of XML side by side, `requirepass` and its kin, lines of a patch.

use crate::document::Document;
use crate::literal::{Value, Via, setting, string, word};
use crate::syntax::Syntax;
use crate::text::{
    back_while, before, byte, has, is_word, line_end, line_start, part, shown, skip_blanks, skip_space,
    skip_while,
};
use memchr::memmem;
use std::ops::Range;

/// True for a name at whose start a sign stands that is of the line, not of a path: `+NAME=` of a patch, `:name: value` of Ruby's
/// YAML, `$env:NAME =` of PowerShell.
pub(super) fn begins_own(bytes: &[u8], name: &Range<usize>) -> bool {
    let sign = name.start.saturating_sub(1);
    let line = line_start(bytes, name.start);
    match before(bytes, name.start) {
        b'+' => line == sign,
        b':' => {
            skip_blanks(bytes, line) == sign
                || part(bytes, sign.saturating_sub(4)..sign).eq_ignore_ascii_case(b"$env")
        }
        _ => false,
    }
}

/// `def db_password():` and `return "…"` on the next line, a docstring between them passed over.
pub(super) fn returned(bytes: &[u8], name: &Range<usize>, at: usize) -> Option<Value> {
    let lead = part(bytes, line_start(bytes, name.start)..name.start).trim_ascii();
    if !lead.ends_with(b"def") {
        return None;
    }
    let end = line_end(bytes, at);
    if !part(bytes, at..end).trim_ascii_end().ends_with(b":") {
        return None;
    }
    let mut next = skip_space(bytes, end);
    if has(bytes, next, "\"\"\"") {
        let text = part(bytes, next + 3..bytes.len().min(next + 600));
        next = skip_space(bytes, next + 3 + memmem::find(text, b"\"\"\"")? + 3);
    }
    has(bytes, next, "return ")
        .then(|| string(bytes, skip_blanks(bytes, next + "return ".len()), Syntax::Python))
        .flatten()
}

/// `name = value` or `name: value`, alone on its line inside of a string over several lines.
pub(super) fn in_block(bytes: &[u8], name: &Range<usize>, at: usize) -> Option<Value> {
    /// So far back a string may have begun.
    const LONGEST: usize = 64 << 10;
    let start = line_start(bytes, name.start);
    let rest = part(bytes, at..line_end(bytes, at)).trim_ascii();
    let is_word = !rest.is_empty()
        && rest.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b'"' | b'\''));
    if !is_word
        || !part(bytes, start..name.start).trim_ascii().is_empty()
        || !rest.iter().any(u8::is_ascii_digit)
    {
        return None;
    }
    let text = part(bytes, 0..start);
    if text.len() > LONGEST {
        return None;
    }
    let is_open = |quotes: &[u8]| memmem::find_iter(text, quotes).count() % 2 == 1;
    (is_open(b"\"\"\"") || is_open(b"'''")).then(|| setting(bytes, at, Syntax::Text)).flatten()
}

/// `<name>db.password</name><value>…</value>`, `<key>ApiKey</key><string>…</string>`, from behind the name.
pub(super) fn element_beside(bytes: &[u8], at: usize) -> Option<Value> {
    let closed = ["</name>", "</key>"].iter().find(|tag| has(bytes, at, tag))?;
    let next = skip_space(bytes, at + closed.len());
    let opened = ["<value>", "<string>"].iter().find(|tag| has(bytes, next, tag))?;
    let start = next + opened.len();
    let end = skip_while(bytes, start, |byte| !matches!(byte, b'<' | b'\n'));
    let text = shown(bytes, start..end).trim().to_owned();
    (byte(bytes, end) == b'<' && !text.is_empty()).then_some(Value {
        text,
        range: start..end,
        quoted: false,
        split: false,
        open: false,
        via: Via::Direct,
    })
}

/// `requirepass …`, `password "…"`: a directive and the one word behind it, in the files of servers and mailers.
pub(super) fn directive(document: &Document<'_>, at: usize) -> Option<Value> {
    let bytes = document.bytes;
    let file = document.path.rsplit(['/', '!']).next().unwrap_or_default();
    let is_settings = ["rc", ".conf", ".cfg"].iter().any(|end| file.ends_with(end));
    if !is_settings
        || !matches!(document.syntax, Syntax::Ini | Syntax::Text)
        || matches!(byte(bytes, at), b'=' | b':')
    {
        return None;
    }
    let value = word(bytes, at, Syntax::Shell)?;
    let rest = part(bytes, value.range.end..line_end(bytes, value.range.end)).trim_ascii();
    matches!(rest, b"" | b";" | b"\"" | b"'").then_some(value)
}

/// `CREATE USER orders PASSWORD '…'`, in a string of any language.
pub(super) fn of_account(bytes: &[u8], name: &Range<usize>, at: usize) -> Option<Value> {
    const NEAR: usize = 80;
    if !matches!(byte(bytes, at), b'\'' | b'"') {
        return None;
    }
    let start = line_start(bytes, name.start).max(name.start.saturating_sub(NEAR));
    let lead = part(bytes, start..name.start).to_ascii_lowercase();
    let is_account =
        [&b"user "[..], b"role ", b"login "].iter().any(|word| memmem::find(&lead, word).is_some());
    let is_sql = [&b"create "[..], b"alter "].iter().any(|word| memmem::find(&lead, word).is_some());
    (is_account && is_sql).then(|| string(bytes, at, Syntax::Sql)).flatten()
}

/// `setattr(settings, "NAME", "…")`, `monkeypatch.setitem(config, "name", "…")`: the name is the second argument.
pub(super) fn is_set_on(bytes: &[u8], comma: usize) -> bool {
    const NEAR: usize = 120;
    let open = back_while(bytes, comma, |byte| !matches!(byte, b'(' | b'\n'));
    if before(bytes, open) != b'(' || comma - open > NEAR {
        return false;
    }
    let function = part(bytes, back_while(bytes, open - 1, |byte| is_word(byte) || byte == b'.')..open - 1);
    [&b"setattr"[..], b"setitem", b"hset"].iter().any(|call| function.ends_with(call))
}

/// `{{ name | default("…") }}` of Jinja, Ansible and Helm.
pub(crate) fn template_default(bytes: &[u8], at: usize) -> Option<Value> {
    let open = at + usize::from(matches!(byte(bytes, at), b'"' | b'\''));
    if !has(bytes, open, "{{") {
        return None;
    }
    let line = part(bytes, open..line_end(bytes, open));
    let call = memmem::find(line, b"default(")?;
    let value = string(bytes, skip_blanks(bytes, open + call + "default(".len()), Syntax::Json)?;
    Some(Value { via: Via::Default, ..value })
}
