//! Telling secrets from other values, and showing them without giving them away. What is printed, kept or
//! recorded passes through here first.

mod bare;
mod fingerprint;
mod formats;
mod names;
mod text;

pub use fingerprint::{fingerprint, set_key};
pub use formats::is_dummy;
pub use names::{is_name_of_something, is_placeholder, is_reference, is_uuid, secret_name, words};
pub use text::{SecretHit, find_secrets, redact_secrets_in, redact_secrets_where};

use std::borrow::Cow;

/// A value that is a secret: what kind, and the little of it that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it is: `AWS access key id`, `password`, …
    pub kind: &'static str,
    /// At most its first and last two characters, and never more than a quarter of it: `hu…2`.
    pub shown: String,
    /// The [fingerprint] of its bare text; empty where it is not known.
    pub fingerprint: String,
}

impl Secret {
    /// A secret of a kind, of which nothing but what may be shown is kept.
    fn of(kind: &'static str, value: &str) -> Secret {
        Secret { kind, shown: shown(value), fingerprint: fingerprint(&bare::bare(kind, value)) }
    }
}

/// Whether a configuration value (an environment variable's name and its literal value) is a secret.
///
/// A known format (a cloud key, a token, a private key, a URL with a password) is one under any name. Anything
/// else needs a name that says so (`DB_PASSWORD`, `apiKey`) and a value that can be one: references, ARNs,
/// `{{resolve:…}}`, paths, names of other things, placeholders, booleans and short numbers are not.
/// A [mark] is recognised again.
pub fn classify_secret(name: &str, value: &str) -> Option<Secret> {
    if let Some(secret) = unmark(value) {
        return Some(secret);
    }
    let value = value.trim();
    if let Some(kind) = formats::known(value) {
        return Some(Secret::of(kind, value));
    }
    let kind = names::secret_name(name)?;
    formats::aws_secret_key(name, value)
        .or_else(|| names::is_secret_value(name, kind, value).then_some(kind))
        .map(|kind| Secret::of(kind, value))
}

/// First and last characters of a value: two at each end at most, and no more than a quarter of it in all.
pub fn shown(value: &str) -> String {
    let length = value.chars().count();
    let (head, tail) = match length / 4 {
        0 => (0, 0),
        1 => (1, 0),
        2 => (1, 1),
        3 => (2, 1),
        _ => (2, 2),
    };
    let first: String = value.chars().take(head).collect();
    let last: String = value.chars().skip(length - tail).collect();
    format!("{first}…{last}")
}

const OPEN: &str = "⟦secret:";
const CLOSE: char = '⟧';

/// The text that stands for a secret in a record: `⟦secret:password:hu…2:FINGERPRINT⟧`. It carries the fact, not the
/// value. Marks of earlier versions have no fingerprint, and stay as they are.
pub fn mark(secret: &Secret) -> String {
    let shown = secret.shown.replace(['⟦', CLOSE, ':'], "");
    match secret.fingerprint.as_str() {
        "" => format!("{OPEN}{}:{shown}{CLOSE}", secret.kind),
        fingerprint => format!("{OPEN}{}:{shown}:{fingerprint}{CLOSE}", secret.kind),
    }
}

/// The secret that a [mark] stands for, where the whole text is one.
fn unmark(text: &str) -> Option<Secret> {
    let (kind, rest) = text.trim().strip_prefix(OPEN)?.strip_suffix(CLOSE)?.split_once(':')?;
    let kind = formats::KINDS.iter().find(|known| **known == kind).copied().unwrap_or("secret");
    let (shown, fingerprint) = rest.split_once(':').unwrap_or((rest, ""));
    Some(Secret { kind, shown: shown.to_owned(), fingerprint: fingerprint.to_owned() })
}

/// Text from outside made safe for a terminal: control characters (line breaks and tabs too) and characters
/// that change the direction of writing, or have no width, are made visible as `\u{…}`.
pub fn escape_terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_treacherous) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        match is_treacherous(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
        out
    });
    Cow::Owned(escaped)
}

fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
