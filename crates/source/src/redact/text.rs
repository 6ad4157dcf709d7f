//! Secrets in free text: start scripts, command lines, documents.

use super::{CLOSE, OPEN, Secret, classify_secret, formats, mark, names, unmark};
use std::borrow::Cow;
use std::ops::Range;

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretHit {
    /// What it is and the little that may be shown.
    pub secret: Secret,
    /// The name beside it; empty where there is none.
    pub name: String,
    /// Where the value stands, in bytes.
    pub range: Range<usize>,
    /// Its line, from 0: what to add to the line on which the text begins.
    pub line_offset: u32,
}

/// All secrets of a text, in its order: `NAME=value` and `name: value` pairs, cloud keys and tokens, PEM
/// private keys, URLs with a password.
pub fn find_secrets(text: &str) -> Vec<SecretHit> {
    let mut hits = Vec::new();
    pem_blocks(text, &mut hits);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for (range, name) in words(line) {
            let range = start + range.start..start + range.end;
            let Some(value) = text.get(range.clone()) else { continue };
            take(value, &name, range, &mut hits);
        }
        start += line.len();
    }
    hits.sort_by_key(|hit| (hit.range.start, hit.range.end));
    hits.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    let mut line = 0;
    let mut read = 0;
    for hit in &mut hits {
        line += text.get(read..hit.range.start).unwrap_or_default().matches('\n').count();
        read = hit.range.start;
        hit.line_offset = u32::try_from(line).unwrap_or(u32::MAX);
    }
    hits
}

/// The text with every secret replaced by its [mark].
pub fn redact_secrets_in(text: &str) -> Cow<'_, str> {
    redact_secrets_where(text, |_| true)
}

/// The text with those secrets replaced by their [mark] that `hide` picks.
pub fn redact_secrets_where(text: &str, hide: impl Fn(&Secret) -> bool) -> Cow<'_, str> {
    let mut hits = find_secrets(text);
    hits.retain(|hit| hide(&hit.secret));
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut read = 0;
    for hit in hits {
        out.push_str(text.get(read..hit.range.start).unwrap_or_default());
        out.push_str(&mark(&hit.secret));
        read = hit.range.end;
    }
    out.push_str(text.get(read..).unwrap_or_default());
    Cow::Owned(out)
}

fn take(value: &str, name: &str, range: Range<usize>, hits: &mut Vec<SecretHit>) {
    if value.contains(OPEN) {
        return marks(value, name, range.start, hits);
    }
    // In a URL only the password goes, so that the rest still tells what it is.
    if let Some(password) = formats::url_password(value) {
        let Some(offset) = value.find(&format!(":{password}@")) else { return };
        let start = range.start + offset + 1;
        let secret = Secret::of("password in a URL", password);
        hits.push(SecretHit {
            secret,
            name: name.to_owned(),
            range: start..start + password.len(),
            line_offset: 0,
        });
        return;
    }
    if let Some(secret) = classify_secret(name, value) {
        hits.push(SecretHit { secret, name: name.to_owned(), range, line_offset: 0 });
    }
}

/// The secrets that stood in a value before it was redacted.
fn marks(value: &str, name: &str, start: usize, hits: &mut Vec<SecretHit>) {
    let mut from = 0;
    while let Some(at) = value.get(from..).and_then(|rest| rest.find(OPEN)).map(|offset| from + offset) {
        let rest = value.get(at..).unwrap_or_default();
        let end = at + rest.find(CLOSE).map_or(rest.len(), |offset| offset + CLOSE.len_utf8());
        if let Some(secret) = value.get(at..end).and_then(unmark) {
            let range = start + at..start + end;
            hits.push(SecretHit { secret, name: name.to_owned(), range, line_offset: 0 });
        }
        from = end;
    }
}

fn pem_blocks(text: &str, hits: &mut Vec<SecretHit>) {
    let mut from = 0;
    while let Some(start) =
        text.get(from..).and_then(|rest| rest.find("-----BEGIN ")).map(|offset| from + offset)
    {
        let rest = text.get(start..).unwrap_or_default();
        let closing = rest.find("-----END ").and_then(|end| {
            let label = rest.get(end + "-----END ".len()..)?;
            Some(end + "-----END ".len() + label.find("-----")? + "-----".len())
        });
        let end = start + closing.unwrap_or(rest.len());
        if formats::is_private_key(text.get(start..end).unwrap_or_default()) {
            let block = text.get(start..end).unwrap_or_default();
            let secret = Secret { shown: "…".to_owned(), ..Secret::of("private key", block) };
            hits.push(SecretHit { secret, name: String::new(), range: start..end, line_offset: 0 });
        }
        from = end.max(start + 1);
    }
}

/// The words of a line that may be values, each with the name beside it, if any.
fn words(line: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut name_before = String::new();
    for token in tokens(line) {
        let text = line.get(token.clone()).unwrap_or_default();
        match assignment(text) {
            Some((name, value)) => {
                let value = unquoted(text, value);
                let range = token.start + value.start..token.start + value.end;
                name_before = if range.is_empty() { name.to_owned() } else { String::new() };
                found.push((range, name.trim_start_matches('-').to_owned()));
            }
            None if matches!(text, "=" | ":" | "=>" | ":=") => {}
            None => {
                let inner = unquoted(text, 0..text.len());
                let range = token.start + inner.start..token.start + inner.end;
                let word = line.get(range.clone()).unwrap_or_default().to_owned();
                found.push((range, std::mem::take(&mut name_before)));
                // `--password hunter2`, `"password" : "hunter2"`
                let named =
                    text.starts_with("--") || line.get(token.end..).is_some_and(followed_by_assignment);
                if named && names::secret_name(word.trim_start_matches('-')).is_some() {
                    name_before = word.trim_start_matches('-').to_owned();
                }
            }
        }
    }
    found.retain(|(range, _)| !range.is_empty());
    found
}

fn followed_by_assignment(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with('=') || rest.starts_with(':')
}

/// Blank-separated parts of a line; quotes and marks keep blanks together, `,` and `;` outside of them separate.
fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let (mut start, mut quote) = (None, None);
    for (offset, c) in line.char_indices() {
        let ends = quote.is_none()
            && (c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '{' | '}' | '[' | ']'));
        if ends {
            if let Some(start) = start.take() {
                tokens.push(start..offset);
            }
            continue;
        }
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None if c == '⟦' => quote = Some(CLOSE),
            _ => {}
        }
        start.get_or_insert(offset);
    }
    // A quote that never closes keeps nothing together.
    match (start, quote) {
        (Some(start), Some(_)) => {
            let rest = line.get(start..).unwrap_or_default();
            let mut offset = start;
            for part in rest.split_inclusive(char::is_whitespace) {
                let length = part.trim_end().len();
                if length > 0 {
                    tokens.push(offset..offset + length);
                }
                offset += part.len();
            }
        }
        (Some(start), None) => tokens.push(start..line.len()),
        _ => {}
    }
    tokens
}

/// `NAME=value`, `name: value`, `"name":"value"` as a name and the range of the value.
fn assignment(token: &str) -> Option<(&str, Range<usize>)> {
    let at = token.find(['=', ':'])?;
    let name = token.get(..at)?.trim_matches(['"', '\'', '`']);
    let shaped =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let url = token.get(at..).is_some_and(|rest| rest.starts_with("://"));
    (shaped && !url).then_some((name, at + 1..token.len()))
}

/// A range without the quotes around it.
fn unquoted(token: &str, range: Range<usize>) -> Range<usize> {
    let text = token.get(range.clone()).unwrap_or_default();
    let inner = text.trim_start_matches(['"', '\'', '`']);
    let start = range.end - inner.len();
    start..start + inner.trim_end_matches(['"', '\'', '`']).len()
}
