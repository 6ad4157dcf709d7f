//! Secrets that stand in a form of their own: URLs, private keys, AWS key ids, headers, command lines, registry logins, base64,
//! strings that are joined.

use super::{DEEPEST, Scan, decode_text, name_before};
use crate::judge::{is_stand_in, plausible};
use crate::literal::{self, Value, Via};
use crate::syntax::Syntax;
use crate::text::{before, has, is_word, part, shown, skip_blanks, skip_while};
use crate::{aws, pem, url};
use std::ops::Range;
use tieout_model::Confidence;

impl Scan<'_> {
    pub(super) fn url(&mut self, hit: Range<usize>) {
        let Some(found) = url::password_in(&self.document, hit.clone()) else {
            // A password may be cut where a string goes on in the next.
            self.split(hit);
            return;
        };
        let Some(rule) = self.rules.detected.rule(found.detector).or_else(|| self.rules.detected.rule("url"))
        else {
            return;
        };
        let name = name_before(&self.document, found.url_start);
        self.push(rule, name, &found.password, found.range, found.confidence);
    }

    pub(super) fn pem(&mut self, start: usize) {
        // The keys of a published package's tests open nothing.
        if self.document.third_party && self.document.is_example() {
            return;
        }
        let Some(found) = pem::private_key(self.document.bytes, start) else { return };
        let Some(rule) = self.rules.detected.rule(if found.encrypted { "pem-encrypted" } else { "pem" })
        else {
            return;
        };
        let name = name_before(&self.document, start);
        let confidence = if self.document.is_example() { Confidence::Medium } else { Confidence::High };
        self.push(rule, name, &found.body, found.range, confidence);
    }

    pub(super) fn aws_key_id(&mut self, start: usize) {
        let Some(range) = aws::key_id_at(self.document.bytes, start) else { return };
        let Some(rule) = self.rules.detected.rule("aws-access-key-id") else { return };
        let id = shown(self.document.bytes, range.clone()).into_owned();
        let name = name_before(&self.document, range.start);
        self.push(rule, name, &id, range, Confidence::Medium);
        if let Some(found) = self.found.last_mut() {
            found.aws_account = aws::account_of(&id);
            found.access_key_id = Some(id);
        }
    }

    /// `Bearer …` and `Basic …` behind a header's name.
    pub(super) fn authorization(&mut self, hit: Range<usize>) {
        let bytes = self.document.bytes;
        // Laravel has the token's number and a bar before it.
        let number = skip_while(bytes, hit.end, |byte| byte.is_ascii_digit());
        let start = if has(bytes, number, "|") { number + 1 } else { hit.end };
        let end = skip_while(bytes, start, |byte| {
            is_word(byte) || matches!(byte, b'-' | b'.' | b'~' | b'+' | b'/' | b'=')
        });
        let range = start..end;
        if range.len() < 16 || self.document.third_party {
            return;
        }
        let text = shown(bytes, range.clone()).into_owned();
        let value =
            Value { text, range: range.clone(), quoted: true, split: false, open: false, via: Via::Direct };
        let is_basic = part(bytes, hit.clone()).eq_ignore_ascii_case(b"basic ");
        let (secret, judged) = match is_basic {
            true => {
                let Some(decoded) = decode_text(&value.text) else { return };
                let Some((_, password)) = decoded.split_once(':') else { return };
                (password.to_owned(), Value { text: password.to_owned(), ..value.clone() })
            }
            false => (value.text.clone(), value.clone()),
        };
        let kind = if is_basic { "password" } else { "token" };
        let Some(confidence) = plausible(&self.document, "authorization", kind, &judged) else { return };
        let Some(rule) = self.rules.detected.rule("authorization") else { return };
        self.push(rule, "Authorization".to_owned(), &secret, range, confidence);
    }

    /// True behind the name of a header that says who asks: `Authorization: Token …`.
    pub(super) fn in_authorization(&self, at: usize) -> bool {
        const NEAR: usize = 40;
        let lead = part(self.document.bytes, at.saturating_sub(NEAR)..at).to_ascii_lowercase();
        memchr::memmem::rfind(&lead, b"authorization")
            .is_some_and(|name| !lead.iter().skip(name).any(|byte| *byte == b'\n'))
    }

    /// `"auth": "dXNlcjpwYXNzd29yZA=="`
    pub(super) fn docker_auth(&mut self, hit: Range<usize>) {
        let bytes = self.document.bytes;
        let at = if before(bytes, hit.end) == b'=' { hit.end } else { skip_blanks(bytes, hit.end) + 1 };
        let start = skip_while(bytes, at, |byte| matches!(byte, b' ' | b'"' | b'\t'));
        let end = skip_while(bytes, start, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
        });
        let Some(decoded) = decode_text(&shown(bytes, start..end)) else { return };
        let Some((_, password)) = decoded.split_once(':') else { return };
        let value = Value {
            text: password.to_owned(),
            range: start..end,
            quoted: true,
            split: false,
            open: false,
            via: Via::Direct,
        };
        if is_stand_in(password) || password.len() < 4 {
            return;
        }
        let confidence =
            plausible(&self.document, "password", "password", &value).unwrap_or(Confidence::Medium);
        let Some(rule) = self.rules.detected.rule("docker-auth").filter(|_| !self.document.third_party)
        else {
            return;
        };
        self.push(rule, "auth".to_owned(), password, start..end, confidence);
    }

    /// A run of base64 around what a secret begins with.
    pub(super) fn base64(&mut self, hit: Range<usize>) {
        let bytes = self.document.bytes;
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        let start = crate::text::back_while(bytes, hit.start, inside);
        let end = skip_while(bytes, hit.end, inside);
        // In a longer run, the image or archive that it is, the letters stand by chance.
        if !(16..=3000).contains(&(end - start)) || self.depth >= DEEPEST {
            return;
        }
        let Some(decoded) = decode_text(&shown(bytes, start..end)) else { return };
        self.inside(&decoded, &(start..end));
    }

    /// The values of a Secret, whatever their names: each line of its document that ends in base64.
    pub(super) fn kubernetes_secret(&mut self, at: usize) {
        /// A longer document is none that a person wrote.
        const LONGEST: usize = 64 << 10;
        let bytes = self.document.bytes;
        if self.document.syntax != Syntax::Yaml {
            return;
        }
        let from = at.saturating_sub(LONGEST);
        let start = from + memchr::memmem::rfind(part(bytes, from..at), b"\n---").unwrap_or_default();
        let rest = part(bytes, at..bytes.len().min(at + LONGEST));
        let end = at + memchr::memmem::find(rest, b"\n---").unwrap_or(rest.len());
        let mut line_start = start;
        for line in part(bytes, start..end).split(|byte| *byte == b'\n') {
            let here = line_start;
            line_start += line.len() + 1;
            let Some(colon) = memchr::memmem::find(line, b": ") else { continue };
            let value = line.get(colon + 2..).unwrap_or_default().trim_ascii();
            let value =
                value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
            let Some(offset) = memchr::memmem::find(line, value).filter(|_| value.len() >= 16) else {
                continue;
            };
            if let Some(decoded) = decode_text(&String::from_utf8_lossy(value)) {
                self.inside(&decoded, &(here + offset..here + offset + value.len()));
            }
        }
    }

    /// `b64decode("…")`
    pub(super) fn decoded(&mut self, at: usize) {
        let at = crate::text::skip_space(self.document.bytes, at);
        let Some(value) = literal::string(self.document.bytes, at, self.document.syntax) else { return };
        if let Some(decoded) = decode_text(&value.text) {
            self.inside(&decoded, &value.range);
        }
    }

    /// `"".join(["…", "…"])`
    pub(super) fn join(&mut self, at: usize) {
        let bytes = self.document.bytes;
        let quote = before(bytes, at);
        if !matches!(quote, b'"' | b'\'') {
            return;
        }
        let start = crate::text::back_while(bytes, at - 1, |byte| byte != quote && byte != b'\n');
        if before(bytes, start) != quote {
            return;
        }
        if let Some(value) =
            literal::string(bytes, start - 1, self.document.syntax).filter(|value| value.split)
        {
            self.inside(&value.text, &value.range);
        }
    }
}
